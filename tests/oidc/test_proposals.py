"""Letting a site sign members in says which, with which tool, and what it learns."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.acts.proposals import Change, proposed
from hub.oidc import clients, registering


def test_site_says_which_with_which_tool_and_what_it_learns(provided) -> None:
    with provided.db.read() as tx:
        client = clients.find(tx, provided.client)
        found = proposed(tx, acts.get(tx, client.act))

    assert found.asks == "let a site of York Tenants sign members in"
    assert found.changes == (
        Change("Its address", None, "https://forum.test"),
        Change("Members are sent back to", None, registering.chosen_by_recipe(client).redirect_uris[0]),
        Change("The tool", None, client.title),
        Change("It learns", None, "who belongs to this group, and who organises it"),
    )
