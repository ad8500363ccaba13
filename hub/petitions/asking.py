"""What the ballots of petitions ask, and what stands beside the question: the reasons, and the answer."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy.engine import Connection

from hub.acts import queries as acts
from hub.acts.proposals import proposed
from hub.acts.state import ActState
from hub.ballots.questions import Question, question
from hub.constitution import queries as constitution
from hub.groups.proposals import name_of
from hub.permits import queries as permits
from hub.petitions import queries

WITHDRAWN = "(words withdrawn)"


@question("office.recall")
def ask_recall(tx: Connection, state: ActState) -> Question:
    """Asks whether somebody is recalled, with the reasons and their answer on the paper."""
    found = queries.get(tx, state.id)
    who = permits.shown_names(tx, [state.subject]).get(state.subject) or "(name withdrawn)"
    role = constitution.of_entry(tx, state.constitution).roles[found.role or ""].name
    beside = [("The reasons of those who ask for it", found.reasons or WITHDRAWN)]
    if found.replied_entry is not None:
        beside.append((f"The answer of {who}", found.reply or WITHDRAWN))
    words = f"Shall {who} be recalled as {role} of {name_of(tx, state.scope.id)}?"
    return Question(words, state.subject, f"/petitions/{state.id}", beside=tuple(beside))


@question("act.release")
def ask_release(tx: Connection, state: ActState) -> Question:
    """Asks whether a held change goes on."""
    found, proposal = queries.get(tx, state.id), proposed(tx, acts.get(tx, state.subject))
    told = proposed(tx, state).changes
    beside = (
        *((change.what, change.words) for change in told),
        ("The reasons of those who asked for a ballot", found.reasons or WITHDRAWN),
    )
    words = f"Organisers of {name_of(tx, state.scope.id)} decided to {proposal.asks}. Shall it go ahead?"
    return Question(words, state.subject, f"/petitions/{state.id}", beside=beside)


@question("constitution.amend")
def ask_amendment(tx: Connection, state: ActState) -> Question:
    """Asks whether other rules come into force."""
    found = queries.get(tx, state.id)
    takes = queries.ratio(tx, state.id)
    beside = (
        ("The reasons of those who propose them", found.reasons or WITHDRAWN),
        ("What a yes takes", what_it_takes(takes, is_entrenched=bool(queries.amendment(tx, state.id).entrenched))),
    )
    wait = next(step.days for step in reversed(state.steps) if step.do == "notice")
    words = f"Shall the rules that are proposed come into force, {wait} days after this vote?"
    return Question(words, state.id, f"/petitions/{state.id}", beside=beside, ratio=takes)


def what_it_takes(ratio: Fraction, *, is_entrenched: bool) -> str:
    """Says what a yes to an amendment takes."""
    why = "It would change something entrenched, so it takes" if is_entrenched else "It takes"
    return (
        f"{why} {ratio.numerator} of {ratio.denominator} of the yes and no, the votes that a yes takes, and more yes "
        "than no in more than half of the branches with members on the roll."
    )
