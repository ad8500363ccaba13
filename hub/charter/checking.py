"""Checking a copy's charters: the chain walked, held against the record that adopted it, its quorum counted.

Values in, findings out: where notes come from is the caller's. Nothing here believes a hub. What no honest hub serves
is refused; what somebody should know is a note; where trustees have turned away from this record, that is a problem.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hub.charter.changes import fingerprint_of
from hub.charter.rules import Signed, walk
from hub.charter.text import Charter, is_expired
from hub.ledger.beginnings import Unverified, beginnings
from hub.ledger.entries import Entry, parse_entry
from hub.tlog.hashes import Spoilt
from hub.tlog.note import Signature, Verifier, parse_note

MARK = b'"charter.adopted"'


@dataclass(frozen=True)
class Record:
    """What a log says of charters. adopted: entry and note of each that took effect; begun: the newest beginning.

    adopted is the newest chain: an heir that no trustees sent has begun it after that of the hub which it continues.
    """

    key: Verifier
    adopted: tuple[tuple[int, bytes], ...] = ()
    begun: int = 0

    @property
    def is_bound(self) -> bool:
        """Tells whether the newest charter of the record was adopted for this very log, not for one it continues."""
        return bool(self.adopted) and self.adopted[-1][0] > self.begun


@dataclass(frozen=True)
class Findings:
    """What checking found. chain: every charter from the first; witnesses: names of those who signed the checkpoint."""

    chain: tuple[Signed, ...] = ()
    witnesses: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The hub's fingerprint as it is printed, or ""."""
        return fingerprint_of(self.chain[0].text) if self.chain else ""


def record_of(found: Sequence[bytes], ignored: Container[int], key: Verifier) -> Record:
    """Reads what entries say of charters. ignored: indices of entries that change nothing."""
    adopted = [entry for entry in _adopted(found) if entry.index not in ignored]
    first = max((at for at, entry in enumerate(adopted) if entry.data.get("version") == 1), default=0)
    newest = tuple((entry.index, _note(entry)) for entry in adopted[first:])
    return Record(key, newest, max((entry.index for entry in beginnings(found)), default=0))


def check(
    served: Sequence[bytes], record: Record, checkpoint: bytes, today: dt.date, fingerprint: bytes | None = None
) -> Findings:
    """Checks charters as served, 1 to n, against a record and its checkpoint. fingerprint: of charter 1, where known.

    Raises Unverified in words.
    """
    chain = _walked(served, fingerprint)
    _compare(chain, served, record)
    found = Findings(chain, _witnesses(chain, record, checkpoint))
    if chain:
        _weigh(found, record, today)
    return found


def _adopted(found: Iterable[bytes]) -> Iterator[Entry]:
    for index, raw in enumerate(found):
        if MARK in raw:
            entry = parse_entry(raw, index)
            if entry.type == "charter.adopted":
                yield entry


def _note(entry: Entry) -> bytes:
    return str(entry.data.get("note")).encode("utf-8", "surrogatepass")


def _walked(served: Sequence[bytes], fingerprint: bytes | None) -> tuple[Signed, ...]:
    if not served and fingerprint is not None:
        raise Unverified("No charter is served, so nothing here has the fingerprint that is known of this hub.")
    try:
        chain = tuple(walk(served))
    except Spoilt as problem:
        raise Unverified(f"The charters do not hold: {problem}.") from problem
    if chain and fingerprint not in (None, chain[0].hash):
        raise Unverified(other_fingerprint(chain[0]))
    return chain


def other_fingerprint(first: Signed) -> str:
    """Says that a chain does not begin with the charter that is known, and whose it is."""
    left = first.charter.continues
    if left is None:
        return "The charters do not hold: the first charter has another fingerprint than the one you know."
    return (
        f"{first.charter.hub} carries on from {left.origin} at entry {left.size}, without {left.origin}'s trustees: it "
        "has charters of its own, and not the fingerprint you know. To follow it all the same, give its own: "
        f'--fingerprint "{fingerprint_of(first.text)}"'
    )


def _compare(chain: Sequence[Signed], served: Sequence[bytes], record: Record) -> None:
    for number, (entry, note) in enumerate(record.adopted, 1):
        if number > len(chain):
            raise Unverified(f"Entry {entry} adopts charter {number}, which is not served.")
        if served[number - 1] != note:
            raise Unverified(f"Charter {number} is served otherwise than entry {entry} adopts it.")


def _witnesses(chain: Sequence[Signed], record: Record, checkpoint: bytes) -> tuple[str, ...]:
    """Returns who signed the checkpoint, by the charter in force there or a later one that names the same log.

    A later one counts because its trustees have signed it: whom it names, a hub may ask before its record says so.
    """
    if not record.is_bound:
        return ()
    text, lines = parse_note(checkpoint)
    asked = [signed.charter for signed in chain[len(record.adopted) - 1 :]]
    held = [
        (charter, charter.policy.held_by(text, lines)) for charter in asked if charter.policy.logs[0].key == record.key
    ]
    for charter, by in held:
        _insist_all_hold(charter, [one.name for one, _ in by], lines)
        if charter.policy.is_met([one.key for one, _ in by]):
            return tuple(one.name for one, _ in by)
    charter, by = held[0]
    raise Unverified(_too_few(charter, len(by)))


def insist_on_quorum(charter: Charter, key: Verifier, checkpoint: bytes) -> tuple[str, ...]:
    """Returns the names of a charter's witnesses who signed a checkpoint of a log. key: that log's.

    Raises Unverified where the charter speaks of another log, where fewer than its quorum signed, and for a witness's
    signature that was spoilt.
    """
    if charter.policy.logs[0].key != key:
        raise Unverified(f"Charter {charter.version} speaks of another log: {charter.policy.logs[0].key.name}.")
    text, lines = parse_note(checkpoint)
    by = charter.policy.held_by(text, lines)
    _insist_all_hold(charter, [one.name for one, _ in by], lines)
    if not charter.policy.is_met([one.key for one, _ in by]):
        raise Unverified(_too_few(charter, len(by)))
    return tuple(one.name for one, _ in by)


def _too_few(charter: Charter, signed: int) -> str:
    return (
        f"{signed} of {len(charter.policy.witnesses)} witnesses signed this checkpoint, which is too few: "
        f"charter {charter.version} asks for {charter.policy.fewest()} or more."
    )


def _insist_all_hold(charter: Charter, held: Sequence[str], lines: Iterable[Signature]) -> None:
    """Whoever signed nothing is no fault, where enough others did; a signature that was spoilt is."""
    named = {(line.name, line.key_id) for line in lines}
    for one in charter.policy.witnesses:
        if (one.key.name, one.key.key_id) in named and one.name not in held:
            raise Unverified(f"The signature of the witness {one.name} does not hold.")


def _weigh(found: Findings, record: Record, today: dt.date) -> None:
    newest, left = found.chain[-1].charter, found.chain[0].charter.continues
    if left is not None:
        found.notes.append(
            f"{newest.hub} carries on from {left.origin} at entry {left.size}, without {left.origin}'s trustees: these "
            "charters are its own. Whoever trusts those trustees knows another fingerprint."
        )
    log, is_new = newest.policy.logs[0], len(found.chain) > len(record.adopted)
    if log.key != record.key and is_new:
        found.problems.append(
            f"Charter {newest.version}, which this record does not hold, names another log: {newest.hub} goes on at "
            f"{newest.issuer}, and its trustees do not stand behind this record any more."
        )
    elif log.key != record.key:
        found.notes.append(
            f"Charter {newest.version} names the log that this one continues: no trustees stand behind this record "
            "until they sign a charter that names it."
        )
    elif is_new:
        found.notes.append(f"Charter {newest.version} is signed, and not yet in the record.")
    if is_expired(newest, today):
        found.notes.append(f"Charter {newest.version} ended on {newest.expires}: its trustees owe the next one.")
