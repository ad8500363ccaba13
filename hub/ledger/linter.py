"""The linter: refuses, before the append, whatever the record must never hold.

An append-only log cannot forget. So each type has a closed schema, clear values come from the closed list of kinds, and
typed words have names the type allows. Texts that may stand in clear are scanned for mail addresses and full postcodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.errors import YES, Verdict, no
from hub.ledger import canonical, entries
from hub.ledger.openings import LONGEST

MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.I)
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s+[0-9][A-Z]{2}\b")
TYPE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


def verdict(entry: entries.Entry, words: Mapping[str, str]) -> Verdict:
    """Says whether an entry may stand in the record, with the reason when it may not."""
    spec = entries.TYPES.get(entry.type)
    if spec is None or not TYPE.fullmatch(entry.type):
        return no("ledger.unknown_type", f"{entry.type} is no kind of entry known here.")
    for name, kind in spec.fields.items():
        if name in spec.required and name not in entry.data:
            return no("ledger.field_missing", f"{entry.type} needs {name}.")
        if name in entry.data and not kind.fits(entry.data[name]):
            return no("ledger.field_unfit", f"{entry.type}: {name} is no {kind.name}.")
    unknown = entry.data.keys() - spec.fields.keys()
    if unknown:
        return no("ledger.field_unknown", f"{entry.type} has no field {min(unknown)}.")
    if len(entry.sd) > len(spec.openings) or list(entry.sd) != sorted(set(entry.sd)):
        return no("ledger.digests_unfit", f"{entry.type} carries digests it has no words for.")
    for name, text in words.items():
        if name not in spec.openings:
            return no("ledger.word_unknown", f"{entry.type} has no word {name}.")
        if len(text) > LONGEST or "\x00" in text:
            return no("ledger.word_unfit", f"{name} is too long, or holds a NUL.")
    return _clear(entry)


def _clear(entry: entries.Entry) -> Verdict:
    try:
        raw = entries.format_entry(entry)
    except canonical.NotCanonical as problem:
        return no("ledger.not_canonical", f"{entry.type}: {problem}.")
    if len(raw) > entries.LARGEST:
        return no("ledger.too_large", f"{entry.type} is larger than 65 535 bytes.")
    text = raw.decode("utf-8")
    if MAIL.search(text) or POSTCODE.search(text):
        return no("ledger.personal", f"{entry.type} holds what looks like a mail address or a postcode.")
    return YES
