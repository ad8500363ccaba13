"""Sentences about emergency measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.emergencies import queries
from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _

KINDS = {
    "pause_role": _("to rest an office"),
    "freeze_settings": _("to close the settings"),
    "pause_posting": _("to stop new public links"),
    "hide_content": _("to hide something"),
}


def _where(names: Names, act: str) -> str:
    found = queries.find(names.tx, act)
    return _("(unknown)") if found is None else names.scope(found.scope_id)


@sentence("measure.declared")
def measure_declared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A measure is declared."""
    return _("%(who)s declared, and signed, a measure %(what)s in %(place)s, with a reason.") % {
        "who": names.warrant(entry), "what": KINDS.get(data["kind"], data["kind"]), "place": names.scope(data["scope"]),
    }  # fmt: skip


@sentence("measure.confirmed")
def measure_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A signature."""
    return _("%(who)s signed the measure in %(place)s.") % {
        "who": names.warrant(entry), "place": _where(names, data["act"]),
    }  # fmt: skip


@sentence("measure.objected")
def measure_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An objection."""
    return _("%(who)s objected to the measure in %(place)s, with a reason.") % {
        "who": names.warrant(entry), "place": _where(names, data["act"]),
    }  # fmt: skip


@sentence("measure.begun")
def measure_begun(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is in force."""
    return _("The measure in %(place)s is in force until %(until)s, and undone before unless a panel confirms it.") % {
        "place": _where(names, data["act"]), "until": on(data["until"]),
    }  # fmt: skip
