"""Sentences about frozen powers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.ledger import Entry
from hub.permits import freezes
from hub.permits.permissions import MEANINGS
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _


def _about(names: Names, act: str) -> dict[str, str]:
    found = freezes.find(names.tx, act)
    if found is None:
        return {"what": _("(unknown)"), "place": _("(unknown)")}
    return {"what": MEANINGS.get(found.permission, found.permission), "place": names.scope(found.scope_id)}


@sentence("freeze.opened")
def freeze_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser freezes a power."""
    return _("%(who)s froze a power in %(place)s, with a reason: to %(what)s.") % {
        "who": names.warrant(entry), "what": MEANINGS.get(data["power"], data["power"]),
        "place": names.scope(data["scope"]),
    }  # fmt: skip


@sentence("power.frozen")
def power_frozen(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Until when."""
    about = {**_about(names, data["act"]), "until": on(data["until"])}
    return _("Nobody can, in %(place)s, %(what)s, until %(until)s at the latest.") % about


@sentence("freeze.lifted")
def freeze_lifted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Another's signature under its end."""
    about = {**_about(names, data["act"]), "who": names.warrant(entry)}
    return _("%(who)s signed that a freeze in %(place)s ends: to %(what)s.") % about


@sentence("freeze.withdrawn")
def freeze_withdrawn(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Whoever made it takes it back."""
    about = {**_about(names, data["act"]), "who": names.warrant(entry)}
    return _("%(who)s took a freeze in %(place)s back: to %(what)s.") % about
