"""The verbs of links: announce one in public, keep one for members, take either down.

Public links planned before the group exists wait in the private table, and enter the record with the first mandate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import queries as act_queries
from hub.branches import actions as letters
from hub.constitution import queries as constitution
from hub.errors import Invalid, NotFound, RuleViolation
from hub.groups import announcing, queries, rules
from hub.groups.entries import LinkConfirmed, LinkDeclared, LinkWithdrawn
from hub.groups.models import group_links, member_links
from hub.groups.queries import Group
from hub.permits import Actor, P, insist_on_words, require
from hub.permits import queries as permits

PLANNED = "planned:"  # of a public link's kind, until the group is registered


def add_link(tx: Connection, *, group: Group, kind: str, url: str, title: str, audience: str, actor: Actor) -> None:
    """Says where the group meets: ``public`` in the record, ``members`` in private only. Either is shown after days.

    Raises Invalid, Forbidden, RuleViolation.
    """
    grant = require(actor, P.LINKS_DECLARE, group.scope)
    insist_on_words(actor)
    verdict = rules.link_ok(kind, url, title, audience)
    if not verdict:
        raise Invalid({"url": verdict.sentence})
    if queries.is_hidden_address(tx, group, url):
        raise RuleViolation(
            "groups.link_hidden", "This address is hidden here. It is not announced anew before that is over."
        )
    if len(queries.links_for(tx, group, viewer=actor)) >= rules.MOST_LINKS:
        raise RuleViolation(
            "groups.links_most", f"A group shows at most {rules.MOST_LINKS} links. Take one down first."
        )
    if audience == "public":
        announcing.announce(tx, group=group, kind=kind, url=url, title=title, by=grant)
    else:
        # What a measure stops in public is stopped for members, too: they are asked for their trust by it.
        if act_queries.is_closed(tx, "declare_link", group.scope, clock.now()):
            raise RuleViolation("acts.closed", "A measure has closed this for some days. Its page says until when.")
        (notice, *_) = constitution.steps_of(tx, "declare_link")
        shown = clock.now() + dt.timedelta(days=notice.days or 0)
        _keep(tx, group.id, kind, url, title, by=grant.holder, shown_from=shown)
        others = permits.carriers(tx, P.LINKS_DECLARE, group.scope, clock.now()) - {grant.holder}
        letters.tell_holders(tx, sorted(others), "link_announced", f"/groups/{group.slug}/links")


def withdraw_link(tx: Connection, *, group: Group, link: str, actor: Actor) -> None:
    """Takes a link down, public or members'. Raises NotFound, Forbidden."""
    grant = require(actor, P.LINKS_DECLARE, group.scope, ends=True)
    public = sa.select(group_links.c.id).where(
        group_links.c.id == link, group_links.c.group == group.id, group_links.c.withdrawn_entry.is_(None)
    )
    if tx.scalar(public) is not None:
        ledger.append(tx, LinkWithdrawn(link), by=grant.entry)
        return
    mine = sa.delete(member_links).where(member_links.c.id == link, member_links.c.group == group.id)
    if not tx.execute(mine).rowcount:
        raise NotFound


def confirm_link(tx: Connection, *, group: Group, link: str, actor: Actor) -> None:
    """Gives the second organiser's word on a public link: *declared*. Raises NotFound, Forbidden, RuleViolation."""
    grant = require(actor, P.LINKS_DECLARE, group.scope)
    if queries.group_of_link(tx, link) != group.id or queries.link(tx, link) is None:
        raise NotFound
    ledger.append(tx, LinkConfirmed(link), by=grant.entry)


def keep_member_link(tx: Connection, *, group: Group, link: str, actor: Actor) -> None:
    """Says that a members' link is still right. Raises NotFound, Forbidden."""
    grant = require(actor, P.LINKS_DECLARE, group.scope)
    mine = sa.update(member_links).where(member_links.c.id == link, member_links.c.group == group.id)
    if not tx.execute(mine.values(kept_by=grant.holder, kept_at=clock.now())).rowcount:
        raise NotFound


def keep_planned(tx: Connection, *, group: str, planned: Sequence[Mapping[str, str]]) -> None:
    """Keeps a plan's links in private, until the group is registered."""
    for link in planned:
        kind = link["kind"] if link["audience"] == "members" else PLANNED + link["kind"]
        _keep(tx, group, kind, link["url"], link["title"])


def publish_planned(tx: Connection, group: Group) -> None:
    """Declares the planned public links, as part of the group's beginning: no organiser's hand is in it."""
    waiting = sa.select(member_links).where(member_links.c.group == group.id, member_links.c.kind.startswith(PLANNED))
    rows = tx.execute(waiting.order_by(member_links.c.at, member_links.c.id)).all()
    mandates = permits.standing_grants(tx, scope=group.scope)
    if len({grant.holder for grant in mandates}) < 2:
        # A clock so late that the mandates are over already, or one founder alone: nobody declares anything.
        return
    for row in rows:
        words = {"url": row.url.strip(), "title": row.title.strip()}
        record = LinkDeclared(group.id, ids.new("lnk"), row.kind.removeprefix(PLANNED))
        ledger.append(tx, record, by=None, words=words)
        tx.execute(sa.delete(member_links).where(member_links.c.id == row.id))


def _keep(
    tx: Connection,
    group: str,
    kind: str,
    url: str,
    title: str,
    by: str | None = None,
    shown_from: dt.datetime | None = None,
) -> None:
    row = {"id": ids.new("lnk"), "group": group, "kind": kind, "url": url, "title": title, "at": clock.now()}
    row["shown_from"] = shown_from
    tx.execute(sa.insert(member_links), {**row, "kept_by": by, "kept_at": clock.now() if by else None})
