"""The linter: refuses, before the append, whatever the record must never hold.

An append-only log cannot forget. So each type has a closed schema, clear values come from the closed list of kinds, and
typed words have names the type allows. Texts that may stand in clear are scanned for mail addresses and full postcodes.
Replay asks the same questions, so an entry that a careless or hostile hub wrote past its linter changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hub.errors import YES, Verdict, no
from hub.ledger import entries, signed
from hub.ledger.openings import LONGEST

MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[a-z]{2,}", re.I)
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s+[0-9][A-Z]{2}\b")
NEWER = frozenset({"ledger.unknown_type", "ledger.unknown_version"})  # what a newer program may fold
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


def verdict(entry: entries.Entry, raw: bytes) -> Verdict:
    """Says whether an entry may stand in the record, with the reason when it may not. raw: its bytes."""
    spec = entries.TYPES.get(entry.type)
    if spec is None:
        return no("ledger.unknown_type", f"{entry.type} is no kind of entry known here.")
    if entry.v != 1:
        return no("ledger.unknown_version", f"{entry.type} is written in a way not known here.")
    if entry.sig is not None and not _is_signature(entry.sig):
        return no("ledger.signature_unfit", f"{entry.type} carries a signature that is none.")
    data = entry.data
    for name, kind in spec.fields.items():
        if name not in data:
            if name in spec.required:
                return no("ledger.field_missing", f"{entry.type} needs {name}.")
        elif not kind.fits(data[name]):
            return no("ledger.field_unfit", f"{entry.type}: {name} is no {kind.name}.")
    if not data.keys() <= spec.fields.keys():
        return no("ledger.field_unknown", f"{entry.type} has a field that is not known here.")
    if entry.sd and not _digests_fit(entry.sd, len(spec.openings)):
        return no("ledger.digests_unfit", f"{entry.type} carries digests it has no words for.")
    return _clear(entry.type, raw)


def words_verdict(spec: entries.EntryType, words: Mapping[str, str]) -> Verdict:
    """Says whether what a person typed may be the words of an entry of this type."""
    for name, text in words.items():
        if name not in spec.openings:
            return no("ledger.word_unknown", f"{spec.name} has no word {name}.")
        if not is_word(text):
            return no(
                "ledger.word_unfit", f"{name} is longer than {LONGEST} characters, or holds what is no character."
            )
    return YES


def is_word(text: str) -> bool:
    """Tells whether a text can be kept and shown: not too long, no NUL, no half character (lone surrogate)."""
    return len(text) <= LONGEST and "\x00" not in text and (text.isascii() or not _HALF.search(text))


_HALF = re.compile("[\ud800-\udfff]")


def _is_signature(sig: Mapping[str, Any]) -> bool:
    try:
        signed.parse_sig(sig)
    except ValueError:
        return False
    return True


def _digests_fit(sd: tuple[str, ...], most: int) -> bool:
    return (
        len(sd) <= most
        and all(DIGEST.fullmatch(digest) for digest in sd)
        and all(left < right for left, right in pairwise(sd))
    )


def _clear(name: str, raw: bytes) -> Verdict:
    if len(raw) > entries.LARGEST:
        return no("ledger.too_large", f"{name} is larger than 65 535 bytes.")
    if (b"@" in raw and MAIL.search(raw.decode())) or (b" " in raw and POSTCODE.search(raw.decode())):
        return no("ledger.personal", f"{name} holds what looks like a mail address or a postcode.")
    return YES
