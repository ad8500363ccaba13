"""The invariants of acts and their clock, each by its number in governance.md section 9.1."""

from __future__ import annotations

import math

from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.oracle import DAY
from tests.powers.remembering import forgotten
from tests.powers.view import Row, View, place_of
from tests.powers.watch import Watch, invariant

ENDINGS = ("refused", "lapsed", "failed", "undone")


@invariant
def open_acts_have_a_due(watch: Watch) -> None:
    """19, 20: by the rules each was opened with; in the future once the clock has run, unless it is held."""
    view = watch.view
    for act in view.open_acts:
        in_force = [row.entry for row in view.constitutions if row.entry < act.opened_entry][-1]
        if act.constitution != in_force:
            raise Broken(20, f"{act.procedure} was opened under {in_force} and is read under {act.constitution}")
        step = oracle.steps_of(view, act)[act.step]
        if "days" not in step:
            raise Broken(19, f"{act.procedure} stands at a step without a deadline")
        if act.due_at != due_of(view, act, act.step, act.since_at):
            raise Broken(20, f"{act.procedure} is due otherwise than its rules say")
        if watch.ticked and act.due_at <= view.now and not is_held(view, act):
            raise Broken(19, f"{act.procedure} was due, and the clock has run")


def due_of(view: View, act: Row, step: int, since: int) -> int:
    """When a step's deadline is: as often its days as it was extended, and once more."""
    days = oracle.steps_of(view, act)[step].get("days", 0)
    extended = [fact for fact in view.facts if (fact.act, fact.step, fact.fact) == (act.id, step, "extended")]
    here = [fact for fact in view.facts if (fact.act, fact.step) == (act.id, step)]
    delayed = [fact.at for fact in here if fact.fact in ("delayed", "tied")]
    return max([int(since + (1 + len(extended)) * days * DAY), *delayed])


def is_held(view: View, act: Row) -> bool:
    """Whether members turned the act's notice into a ballot that has not ended."""
    here = [fact.fact for fact in view.facts if (fact.act, fact.step) == (act.id, act.step)]
    return "held" in here and not {"released", "stopped"} & set(here)


@invariant
def steps_end_when_they_should(watch: Watch) -> None:
    """10, 19: each move of a new act, from the hands and facts alone: enough of them, or the deadline passed."""
    view = watch.view
    opened = {row.act: row.due_at for row in view.rows("elections")}
    moved = {entry.data["act"] for entry in watch.new if entry.type == "act.advanced"}
    for act in [act for act in view.acts if act.id in moved]:
        begun = [move for move in view.moves if move.act == act.id]
        since = opened.get(act.id, act.opened_at)  # an election counts from when it was due, however late the clock
        for move in sorted(begun, key=lambda move: move.step):
            check_move(view, act, move, since)
            since = move.due_at


def check_move(view: View, act: Row, move: Row, since: int) -> None:
    """One move of an act, its step begun at since."""
    step, due = oracle.steps_of(view, act)[move.step], due_of(view, act, move.step, since)
    hands = [hand for hand in view.hands if (hand.act, hand.step) == (act.id, move.step)]
    facts = {f.fact: f.at for f in view.facts if (f.act, f.step) == (act.id, move.step)}
    what = f"{act.procedure}, step {move.step} ({step['do']}): {move.outcome}"
    if step["do"] != "effect" and any(hand.at >= due for hand in hands):
        raise Broken(19, f"{what}: a hand came after the deadline")
    if move.due_at > view.now:
        raise Broken(19, f"{what}, before its time")
    if step["do"] == "decide":
        yes, nay = (nth(view, hands, word, step["persons"]) for word in ("yes", "no"))
        if move.outcome == "done" and (yes is None or move.due_at not in (yes, due)):
            raise Broken(10, f"{what}, without {step['persons']} persons")
        if oracle.judges_count(oracle.steps_of(view, act), move.step):
            check_count(view, act, move, due, yes=yes, nay=nay)
            return
        if move.outcome != "done" and yes is not None and (nay is None or yes <= nay):
            raise Broken(10, f"{what}, though {step['persons']} persons said yes")
        if nay is not None and (yes is None or nay < yes) and move.outcome not in ("refused", "undone"):
            raise Broken(10, f"{what}, though {step['persons']} persons said no")
        if nay is None and move.outcome in ("refused", "undone", "silence", "lapsed") and move.due_at != due:
            raise Broken(19, f"{what}, before its deadline")
    if act.procedure == "elect" and step["do"] in ("submit", "draw"):
        if ("stopped" in facts) != (move.outcome == "lapsed"):
            raise Broken(19, f"{what}, stopped or not")
        if move.due_at != facts.get("stopped", facts.get("undone", due)):
            raise Broken(19, f"{what}, before its deadline, not stopped nor undone")
    elif step["do"] == "submit" and move.outcome != "done" and move.due_at != facts.get("stopped", due):
        raise Broken(19, f"{what}, before its deadline, and not taken back")
    if ("undone" in facts) != (act.procedure == "elect" and move.outcome == "undone"):
        raise Broken(19, f"{what}, undone or not")
    closed = facts.get("passed", facts.get("failed", due)) if "tied" in facts else due
    if "undone" in facts and move.due_at != (closed if step["do"] == "ballot" else facts["undone"]):
        raise Broken(19, f"{what}, at another moment")
    if step["do"] == "notice":
        if move.outcome == "done" and move.due_at < max(due, facts.get("released", 0)):
            raise Broken(19, f"{what}, before its time")
        if "held" in facts and not {"released", "stopped"} & set(facts):
            raise Broken(19, f"{what}, while members hold it")
        if ("stopped" in facts) != (move.outcome == "refused"):
            raise Broken(19, f"{what}, stopped or not")
    if step["do"] == "support" and ("reached" in facts) != (move.outcome == "done"):
        raise Broken(19, f"{what}, with or without its signatures")
    if step["do"] == "support" and ("stopped" in facts) != (move.outcome == "refused"):
        raise Broken(19, f"{what}, stopped or not")
    if (
        step["do"] == "ballot"
        and "tied" in facts
        and not move.due_at == facts.get("passed", facts.get("failed")) <= due
    ):
        raise Broken(19, f"{what}: a count that waited for a lot ends at another moment than that fell")
    counted = {"passed", "failed"} if "scrutineers" in step else {"passed"}
    decided = counted if step["do"] == "ballot" else {"drawn"}
    if step["do"] in ("draw", "ballot") and move.outcome == "done" and not decided & set(facts):
        raise Broken(19, f"{what}, undecided")


def check_count(view: View, act: Row, move: Row, due: int, *, yes: int | None, nay: int | None) -> None:
    """One move of a step that judges a count: void at once by two, and where the ballot has scrutineers of its own
    held once more; else as the ballot said, when due.

    10, 19: nobody's silence puts it off, and no count stands that two voided.
    """
    what = f"{act.procedure}, step {move.step} (count): {move.outcome}"
    upheld = [f.at for f in view.facts if (f.act, f.step, f.fact) == (act.id, move.step, "upheld")]
    voids = [*upheld, *([nay] if nay is not None and (yes is None or nay < yes) else [])]
    before = any((f.act, f.fact) == (act.id, "voided") and f.step < move.step for f in view.facts)
    again = "scrutineers" in oracle.steps_of(view, act)[move.step - 1] and not before
    if voids:
        if (move.outcome, move.due_at) != ("voided" if again else "refused", min(voids)):
            raise Broken(10, f"{what}, though two voided it")
        return
    said = {f.fact for f in view.facts if (f.act, f.step) == (act.id, move.step - 1)}
    wanted = "failed" if "failed" in said else "done" if yes is not None else "silence"
    if (move.outcome, move.due_at) != (wanted, due):
        raise Broken(19, f"{what} at {move.due_at}; it is {wanted} at {due}")


def nth(view: View, hands: list[Row], word: str, wanted: int) -> int | None:
    """The moment by which so many distinct persons had said a word."""
    person_of = {holder: person for person, holder in view.holder_of.items()}
    seen: set[str] = set()
    for hand in sorted(hands, key=lambda hand: hand.entry):
        if hand.hand == word:
            seen.add(person_of[hand.holder])
            if len(seen) == wanted:
                return int(hand.at)
    return None


def came_later(view: View, act: Row) -> set[str]:
    """Persons who began to belong to an act's place after the minute in which it was opened."""
    place, until = place_of(act), act.opened_at + 60
    here = {row.person for row in view.rows("standings") if (row.begun_at or 0) >= until}
    if place.kind == "branch":
        here |= {row.person for row in view.rows("standings") if (row.area_since or 0) >= until}
    if place.kind == "group":
        inside = [row for row in view.rows("memberships") if row.group == place.id and row.until_at is None]
        here |= {row.person for row in inside if row.since >= until}
    return here


@invariant
def petitions_are_counted(watch: Watch) -> None:
    """10, of petitions: as many signatures as the rules ask of so many members, of who was there from the start."""
    view = watch.view
    acts = {act.id: act for act in view.acts}
    for entry in watch.new:
        act = acts.get(entry.data.get("act", ""))
        if entry.type in ("recall.opened", "hold.opened", "amendment.proposed"):
            assert act is not None
            roll = len(view.belonging(place_of(act)))
            first = oracle.steps_of(view, act)[0]
            wanted = (
                oracle.takes(oracle.constitution_of(view, act), first["formula"], roll)
                if "formula" in first
                else max(2, min(first["min"], math.ceil(roll / 2)))
            )
            if (entry.data["roll"], entry.data["needed"]) != (roll, wanted):
                raise Broken(
                    10, f"{entry.type}: {entry.data['needed']} of {entry.data['roll']}; it takes {wanted} of {roll}"
                )
        if entry.type == "petition.reached":
            assert act is not None
            here = {view.people[name] for name in view.belonging(place_of(act))} - came_later(view, act)
            signed = len((view.signed.get(act.id) or forgotten(act.id)) & here)
            if signed < entry.data["needed"]:
                raise Broken(10, f"{act.procedure} was reached by {signed} of {entry.data['needed']}")


@invariant
def signatures_are_forgotten(watch: Watch) -> None:
    """10, of petitions: who signed is kept while a petition collects, and no longer."""
    collect = {act.id for act in watch.view.acts if act.outcome is None and act.step == 0}
    if kept := watch.view.signed.keys() - collect:
        raise Broken(10, f"signatures are kept of {len(kept)} petitions that collect none any more")


@invariant
def rules_wait_a_fortnight(watch: Watch) -> None:
    """22, 23: amended rules are within the limits, and in force no sooner than 14 days after the vote."""
    view = watch.view
    for row in view.rows("amendments"):
        rules = oracle.rules_of(row.text)
        persons = [
            step["persons"] for p in rules["procedures"].values() for step in p["steps"] if step["do"] == "decide"
        ]
        fits = rules["terms"]["founding"]["days"] <= 365 and min(persons) >= 2
        if not fits or rules["roles"]["steward"]["can"] != ["hub.operate"]:
            raise Broken(22, "rules beyond the outer limits were proposed")
    for entry in watch.new:
        if entry.type == "constitution.adopted":
            votes = [m.due_at for m in view.moves if m.act == entry.data["act"] and is_ballot(view, m)]
            in_force = next(row.in_force_from for row in view.constitutions if row.entry == entry.index)
            if not votes or in_force < votes[-1] + 14 * DAY:
                raise Broken(23, "rules came into force within 14 days of the vote, or without one")


def is_ballot(view: View, move: Row) -> bool:
    """Whether a move is the end of a ballot that said yes."""
    act = next(act for act in view.acts if act.id == move.act)
    return bool(oracle.steps_of(view, act)[move.step]["do"] == "ballot" and move.outcome == "done")


@invariant
def hidden_is_what_was_not_shown(watch: Watch) -> None:
    """Hiding: what pages leave out is what an act hid and none has shown again; undone is shown; seats are counted."""
    view = watch.view
    hidden = {h.target for h in view.hidings if h.hidden_entry is not None and h.shown_entry is None}
    hidden |= {m.target for m in view.rows("measures") if m.target and m.begun_at is not None and m.until_at > view.now}
    of = {h.act: h for h in view.hidings}
    dated = [row for row in view.rows("concealments") if row.from_at <= view.now]
    marked = {row.target for row in dated if row.until_at is None or row.until_at > view.now}
    if marked != hidden:
        raise Broken(19, f"hidden on pages {marked}, by the acts {hidden}")
    for act in view.acts:
        if act.procedure == "hide" and act.outcome == "undone" and of[act.id].shown_entry is None:
            raise Broken(19, "a hiding was undone, and stays hidden")
    for row in view.rows("group_seats"):
        inside = len(view.inside.get(row.group, ()))
        if row.taken != inside:
            raise Broken(0, f"{row.taken} places counted, {inside} taken")
