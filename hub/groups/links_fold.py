"""The only writer of public links."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.rules import ONE_PERSON
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.groups import queries, rules
from hub.groups.entries import LinkConfirmed, LinkDeclared, LinkLapsed, LinkProved, LinkShown, LinkWithdrawn
from hub.groups.fold import group_of
from hub.groups.models import group_links
from hub.groups.rules import LINK_KINDS
from hub.hiding import Target, hideable
from hub.ledger import Entry, Said, applies, tells
from hub.permits import P, Scope, warrants
from hub.permits import queries as permits

for _column in ("url", "title"):
    tells(group_links, _column, "told_entry", entry_types=("link.declared",))

_ADD = sa.insert(group_links)
_LINK = sa.select(group_links).where(group_links.c.id == sa.bindparam("link"), group_links.c.withdrawn_entry.is_(None))
_TAKE_DOWN = (
    sa.update(group_links).where(group_links.c.id == sa.bindparam("key")).values(withdrawn_entry=sa.bindparam("index"))
)


def may_declare_link(tx: Connection, entry: Entry, record: LinkDeclared) -> Verdict:
    """By an organiser of the group, or as planned, while the founding takes effect; the kind of place is known."""
    if record.kind not in LINK_KINDS:
        return no("groups.link_kind", "This is no kind of place where groups meet.")
    if queries.any_link(tx, record.link) is not None:
        return no("groups.link_before", "This link was declared before.")
    if entry.by is None:
        is_planned = record.act is None and _first_mandate(tx, record.group) is not None
        return YES if is_planned else act_warrants.NOT_DUE
    if record.act is None:
        return no("groups.link_waits", "A link is announced first, and shown some days later.")
    return act_warrants.opening("declare_link", group_of)(tx, entry, record)


@applies(LinkDeclared, warrant=may_declare_link)
def declare_link(tx: Connection, entry: Entry, record: LinkDeclared, said: Said) -> None:
    """Adds a public link."""
    row = {
        "id": record.link,
        "group": record.group,
        "kind": record.kind,
        "url": said["url"],
        "title": said["title"],
        "told_entry": entry.index,
        "declared_at": entry.at,
        "act": record.act,
        "shown_at": entry.at if record.act is None else None,
        # A planned link counts as the first founder's: whoever confirms it must be another.
        "declared_by": _first_mandate(tx, record.group) if entry.by is None else entry.by,
        "confirmed_by": None,
        "confirmed_entry": None,
        "proved_by": None,
        "proved_entry": None,
        "lapsed_entry": None,
        "withdrawn_entry": None,
    }
    tx.execute(_ADD, row)
    if record.act is not None:
        scope = queries.get(tx, record.group).scope
        acts.open_act(tx, entry, act=record.act, procedure="declare_link", scope=scope, subject=record.link)


@applies(LinkShown, warrant=warrants.due)
def show_announced(tx: Connection, entry: Entry, record: LinkShown, said: Said) -> None:
    """The link is the group's from the moment its announcement was due."""
    _mark(tx, record.link, shown_at=clock.parse_minute(record.due))


def owes_link(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An announcement owes that its link is shown, once, unless it was taken down."""
    row = tx.execute(_LINK, {"link": state.subject}).first()
    is_owed = isinstance(record, LinkShown) and row is not None and (record.link, row.shown_at) == (row.id, None)
    return YES if is_owed else act_warrants.NOT_DUE


def drop_link(tx: Connection, state: ActState, entry: Entry) -> None:
    """Members voted against it: it is taken down before it was ever shown."""
    if tx.execute(_LINK, {"link": state.subject}).first() is not None:
        tx.execute(_TAKE_DOWN, {"key": state.subject, "index": entry.index})


def _first_mandate(tx: Connection, key: str) -> int | None:
    """Returns the first founding mandate of a group whose founding act takes effect just now, or None."""
    group = queries.find(tx, key)
    state = None if group is None else act_queries.find(tx, group.act)
    if group is None or state is None or not state.is_open or state.current.do != "effect":
        return None
    founders = [grant.entry for grant in permits.all_grants(tx, group.scope) if grant.act == group.act]
    return min(founders, default=None)


def link_scope(tx: Connection, record: LinkWithdrawn | LinkConfirmed) -> Scope | None:
    """The scope of the group whose link this is."""
    row = tx.execute(_LINK, {"link": record.link}).first()
    group = None if row is None else queries.find(tx, row.group)
    return None if group is None else group.scope


@applies(LinkWithdrawn, warrant=warrants.office(P.LINKS_DECLARE, link_scope, ends=True))
def withdraw_link(tx: Connection, entry: Entry, record: LinkWithdrawn, said: Said) -> None:
    """Takes a public link down; its row stays."""
    tx.execute(_TAKE_DOWN, {"key": record.link, "index": entry.index})


def may_confirm_link(tx: Connection, entry: Entry, record: LinkConfirmed) -> Verdict:
    """By an organiser of the group who did not declare it, once."""
    verdict = warrants.office(P.LINKS_DECLARE, link_scope)(tx, entry, record)
    row, by = tx.execute(_LINK, {"link": record.link}).first(), warrants.warranting_grant(tx, entry)
    if not verdict or row is None or by is None:
        return verdict if not verdict else warrants.NO_WARRANT
    declared = permits.grant_by_entry(tx, row.declared_by)
    days = constitution.in_force(tx)[0].numbers["appointee_days"]
    lately = entry.at - dt.timedelta(days=days)
    before = declared.holder if declared else ""
    if before in act_queries.one_with(tx, by.holder, lately):
        return ONE_PERSON
    tied = act_queries.tied_to(tx, by.holder, lately)
    return rules.may_confirm_link(by.holder, before, row.confirmed_entry is not None, before in tied)


@applies(LinkConfirmed, warrant=may_confirm_link)
def confirm_link(tx: Connection, entry: Entry, record: LinkConfirmed, said: Said) -> None:
    """A second organiser's word."""
    _mark(tx, record.link, confirmed_by=entry.by, confirmed_entry=entry.index)


def may_note_proof(tx: Connection, entry: Entry, record: LinkProved | LinkLapsed) -> Verdict:
    """By the hub alone, about a public link that stands; only a proved one lapses."""
    row = tx.execute(_LINK, {"link": record.link}).first()
    if row is None or entry.by is not None or (isinstance(record, LinkProved) and record.method not in rules.METHODS):
        return no("groups.no_link", "No such public link stands in the record.")
    is_proved = row.proved_entry is not None and row.lapsed_entry is None
    return YES if is_proved == isinstance(record, LinkLapsed) else no("groups.link_proof", "That is so already.")


@applies(LinkProved, warrant=may_note_proof)
def note_proof(tx: Connection, entry: Entry, record: LinkProved, said: Said) -> None:
    """The proof was seen at the address."""
    _mark(tx, record.link, proved_by=record.method, proved_entry=entry.index, lapsed_entry=None)


@applies(LinkLapsed, warrant=may_note_proof)
def note_lapse(tx: Connection, entry: Entry, record: LinkLapsed, said: Said) -> None:
    """The proof is gone."""
    _mark(tx, record.link, lapsed_entry=entry.index)


def _mark(tx: Connection, link: str, **values: object) -> None:
    tx.execute(sa.update(group_links).where(group_links.c.id == link).values(**values))


@hideable("link")
def hideable_link(tx: Connection, link: str) -> Target | None:
    """A public link that stands, of whoever declared it."""
    row = tx.execute(_LINK, {"link": link}).first()
    group = None if row is None else queries.find(tx, row.group)
    if row is None or group is None:
        return None
    by = permits.grant_by_entry(tx, row.declared_by) if row.declared_by is not None else None
    called = f"a link of {group.name or group.slug} ({row.kind})"
    return Target(group.scope, by.holder if by else None, f"/groups/{group.slug}", called=called)
