"""What may be believed of a receipt, from what a record says alone: values in, verdict out.

Source: reference/federation-and-mirror.md section 5, membership credential; RFC 9901 section 7.3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from hub.errors import YES, Verdict, no
from hub.receipts import days
from hub.receipts.text import Receipt, parse
from hub.tlog.hashes import Spoilt, parse_hash

MOST_A_DAY = 5  # receipts of one member: enough to show each to somebody else, too few for a flood
LAG = dt.timedelta(hours=1)  # after midnight, until when whoever asked just before it is done
MOMENT = dt.timedelta(minutes=10)  # how old the proof of a key may be


@dataclass(frozen=True)
class Day:
    """A day that a record counts. digests: those of its file, where somebody has it."""

    entry: int
    day: str
    issued: int
    root: str
    keys: frozenset[str]
    digests: tuple[bytes, ...] | None = None


@dataclass(frozen=True)
class Hub:
    """One of the hubs that a record speaks of: the one that wrote it last, and those that it carries on from.

    start, end: its entries, from its founding or fork up to the next; keys: thumbprints that charters of its name;
    issuers: addresses that they name; days: what it counted, by day.
    """

    origin: str
    start: int
    end: int | None
    keys: frozenset[str]
    issuers: frozenset[str]
    days: Mapping[str, Day]

    def is_issuer(self, address: str) -> bool:
        """Tells whether an address is this hub's: by its origin, or by a charter."""
        return address in self.issuers or f"{urlsplit(address).netloc}/log" == self.origin

    @property
    def all_keys(self) -> frozenset[str]:
        """Every key of its own that its record names."""
        return self.keys.union(*(day.keys for day in self.days.values()))


@dataclass(frozen=True)
class Challenge:
    """What an owner's key has to sign over: for whom, and a number used once."""

    audience: str
    nonce: str


@dataclass(frozen=True)
class Checked:
    """What was found. counted: in the day's root; waits: its day was not counted where this record ends.

    of_old: by a hub that the record carries on from. hub, receipt: None where nothing could be read.
    """

    verdict: Verdict
    receipt: Receipt | None = None
    hub: Hub | None = None
    counted: Literal["yes", "waits", "unknown"] = "unknown"
    entry: int | None = None
    of_old: bool = False

    @property
    def branch(self) -> Mapping[str, Any] | None:
        """Area and branch, where its owner shows them: {"area": slug, "branch": slug or None}."""
        found = self.receipt.shown.get("branch") if self.receipt else None
        return found if isinstance(found, dict) else None

    @property
    def since(self) -> str | None:
        """The month since when the hub knew its owner as a member, where shown: YYYY-MM."""
        found = self.receipt.shown.get("since") if self.receipt else None
        return found if isinstance(found, str) else None


def verdict(
    file: str,
    hubs: tuple[Hub, ...],
    now: dt.datetime,
    *,
    must_be_counted: bool = True,
    challenge: Challenge | None = None,
) -> Checked:
    """Says whether a text is a valid membership receipt, of which hub, and of which branch since when.

    hubs: what a verified record says (queries.hubs), the newest last. must_be_counted: refuses one whose day the record
    does not count, or counts without it: on a fork always, for whoever had the old hub's machine has its key too, and
    could sign for any day. challenge: what its owner's key has to sign now, where the receipt names one.
    """
    try:
        receipt = parse(file)
    except Spoilt as problem:
        return Checked(no("receipts.unreadable", f"This is no membership receipt that holds: {problem}."))
    hub = next((one for one in reversed(hubs) if one.is_issuer(receipt.issuer)), None)
    if hub is None:
        return Checked(no("receipts.other_hub", f"{receipt.issuer} is no hub that this record speaks of."), receipt)
    checked = _counted(receipt, hub, of_old=hub is not hubs[-1])
    found = (
        _key_known(receipt, hub)
        and _in_time(receipt, now)
        and _must_count(checked, must_be_counted)
        and (_is_theirs(receipt, challenge, now) if challenge else YES)
    )
    return checked if found else Checked(**{**checked.__dict__, "verdict": found})


def _key_known(receipt: Receipt, hub: Hub) -> Verdict:
    if receipt.key in hub.all_keys:
        return YES
    return no("receipts.unknown_key", "No charter and no entry of that hub names the key that signed this receipt.")


def _in_time(receipt: Receipt, now: dt.datetime) -> Verdict:
    today = now.date()
    if today < receipt.day:
        return no("receipts.too_early", f"It is of a day that has not come: {receipt.day}.")
    if today >= receipt.until:
        return no("receipts.expired", f"It ran out on {receipt.until}. Receipts last 90 days.")
    return YES


def _counted(receipt: Receipt, hub: Hub, *, of_old: bool) -> Checked:
    """Looks for a receipt in what its day counted: by the proof it brings, or in the day's file."""
    day = hub.days.get(receipt.day.isoformat())
    if day is None:
        return Checked(YES, receipt, hub, "waits", None, of_old)
    known = Checked(YES, receipt, hub, "unknown", day.entry, of_old)
    if receipt.key not in day.keys:
        return Checked(**{**known.__dict__, "verdict": no("receipts.other_key", "That day was signed by another key.")})
    proof = receipt.proof
    if proof is None and day.digests is not None:
        proof = days.prove(day.entry, day.digests, receipt.digest)
        if proof is None:
            return Checked(**{**known.__dict__, "verdict": _UNCOUNTED})
    if proof is None:
        return known
    try:
        if proof.entry != day.entry:
            raise Spoilt("a proof of another day")
        days.check(proof, receipt.digest, day.issued, parse_hash(day.root))
    except Spoilt:
        return Checked(**{**known.__dict__, "verdict": _UNCOUNTED})
    return Checked(YES, receipt, hub, "yes", day.entry, of_old)


_UNCOUNTED = no(
    "receipts.uncounted", "The hub counted that day without this receipt: it was signed afterwards, or not by the hub."
)


def _must_count(checked: Checked, must: bool) -> Verdict:
    if not checked.verdict:
        return checked.verdict
    if must and checked.counted == "waits":
        return no("receipts.not_counted", "The record ends before the day of this receipt was counted.")
    if must and checked.counted == "unknown":
        return no("receipts.no_proof", "It brings no proof that it was counted, and the list of that day is not here.")
    return YES


def _is_theirs(receipt: Receipt, challenge: Challenge, now: dt.datetime) -> Verdict:
    """Source: RFC 9901 section 7.3, step 5."""
    if receipt.bound is None:
        return YES
    said = receipt.binding
    if said is None:
        return no("receipts.no_key", "This receipt is its owner's by a key, and nothing here is signed with that key.")
    at = said.get("iat")
    is_now = isinstance(at, int) and abs(now.timestamp() - at) <= MOMENT.total_seconds()
    if (said.get("aud"), said.get("nonce")) != (challenge.audience, challenge.nonce) or not is_now:
        return no("receipts.other_question", "The key signed for somebody else, or at another time.")
    return YES
