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
oracle.CLOCK |= {"grant.paused", "measure.begun"}
oracle.needs(DECLARE, oracle.at_hub, "measure.declared")


def power_of_step(view: View, data: dict[str, str]) -> str:
    """Which power a signature takes: the council's before the measure begins, the panel's afterwards."""
    act = next(act for act in view.acts if act.id == data["act"])
    step = next(hand.step for hand in reversed(view.hands) if hand.act == act.id)
    return DECLARE if step == 0 else CONFIRM


oracle.BY_STEP |= {"measure.confirmed": power_of_step, "measure.objected": power_of_step}


def decided(view: View) -> list[Row]:
    """Measures that wait for signatures."""
    return [act for act in view.open_of("emergency") if act.step in (0, 3)]


def waits_for(act: Row) -> str:
    """The power of those whose hand a measure waits for."""
    return DECLARE if act.step == 0 else CONFIRM


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


@invariant
def measures_are_short_and_give_nothing(watch: Watch) -> None:
    """14: seven days at most, none soon after another, none for six days without its panel; only pauses, no grants.

    The reference lets a measure be extended once; here none can be.
    """
    view = watch.view
    acts, measures = {act.id: act for act in view.acts}, view.rows("measures", "told_entry")
    for place, measure in enumerate(measures):
        act = acts[measure.act]
        if measure.begun_at is not None and measure.until_at - measure.begun_at > 7 * DAY:
            raise Broken(14, "a measure lasts longer than seven days")
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
