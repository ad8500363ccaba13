"""Reads: groups by address and in lists, their links as a viewer may see them, members, requests, powers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.branches.models import branches
from hub.constitution import queries as constitution
from hub.errors import YES, NotFound, Verdict, no
from hub.groups.models import (
    drafts,
    group_counts,
    group_links,
    group_seats,
    groups,
    member_links,
    memberships,
    office_acts,
    requests,
    settings_changes,
)
from hub.groups.rules import OF_HOST
from hub.permits import Actor, Grant, P, Scope, can, group_scope
from hub.permits import queries as permits
from hub.permits.permissions import MEANINGS

BRIEF = 140  # characters of a purpose on a card
_GROUP = sa.select(groups, branches.c.area, branches.c.slug.label("branch_slug"), branches.c.name.label("branch_name"))
_GROUP = _GROUP.join_from(groups, branches, branches.c.id == groups.c.branch)
_BY_ID = _GROUP.where(groups.c.id == sa.bindparam("group"))
_BY_SLUG = _GROUP.where(groups.c.slug == sa.bindparam("slug"), groups.c.ended_entry.is_(None))
_BY_ACT = _GROUP.where(groups.c.act == sa.bindparam("act"))
_PURPOSE = sa.case((groups.c.hidden_entry.is_(None), groups.c.purpose))
_CARD = sa.select(
    groups.c.id, groups.c.slug, groups.c.name, _PURPOSE, groups.c.joining, branches.c.slug, branches.c.name
).join_from(groups, branches, branches.c.id == groups.c.branch)
_CARDS = _CARD.where(groups.c.id.in_(sa.bindparam("wanted", expanding=True)))
_LIST = (
    _CARD.where(
        groups.c.ended_entry.is_(None), groups.c.registered_entry.is_not(None), groups.c.slug > sa.bindparam("after")
    )
    .order_by(groups.c.slug)
    .limit(sa.bindparam("most"))
)
_OPEN_MEMBERSHIP = (
    sa.select(memberships.c.since)
    .where(memberships.c.group == sa.bindparam("group"), memberships.c.person == sa.bindparam("person"))
    .where(memberships.c.until_at.is_(None))
)


_BRANCH_OF = sa.select(groups.c.branch).where(groups.c.id == sa.bindparam("group"))
_MINE = (
    sa.select(groups.c.slug, groups.c.registered_entry)
    .join_from(memberships, groups, groups.c.id == memberships.c.group)
    .where(memberships.c.person == sa.bindparam("person"), memberships.c.until_at.is_(None))
    .where(groups.c.registered_entry.is_not(None), groups.c.ended_entry.is_(None))
)
_MINE_ONE = _MINE.where(groups.c.id == sa.bindparam("group"))
_MINE_HERE = _MINE.where(groups.c.branch == sa.bindparam("branch"))
_LIVE_SLUG = sa.select(groups.c.slug).where(
    groups.c.id == sa.bindparam("group"), groups.c.registered_entry.is_not(None), groups.c.ended_entry.is_(None)
)
_BY_PLACE = (groups.c.slug, group_links.c.told_entry, group_links.c.id)
_OF_GROUP = sa.join(group_links, groups, groups.c.id == group_links.c.group)
_CHANNELS = (
    sa.select(group_links, groups.c.slug.label("group_slug"), groups.c.name.label("group_name"))
    .select_from(_OF_GROUP)
    .where(
        group_links.c.withdrawn_entry.is_(None),
        group_links.c.shown_at.is_not(None),
        groups.c.registered_entry.is_not(None),
    )
)
_CHANNEL_PLACE = sa.select(*_BY_PLACE).select_from(_OF_GROUP).where(group_links.c.id == sa.bindparam("link"))
_PUBLIC_LINK = sa.select(group_links).where(
    group_links.c.id == sa.bindparam("link"), group_links.c.withdrawn_entry.is_(None)
)


@dataclass(frozen=True)
class Group:
    """A group, proposed or registered. name and purpose are None where the words were withdrawn.

    hidden_entry: the entry by which its purpose is hidden; purpose is None while it is.
    """

    id: str
    slug: str
    branch: str
    branch_slug: str
    branch_name: str | None
    area: str
    name: str | None
    purpose: str | None
    joining: str
    seats: int | None
    act: str
    proposed_entry: int
    proposed_at: dt.datetime
    registered_entry: int | None
    registered_at: dt.datetime | None
    ended_entry: int | None
    hidden_entry: int | None = None

    @property
    def scope(self) -> Scope:
        """Where its powers hold; its rights too, for members of the branch's area."""
        return group_scope(self.id, self.branch, self.area)

    @property
    def brief(self) -> str:
        """The purpose's beginning."""
        return brief(self.purpose)

    @property
    def is_registered(self) -> bool:
        """Tells whether its founding act came to its effect."""
        return self.registered_entry is not None


class Card(NamedTuple):
    """What a list shows of a group: fifty of them are read in one look."""

    id: str
    slug: str
    name: str | None
    purpose: str | None
    joining: str
    branch_slug: str
    branch_name: str | None

    @property
    def brief(self) -> str:
        """The purpose's beginning."""
        return brief(self.purpose)


@dataclass(frozen=True)
class Link:
    """A place where a group meets. entry: the index that declared it, None for members' links.

    hidden_entry: the entry by which it is hidden; url and title are None while it is. is_shown: whether it is the
    group's already, or only announced, by act; shown_from: when members see one that stays with them.
    """

    id: str
    kind: str
    url: str | None
    title: str | None
    entry: int | None
    proved_by: str | None = None
    proved_entry: int | None = None
    lapsed_entry: int | None = None
    confirmed_entry: int | None = None
    declared_by: int | None = None
    kept_by: str | None = None
    kept_at: dt.datetime | None = None
    hidden_entry: int | None = None
    act: str | None = None
    is_shown: bool = True
    shown_from: dt.datetime | None = None

    @property
    def is_proved(self) -> bool:
        """Tells whether the proof stands at the address."""
        return self.proved_entry is not None and self.lapsed_entry is None

    @property
    def is_host_proved(self) -> bool:
        """Tells whether it proves the whole host, and not just one page or profile on it."""
        return self.is_proved and self.proved_by in OF_HOST

    @property
    def status(self) -> str:
        """announced (not shown yet), proved, lapsed, declared (by two organisers), or said (by one)."""
        if not self.is_shown:
            return "announced"
        if self.is_proved:
            return "proved"
        if self.lapsed_entry is not None:
            return "lapsed"
        return "said" if self.confirmed_entry is None else "declared"

    @property
    def is_public(self) -> bool:
        """Tells whether everybody sees it."""
        return self.entry is not None


@dataclass(frozen=True)
class Power:
    """Who holds what: a line of a power page. shown: None where the words were withdrawn."""

    grant: Grant
    shown: str | None
    role_name: str
    can: tuple[str, ...]


def brief(text: str | None) -> str:
    """Returns a text's beginning, as far as a card has room, cut between words."""
    if text is None or len(text) <= BRIEF:
        return text or ""
    return f"{text[:BRIEF].rpartition(' ')[0] or text[:BRIEF]}…"


def by_slug(tx: Connection, slug: str) -> Group:
    """Returns the group at an address, proposed or registered. Raises NotFound."""
    return _one(tx.execute(_BY_SLUG, {"slug": slug}).first())


def get(tx: Connection, group: str) -> Group:
    """Returns a group by its id, also one whose founding came to nothing. Raises NotFound."""
    return _one(tx.execute(_BY_ID, {"group": group}).first())


def find(tx: Connection, group: str) -> Group | None:
    """Returns a group by its id, or None."""
    row = tx.execute(_BY_ID, {"group": group}).first()
    return None if row is None else _group(row)


def of_act(tx: Connection, act: str) -> Group:
    """Returns the group that an act founds. Raises NotFound."""
    return _one(tx.execute(_BY_ACT, {"act": act}).first())


def listing(tx: Connection, *, after: str = "", limit: int = 50) -> list[Card]:
    """Returns registered groups by address, from behind a slug: every page costs the same. limit: 1 to 100."""
    rows = tx.execute(_LIST, {"after": after, "most": max(1, min(limit, 100))})
    return [Card(*row) for row in rows]


def of_branch(tx: Connection, branch: str, *, registered: bool = True) -> list[Group]:
    """Returns a branch's groups by address: the registered ones, or those still proposed."""
    done = groups.c.registered_entry.is_not(None)
    live = _GROUP.where(groups.c.branch == branch, groups.c.ended_entry.is_(None), done if registered else ~done)
    return [_group(row) for row in tx.execute(live.order_by(groups.c.slug))]


def cards(tx: Connection, wanted: list[str]) -> dict[str, Card]:
    """Returns what a list shows of groups, by id."""
    return {row[0]: Card(*row) for row in tx.execute(_CARDS, {"wanted": wanted})}


def takes_acts(tx: Connection, group: Group) -> Verdict:
    """Says whether a group takes acts: it is registered, and somebody holds a live mandate in it or takes care."""
    if not group.is_registered:
        return no("groups.not_registered", "This group is still being founded.")
    if any(grant.is_mandate or grant.source == "caretaker" for grant in permits.live_grants(tx, scope=group.scope)):
        return YES
    return no(
        "groups.no_mandate",
        "Nobody holds a mandate here any more. The group stays readable, and takes no acts until there is an election.",
    )


def links_for(tx: Connection, group: Group, *, viewer: Actor) -> list[Link]:
    """Returns where a group meets: the public links, announced ones too, and for its members those that stay with them.

    Members see theirs from their day on, organisers before.
    """
    here = sa.select(group_links).where(group_links.c.group == group.id, group_links.c.withdrawn_entry.is_(None))
    rows = tx.execute(here.order_by(group_links.c.told_entry))
    found = [_link(row) for row in rows]
    if member_since(tx, group.id, viewer) is not None:
        mine = sa.select(member_links).where(member_links.c.group == group.id).order_by(member_links.c.at)
        now, may = clock.now(), can(viewer, P.LINKS_DECLARE, group.scope, ends=True)
        found += [
            Link(
                row.id, row.kind, row.url, row.title, None, kept_by=row.kept_by, kept_at=row.kept_at,
                is_shown=row.shown_from is None or row.shown_from <= now, shown_from=row.shown_from,
            )
            for row in tx.execute(mine)
            if may or row.shown_from is None or row.shown_from <= now
        ]  # fmt: skip
    return found


def link(tx: Connection, link: str) -> Link | None:
    """Returns a public link that stands, or None."""
    row = tx.execute(_PUBLIC_LINK, {"link": link}).first()
    return None if row is None else _link(row)


def group_of_link(tx: Connection, link: str) -> str | None:
    """Returns the group whose public link this is or was."""
    return tx.scalar(sa.select(group_links.c.group).where(group_links.c.id == link))


def register_of_links(tx: Connection) -> list[tuple[Link, str]]:
    """Returns every public link that stands in a registered group, with the group's slug: the register."""
    standing = sa.select(group_links, groups.c.slug).join_from(group_links, groups, groups.c.id == group_links.c.group)
    standing = standing.where(
        group_links.c.withdrawn_entry.is_(None),
        group_links.c.shown_at.is_not(None),
        groups.c.registered_entry.is_not(None),
    )
    return [(_link(row), row.slug) for row in tx.execute(standing.order_by(groups.c.slug, group_links.c.told_entry))]


class Channel(NamedTuple):
    """One line of the register: a public link, and whose it is. name: of the group, None where it was withdrawn."""

    link: Link
    slug: str
    name: str | None


def channels(tx: Connection, *, after: str = "", limit: int = 50) -> list[Channel]:
    """Returns the register by group, from behind a link: every page costs the same. limit: 1 to 100."""
    known = tx.execute(_CHANNEL_PLACE, {"link": after}).first() if after else None
    wanted = _CHANNELS.order_by(*_BY_PLACE).limit(max(1, min(limit, 100)))
    if known is not None:
        wanted = wanted.where(sa.tuple_(*_BY_PLACE) > sa.tuple_(*(sa.literal(value) for value in known)))
    return [_channel(row) for row in tx.execute(wanted)]


def channels_at(tx: Connection, host: str) -> list[Channel]:
    """Returns the lines of the register whose address holds a host's name: for who then compares exactly."""
    if "." not in host:
        return []
    wanted = _CHANNELS.where(group_links.c.url.icontains(host, autoescape=True)).order_by(*_BY_PLACE)
    return [_channel(row) for row in tx.execute(wanted)]


def _channel(row: Row[Any]) -> Channel:
    return Channel(_link(row), row.group_slug, row.group_name)


def _link(row: Row[Any]) -> Link:
    shown = row.hidden_entry is None
    return Link(
        row.id, row.kind, row.url if shown else None, row.title if shown else None, row.told_entry, row.proved_by,
        row.proved_entry, row.lapsed_entry, row.confirmed_entry, row.declared_by, hidden_entry=row.hidden_entry,
        act=row.act, is_shown=row.shown_at is not None,
    )  # fmt: skip


def has_member_links(tx: Connection, group: Group) -> bool:
    """Tells whether there is anything to see for members only."""
    return tx.scalar(sa.select(member_links.c.id).where(member_links.c.group == group.id).limit(1)) is not None


def member_since(tx: Connection, group: str, viewer: Actor) -> dt.datetime | None:
    """Returns since when the viewer belongs to a group, or None."""
    if viewer.person is None or viewer.standing is None:
        return None
    return tx.scalar(_OPEN_MEMBERSHIP, {"group": group, "person": viewer.person})


def groups_of(tx: Connection, viewer: Actor) -> list[Group]:
    """Returns the groups the viewer belongs to, by address."""
    if viewer.person is None:
        return []
    mine = sa.select(memberships.c.group).where(memberships.c.person == viewer.person, memberships.c.until_at.is_(None))
    return [_group(row) for row in tx.execute(_GROUP.where(groups.c.id.in_(mine)).order_by(groups.c.slug))]


class Belonging(NamedTuple):
    """A group somebody belongs to. registered_entry: what its slug rests on."""

    slug: str
    registered_entry: int


@dataclass(frozen=True)
class Reach:
    """Of which groups a site learns: one, those of one branch, or all."""

    group: str | None = None
    branch: str | None = None


def reach_of(tx: Connection, group: str, tells: str) -> Reach:
    """Returns the reach of a site of a group. tells: group, branch or hub."""
    if tells == "hub":
        return Reach()
    return Reach(group=group) if tells == "group" else Reach(branch=tx.scalar(_BRANCH_OF, {"group": group}))


def slugs_of(tx: Connection, person: str, reach: Reach) -> list[Belonging]:
    """Returns the groups within a reach that a person belongs to."""
    asked = {"person": person, "group": reach.group, "branch": reach.branch}
    if reach.group is not None:
        return [Belonging(*row) for row in tx.execute(_MINE_ONE, asked)]
    return [Belonging(*row) for row in tx.execute(_MINE if reach.branch is None else _MINE_HERE, asked)]


def slug_in(tx: Connection, scope: Scope, reach: Reach) -> str | None:
    """Returns the slug of a group's scope if it lies within a reach and the group lives."""
    if scope.kind != "group" or (reach.group or scope.id) != scope.id or (reach.branch or scope.branch) != scope.branch:
        return None
    return tx.scalar(_LIVE_SLUG, {"group": scope.id})


def open_request(tx: Connection, group: str, viewer: Actor) -> dt.datetime | None:
    """Returns when the viewer asked to join, if nobody has answered yet."""
    if viewer.person is None:
        return None
    mine = sa.select(requests.c.asked_at).where(
        requests.c.group == group, requests.c.person == viewer.person, requests.c.answered_at.is_(None)
    )
    return tx.scalar(mine)


def open_requests(tx: Connection, group: str) -> list[Row[Any]]:
    """Returns who waits to be accepted: id, person, asked_at; the oldest first."""
    waiting = sa.select(requests).where(requests.c.group == group, requests.c.answered_at.is_(None))
    return list(tx.execute(waiting.order_by(requests.c.asked_at, requests.c.id)))


def published_count(tx: Connection, group: str) -> int | None:
    """Returns the published number of members, rounded down to ten; None before the first day is over."""
    return tx.scalar(sa.select(group_counts.c.members).where(group_counts.c.group == group))


def powers(tx: Connection, scope: Scope) -> list[Power]:
    """Returns who holds what in a scope now, the oldest first, with what each role can do in words."""
    live = permits.live_grants(tx, scope=scope)
    names = permits.shown_names(tx, {grant.holder for grant in live})
    rules, _ = constitution.in_force(tx)
    return [
        Power(
            grant,
            names.get(grant.holder),
            rules.roles[grant.role].name if grant.role in rules.roles else grant.role,
            tuple(MEANINGS[permission] for permission in sorted(grant.permissions)),
        )
        for grant in live
    ]


def office_act(tx: Connection, act: str) -> Row[Any] | None:
    """Returns what an act about an office is about: group, role, grant; or None."""
    return tx.execute(sa.select(office_acts).where(office_acts.c.act == act)).first()


def settings_change(tx: Connection, act: str) -> Row[Any] | None:
    """Returns the settings that an act proposes: act, group, joining, seats; or None."""
    return tx.execute(sa.select(settings_changes).where(settings_changes.c.act == act)).first()


def places_taken(tx: Connection, group: str) -> int:
    """Returns how many places of a group are taken."""
    return tx.scalar(sa.select(group_seats.c.taken).where(group_seats.c.group == group)) or 0


def draft(tx: Connection, *, person: str, branch: str) -> dict[str, Any]:
    """Returns what a member has filled in so far to register a group of a branch."""
    mine = sa.select(drafts.c.fields).where(drafts.c.person == person, drafts.c.branch == branch)
    found: dict[str, Any] | None = tx.scalar(mine)
    return found or {}


def _one(row: Row[Any] | None) -> Group:
    if row is None:
        raise NotFound
    return _group(row)


def _group(row: Row[Any]) -> Group:
    return Group(
        row.id, row.slug, row.branch, row.branch_slug, row.branch_name, row.area, row.name,
        row.purpose if row.hidden_entry is None else None, row.joining, row.seats, row.act, row.proposed_entry,
        row.proposed_at, row.registered_entry, row.registered_at, row.ended_entry, row.hidden_entry,
    )  # fmt: skip
