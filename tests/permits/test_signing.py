"""Acts of office signed by passkeys: who must, by which keys, and what does not count."""

from __future__ import annotations

import json

import pytest

from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.db import Database
from hub.errors import RuleViolation
from hub.groups import offices
from hub.ledger import writer
from hub.ledger.pens import Changed
from hub.permits import keys
from hub.permits.signing import register_missing, withdraw_key
from tests import copies
from tests.authenticator import MAKERS, Authenticator, cose_of
from tests.people_for_tests import (
    again,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    seat_council,
    types,
    without_devices,
)
from tests.replaying import assert_replays, lines_of
from tests.signing_for_tests import act_signed, draft, pen_by
from tests.verifier import signatures


@pytest.fixture
def town(db, clock_at):
    """A branch and a group with two organisers, none of whom has a key; and a moderator who was offered."""
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db, clock_at):
    moment = clock_at("2027-01-10T20:00Z")
    with db.write() as tx:
        found_hub(tx, without_devices())
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, organisers = found_group(tx, branch, founders[:2], founders[2:])
    return db, moment, group, organisers


def fresh(db, actor):
    with db.write() as tx:
        return again(tx, actor)


def raws(db):
    return [raw for raw, _said in lines_of(db)]


def offer(db, group, actor, *devices, **how):
    return act_signed(db, lambda tx: offices.offer(tx, place=group, actor=actor), *devices, **how)


def count(db):
    with db.read() as tx:
        return entry_count(tx)


@pytest.mark.parametrize("algorithm", MAKERS)
def test_first_act_puts_the_key_into_the_record_and_is_signed(town, another_db, algorithm):
    db, _moment, group, (one, _two) = town
    device = Authenticator(MAKERS[algorithm]())
    before = count(db)

    offer(db, group, one, device)

    with db.read() as tx:
        written = types(tx)[before:]
        entry, key = writer.get(tx, before + 1), keys.key_of_entry(tx, before + 1)
        mine = keys.live_keys(tx, one.holder, entry.at)
    assert written == ["key.registered", "office.offered"]
    assert entry.sig["key"] == key.id == mine[0].id
    assert [(row.holder, row.algorithm) for row in mine] == [(one.holder, algorithm)]
    assert signatures(raws(db))[before:] == ["plain", "signed"]
    assert_replays(db, another_db)


def test_new_holder_is_named_given_a_key_and_signs_in_one_press(db, another_db, clock_at):
    clock_at("2027-01-10T20:00Z")
    with db.write() as tx:
        found_hub(tx, without_devices())
        anna = member(tx, "anna")
    before = count(db)
    device, spare = Authenticator(), Authenticator()

    act_signed(db, lambda tx: branches.propose(tx, area="york", name="York", shown="Anna", actor=anna), device, spare)

    with db.read() as tx:
        assert types(tx)[before:] == ["holder.named", "key.registered", "key.registered", "branch.proposed"]
    assert signatures(raws(db))[before:] == ["plain", "plain", "plain", "signed"]
    assert_replays(db, another_db)


def test_holder_without_a_key_acts_unsigned(town):
    db, _moment, group, (one, _two) = town

    with db.write() as tx:
        offices.offer(tx, place=group, actor=one)

    with db.read() as tx:
        assert writer.get(tx, entry_count(tx) - 1).sig is None


def test_holder_with_a_key_never_acts_unsigned_again(town):
    db, _moment, group, (one, two) = town
    offer(db, group, one, Authenticator())
    before = count(db)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        offices.offer(tx, place=group, actor=one)
    with db.write() as tx:
        offices.offer(tx, place=group, actor=two)

    assert refused.value.code == "signing.unsigned"
    assert count(db) == before + 1


def test_seven_entries_of_one_press_share_one_assertion(db, another_db, clock_at):
    clock_at("2027-01-10T20:00Z")
    areas = [
        {"slug": f"area-{letter}", "names": [letter], "districts": [f"ZE{n}"]} for n, letter in enumerate("abcdefg")
    ]
    with db.write() as tx:
        found_hub(tx, without_devices())
        (seated,) = seat_council(tx, "c_one")
        branches.declare_at_founding(tx, areas, operator="op")
        proposal = branch_queries.proposals_of_areas(tx)[0].id
    before = count(db)

    act_signed(db, lambda tx: branches.confirm_areas(tx, proposal=proposal, actor=seated), Authenticator())

    found = signatures(raws(db))[before:]
    bodies = [json.loads(raw)["sig"] for raw in raws(db)[before + 1 :]]
    assert found == ["plain", *["signed"] * 7]
    assert {json.dumps(body, sort_keys=True) for body in bodies} == {json.dumps(bodies[0], sort_keys=True)}
    assert len(bodies[0]["acts"]) == 7
    assert_replays(db, another_db)


LIES = {
    "another site": ({"rp_id": "evil.example"}, "signing.other_site"),
    "another origin": ({"origin": "https://hub.example.org.evil.example"}, "signing.other_site"),
    "plain http": ({"origin": "http://hub.example.org"}, "signing.other_site"),
    "another act": ({"challenge": "A" * 43}, "signing.other_act"),
    "a registration": ({"type": "webauthn.create"}, "signing.assertion"),
    "no verified user": ({"verified": False}, "signing.nobody_there"),
    "nobody present": ({"present": False}, "signing.nobody_there"),
    "a spoiled signature": ({"spoiled": True}, "signing.signature"),
}


@pytest.mark.parametrize("lie", LIES)
def test_false_assertion_records_nothing(town, lie):
    db, _moment, group, (one, _two) = town
    device, (lies, code) = Authenticator(), LIES[lie]
    before = count(db)

    with pytest.raises(RuleViolation) as refused:
        offer(db, group, one, device, **lies)

    assert refused.value.code == code
    assert count(db) == before


def test_anothers_key_signs_nothing(town):
    db, _moment, group, (one, two) = town
    mine, theirs = Authenticator(), Authenticator()
    offer(db, group, one, mine)
    offer(db, group, two, theirs)
    before = count(db)

    with pytest.raises(RuleViolation) as refused:
        offer(db, group, one, mine, by=theirs)

    assert refused.value.code == "permits.no_live_key"
    assert count(db) == before


def test_what_changed_meanwhile_is_not_recorded(town):
    db, _moment, group, (one, _two) = town
    device = Authenticator()
    offer(db, group, one, device)
    _seed, drafted = draft(db, lambda tx: offices.offer(tx, place=group, actor=one), device)
    pen = pen_by(drafted, device, "hub.example.org", "https://hub.example.org")
    before = count(db)

    with pytest.raises(Changed), db.write(pen) as tx:  # other draws: another act
        offices.offer(tx, place=group, actor=one)

    assert count(db) == before


def test_draft_writes_nothing(town):
    db, _moment, group, (one, _two) = town
    before = count(db)

    _seed, drafted = draft(db, lambda tx: offices.offer(tx, place=group, actor=one), Authenticator())

    assert [entry.type for entry in drafted.entries] == ["office.offered"]
    assert count(db) == before
    with db.read() as tx:
        assert keys.keys_of(tx, one.holder) == []


def test_second_passkey_comes_in_by_the_first(town, another_db):
    db, _moment, group, (one, _two) = town
    phone, laptop = Authenticator(), Authenticator()
    offer(db, group, one, phone)
    before = count(db)

    offer(db, group, one, phone, laptop)
    offer(db, group, one, phone, laptop, by=laptop)

    with db.read() as tx:
        assert types(tx)[before:] == ["key.registered", "office.offered", "office.offered"]
    assert signatures(raws(db))[before:] == ["signed", "signed", "signed"]
    assert_replays(db, another_db)


def test_new_passkey_that_nothing_vouches_for_waits_seven_days(town, another_db):
    db, moment, group, (one, _two) = town
    lost, new = Authenticator(), Authenticator()
    offer(db, group, one, lost)
    before = count(db)

    with pytest.raises(RuleViolation) as early:
        offer(db, group, one, new)
    act_signed(db, lambda tx: register_missing(tx, holder=one.holder, passkeys=_cose(new), alone=True), new)
    moment.advance(days=6, hours=23)
    with pytest.raises(RuleViolation) as waiting:
        offer(db, group, fresh(db, one), new)
    moment.advance(hours=1)
    before_more = count(db)
    with pytest.raises(RuleViolation) as alone:
        offer(db, group, fresh(db, one), new)
    assert count(db) == before_more
    act_signed(db, lambda tx: withdraw_key(tx, holder=one.holder, key=keys.here(tx, one.holder)[1].id), new)

    codes = [refused.value.code for refused in (early, waiting, alone)]
    assert codes == ["permits.no_live_key", "permits.no_live_key", "signing.lone_key"]
    assert signatures(raws(db))[before:] == ["signed", "signed"]
    assert_replays(db, another_db)


def test_live_key_withdraws_the_one_that_waits(town, another_db):
    db, moment, group, (one, _two) = town
    mine, forged = Authenticator(), Authenticator()
    offer(db, group, one, mine)
    act_signed(db, lambda tx: register_missing(tx, holder=one.holder, passkeys=_cose(forged), alone=True), forged)
    with db.read() as tx:
        waiting = next(row.id for row in keys.here(tx, one.holder) if row.from_at > moment.moment)

    act_signed(db, lambda tx: withdraw_key(tx, holder=one.holder, key=waiting), mine)
    moment.advance(days=8)
    before = count(db)

    with pytest.raises(RuleViolation):
        offer(db, group, fresh(db, one), forged)
    assert count(db) == before
    assert_replays(db, another_db)


def test_withdrawn_key_signs_nothing_and_unsigned_stays_refused(town):
    db, _moment, group, (one, _two) = town
    device = Authenticator()
    offer(db, group, one, device)
    with db.read() as tx:
        (key,) = [row.id for row in keys.here(tx, one.holder)]

    act_signed(db, lambda tx: withdraw_key(tx, holder=one.holder, key=key), device)

    for act in (lambda: offer(db, group, one, device), lambda: plainly(db, group, one)):
        with pytest.raises(RuleViolation):
            act()


def plainly(db, group, actor):
    with db.write() as tx:
        offices.offer(tx, place=group, actor=actor)


def test_same_act_counts_once(db, clock_at):
    """An operator cannot put an area back to what it was by appending once more what was signed for another day."""
    clock_at("2027-01-10T20:00Z")
    with db.write() as tx:
        found_hub(tx, without_devices())
        (seated,) = seat_council(tx, "c_one")
    device = Authenticator()
    for district in ("ZE1", "ZE2"):
        with db.write() as tx:
            branches.declare_at_founding(tx, [{"slug": "zet", "names": ["Z"], "districts": [district]}], operator="op")
            proposal = branch_queries.proposals_of_areas(tx)[0].id
        act_signed(db, lambda tx, chosen=proposal: branches.confirm_areas(tx, proposal=chosen, actor=seated), device)
    lines = list(lines_of(db))
    first = next(line for line in lines if b"ZE1" in line[0])

    forged = [*lines, first]

    assert signatures([raw for raw, _said in forged])[-1] == "bad: this very act was signed and recorded before"
    assert [one.verdict.code for one in ignored_of(forged)] == ["signing.signed_before"]


def _cose(*devices):
    return [cose_of(device.key) for device in devices]


def ignored_of(lines):
    """What our own fold finds that changes nothing, in an empty database."""
    scratch = Database("sqlite://")
    scratch.create_all()
    try:
        with scratch.write() as tx:
            return list(writer.replay(tx, lines))
    finally:
        scratch.close()
