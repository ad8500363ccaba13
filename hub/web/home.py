"""The first page: branches and groups, and the search."""

from __future__ import annotations

from hub import search
from hub.branches import queries as branches
from hub.branches.queries import Branch
from hub.groups import queries as groups
from hub.groups.queries import Card
from hub.web.context import Answer, Asked
from hub.web.pages import page

PAGE = 50


def show(asked: Asked) -> Answer:
    """Shows the groups, or those that a search finds, fifty at a time; and the branches above them."""
    question, after = asked.query.first("q")[:200].strip(), asked.query.first("after")[:200]
    shown: list[Branch] = []
    if question:
        found, further = _searched(asked, question, after)
        places = set() if after else {hit.id for hit in search.find(asked.tx, question, kind="branch", limit=100)}
        shown = [branch for branch in branches.listing(asked.tx) if branch.id in places] if places else []
    else:
        found, further = _listed(asked, after)
        if not after:
            shown = branches.listing(asked.tx)
    return page(
        asked,
        "home/show.html",
        question=question,
        after=after,
        further=further,
        groups=found,
        branches=shown,
        proposed=branches.listing(asked.tx, registered=False) if not question and not after else [],
        mine=groups.groups_of(asked.tx, asked.actor),
    )


def _listed(asked: Asked, after: str) -> tuple[list[Card], str]:
    found = groups.listing(asked.tx, after=after, limit=PAGE)
    return found, found[-1].slug if len(found) == PAGE else ""


def _searched(asked: Asked, question: str, after: str) -> tuple[list[Card], str]:
    hits = search.find(asked.tx, question, kind="group", after=after, limit=PAGE)
    found = groups.cards(asked.tx, [hit.id for hit in hits])
    further = hits[-1].place if len(hits) == PAGE else ""
    return [found[hit.id] for hit in hits if hit.id in found], further
