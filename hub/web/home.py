"""The first page: branches and groups, and the search."""

from __future__ import annotations

from hub import search
from hub.branches import queries as branches
from hub.groups import queries as groups
from hub.groups.queries import Group
from hub.web.context import Answer, Asked
from hub.web.pages import page

PAGE = 50


def show(asked: Asked) -> Answer:
    """Shows the groups, or those that a search finds, fifty at a time; and the branches above them."""
    question, after = asked.query.first("q")[:200].strip(), asked.query.first("after")[:200]
    if question:
        found, further = _searched(asked, question, after)
        places = {hit.id for hit in search.find(asked.tx, question, kind="branch", limit=100)}
        shown = [branch for branch in branches.listing(asked.tx) if branch.id in places]
    else:
        found, further = _listed(asked, after)
        shown = branches.listing(asked.tx)
    return page(
        asked,
        "home/show.html",
        question=question,
        after=after,
        further=further,
        groups=found,
        branches=shown if not after else [],
        proposed=branches.listing(asked.tx, registered=False) if not question and not after else [],
        mine=groups.groups_of(asked.tx, asked.actor),
    )


def _listed(asked: Asked, after: str) -> tuple[list[Group], str]:
    found = groups.listing(asked.tx, after=after, limit=PAGE)
    return found, found[-1].slug if len(found) == PAGE else ""


def _searched(asked: Asked, question: str, after: str) -> tuple[list[Group], str]:
    hits = search.find(asked.tx, question, kind="group", after=after, limit=PAGE)
    found = groups.by_ids(asked.tx, [hit.id for hit in hits])
    further = hits[-1].place if len(hits) == PAGE else ""
    return [found[hit.id] for hit in hits if hit.id in found], further
