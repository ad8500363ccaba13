"""What an act would do, in words: each room says it for its own effects, so that nobody signs or votes blind.

One place for the page of powers, the page on which a passkey signs, the ballot paper of a hold, the record and letters:

@proposes("group.change")
def settings(tx, state):
    return Proposal("change who may join York Tenants", (Change("Places", "20", "30"),))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub.acts.effects import EFFECTS
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.constitution.model import Procedure
from hub.permits import queries as permits

WITHDRAWN = "(name withdrawn)"


@dataclass(frozen=True)
class Change:
    """One particular. was: what stands now, None where there is nothing to compare it with or it has been replaced."""

    what: str
    was: str | None
    becomes: str

    @property
    def words(self) -> str:
        """From what to what, in a line."""
        return f"now {self.was}, then {self.becomes}" if self.was else self.becomes


@dataclass(frozen=True)
class Proposal:
    """What an act would do. asks: what whoever signs asks for, after "You sign:"; changes: its particulars."""

    asks: str
    changes: tuple[Change, ...] = ()

    @property
    def title(self) -> str:
        """How a card calls it."""
        return self.asks[:1].upper() + self.asks[1:]

    @property
    def words(self) -> str:
        """All of it in one line, for a letter."""
        told = [f"{change.what}: {change.words}" for change in self.changes]
        return ". ".join([self.title, *told]) + "."


Says = Callable[[Connection, ActState], Proposal]
PROPOSALS: dict[str, Says] = {}


def proposes(effect: str) -> Callable[[Says], Says]:
    """Registers what says of an act with this effect what it would do."""

    def register(says: Says) -> Says:
        if effect in PROPOSALS:
            raise RuntimeError(f"two rooms say what {effect} does")
        PROPOSALS[effect] = says
        return says

    return register


def proposed(tx: Connection, state: ActState) -> Proposal:
    """Returns what an act would do, or did; of an effect unknown to this release, its name."""
    says = PROPOSALS.get(state.effect.what)
    return Proposal(state.procedure) if says is None else says(tx, state)


def untold(procedures: Mapping[str, Procedure]) -> Iterable[str]:
    """Returns the procedures of which nothing says what their acts would do: none, in a house that is whole."""
    effects = {name: next(step.what for step in of.steps if step.do == "effect") for name, of in procedures.items()}
    return sorted(name for name, what in effects.items() if what not in PROPOSALS or what not in EFFECTS)


def shown(tx: Connection, holder: str) -> str:
    """How a holder is called in a proposal."""
    return permits.shown_names(tx, [holder]).get(holder) or WITHDRAWN


def role_name(tx: Connection, state: ActState, role: str) -> str:
    """How a role is called by the rules that an act goes by."""
    found = constitution.of_entry(tx, state.constitution).roles.get(role)
    return role if found is None else found.name


def still(state: ActState, value: str) -> str | None:
    """What stands now, while the act has not replaced it; None afterwards, and where it came to nothing."""
    return value if state.is_open and not state.is_effective else None
