"""What letting a site sign members in would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes
from hub.acts.state import ActState
from hub.groups.proposals import name_of
from hub.oidc import clients, registering

LEARNS = {
    "group": "who belongs to this group, and who organises it",
    "branch": "the same of all groups of the branch",
    "hub": "the same of all groups of the hub",
}


@proposes("client.register")
def site(tx: Connection, state: ActState) -> Proposal:
    """Which site, with which tool, at which addresses, and what it learns."""
    client = clients.of_act(tx, state.id)
    assert client is not None
    answered = registering.chosen_by_recipe(client).redirect_uris if client.url else []
    changes = [
        Change("Its address", None, client.url or "(address withdrawn)"),
        Change("Members are sent back to", None, " ".join(answered) or "(address withdrawn)"),
        Change("The tool", None, client.title),
        Change("It learns", None, LEARNS.get(client.tells, client.tells)),
    ]
    if not client.pkce:
        changes.append(Change("Less safe", None, "this tool cannot prove each request as its own (PKCE)"))
    return Proposal(f"let a site of {name_of(tx, state.scope.id)} sign members in", tuple(changes))
