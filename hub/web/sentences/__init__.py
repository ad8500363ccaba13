"""One sentence for each type of entry: what the record says, for people. A type without one fails the build.

Each function returns the sentence for one entry; names are how holders are shown, places how branches and groups are
called. Words that were withdrawn read as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as acts
from hub.acts.proposals import proposed
from hub.acts.state import APPEALS
from hub.ballots import queries as elections
from hub.branches import queries as branches
from hub.constitution import queries as rules
from hub.groups import queries as groups
from hub.ledger import Entry
from hub.oidc import clients
from hub.permits import queries as permits
from hub.web import words
from hub.web.texts import _


@dataclass(frozen=True)
class Names:
    """Reads, from public tables, how things are called."""

    tx: Connection

    def holder(self, holder: str) -> str:
        """How a holder is shown."""
        return permits.shown_names(self.tx, [holder]).get(holder) or _("(name withdrawn)")

    def warrant(self, entry: Entry) -> str:
        """Who acted, by the grant that is the entry's warrant."""
        grant = None if entry.by is None else permits.grant_by_entry(self.tx, entry.by)
        return _("A member") if grant is None else self.holder(grant.holder)

    def branch(self, branch: str) -> str:
        """A branch's name."""
        found = branches.find(self.tx, branch)
        return _("(name withdrawn)") if found is None or found.name is None else found.name

    def group(self, group: str) -> str:
        """A group's name."""
        found = groups.find(self.tx, group)
        return _("(name withdrawn)") if found is None or found.name is None else found.name

    def link(self, link: str) -> str:
        """The name of the group whose public link this is."""
        found = groups.group_of_link(self.tx, link)
        return _("(unknown)") if found is None else self.group(found)

    def client(self, client: str) -> tuple[str, str]:
        """A relying party's tool and its group's name."""
        found = clients.find(self.tx, client)
        return (_("(unknown)"), _("(unknown)")) if found is None else (found.title, self.group(found.group))

    def scope(self, scope: str) -> str:
        """A scope's name, by its id."""
        if scope == "hub":
            return _("the hub")
        return self.branch(scope) if scope.startswith("brn_") else self.group(scope)

    def role(self, role: str) -> str:
        """A role's name under the rules in force."""
        found = rules.in_force(self.tx)[0].roles.get(role)
        return role if found is None else found.name

    def grant(self, grant: str) -> tuple[str, str, str]:
        """A grant's holder, role and place."""
        found = permits.grant_by_id(self.tx, grant)
        if found is None:
            return _("(unknown)"), _("(unknown)"), _("(unknown)")
        return self.holder(found.holder), self.role(found.role), self.scope(found.scope.id)

    def asks(self, act: str) -> str:
        """What an act asks for, in the words of whoever signs it."""
        state = acts.find(self.tx, act)
        return _("(unknown)") if state is None else proposed(self.tx, state).asks

    def act(self, act: str) -> str:
        """What an act is about."""
        state = acts.find(self.tx, act)
        if state is not None and state.procedure in APPEALS.values():
            return self.scope(state.subject)
        for of_act, called in ((groups.of_act, "name"), (branches.of_act, "name")):
            try:
                return getattr(of_act(self.tx, act), called) or _("(name withdrawn)")
            except Exception:  # noqa: S112  # an act of another kind: the next is asked
                continue
        if state is not None and state.procedure == "publish_statement":
            return proposed(self.tx, state).asks
        election = elections.find_election(self.tx, act)
        if election is not None:
            return self.scope(election.scope.id)
        if state is not None and groups.office_act(self.tx, act) is not None:
            return self.scope(state.scope.id)
        row = groups.settings_change(self.tx, act) or groups.closure(self.tx, act)
        row = row or groups.merger(self.tx, act)
        about = row or clients.of_act(self.tx, act)
        return _("an act") if about is None else self.group(about.group)


Sentence = Callable[[Names, Entry, Mapping[str, Any]], str]
SENTENCES: dict[str, Sentence] = {}


def sentence(name: str) -> Callable[[Sentence], Sentence]:
    """Registers the sentence of one entry type."""

    def register(told: Sentence) -> Sentence:
        SENTENCES[name] = told
        return told

    return register


def tell(tx: Connection, entry: Entry) -> str:
    """Returns an entry's sentence; of a type unknown to this release, what there is to say."""
    told = SENTENCES.get(entry.type)
    if told is None:
        return _("An entry of a kind that this release does not know: %s") % entry.type
    return told(Names(tx), entry, entry.data)


def on(text: str) -> str:
    """Writes the day of a minute in an entry."""
    moment: dt.datetime = clock.parse_minute(text)
    return words.day(moment)


from hub.web.sentences import (  # noqa: E402  # registration: each fills SENTENCES
    ballots,  # noqa: F401
    cases,  # noqa: F401
    draws,  # noqa: F401
    emergencies,  # noqa: F401
    freezing,  # noqa: F401
    hiding,  # noqa: F401
    offices,  # noqa: F401
    petitions,  # noqa: F401
    places,  # noqa: F401
    sites,  # noqa: F401
    statements,  # noqa: F401
    work,  # noqa: F401
)
