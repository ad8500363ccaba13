"""The rules in plain words: the constitution as answers to people's questions."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.constitution import queries
from hub.constitution.entrenched import is_entrenched
from hub.constitution.model import Answer as Sentence
from hub.permits import HUB
from hub.web.context import Answer, Asked
from hub.web.pages import page


def show(asked: Asked) -> Answer:
    """Shows every question with its answers, the version, and the entry that put it in force."""
    rules, entry = queries.in_force(asked.tx)
    row = queries.newest(asked.tx)
    answers: dict[str, list[Sentence]] = {key: [] for key in rules.questions}
    for answer in rules.answers:
        answers[answer.question].append(answer)
    versions, running = queries.versions(asked.tx), acts.running(asked.tx, HUB, "amend")
    return page(
        asked, "rules/show.html", rules=rules, entry=entry, version=row, answers=answers, versions=versions,
        running=running, is_entrenched=is_entrenched,
    )  # fmt: skip
