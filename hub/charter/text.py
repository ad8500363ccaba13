"""A charter's text, and its note.

    <hub>/charter/v1                    the hub's name; the same in every charter of one chain
    version <n>
    previous <base64>                   SHA-256 of the text before; not in version 1
    expires <day>
    threshold <k>                       how many trustees must sign, more than half
    trustee <vkey>                      0x01 keys, one a line
    issuer <address>                    where the hub is reached, and what its tokens are issued by
    federation-key <thumbprint>         RFC 7638, of the key under its entity statements; optional
    continues <origin> <size> <root>    version 1 of an heir that no trustees of the old hub sent; optional
    log <vkey> <address>                from here on a policy (c2sp.org/tlog-policy): log, witness, group, quorum

Lines stand in this order, written in one way. Nothing else may stand there: what a verifier does not know it could
not weigh.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from hub.tlog.checkpoint import LONGEST_ORIGIN, Checkpoint
from hub.tlog.hashes import Spoilt, format_base64, parse_hash, parse_number
from hub.tlog.note import ED25519, Verifier, format_vkey, parse_vkey
from hub.tlog.policy import Policy, format_policy, parse_policy

SUFFIX = "/charter/v1"
LONGEST = 32_768  # characters of a text
NAME = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
# Nothing that a screen could turn round, wipe or leave out: trustees sign what they read on it.
PLAIN = re.compile(r"[\n -~]*")
ISSUER = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Charter:
    """What trustees sign. previous: 32 bytes, None for version 1; threshold: how many of the trustees must."""

    hub: str
    version: int
    previous: bytes | None
    expires: dt.date
    threshold: int
    trustees: tuple[Verifier, ...]
    issuer: str
    policy: Policy
    federation_key: str | None = None
    continues: Checkpoint | None = None


def text_hash(text: str) -> bytes:
    """Returns what the next charter names as its previous one; of version 1, the hub's fingerprint. 32 bytes."""
    return hashlib.sha256(text.encode()).digest()


def format_fingerprint(digest: bytes) -> str:
    """Writes a fingerprint for paper: 64 hex digits in groups of four. parse_fingerprint is its inverse."""
    digits = digest.hex()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def parse_fingerprint(typed: str) -> bytes:
    """Reads a fingerprint as somebody copied it: spaces, colons and capitals count for nothing. Raises Spoilt."""
    digits = re.sub(r"[\s:-]", "", typed).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise Spoilt("not a fingerprint: 64 digits, 0 to 9 and a to f")
    return bytes.fromhex(digits)


def format_charter(charter: Charter) -> str:
    """Writes a charter's text. parse_charter(format_charter(c)) == c. Raises Spoilt for one that cannot stand."""
    text = _written(charter)
    if parse_charter(text) != charter:
        raise Spoilt("a charter that cannot be written")
    return text


def _written(charter: Charter) -> str:
    return "".join(f"{line}\n" for line in _lines(charter)) + format_policy(charter.policy)


def _lines(charter: Charter) -> Iterator[str]:
    yield charter.hub + SUFFIX
    yield f"version {charter.version}"
    if charter.previous is not None:
        yield f"previous {format_base64(charter.previous)}"
    yield f"expires {charter.expires.isoformat()}"
    yield f"threshold {charter.threshold}"
    yield from (f"trustee {format_vkey(key)}" for key in charter.trustees)
    yield f"issuer {charter.issuer}"
    if charter.federation_key is not None:
        yield f"federation-key {charter.federation_key}"
    if charter.continues is not None:
        head = charter.continues
        yield f"continues {head.origin} {head.size} {format_base64(head.root)}"


def parse_charter(text: str) -> Charter:
    """Reads a charter's text. Raises Spoilt, naming what is wrong, for anything that is not exactly one."""
    if len(text) > LONGEST or not text.endswith("\n") or not PLAIN.fullmatch(text):
        raise Spoilt("not a charter")
    lines = _Lines(text[:-1].split("\n"))
    hub, found, kind = lines.take().partition(SUFFIX)
    if not found or kind or not NAME.fullmatch(hub):
        raise Spoilt(f"a text whose first line is not <hub>{SUFFIX}")
    charter = Charter(
        hub=hub,
        version=parse_number(lines.need("version")),
        previous=_maybe(lines.maybe("previous"), parse_hash),
        expires=_day(lines.need("expires")),
        threshold=parse_number(lines.need("threshold")),
        trustees=tuple(_trustee(value) for value in lines.each("trustee")),
        issuer=lines.need("issuer"),
        federation_key=lines.maybe("federation-key"),
        continues=_maybe(lines.maybe("continues"), _head),
        policy=parse_policy("".join(f"{line}\n" for line in lines.rest())),
    )
    fault = fault_of(charter) or ("lines that stand in another order" if _written(charter) != text else "")
    if fault:
        raise Spoilt(fault)
    return charter


def fault_of(charter: Charter) -> str:
    """Says what a charter that reads well still gets wrong in itself, or "". Who signed it is another question."""
    keys = {key.public for key in charter.trustees}
    checks = (
        (charter.version >= 1, "a charter below version 1"),
        ((charter.version == 1) == (charter.previous is None), "version 1 alone has no previous charter"),
        (charter.continues is None or charter.version == 1, "version 1 alone continues another hub"),
        (len(keys) == len(charter.trustees), "a trustee's key that is listed twice"),
        (
            2 * charter.threshold > len(keys) >= charter.threshold,
            "a threshold that is not more than half of the trustees",
        ),
        (bool(ISSUER.fullmatch(charter.issuer)), "an issuer that is no address"),
        (
            charter.federation_key is None or bool(THUMBPRINT.fullmatch(charter.federation_key)),
            "a federation key that is no thumbprint",
        ),
        (len(charter.policy.logs) == 1, "a charter that does not name exactly one log"),
        (
            charter.policy.quorum == "none" or 2 * charter.policy.fewest() > len(charter.policy.witnesses),
            "a quorum that half of the witnesses could make: two histories could both gather one",
        ),
        (
            keys.isdisjoint(key.public for key in charter.policy.verifiers),
            "a trustee's key that also signs for the log or a witness",
        ),
    )
    return next((fault for holds, fault in checks if not holds), "")


def is_expired(charter: Charter, today: dt.date) -> bool:
    """Tells whether a charter's day is past. It still verifies what was signed under it; a successor is due."""
    return today > charter.expires


class _Lines:
    """Lines in order, each taken by its first word."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.at = lines, 0

    def take(self) -> str:
        self.at += 1
        return self.lines[self.at - 1]

    def maybe(self, word: str) -> str | None:
        if self.at >= len(self.lines) or not self.lines[self.at].startswith(f"{word} "):
            return None
        return self.take().removeprefix(f"{word} ")

    def need(self, word: str) -> str:
        found = self.maybe(word)
        if found is None:
            raise Spoilt(f"a charter without its line: {word}")
        return found

    def each(self, word: str) -> Iterator[str]:
        yield self.need(word)
        while (found := self.maybe(word)) is not None:
            yield found

    def rest(self) -> list[str]:
        return self.lines[self.at :]


def _maybe(value: str | None, read: Callable[[str], _Read]) -> _Read | None:
    return None if value is None else read(value)


def _day(value: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as problem:
        raise Spoilt("not a day: YYYY-MM-DD") from problem
    if day.isoformat() != value:
        raise Spoilt("not a day: YYYY-MM-DD")
    return day


def _trustee(value: str) -> Verifier:
    key = parse_vkey(value)
    if key.kind != ED25519:
        raise Spoilt(f"{key.name} with a key of another use")
    return key


def _head(value: str) -> Checkpoint:
    parts = value.split(" ")
    if len(parts) != 3 or not parts[0] or len(parts[0].encode()) > LONGEST_ORIGIN:
        raise Spoilt("a history to continue that is not: origin, size, root")
    return Checkpoint(parts[0], parse_number(parts[1]), parse_hash(parts[2]))
