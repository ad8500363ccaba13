"""What members say of themselves for draws: asked only where the rules do, counted in tens, shown to nobody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub.constitution.actions import default_text
from hub.constitution.limits import STRATA
from hub.constitution.load import load
from hub.draws import drawing, files, queries, saying, strata
from hub.draws.models import draw_said
from hub.draws.strata import NOT_SAID, counted, may_be_told
from hub.errors import Forbidden, Invalid
from hub.lot.check import check
from hub.lot.files import parse_draw
from hub.permits import VISITOR
from tests.draws.conftest import KNOWN, Town, make_town
from tests.draws.test_drawing import council, newest, refused, whole_state
from tests.people_for_tests import again
from tests.replaying import assert_replays


def asking(text: str) -> str:
    """The same rules, but that the draw of the council counts two things that its pool says."""
    return text.replace('by = "council", size = 20,', 'by = "council", size = 20, asks = ["gender", "age"],')


ASKING = asking(default_text())
WORDS = ("woman", "man", "non-binary", "35-to-49", "disabled")


@pytest.fixture
def town(db, clock_at) -> Town:
    """Thirty who offered themselves: 12 women, 11 men, 7 who say nothing; 12 say their age, too."""
    town = make_town(db, clock_at, rules=ASKING, are_equipped=False)
    with db.write() as tx:
        for number, one in enumerate(town.members[:23]):
            said = {"gender": "woman", "age": "35-to-49"} if number < 12 else {"gender": "man", "age": NOT_SAID}
            saying.say(tx, said=said, actor=again(tx, one))
    return town


def kept(tx, one) -> dict[str, str]:
    return saying.said_by(tx, one.person)


def test_counts_stand_in_the_record_in_tens_and_nothing_else_does(town, another_db):
    act = council(town)

    with town.db.read() as tx:
        entry = newest(tx, "draw.prepared")
        told = [row for row in tx.execute(sa.text("SELECT type, bytes FROM entries")) if row.type == "draw.prepared"]
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert queries.counts(tx, draw.prepared_entry) == {
            "age": [("35-to-49", 10), (NOT_SAID, 10)], "gender": [("man", 10), ("woman", 10)],
        }  # fmt: skip
        raw = files.kept(tx, draw.pool)
    town.turn(**KNOWN)
    town.read_source(act, town.council[0])
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        whole = files.kept(tx, draw.file or "")
        every = b"".join(bytes(row.bytes) for row in tx.execute(sa.text('SELECT bytes FROM entries ORDER BY "index"')))
    assert raw is not None
    assert whole is not None
    assert entry.data.get("said") in (None, [])  # who stands by at home was asked nothing
    assert len(told) == 2
    for said in (f"={word}".encode() for word in WORDS):
        assert (said in raw, said in whole) == (False, False)
    assert every.count(b"gender=woman") == 1
    assert all(finding.agrees for finding in check(parse_draw(whole), draw.pool, rehearsal=True))
    assert_replays(town.db, another_db)


def test_what_is_taken_back_is_gone_at_once(town):
    first, second = town.members[:2]
    with town.db.write() as tx:
        saying.say(tx, said={"gender": "non-binary"}, actor=again(tx, first))
    with town.db.read() as tx:
        assert (kept(tx, first), kept(tx, second)) == (
            {"gender": "non-binary"}, {"age": "35-to-49", "gender": "woman"},
        )  # fmt: skip

    with town.db.write() as tx:
        saying.say(tx, said={"gender": NOT_SAID, "age": NOT_SAID}, actor=again(tx, first))

    with town.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).where(draw_said.c.person == first.person)) == 0
        assert kept(tx, second) == {"age": "35-to-49", "gender": "woman"}


def test_only_what_the_rules_ask_for_is_kept_and_only_from_its_list(town):
    before = whole_state(town.db)

    for said in ({"gender": "yes"}, {"disability": "disabled"}, {"name": "woman"}, {"age": "woman"}):
        with pytest.raises(Invalid), town.db.write() as tx:
            saying.say(tx, said=said, actor=again(tx, town.members[0]))
    with pytest.raises(Forbidden), town.db.write() as tx:
        saying.say(tx, said={"gender": "woman"}, actor=VISITOR)

    assert whole_state(town.db) == before


def test_default_rules_ask_nothing():
    assert strata.asked_by(load(default_text())) == ()
    assert strata.asked_by(load(ASKING)) == ("age", "gender")


def test_answers_end_with_membership_and_with_time(town):
    gone, new, old = town.members[0], town.members[1], town.members[2]
    town.clock_at.advance(days=300)
    with town.db.write() as tx:
        saying.say(tx, said={"gender": "woman"}, actor=again(tx, gone))
        saying.say(tx, said={"gender": "man"}, actor=again(tx, new))
        tx.execute(sa.text("UPDATE standings SET until_at = 1 WHERE person = :p"), {"p": gone.person})
    with town.db.write() as tx:
        saying.forget(tx)
        assert [kept(tx, one) for one in (gone, new)] == [{}, {"gender": "man"}]
        assert kept(tx, old) == {"age": "35-to-49", "gender": "woman"}
    town.clock_at.advance(days=101)

    with town.db.write() as tx:
        saying.forget(tx)

    with town.db.read() as tx:
        assert [kept(tx, one) for one in (gone, new, old)] == [{}, {"gender": "man"}, {}]


ANSWERS = st.lists(st.fixed_dictionaries({}, optional={w: st.sampled_from(v) for w, v in STRATA.items()}), max_size=60)


@given(ANSWERS, st.sets(st.sampled_from(sorted(STRATA))))
def test_no_count_tells_of_fewer_than_ten_or_of_everybody(answers, asked):
    lines = counted(answers, asked)

    assert may_be_told(lines, asked, len(answers))
    for line in lines:
        (word, answer), many = line.split(" ")[0].split("="), int(line.split(" ")[1])
        here = [one.get(word, NOT_SAID) == answer for one in answers]
        assert many <= sum(here) < many + 10
        assert here.count(False) >= 10


# --- planted faults: a hub that tells more than it may is refused by the fold, its own and anybody's -----------------


def exactly(answers, asked):
    return [line.replace(" 10", " 12") for line in counted(answers, asked)]


def few(answers, asked):
    return [*counted(answers, asked), f"gender={NOT_SAID} 0"]


def unasked(answers, asked):
    return [*counted(answers, asked), "ethnicity=black 10", "ethnicity=white 10"]


def unlisted(answers, asked):
    return [*counted(answers, asked)[:2], "gender=tall 10", "gender=woman 10"]


def everybody(answers, asked):
    return ["gender=woman 30"]


def too_many(answers, asked):
    return ["gender=man 20", "gender=woman 20"]


def disordered(answers, asked):
    return counted(answers, asked)[::-1]


def test_counts_that_tell_too_much_are_refused(town, monkeypatch):
    town.clock_at.advance(minutes=1)

    for fault in (exactly, few, unasked, unlisted, everybody, too_many, disordered):
        monkeypatch.setattr(drawing, "counted", fault)
        refused(town.db, town.tick, "draws.other_counts")

    monkeypatch.setattr(drawing, "counted", counted)
    council(town)
