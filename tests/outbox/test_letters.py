"""Letters are stored with the change they tell of, in a closed form, and taken once."""

from __future__ import annotations

from typing import Any

import pytest

from hub import outbox
from hub.db import Database


def test_letter_waits_until_it_is_taken(db: Database, clock_at: Any) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        outbox.put(tx, person="per_a", template="welcome")
        clock.advance(minutes=1)
        outbox.put(tx, person="per_b", template="registered", place="/groups/x")

    with db.write() as tx:
        first, second = outbox.unsent(tx)
        outbox.mark_sent(tx, first.id)
        left = outbox.unsent(tx)
        one = outbox.unsent(tx, limit=1)

    assert [(letter.person, letter.template, dict(letter.params)) for letter in (first, second)] == [
        ("per_a", "welcome", {}), ("per_b", "registered", {"place": "/groups/x"}),
    ]  # fmt: skip
    assert left == one == [second]


def test_notices_are_ones_own_newest_first_sent_or_not(db: Database, clock_at: Any) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        for person, template in (("per_a", "welcome"), ("per_b", "welcome"), ("per_a", "membership_ended")):
            outbox.put(tx, person=person, template=template)
            clock.advance(minutes=1)
        outbox.mark_sent(tx, outbox.unsent(tx)[0].id)

    with db.read() as tx:
        found = [letter.template for letter in outbox.notices(tx, "per_a")]

    assert found == ["membership_ended", "welcome"]


@pytest.mark.parametrize(
    ("template", "params"),
    [("unknown", {}), ("welcome", {"place": "/x"}), ("registered", {}), ("registered", {"place": "/x", "name": "y"})],
)
def test_letter_of_another_form_is_refused_and_nothing_is_written(
    db: Database, template: str, params: dict[str, str]
) -> None:
    with db.write() as tx:
        with pytest.raises((KeyError, ValueError)):
            outbox.put(tx, person="per_a", template=template, **params)
        assert outbox.unsent(tx) == []


def test_letter_falls_with_the_change_it_told_of(db: Database) -> None:
    def fail() -> None:
        with db.write() as tx:
            outbox.put(tx, person="per_a", template="welcome")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with db.read() as tx:
        assert outbox.notices(tx, "per_a") == []
