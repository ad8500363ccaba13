"""The house's own fixtures: an empty database each time, on both engines; a clock that stands still; templates."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest
import sqlalchemy as sa

from hub import clock
from hub.ledger import models
from tests import templates


def row(index):
    return {"index": index, "type": "hub.founded", "at": clock.parse_minute("2026-11-21T20:00Z"), "bytes": b"{}"}


def test_db_is_empty_and_apart_from_another(db, another_db):
    with db.write() as tx:
        tx.execute(sa.insert(models.entries), [row(0)])

    with db.read() as tx, another_db.read() as other:
        found = (
            tx.scalars(sa.select(models.entries.c.index)).all(),
            other.scalars(sa.select(models.entries.c.index)).all(),
        )

    assert found == ([0], [])


def test_db_is_empty_again_after_a_test_that_wrote(db):
    with db.read() as tx:
        assert tx.scalars(sa.select(models.entries.c.index)).all() == []


def test_clock_stands_still_until_moved(clock_at):
    clock_at("2026-11-21T20:00Z")

    clock_at.advance(days=1, minutes=1)

    assert clock.format_minute(clock.now()) == "2026-11-22T20:01Z"


def rendered(text: str, **options: Any) -> tuple[str, object]:
    """What a text comes to in an environment of its own, and what it was compiled to."""
    made = jinja2.Environment(loader=jinja2.DictLoader({"page.html": text}), **options)  # noqa: S701  # both are asked
    found = made.get_template("page.html")
    return found.render(who="<b>"), found.root_render_func.__code__


def test_template_is_compiled_once_for_all_who_read_it_alike():
    first, compiled = rendered("{{ who }}", autoescape=True)
    second, again = rendered("{{ who }}", autoescape=True)

    assert first == second == "&lt;b&gt;"
    assert compiled is again


def assert_read_by_its_own_options() -> None:
    """Fails unless each text is compiled as its own environment reads it."""
    assert [rendered("{{ who }}", autoescape=escaped)[0] for escaped in (True, False)] == ["&lt;b&gt;", "<b>"]
    assert [rendered("{% if who %}\n.{% endif %}", trim_blocks=cut)[0] for cut in (True, False)] == [".", "\n."]
    assert [rendered(text)[0] for text in ("one", "two")] == ["one", "two"]


def test_template_is_compiled_as_its_own_hub_reads_it():
    assert_read_by_its_own_options()


def test_planted_code_of_another_reading_is_seen(monkeypatch):
    monkeypatch.setattr(templates, "_reading", lambda _environment: ())

    with pytest.raises(AssertionError):
        assert_read_by_its_own_options()
