"""Announcing where a group meets: some days in which one organiser, or members, put it to a ballot; then it is shown.

Source: GO-10. Taking a link down holds at once, and so does the end of one that members voted against.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.groups import links_fold, queries
from hub.groups.entries import LinkDeclared, LinkShown
from hub.groups.queries import Group
from hub.permits import Grant, P
from hub.permits import queries as permits


def announce(tx: Connection, *, group: Group, kind: str, url: str, title: str, by: Grant) -> str:
    """Announces a public link, and tells every other organiser at once; returns the link. The caller has checked it."""
    act, link = ids.new("act"), ids.new("lnk")
    words = {"url": url.strip(), "title": title.strip()}
    ledger.append(tx, LinkDeclared(group.id, link, kind, act), by=by.entry, words=words)
    others = permits.carriers(tx, P.LINKS_DECLARE, group.scope, clock.now()) - {by.holder}
    letters.tell_holders(tx, sorted(others), "link_announced", f"/groups/{group.slug}/power")
    acts.run(tx, act)
    return link


@effect("link.show", owes=links_fold.owes_link, ended=links_fold.drop_link)
def show(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Shows the link; one that was taken down meanwhile stays away."""
    if queries.link(tx, state.subject) is not None:
        ledger.append(tx, LinkShown(state.subject, state.id, state.step, clock.format_minute(due)), by=None)
