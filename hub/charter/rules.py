"""Which charter counts: the first by its fingerprint and its own trustees, each later one by the old and the new.

Source: The Update Framework specification 1.0.33, section 5.3 (root rotation); reference/federation-and-mirror.md 4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.charter.text import Charter, parse_charter, text_hash
from hub.errors import YES, Verdict, no
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt
from hub.tlog.note import Note, Signature, Verifier, open_note, parse_note

AHEAD = dt.timedelta(hours=1)  # how far a witness's clock may be before ours


@dataclass(frozen=True)
class Signed:
    """A charter with its text and the trustees' keys that truly signed it, of those asked for."""

    charter: Charter
    text: str
    signers: frozenset[Verifier]

    @property
    def hash(self) -> bytes:
        """What the next charter names as its previous one."""
        return text_hash(self.text)

    def count(self, trustees: Iterable[Verifier]) -> int:
        """Returns how many of these trustees' keys signed; a key counts once, under whatever name."""
        return len({key.public for key in self.signers} & {key.public for key in trustees})


def witnessed_at(charter: Charter, text: str, lines: Iterable[Signature], now: dt.datetime) -> dt.datetime | None:
    """Returns when a checkpoint was signed, as so many witnesses say as make a quorum; None where none does.

    Of their moments the newest that a whole quorum has reached: one witness that lies moves it to no day that an honest
    one has not seen. A moment that is still to come here is no moment.
    """
    times = sorted(line.time for _, line in charter.policy.held_by(text, lines))
    times = [time for time in times if time <= (now + AHEAD).timestamp()]
    needed = max(1, charter.policy.fewest())
    return dt.datetime.fromtimestamp(times[-needed], dt.UTC) if len(times) >= needed else None


def open_charter(raw: bytes, also: Iterable[Verifier] = ()) -> Signed:
    """Reads a charter's note and checks its own trustees' signatures, and those of the keys named besides.

    Raises Spoilt for what is no charter, and where a known key's signature does not hold. A charter that nobody known
    has signed opens, with no signers.
    """
    text, lines = parse_note(raw)
    charter = parse_charter(text)
    known = {(key.name, key.key_id): key for key in (*charter.trustees, *also)}
    if not any((line.name, line.key_id) in known for line in lines):
        return Signed(charter, text, frozenset())
    note: Note = open_note(raw, known.values())
    return Signed(charter, text, frozenset(known[line.name, line.key_id] for line in note.signatures))


def first_verdict(signed: Signed) -> Verdict:
    """May this be a hub's first charter? Whether it is *the* first, only its fingerprint says."""
    if signed.charter.version != 1:
        return no("charter.not_first", "The first charter of a hub is version 1.")
    return _signed_by(signed, signed.charter, "its own trustees", "charter.not_signed_by_new")


def begin_verdict(signed: Signed, continued: Checkpoint | None, before: Sequence[Signed] = ()) -> Verdict:
    """May a record's charters begin with this one? Of an heir: without the trustees of the hub that it carries on from.

    continued: the history that the record continues, as its newest beginning says; None where it began by itself.
    before: the charters that came along with that history. Whoever knows their fingerprint does not follow this one:
    people choose. Source: reference/federation-and-mirror.md sections 4 and 5, "unblessed fork".
    """
    verdict, named = first_verdict(signed), signed.charter.continues
    if not verdict:
        return verdict
    if named is None and before:
        return no(
            "charter.not_continuing",
            "This record came along with charters of other trustees: one of its own says what it continues.",
        )
    if named is not None and named != continued:
        return no("charter.other_history", "It continues another history than the one that this record goes on from.")
    if any(signed.charter.hub == old.charter.hub for old in before):
        return no("charter.same_name", "It bears the name of the hub that it leaves. Two chains must not.")
    return YES


def next_verdict(before: Signed, after: Signed) -> Verdict:
    """May ``after`` follow ``before``? Both open; ``after`` opened with the old trustees' keys as well."""
    old, new = before.charter, after.charter
    if new.version != old.version + 1:
        return no("charter.other_version", f"After version {old.version} comes {old.version + 1}, not {new.version}.")
    if new.hub != old.hub:
        return no("charter.other_hub", f"This is a charter of {new.hub}, not of {old.hub}.")
    if new.previous != before.hash:
        return no("charter.other_previous", f"It does not continue the version {old.version} that is in force.")
    verdict = _signed_by(after, old, "the trustees of the charter before it", "charter.not_signed_by_old")
    return verdict if not verdict else _signed_by(after, new, "its own trustees", "charter.not_signed_by_new")


def walk(notes: Sequence[bytes], fingerprint: bytes | None = None) -> list[Signed]:
    """Follows a chain from version 1; returns every charter of it. fingerprint: of version 1, where one is known.

    Raises Spoilt at the first that does not follow.
    """
    chain: list[Signed] = []
    for raw in notes:
        signed = open_charter(raw, chain[-1].charter.trustees if chain else ())
        verdict = next_verdict(chain[-1], signed) if chain else first_verdict(signed)
        if not verdict:
            raise Spoilt(f"charter {signed.charter.version} does not count: {verdict.sentence}")
        if not chain and fingerprint not in (None, signed.hash):
            raise Spoilt("the first charter has another fingerprint than the one you know")
        chain.append(signed)
    return chain


def _signed_by(signed: Signed, charter: Charter, whose: str, code: str) -> Verdict:
    count = signed.count(charter.trustees)
    if count >= charter.threshold:
        return YES
    return no(code, f"{count} of {whose} signed; {charter.threshold} of {len(charter.trustees)} must.")
