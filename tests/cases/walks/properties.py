"""Invariants 36 to 41 of governance.md 9.1, and GO-12 to GO-19, GO-33, GO-34, of whatever a walk left.

Written from these texts, the raw tables and the record; hub code opens what is sealed, and shows a case to somebody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from functools import cache
from itertools import pairwise
from typing import Any

from hub.cases import docket, queries
from hub.errors import NotFound
from tests.cases.walks.moves import (
    ANSWER,
    APPEALABLE,
    CHARGE,
    DECIDE,
    DRAW,
    MARK,
    PANEL,
    SCREEN,
    case_of,
)
from tests.cases.walks.watch import Watch, current, holds
from tests.powers.laziness import Broken
from tests.powers.oracle import DAY
from tests.powers.view import Row, View

WEIGHT = ("none", "advice", "apology", "role_ended", "barred")
SOURCES = {"own_message", "public_link", "participant", "witness", "official_record"}
NO_MORE = 180  # days in which what was said of a case that proved nothing is kept at least, and of one that runs


@cache
def rules_in(text: str) -> dict[str, Any]:
    """The rules, read."""
    return tomllib.loads(text)


def rules_of(view: View, act: Row) -> dict[str, Any]:
    """The rules by which an act was opened: the newest of the record before it."""
    return rules_in([row.text for row in view.constitutions if row.entry < act.opened_entry][-1])


def days_of(view: View, act: Row, step: int) -> int:
    """How many days the rules of an act's opening give one of its steps."""
    return int(rules_of(view, act)["procedures"][act.procedure]["steps"][step]["days"])


def facts(view: View, act: str, fact: str, step: int | None = None) -> list[Row]:
    """What was stated of an act."""
    return [r for r in view.facts if (r.act, r.fact) == (act, fact) and step in (None, r.step)]


def cases(view: View) -> list[Row]:
    """The acts that are cases."""
    return [act for act in view.acts if act.procedure == "case"]


def seated(view: View, act: str, *steps: int) -> set[str]:
    """The persons who took a seat by some draws of an act."""
    whose = {row.ticket: row.person for row in view.rows("draw_tickets")}
    rows = [r for r in view.rows("draw_seats", "act, step, rank") if r.act == act and (not steps or r.step in steps)]
    return {whose[row.ticket] for row in rows if row.holder is not None and row.ticket in whose}


def sides(watch: Watch, case: str) -> dict[str, str]:
    """The sides of a case, each a person."""
    return watch.bench.sides()[case]


def decided_paper(watch: Watch, act: Row) -> Row | None:
    """What enough of a panel signed, by the record: the same of two in a case, of three in an appeal."""
    wanted = 2 if act.procedure == "case" else 3
    found: dict[str, set[str]] = {}
    passed = facts(watch.view, act.id, "passed")
    for row in watch.view.rows("case_signatures", "entry"):
        if row.act == act.id and passed and row.step == passed[-1].step:
            found.setdefault(row.decision, set()).add(row.holder)
    return next((watch.papers.get(name) for name, who in found.items() if len(who) >= wanted), None)


@holds
def refusals_leave_everything(watch: Watch) -> None:
    """17."""
    if not watch.bench.was_refused_cleanly:
        raise Broken(17, f"{watch.bench.refusal} was refused, and something was written")


@holds
def no_case_sits(watch: Watch) -> None:
    """36: a decision within 90 days, or 123 with another panel; an appeal ends within 42 more."""
    view = watch.view
    for act in cases(view):
        first = facts(view, act.id, "passed")
        most = 123 if facts(view, act.id, "redrawn", DECIDE) else 90
        ends = act.closed_at if act.outcome is not None else view.now if watch.ticked else act.opened_at
        if not first and ends > act.opened_at + most * DAY:
            raise Broken(36, f"a case is undecided after {(ends - act.opened_at) / DAY} days")
        if first and (first[0].at > act.opened_at + most * DAY or ends > first[0].at + 42 * DAY):
            raise Broken(36, "a case is not over in its days")


@holds
def measures_end(watch: Watch) -> None:
    """36, GO-16: fourteen days, renewed once, over with the case; of two of its own duty panel, or three."""
    view = watch.view
    by_case: dict[str, list[Row]] = {}
    for row in view.rows("case_interims", "told_entry"):
        by_case.setdefault(row.case_act, []).append(row)
    closed = {act.id: act.closed_at for act in cases(view)}
    for case, rows in by_case.items():
        if len(rows) > 2 or any(row.renews != before.act for before, row in pairwise(rows)):
            raise Broken(36, "more measures than one that is renewed once")
        for row in [row for row in rows if row.begun_at is not None]:
            if row.until_at > row.begun_at + 14 * DAY:
                raise Broken(36, "a measure of more than fourteen days")
            if closed[case] is not None and row.until_at > max(closed[case], row.begun_at):
                raise Broken(36, "a measure that outlives its case")
            signed = {s.holder for s in view.rows("case_signatures") if s.act == row.act}
            drawn = {view.holder_of.get(person) for person in seated(view, case, DRAW)}
            if len(signed & drawn) < (3 if row.all else 2):
                raise Broken(16, "a measure that too few of the duty panel signed")
            rested = [(p.from_at, p.until_at) for p in view.pauses if p.act == row.act]
            if any(until > max(row.until_at, since) for since, until in rested):
                raise Broken(36, "an office rests longer than the measure lasts")


@holds
def near_an_election_all_agree(watch: Watch) -> None:
    """GO-16: within 60 days of an election where the accused belongs or has an office, a measure takes all three."""
    view = watch.view
    for entry in [entry for entry in watch.new if entry.type == "interim.asked"]:
        person = sides(watch, entry.data["case"])["respondent"]
        area, holder = view.area_of.get(person), view.holder_of.get(person)
        places = {branch.id for branch in view.branches if branch.area == area and branch.registered_entry}
        places |= {group for group, inside in view.inside.items() if person in inside}
        places |= {g.scope_id for g in view.grants if g.holder == holder and view.stands(g)}
        runs = any(act.procedure == "elect" and act.scope_id in places for act in view.open_acts)
        mandates = [g for g in view.grants if g.role == "admin" and g.source in ("founding", "election", "lot")]
        soon = any(g.scope_id in places and view.stands(g) and g.until_at <= entry.at + 60 * DAY for g in mandates)
        if (runs or soon) and not entry.data["all"]:
            raise Broken(16, "near an election fewer than three order a measure")


@holds
def measures_rest_offices_of_the_accused_alone(watch: Watch) -> None:
    """37: no seat on a panel, nobody else's office, no roll and no ballot, and the way into the case stays open."""
    view = watch.view
    of = {row.act: row.case_act for row in view.rows("case_interims")}
    for pause in [pause for pause in view.pauses if pause.act in of]:
        grant = next(grant for grant in view.grants if grant.id == pause.grant)
        if grant.holder != view.holder_of.get(sides(watch, of[pause.act])["respondent"]):
            raise Broken(37, "a measure rests an office of somebody else")
        if grant.role in ("duty", "juror"):
            raise Broken(37, "a measure empties a panel")
    with watch.bench.db.read() as tx:
        for act in [act for act in cases(view) if act.step > SCREEN and act.id in watch.bench.sides()]:
            for side, person in sides(watch, act.id).items():
                if queries.view(tx, act.id, person).you != side:
                    raise Broken(37, "a side does not get into its case")


@holds
def everybody_keeps_what_they_are(watch: Watch) -> None:
    """37, GO-18: no case takes membership, its date or a term; an office ends by its date or by a final decision."""
    view = watch.view
    if current(view) != watch.members:
        raise Broken(18, "somebody is a member since another day")
    by_case = {act.id: act for act in cases(view)}
    for grant in view.grants:
        if grant.until_at > watch.untils.setdefault(grant.id, grant.until_at):
            raise Broken(18, "a term was moved")
        if grant.ended_why == "decided":
            entry = next(e for told in watch.told.values() for e in told if e.index == grant.ended_entry)
            act = by_case[entry.data["act"]]
            paper = standing_decision(watch, act)
            if act.outcome != "done" or paper is None or grant.id not in paper.body["grants"]:
                raise Broken(18, "an office ended by no final decision that says so")
            if grant.holder != view.holder_of.get(sides(watch, act.id)["respondent"]):
                raise Broken(38, "a decision ended an office of somebody else")


def standing_decision(watch: Watch, act: Row) -> Row | None:
    """The decision of a case as it stands: that of its appeal, where one was decided."""
    review = next((a for a in watch.view.acts if (a.procedure, a.subject) == ("appeal_case", act.id)), None)
    later = None if review is None or review.outcome != "done" else decided_paper(watch, review)
    return later or decided_paper(watch, act)


@holds
def everything_has_its_days(watch: Watch) -> None:
    """38, GO-14, GO-19: each step in its own days, by the rules of the case's opening and by no later ones."""
    view = watch.view
    for act in [a for a in view.acts if a.procedure in ("case", "appeal_case")]:
        said = {row.entry: row for row in view.facts if row.act == act.id}
        begins = act.opened_at
        for place, move in enumerate([m for m in view.moves if m.act == act.id]):
            kind = rules_of(view, act)["procedures"][act.procedure]["steps"][move.step]["do"]
            if kind == "effect":
                continue
            days = days_of(view, act, move.step)
            more = sum(row.step == move.step and row.fact == "delayed" for row in said.values()) * 7
            more += sum(row.step == move.step and row.fact == "extended" for row in said.values()) * days // 2
            is_held = facts(view, act.id, "held", move.step)
            if move.due_at > begins + (days + more + 28 * bool(is_held)) * DAY or place > move.step:
                raise Broken(19, f"step {move.step} took {(move.due_at - begins) / DAY} days of {days}")
            begins = move.due_at


TIMELY = {
    "case.screened": SCREEN, "case.charged": CHARGE, "case.answered": ANSWER, "case.prolonged": ANSWER,
    "case.decided": DECIDE, "panel.struck": DECIDE, "case.appealed": APPEALABLE,
}  # fmt: skip


@holds
def nothing_is_said_out_of_turn(watch: Watch) -> None:
    """38, GO-14: each act of a case falls into its own step, before the deadline, and nobody decides in four days."""
    view = watch.view
    acts = {act.id: act for act in view.acts}
    for entry in [entry for entry in watch.new if entry.type in TIMELY]:
        act = acts[entry.data.get("case") or entry.data["act"]]
        step = 1 if act.procedure == "appeal_case" else TIMELY[entry.type]
        if act.procedure == "case" and step == DECIDE:
            step = entry.data["step"]
        moves = {move.step: move for move in view.moves if move.act == act.id}
        before = [move.due_at for number, move in moves.items() if number < step]
        begins = max(before, default=act.opened_at)
        if step and (step - 1) not in moves:
            raise Broken(38, f"{entry.type} before its step")
        if not begins // 60 * 60 <= entry.at:
            raise Broken(38, f"{entry.type} before its step began")
        if step in moves and entry.at > moves[step].due_at:
            raise Broken(38, f"{entry.type} after its step")
        if entry.type == "case.decided" and entry.at < begins + 4 * DAY:
            raise Broken(38, "a decision while the sides may still strike")


@holds
def no_sanction_without_its_order(watch: Watch) -> None:
    """38, GO-14: screened by two, charged with items, answered or in vain waited for, decided by two with reasons."""
    view = watch.view
    for act in [act for act in cases(view) if act.outcome == "done"]:
        told = watch.told[act.id]
        duty, panel = seated(view, act.id, DRAW), seated(view, act.id, *range(PANEL, 12))
        admits = {e.who for e in told if e.type == "case.screened" and e.data["admits"]}
        charge = [e for e in told if e.type == "case.charged"]
        if len(admits & duty) < 2 or not charge or not charge[0].data["items"]:
            raise Broken(38, "something final that two did not admit, or that nobody was charged with")
        answer = [e for e in told if e.type == "case.answered"]
        signed = {e.who for e in told if (e.type, e.data.get("act")) == ("case.decided", act.id)}
        first = min(e.at for e in told if e.type == "case.decided")
        if not answer and first < charge[0].at + 14 * DAY:
            raise Broken(38, "decided before an answer, and before its days were over")
        if len(signed & panel) < 2 or signed & duty:
            raise Broken(38, "decided by fewer than two of the panel, or by whoever screened it")
        charged, order = watch.papers.get(charge[0].data["charge"]), [e.index for e in (*charge, *answer)]
        if charged is None or not charged.body["facts"].strip() or order != sorted(order):
            raise Broken(38, "a charge without facts, or answered before it was served")


@holds
def rules_were_in_force(watch: Watch) -> None:
    """38, GO-19: a charge cites a rule of the day on which it happened, complained of in sixty days."""
    view = watch.view
    for row in view.rows("case_facts"):
        # To the end of that day.
        happened = dt.datetime.fromisoformat(str(row.happened_on)).replace(tzinfo=dt.UTC).timestamp() + DAY
        filed_entry = next(act.opened_entry for act in view.acts if act.id == row.act)
        known = [one for one in view.constitutions if one.in_force_from < happened and one.entry < filed_entry]
        if not known or known[-1].entry != row.version or str(row.rule) not in rules_in(known[-1].text)["conduct"]:
            raise Broken(38, "somebody is held to a rule that was not in force")
        filed, learned = dt.date.fromtimestamp(row.filed_at), dt.date.fromisoformat(str(row.learned_on))
        waited = watch.papers[next(c.file for c in view.rows("complaints") if c.act == row.act)].at
        if (filed - learned).days > 60 + 90 or waited is None:
            raise Broken(38, "a complaint of what was known for longer than sixty days")


@holds
def nobody_judges_their_own(watch: Watch) -> None:
    """GO-12, 38, 39: no side sits, nobody of the branch of one, nobody who sat in it before, no panel twice."""
    view = watch.view
    whose = {row.ticket: row.person for row in view.rows("draw_tickets")}
    taken: dict[str, set[str]] = {}
    acts = {act.id: act for act in view.acts if act.procedure in ("case", "appeal_case")}
    rows = [row for row in view.rows("draw_seats", "act, step, rank") if row.act in acts and row.ticket in whose]
    for act in acts.values():
        if case_of(act) not in watch.bench.sides():
            continue
        parties = set(sides(watch, case_of(act)).values())
        areas = {view.area_of.get(person) for person in parties}
        for step in sorted({row.step for row in rows if row.act == act.id}):
            here = {whose[r.ticket] for r in rows if (r.act, r.step) == (act.id, step) and r.holder is not None}
            drawn = {whose[r.ticket] for r in rows if (r.act, r.step) == (act.id, step)}
            if drawn & parties or {view.area_of.get(person) for person in drawn} & areas:
                raise Broken(12, "a side, or somebody of its branch, was drawn")
            if here & taken.get(case_of(act), set()):
                raise Broken(39, "somebody sits who sat in this case before")
            taken.setdefault(case_of(act), set()).update(here)


@holds
def each_side_strikes_two(watch: Watch) -> None:
    """38: of each draw, and whoever was struck decides nothing."""
    count: dict[tuple[str, int, str], int] = {}
    for row in watch.view.rows("case_strikes", "entry"):
        key = (row.act, row.step, row.side)
        count[key] = count.get(key, 0) + 1
        seat = next(seat for seat in watch.view.rows("draw_seats") if seat.ticket == row.ticket)
        signed = [s for s in watch.view.rows("case_signatures") if (s.act, s.step) == (row.act, row.step)]
        if count[key] > 2 or any(s.holder == seat.holder for s in signed):
            raise Broken(38, "more than two were struck, or one who was decides")


@holds
def nothing_is_cited_that_was_not_shown(watch: Watch) -> None:
    """GO-15: cited is disclosed, in this case, before; and each hash opens to what lay there."""
    for entry in watch.new:
        case = next((case for case, told in watch.told.items() if entry in told), None)
        shown = {i for e in watch.told.get(case or "", ()) if e.index < entry.index for i in e.data.get("items") or ()}
        if entry.type == "case.decided" and not set(entry.data["cites"]) <= shown:
            raise Broken(15, "a decision cites what nobody laid before the accused")
        for name in [entry.data.get(key) for key in ("file", "reasons", "charge", "answer", "decision")]:
            if name is not None and entry.type.startswith(("case.", "interim.")) and name not in watch.papers:
                raise Broken(15, f"{entry.type} has a hash of nothing")
        if entry.type.startswith("case.") and not set(entry.data.get("items") or ()) <= set(watch.items):
            raise Broken(15, "the record has an item of which there is nothing")
    for one in [*watch.papers.values(), *watch.items.values()]:
        if one.get("is_checked"):
            continue
        told = _canonical(one.body)
        if hashlib.sha256(bytes.fromhex(one.salt) + told).hexdigest() != one.id:
            raise Broken(15, "a hash does not open to what was said")
        one["is_checked"] = True


def _canonical(value: Any) -> bytes:
    import json  # the second program's own reading of RFC 8785, for what is ASCII here

    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@holds
def decisions_are_of_a_kind(watch: Watch) -> None:
    """38, GO-14: reasons, an outcome with an end, and items that it rests on."""
    for act in [a for a in watch.view.acts if a.procedure in ("case", "appeal_case")]:
        paper = decided_paper(watch, act)
        if paper is None:
            continue
        body = paper.body
        if not body["reasons"].strip() or body["outcome"] not in WEIGHT:
            raise Broken(38, "a decision without reasons")
        if body["proved"] and not body["cites"]:
            raise Broken(38, "a decision that rests on nothing")
        if body["days"] > (730 if body["outcome"] == "barred" else 0):
            raise Broken(38, "a decision without an end")
        if not body["proved"] and (body["grants"] or body["outcome"] != "none"):
            raise Broken(38, "what is not proved has an outcome")


def heaviness(body: dict[str, Any]) -> tuple[int, int, bool]:
    """What a decision takes, part by part."""
    return WEIGHT.index(body["outcome"]), body["days"], body["proved"]


@holds
def appeals_never_make_it_worse(watch: Watch) -> None:
    """39: of the accused, in no part; and where nobody decides, it is as they asked."""
    view = watch.view
    for row in view.rows("case_appeals"):
        act = next(act for act in view.acts if act.id == row.act)
        case = next(act for act in view.acts if act.id == row.case_act)
        first, second = decided_paper(watch, case), decided_paper(watch, act)
        if first is None:
            raise Broken(39, "an appeal of what is not decided")
        if (row.side == "respondent") != bool(first.body["proved"]):
            raise Broken(39, "appealed by whom it did not go against")
        if row.side == "respondent" and second is not None:
            pairs = zip(heaviness(second.body), heaviness(first.body), strict=True)
            if any(new > old for new, old in pairs) or not set(second.body["grants"]) <= set(first.body["grants"]):
                raise Broken(39, "an appeal made it worse")
        over = act.outcome is not None and act.outcome != "done" and case.outcome is not None
        if over and case.outcome != ("refused" if row.side == "respondent" else "done"):
            raise Broken(39, "an appeal that nobody decided went against the accused")


@holds
def items_say_where_they_are_from(watch: Watch) -> None:
    """40: source, collector, way, origin; of a private space also who agreed; shown is in the record."""
    shown = {row.item for row in watch.view.rows("case_disclosures")}
    for row in watch.view.rows("case_items"):
        body = watch.items[row.id].body
        if not all(body[name].strip() for name in ("source", "collector", "how")) or body["got_from"] not in SOURCES:
            raise Broken(40, "an item without provenance")
        if body["got_from"] in ("own_message", "participant") and not body["consent"].strip():
            raise Broken(40, "an item of a private space to which nobody agreed")
        if bool(row.shown) != (row.id in shown):
            raise Broken(40, "an item is shown, and the record does not say so, or the other way round")


@holds
def record_names_nobody(watch: Watch) -> None:
    """40: no word that was typed, no person and no nickname in an entry or its openings."""
    if not watch.new:
        return
    first = watch.new[0].index
    raw = watch.view.raw
    told = b"".join(row[0] for row in raw.execute('SELECT bytes FROM entries WHERE "index" >= ?', (first,)))
    said = raw.execute('SELECT o.disclosure FROM openings o JOIN entries e ON e."index" = o."index" '
                       "WHERE o.\"index\" >= ? AND e.type NOT LIKE 'recall.%'", (first,))  # fmt: skip
    told += " ".join(_plain(row[0]) for row in said).encode()
    found = [word for word in (MARK, "per_", *watch.view.names) if word.encode() in told]
    if found:
        raise Broken(40, f"the record says {found[0]}")


def _plain(disclosure: str) -> str:
    import base64  # an opening is base64url of JSON, as RFC 9901 has it

    return base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)).decode()


@holds
def nobody_sees_what_is_not_theirs(watch: Watch) -> None:
    """41: who is neither side nor drawn gets nothing; the accused no draft, nor who complained where that is hidden."""
    view, bench = watch.view, watch.bench
    asking = view.names[watch.steps % len(view.names)]
    with bench.db.read() as tx:
        for act in [act for act in cases(view) if act.id in bench.sides()]:
            parties = sides(watch, act.id)
            review = [a.id for a in view.acts if (a.procedure, a.subject) == ("appeal_case", act.id)]
            drawn = seated(view, act.id).union(*(seated(view, one) for one in review))
            if bench.people[asking] not in {*parties.values(), *drawn} and _sees(tx, act.id, bench.people[asking]):
                raise Broken(41, "a stranger sees a case")
            seen = _sees(tx, act.id, parties["respondent"])
            if seen is not None and act.step < CHARGE:
                raise Broken(41, "the accused sees what may become no case")
            if seen is None:
                continue
            shown = {row.item for row in view.rows("case_disclosures")}
            if any(one.side != "respondent" and one.id not in shown for one in seen.file.items):
                raise Broken(41, "the accused sees a draft")
            hidden = next(row.hidden for row in view.rows("case_facts") if row.act == act.id)
            if hidden and parties["complainant"] in repr(seen):
                raise Broken(34, "the accused sees who complained, though it is hidden")


def _sees(tx: Any, case: str, person: str) -> queries.Case | None:
    try:
        return queries.view(tx, case, person)
    except NotFound:
        return None


@holds
def nothing_is_judged_twice(watch: Watch) -> None:
    """GO-33: the same day or item only once the first case is over, said to be so, and with something new."""
    view = watch.view
    rows = sorted(watch.filed.values(), key=lambda row: row.filed_at)
    order = {act.id: act for act in cases(view)}
    for place, row in enumerate(rows):
        person = watch.bench.sides().get(row.act, {}).get("respondent")
        for earlier in rows[:place]:
            if person is None or watch.bench.sides().get(earlier.act, {}).get("respondent") != person:
                continue
            before, after = order[earlier.act], order[row.act]
            same = earlier.happened_on == row.happened_on
            if same and (row.again is None or before.closed_at is None or before.closed_entry > after.opened_entry):
                raise Broken(33, "a case about what another was about")
            charged = {watch.items[i].sha256 for i in _charged(watch, row.act)}
            known = {watch.items[i].sha256 for i in _charged(watch, earlier.act)}
            if row.again is None and charged & known and _was_first(watch, earlier.act, row.act):
                raise Broken(33, "an item of an earlier case is laid once more")
            if row.again == earlier.act and charged and charged <= known:
                raise Broken(33, "a case taken up with nothing new")


def _charged(watch: Watch, case: str) -> list[str]:
    return [i for e in watch.told.get(case, ()) if e.type == "case.charged" for i in e.data["items"]]


def _was_first(watch: Watch, earlier: str, later: str) -> bool:
    """Whether one case had been charged before anything was attached to the other."""
    index = next((e.at for e in watch.told[earlier] if e.type == "case.charged"), None)
    begun = min((watch.items[i].at.timestamp() for i in _charged(watch, later)), default=0)
    return index is not None and index < begun


@holds
def accused_leave_others_in_peace(watch: Watch) -> None:
    """GO-34: no recall by the accused of whoever complained; where that is hidden, of nobody."""
    view = watch.view
    recalls, watch.bench.recalls = watch.bench.recalls, []
    for who, whom in recalls:
        for act in [act for act in cases(view) if act.outcome is None and act.step >= CHARGE]:
            parties = sides(watch, act.id)
            hidden = next(row.hidden for row in view.rows("case_facts") if row.act == act.id)
            if parties["respondent"] == who and (parties["complainant"] == whom or hidden):
                raise Broken(34, "the accused acts against whoever complained")


@holds
def complaints_wait_for_room(watch: Watch) -> None:
    """4.4: three open ones of one person, ten a week against one branch."""
    view = watch.view
    open_now: dict[str, int] = {}
    for act in [act for act in cases(view) if act.outcome is None and act.id in watch.bench.sides()]:
        who = sides(watch, act.id)["complainant"]
        open_now[who] = open_now.get(who, 0) + 1
    if max(open_now.values(), default=0) > 3:
        raise Broken(40, "one person has four open complaints")


@holds
def docket_tells_of_ten(watch: Watch) -> None:
    """4.5: no count below ten, nor any that is not in tens."""
    if watch.steps % 5 == 0:
        with watch.bench.db.read() as tx:
            told = [many for words in docket.counts(tx).values() for many in words.values()]
        if any(many < 10 or many % 10 for many in told):
            raise Broken(41, "the docket tells of fewer than ten")


@holds
def barred_take_no_office(watch: Watch) -> None:
    """38: whom a final decision bars is drawn for nothing and appointed to nothing until its end."""
    view = watch.view
    for act in [act for act in cases(view) if act.outcome == "done"]:
        paper = standing_decision(watch, act)
        if paper is None or paper.body["outcome"] != "barred" or act.id not in watch.bench.sides():
            continue
        holder = view.holder_of.get(sides(watch, act.id)["respondent"])
        until = act.closed_at + paper.body["days"] * DAY
        if any(g.holder == holder and act.closed_at < g.from_at < until for g in view.grants):
            raise Broken(38, "somebody who is barred took an office")


@holds
def words_are_kept_while_they_are_needed(watch: Watch) -> None:
    """4.5: nothing that was said is forgotten while a case runs, nor in the half year after it."""
    view = watch.view
    there = {row.id for row in [*view.rows("case_papers"), *view.rows("case_items")]}
    needed = {a.id for a in cases(view) if a.closed_at is None or view.now < a.closed_at + NO_MORE * DAY}
    for act, told in watch.told.items():
        if act in needed and any(i not in there for e in told if e.type == "case.charged" for i in e.data["items"]):
            raise Broken(40, "an item is gone that is still needed")
