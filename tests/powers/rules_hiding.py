"""Hiding: a group's purpose or a link, by one; confirmed or contested by others; shown again."""

from __future__ import annotations

from hub.groups import links
from hub.groups import queries as groups
from hub.hiding import actions
from tests.powers.moves import decider, move, somebody
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, group_place, place_of
from tests.powers.world import World

HIDE = "content.hide"
REASON = "It tells where somebody lives."


def decided(view: View) -> list[Row]:
    """Hidings that wait for two others."""
    return [act for act in view.open_of("hide") if act.step == 1]


def targets(view: View) -> list[tuple[str, str, Place]]:
    """What could be hidden: kind, id, and the place whose officers may."""
    of_group = {group.id: group_place(group) for group in view.registered}
    found = [("group", group, place) for group, place in of_group.items()]
    standing = [link for link in view.rows("group_links", "told_entry") if link.withdrawn_entry is None]
    return found + [("link", link.id, of_group[link.group]) for link in standing]


@move(lambda view: view.registered)
def declare_link(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with("links.declare", group_place(group)))
    world.attempt(
        lambda tx: links.add_link(
            tx, group=groups.get(tx, group.id), kind="website", url="https://york.example.org/", title="Our pages",
            audience="public", actor=world.actor(tx, who),
        )
    )  # fmt: skip


@move(targets, weight=3)
def hide(world: World, pick: Pick) -> None:
    kind, target, place = pick(targets(world.view))
    who = somebody(world.view, pick, world.view.holders_with(HIDE, place))
    rule = pick([1, 2, 29])
    world.attempt(
        lambda tx: actions.hide(tx, kind=kind, target=target, rule=rule, reason=REASON, actor=world.actor(tx, who))
    )


@move(decided, weight=8)
def confirm_hiding(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, HIDE)
    world.attempt(lambda tx: actions.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(decided, weight=3)
def contest_hiding(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, HIDE)
    world.attempt(lambda tx: actions.contest(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@move(lambda view: view.hidings)
def restore(world: World, pick: Pick) -> None:
    hiding = pick(world.view.hidings[::-1])
    act = next(act for act in world.view.acts if act.id == hiding.act)
    who = somebody(world.view, pick, world.view.holders_with(HIDE, place_of(act)))
    world.attempt(lambda tx: actions.restore(tx, act=act.id, actor=world.actor(tx, who)))
