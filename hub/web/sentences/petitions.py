"""Sentences about petitions, settings that may be held, and new rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.groups.proposals import settings_in_words
from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _


@sentence("recall.opened")
def recall_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A recall begins."""
    return _("A member started the recall of %(who)s as %(role)s of %(place)s, with reasons.") % {
        "who": names.holder(data["subject"]), "role": names.role(data["role"]), "place": names.scope(data["scope"]),
    }  # fmt: skip


@sentence("recall.answered")
def recall_answered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The person concerned answers."""
    return _("%s answered the recall.") % names.warrant(entry)


@sentence("hold.opened")
def hold_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Members want a ballot on a change."""
    return _("A member asked, with reasons, for a ballot on what was decided: to %s.") % names.asks(data["target"])


@sentence("ballot.demanded")
def ballot_demanded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser wants a ballot on a change."""
    return _("%(who)s put a change that waits in %(place)s to a ballot of the members, with reasons.") % {
        "who": names.warrant(entry), "place": names.act(data["target"]),
    }  # fmt: skip


@sentence("act.released")
def act_released(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The ballot let a change go on."""
    return _("Members voted that this goes on: %s.") % names.asks(data["target"])


@sentence("amendment.proposed")
def amendment_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Other rules are proposed."""
    needed: int = data["needed"]
    if data.get("entrenched"):
        told = _("A member proposed other rules, in full, with reasons, that change something entrenched. %s")
        return told % (_("It takes %d signatures.") % needed)
    return _("A member proposed other rules, in full, with reasons. It takes %d signatures.") % needed


@sentence("amendment.overtaken")
def amendment_overtaken(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Other rules came into force first."""
    return _("Other rules came into force than those that a proposal would change: it is over.")


@sentence("petition.reached")
def petition_reached(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """There are enough signatures."""
    needed: int = data["needed"]
    return _("A petition has the %d signatures it takes.") % needed


@sentence("act.extended")
def act_extended(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A deadline moves on."""
    return _("Too little was there by %s; it waits as long again.") % on(data["due"])


def _settings(data: Mapping[str, Any]) -> str:
    joining, places = settings_in_words(data["joining"], data["seats"])
    return _("who may join: %(joining)s; places: %(places)s") % {"joining": joining, "places": places}


@sentence("settings.proposed")
def settings_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Other settings are proposed."""
    return _("%(who)s proposed, and signed, other settings for %(group)s: %(settings)s.") % {
        "who": names.warrant(entry), "group": names.group(data["group"]), "settings": _settings(data),
    }  # fmt: skip


@sentence("naming.proposed")
def naming_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Another name and purpose are proposed."""
    return _("%(who)s proposed, and signed, another name and purpose for %(group)s.") % {
        "who": names.warrant(entry), "group": names.group(data["group"]),
    }  # fmt: skip


@sentence("settings.confirmed")
def settings_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second signature."""
    told = _("%(who)s signed: %(asks)s. Decided, members may ask for a ballot on it.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("settings.objected")
def settings_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("group.changed")
def group_changed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Settings are in force."""
    return _("%(group)s has other settings: %(settings)s.") % {
        "group": names.group(data["group"]), "settings": _settings(data),
    }  # fmt: skip


@sentence("branch_rule.proposed")
def branch_rule_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch is about to choose a number."""
    return _("%(who)s proposed, and signed, that %(branch)s chooses %(rule)s = %(value)d for itself.") % {
        "who": names.warrant(entry), "branch": names.branch(data["branch"]), "rule": data["rule"],
        "value": data["value"],
    }  # fmt: skip


@sentence("branch_rule.confirmed")
def branch_rule_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("branch_rule.objected")
def branch_rule_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("branch_rule.changed")
def branch_rule_changed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The branch's own number is in force."""
    return _("%(branch)s chose %(rule)s = %(value)d for itself.") % {
        "branch": names.branch(data["branch"]), "rule": data["rule"], "value": data["value"],
    }  # fmt: skip
