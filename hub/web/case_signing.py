"""What a member drawn for a case signs, in words: the record has a hash of it alone, so whoever signs reads it here.

Shown on the page that asks for the signature, to whoever signs and nobody else. The words lie in the case's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from hub import clock
from hub.cases import queries, rules, sealed
from hub.ledger import Entry
from hub.permits import queries as permits
from hub.web import case_words as words
from hub.web.texts import _
from hub.web.words import moment

# Type of entry: the field with the hash of the words.
HASHES = {"case.screened": "reasons", "case.decided": "decision", "interim.asked": "file", "delay.asked": "order"}


def sealed_words(tx: Connection, entry: Entry) -> Mapping[str, str]:
    """Returns the words behind the hash that an entry of a case names; nothing of any other entry."""
    if entry.type == "interim.signed":
        found = queries.interim(tx, entry.data["act"])
        return {} if found is None else _told(tx, found.case_act, found.file)
    if entry.type == "delay.signed":
        order = queries.delay(tx, entry.data["order"])
        return {} if order is None else _told(tx, order.case_act, order.order)
    if entry.type not in HASHES:
        return {}
    act = entry.data["case"] if entry.type in ("interim.asked", "delay.asked") else entry.data["act"]
    return _told(tx, act, entry.data[HASHES[entry.type]])


def _told(tx: Connection, act: str, name: str) -> Mapping[str, str]:
    paper = next((one for one in sealed.read(tx, act).papers if one.id == name), None)
    if paper is None:
        return {}
    body = paper.body
    if paper.kind == "screening":
        hides = {_("The name of whoever complained"): _("is not told to the accused")} if body["hides"] else {}
        return {_("You find"): words.RESULTS[body["result"]][0], _("Your reasons"): body["reasons"], **hides}
    if paper.kind == "interim":
        asks = {_("The measure"): words.MEASURES[body["measure"]][0], _("What is at risk"): body["risk"]}
        return {**asks, _("Why nothing milder"): body["why"], **_offices(tx, body["grants"])}
    if paper.kind == "delay":
        later = _("looks of your panel at the sides are read by them later")
        return {
            _("You order"): later,
            _("Until"): moment(clock.parse_minute(body["until"])),
            _("Your reasons"): body["reasons"],
        }
    found = {
        _("You decide"): _decides(body),
        _("What follows"): words.OUTCOMES[body["outcome"]][0],
        _("The reasons"): body["reasons"],
        _("It rests on"): _("%d items of the file") % len(body["cites"]),
    }
    days = {_("For how long"): _("%d days") % body["days"]} if body["days"] else {}
    return {**found, **days, **_offices(tx, body["grants"])}


def _decides(body: Mapping[str, Any]) -> str:
    if body["outcome"] == rules.REHEAR:
        return _("nothing yet")
    return _("proved") if body["proved"] else _("not proved")


def _offices(tx: Connection, grants: list[str]) -> Mapping[str, str]:
    roles = [found.role for grant in grants if (found := permits.grant_by_id(tx, grant)) is not None]
    return {_("Which offices"): ", ".join(roles)} if roles else {}
