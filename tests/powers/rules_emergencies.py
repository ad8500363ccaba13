"""Emergency measures: two of the council declare, a panel by lot confirms; and what none of them ever does."""

from __future__ import annotations

from hub.emergencies import actions
from hub.permits import Scope
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, places, somebody
from tests.powers.oracle import DAY
from tests.powers.picking import Pick
from tests.powers.rules_hiding import targets
from tests.powers.view import HUB, Place, Row, View
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

DECLARE, CONFIRM = "emergencies.declare", "emergencies.confirm"
REASON = "Letters in the group's name ask for money."
oracle.CLOCK |= {"grant.paused", "measure.begun", "election.called", "measure.extended"}
oracle.needs(DECLARE, oracle.at_hub, "measure.declared")
oracle.needs(CONFIRM, oracle.at_hub, "extension.proposed")


def power_of_step(view: View, data: dict[str, str]) -> str:
    """Which power a signature takes: the council's before the measure begins, the panel's afterwards."""
    act = next(act for act in view.acts if act.id == data["act"])
    step = next(hand.step for hand in reversed(view.hands) if hand.act == act.id)
    return DECLARE if (act.procedure, step) == ("emergency", 0) else CONFIRM


oracle.BY_STEP |= {"measure.confirmed": power_of_step, "measure.objected": power_of_step}


def decided(view: View) -> list[Row]:
    """Measures, and what extends them, that wait for signatures."""
    return [act for act in view.open_of("emergency") if act.step in (0, 3)] + view.open_of("extend_measure")


def waits_for(act: Row) -> str:
    """The power of those whose hand a measure waits for."""
    return DECLARE if (act.procedure, act.step) == ("emergency", 0) else CONFIRM


def extendable(view: View) -> list[Row]:
    """Measures that were confirmed, over or not."""
    return [act for act in view.acts if (act.procedure, act.outcome) == ("emergency", "done")]


@move(lambda view: view.holders_with(DECLARE, HUB), weight=3)
def declare(world: World, pick: Pick) -> None:
    place = pick(places(world.view))
    who = somebody(world.view, pick, world.view.holders_with(DECLARE, HUB))
    kind, role = pick(
        [
            ("pause_role", "admin"),
            ("freeze_settings", None),
            ("hide_content", None),
            ("pause_role", "moderator"),
            ("pause_posting", None),
            ("open_election", None),
            ("pause_role", "caretaker"),
            ("pause_role", "scrutineer"),
        ]
    )
    shown = [(kind, target) for kind, target, there in targets(world.view) if there == place]
    target = pick(shown) if kind == "hide_content" else None
    world.attempt(
        lambda tx: actions.declare(
            tx, kind=kind, scope=Scope(place.kind, place.id, place.branch), reason=REASON, actor=world.actor(tx, who),
            role=role, target=target,
        )
    )  # fmt: skip


@move(decided, weight=8)
def confirm_measure(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, waits_for(act))
    world.attempt(lambda tx: actions.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(decided)
def object_to_measure(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, waits_for(act))
    world.attempt(lambda tx: actions.object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@move(extendable, weight=3)
def extend_measure(world: World, pick: Pick) -> None:
    act = pick(extendable(world.view))
    of_panel = [world.view.name_of[g.holder] for g in world.view.live if (g.act, g.role) == (act.id, "panellist")]
    who = somebody(world.view, pick, sorted(of_panel))
    world.attempt(lambda tx: actions.extend(tx, measure=act.id, reason=REASON, actor=world.actor(tx, who)))


@invariant
def measures_are_short_and_give_nothing(watch: Watch) -> None:
    """14: seven days at most, and seven more where its panel extended it; none soon after another, none for six days
    without its panel; only pauses, no grants.
    """
    view = watch.view
    extended = {row.measure for row in view.rows("measure_extensions") if row.until_at is not None}
    acts, measures = {act.id: act for act in view.acts}, view.rows("measures", "told_entry")
    for place, measure in enumerate(measures):
        act = acts[measure.act]
        most = 14 * DAY if measure.act in extended else 7 * DAY
        if measure.begun_at is not None and measure.until_at - measure.begun_at > most:
            raise Broken(14, "a measure lasts longer than its days")
        before = [m for m in measures[:place] if m.scope_id == measure.scope_id and m.begun_at is not None]
        if any(act.opened_at < acts[m.act].opened_at + 90 * DAY for m in before):
            raise Broken(14, "a measure follows another within 90 days")
        lives = measure.begun_at is not None and measure.begun_at <= view.now < measure.until_at
        if watch.ticked and lives and act.outcome != "done" and view.now > act.opened_at + 6 * DAY:
            raise Broken(14, "a measure lives for six days without its panel")
    about = {measure.act: measure for measure in measures}
    by_id = {grant.id: grant for grant in view.grants}
    for pause in view.pauses:
        measure, grant = about.get(pause.act), by_id[pause.grant]
        if measure is None or (grant.role, grant.scope_id) != (measure.role, measure.scope_id):
            raise Broken(14, "a grant rests by no measure that is about it")
        if pause.until_at > measure.until_at:
            raise Broken(14, "a grant rests longer than its measure lasts")
    for grant in view.grants:
        if grant.act in about and (grant.role, Place(grant.scope_kind, grant.scope_id, None)) != ("panellist", HUB):
            raise Broken(14, f"a measure gave somebody the office of a {grant.role}")


@invariant
def frozen_settings_stay(watch: Watch) -> None:
    """14: while a measure closes a place's settings, nobody opens a change of them there."""
    view = watch.view
    closed = [(row.scope_id, row.procedure, row.from_at, row.until_at) for row in view.rows("act_closures")]
    for act in [act for act in view.acts if any(entry.index == act.opened_entry for entry in watch.new)]:
        for scope, procedure, start, until in closed:
            if (act.scope_id, act.procedure) == (scope, procedure) and start <= act.opened_at < until:
                raise Broken(14, f"{procedure} was opened while a measure closes it")
    of = {act.id: act for act in view.acts}
    ends_well = [m for m in view.moves if m.outcome in ("done", "silence") and m.entry in {e.index for e in watch.new}]
    for move_ in ends_well:
        act = of[move_.act]
        for scope, procedure, start, until in closed:
            if (act.scope_id, act.procedure) == (scope, procedure) and start < move_.due_at < until:
                raise Broken(14, f"{procedure} went on while a measure closes it")


@invariant
def measures_rest_nobody_who_watches(watch: Watch) -> None:
    """14: a measure rests organisers and moderators of a place, and nobody drawn for one act or to take care."""
    view = watch.view
    by_id = {grant.id: grant for grant in view.grants}
    for pause in view.pauses:
        if by_id[pause.grant].source in ("lot", "caretaker"):
            raise Broken(14, f"a measure rests a {by_id[pause.grant].role}")


@invariant
def measures_are_extended_once_by_their_panel(watch: Watch) -> None:
    """14: a measure that lasts longer was confirmed, and two of its own panel said so while it lasted; once."""
    view = watch.view
    acts, panels = {act.id: act for act in view.acts}, {(g.act, g.holder) for g in view.grants if g.role == "panellist"}
    decided = [row for row in view.rows("measure_extensions") if row.until_at is not None]
    for measure in [row for row in view.rows("measures") if row.begun_at is not None]:
        act, mine = acts[measure.act], [row for row in decided if row.measure == measure.act]
        until = measure.begun_at + oracle.steps_of(view, act)[1]["lasts"] * DAY
        if len(mine) > 1 or (measure.until_at > until and not mine):
            raise Broken(14, f"a measure was extended by {len(mine)} decisions")
        for row in mine:
            yes = {h.holder for h in view.hands if (h.act, h.hand) == (row.act, "yes") and h.at < until}
            if len([one for one in yes if (measure.act, one) in panels]) < 2 or act.outcome != "done":
                raise Broken(14, "a measure was extended without two of the panel that confirmed it")
            if measure.kind == "open_election" or row.until_at != measure.until_at:
                raise Broken(14, "an extension changes something else than the end of its measure")


@invariant
def early_elections_give_nothing_undone(watch: Watch) -> None:
    """14: an election that a measure asks for touches no other; undone, it ends with the measure or changes nothing."""
    view = watch.view
    acts, asked = {act.id: act for act in view.acts}, [row for row in view.rows("measures") if row.election]
    undone = {fact.act for fact in view.facts if fact.fact == "undone"}
    for measure in asked:
        act, contest = acts[measure.act], acts[measure.election]
        for other in [one for one in view.acts if (one.procedure, one.scope_id) == ("elect", contest.scope_id)]:
            if other.opened_entry < contest.opened_entry < (other.closed_entry or view.now):
                raise Broken(14, "a measure opened an election where one ran")
        closed = [row for row in view.rows("ballots") if row.act == contest.id and row.closes_at <= view.now]
        if act.outcome == "undone" and contest.id not in undone and not closed:
            raise Broken(14, "a measure was undone, and its election goes on")
    for grant in [grant for grant in view.grants if grant.source == "election" and grant.act in undone]:
        raise Broken(14, f"an election that was undone gave somebody the office of a {grant.role}")
