"""When an election is owed: with the first mandate's end, at once where nobody holds one, once for each vacancy."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from hub.ballots.calendar import Held, Mandate, Owed, owed

BEGINS = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def day(number: int) -> dt.datetime:
    """A day after the beginning."""
    return BEGINS + number * DAY


def owed_on(
    now: int, mandates: list[Mandate], held: list[Held] | None = None, seats: int = 7, least: int = 0
) -> Owed | None:
    """What is owed on a day."""
    return owed(mandates, held or [], seats=seats, begins=BEGINS, lead=28 * DAY, now=day(now), least=least)


FOUNDERS = [Mandate(day(0), day(180)), Mandate(day(0), day(180)), Mandate(day(0), day(180))]


def test_election_is_owed_so_that_it_ends_with_the_first_mandate():
    assert owed_on(151, FOUNDERS) is None
    assert owed_on(152, FOUNDERS) == Owed("general", 7, day(152))
    assert owed_on(152, [*FOUNDERS, Mandate(day(90), day(300))]) == Owed("general", 7, day(152))
    assert owed_on(999, FOUNDERS) == Owed("general", 7, day(152))


def test_election_is_owed_at_once_where_nobody_holds_a_mandate():
    gone = [Mandate(day(0), day(180), day(20)), Mandate(day(0), day(180), day(31))]

    assert owed_on(30, gone) is None
    assert owed_on(40, gone) == Owed("general", 7, day(31))
    assert owed_on(0, []) == Owed("general", 7, day(0))


def test_whoever_comes_back_finds_an_election_or_one_follows_the_vote_that_nobody_was_there_for():
    def owed_anew(held: list[Held]) -> Owed | None:
        return owed(FOUNDERS, held, seats=7, begins=BEGINS, lead=28 * DAY, now=day(90), revived=day(40))

    assert owed_anew([]) == Owed("general", 7, day(40))
    assert owed_anew([Held("general", day(20), day(30))]) == Owed("general", 7, day(40))
    assert owed_anew([Held("general", day(20), None)]) is None
    assert owed_anew([Held("general", day(20), day(44))]) == Owed("general", 7, day(44))
    assert owed_anew([Held("general", day(20), day(44), came_true=True)]) is None
    assert owed_anew([Held("general", day(20), day(44)), Held("general", day(44), day(70))]) is None


def test_nothing_is_owed_while_one_runs_and_the_next_counts_from_its_end():
    assert owed_on(170, FOUNDERS, [Held("general", day(152), None)]) is None
    refused = [Held("general", day(152), day(174))]
    assert owed_on(200, FOUNDERS, refused) == Owed("general", 7, day(174))
    elected = [*FOUNDERS, Mandate(day(180), day(545))]
    assert owed_on(181, elected, [Held("general", day(152), day(180), came_true=True)]) is None
    assert owed_on(517, elected, [Held("general", day(152), day(180), came_true=True)]) == Owed("general", 7, day(517))


def test_recall_and_re_open_nominations_owe_one_by_election_for_the_vacant_seats():
    recalled = [Mandate(day(0), day(180)), Mandate(day(0), day(180), day(60), recalled=True)]
    assert owed_on(61, recalled) == Owed("by", 6, day(60))
    assert owed_on(70, recalled, [Held("by", day(60), None)]) is None
    assert owed_on(100, recalled, [Held("by", day(60), day(88), came_true=True)]) is None
    resigned = [Mandate(day(0), day(180)), Mandate(day(0), day(180), day(60))]
    assert owed_on(61, resigned) is None
    kept_open = [Held("general", day(152), day(180), came_true=True, vacant=2)]
    elected = [*FOUNDERS, Mandate(day(180), day(545))]
    assert owed_on(190, elected, kept_open) == Owed("by", 6, day(180))
    assert owed_on(190, elected, [*kept_open, Held("by", day(180), None)]) is None


def test_all_recalled_owes_a_general_election():
    recalled = [Mandate(day(0), day(180), day(60), recalled=True)]

    assert owed_on(61, recalled) == Owed("general", 7, day(60))


def test_fewer_than_must_be_owe_a_by_election_of_all_free_seats():
    one_left = [Mandate(day(0), day(180)), Mandate(day(0), day(180), day(60))]

    assert owed_on(59, one_left, least=2) is None
    assert owed_on(61, one_left, least=2) == Owed("by", 6, day(60))
    assert owed_on(61, one_left, least=1) is None
    assert owed_on(70, one_left, [Held("by", day(60), None)], least=2) is None
    # It comes again while there are too few, and not once there are enough.
    assert owed_on(95, one_left, [Held("by", day(60), day(88), came_true=True)], least=2) == Owed("by", 6, day(88))
    elected = [*one_left, Mandate(day(88), day(453))]
    assert owed_on(95, elected, [Held("by", day(60), day(88), came_true=True)], least=2) is None


def test_no_by_election_opens_shortly_before_a_general_one():
    """One that would end after a general one has opened elects for days: the general one elects them all."""
    late = [Mandate(day(0), day(180)), Mandate(day(0), day(180), day(125))]

    assert owed_on(151, late, least=2) is None
    assert owed_on(152, late, least=2) == Owed("general", 7, day(152))
    in_time = [Mandate(day(0), day(180)), Mandate(day(0), day(180), day(124))]
    assert owed_on(151, in_time, least=2) == Owed("by", 6, day(124))


MANDATES = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 400), st.none() | st.integers(0, 400), st.booleans()), max_size=5
)


@given(MANDATES, st.integers(0, 900), st.integers(0, 3))
def test_late_clock_finds_what_a_daily_one_found(rows, late, least):
    """Asked once, late, as asked every day: for what happened afterwards changes nothing that was owed before."""
    mandates = [
        Mandate(day(start), day(start + term), None if ended is None else day(start + min(ended, term)), recalled)
        for start, term, ended, recalled in rows
    ]

    def known(now: int) -> list[Mandate]:
        """The mandates as the record has them on a day."""
        told = [one for one in mandates if one.starts <= day(now)]
        return [
            Mandate(one.starts, one.term, one.ended, one.recalled)
            if one.ended is not None and one.ended <= day(now)
            else Mandate(one.starts, one.term)
            for one in told
        ]

    daily = next((found for now in range(late + 1) if (found := owed_on(now, known(now), least=least))), None)

    assert owed_on(late, known(late), least=least) == daily


def revived_on(now: int, mandates: list[Mandate], held: list[Held] | None = None) -> Owed | None:
    """What is owed on a day to a group that everybody had left and to which somebody came back on day 60."""
    return owed(mandates, held or [], seats=7, begins=BEGINS, lead=28 * DAY, now=day(now), least=2, revived=day(60))


def test_election_is_owed_from_the_day_on_which_somebody_came_back():
    gone = [Mandate(day(0), day(180), day(40))]

    assert revived_on(59, gone) is None
    assert revived_on(60, gone) == revived_on(99, gone) == revived_on(99, FOUNDERS) == Owed("general", 7, day(60))


def test_coming_back_owes_one_election_and_none_where_one_ran_since():
    assert revived_on(61, FOUNDERS, [Held("general", day(55), None)]) is None
    assert revived_on(99, FOUNDERS, [Held("general", day(55), day(83), came_true=True)]) is None
    assert revived_on(99, FOUNDERS, [Held("general", day(60), day(88), came_true=True)]) is None
    assert revived_on(99, FOUNDERS, [Held("general", day(20), day(48))]) == Owed("general", 7, day(60))
