"""Coming back without a passkey: two proofs, three days, and anybody's notice stops it (AU-07, T11)."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from hub import outbox, sealing
from hub.db import Database
from hub.errors import Forbidden, NotFound, RuleViolation
from hub.groups import links
from hub.people import actions as people
from hub.people import passkeys, queries, recovering, vouching
from hub.people.models import passkeys as kept_passkeys
from hub.people.models import recoveries, vouches
from hub.people.queries import Lives
from hub.people.sealed import KEY_NAME
from hub.permits import VISITOR, Actor
from hub.web.signing import Signer
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, seat_council

SIGNER = Signer(["k" * 43])
LOCK = partial(SIGNER.sign, "lock")


class Town:
    """A group with two organisers, and anna with a passkey and a short session."""

    def __init__(self, db: Database, clock: SetClock) -> None:
        self.db, self.clock = db, clock
        with db.write() as tx:
            found_hub(tx)
            branch, founders = found_branch(tx, seat_council(tx, "una", "ula"))
            self.group, (self.ben, self.cara) = found_group(tx, branch, founders[:2], founders[2:4])
            self.dan = founders[4]
            self.anna = member(tx, "anna")
            row = {"id": "key", "person": self.anna.person, "public_key": b"k", "sign_count": 0}
            row["name"] = sealing.write(tx, self.person, KEY_NAME, "phone")
            tx.execute(sa.insert(kept_passkeys), {**row, "made_at": clock.moment})
            self.token = people.start_session(tx, person=self.person, kind="bootstrap")
            people.end_other_sessions(tx, person=self.person, session=queries.session_of(tx, self.token))

    @property
    def person(self) -> str:
        assert self.anna.person is not None
        return self.anna.person

    def begin(self) -> recovering.Recovery:
        with self.db.write() as tx:
            return recovering.begin(tx, person=self.person, sign_lock=LOCK)

    def letter(self) -> None:
        with self.db.write() as tx:
            recovering.note_proof(tx, person=self.person, proof="letter_at")

    def vouch(self, *who: Actor) -> None:
        with self.db.write() as tx:
            found = recovering.find(tx, self.person)
            assert found is not None
            for organiser in who:
                vouching.vouch(tx, number=found.number, actor=again(tx, organiser))

    def finish(self) -> None:
        with self.db.write() as tx:
            session = queries.session_of(tx, self.token) or ""
            self.token = recovering.finish(tx, person=self.person, session=session, sign_lock=LOCK)

    def letters(self) -> list[str]:
        with self.db.read() as tx:
            return [letter.template for letter in reversed(outbox.notices(tx, self.person))]

    def is_in(self) -> bool:
        with self.db.read() as tx:
            actor = queries.actor_of(tx, self.token, Lives())[0]
            return actor.person is not None and actor.kind == "code"


@pytest.fixture
def town(db: Database, clock_at: Any) -> Town:
    return copies.of(db, Town, at=clock_at("2026-11-21T20:00Z"))


def test_two_proofs_and_three_days_bring_somebody_back(town: Town) -> None:
    town.begin()
    town.letter()
    town.vouch(town.ben, town.cara)
    town.clock.advance(hours=71, minutes=59)
    with pytest.raises(RuleViolation, match=r"people\.recovery_waits"):
        town.finish()
    town.clock.advance(minutes=1)

    town.finish()

    assert town.is_in()
    assert town.letters() == ["recovery_waits", "recovery_done"]
    with town.db.read() as tx:
        assert not passkeys.has_any(tx, town.person)


def test_finish_leaves_nothing_to_who_knew_the_short_session(town: Town) -> None:
    town.begin()
    town.letter()
    town.vouch(town.ben, town.cara)
    town.clock.advance(days=3)
    former = town.token

    town.finish()

    assert former != town.token
    with town.db.read() as tx:
        assert queries.actor_of(tx, former, Lives()) == (VISITOR, None)
    assert town.is_in()


@pytest.mark.parametrize("proofs", ["none", "letter", "vouched", "one organiser twice", "letter and one organiser"])
def test_fewer_proofs_bring_nobody_in(town: Town, proofs: str) -> None:
    town.begin()
    if "letter" in proofs:
        town.letter()
    if proofs == "vouched":
        town.vouch(town.ben, town.cara)
    if "one organiser" in proofs:
        town.vouch(town.ben, town.ben)
    town.clock.advance(days=4)

    with pytest.raises(RuleViolation, match=r"people\.recovery_proofs"):
        town.finish()

    assert not town.is_in()


def test_members_are_told_at_once_and_after_one_and_two_days(town: Town) -> None:
    town.begin()
    told = []
    for _hour in range(72):
        town.clock.advance(hours=1)
        with town.db.write() as tx:
            told.append(recovering.tell_waiting(tx, sign_lock=LOCK))

    assert [hour + 1 for hour, many in enumerate(told) if many] == [24, 48]
    assert town.letters() == ["recovery_waits"] * 3


def test_any_notice_stops_it_and_it_cannot_be_finished(town: Town) -> None:
    town.begin()
    town.letter()
    town.vouch(town.ben, town.cara)
    with town.db.write() as tx:
        assert recovering.stop(tx, person=town.person)
        assert not recovering.stop(tx, person=town.person)
    town.clock.advance(days=4)

    with pytest.raises(NotFound):
        town.finish()

    assert sorted(town.letters()) == ["recovery_stopped", "recovery_waits"]


def test_proofs_of_a_stopped_recovery_do_not_serve_the_next(town: Town) -> None:
    town.begin()
    town.letter()
    town.vouch(town.ben, town.cara)
    with town.db.write() as tx:
        recovering.stop(tx, person=town.person)
    town.clock.advance(minutes=1)

    again_begun = town.begin()

    assert again_begun.proofs == 0


def test_recovered_account_has_no_power_for_a_week(town: Town) -> None:
    with town.db.write() as tx:
        town.anna = again(tx, town.ben)
        people.end_all_sessions(tx, person=town.person)
        town.token = people.start_session(tx, person=town.person, kind="bootstrap")
    town.begin()
    town.letter()
    town.vouch(town.cara, town.dan)
    town.clock.advance(days=3)
    town.finish()
    link = {"kind": "website", "url": "https://x.example.org/", "title": "X", "audience": "public"}

    with town.db.write() as tx, pytest.raises(Forbidden, match=r"permits\.rests"):
        links.add_link(tx, group=town.group, actor=again(tx, town.anna), **link)
    town.clock.advance(days=7)
    with town.db.write() as tx:
        links.add_link(tx, group=town.group, actor=again(tx, town.anna), **link)


def test_lock_ends_sessions_and_stops_a_recovery(town: Town) -> None:
    town.begin()
    with town.db.write() as tx:
        recovering.lock(tx, person=town.person)
        recovering.lock(tx, person=town.person)

    assert sorted(town.letters()) == ["account_locked", "recovery_waits"]
    with town.db.read() as tx:
        assert recovering.find(tx, town.person) is None
        assert recovering.is_locked(tx, town.person)


def test_locked_account_comes_back_by_recovery_alone(town: Town) -> None:
    with town.db.write() as tx:
        recovering.lock(tx, person=town.person)
        town.token = people.start_session(tx, person=town.person, kind="bootstrap")
    with town.db.write() as tx:
        full = people.start_session(tx, person=town.person, kind="code")
        assert queries.actor_of(tx, full, Lives())[0].is_visitor
        people.end_session(tx, person=town.person, session=queries.session_of(tx, full) or "")
    town.begin()
    town.letter()
    town.vouch(town.ben, town.cara)
    town.clock.advance(days=3)

    town.finish()

    with town.db.read() as tx:
        assert not recovering.is_locked(tx, town.person)
    assert town.is_in()


def test_mailbox_alone_takes_no_account_over_on_any_schedule(town: Town) -> None:
    """Whoever owns the mailbox for three days has the code and every letter, and none of the proofs (T11)."""
    drawn = random.Random(11)
    taken = 0
    for _schedule in range(60):
        town.begin()
        for _step in range(drawn.randrange(1, 8)):
            town.clock.advance(hours=drawn.randrange(1, 30))
            with town.db.write() as tx:
                recovering.tell_waiting(tx, sign_lock=LOCK)
                town.token = people.start_session(tx, person=town.person, kind="bootstrap")
            try:
                town.finish()
                taken += 1
            except (RuleViolation, NotFound):
                pass
        with town.db.write() as tx:
            # The victim opens one notice.
            recovering.stop(tx, person=town.person)

    assert taken == 0
    with town.db.read() as tx:
        assert passkeys.has_any(tx, town.person)


# Vouching.


def test_vouching_has_depth_one_no_cycles_and_a_cap(town: Town) -> None:
    """Random histories: whoever was vouched for, or shares an address, never vouches; nobody more than ten times."""
    drawn = random.Random(22)
    organisers = [town.ben, town.cara, town.dan]
    with town.db.write() as tx:
        for kind, organiser in zip(("code", "in_person", "shared"), organisers, strict=True):
            people.give_standing(
                tx, person=organiser.person or "", area="york", since=town.clock.moment.date(), proved_by=kind
            )
    refused: dict[str, int] = {}
    for _turn in range(120):
        town.clock.advance(hours=drawn.randrange(1, 12))
        who = drawn.choice(organisers)
        number = vouching.number_of(str(drawn.randrange(30)))
        try:
            with town.db.write() as tx:
                vouching.vouch(tx, number=number, actor=again(tx, who))
        except (Forbidden, RuleViolation) as refusal:
            refused[refusal.code] = refused.get(refusal.code, 0) + 1

    with town.db.read() as tx:
        rows = tx.execute(sa.select(vouches)).all()
    assert {row.by_person for row in rows} == {town.ben.person}
    months = [sum(1 for other in rows if 0 <= (row.at - other.at).days < 30) for row in rows]
    assert max(months) <= 10
    assert refused.keys() == {"people.vouched_oneself", "people.vouched_enough", "permits.shared_contact"}


def test_one_organiser_twice_is_one(town: Town) -> None:
    number = vouching.number_of("a browser")
    with town.db.write() as tx:
        for _ in range(2):
            vouching.vouch(tx, number=f" {number[:4].lower()}-{number[4:]} ", actor=again(tx, town.ben))
        one = vouching.is_vouched(tx, number)
        vouching.vouch(tx, number=number, actor=again(tx, town.cara))
        two, decoy = vouching.is_vouched(tx, number), vouching.is_vouched(tx, vouching.number_of("another"))

    assert (one, two, decoy) == (False, True, False)
    town.clock.advance(hours=25)
    with town.db.read() as tx:
        assert not vouching.is_vouched(tx, number)


def test_member_without_office_does_not_vouch(town: Town) -> None:
    with town.db.write() as tx:
        with pytest.raises(Forbidden):
            vouching.vouch(tx, number=vouching.number_of("x"), actor=again(tx, town.anna))
        assert tx.scalar(sa.select(sa.func.count()).select_from(vouches)) == 0


def test_nobody_is_their_own_voucher(town: Town) -> None:
    with town.db.write() as tx:
        town.anna = again(tx, town.ben)
    town.begin()
    town.vouch(town.ben, town.cara)

    with town.db.read() as tx:
        found = recovering.find(tx, town.person)

    assert found is not None
    assert not found.vouched
    with town.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(recoveries)) == 1
