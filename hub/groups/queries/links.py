"""Where groups meet: a group's links as a viewer may see them, and the register of official channels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.groups.models import group_links, groups, member_links
from hub.groups.queries.belonging import member_since
from hub.groups.queries.groups import SHOWN_NAME, Group
from hub.groups.rules import OF_HOST
from hub.hiding.concealed import is_hidden
from hub.permits import Actor, P, can

_BY_PLACE = (groups.c.slug, group_links.c.told_entry, group_links.c.id)
_OF_GROUP = sa.join(group_links, groups, groups.c.id == group_links.c.group)
_LINK = sa.select(group_links, is_hidden(group_links.c.id).label("is_hidden"))
_CHANNELS = (
    _LINK.add_columns(groups.c.slug.label("group_slug"), SHOWN_NAME.label("group_name"))
    .select_from(_OF_GROUP)
    .where(
        group_links.c.withdrawn_entry.is_(None),
        group_links.c.shown_at.is_not(None),
        groups.c.registered_entry.is_not(None),
    )
)
_CHANNEL_PLACE = sa.select(*_BY_PLACE).select_from(_OF_GROUP).where(group_links.c.id == sa.bindparam("link"))
_PUBLIC_LINK = _LINK.where(group_links.c.id == sa.bindparam("link"), group_links.c.withdrawn_entry.is_(None))


@dataclass(frozen=True)
class Link:
    """A place where a group meets. entry: the index that declared it, None for members' links.

    is_hidden: whether it is hidden now; url and title are None while it is. is_shown: whether it is the
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
    is_hidden: bool = False
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


class Channel(NamedTuple):
    """One line of the register: a public link, and whose it is. name: of the group, None where it was withdrawn."""

    link: Link
    slug: str
    name: str | None


def links_for(tx: Connection, group: Group, *, viewer: Actor) -> list[Link]:
    """Returns where a group meets: the public links, announced ones too, and for its members those that stay with them.

    Members see theirs from their day on, organisers before.
    """
    here = _LINK.where(group_links.c.group == group.id, group_links.c.withdrawn_entry.is_(None))
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


def any_link(tx: Connection, link: str) -> Link | None:
    """Returns a public link, also one that was taken down, or None."""
    row = tx.execute(_LINK.where(group_links.c.id == link)).first()
    return None if row is None else _link(row)


def is_hidden_address(tx: Connection, group: Group, url: str) -> bool:
    """Tells whether an address is one of a group's that is hidden now, also of a link that was taken down since."""
    mine = sa.select(group_links.c.url).where(group_links.c.group == group.id, is_hidden(group_links.c.id))
    return _alike(url) in {_alike(known) for known in tx.scalars(mine) if known is not None}


def _alike(url: str) -> str:
    """Returns an address so that small changes of its writing make no other one of it."""
    return url.strip().casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/#?")


def group_of_link(tx: Connection, link: str) -> str | None:
    """Returns the group whose public link this is or was."""
    return tx.scalar(sa.select(group_links.c.group).where(group_links.c.id == link))


def has_member_links(tx: Connection, group: Group) -> bool:
    """Tells whether there is anything to see for members only."""
    return tx.scalar(sa.select(member_links.c.id).where(member_links.c.group == group.id).limit(1)) is not None


def register_of_links(tx: Connection) -> list[tuple[Link, str]]:
    """Returns every public link that stands in a registered group, with the group's slug: the register."""
    standing = _LINK.add_columns(groups.c.slug).join_from(group_links, groups, groups.c.id == group_links.c.group)
    standing = standing.where(
        group_links.c.withdrawn_entry.is_(None),
        group_links.c.shown_at.is_not(None),
        groups.c.registered_entry.is_not(None),
    )
    return [(_link(row), row.slug) for row in tx.execute(standing.order_by(groups.c.slug, group_links.c.told_entry))]


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
    shown = not row.is_hidden
    return Link(
        row.id, row.kind, row.url if shown else None, row.title if shown else None, row.told_entry, row.proved_by,
        row.proved_entry, row.lapsed_entry, row.confirmed_entry, row.declared_by, is_hidden=bool(row.is_hidden),
        act=row.act, is_shown=row.shown_at is not None,
    )  # fmt: skip
