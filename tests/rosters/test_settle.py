"""Rows with one number, for every mixture of rows that can be drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.matcher.intake.rows import HELD, Staged
from hub.matcher.intake.settle import STRENGTH, settle


@st.composite
def one_number(draw: st.DrawFn) -> list[Staged]:
    """Two to five rows with one number, that agree or not in anything."""
    many = draw(st.integers(2, 5))
    return [
        Staged(
            line,
            b"number",
            draw(st.sampled_from([b"pair one", b"pair two", None])),
            draw(st.sampled_from([b"mail one", b"mail two", None])),
            area=draw(st.sampled_from(["york", None])),
            effect=draw(st.sampled_from([*STRENGTH, HELD])),
            renewal=draw(st.sampled_from(["", "2026-11", "2027-01"])),
            updated=draw(st.sampled_from(["", "2026-01-01", "2026-02-02"])),
        )
        for line in range(many)
    ]


@given(one_number(), st.booleans())
def test_every_row_is_in_exactly_one_class(rows, of_memberships):
    done = settle(rows, of_memberships=of_memberships)

    said = sorted(row.line for row in rows if row.effect != HELD)
    classes = [*done.used, *done.collapsed, *done.superseded, *done.refused]
    assert sorted(row.line for row in classes) == said
    assert bool(done.used) != bool(done.refused) or not said
    assert (done.kept.effect == HELD) == (not done.used)


@given(one_number(), st.booleans(), st.randoms())
def test_order_of_rows_changes_neither_the_classes_nor_who_speaks(rows, of_memberships, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)

    one, other = settle(rows, of_memberships=of_memberships), settle(shuffled, of_memberships=of_memberships)

    def told(done):
        kept = done.kept._replace(line=0, bits=0, ref="")
        return kept if done.used else HELD, *(
            len(rows) for rows in (done.used, done.collapsed, done.superseded, done.refused)
        )

    assert told(one) == told(other)


@given(one_number())
def test_undated_contradictions_let_nobody_in(rows):
    undated = [row._replace(updated="") for row in rows]
    said = {(row.pair_digest, row.contact_digest, row.area, row.effect) for row in undated if row.effect != HELD}

    done = settle(undated, of_memberships=False)

    assert bool(done.refused) == (len(said) > 1)


@given(one_number())
def test_any_current_membership_makes_a_member(rows):
    agreed = [row._replace(pair_digest=b"pair", contact_digest=None, area=None) for row in rows]

    done = settle(agreed, of_memberships=True)

    assert (done.kept.effect == "current") == any(row.effect == "current" for row in agreed)
    assert done.kept.renewal == max((row.renewal for row in agreed if row.effect != HELD), default=done.kept.renewal)
