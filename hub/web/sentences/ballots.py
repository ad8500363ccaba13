"""Sentences about elections and ballots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub import clock
from hub.ballots import queries, returning, ties
from hub.ledger import Entry
from hub.web import words
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _, ngettext


def place_of(names: Names, act: str) -> str:
    """What an act about a ballot is called: the place of an election, else what the act is about."""
    found = queries.find_election(names.tx, act)
    return names.act(act) if found is None else names.scope(found.scope.id)


@sentence("election.opened")
def election_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An election."""
    seats = ngettext("%d seat", "%d seats", data["seats"]) % data["seats"]
    told = _("An election was opened by the clock in %(place)s, for %(seats)s: %(role)s.")
    if data["kind"] == "by":
        told = _("A by-election was opened by the clock in %(place)s, for what is vacant, %(seats)s: %(role)s.")
    return told % {"place": names.scope(data["scope"]), "seats": seats, "role": names.role(data["role"])}


WHY_ENDED = {
    "overtaken": _("The by-election in %s ended before its vote: an election of all places was opened."),
    "empty": _("The election in %s ended before its vote: nobody belongs there any more."),
}


@sentence("election.ended")
def election_ended(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An election that nobody needs any more."""
    return WHY_ENDED[data["why"]] % place_of(names, data["act"])


@sentence("candidacy.declared")
def candidacy_declared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody stands."""
    return _("%(who)s stands in the election in %(place)s.") % {
        "who": names.holder(data["holder"]), "place": place_of(names, data["act"]),
    }  # fmt: skip


@sentence("candidacy.withdrawn")
def candidacy_withdrawn(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody stands no more."""
    return _("%(who)s no longer stands in the election in %(place)s.") % {
        "who": names.holder(data["holder"]), "place": place_of(names, data["act"]),
    }  # fmt: skip


@sentence("ballot.called")
def ballot_called(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A ballot opens."""
    many = ngettext("%d member", "%d members", data["roll"]) % data["roll"]
    return _("A ballot opened in %(place)s, until %(until)s. Its roll was fixed: %(many)s.") % {
        "place": place_of(names, data["act"]), "until": on(data["closes"]), "many": many,
    }  # fmt: skip


@sentence("ballot.tied")
def ballot_tied(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A lot has to fall."""
    told = _("The ballot in %(place)s closed, and only a lot can decide it: it falls by %(source)s, known %(known)s.")
    return told % {"place": place_of(names, data["act"]), "source": data["source"], "known": on(data["known"])}


@sentence("ballot.counted")
def ballot_counted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A result."""
    place, won = place_of(names, data["act"]), ", ".join(names.holder(holder) for holder in data["winners"])
    voted = _("Fewer than ten voted, so nothing more is published.")
    if data["papers"] is not None:
        voted = _("%d voted.") % data["papers"]
    if data["flaw"] == "roll_changed":
        return (
            _("The ballot in %s could not be counted, and fails: its roll was no longer the one in the record.") % place
        )
    if data["flaw"] == ties.UNREAD:
        told = _("In the ballot in %s only a lot could decide, and nobody brought what the beacon said: it fails.")
        return told % place
    if data["flaw"] == returning.TOO_FEW:
        return _("In the election in %s fewer members voted than it takes while members come back: it fails.") % place
    if data["flaw"] is not None:
        return _("The ballot in %s could not be counted, and fails: its box did not agree with its roll.") % place
    if won:
        return _("The ballot in %(place)s was counted. Elected: %(won)s. %(voted)s") % {
            "place": place, "won": won, "voted": voted,
        }  # fmt: skip
    told = _("The ballot in %(place)s was counted: it passed. %(voted)s")
    if data["outcome"] != "passed":
        told = _("The ballot in %(place)s was counted: it failed, or elected nobody. %(voted)s")
    return told % {"place": place, "voted": voted}


@sentence("outage.noted")
def outage_noted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An outage."""
    told = _("By its clock the hub could not be reached from %(begins)s to %(ends)s.")
    begins, ends = (words.moment(clock.parse_minute(data[key])) for key in ("begins", "ends"))
    if not data["moved"]:
        return f"{told % {'begins': begins, 'ends': ends}} {_('No ballot closes later for it.')}"
    moved = ngettext("%d ballot closes a day later.", "%d ballots close a day later.", data["moved"]) % data["moved"]
    return f"{told % {'begins': begins, 'ends': ends}} {moved}"


@sentence("ballot.signed")
def ballot_signed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A scrutineer's yes."""
    return _("%(who)s, scrutineer, signed the count of the ballot in %(place)s.") % {
        "who": names.warrant(entry), "place": place_of(names, data["act"]),
    }  # fmt: skip


@sentence("count.objected")
def count_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A member's objection to a count."""
    return _("A member objected, with a reason, to the count of the ballot in %s.") % place_of(names, data["act"])


@sentence("count.judged")
def count_judged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """What a scrutineer found of one."""
    told = _("%(who)s, scrutineer, found a member’s objection to the count in %(place)s not right.")
    if data["upheld"]:
        told = _("%(who)s, scrutineer, found a member’s objection to the count in %(place)s right.")
    return told % {"who": names.warrant(entry), "place": place_of(names, data["act"])}


@sentence("ballot.objected")
def ballot_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A scrutineer's no."""
    return _("%(who)s, scrutineer, objected to the count of the ballot in %(place)s, with a reason.") % {
        "who": names.warrant(entry), "place": place_of(names, data["act"]),
    }  # fmt: skip
