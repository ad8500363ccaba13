"""Sentences about cases: what was done, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _, ngettext


@sentence("case.filed")
def case_filed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A complaint."""
    return _("A member complained of another. What of, and of whom, only those read who decide it; here is its hash.")


@sentence("case.screened")
def case_screened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """One of the duty panel says yes or no."""
    told = _("%(who)s said, with reasons, that a complaint becomes a case.")
    refused = _("%(who)s said, with reasons, that a complaint becomes no case.")
    return (told if data["admits"] else refused) % {"who": names.warrant(entry)}


@sentence("case.charged")
def case_charged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """What was disclosed."""
    many = len(data["items"])
    told = ngettext(
        "A charge was served, with the one thing that is held against somebody. Its hash is here.",
        "A charge was served, with all %d things that are held against somebody. The hash of each is here.",
        many,
    )
    return told % many if many != 1 else told


@sentence("case.prolonged")
def case_prolonged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Seven days more."""
    return _("Whoever is accused in a case takes seven days more to answer.")


@sentence("case.answered")
def case_answered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An answer."""
    return _("Whoever is accused in a case answered.")


@sentence("panel.struck")
def panel_struck(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A side strikes one."""
    told = _("Whoever complained struck one of those drawn for a case.")
    return told if data["side"] == "complainant" else _("Whoever is accused struck one of those drawn for a case.")


@sentence("case.decided")
def case_decided(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A signature under a decision."""
    told = _("%(who)s signed a decision of a case, which rests on nothing that was not laid before the accused.")
    if data.get("rehears"):
        told = _("%(who)s signed on appeal that a case is heard again by others.")
    return told % {"who": names.warrant(entry)}


@sentence("case.appealed")
def case_appealed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An appeal."""
    told = _("Whoever complained has the decision of a case judged by others.")
    return (
        told if data["side"] == "complainant" else _("Whoever is accused has the decision of a case judged by others.")
    )


@sentence("case.reviewed")
def case_reviewed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An appeal is decided."""
    return _("The appeal of a case is decided.")


@sentence("case.concluded")
def case_concluded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It is final."""
    many = len(data["grants"])
    if not many:
        return _("A case is over. It ends no office.")
    return ngettext("A case is over. It ends %d office.", "A case is over. It ends %d offices.", many) % many


@sentence("delay.asked")
def delay_asked(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A delay is asked for."""
    told = _("%(who)s asked, with reasons, that the sides of a case read of looks by its panel later: on %(until)s.")
    return told % {"who": names.warrant(entry), "until": on(data["until"])}


@sentence("delay.signed")
def delay_signed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It holds."""
    told = _("%(who)s signed as another of that panel: from now on the sides of a case read of its looks later.")
    return told % {"who": names.warrant(entry)}


@sentence("interim.asked")
def interim_asked(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A measure is asked for."""
    told = _("%(who)s proposed, and signed, with reasons: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("interim.signed")
def interim_signed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Another signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("interim.begun")
def interim_begun(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """It holds."""
    return _("A measure in a case holds until %(until)s, and no longer than the case.") % {"until": on(data["until"])}
