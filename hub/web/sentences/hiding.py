"""Sentences about hiding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.hiding import queries, targets
from hub.ledger import Entry
from hub.web.sentences import Names, sentence
from hub.web.texts import _


def _what(names: Names, act: str) -> str:
    found = queries.find(names.tx, act)
    return _("something") if found is None else targets.called(names.tx, found.kind, found.target)


@sentence("hiding.opened")
def hiding_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody hides something."""
    return _("%(who)s moved to hide %(what)s, under rule %(rule)d, with a reason.") % {
        "who": names.warrant(entry), "rule": data["rule"],
        "what": targets.called(names.tx, data["kind"], data["target"]),
    }  # fmt: skip


@sentence("content.hidden")
def content_hidden(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is hidden."""
    return _("It is hidden from now on: %s. It comes back unless two others confirm.") % _what(names, data["act"])


@sentence("hiding.confirmed")
def hiding_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Another's yes."""
    return _("%(who)s confirmed that a rule was broken by %(what)s.") % {
        "who": names.warrant(entry), "what": _what(names, data["act"]),
    }  # fmt: skip


@sentence("hiding.contested")
def hiding_contested(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Another's no."""
    return _("%(who)s found, with a reason, that no rule was broken by %(what)s.") % {
        "who": names.warrant(entry), "what": _what(names, data["act"]),
    }  # fmt: skip


@sentence("content.restored")
def content_restored(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is back."""
    return _("%(who)s showed again: %(what)s.") % {"who": names.warrant(entry), "what": _what(names, data["act"])}
