"""The only writer of charters. No office adopts one: trustees' signatures are its warrant, and anybody checks them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.charter import queries
from hub.charter.entries import CharterAdopted
from hub.charter.models import charters
from hub.charter.rules import Signed, begin_verdict, next_verdict, open_charter
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, unwarranted
from hub.ledger.beginnings import continued_by, key_named
from hub.tlog.hashes import Spoilt

_ADD = sa.insert(charters)


def may_adopt(tx: Connection, entry: Entry, record: CharterAdopted) -> Verdict:
    """A charter follows the one in force, or begins an heir's own chain; it names the key that signs this very log."""
    before = queries.newest(tx)
    try:
        signed = opened(record.note, before)
        begun = list(queries.beginnings(tx))
        key, continued = key_named(begun), continued_by(begun)
    except Spoilt as problem:
        return no("charter.spoilt", f"This is no charter that can be adopted: {problem}.")
    if before is None or (signed.charter.version == 1 and queries.in_force(tx) is None):
        verdict = begin_verdict(signed, continued, queries.ever_adopted(tx))
    else:
        verdict = next_verdict(before, signed)
    if not verdict:
        return verdict
    if signed.charter.version != record.version:
        return no("charter.other_number", "The entry names another version than the charter in it.")
    if signed.charter.policy.logs[0].key != key:
        return no("charter.other_log", "This charter names another key than the one that signs this record.")
    return YES if entry.by is None else unwarranted(tx, entry, record)


@applies(CharterAdopted, warrant=may_adopt)
def adopt(tx: Connection, entry: Entry, record: CharterAdopted, said: Said) -> None:
    """Puts a charter in force."""
    signed = opened(record.note, queries.newest(tx))
    row = {
        "version": record.version,
        "entry": entry.index,
        "since": entry.at,
        "hash": signed.hash,
        "signed": record.note,
        "has_quorum": signed.charter.policy.quorum != "none",
    }
    tx.execute(_ADD, row)


def opened(note: str, before: Signed | None) -> Signed:
    """Opens a charter with its own trustees' keys and those before it. Raises Spoilt."""
    return open_charter(note.encode("utf-8", "surrogatepass"), before.charter.trustees if before else ())
