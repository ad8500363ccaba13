"""The private trail: one's own, newest first, and forgotten after two years."""

from __future__ import annotations

from typing import Any

from hub import audit
from hub.db import Database


def test_trail_shows_ones_own_newest_first(db: Database, clock_at: Any) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        for person, what in (("per_a", "one"), ("per_b", "decoy"), ("per_a", "two")):
            audit.note(tx, person=person, what=what, by="self", why="a test")
            clock.advance(minutes=1)

    with db.read() as tx:
        found = audit.notes_about(tx, "per_a")

    assert [(note.what, note.by, note.why) for note in found] == [("two", "self", "a test"), ("one", "self", "a test")]


def test_note_is_forgotten_after_two_years_and_not_before(db: Database, clock_at: Any) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        audit.note(tx, person="per_a", what="old", by="self", why="x")
    clock.advance(days=365)
    with db.write() as tx:
        audit.note(tx, person="per_a", what="young", by="self", why="x")

    clock.advance(days=365)
    with db.write() as tx:
        before = audit.forget_old(tx)
    clock.advance(seconds=1)
    with db.write() as tx:
        after = audit.forget_old(tx)
        left = [note.what for note in audit.notes_about(tx, "per_a")]

    assert (before, after, left) == (0, 1, ["young"])
