"""What a ballot asks: each room says it for its own effects, so that the paper, its count and its letters can show it.

@question("office.recall")
def ask(tx, state):
    return Question(words="Shall ... be recalled?", key=grant, place="/petitions/act_...")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.engine import Connection

from hub.acts.state import ActState


@dataclass(frozen=True)
class Question:
    """One question. words: as the paper asks it; key: what it is about; place: the path of a page that says more.

    options: references a paper ranks, of a ballot that elects, re-open nominations left out; seats: how many it fills.
    beside: texts that stand on the paper: (whose, what they wrote). ratio: the part of yes in yes and no that it takes,
    where that is another than its step's.
    """

    words: str
    key: str
    place: str
    options: tuple[str, ...] = ()
    seats: int = 0
    beside: tuple[tuple[str, str], ...] = ()
    ratio: Fraction | None = None


Ask = Callable[[Connection, ActState], Question]
_QUESTIONS: dict[str, Ask] = {}


def question(effect: str) -> Callable[[Ask], Ask]:
    """Registers what the ballots of acts with this effect ask."""

    def register(ask: Ask) -> Ask:
        if effect in _QUESTIONS:
            raise RuntimeError(f"two questions are those of {effect}")
        _QUESTIONS[effect] = ask
        return ask

    return register


def asked_by(tx: Connection, state: ActState) -> Question:
    """Returns what an act's ballot asks; where its room says nothing, whether it shall be so, with the entry."""
    ask = _QUESTIONS.get(state.effect.what)
    if ask is None:
        return Question("Shall it be so?", state.subject, f"/record/{state.opened_entry}")
    return ask(tx, state)
