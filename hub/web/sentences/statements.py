"""Sentences about official statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.ledger import Entry
from hub.web.sentences import Names, sentence
from hub.web.texts import _

PROPOSED = _("%(who)s proposed, and signed: %(asks)s.")


@sentence("statement.drafted")
def statement_drafted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A draft."""
    return PROPOSED % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("correction.proposed")
def correction_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Other words."""
    return PROPOSED % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("retraction.proposed")
def retraction_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It would be taken back."""
    return PROPOSED % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("statement.confirmed")
def statement_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("statement.objected")
def statement_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An objection."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("statement.published")
def statement_published(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is said, said otherwise or taken back."""
    return _("Two of the press decided, and it holds from now on: %s.") % names.asks(data["act"])
