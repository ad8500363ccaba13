"""Sentences about holders, grants, seats, appointments and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub import clock
from hub.acts import queries as acts
from hub.ballots import queries as elections
from hub.ledger import Entry
from hub.permits import HUB, keys
from hub.permits import queries as permits
from hub.permits.signing import ALONE
from hub.petitions import queries as petitions
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _

OUTCOMES = {
    "done": _("A step of the founding or appointment around “%s” was completed."),
    "silence": _("Nobody answered in time about “%s”: silence counts as a yes."),
    "refused": _("“%s” was refused by two objections."),
    "lapsed": _("“%s” lapsed, because a deadline passed."),
    "failed": _("“%s” failed: too few signatures, or no yes in the ballot."),
    "undone": _("What was done about “%s” was undone."),
    "voided": _("Scrutineers voided the count of the ballot on “%s”. It is held once more."),
    "reheard": _("“%s” is heard again, by others who are drawn for it."),
}
# Of an election "%s" is where it is.
ELECTION = {
    "done": _("A step of the election in %s was completed."),
    "silence": _("A deadline of the election in %s passed, and it goes on."),
    "refused": _("Two scrutineers voided the election in %s. It is opened again."),
    "failed": _("The election in %s elected nobody. It is opened again."),
    "lapsed": _("The election in %s is over before its vote."),
}
PETITION = {"refused": _("“%s” is over: another came first.")}
ENDINGS = {
    "resigned": _("%(who)s resigned as %(role)s of %(place)s."),
    "returned": _("%(who)s stands in as %(role)s of %(place)s no more: whoever had lent the office took it back."),
    "withdrawn": _("The office of %(who)s as %(role)s of %(place)s was withdrawn by two organisers."),
    "superseded": _("The office of %(who)s as %(role)s of %(place)s ended with an election."),
    "lapsed": _("The office of %(who)s as %(role)s of %(place)s lapsed with their membership."),
    "moved": _("The office of %(who)s as %(role)s of %(place)s ended, because they live elsewhere now."),
    "emptied": _("The office of %(who)s as %(role)s of %(place)s ended, because nobody belongs there any more."),
    "closed": _("The office of %(who)s as %(role)s of %(place)s ended: its members closed the group, or merged it."),
    "recalled": _("Members voted to recall %(who)s as %(role)s of %(place)s."),
}
BY_OFFICE = _("With the key of an office, %(who)s vouched for a new passkey: from %(day)s on it signs for them.")
BY_ITSELF = _(
    "A new passkey of %(who)s, for which nobody vouched but itself: from %(day)s on it signs what they begin with it, "
    "and nothing in an office that they had before."
)


@sentence("holder.named")
def holder_named(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A name in the record."""
    return _("A member took a name in the record: %s.") % names.holder(data["holder"])


@sentence("key.registered")
def key_registered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A key that signs: at once, or in seven days where it signed for itself."""
    who = names.holder(data["holder"])
    if entry.sig is None and data.get("token"):
        return (
            _("With the key of an office that they claimed here, %s vouched for their first passkey: it signs.") % who
        )
    if entry.sig is None or entry.sig["key"] != data["key"]:
        return _("From now on a passkey of %s signs for them in the record.") % who
    told = BY_OFFICE if data.get("token") else BY_ITSELF
    return told % {"who": who, "day": on(clock.format_minute(entry.at + ALONE))}


@sentence("key.withdrawn")
def key_withdrawn(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A key that signs no more."""
    found = keys.key(names.tx, data["key"])
    who = _("(unknown)") if found is None else names.holder(found.holder)
    return _("A passkey of %s does not sign for them any more.") % who


@sentence("role_key.registered")
def role_key_registered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A key that claims."""
    who, role, place = names.grant(data["grant"])
    told = _("%(who)s made a key for their office as %(role)s of %(place)s: on a fork, they claim the office with it.")
    return told % {"who": who, "role": role, "place": place}


@sentence("office.claimed")
def office_claimed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An office is claimed on a fork."""
    who, role, place = names.grant(data["grant"])
    told = _("%(who)s claimed their office as %(role)s of %(place)s on this hub, with the key of that office.")
    return told % {"who": who, "role": role, "place": place}


@sentence("seat.taken")
def seat_taken(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A founding seat."""
    return _("%(who)s took a founding seat: %(role)s, until %(until)s.") % {
        "who": names.holder(data["holder"]), "role": names.role(data["role"]), "until": on(data["until"]),
    }  # fmt: skip


@sentence("grant.made")
def grant_made(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A power is given."""
    if data.get("lender"):
        return _("%(who)s stands in for %(lender)s as %(role)s of %(place)s, until %(until)s.") % {
            "who": names.holder(data["holder"]), "lender": names.grant(data["lender"])[0],
            "role": names.role(data["role"]), "place": names.scope(data["scope"]), "until": on(data["until"]),
        }  # fmt: skip
    return _("%(who)s became %(role)s of %(place)s, until %(until)s.") % {
        "who": names.holder(data["holder"]), "role": names.role(data["role"]),
        "place": names.scope(data["scope"]), "until": on(data["until"]),
    }  # fmt: skip


@sentence("grant.paused")
def grant_paused(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A measure rests a power."""
    who, role, place = names.grant(data["grant"])
    return _("The office of %(who)s as %(role)s of %(place)s rests until %(until)s.") % {
        "who": who, "role": role, "place": place, "until": on(data["until"]),
    }  # fmt: skip


@sentence("grant.ended")
def grant_ended(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A power ends."""
    who, role, place = names.grant(data["grant"])
    found = permits.grant_by_id(names.tx, data["grant"])
    if data["why"] == "withdrawn" and found is not None and found.scope == HUB:
        return _("The office of %(who)s as %(role)s of %(place)s was withdrawn by two of the council.") % {
            "who": who, "role": role, "place": place,
        }  # fmt: skip
    told = ENDINGS.get(data["why"], _("The office of %(who)s as %(role)s of %(place)s ended."))
    return told % {"who": who, "role": role, "place": place}


@sentence("office.offered")
def office_offered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An appointment opens."""
    place = data["group"] or data.get("branch") or "hub"
    return _("%(who)s invited somebody to be %(role)s of %(place)s.") % {
        "who": names.warrant(entry), "role": names.role(data["role"]), "place": names.scope(place),
    }  # fmt: skip


@sentence("office.accepted")
def office_accepted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The appointee's yes."""
    state = acts.find(names.tx, data["act"])
    told = _("%(who)s accepted; two organisers sign next. What is asked for: %(asks)s.")
    if state is not None and state.scope == HUB:
        told = _("%(who)s accepted; two of the council sign next. What is asked for: %(asks)s.")
    return told % {
        "who": names.holder(data["holder"]), "asks": names.asks(data["act"]),
    }  # fmt: skip


@sentence("standin.offered")
def standin_offered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An office is lent."""
    return _("%(who)s asked somebody to stand in for them in %(group)s, for %(days)s days.") % {
        "who": names.warrant(entry), "group": names.group(data["group"]), "days": data["days"],
    }  # fmt: skip


@sentence("standin.accepted")
def standin_accepted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The stand-in's yes."""
    return _("%(who)s accepted. What is decided: %(asks)s.") % {
        "who": names.holder(data["holder"]), "asks": names.asks(data["act"]),
    }  # fmt: skip


@sentence("offer.withdrawn")
def offer_withdrawn(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An invitation is taken back."""
    return _("%(who)s took back an invitation that nobody had accepted: %(asks)s.") % {
        "who": names.warrant(entry), "asks": names.asks(data["act"]),
    }  # fmt: skip


@sentence("steward.offered")
def steward_offered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The council invites a steward."""
    return _("%s invited somebody to run the hub’s machine.") % names.warrant(entry)


@sentence("steward.accepted")
def steward_accepted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The steward's yes."""
    return _("%s accepted to run the hub’s machine; two of the council sign next.") % names.holder(data["holder"])


@sentence("steward.challenged")
def steward_challenged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A withdrawal opens."""
    who, *_role = names.grant(data["grant"])
    return _("%(by)s proposed, and signed, to withdraw %(who)s as steward.") % {"by": names.warrant(entry), "who": who}


@sentence("steward.confirmed")
def steward_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A council member's signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("steward.objected")
def steward_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A council member's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("office.challenged")
def office_challenged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A withdrawal opens."""
    who, role, place = names.grant(data["grant"])
    return _("%(by)s proposed, and signed, to withdraw %(who)s as %(role)s of %(place)s.") % {
        "by": names.warrant(entry), "who": who, "role": role, "place": place,
    }  # fmt: skip


@sentence("office.confirmed")
def office_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's signature."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("office.objected")
def office_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("act.advanced")
def act_advanced(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The clock's move."""
    told = OUTCOMES if elections.find_election(names.tx, data["act"]) is None else OUTCOMES | ELECTION
    told = told if petitions.find(names.tx, data["act"]) is None else told | PETITION
    return told.get(data["outcome"], told["done"]) % names.act(data["act"])


@sentence("act.extended")
def act_extended(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A deadline is moved on."""
    return _("Too little was there by the deadline of “%s”: it waits as long again.") % names.act(data["act"])
