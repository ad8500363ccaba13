"""Sentences about emergency measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.emergencies import queries
from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _, ngettext


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


@sentence("election.called")
def election_called(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An election that a measure asks for."""
    seats = ngettext("%d seat", "%d seats", data["seats"]) % data["seats"]
    told = _("The clock opened an election in %(place)s, for %(seats)s, because a measure asks for it.")
    return told % {"place": _where(names, data["act"]), "seats": seats}


@sentence("extension.proposed")
def extension_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """One of the panel asks for longer."""
    told = _("%(who)s proposed, and signed, with a reason: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("measure.extended")
def measure_extended(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It lasts longer."""
    told = _("Its panel extended the measure in %(place)s, once: it is in force until %(until)s.")
    return told % {"place": _where(names, data["measure"]), "until": on(data["until"])}
