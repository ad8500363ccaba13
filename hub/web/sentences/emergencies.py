"""Sentences about emergency measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.emergencies import queries
from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _


def _where(names: Names, act: str) -> str:
    found = queries.find(names.tx, act)
    return _("(unknown)") if found is None else names.scope(found.scope_id)


@sentence("measure.declared")
def measure_declared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A measure is declared."""
    told = _("%(who)s proposed, and signed, with a reason: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("measure.confirmed")
def measure_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("measure.objected")
def measure_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An objection."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("measure.begun")
def measure_begun(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is in force."""
    return _("The measure in %(place)s is in force until %(until)s, and undone before unless a panel confirms it.") % {
        "place": _where(names, data["act"]), "until": on(data["until"]),
    }  # fmt: skip
