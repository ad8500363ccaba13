"""Passkeys: added, used and removed; and every way a device, a browser or a stranger may lie about one."""

from __future__ import annotations

import json
from functools import partial

import pytest
import sqlalchemy as sa

from hub import outbox
from hub.errors import Invalid, NotFound
from hub.people import passkeys
from hub.people.models import challenges
from hub.people.models import passkeys as table
from hub.people.passkeys import MOST, Party
from hub.web.signing import Signer
from tests import copies
from tests.authenticator import Authenticator
from tests.people_for_tests import found_hub, member

ORIGIN = "https://hub.example.org"
SIGNER = Signer(["k" * 43])
HUB = Party(
    "hub.example.org",
    ORIGIN,
    "Example Union",
    partial(SIGNER.sign, "passkey"),
    partial(SIGNER.read, "passkey"),
    partial(SIGNER.sign, "lock"),
)


@pytest.fixture
def people(db, clock_at):
    return copies.of(db, _found_people, at=clock_at)


def _found_people(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        return member(tx, "anna"), member(tx, "ben")


def ask(db, person):
    with db.write() as tx:
        return passkeys.ask_to_add(tx, HUB, person=person, nickname="anna")


def add(db, person, device, name="phone", **lies):
    answer = device.make(ask(db, person), ORIGIN, **lies)
    with db.write() as tx:
        passkeys.add(tx, HUB, person=person, answer=answer, name=name)
    return answer


def sign_in(db, device, **lies):
    options = passkeys.ask_to_sign_in(HUB)
    answer = device.sign(options, ORIGIN, **lies)
    with db.write() as tx:
        return passkeys.sign_in(tx, HUB, answer=answer)


def kept(db):
    with db.read() as tx:
        return [tuple(row) for row in tx.execute(sa.select(table).order_by(table.c.id))]


def test_passkey_signs_its_owner_in(db, people):
    (anna, ben), phone, key = people, Authenticator(), Authenticator()
    add(db, anna.person, phone)
    add(db, ben.person, key, name="")

    found = sign_in(db, phone), sign_in(db, key), sign_in(db, phone)

    with db.read() as tx:
        mine, letters = passkeys.passkeys_of(tx, anna.person), outbox.notices(tx, anna.person)
        theirs = passkeys.passkeys_of(tx, ben.person)
    assert found == (anna.person, ben.person, anna.person)
    assert [(one.name, one.used_at is not None) for one in mine] == [("phone", True)]
    assert [one.name for one in theirs] == ["Passkey"]
    assert [letter.template for letter in letters] == ["passkey_added"]


def test_asking_names_no_one_and_demands_a_verified_user(db, people):
    anna, _ = people
    asked = ask(db, anna.person)
    signing = passkeys.ask_to_sign_in(HUB)

    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (signing["userVerification"], signing.get("allowCredentials", [])) == ("required", [])
    assert anna.person not in json.dumps(asked)


LIES_MAKING = {
    "another origin": {"origin": "https://hub.example.org.evil.example"},
    "another port": {"origin": "https://hub.example.org:8443"},
    "another site": {"rp_id": "evil.example"},
    "another challenge": {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "another kind": {"type": "webauthn.get"},
    "no verified user": {"verified": False},
    "nobody present": {"present": False},
}
LIES_SIGNING = {**LIES_MAKING, "another kind": {"type": "webauthn.create"}, "a spoiled signature": {"spoiled": True}}


@pytest.mark.parametrize("lie", LIES_MAKING)
def test_lie_adds_no_passkey(db, people, lie):
    anna, _ = people

    with pytest.raises(Invalid):
        add(db, anna.person, Authenticator(), **LIES_MAKING[lie])

    assert kept(db) == []


@pytest.mark.parametrize("lie", LIES_SIGNING)
def test_lie_signs_nobody_in(db, people, lie):
    anna, _ = people
    phone = Authenticator()
    add(db, anna.person, phone)
    before = kept(db)

    with pytest.raises(Invalid):
        sign_in(db, phone, **LIES_SIGNING[lie])

    assert kept(db) == before
    assert sign_in(db, phone) == anna.person


def test_answer_counts_once(db, people):
    anna, _ = people
    phone = Authenticator()
    first = add(db, anna.person, phone)
    with db.write() as tx:
        answer = phone.sign(passkeys.ask_to_sign_in(HUB), ORIGIN)
        passkeys.sign_in(tx, HUB, answer=answer)

    for again in (lambda tx: passkeys.sign_in(tx, HUB, answer=answer),
                  lambda tx: passkeys.add(tx, HUB, person=anna.person, answer=first, name="again")):  # fmt: skip
        with pytest.raises(Invalid), db.write() as tx:
            again(tx)
    assert len(kept(db)) == 1


def test_challenge_is_for_one_person_and_one_purpose_and_five_minutes(db, people, clock_at):
    anna, ben = people
    clock, phone = clock_at("2026-11-21T20:00Z"), Authenticator()
    options = ask(db, anna.person)
    with pytest.raises(Invalid), db.write() as tx:
        passkeys.add(tx, HUB, person=ben.person, answer=phone.make(options, ORIGIN), name="")
    add(db, anna.person, phone)
    signing = phone.sign({"challenge": options["challenge"], "rpId": HUB.id}, ORIGIN)
    with pytest.raises(Invalid), db.write() as tx:
        passkeys.sign_in(tx, HUB, answer=signing)
    late = phone.sign(passkeys.ask_to_sign_in(HUB), ORIGIN)
    clock.advance(minutes=5)

    with pytest.raises(Invalid), db.write() as tx:
        passkeys.sign_in(tx, HUB, answer=late)
    with db.write() as tx:
        passkeys.forget_challenges(tx)

    with db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(challenges)) == 0


def test_copied_device_whose_count_stands_still_is_refused(db, people):
    anna, _ = people
    phone = Authenticator()
    add(db, anna.person, phone)
    sign_in(db, phone)
    sign_in(db, phone)

    with pytest.raises(Invalid):
        sign_in(db, phone, count=1)


def test_removed_passkey_signs_nobody_in_and_nobody_removes_anothers(db, people):
    anna, ben = people
    phone = Authenticator()
    add(db, anna.person, phone)
    (mine,) = [row[0] for row in kept(db)]
    with pytest.raises(NotFound), db.write() as tx:
        passkeys.remove(tx, HUB, person=ben.person, passkey=mine)
    with db.write() as tx:
        passkeys.remove(tx, HUB, person=anna.person, passkey=mine)

    with pytest.raises(Invalid):
        sign_in(db, phone)
    with db.read() as tx:
        letters = sorted(letter.template for letter in outbox.notices(tx, anna.person))
        assert letters == ["passkey_added", "passkey_removed"]
        assert passkeys.passkeys_of(tx, anna.person) == []


def test_key_known_to_somebody_is_not_added_again(db, people):
    anna, ben = people
    phone = Authenticator()
    add(db, anna.person, phone)

    with pytest.raises(Invalid):
        add(db, ben.person, phone)

    assert len(kept(db)) == 1


def test_passkeys_and_their_names_are_bounded(db, people):
    anna, _ = people
    for _place in range(MOST):
        add(db, anna.person, Authenticator())

    with pytest.raises(Invalid):
        add(db, anna.person, Authenticator())
    with pytest.raises(Invalid):
        add(db, people[1].person, Authenticator(), name="x" * 41)

    assert len(kept(db)) == MOST


NONSENSE = ["", "{}", "[]", "null", "5", '{"response": 5}', "[" * 100_000, '{"response": {"clientDataJSON": "!!"}}',
            '{"response": {"clientDataJSON": ""}}', "\ud800", "x" * 20_000, '{"id": "a", "id": "b"}',
            '{"response": {"clientDataJSON": "e30"}}']  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_refused_alike(db, people, answer):
    anna, _ = people

    for act in (lambda tx: passkeys.sign_in(tx, HUB, answer=answer),
                lambda tx: passkeys.add(tx, HUB, person=anna.person, answer=answer, name="")):  # fmt: skip
        with pytest.raises(Invalid), db.write() as tx:
            act(tx)

    assert kept(db) == []


def test_passkey_keeps_whether_it_stays_in_its_device(db, people):
    (anna, ben), key, synced = people, Authenticator(), Authenticator(copies=True)
    add(db, anna.person, key)
    add(db, ben.person, synced)

    with db.read() as tx:
        found = [[one.is_device_bound for one in passkeys.passkeys_of(tx, who.person)] for who in (anna, ben)]
    assert found == [[True], [False]]


def test_passkey_that_left_its_device_signs_nobody_in(db, people):
    (anna, ben), key, synced = people, Authenticator(), Authenticator(copies=True)
    add(db, anna.person, key)
    add(db, ben.person, synced)
    before = kept(db)

    with pytest.raises(Invalid):
        sign_in(db, key, copies=True)

    assert kept(db) == before
    assert (sign_in(db, key), sign_in(db, synced), sign_in(db, synced, copies=False)) == (
        anna.person,
        ben.person,
        ben.person,
    )
