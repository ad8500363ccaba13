"""Whoever stands no more may stand again, and think better of it again: each time they sign another act."""

from __future__ import annotations

import json

import pytest

from hub import canonical, ledger
from hub.ballots import elections, queries
from hub.ballots.entries import CandidacyWithdrawn
from hub.errors import RuleViolation
from hub.permits.actions import right_of_members
from tests.authenticator import Authenticator
from tests.people_for_tests import again, entry_count
from tests.replaying import assert_replays, lines_of
from tests.signing_for_tests import act_signed
from tests.towns import OPENS
from tests.verifier import fold, signatures

HERE = {"host": "hub.example.org", "home": "https://hub.example.org"}


def candidates(town):
    with town.db.read() as tx:
        return [(one.holder, one.entry) for one in queries.candidates(tx, town.election())]


def test_candidate_stands_and_stands_no_more_twice_by_their_own_key(db, another_db, town):
    town.clock.advance(days=OPENS)
    town.tick()
    device, election = Authenticator(), town.election()
    with db.write() as tx:
        actor = again(tx, town.voters[0])

    for _ in range(2):
        act_signed(
            db,
            lambda tx: elections.stand(
                tx, act=election, statement="Me.", interests="", shown="V", actor=again(tx, actor)
            ),
            device,
            **HERE,
        )
        assert len(candidates(town)) == 1
        act_signed(db, lambda tx: elections.withdraw(tx, act=election, actor=again(tx, actor)), device, **HERE)
        assert candidates(town) == []

    told = signatures([raw for raw, _said in lines_of(db)])
    assert ([said for said in told if said.startswith("bad")], told.count("signed") >= 4) == ([], True)
    assert_replays(db, another_db)


@pytest.mark.parametrize("off", [0, 1])
def test_second_program_passes_over_a_withdrawal_that_names_another_entry(db, town, off):
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(town.voters[0])
    with db.write() as tx:
        elections.withdraw(tx, act=town.election(), actor=again(tx, town.voters[0]))
    *before, (newest, words) = lines_of(db)
    entry = json.loads(newest)
    entry["data"]["stood"] += off

    read = fold([*before, (canonical.dumps(entry), words)])

    assert [one.index for one in read.void] == [len(before)][:off]


@pytest.mark.parametrize("off", [-1, 1])
def test_withdrawal_names_the_entry_by_which_they_stand(db, town, off):
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(town.voters[0])
    ((holder, stood),) = candidates(town)
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation, match="Nobody of this name stands"), db.write() as tx:
        ledger.append(tx, CandidacyWithdrawn(town.election(), holder, stood + off), by=right_of_members(tx))

    with db.read() as tx:
        assert entry_count(tx) == before
    # As older hubs wrote it.
    with db.write() as tx:
        ledger.append(tx, CandidacyWithdrawn(town.election(), holder), by=right_of_members(tx))
    assert candidates(town) == []
