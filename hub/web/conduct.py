"""A group's page of conduct: the rules of conduct, how to complain, and what was not said in our name."""

from __future__ import annotations

from hub.cases import rules
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import queries as groups
from hub.permits import HUB, P, can
from hub.statements import queries as statements
from hub.web.complaints import steps
from hub.web.context import Answer, Asked
from hub.web.pages import page


def show(asked: Asked) -> Answer:
    """GET /groups/{group}/conduct."""
    group = groups.by_slug(asked.tx, asked.params["group"])
    if not group.is_registered:
        raise NotFound
    there, entry = constitution.in_force(asked.tx)
    return page(
        asked, "cases/conduct.html", group=group, conduct=sorted(there.conduct.items()), entry=entry,
        reminders=statements.reminders_of(asked.tx, group.id), steps=steps(asked.tx), days=rules.LEARNED.days,
        may={"remind": bool(can(asked.actor, P.PUBLISH_STATEMENT, HUB))},
    )  # fmt: skip
