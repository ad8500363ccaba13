"""Sentences about sites of groups that sign members in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.ledger import Entry
from hub.web.sentences import Names, sentence
from hub.web.texts import _


@sentence("client.proposed")
def client_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A site is to sign members in."""
    tool, group = names.client(data["client"])
    return _("%(who)s proposed, and signed, that a site of “%(group)s” signs members in (%(tool)s).") % {
        "who": names.warrant(entry), "group": group, "tool": tool,
    }  # fmt: skip


@sentence("client.confirmed")
def client_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second organiser's yes."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("client.objected")
def client_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("client.registered")
def client_registered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A site may sign members in."""
    tool, group = names.client(data["client"])
    return _("A site of “%(group)s” may sign members in now (%(tool)s).") % {"group": group, "tool": tool}


@sentence("client.stopped")
def client_stopped(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A site is stopped."""
    tool, group = names.client(data["client"])
    return _("%(who)s stopped a site of “%(group)s” from signing members in, with a reason (%(tool)s).") % {
        "who": names.warrant(entry), "group": group, "tool": tool,
    }  # fmt: skip


@sentence("addresses.refused")
def addresses_refused(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """What a site named for itself does not begin."""
    tool, group = names.client(data["client"])
    told = _("%(who)s objected, with a reason, to new addresses that a site of “%(group)s” named (%(tool)s).")
    return told % {"who": names.warrant(entry), "group": group, "tool": tool}
