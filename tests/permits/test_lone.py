"""Keys that nobody vouched for: what they sign of their holder's, what they never do, and what vouches for one."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub import canonical, clock, ids
from hub.ballots import elections
from hub.ballots.entries import CandidacyWithdrawn
from hub.ballots.queries import elections_in as elections_of
from hub.db import Database
from hub.errors import RuleViolation
from hub.groups import founding, offices
from hub.ledger import Entry, signed, writer
from hub.ledger.entries import data_of, parse_entry, type_of
from hub.ledger.pens import DraftPen
from hub.ledger.signed import to_text
from hub.mirror import keeping, role_keys
from hub.permits import Actor, Grant, claims, keys, lone
from hub.permits import actions as permits
from hub.permits.entries import GrantEnded
from hub.permits.fold import add_grant
from hub.permits.signing import register_key, register_missing, withdraw_key
from hub.permits.vouching import nonce_for
from tests import copies
from tests.authenticator import Authenticator, cose_of
from tests.people_for_tests import (
    again,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    seat_council,
    types,
    without_devices,
)
from tests.permits.test_mutated_acts import Court
from tests.replaying import assert_replays, lines_of
from tests.signing_for_tests import act_signed
from tests.towns import OPENS
from tests.verifier import new_fold, read_next, signatures, verifier

HOME = "https://hub.example.org"


@dataclass
class Town:
    """A group with two organisers. One signed with a passkey that is lost, and has put a new one into the record."""

    db: Database
    clock: Any
    group: Any
    one: Actor
    two: Actor
    officers: list[Actor]
    lost: Authenticator
    new: Authenticator
    seed: bytes
    branch: Any

    def fresh(self, actor: Actor) -> Actor:
        with self.db.write() as tx:
            return again(tx, actor)

    def count(self) -> int:
        with self.db.read() as tx:
            return entry_count(tx)

    def key(self, device: Authenticator) -> str:
        with self.db.read() as tx:
            return str(next(r.id for r in keys.here(tx, self.holder) if r.public_key == text_of(device)))

    @property
    def holder(self) -> str:
        assert self.one.holder is not None
        return self.one.holder

    @property
    def grant(self) -> str:
        return self.one.grants[0].id

    def signed(self, verb: Any, *devices: Authenticator) -> Any:
        return act_signed(self.db, verb, *(devices or (self.new,)))

    def found(self, *devices: Authenticator) -> tuple[Actor, Grant]:
        """Founds a second group, by a step that a device signed; returns who holds the office that came by it."""
        plan = founding.Plan("York Cyclists", "Riding together.", "branch")
        group = self.signed(
            lambda tx: founding.propose(tx, branch=self.branch, plan=plan, shown="One", actor=self.one), *devices
        )
        with self.db.write() as tx:
            token = founding.invite(tx, group=group, actor=again(tx, self.one))
            founding.cofound(tx, token=token, shown="Two", actor=again(tx, self.two))
            for officer in self.officers[:2]:
                founding.confirm(tx, group=group, actor=again(tx, officer))
        one = self.fresh(self.one)
        return one, next(grant for grant in one.grants if grant.scope.id == group.id)

    def token(self, device: Authenticator, *, holder: str = "", place: str = "/account/passkeys", late: int = 0) -> str:
        """What the key of the office signs for a passkey. late: by how many minutes it is too old."""
        with self.db.read() as tx:
            minute = int(self.clock.moment.timestamp()) // 60 - late
            nonce = nonce_for(tx, holder=holder or self.holder, public_key=text_of(device), minute=minute)
            key = claims.key_of(tx, self.grant)
            assert key is not None
            raw = writer.bytes_of(tx, key.entry)
        return role_keys.bind(self.seed, audience=HOME + place, nonce=to_text(nonce), entry=raw or b"")

    def register(self, device: Authenticator, **named: Any) -> None:
        """Puts a passkey into the record, signed by itself. named: office and token."""
        self.signed(lambda tx: register_key(tx, holder=self.holder, public_key=text_of(device), **named), device)


def text_of(device: Authenticator) -> str:
    return to_text(cose_of(device.key))


@pytest.fixture
def town(db: Database, clock_at: Any) -> Town:
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db: Database, clock_at: Any) -> Town:
    moment = clock_at("2027-01-10T20:00Z")
    with db.write() as tx:
        found_hub(tx, without_devices())
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, (one, two) = found_group(tx, branch, founders[:2], founders[2:])
    made = Town(db, moment, group, one, two, founders[2:], Authenticator(), Authenticator(), os.urandom(32), branch)
    public = role_keys.public_of(made.seed)
    made.signed(lambda tx: keeping.register(tx, grant=made.grant, public_key=public, actor=one), made.lost)
    return made


@pytest.fixture
def late(town: Town) -> Town:
    """The same seven days after the new passkey alone signed for itself."""
    town.register(town.new)
    town.clock.advance(days=7)
    return replace(town, one=town.fresh(town.one), two=town.fresh(town.two))


ACTS: dict[str, tuple[Any, str]] = {
    "an act of the office": (lambda t, tx: offices.offer(tx, place=t.group, actor=t.one), "signing.lone_key"),
    "giving the office up": (lambda t, tx: permits.resign(tx, grant=t.grant, actor=t.one), "signing.lone_key"),
    "another key of the office": (
        lambda t, tx: keeping.register(
            tx, grant=t.grant, public_key=role_keys.public_of(b"k" * 32), actor=t.one
        ),
        "signing.lone_key",
    ),
    "withdrawing the one before": (
        lambda t, tx: withdraw_key(tx, holder=t.holder, key=t.key(t.lost)), "signing.lone_key_alone"
    ),
    "vouching for another": (
        lambda t, tx: register_key(tx, holder=t.holder, public_key=text_of(Authenticator())), "signing.lone_key_alone"
    ),
}  # fmt: skip


def put_there(public_key: str, town: Town, tx: Connection) -> None:
    """Puts one more passkey into the record: each time the same, as an act is drafted before it is signed."""
    register_key(tx, holder=town.holder, public_key=public_key)


@pytest.mark.parametrize("what", ACTS)
def test_lone_key_takes_nothing_that_its_holder_had(late: Town, what: str) -> None:
    (act, code), before = ACTS[what], late.count()

    if what == "vouching for another":
        act = partial(put_there, text_of(Authenticator()))
    with pytest.raises(RuleViolation) as refused:
        late.signed(lambda tx: act(late, tx))

    assert (refused.value.code, late.count()) == (code, before)


def test_lone_key_signs_a_step_and_then_in_the_office_that_came_by_it(late: Town, another_db: Database) -> None:
    before = late.count()
    one, mine = late.found()
    late.signed(lambda tx: permits.resign(tx, grant=mine.id, actor=one))
    with pytest.raises(RuleViolation):
        late.signed(lambda tx: permits.resign(tx, grant=late.grant, actor=one))

    with late.db.read() as tx:
        found = [writer.get(tx, index) for index in range(before, entry_count(tx))]
    assert [one.type for one in found if one and one.sig] == ["group.proposed", "grant.ended"]
    assert signatures([raw for raw, _said in lines_of(late.db)])[-1] == "signed"
    assert_replays(late.db, another_db)


def test_lone_key_signs_nothing_in_an_office_that_came_by_another_keys_step(late: Town) -> None:
    """Whoever put it there in secret waits in vain for the next election of somebody who has their own passkey."""
    one, mine = late.found(late.lost)
    before = late.count()

    with pytest.raises(RuleViolation) as refused:
        late.signed(lambda tx: permits.resign(tx, grant=mine.id, actor=one))

    assert (refused.value.code, late.count()) == ("signing.lone_key", before)


def test_lone_key_withdraws_itself_and_a_key_that_signs_withdraws_it(late: Town, another_db: Database) -> None:
    late.signed(lambda tx: withdraw_key(tx, holder=late.holder, key=late.key(late.new)))
    late.register(late.new)
    late.signed(lambda tx: withdraw_key(tx, holder=late.holder, key=late.key(late.new)), late.lost)

    with late.db.read() as tx:
        assert [row.public_key for row in keys.here(tx, late.holder)] == [text_of(late.lost)]
    assert_replays(late.db, another_db)


def test_a_passkey_that_is_found_again_vouches_for_the_lone_one(late: Town, another_db: Database) -> None:
    before = late.count()

    late.signed(lambda tx: offices.offer(tx, place=late.group, actor=late.one), late.lost, late.new)
    late.signed(lambda tx: offices.offer(tx, place=late.group, actor=late.one), late.new)

    with late.db.read() as tx:
        assert types(tx)[before:] == ["key.registered", "office.offered", "office.offered"]
    assert_replays(late.db, another_db)


def test_the_key_of_the_office_vouches_for_a_passkey_that_counts_after_seven_days(
    town: Town, another_db: Database
) -> None:
    before = town.count()
    town.register(town.new, office=town.grant, token=town.token(town.new))
    with pytest.raises(RuleViolation) as early:
        town.signed(lambda tx: offices.offer(tx, place=town.group, actor=town.one))
    town.clock.advance(days=7)
    one = town.fresh(town.one)

    town.signed(lambda tx: offices.offer(tx, place=town.group, actor=one))
    town.signed(lambda tx: withdraw_key(tx, holder=town.holder, key=town.key(town.lost)))

    assert early.value.code == "permits.no_live_key"
    with town.db.read() as tx:
        assert types(tx)[before:] == ["key.registered", "office.offered", "key.withdrawn"]
    assert signatures([raw for raw, _said in lines_of(town.db)])[before:] == ["signed"] * 3
    assert_replays(town.db, another_db)


def test_the_key_of_the_office_vouches_later_for_a_lone_key(late: Town, another_db: Database) -> None:
    late.register(late.new, office=late.grant, token=late.token(late.new))
    late.clock.advance(days=7)
    one = late.fresh(late.one)

    late.signed(lambda tx: permits.resign(tx, grant=late.grant, actor=one))

    assert_replays(late.db, another_db)


def test_what_vouches_for_another_passkey_holder_place_or_time_vouches_for_none(town: Town) -> None:
    other = town.two.grants[0].id
    bad = [
        ({"office": town.grant, "token": town.token(town.lost)}, "signing.other_passkey"),
        ({"office": town.grant, "token": town.token(town.new, holder=str(town.two.holder))}, "signing.other_passkey"),
        ({"office": town.grant, "token": town.token(town.new, place="")}, "claims.other_site"),
        ({"office": town.grant, "token": town.token(town.new, late=11)}, "claims.too_old"),
        ({"office": town.grant, "token": replace(town, seed=b"x" * 32).token(town.new)}, "claims.other_key"),
        ({"office": other, "token": town.token(town.new)}, "signing.no_office"),
        ({"office": town.grant, "token": None}, "signing.no_office"),
    ]
    before = town.count()

    found = []
    for named, _code in bad:
        with pytest.raises(RuleViolation) as refused:
            town.register(town.new, **named)
        found.append(refused.value.code)

    assert found == [code for _named, code in bad]
    assert town.count() == before


def test_the_key_of_an_office_that_ended_vouches_for_nothing(town: Town) -> None:
    token = town.token(town.new)
    town.signed(lambda tx: permits.resign(tx, grant=town.grant, actor=town.one), town.lost)
    before = town.count()

    with pytest.raises(RuleViolation) as refused:
        town.register(town.new, office=town.grant, token=token)

    assert (refused.value.code, town.count()) == ("signing.no_office", before)


def test_the_key_of_an_office_that_no_passkey_signed_for_vouches_for_nothing(town: Town) -> None:
    """It may be the hub's own: it could be there before its holder ever signed."""
    with town.db.write() as tx:
        public = role_keys.public_of(town.seed[::-1])
        keeping.register(tx, grant=town.two.grants[0].id, public_key=public, actor=town.two)
    device = Authenticator()
    act_signed(town.db, lambda tx: offices.offer(tx, place=town.group, actor=town.two), device)
    theirs = replace(town, one=town.two, seed=town.seed[::-1])
    before = town.count()

    with pytest.raises(RuleViolation) as refused:
        theirs.register(town.new, office=theirs.grant, token=theirs.token(town.new))

    assert (refused.value.code, town.count()) == ("signing.no_role_key", before)


def test_the_key_of_an_office_that_a_lone_key_registered_vouches_for_nothing(late: Town) -> None:
    one, mine = late.found()
    rogue = replace(late, one=replace(one, grants=(mine,)), seed=b"r" * 32)
    public = role_keys.public_of(rogue.seed)
    rogue.signed(lambda tx: keeping.register(tx, grant=mine.id, public_key=public, actor=one))
    other, before = Authenticator(), late.count()

    with pytest.raises(RuleViolation) as refused:
        rogue.register(other, office=mine.id, token=rogue.token(other))

    assert (refused.value.code, late.count()) == ("signing.no_role_key", before)


def test_a_first_key_is_no_lone_one(town: Town) -> None:
    with town.db.write() as tx:
        register_missing(tx, holder=str(town.two.holder), passkeys=[cose_of(town.new.key)], alone=True)

    with town.db.read() as tx:
        assert [lone.is_lone(tx, row) for row in keys.here(tx, str(town.two.holder))] == [False]
        assert [lone.is_lone(tx, row) for row in keys.here(tx, town.holder)] == [False]


def verdicts(town: Town, type_: str, by: int, data: dict[str, Any], device: Authenticator, key: str) -> tuple[str, str]:
    """What both verifiers say of one more entry, signed by a device whatever the pages would have said."""
    lines, scratch, reader = list(lines_of(town.db)), Database("sqlite://"), new_fold()
    scratch.create_all()
    entry = {"type": type_, "at": clock.format_minute(town.clock.moment), "by": by, "data": data, "v": 1}
    act = signed.digest_of(parse_entry(canonical.dumps(entry), len(lines)))
    challenge = to_text(signed.challenge_of([act]))
    answer = json.loads(device.sign({"rpId": "hub.example.org", "challenge": challenge}, HOME))["response"]
    parts = {name: answer[name] for name in ("authenticatorData", "clientDataJSON", "signature")}
    for raw, said in lines:
        read_next(reader, raw, said)
    try:
        with scratch.write() as tx:
            assert list(writer.replay(tx, lines)) == []
            court, raw = Court(len(lines), tx, reader), canonical.dumps({**entry, "sig": {"key": key, **parts}})
            return court.ours(raw, []), court.theirs(raw)
    finally:
        scratch.close()


def registration(town: Town, device: Authenticator, office: str | None, token: str | None) -> tuple[str, str]:
    """What both say of a passkey that signs for itself, with what vouches for it."""
    key = ids.new("key")
    data = {"holder": town.holder, "key": key, "public_key": text_of(device), "algorithm": "es256"}
    return verdicts(town, "key.registered", 1, {**data, "office": office, "token": token}, device, key)


def test_both_verifiers_agree_what_vouches_for_a_passkey(town: Town) -> None:
    good, other = town.token(town.new), town.two.grants[0].id
    cases = {
        "good": (town.grant, good),
        "another passkey": (town.grant, town.token(town.lost)),
        "another holder": (town.grant, town.token(town.new, holder=str(town.two.holder))),
        "a claim": (town.grant, town.token(town.new, place="")),
        "too old": (town.grant, town.token(town.new, late=11)),
        "another key": (town.grant, replace(town, seed=b"x" * 32).token(town.new)),
        "another's office": (other, good),
        "no token": (town.grant, None),
        "no office": (None, good),
    }

    found = {name: registration(town, town.new, *case) for name, case in cases.items()}
    town.signed(lambda tx: permits.resign(tx, grant=town.grant, actor=town.one), town.lost)
    ended = registration(town, town.new, town.grant, good)

    assert {name: (bool(ours), bool(theirs)) for name, (ours, theirs) in found.items()} == {
        name: (name != "good",) * 2 for name in cases
    }
    assert [found["another passkey"], found["a claim"], ended] == [
        ("signing.other_passkey", "the key of that office vouches for another passkey"),
        ("claims.other_site", "it was signed for another hub"),
        ("signing.no_office", "an office that is not this holder's vouches for a key"),
    ]


def test_both_verifiers_agree_that_a_planted_key_of_an_office_vouches_for_nothing(late: Town) -> None:
    one, mine = late.found()
    planted = replace(late, seed=b"p" * 32)
    with late.db.write() as tx:
        keeping.register(tx, grant=late.two.grants[0].id, public_key=role_keys.public_of(planted.seed), actor=late.two)
    act_signed(late.db, lambda tx: offices.offer(tx, place=late.group, actor=late.two), Authenticator())
    theirs = replace(planted, one=late.two)
    lone_one = replace(late, one=replace(one, grants=(mine,)), seed=b"r" * 32)
    public = role_keys.public_of(lone_one.seed)
    late.signed(lambda tx: keeping.register(tx, grant=mine.id, public_key=public, actor=one))
    new = Authenticator()

    found = [registration(who, new, who.grant, who.token(new)) for who in (theirs, lone_one)]

    why = "no passkey that somebody vouched for signed for the key of that office"
    assert found == [("signing.no_role_key", why)] * 2


def test_lone_key_neither_takes_a_candidacy_back_nor_keeps_one_that_its_holder_took_over(
    late: Town, another_db: Database
) -> None:
    """A rogue stands for somebody: they take that back and stand again, and the rogue's key has no part in it."""
    late.clock.advance(days=OPENS)
    with late.db.write() as tx:
        elections.tick(tx)
        act = elections_of(tx, late.branch.scope, "admin")[0].act

    def stand(device: Authenticator) -> None:
        one = late.fresh(late.one)
        late.signed(lambda tx: elections.stand(tx, act=act, statement="I.", interests="", shown="-", actor=one), device)

    def take_back(device: Authenticator) -> None:
        one = late.fresh(late.one)
        late.signed(lambda tx: elections.withdraw(tx, act=act, actor=one), device)

    before = late.count()
    stand(late.lost)
    with pytest.raises(RuleViolation) as theirs:
        take_back(late.new)
    take_back(late.lost)
    with pytest.raises(RuleViolation) as again_:
        stand(late.new)
    with late.db.read() as tx:
        written = types(tx)[before:]

    assert [theirs.value.code, again_.value.code] == ["signing.lone_key"] * 2
    assert written == ["candidacy.declared", "candidacy.withdrawn"]
    assert_replays(late.db, another_db)


def test_a_candidacy_by_a_lone_key_is_its_own_until_another_key_steps_in(late: Town, another_db: Database) -> None:
    late.clock.advance(days=OPENS)
    with late.db.write() as tx:
        elections.tick(tx)
        act = elections_of(tx, late.branch.scope, "admin")[0].act
    one = late.fresh(late.one)

    def stand(tx: Any) -> None:
        elections.stand(tx, act=act, statement="I.", interests="", shown="-", actor=one)

    def take_back(tx: Any) -> None:
        elections.withdraw(tx, act=act, actor=one)

    late.signed(stand)
    late.signed(take_back, late.lost)
    late.signed(stand, late.lost)
    begun = Entry("grant.made", late.clock.moment, None, {}, index=9_999)
    cases = {
        "back": (permits_right(late), CandidacyWithdrawn(act, late.holder)),
        "of an unsigned one": (permits_right(late), CandidacyWithdrawn(ids.new("act"), late.holder)),
        "in office": (begun.index, GrantEnded(late.grant, "resigned")),
    }
    reader = new_fold()
    for raw, said in lines_of(late.db):
        read_next(reader, raw, said)
    reader.signatures.holders[begun.index], reader.signatures.acts[begun.index] = late.holder, act

    ours, theirs = {}, {}
    with late.db.draft(DraftPen()) as tx:  # elected, in a unit that is not kept
        add_grant(
            tx, begun, grant=ids.new("grt"), holder=late.holder, role="admin", scope=late.branch.scope,
            source="election", act=act, starts=begun.at, until=begun.at + dt.timedelta(days=365),
        )  # fmt: skip
        rows = {row.public_key: row for row in keys.here(tx, late.holder)}
        for name, (by, record) in cases.items():
            ours[name] = [
                bool(lone.may_sign(tx, rows[text_of(one)], by=by, record=record)) for one in (late.new, late.lost)
            ]
            made = {"type": type_of(type(record)).name, "at": "2027-07-01T20:00Z", "by": by, "data": data_of(record)}
            raw = canonical.dumps({**made, "v": 1, "sig": {"key": rows[text_of(late.new)].id}})
            theirs[name] = reader.signatures.is_its_own(verifier.entry_of(10_000, raw), late.holder)

    assert ours == {name: [False, True] for name in cases}
    assert theirs == dict.fromkeys(cases, False)
    assert_replays(late.db, another_db)


def permits_right(town: Town) -> int:
    """What a right of every member rests on."""
    with town.db.read() as tx:
        return permits.right_of_members(tx)
