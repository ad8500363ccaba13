"""The kinds of value that may stand in clear in an entry: a closed list, so nothing personal or typed can slip in.

A record's field is annotated with one of these; the linter reads the annotation. Whatever a person typed is an opening.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from hub import clock, ids

WORD = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,2}")
BINDING = re.compile(r"[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9_-]{1,800}\.[A-Za-z0-9_-]{86}")
DISTRICT = re.compile(r"[A-Z0-9]{2,4}")
STRATUM = re.compile(r"([a-z0-9-]{1,60}=[a-z0-9-]{1,60})?")
SOURCE = re.compile(r"drand-[a-z]+-[1-9][0-9]*")
READING = re.compile(r"[0-9a-f]{96}")
HEX_64 = re.compile(r"[0-9a-f]{64}")
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
BASE64_32 = re.compile(r"[A-Za-z0-9+/]{43}=")
# An origin is a schema-less address: the name a log signs under.
ORIGIN = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?(/[a-z0-9-]{1,40})?")
VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}")
# name+8 hex digits+base64: the public form of a signed-note key (c2sp.org/signed-note).
VKEY = re.compile(r"[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,80}={0,2}")


@dataclass(frozen=True)
class Kind:
    """A name for messages, and the test a value must pass. names_file: whether a value is the name of a public file."""

    name: str
    fits: Callable[[Any], bool]
    names_file: bool = False


def _matching(name: str, pattern: re.Pattern[str]) -> Kind:
    return Kind(name, lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None)


def _identifier(prefix: str) -> Kind:
    return Kind(f"{prefix}_ identifier", lambda value: isinstance(value, str) and ids.is_id(value, prefix))


def _is_minute(value: Any) -> bool:
    try:
        clock.parse_minute(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _all_short(value: Any, most: int, fits: Callable[[str], bool]) -> bool:
    return (
        isinstance(value, list) and len(value) <= most and all(isinstance(part, str) and fits(part) for part in value)
    )


def _is_district(text: str) -> bool:
    return DISTRICT.fullmatch(text) is not None


def _is_word(text: str) -> bool:
    return WORD.fullmatch(text) is not None


def _is_stratum(text: str) -> bool:
    return len(text) <= 121 and STRATUM.fullmatch(text) is not None


def _is_quota(text: str) -> bool:
    stratum, *numbers = text.split(" ")
    return _is_stratum(stratum) and len(numbers) == 3 and all(part.isascii() and part.isdecimal() for part in numbers)


def _is_tally(text: str) -> bool:
    stratum, _space, many = text.partition(" ")
    return bool(stratum) and _is_stratum(stratum) and many.isascii() and many.isdecimal() and len(many) <= 7


def _is_source(text: str) -> bool:
    return len(text) <= 80 and SOURCE.fullmatch(text) is not None


def _is_reading(text: str) -> bool:
    return READING.fullmatch(text) is not None


def _is_thumbprint(text: str) -> bool:
    return THUMBPRINT.fullmatch(text) is not None


def _is_place(text: str) -> bool:
    return 0 < len(text) <= 80 and text.isprintable()


def _is_scope(value: Any) -> bool:
    return value == "hub" or (isinstance(value, str) and (ids.is_id(value, "brn") or ids.is_id(value, "grp")))


HolderId = Annotated[str, _identifier("hld")]
GrantId = Annotated[str, _identifier("grt")]
ActId = Annotated[str, _identifier("act")]
BranchId = Annotated[str, _identifier("brn")]
GroupId = Annotated[str, _identifier("grp")]
KeyId = Annotated[str, _identifier("key")]
# A COSE_Key (RFC 9052 section 7), base64url without padding; the fold reads it.
PublicKey = Annotated[str, _matching("public key", re.compile(r"[A-Za-z0-9_-]{40,900}"))]
# Ed25519 as RFC 8037 writes it: 32 bytes in base64url without padding.
RoleKey = Annotated[str, _matching("public key of Ed25519", re.compile(r"[A-Za-z0-9_-]{43}"))]
# A key binding (RFC 9901 section 4.3): a JWS whose parts the fold reads.
Binding = Annotated[str, _matching("key binding", BINDING)]
BallotId = Annotated[str, _identifier("bal")]
StatementId = Annotated[str, _identifier("stm")]
LinkId = Annotated[str, _identifier("lnk")]
ClientId = Annotated[str, _identifier("cli")]
TicketId = Annotated[str, _identifier("tkt")]
ImportId = Annotated[str, _identifier("imp")]
HolderIds = Annotated[
    list[str], Kind("hld_ identifiers", lambda value: _all_short(value, 100, lambda text: ids.is_id(text, "hld")))
]
GrantIds = Annotated[
    list[str], Kind("grt_ identifiers", lambda value: _all_short(value, 100, lambda text: ids.is_id(text, "grt")))
]
ScopeId = Annotated[str, Kind("scope id", _is_scope)]
Slug = Annotated[str, Kind("slug", lambda value: isinstance(value, str) and ids.is_slug(value))]
Word = Annotated[str, _matching("word", WORD)]
Minute = Annotated[str, Kind("minute", _is_minute)]
Day = Annotated[str, Kind("day", _is_day)]
Count = Annotated[int, Kind("count", _is_count)]
Yes = Annotated[bool, Kind("yes or no", lambda value: isinstance(value, bool))]
Sha256 = Annotated[str, _matching("SHA-256 in hexadecimal", HEX_64)]
Sha256s = Annotated[
    list[str],
    Kind("SHA-256s in hexadecimal", lambda value: _all_short(value, 400, lambda t: HEX_64.fullmatch(t) is not None)),
]
# A file too large for an entry, served under /files by the SHA-256 of its bytes; mirrors copy what is named so.
FILE = replace(_matching("file by its SHA-256", HEX_64), names_file=True)
FileName = Annotated[str, FILE]
Root = Annotated[str, _matching("SHA-256 in base64", BASE64_32)]
# RFC 7638 thumbprints of keys that sign tokens.
Thumbprints = Annotated[
    list[str],
    Kind("thumbprints of keys", lambda value: bool(value) and _all_short(value, 10, _is_thumbprint)),
]
Origin = Annotated[str, _matching("origin", ORIGIN)]
VerifierKey = Annotated[str, _matching("verifier key", VKEY)]
Release = Annotated[str, _matching("release", VERSION)]
Districts = Annotated[list[str], Kind("postcode districts", lambda value: _all_short(value, 400, _is_district))]
TicketIds = Annotated[
    list[str], Kind("tickets", lambda value: _all_short(value, 400, lambda text: ids.is_id(text, "tkt")))
]
Words = Annotated[list[str], Kind("words", lambda value: _all_short(value, 400, _is_word))]
# Of a draw by lot: "key=value" of a ticket ("" where it has none), "key=value COUNT LEAST MOST" of a pool's strata, the
# sources of randomness by name, and what each of them said: hexadecimal digits, or numbers each with a dot behind.
Strata = Annotated[list[str], Kind("strata", lambda value: _all_short(value, 400, _is_stratum))]
Quotas = Annotated[list[str], Kind("quotas", lambda value: _all_short(value, 400, _is_quota))]
# "key=value COUNT": how many in a pool said so of themselves, rounded down to ten.
Tallies = Annotated[list[str], Kind("counts of strata", lambda value: _all_short(value, 40, _is_tally))]
# A round of a chain, and what it says: its signature.
SourceName = Annotated[str, Kind("source of randomness", lambda value: isinstance(value, str) and _is_source(value))]
Signature = Annotated[str, Kind("signature of a round", lambda value: isinstance(value, str) and _is_reading(value))]
# Names of places are public configuration, declared by office: with the constitution, the only text in clear.
PlaceNames = Annotated[
    list[str], Kind("names of a place", lambda value: bool(value) and _all_short(value, 12, _is_place))
]
# A charter with its trustees' signatures: keys and addresses of hosts, signed to be read by everybody.
CharterNote = Annotated[str, Kind("charter", lambda value: isinstance(value, str) and 0 < len(value) <= 50_000)]
RuleText = Annotated[str, Kind("constitution", lambda value: isinstance(value, str) and 0 < len(value) <= 60_000)]
