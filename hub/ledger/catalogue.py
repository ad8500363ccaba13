"""Loads every room's fold once, so that all entry types are known: for processes that append, replay or verify."""

from __future__ import annotations

import importlib

# In order of layers; actions where a room has effects. A room with entries stands here, or its entries change nothing.
ROOMS = (
    "hub.charter.fold",
    "hub.permits.fold",
    "hub.roster.fold",
    "hub.constitution.fold",
    "hub.acts.fold",
    "hub.hiding.actions",
    "hub.freezing.actions",
    "hub.branches.actions",
    "hub.branches.own_rules",
    "hub.groups.founding",
    "hub.groups.links_fold",
    "hub.groups.offices",
    "hub.groups.settings",
    "hub.groups.announcing",
    "hub.groups.closing",
    "hub.ballots.elections",
    "hub.ballots.counting",
    "hub.ballots.closing",
    "hub.oidc.registering",
    "hub.draws.drawing",
    "hub.petitions.actions",
    "hub.petitions.asking",
    "hub.emergencies.actions",
    "hub.standing.fold",
    "hub.mirror.fold",
)


def load() -> None:
    """Imports the folds and effects of every room."""
    # Upward, and so inside a function: registration. The ledger itself knows none of these rooms.
    for room in ROOMS:
        importlib.import_module(room)
