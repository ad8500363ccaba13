"""Elections and ballots: members stand, stand no more, vote, change their vote; scrutineers sign or object."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hub.ballots import casting, elections, objecting, reading
from hub.count import RON
from hub.lot.chains import rehearsed
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, every_table, move, somebody
from tests.powers.oracle import DAY
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, place_of
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

SCRUTINISE = "ballots.scrutinise"
REASON = "The roll does not hold who was there."
oracle.RIGHTS |= {"candidacy.declared", "candidacy.withdrawn", "count.objected"}
oracle.CLOCK |= {"election.opened", "election.ended", "ballot.called", "ballot.tied", "ballot.counted", "outage.noted"}
oracle.needs(SCRUTINISE, oracle.in_act, "ballot.signed", "ballot.objected", "count.judged")


def at_step(view: View, step: int) -> list[Row]:
    """Elections that stand at a step."""
    return [act for act in view.open_of("elect") if act.step == step]


def standing(view: View, act: str) -> list[str]:
    """Holders who stand in an election."""
    rows = view.rows("candidacies", "told_entry")
    return [row.holder for row in rows if row.act == act and row.withdrawn_entry is None]


def open_ballots(view: View) -> list[Row]:
    """Ballots that take votes now."""
    return [b for b in view.rows("ballots", "called_entry") if b.opens_at <= view.now < b.closes_at]


@move(lambda view: at_step(view, 0), weight=8)
def stand(world: World, pick: Pick) -> None:
    act = pick(at_step(world.view, 0))
    who = somebody(world.view, pick, world.view.belonging(place_of(act)))
    world.attempt(
        lambda tx: elections.stand(
            tx, act=act.id, statement="I shall listen.", interests="", shown=who, actor=world.actor(tx, who)
        )
    )


@move(lambda view: [act for act in view.open_of("elect") if standing(view, act.id)])
def stand_no_more(world: World, pick: Pick) -> None:
    act = pick([act for act in world.view.open_of("elect") if standing(world.view, act.id)])
    who = somebody(world.view, pick, [world.view.name_of[one] for one in standing(world.view, act.id)])
    world.attempt(lambda tx: elections.withdraw(tx, act=act.id, actor=world.actor(tx, who)))


@move(open_ballots, weight=8)
def several_vote(world: World, pick: Pick) -> None:
    ballot = pick(open_ballots(world.view))
    lines = [row for row in world.view.rows("ballot_roll") if row.ballot == ballot.id and not row.voted]
    named = {person: name for name, person in world.people.items()}
    able = world.view.acting(sorted(named[row.person] for row in lines))
    choice = paper(world.view, ballot, pick)
    for who in pick.first(able[::-1]) if able else []:
        if vote(world, ballot, who, choice):
            return


def some_stand(world: World, pick: Pick, statement: str) -> tuple[Row, list[str]]:
    """Takes an election from its nominations to its vote; returns its act, and who belongs there and acts."""
    act = pick(at_step(world.view, 0))
    here = world.view.acting(world.view.belonging(place_of(act)))
    for who in pick.first(here)[:4]:
        world.attempt(
            lambda tx, who=who: elections.stand(
                tx, act=act.id, statement=statement, interests="", shown=who, actor=world.actor(tx, who)
            )
        )
    for _ in range(3):
        waiting = next((one for one in world.view.open_acts if one.id == act.id and one.step < 2), None)
        if waiting is not None:
            world.wait(1 + max(0, waiting.due_at - world.view.now) // 3600)
    return act, here


@move(lambda view: at_step(view, 0))
def votes_come_out_level(world: World, pick: Pick) -> None:
    """An election from its nominations to its close: as many put one first, and nobody else, as put another."""
    act, here = some_stand(world, pick, "I too.")
    for ballot in [one for one in open_ballots(world.view) if one.act == act.id]:
        sides = standing(world.view, act.id)[:2]
        for place, who in enumerate(here[: 2 * pick([2, 1])] if len(sides) > 1 else []):
            if vote(world, ballot, who, [sides[place % 2]]):
                return
        world.wait(pick([1, 0]) + max(0, ballot.closes_at - world.view.now) // 3600)


def level(view: View) -> list[Row]:
    """Ballots whose count waits for a round."""
    return [b for b in view.rows("ballots", "called_entry") if b.tied_entry is not None and b.counted_entry is None]


@move(level, weight=8)
def lot_is_read(world: World, pick: Pick) -> None:
    """Somebody brings what the beacon said; before that, sometimes, what it did not, or said before the close."""
    ballot = pick(level(world.view))
    round_ = int(ballot.source.rpartition("-")[2])
    lies = pick([[], [], ["ab" * 48], [rehearsed(round_ - 1200)]])
    if pick([True, True, False]):
        world.wait(2)
    for text in (*lies, rehearsed(round_)):
        who = somebody(world.view, pick, world.view.members)
        world.attempt(
            lambda tx, who=who, text=text: reading.bring(tx, ballot=ballot.id, text=text, actor=world.actor(tx, who))
        )
    # A count that elects nobody is followed by another election when the worker comes by, within a minute.
    world.tick()


@move(open_ballots)
def anybody_votes(world: World, pick: Pick) -> None:
    ballot = pick(open_ballots(world.view))
    vote(world, ballot, pick(world.view.names), paper(world.view, ballot, pick))


def paper(view: View, ballot: Row, pick: Pick) -> Any:
    """A choice: yes, no or neither; or candidates in some order."""
    if ballot.kind == "yesno":
        return pick(["yes", "yes", "no", "abstain"])
    names = [*standing(view, ballot.act), RON]
    turned = pick(range(len(names)))
    return [*names[turned:], *names[:turned]][: pick([3, 1, len(names)])]


def vote(world: World, ballot: Row, who: str, choice: Any) -> bool:
    """One person casts a vote; the test remembers it. Tells whether it was refused."""
    number = len(world.receipts)
    nonce = f"0000-0000-0000-{number:04d}"
    tracker = world.attempt(
        lambda tx: casting.cast(
            tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase="same words", actor=world.actor(tx, who)
        )
    )
    if tracker is not None:
        world.receipts.append((ballot.id, who, nonce))
        world.votes.setdefault(ballot.id, {})[who] = choice
    return tracker is None


@move(open_ballots)
def change_vote(world: World, pick: Pick) -> None:
    ballot = pick(open_ballots(world.view))
    _, who, nonce = pick([receipt for receipt in world.receipts if receipt[0] == ballot.id])
    choice = paper(world.view, ballot, pick)
    changed = world.attempt(
        lambda tx: casting.change(
            tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase="same words", actor=world.actor(tx, who)
        )
    )
    if changed is not None:
        world.votes[ballot.id][who] = choice


@move(open_ballots)
def vote_otherwise(world: World, pick: Pick) -> None:
    """One vote cast in two ways, from the same state: until the close nothing but the paper itself differs (26)."""
    ballot = pick(open_ballots(world.view))
    who = pick(sorted(world.view.names, key=lambda name: not may_vote(world.view, ballot, name)))
    one, other = pick(two_papers(world.view, ballot)), pick([0, 1, 24])
    begin, at, units, cast = world.image(), world.now, world.units, list(world.receipts)
    seen = []
    for choice in (one[0], one[1]):
        world.restore(begin, at)
        world.units, world.receipts[:] = units, cast
        if vote(world, ballot, who, choice):
            return
        if other and at.timestamp() + other * 3600 < ballot.closes_at:
            world.wait(other)
        seen.append(outside(world.view))
    if seen[0] != seen[1]:
        raise Broken(
            26, f"before the close {sorted(name for name in seen[0] if seen[0][name] != seen[1][name])} differ"
        )


def may_vote(view: View, ballot: Row, name: str) -> bool:
    """Whether somebody is on a roll and has not voted."""
    lines = [row for row in view.rows("ballot_roll") if row.ballot == ballot.id]
    return any(row.person == view.people[name] and not row.voted for row in lines)


def two_papers(view: View, ballot: Row) -> list[tuple[Any, Any]]:
    """Pairs of choices that differ."""
    if ballot.kind == "yesno":
        return [("yes", "no"), ("no", "abstain")]
    names = [*standing(view, ballot.act), RON]
    return [(names, names[::-1]), (names[:1], [])]


# What is drawn anew in each run and tells of nobody's choice: sessions, and random salts of whatever begins meanwhile.
CHANCE = {"sessions", "ballot_papers", "ballot_roll", "ballots", "entries", "openings", "draw_files"}


def outside(view: View) -> dict[str, Any]:
    """Everything that is written, but for what papers say."""
    found: dict[str, Any] = {name: sorted(map(repr, view.rows(name))) for name in every_table() if name not in CHANCE}
    found["papers"] = sorted(
        (row.ballot, row.tracker, row.branch or "", row.sealed) for row in view.rows("ballot_papers")
    )
    found["marks"] = sorted((row.ballot, row.person, row.voted) for row in view.rows("ballot_roll"))
    found["record"] = [row[0] for row in view.raw.execute('SELECT type FROM entries ORDER BY "index"')]
    found["ballots"] = sorted((row.id, row.counted_entry is None) for row in view.rows("ballots"))
    return found


def judged(view: View) -> list[Row]:
    """Acts in which scrutineers judge a count."""
    return [act for act in view.open_acts if judges(view, act)]


def judges(view: View, act: Row) -> bool:
    """Whether an act stands at the judging of a count."""
    return oracle.steps_of(view, act)[act.step].get("by") == SCRUTINISE


@move(judged, weight=3)
def scrutinise(world: World, pick: Pick) -> None:
    act = pick(judged(world.view))
    who = decider(world.view, pick, act, SCRUTINISE)
    if pick([True, True, False]):
        world.attempt(lambda tx: elections.sign(tx, act=act.id, actor=world.actor(tx, who)))
    else:
        world.attempt(lambda tx: elections.object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@move(judged)
def object_to_count(world: World, pick: Pick) -> None:
    act = pick(judged(world.view))
    ballot = [row for row in world.view.rows("ballots", "called_entry") if row.act == act.id][-1]
    who = somebody(world.view, pick, world.view.belonging(place_of(act)))
    world.attempt(lambda tx: objecting.object_to(tx, ballot=ballot.id, reason=REASON, actor=world.actor(tx, who)))


def said_of(view: View) -> list[tuple[Row, int]]:
    """Objections to counts that are judged: the act, and the objection."""
    acts = {act.id: act for act in judged(view)}
    return [(acts[row.act], row.entry) for row in view.rows("count_objections", "entry") if row.act in acts]


@move(said_of, weight=2)
def judge_objection(world: World, pick: Pick) -> None:
    act, entry = pick(said_of(world.view))
    who, upheld = decider(world.view, pick, act, SCRUTINISE), pick([True, False])
    world.attempt(
        lambda tx: objecting.judge(tx, act=act.id, objection=entry, upheld=upheld, actor=world.actor(tx, who))
    )


@invariant
def counts_are_judged_by_others(watch: Watch) -> None:
    """9: nobody judges a count in an act that is about them, or of which they judged a count that was voided."""
    view = watch.view
    acts = {act.id: act for act in view.acts}
    grants = {grant.entry: grant for grant in view.grants}
    for entry in [one for one in watch.new if one.type in ("ballot.signed", "ballot.objected", "count.judged")]:
        act, grant = acts[entry.data["act"]], grants[entry.by]
        voided = {fact.step for fact in view.facts if (fact.act, fact.fact) == (act.id, "voided")}
        before = {hand.holder for hand in view.hands if hand.act == act.id and hand.step in voided}
        own = {hand.holder for hand in view.hands if hand.act == act.id and hand.hand == "submit"}
        now = [hand for hand in view.hands if (hand.act, hand.entry) == (act.id, entry.index)]
        if grant.holder in own | {act.subject} or grant.act != act.id:
            raise Broken(9, f"{entry.type}: a party judges the count, or who was drawn for another")
        if grant.holder in before and not any(hand.step in voided for hand in now):
            raise Broken(9, f"{entry.type}: who judged the count that was voided judges the next")


@invariant
def one_person_one_paper(watch: Watch) -> None:
    """24: as many papers as marks on the roll; the roll as it was fixed."""
    view = watch.view
    papers = view.rows("ballot_papers")
    for ballot in view.rows("ballots"):
        lines = [row for row in view.rows("ballot_roll") if row.ballot == ballot.id]
        if lines and len(lines) != ballot.roll:
            raise Broken(24, f"a roll of {ballot.roll} has {len(lines)} lines")
        voted, cast = sum(row.voted for row in lines), watch.world.votes.get(ballot.id, {})
        if ballot.counted_entry is None:
            here = sum(row.ballot == ballot.id for row in papers)
            if not here == voted == len(cast):
                raise Broken(24, f"{here} papers, {voted} marks, {len(cast)} votes")


@invariant
def ballots_say_what_voters_said(watch: Watch) -> None:
    """31, and 24: what the record says of a ballot is what was voted in the test's own memory."""
    view = watch.view
    ballots = {row.id: row for row in view.rows("ballots")}
    for entry in [entry for entry in watch.new if entry.type == "ballot.counted"]:
        ballot = ballots[entry.data["ballot"]]
        cast = watch.world.votes.get(ballot.id, {})
        if entry.data["papers"] not in (None, len(cast)):
            raise Broken(24, f"{entry.data['papers']} papers counted of {len(cast)}")
        act = next(act for act in view.acts if act.id == ballot.act)
        if ballot.kind == "stv":
            stood = set(standing(view, act.id))
            if not set(entry.data["winners"]) <= stood or len(entry.data["winners"]) > ballot.seats:
                raise Broken(12, "elected without standing, or more than there are seats")
            if not cast and entry.data["winners"]:
                raise Broken(12, "elected by nobody")
            continue
        step = oracle.steps_of(view, act)[ballot.step]
        rules = oracle.constitution_of(view, act)
        yes, nay = (sum(choice == word for choice in cast.values()) for word in ("yes", "no"))
        floor = oracle.takes(rules, step["formula"], ballot.roll)
        part, of = step.get("ratio", (1, 2))
        passes = yes > nay and yes >= floor and Fraction(yes, max(1, yes + nay)) >= Fraction(part, of)
        if step.get("branches") and passes:
            continue  # a majority of the branches as well: asked of in tests/ballots
        if (entry.data["outcome"] == "passed") != passes:
            raise Broken(31, f"{yes} yes, {nay} no, floor {floor}: {entry.data['outcome']}")


@invariant
def offices_follow_elections(watch: Watch) -> None:
    """12: once an election takes effect, winners hold what was elected, once; earlier grants are gone."""
    view = watch.view
    for act in [act for act in view.acts if act.procedure == "elect" and act.outcome == "done"]:
        if not any(entry.index == act.closed_entry for entry in watch.new):
            continue
        held = next(row for row in view.rows("elections") if row.act == act.id)
        ballots = [row.id for row in view.rows("ballots") if row.act == act.id]
        won = {row.holder for row in view.rows("ballot_winners") if row.ballot in ballots}
        here = [grant for grant in view.grants if grant.scope_id == act.scope_id]
        made = {grant.holder for grant in here if (grant.act, grant.source) == (act.id, "election")}
        if made != won:
            raise Broken(12, f"{len(won)} won, {len(made)} were given a mandate")
        at = act.closed_at
        for grant in [grant for grant in here if grant.act != act.id and ended_after(grant, at)]:
            if grant.role == "caretaker" or (grant.role == held.role and grant.holder in won):
                raise Broken(12, f"a {grant.role} by {grant.source} goes on beside the election")
            general = held.kind == "general"
            if general and grant.role == held.role and grant.from_at < at:
                raise Broken(12, "a general election left somebody in office")
            days = oracle.constitution_of(view, act)["numbers"]["handover_days"]["value"]
            if (
                general
                and grant.source == "appointment"
                and ended_after(grant, at + days["value"] * DAY if isinstance(days, dict) else at + days * DAY)
            ):
                raise Broken(12, "whom earlier organisers appointed stays beyond the handover")


@invariant
def nobody_is_asked_in_vain(watch: Watch) -> None:
    """12, 5, once the clock has run: before its vote no by-election runs beside an election of all seats opened later,
    and none at all in a group to which nobody belongs.
    """
    view = watch.view
    running = {act.id: act for act in view.open_of("elect")}
    rows = [row for row in view.rows("elections", "entry") if row.act in running]
    for row in [row for row in rows if watch.ticked and before_its_vote(view, running[row.act])]:
        later = [one for one in rows if one.kind == "general" and (one.scope_id, one.role) == (row.scope_id, row.role)]
        if row.kind == "by" and any(one.entry > row.entry for one in later):
            raise Broken(12, "a by-election waits for a vote, and all seats are elected beside it")
        if row.scope_id in view.dormant:
            raise Broken(5, "an election waits for a vote in a group to which nobody belongs")


@invariant
def elections_end_for_a_reason(watch: Watch) -> None:
    """19: one ends before its vote only beside an election of all seats, opened later in the same place; or where
    nobody belonged to its group when that was said.
    """
    view = watch.view
    rows = {row.act: row for row in view.rows("elections", "entry")}
    for entry in [entry for entry in watch.new if entry.type == "election.ended"]:
        ended = rows[entry.data["act"]]
        others = [row for row in rows.values() if (row.scope_id, row.kind) == (ended.scope_id, "general")]
        if not before_its_vote(view, next(act for act in view.acts if act.id == ended.act)):
            raise Broken(19, "an election ended, and its vote had begun")
        slept = any(d.scope_id == ended.scope_id and d.entry < entry.index for d in view.dormancies)
        if entry.data["why"] == "empty" and not slept:
            raise Broken(19, "an election ended before its vote, and somebody belongs to its group")
        if entry.data["why"] != "empty" and (ended.kind != "by" or all(row.entry < ended.entry for row in others)):
            raise Broken(19, "an election ended before its vote, and there is no other")


def before_its_vote(view: View, act: Row) -> bool:
    """Whether an election stands before its ballot, or ended there."""
    return all(step["do"] != "ballot" for step in oracle.steps_of(view, act)[: act.step + 1])


def ended_after(grant: Row, at: int) -> bool:
    """Whether a grant that began before a moment goes on after it."""
    ends = grant.until_at if grant.ended_at is None else min(grant.until_at, grant.ended_at)
    return bool(grant.from_at <= at < ends)


@invariant
def somebody_answers_or_is_elected(watch: Watch) -> None:
    """4: each branch and group has an organiser with a mandate, or an election that runs, once the clock has run."""
    view = watch.view
    if not watch.ticked:
        return
    places = [Place("group", g.id, g.branch) for g in view.registered if g.ended_entry is None]
    places += [Place("branch", b.id, b.id) for b in view.branches if b.registered_entry and b.ended_entry is None]
    running = {act.scope_id for act in view.open_of("elect")}
    led = {g.scope_id for g in view.grants if g.role == "admin" and g.source in oracle.MANDATES and view.stands(g)}
    for place in places:
        if place.id not in running | led | view.dormant:
            raise Broken(4, f"a {place.kind} without an organiser, and no election runs")
