"""Ties that only a lot decides: a round of the beacon that begins after the close, named by the close alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import random
from collections import Counter

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub import clock, ledger
from hub.acts import queries as acts
from hub.ballots import (
    casting,
    counting,
    fold,
    outage_fold,
    published,
    queries,
    reading,
    recounting,
    rules,
    ties,
    watching,
)
from hub.ballots.entries import BallotCalled, BallotCounted, BallotTied
from hub.ballots.models import ballot_papers
from hub.cli.count import count
from hub.count import RON, OnlyLot, stv
from hub.count.stv import count as count_votes
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.lot.chains import QUICKNET, REHEARSAL, rehearsed
from hub.lot.pool import Unreadable
from hub.permits import Actor
from tests.ballots.test_elections import of_type
from tests.people_for_tests import again
from tests.replaying import assert_replays

CLOSES = dt.datetime(2027, 5, 13, 20, 0, tzinfo=dt.UTC)
ROUND = ties.source_of(REHEARSAL, CLOSES, 60)


@pytest.fixture
def tied(town):
    """A town whose election closed with seven papers for either of two who stand: neither surplus goes first."""
    return tie(town)


def tie(town, many=14):
    holders = town.to_ballot(*town.voters[:3])
    for place, person in enumerate(town.everybody[:many]):
        town.cast(person, [holders[place % 2]])
    town.clock.advance(days=7)
    town.tick()
    return town


def signed(round_=ROUND.round):
    return rehearsed(round_)


def bring(town, text, person=None):
    with town.db.write() as tx:
        actor = again(tx, person or town.voters[5])
        reading.bring(tx, ballot=town.ballot().id, text=text, actor=actor)


def test_ballot_that_elects_names_chain_and_minutes_and_no_other_does(town):
    town.to_ballot(town.voters[0])

    (called,) = of_type(town.db, "ballot.called")
    assert (called["seed"], called["chain"], called["minutes"]) == ("beacon", REHEARSAL.hash, 60)
    assert ties.named("yesno", QUICKNET) == ("none", None, None)


def test_count_that_decides_waits_for_nothing_and_has_no_seed(db, another_db, town):
    holders = town.to_ballot(*town.voters[:2])
    for place, person in enumerate(town.everybody):
        town.cast(person, [holders[place > 8]])
    town.clock.advance(days=7)
    town.tick()
    (counted,) = of_type(db, "ballot.counted")
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, counted["file"]))

    assert (counted["due"], counted["said"], counted["seed"]) == ("2027-05-13T20:00Z", None, None)
    assert (sheet["chance"], sheet["count"]["seed"]) == (None, None)
    assert recounting.recount(sheet) == (sheet["count"], True)
    assert of_type(db, "ballot.tied") == []
    assert_replays(db, another_db)


def test_tied_count_waits_for_the_first_round_an_hour_after_the_close(db, another_db, tied):
    ballot = tied.ballot()
    with db.read() as tx:
        state = acts.get(tx, ballot.act)
        papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))

    assert of_type(db, "ballot.tied") == [
        {
            "ballot": ballot.id, "act": ballot.act, "step": 2, "due": "2027-05-13T20:00Z",
            "source": ROUND.name, "known": "2027-05-13T21:00Z", "box": ballot.box,
        }
    ]  # fmt: skip
    assert dt.timedelta(0) <= ROUND.begins - CLOSES - dt.timedelta(hours=1) < dt.timedelta(seconds=3)
    assert (ballot.is_counted, papers, of_type(db, "ballot.counted")) == (False, 14, [])
    assert (state.is_open, state.step, state.due) == (True, 2, dt.datetime(2027, 5, 27, 21, tzinfo=dt.UTC))
    assert tied.tick() == 0
    assert_replays(db, another_db)


def test_worker_reads_the_round_and_the_signature_alone_decides(db, another_db, tied, tmp_path):
    assert reading.rehearse_due(db) == 0
    assert tied.read_lot() == 1
    published.publish(db, tmp_path)
    ballot = tied.ballot()
    (counted,) = of_type(db, "ballot.counted")
    sheet = published.parse_sheet((tmp_path / counted["file"]).read_bytes())
    seed = hashlib.sha256(f"{ballot.id}|{signed()}".encode()).hexdigest()
    told = next(stage["tie"] for stage in sheet["count"]["stages"] if stage["tie"] and stage["tie"]["lots"])
    first = min(told["tied"], key=lambda ref: hashlib.sha256(f"{seed}|{ref}".encode()).hexdigest())
    again_counted = CliRunner().invoke(count, [str(tmp_path / counted["file"]), "--json", "--rehearsal"])

    assert (counted["due"], counted["said"], counted["seed"]) == ("2027-05-13T21:00Z", signed(), seed)
    assert sheet["chance"] == {"chain": REHEARSAL.hash, "minutes": 60, "source": ROUND.name, "said": signed()}
    assert (told["chosen"], sheet["count"]["seed"]) == (first, seed)
    assert (again_counted.exit_code, json.loads(again_counted.output)) == (0, sheet["count"])
    assert (ballot.said, ballot.seed_of_lot) == (signed(), seed)
    assert reading.rehearse_due(db) == 0
    assert_replays(db, another_db)


def test_whoever_judges_a_count_that_waited_has_all_their_days(db, tied):
    tied.clock.advance(days=5)
    reading.rehearse_due(db)
    with db.read() as tx:
        state = acts.get(tx, tied.ballot().act)

    assert (state.step, state.since, state.due - state.since) == (
        3,
        CLOSES + dt.timedelta(days=5),
        dt.timedelta(days=3),
    )


def test_any_member_brings_the_reading_as_digits_or_as_the_whole_answer(db, tied):
    tied.clock.advance(hours=1)
    bring(tied, json.dumps({"round": ROUND.round, "randomness": "00", "signature": signed()}))

    assert tied.ballot().said == signed()
    with pytest.raises(NotFound):
        bring(tied, signed())


@pytest.mark.parametrize(
    "lie", ["", "ab" * 48, signed(ROUND.round + 1), json.dumps({"round": 1, "signature": signed()})]
)
def test_what_the_beacon_did_not_sign_is_refused_and_nothing_is_written(db, tied, lie):
    tied.clock.advance(hours=1)

    with pytest.raises(Invalid):
        bring(tied, lie)
    assert (tied.ballot().said, of_type(db, "ballot.counted")) == (None, [])


def test_reading_is_refused_before_its_round_and_to_who_is_no_member(db, tied):
    with pytest.raises(RuleViolation) as early:
        bring(tied, signed())
    tied.clock.advance(hours=1)
    with pytest.raises(Forbidden), db.write() as tx:
        reading.bring(tx, ballot=tied.ballot().id, text=signed(), actor=Actor())

    assert early.value.code == "ballots.not_known"
    assert of_type(db, "ballot.counted") == []


def test_no_paper_is_taken_or_changed_while_a_count_waits(tied):
    nonce, phrase = tied.receipts[next(iter(tied.receipts))]
    paper = {"ballot": tied.ballot().id, "choice": []}
    with tied.db.write() as tx:
        voted, has_not = again(tx, tied.everybody[0]), again(tx, tied.everybody[13])
        with pytest.raises(RuleViolation, match="closed"):
            casting.cast(tx, **paper, nonce=casting.new_nonce(), phrase="too late", actor=has_not)
        with pytest.raises(RuleViolation, match="closed"):
            casting.change(tx, **paper, nonce=nonce, phrase=phrase, actor=voted)


def test_paper_that_is_changed_while_a_count_waits_fails_the_ballot(db, another_db, tied):
    with db.write() as tx:
        one = ballot_papers.c.tracker == next(iter(tied.receipts))
        tx.execute(sa.update(ballot_papers).where(one).values(choice="[]"))
    tied.read_lot()
    (counted,) = of_type(db, "ballot.counted")

    assert (counted["outcome"], counted["flaw"], counted["file"]) == ("failed", "box_spoilt", None)
    assert (counted["due"], counted["said"]) == ("2027-05-13T21:00Z", signed())
    assert_replays(db, another_db)


def test_hash_of_the_box_is_that_of_the_published_papers(db, tied):
    box = tied.ballot().box
    tied.read_lot()
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, str(tied.ballot().file)))
    papers = [[paper["tracker"], paper["choice"]] for paper in sheet["papers"]]

    assert box == hashlib.sha256(json.dumps(papers, separators=(",", ":")).encode()).hexdigest()


def test_count_that_nobody_reads_for_fourteen_days_elects_nobody_and_an_election_is_opened_again(db, another_db, tied):
    tied.clock.advance(days=14, minutes=59)
    assert tied.tick() == 0
    tied.clock.advance(minutes=1)
    tied.tick()
    with db.read() as tx:
        state = acts.get(tx, tied.ballot().act)
        papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))
    (counted,) = of_type(db, "ballot.counted")

    assert (counted["outcome"], counted["flaw"], counted["due"]) == ("failed", "no_reading", "2027-05-27T21:00Z")
    assert (counted["said"], counted["papers"], papers, state.outcome) == (None, None, 0, "failed")
    assert of_type(db, "election.opened")[-1]["due"] == "2027-05-27T21:00Z"
    with pytest.raises(NotFound):
        bring(tied, signed())
    assert_replays(db, another_db)


def test_clock_that_sleeps_through_all_of_it_writes_the_same_moves(fresh, make_town):
    def moves(late):
        town = make_town(fresh())
        holders = town.to_ballot(*town.voters[:3])
        for place, person in enumerate(town.everybody[:12]):
            town.cast(person, [holders[place % 2]])
        for _ in range(1 if late else 40):
            town.clock.advance(days=40 if late else 1)
            town.tick()
        return [(one["step"], one["due"], one["outcome"]) for one in of_type(town.db, "act.advanced")]

    assert moves(late=True) == moves(late=False)


def test_round_follows_the_close_to_which_an_outage_moved_it(db, another_db, town):
    holders = town.to_ballot(*town.voters[:3])
    for place, person in enumerate(town.everybody[:14]):
        town.cast(person, [holders[place % 2]])
    town.clock.advance(days=6, hours=20)
    with db.write() as tx:
        watching.beat(tx, answered=True)
    town.clock.advance(hours=3)
    with db.write() as tx:
        watching.beat(tx, answered=True)
    town.clock.advance(days=1, hours=1)
    with db.write() as tx:
        watching.beat(tx, answered=True, notes=False)
    town.tick()
    (told,) = of_type(db, "ballot.tied")

    assert (told["due"], told["known"]) == ("2027-05-14T20:00Z", "2027-05-14T21:00Z")
    assert told["source"] == ties.source_of(REHEARSAL, CLOSES + dt.timedelta(days=1), 60).name
    assert_replays(db, another_db)


def test_outage_that_is_noted_after_the_box_was_opened_moves_no_close(db, tied):
    closes = tied.ballot().closes
    with db.read() as tx:
        hit = outage_fold.hits(tx, outage_fold.Outage(closes - dt.timedelta(hours=1), closes))

    assert hit == []


def counted_by(ballot, *, at, due=None, said=None, **other):
    """An entry that counts a tied ballot."""
    seed = None if said is None else hashlib.sha256(f"{ballot.id}|{said}".encode()).hexdigest()
    told = {"outcome": "failed", "winners": [], "said": said, "seed": seed, "flaw": "box_spoilt", **other}
    record = BallotCounted(ballot.id, ballot.act, ballot.step, clock.format_minute(due or at), **told)
    return ledger.Entry("ballot.counted", at, None, {}, index=9_999), record


HOUR, DAYS = dt.timedelta(hours=1), dt.timedelta(days=14, hours=1)


@pytest.mark.parametrize(
    ("why", "told", "holds"),
    [
        ("the round, once known", {"at": CLOSES + HOUR, "said": signed()}, True),
        ("before the round", {"at": CLOSES + 59 * HOUR / 60, "said": signed()}, False),
        ("another round's signature", {"at": CLOSES + HOUR, "said": signed(ROUND.round + 1)}, False),
        ("nobody's signature", {"at": CLOSES + HOUR, "said": "ab" * 48}, False),
        ("no signature", {"at": CLOSES + HOUR}, False),
        ("another seed", {"at": CLOSES + HOUR, "said": signed(), "seed": "0" * 64}, False),
        ("as of the close", {"at": CLOSES + HOUR, "due": CLOSES, "said": signed()}, False),
        ("too late", {"at": CLOSES + DAYS, "said": signed()}, False),
        ("unread, though read", {"at": CLOSES + HOUR, "said": signed(), "flaw": "no_reading"}, False),
        ("unread, once all days are over", {"at": CLOSES + DAYS, "flaw": "no_reading"}, True),
        ("unread, before that", {"at": CLOSES + DAYS - HOUR, "due": CLOSES + DAYS, "flaw": "no_reading"}, False),
        ("another flaw without a reading", {"at": CLOSES + DAYS}, False),
    ],
)
def test_fold_takes_a_tied_count_by_its_own_round_alone(tied, why, told, holds):
    entry, record = counted_by(tied.ballot(), **told)
    with tied.db.read() as tx:
        verdict = fold.may_count(tx, entry, record)

    assert bool(verdict) is holds, why


@pytest.mark.parametrize(
    "change", [{"source": "drand-rehearsal-1"}, {"known": "2027-05-13T20:00Z"}, {"due": "2027-05-13T19:00Z"}]
)
def test_fold_takes_no_other_round_than_follows_from_the_close(town, monkeypatch, change):
    was = BallotTied
    monkeypatch.setattr(counting, "BallotTied", lambda *values: was(**{**was(*values).__dict__, **change}))

    with pytest.raises(RuleViolation):
        tie(town)
    assert of_type(town.db, "ballot.tied") == []


def test_count_with_a_seed_of_its_own_is_refused_where_nobody_tied(town):
    town.to_ballot(town.voters[0])
    town.clock.advance(days=7)
    entry, record = counted_by(town.ballot(), at=CLOSES, said=signed(), flaw=None)
    with town.db.read() as tx:
        verdict = fold.may_count(tx, entry, record)

    assert not verdict


@pytest.mark.parametrize(
    "change",
    [{"seed": "none"}, {"chain": "0" * 64}, {"minutes": 0}, {"seed": "trackers", "chain": None, "minutes": None}],
)
def test_no_ballot_is_called_by_another_chance_once_one_named_the_beacon(db, town, monkeypatch, change):
    town.to_ballot(town.voters[0])
    town.cast(town.voters[1], [RON])
    town.clock.advance(days=7)
    town.tick()
    was = BallotCalled
    monkeypatch.setattr(counting, "BallotCalled", lambda *values: was(**{**was(*values).__dict__, **change}))
    town.clock.advance(days=7)
    town.tick()
    town.stand(town.voters[0])
    town.clock.advance(days=14)

    with pytest.raises(RuleViolation) as refused:
        town.tick()
    assert refused.value.code == "ballots.other_chance"
    assert len(of_type(db, "ballot.called")) == 1


def test_ballot_called_before_rounds_were_named_counts_and_recounts_by_its_trackers(db, another_db, town, monkeypatch):
    monkeypatch.setattr(ties, "named", lambda kind, chain: ("trackers", None, None))
    tie(town)
    ballot = town.ballot()
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, str(ballot.file)))
    seed = rules.seed_of(ballot.id, list(town.receipts))

    assert (ballot.seed, ballot.is_tied, ballot.is_counted) == ("trackers", False, True)
    assert "chance" not in sheet
    assert sheet["count"]["seed"] == seed
    assert any(stage["tie"] and stage["tie"]["lots"] for stage in sheet["count"]["stages"])
    assert recounting.recount(sheet) == (sheet["count"], True)
    assert_replays(db, another_db)


def changed(sheet, **chance):
    return {**sheet, "chance": {**sheet["chance"], **chance}}


def test_file_whose_lots_fell_by_anything_else_does_not_recount(db, tied):
    tied.read_lot()
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, str(tied.ballot().file)))
    later = ties.source_of(REHEARSAL, CLOSES, 61)

    assert recounting.recount(sheet, REHEARSAL) == (sheet["count"], True)
    for wrong in (
        changed(sheet, said=signed(ROUND.round + 1)),
        changed(sheet, said=rehearsed(later.round), source=later.name),
        changed(sheet, chain="0" * 64),
        {**sheet, "chance": None},
        {**sheet, "chance": {}},
    ):
        with pytest.raises(ValueError, match=r"."):
            recounting.recount(wrong, REHEARSAL)
    with pytest.raises(ValueError, match="and by nothing else"):
        recounting.recount(sheet, QUICKNET)
    without = {name: part for name, part in sheet.items() if name != "chance"}
    assert not recounting.recount(without, REHEARSAL)[1]


def test_seed_reads_no_two_ballots_or_signatures_alike():
    with pytest.raises(Unreadable):
        ties.seed_of("bal_1|2", "ab" * 48)
    with pytest.raises(Unreadable):
        ties.seed_of("act_" + "0" * 26, "ab" * 48)
    with pytest.raises(Unreadable):
        ties.seed_of("bal_" + "0" * 26, "AB" * 48)


def test_result_depends_on_papers_seats_and_signature_and_nothing_else():
    """Invariant 29: whatever order papers and candidates come in, under whatever codes."""
    chance = random.Random(29)
    names = ["hld_a", "hld_b", "hld_c"]
    needed = 0
    for _ in range(60):
        kinds = [list(kind) for many in (1, 2, 3) for kind in itertools.permutations(names, many)]
        choices = [chance.choice(kinds) for _ in range(chance.choice([4, 6, 8]))]
        seats = chance.choice([1, 2])
        found = Counter()
        for _ in range(4):
            shuffled, turned = chance.sample(choices, len(choices)), chance.sample(names, len(names))
            contest = rules.contest_of("bal_1", seats, turned, shuffled)
            try:
                found[count_votes(contest).elected] += 1
            except OnlyLot:
                found["lot", rules.winners_of(contest, "one seed")] += 1
        needed += any("lot" in key for key in found)
        assert len(found) == 1
    assert needed > 5


def draw_all(monkeypatch):
    """As earlier releases counted: a lot among those without a vote, too."""
    break_tie = stv.break_tie
    monkeypatch.setattr(stv, "break_tie", lambda *told, reopens: break_tie(*told))


def only_one_is_ranked(town):
    """An election that closed with three who stand, and every paper for the same one of them."""
    holders = town.to_ballot(*town.voters[:3])
    for person in town.everybody[:14]:
        town.cast(person, [holders[0]])
    town.clock.advance(days=7)
    town.tick()
    return holders


def counted_file(db):
    (counted,) = of_type(db, "ballot.counted")
    with db.read() as tx:
        return counted, published.parse_sheet(queries.waiting_file(tx, counted["file"]))


def without_the_rule(sheet):
    """A sheet as earlier releases wrote it: its ties say nothing of those without a vote."""
    stages = [
        {**one, "tie": one["tie"] and {name: value for name, value in one["tie"].items() if name != "voteless"}}
        for one in sheet["count"]["stages"]
    ]
    return {**sheet, "count": {**sheet["count"], "stages": stages}}


def test_those_without_a_vote_wait_for_no_lot(db, another_db, town):
    holders = only_one_is_ranked(town)
    counted, sheet = counted_file(db)

    told = [stage["tie"] for stage in sheet["count"]["stages"] if stage["tie"]]
    assert (of_type(db, "ballot.tied"), counted["winners"], sheet["chance"]) == ([], [holders[0]], None)
    assert [tie["lots"] for tie in told] == [{}] * len(told)
    assert told[0]["voteless"] == sorted(holders[1:])
    assert recounting.recount(sheet) == (sheet["count"], True)
    assert_replays(db, another_db)


def test_lot_that_an_earlier_release_waited_for_is_read_counted_and_replayed(db, another_db, town, monkeypatch):
    with monkeypatch.context() as earlier:
        draw_all(earlier)
        holders = only_one_is_ranked(town)
    (tied,) = of_type(db, "ballot.tied")
    assert town.read_lot() == 1
    counted, sheet = counted_file(db)

    assert (tied["ballot"], counted["winners"], counted["said"]) == (town.ballot().id, [holders[0]], signed())
    assert recounting.recount(sheet, REHEARSAL) == (sheet["count"], True)
    assert_replays(db, another_db)


def test_file_of_an_earlier_release_that_drew_lots_among_those_without_a_vote_still_counts_again(db, town, monkeypatch):
    with monkeypatch.context() as earlier:
        draw_all(earlier)
        only_one_is_ranked(town)
        town.read_lot()
    _counted, sheet = counted_file(db)
    old = without_the_rule(sheet)
    again_counted, is_same = recounting.recount(old, REHEARSAL)

    assert is_same
    assert next(stage["tie"]["lots"] for stage in again_counted["stages"] if stage["tie"]) != {}
    assert not recounting.recount(sheet, REHEARSAL)[1]
