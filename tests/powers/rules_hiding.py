"""Hiding: a group's purpose or a link, by one; confirmed or contested by others; shown again."""

from __future__ import annotations

from hub.groups import links
from hub.groups import queries as groups
from hub.hiding import actions
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, somebody
from tests.powers.oracle import DAY, FOR_ONE_ACT, MANDATES, steps_of
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, group_place, place_of
from tests.powers.watch import Watch, invariant
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


def spoken(view: View) -> list[Row]:
    """Candidacies that stand, the newest first: what they say can be hidden."""
    return [row for row in view.rows("candidacies", "told_entry") if row.withdrawn_entry is None][::-1]


@move(spoken, weight=3)
def hide_statement(world: World, pick: Pick) -> None:
    found = pick(spoken(world.view))
    place = place_of(next(act for act in world.view.acts if act.id == found.act))
    who = somebody(world.view, pick, world.view.holders_with(HIDE, place))
    world.attempt(
        lambda tx: actions.hide(
            tx, kind="candidacy", target=f"cdy_{found.told_entry}", rule=1, reason=REASON, actor=world.actor(tx, who)
        )
    )


@invariant
def rivals_hide_nothing(watch: Watch) -> None:
    """9: nobody who stands in an election hides what a candidate says there, nor decides on it."""
    view = watch.view
    said = {f"cdy_{row.told_entry}": row for row in view.rows("candidacies", "told_entry")}
    about = {row.act: said[row.target] for row in view.hidings if row.kind == "candidacy"}
    by_entry = {grant.entry: grant.holder for grant in view.grants}
    kinds = ("hiding.opened", "hiding.confirmed", "hiding.contested", "content.restored")
    for entry in [entry for entry in watch.new if entry.type in kinds and entry.data["act"] in about]:
        words, holder = about[entry.data["act"]], by_entry[entry.by]
        rows = [row for row in said.values() if row.act == words.act and row.told_entry < entry.index]
        if holder in {row.holder for row in rows if (row.withdrawn_entry or entry.index) >= entry.index}:
            raise Broken(9, f"{view.name_of[holder]} stands there, and has a hand in hiding what a candidate says")


@invariant
def nobody_hides_alone_for_long(watch: Watch) -> None:
    """9: what comes back unconfirmed is hidden for seven days of 28, and by nobody twice; no author restores."""
    view = watch.view
    dated, acts = {row.act: row for row in view.rows("concealments")}, {act.id: act for act in view.acts}
    opener = {hand.act: hand.holder for hand in view.hands if hand.hand == "submit"}
    alone = [dated[h.act] for h in view.hidings if acts[h.act].outcome == "undone" and h.act in dated]
    for last in alone:
        spells = [row for row in alone if row.target == last.target and row.until_at <= last.until_at]
        begin = last.until_at - 28 * DAY
        if sum(max(0, row.until_at - max(row.from_at, begin)) for row in spells) > 7 * DAY:
            raise Broken(9, "something is hidden for more than a week of four without a second person's word")
        before = [row for row in spells if row.act != last.act and row.until_at > last.from_at - 28 * DAY]
        if opener[last.act] in {opener[row.act] for row in before}:
            raise Broken(9, f"{view.name_of[opener[last.act]]} hides the same thing again, alone")
    by_entry = {grant.entry: grant.holder for grant in view.grants}
    for entry in watch.new:
        if entry.type == "content.restored" and by_entry[entry.by] == acts[entry.data["act"]].subject:
            raise Broken(9, f"{view.name_of[by_entry[entry.by]]} shows again what others found to break a rule")


def is_organisers(grant: Row) -> bool:
    """Whether an office is an organiser's own, or lent by one."""
    return bool(grant.lender) or (grant.source in MANDATES and grant.role not in FOR_ONE_ACT)


@invariant
def moderators_alone_keep_nothing_hidden(watch: Watch) -> None:
    """9: of those by whom something stays hidden, whoever hid it among them, one is an organiser, or a stand-in."""
    view, acts = watch.view, {act.id: act for act in watch.view.acts}
    for entry in [entry for entry in watch.new if entry.type == "hiding.confirmed"]:
        act = acts[entry.data["act"]]
        hands = [hand for hand in view.hands if hand.act == act.id and hand.entry <= entry.index and hand.hand != "no"]
        if len([hand for hand in hands if hand.hand == "yes"]) < steps_of(view, act)[1]["persons"]:
            continue
        there = [grant for grant in view.grants if grant.scope_id == act.scope_id and is_organisers(grant)]
        if not any(one.holder == hand.holder and view.stood(one.id, hand.at) for one in there for hand in hands):
            raise Broken(9, "moderators alone keep hidden what one of them hid")


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
