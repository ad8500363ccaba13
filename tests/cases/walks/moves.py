"""What people and the clock do about cases: each draws who does what to which case from what is there now.

Every word that somebody types has MARK in it, so that it can be looked for where it must not be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub.cases import actions, appealing, deciding, interims, ticking
from hub.cases.rules import OUTCOMES, Item, Ruling
from hub.draws import actions as draws
from hub.errors import RuleViolation
from hub.lot.chains import rehearsed
from hub.people import actions as people
from hub.permits import actions as permits
from hub.petitions import actions as petitions
from tests.cases.walks.world import CHANGES, Bench
from tests.powers.laziness import Broken
from tests.powers.picking import Pick
from tests.powers.view import Row

MARK = "unspoken"
DRAW, SCREEN, CHARGE, ANSWER, PANEL, DECIDE, APPEALABLE = range(7)  # the steps of a case
SELDOM = (True, True, True, True, False)
SIDES = ("york_a", "york_plain_0", "york_b", "york_plain_1", "cleo", "vol_0")
ACCUSED = ("york_b", "york_plain_1", "york_a", "cleo", "vol_0")
OUT = ("respondent", "complainant")
# How a walk may begin: to where chance alone seldom comes, by each move's first choices.
ADMITTED = (("complain", []), ("draw_and_sit", []), ("screen", [0, 0, 0, 1]))
HEARD = (*ADMITTED, ("say", []), ("say", []), ("draw_and_sit", []), ("days_pass", [4]))
DECIDED = (*HEARD, ("decide", [0, 2, 0, 0, 0, 0, 0, 0, 1]))
BEGINNINGS = ((), ADMITTED, HEARD, HEARD, DECIDED, DECIDED)
Do = Callable[[Bench, Pick], None]


@dataclass(frozen=True)
class Move:
    """Something that people or the clock can do. weight: how often it comes; ready: whether it waits for somebody."""

    name: str
    do: Do
    weight: float
    ready: Callable[[Bench], object]


MOVES: dict[str, Move] = {}


def move(weight: float = 1, ready: Callable[[Bench], object] = lambda _: True) -> Callable[[Do], Do]:
    """Registers a move under its function's name."""

    def register(do: Do) -> Do:
        MOVES[do.__name__] = Move(do.__name__, do, weight, ready)
        return do

    return register


def words(bench: Bench, about: str) -> str:
    """Something that somebody typed, never the same twice."""
    return f"{MARK} {about} {bench.units}"


def running(bench: Bench, *steps: int) -> list[Row]:
    """The cases that run, at some steps or at any."""
    return [one for one in bench.case_rows() if one.outcome is None and (not steps or one.step in steps)]


def over(bench: Bench) -> list[Row]:
    """The cases that are over."""
    return [one for one in bench.case_rows() if one.outcome is not None]


def appeals(bench: Bench, *steps: int) -> list[Row]:
    """The appeals that run, at some steps."""
    return [a for a in bench.view.open_acts if a.procedure == "appeal_case" and a.step in steps]


def deciding_acts(bench: Bench) -> list[Row]:
    """The cases and appeals whose panel decides."""
    return [*running(bench, DECIDE), *appeals(bench, 1)]


def case_of(act: Row) -> str:
    """The case that an act is of."""
    return str(act.subject if act.procedure == "appeal_case" else act.id)


def side(bench: Bench, case: str, which: str) -> str:
    """The name of a side."""
    return bench.called(bench.sides()[case][which])


def somebody(bench: Bench, pick: Pick, likely: list[str]) -> str:
    """Mostly one of those who may; now and then anybody."""
    return pick(likely) if likely and pick(SELDOM) else pick(bench.view.names)


def offices(bench: Bench, person: str) -> list[str]:
    """The offices somebody holds now, by the tables."""
    holder = bench.view.holder_of.get(person)
    mine = [grant for grant in bench.view.grants if grant.holder == holder and bench.view.stands(grant)]
    return [grant.id for grant in mine if grant.role not in ("duty", "juror")]


@move(weight=2, ready=lambda bench: len(running(bench)) < 5)
def complain(bench: Bench, pick: Pick) -> None:
    who, whom = pick(SIDES) if pick(SELDOM) else pick(bench.view.names), pick(ACCUSED)
    ago, learned = pick([0, 0, 3, 59, 61]), pick([0, 0, 1, 60])
    today = bench.now.date()
    about = [one.id for one in over(bench) if bench.sides().get(one.id, {}).get("respondent") == bench.people[whom]]
    again = pick([None, *about])
    if again is not None:
        ago = (today - dt.date.fromisoformat(_happened(bench, again))).days
        learned = 0
    happened = today - dt.timedelta(days=max(ago, learned))
    rule, learned_on, said = pick([2, 1, 12]), today - dt.timedelta(days=learned), words(bench, "complaint")
    bench.attempt(
        lambda tx: actions.complain(
            tx, respondent=bench.people[whom], rule=rule, happened_on=happened, learned_on=learned_on, words=said,
            again=again, actor=bench.actor(tx, who),
        )
    )  # fmt: skip


def _happened(bench: Bench, case: str) -> str:
    return str(next(row.happened_on for row in bench.view.rows("case_facts") if row.act == case))


def waiting_draws(bench: Bench) -> list[Row]:
    """Pools that wait for what the beacon says."""
    acts = {act.id: act for act in bench.view.open_acts if act.procedure in ("case", "appeal_case")}
    rows = [row for row in bench.view.rows("draws", "prepared_entry") if row.made_at is None and row.act in acts]
    return [row for row in rows if row.step == acts[row.act].step]


@move(weight=12, ready=waiting_draws)
def draw_and_sit(bench: Bench, pick: Pick) -> None:
    """Until the beacon speaks, it is read, and whoever is asked to sit does; or all but one."""
    row = pick(waiting_draws(bench))
    if row.known_at > bench.view.now:
        bench.pass_minutes(int(row.known_at - bench.view.now) // 60 + 1)
    said = rehearsed(int(row.source.rpartition("-")[2]))
    bench.attempt(lambda tx: draws.reveal(tx, act=row.act, text=said, actor=bench.actor(tx, "york_c")))
    left_out = pick([0, 0, 0, 1])
    _sit(bench, row.act, left_out)


def _sit(bench: Bench, act: str, left_out: int = 0) -> None:
    asked = [row for row in bench.seats(act) if row.state == "offered"]
    for row in asked[left_out:]:
        who = bench.who_has(row.ticket)
        bench.attempt(lambda tx, who=who: draws.accept(tx, act=act, shown="Drawn", actor=bench.actor(tx, who)))


def offered(bench: Bench) -> list[Row]:
    """Seats of cases and appeals that wait for an answer."""
    mine = [act.id for act in bench.view.open_acts if act.procedure in ("case", "appeal_case")]
    return [row for act in mine for row in bench.seats(act) if row.state == "offered"]


@move(weight=2, ready=offered)
def take_or_leave_seat(bench: Bench, pick: Pick) -> None:
    row = pick(offered(bench))
    who, takes = somebody(bench, pick, [bench.who_has(row.ticket)]), pick([True, True, False])
    if takes:
        bench.attempt(lambda tx: draws.accept(tx, act=row.act, shown="Drawn", actor=bench.actor(tx, who)))
    else:
        bench.attempt(lambda tx: draws.decline(tx, act=row.act, actor=bench.actor(tx, who)))


@move(ready=lambda bench: any(bench.sitting(act.id) for act in deciding_acts(bench)))
def leave_panel(bench: Bench, pick: Pick) -> None:
    """One of a panel lays the seat down; who follows takes it."""
    act = pick([act for act in deciding_acts(bench) if bench.sitting(act.id)])
    row = pick([row for row in bench.seats(act.id) if row.grant is not None])
    who = bench.who_has(row.ticket)
    bench.attempt(lambda tx: permits.resign(tx, grant=row.grant, actor=bench.actor(tx, who)))
    _sit(bench, act.id)


@move(weight=10, ready=lambda bench: running(bench, SCREEN))
def screen(bench: Bench, pick: Pick) -> None:
    """Some of the duty panel say what they think, one after the other."""
    act = pick(running(bench, SCREEN))
    result, hides = pick(["admitted", "admitted", "admitted", "no_case", "informal"]), pick([False, False, True])
    for who in pick.first(bench.sitting(act.id)[::-1] or [pick(bench.view.names)]):
        said = result if pick(SELDOM) else "no_case"
        told = {"result": said, "reasons": words(bench, "screening"), "hides": hides}
        bench.attempt(lambda tx, who=who, told=told: actions.screen(tx, act=act.id, actor=bench.actor(tx, who), **told))


def item(bench: Bench, pick: Pick) -> Item:
    """Something laid before a panel, mostly with all that it must say of where it comes from."""
    text = pick([words(bench, "item"), words(bench, "item"), f"{MARK} item of before"])
    got, consent = pick([("public_link", ""), ("witness", ""), ("own_message", f"{MARK} agreed"), ("own_message", "")])
    told = [f"{MARK} source", f"{MARK} collector", f"{MARK} how"]
    if not pick((True, *SELDOM)):
        told[pick([0, 1, 2])] = " "
    return Item(text, *told, got, consent)


@move(weight=3, ready=running)
def attach(bench: Bench, pick: Pick) -> None:
    act = pick(running(bench))
    who = side(bench, act.id, pick(OUT)) if pick(SELDOM) else pick(bench.view.names)
    one = item(bench, pick)
    bench.attempt(lambda tx: actions.attach(tx, act=act.id, item=one, actor=bench.actor(tx, who)))


@move(weight=10, ready=lambda bench: running(bench, CHARGE, ANSWER))
def say(bench: Bench, pick: Pick) -> None:
    """The charge is served, or answered, with something more of that side; or the other side tries."""
    act = pick(running(bench, CHARGE, ANSWER))
    turn = "complainant" if act.step == CHARGE else "respondent"
    who = side(bench, act.id, turn if pick((True, *SELDOM)) else next(one for one in OUT if one != turn))
    if pick([True, True, False]):
        one = item(bench, pick)
        bench.attempt(lambda tx: actions.attach(tx, act=act.id, item=one, actor=bench.actor(tx, who)))
    told = words(bench, "said")
    if act.step == CHARGE:
        bench.attempt(lambda tx: actions.charge(tx, act=act.id, facts=told, actor=bench.actor(tx, who)))
    else:
        bench.attempt(lambda tx: actions.answer(tx, act=act.id, words=told, actor=bench.actor(tx, who)))


@move(ready=lambda bench: running(bench, ANSWER))
def prolong(bench: Bench, pick: Pick) -> None:
    act = pick(running(bench, ANSWER))
    who = side(bench, act.id, pick(("respondent", *OUT)))
    bench.attempt(lambda tx: actions.prolong(tx, act=act.id, actor=bench.actor(tx, who)))


@move(ready=deciding_acts)
def strike(bench: Bench, pick: Pick) -> None:
    act = pick(deciding_acts(bench))
    who = side(bench, case_of(act), pick(OUT)) if pick(SELDOM) else pick(bench.view.names)
    row = pick(bench.seats(act.id))
    bench.attempt(lambda tx: deciding.strike(tx, act=act.id, ticket=row.ticket, actor=bench.actor(tx, who)))
    _sit(bench, act.id)


def ruling(bench: Bench, pick: Pick, case: str) -> Ruling:
    """A decision: mostly one that a panel may make, of any weight."""
    outcome = pick(["none", "barred", "role_ended", "barred", "advice", "apology"])
    proved = outcome != "none" or pick([False, True])
    shown = [row.item for row in bench.view.rows("case_disclosures", "entry, item") if row.case_act == case]
    others = [row.id for row in bench.view.rows("case_items", "at, id") if row.id not in shown]
    cites = tuple(pick.first(shown)) if shown and pick(SELDOM) else tuple(others[:1])
    mine = offices(bench, bench.sides()[case]["respondent"]) if pick(SELDOM) else [g.id for g in bench.view.live[:1]]
    ends = tuple(pick.first(mine)) if mine and outcome in ("role_ended", "barred") and pick([True, True, False]) else ()
    days = pick([30, 730, 731, 1]) if OUTCOMES[outcome] else 0
    return Ruling(proved, outcome, words(bench, "reasons"), days, cites if proved else (), ends)


@move(weight=10, ready=deciding_acts)
def decide(bench: Bench, pick: Pick) -> None:
    """One of the panel proposes a decision, and some sign it."""
    act = pick(deciding_acts(bench))
    panel = bench.sitting(act.id) or [pick(bench.view.names)]
    told, first = ruling(bench, pick, case_of(act)), panel[0] if pick(SELDOM) else pick(bench.view.names)
    paper = bench.attempt(lambda tx: deciding.propose(tx, act=act.id, ruling=told, actor=bench.actor(tx, first)))
    if paper is not None:
        for who in pick.first(panel[::-1]):
            bench.attempt(lambda tx, who=who: deciding.sign(tx, act=act.id, decision=paper, actor=bench.actor(tx, who)))


@move(ready=deciding_acts)
def sign_what_lies_there(bench: Bench, pick: Pick) -> None:
    """Somebody signs what was proposed before, be it here, by an earlier panel or in another case."""
    act = pick(deciding_acts(bench))
    who = somebody(bench, pick, bench.sitting(act.id))
    papers = [row.id for row in bench.view.rows("case_papers", "at, id") if row.kind == "ruling"]
    paper = pick(papers)
    bench.attempt(lambda tx: deciding.sign(tx, act=act.id, decision=paper, actor=bench.actor(tx, who)))


@move(weight=8, ready=lambda bench: running(bench, APPEALABLE))
def appeal(bench: Bench, pick: Pick) -> None:
    act = pick(running(bench, APPEALABLE))
    for which in OUT if pick(SELDOM) else OUT[:1]:
        who, ground = side(bench, act.id, which), pick(["procedure", "proportionality", "new_evidence"])
        told = words(bench, "appeal")
        bench.attempt(
            lambda tx, who=who, ground=ground, told=told: appealing.appeal(
                tx, case=act.id, ground=ground, words=told, actor=bench.actor(tx, who)
            )
        )


def screened(bench: Bench) -> list[Row]:
    """The cases that run and have a duty panel."""
    return [one for one in running(bench) if one.step > DRAW]


def duty(bench: Bench, case: str) -> list[str]:
    """The names of those who took a seat of a case's duty panel."""
    rows = bench.view.rows("draw_seats", "act, step, rank")
    return [bench.who_has(r.ticket) for r in rows if (r.act, r.step, r.state) == (case, DRAW, "accepted")]


@move(weight=2, ready=screened)
def ask_measure(bench: Bench, pick: Pick) -> None:
    act = pick(screened(bench))
    kind = pick(["rest_office", "no_contact"])
    mine = offices(bench, bench.sides()[act.id]["respondent"]) if pick(SELDOM) else [g.id for g in bench.view.live[:1]]
    before = [row.act for row in bench.view.rows("case_interims", "told_entry") if row.case_act == act.id]
    renews = pick([*before[::-1], None])
    who, told = somebody(bench, pick, duty(bench, act.id)), words(bench, "risk")
    measure = bench.attempt(
        lambda tx: interims.ask(
            tx, case=act.id, measure=kind, risk=told, why_nothing_milder=told, actor=bench.actor(tx, who),
            grants=tuple(mine) if kind == "rest_office" else (), renews=renews,
        )
    )  # fmt: skip
    if measure is not None:
        _sign_measure(bench, pick, measure, duty(bench, act.id))


def _sign_measure(bench: Bench, pick: Pick, measure: str, able: list[str]) -> None:
    for who in pick.first(able[::-1]) if able else []:
        bench.attempt(lambda tx, who=who: interims.sign(tx, act=measure, actor=bench.actor(tx, who)))


@move(ready=lambda bench: [a for a in bench.view.open_acts if a.procedure == "interim"])
def sign_measure(bench: Bench, pick: Pick) -> None:
    act = pick([a for a in bench.view.open_acts if a.procedure == "interim"])
    _sign_measure(bench, pick, act.id, [somebody(bench, pick, duty(bench, act.subject))])


@move(ready=running)
def accused_strikes_back(bench: Bench, pick: Pick) -> None:
    """The accused begins the recall of whoever complained, or of somebody else who organises there."""
    act = pick(running(bench))
    sides = bench.sides()[act.id]
    who = bench.called(sides["respondent"])
    others = [row.person for row in bench.view.rows("holdings") if row.person != sides["respondent"]]
    whom = pick([sides["complainant"], sides["complainant"], pick(others)])
    grant = pick(offices(bench, whom))
    begun = bench.attempt(
        lambda tx: petitions.open_recall(
            tx, grant=grant, reasons=f"{MARK} " + "because " * 20, actor=bench.actor(tx, who)
        )
    )
    if begun is not None:
        bench.recalls.append((sides["respondent"], whom))


@move()
def leave_and_come_back(bench: Bench, pick: Pick) -> None:
    """Somebody resigns, and comes back on the old number."""
    who = bench.people[pick(SIDES)]
    area = bench.view.area_of[who]

    def work(tx: Connection) -> None:
        people.end_standing(tx, person=who)
        people.give_standing(tx, person=who, area=area, since=dt.date(2020, 1, 1), proved_by="code")

    bench.attempt(work)


@move()
def rules_change(bench: Bench, pick: Pick) -> None:
    """The rules in force change, while whatever runs goes on by its own."""
    if len(bench.view.constitutions) > 1:
        return
    text = str(bench.view.constitutions[-1].text)
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new)
    bench.adopt(text)


@move(weight=6)
def days_pass(bench: Bench, pick: Pick) -> None:
    bench.wait(pick([26, 26, 26, 50, 4 * 24, 14 * 24]))


@move(weight=3, ready=running)
def time_runs_out(bench: Bench, pick: Pick) -> None:
    """To the last minute of a deadline, or to the first after it."""
    act = pick([a for a in bench.view.open_acts if a.procedure in ("case", "appeal_case", "interim")])
    left = int(act.due_at - bench.view.now) // 60 + pick([-1, 0])
    if left > 0:
        bench.pass_minutes(left)


@move()
def worker_is_down(bench: Bench, pick: Pick) -> None:
    """Time passes while nothing is carried out: nothing may be done late that had its deadline."""
    bench.wait(pick([26, 5 * 24, 14 * 24, 40 * 24]), ticking=False)


@move(weight=0.15)
def clock_leaps(bench: Bench, pick: Pick) -> None:
    """The clock goes four hundred days on at once."""
    bench.wait(400 * 24)


@move(weight=2)
def clock_goes_back(bench: Bench, pick: Pick) -> None:
    """The clock stands four hundred days ago for a while: nobody can do anything, and nothing is carried out."""
    here, many = bench.now, len(bench.view.rows("entries"))
    newest = dt.datetime.fromtimestamp(max(row.at for row in bench.view.rows("entries")), dt.UTC)
    bench.now = newest - pick([dt.timedelta(days=400), dt.timedelta(minutes=1)])
    try:
        bench.tick()
    except RuleViolation as why:
        if why.code != "ledger.clock_behind":
            raise
    bench.look()
    for name in ("say", "decide", "screen", "complain"):
        if MOVES[name].ready(bench):
            MOVES[name].do(bench, pick)
    if len(bench.view.rows("entries")) != many:
        raise Broken(18, "something was written by a clock that had gone back")
    bench.now = here
    bench.tick()


class Crash(Exception):
    """The machine stops here."""


@move(weight=2, ready=running)
def crash(bench: Bench, pick: Pick) -> None:
    """The machine stops in the middle of whatever somebody does: it is done whole, or not at all."""
    act = pick(running(bench))
    who = side(bench, act.id, pick(OUT))
    before, one = bench.image(), item(bench, pick)
    try:
        with bench.unit() as tx:
            actions.attach(tx, act=act.id, item=one, actor=bench.actor(tx, who))
            if act.step == CHARGE:
                actions.charge(tx, act=act.id, facts=words(bench, "said"), actor=bench.actor(tx, who))
            raise Crash
    except Exception as stopped:
        if not isinstance(stopped, Crash) and not hasattr(stopped, "sentence"):
            raise
    if bench.image() != before:
        raise Broken(17, "a machine that stopped left half of it")


@move()
def forget(bench: Bench, pick: Pick) -> None:
    """What is old is forgotten."""
    ticking.forget(bench.db)
    bench.changes += 1
    bench.look()
