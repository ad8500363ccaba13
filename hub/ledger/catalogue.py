"""Loads every room's fold once, so that all entry types are known: for processes that append, replay or verify."""

from __future__ import annotations

import importlib

# In order of layers; actions where a room has effects, and proposals: what it says of its acts. A room with entries
# stands here, or its entries change nothing.
ROOMS = (
    "hub.charter.fold",
    "hub.permits.fold",
    "hub.permits.claims_fold",
    "hub.roster.fold",
    "hub.constitution.fold",
    "hub.acts.fold",
    "hub.hiding.actions",
    "hub.hiding.proposals",
    "hub.freezing.actions",
    "hub.freezing.proposals",
    "hub.branches.actions",
    "hub.branches.own_rules",
    "hub.branches.appeals",
    "hub.branches.proposals",
    "hub.stewards.actions",
    "hub.stewards.proposals",
    "hub.groups.founding",
    "hub.groups.links_fold",
    "hub.groups.offices",
    "hub.groups.lending",
    "hub.groups.offers_fold",
    "hub.groups.settings",
    "hub.groups.announcing",
    "hub.groups.closing",
    "hub.groups.merging",
    "hub.groups.proposals",
    "hub.statements.actions",
    "hub.statements.proposals",
    "hub.ballots.elections",
    "hub.ballots.fold",
    "hub.ballots.counting",
    "hub.ballots.objections_fold",
    "hub.ballots.closing",
    "hub.ballots.admitting",
    "hub.ballots.proposals",
    "hub.oidc.registering",
    "hub.oidc.proposals",
    "hub.draws.objections_fold",
    "hub.draws.seats_fold",
    "hub.draws.drawing",
    "hub.draws.proposals",
    "hub.cases.fold",
    "hub.cases.deciding_fold",
    "hub.cases.appealing",
    "hub.cases.interims",
    "hub.cases.delays",
    "hub.cases.drawing",
    "hub.cases.barring",
    "hub.cases.protecting",
    "hub.cases.proposals",
    "hub.petitions.actions",
    "hub.petitions.asking",
    "hub.petitions.proposals",
    "hub.emergencies.actions",
    "hub.emergencies.proposals",
    "hub.standing.fold",
    "hub.standing.beginning",
    "hub.mirror.fold",
    "hub.receipts.fold",
)


def load() -> None:
    """Imports the folds and effects of every room."""
    # Upward, and so inside a function: registration. The ledger itself knows none of these rooms.
    for room in ROOMS:
        importlib.import_module(room)
