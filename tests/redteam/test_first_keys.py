"""The red team runs a fork: it takes claims, and puts a passkey of its own in the claimant's place. Both refuse that.

The rogue has the fork's database and its log's key, each claim as it was sent, what the key of the office signed for
the claimant's own passkey, and the key of another office, whose holder is a friend.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hub import canonical, clock, ids
from hub.db import Database
from hub.ledger import signed, writer
from hub.ledger.entries import parse_entry
from hub.ledger.signed import to_text
from hub.mirror import role_keys
from hub.permits import signing
from hub.permits.actions import resign
from hub.permits.entries import GrantEnded
from hub.permits.signing import ALONE, register_missing
from tests import claims_for_tests as holders
from tests.authenticator import Authenticator, cose_of
from tests.mirror.conftest import town as town
from tests.mirror.test_claims import NEW, THERE, Council, Heir
from tests.permits.test_mutated_acts import Court
from tests.replaying import assert_replays, lines_of
from tests.signing_for_tests import act_signed
from tests.verifier import fold, new_fold, read_next

Row = dict[str, Any]
SIGNED_BEFORE, NEVER_SIGNED, FRIEND = 0, 1, 2
REFUSED = {
    "no word of the office": (
        "signing.unvouched",
        "it is a first key of somebody of before this fork, and no key of an office vouches for it",
    ),
    "the claim itself": ("claims.other_site", "it was signed for another hub"),
    "the rogue's word": ("claims.other_key", "it is not signed by the newest key of that office"),
    "a word for her own": ("signing.other_passkey", "the key of that office vouches for another passkey"),
    "a friend's office": ("signing.no_office", "an office that is not this holder's vouches for a key"),
    "a friend's key": ("claims.other_key", "what it carries is no key binding, or one of another key"),
    "an office unsigned": (
        "signing.unsigned",
        "what its office-holder does counts only signed with a key of theirs, and this is not",
    ),
    "an office signed": (
        "signing.not_their_key",
        "it is signed with no key that was this office-holder's then",
    ),
    "the key of the office": (
        "signing.unsigned",
        "what its office-holder does counts only signed with a key of theirs, and this is not",
    ),
}
TOUCHES = "nobody vouched for the key that signed it, and it touches what was there before the key"


class Rogue:
    """Who runs the heir, before one claimant. hers, mine: two passkeys."""

    def __init__(self, council: Council, heir: Heir, number: int) -> None:
        self.council, self.heir, self.receipt = council, heir, council.receipts[number]
        self.actor = council.seated[number]
        self.grant, self.friends = self.actor.grants[0], council.seated[FRIEND].grants[0]
        self.hers, self.mine, self.name = Authenticator(), Authenticator(), ids.new("key")
        self.person = heir.claim(self.receipt)

    def entry(self, kind: str, data: Row, by: int = 1) -> Row:
        return {"type": kind, "at": clock.format_minute(clock.now()), "by": by, "data": data, "v": 1}

    def key(self, **vouched: str) -> Row:
        """The rogue's passkey, as the claimant's first one."""
        mine = {"holder": self.actor.holder, "key": self.name, "public_key": text_of(self.mine), "algorithm": "es256"}
        return self.entry("key.registered", {**mine, **vouched})

    def resigns(self) -> Row:
        """The claimant's office is given up, as the rogue writes it."""
        nothing = dict.fromkeys(("act", "step", "due"))
        return self.entry("grant.ended", {"grant": self.grant.id, "why": "resigned", **nothing}, self.grant.entry)

    def signed(self, entry: Row) -> Row:
        """An entry, signed well by the rogue's passkey."""
        challenge = to_text(signed.challenge_of([signed.digest_of(parse_entry(canonical.dumps(entry), 10_000))]))
        answer = json.loads(self.mine.sign({"rpId": "heir.example", "challenge": challenge}, NEW))["response"]
        parts = {name: answer[name] for name in ("authenticatorData", "clientDataJSON", "signature")}
        return {**entry, "sig": {"key": self.name, **parts}}

    def forgeries(self) -> dict[str, Row]:
        """What the rogue tries, by what it has in hand."""
        with self.heir.db.read() as tx:
            claim = json.loads(writer.bytes_of(tx, writer.size(tx) - 1) or b"")["data"]["token"]
        for_hers = holders.vouch_for(self.heir.db, self.receipt, NEW, text_of(self.hers))
        friends = self.council.receipts[FRIEND]
        by_friend = holders.vouch_for(self.heir.db, friends, NEW, text_of(self.mine))
        seed = bytes(range(32))
        by_mine = self.rebound(seed, for_hers)
        mine = {"grant": self.grant.id, "public_key": role_keys.public_of(seed)}
        return {
            "no word of the office": self.key(),
            "the claim itself": self.key(office=self.grant.id, token=claim),
            "the rogue's word": self.key(office=self.grant.id, token=by_mine),
            "a word for her own": self.key(office=self.grant.id, token=for_hers),
            "a friend's office": self.key(office=self.friends.id, token=by_friend),
            "a friend's key": self.key(office=self.grant.id, token=by_friend),
            "an office unsigned": self.resigns(),
            "an office signed": self.signed(self.resigns()),
            "the key of the office": self.entry("role_key.registered", mine, self.grant.entry),
        }

    def rebound(self, seed: bytes, token: str) -> str:
        """The same words as a token's for the rogue's passkey, signed by another seed."""
        said = canonical.loads(signed.from_text(token.split(".")[1]))
        with self.heir.db.read() as tx:
            number = holders.vouching.nonce_for(
                tx, holder=str(self.actor.holder), public_key=text_of(self.mine),
                minute=int(clock.now().timestamp()) // 60,
            )  # fmt: skip
        found = holders.registration_in(self.receipt)
        return role_keys.bind(seed, audience=said["aud"], nonce=to_text(number), entry=found)


def text_of(device: Authenticator) -> str:
    return to_text(cose_of(device.key))


@pytest.fixture(params=[SIGNED_BEFORE, NEVER_SIGNED], ids=["signed before", "never signed"])
def rogue(request: pytest.FixtureRequest, town: Any, tmp_path: Any) -> Rogue:
    """A rogue's fork, on which somebody claimed their seat just now, and so did the friend."""
    council = Council(town, tmp_path, keyless=(NEVER_SIGNED,))
    heir = council.heir()
    heir.claim(council.receipts[FRIEND])
    return Rogue(council, heir, request.param)


@pytest.fixture
def court(rogue: Rogue) -> Iterator[Court]:
    """Both verifiers after the heir's last entry."""
    scratch, reader, lines = Database("sqlite://"), new_fold(), list(lines_of(rogue.heir.db))
    scratch.create_all()
    with scratch.write() as tx:
        assert list(writer.replay(tx, lines)) == []
        for raw, said in lines:
            read_next(reader, raw, said)
        yield Court(len(lines), tx, reader)
    scratch.close()


def verdicts(court: Court, entry: Row) -> tuple[str, str]:
    raw = canonical.dumps(entry)
    return court.ours(raw, []), court.theirs(raw)


def believed(court: Court, entry: Row) -> None:
    """Both take an entry, and go on from there."""
    raw = canonical.dumps(entry)
    assert verdicts(court, entry) == ("", "")
    assert list(writer.replay(court.tx, [(raw, [])], court.index)) == []
    read_next(court.before, raw, [])
    court.index += 1


def test_operator_of_a_fork_puts_no_key_of_its_own_in_a_claimants_place(rogue: Rogue, court: Court) -> None:
    found = {name: verdicts(court, entry) for name, entry in rogue.forgeries().items()}

    assert found == REFUSED


def test_key_that_the_operator_vouches_for_by_itself_touches_nothing_of_the_claimants(
    rogue: Rogue, court: Court, clock_at: Any
) -> None:
    """Seven days later it is a lone key; and the claimant's own still comes in by the office, at once."""
    believed(court, rogue.signed(rogue.key()))
    clock_at.advance(seconds=ALONE.total_seconds())
    public = role_keys.public_of(bytes(range(32)))

    office = verdicts(court, rogue.signed(rogue.resigns()))
    anew = {"grant": rogue.grant.id, "public_key": public}
    role_key = verdicts(court, rogue.signed(rogue.entry("role_key.registered", anew, rogue.grant.entry)))
    token = holders.vouch_for(rogue.heir.db, rogue.receipt, NEW, text_of(rogue.hers))
    hers = {"holder": rogue.actor.holder, "key": ids.new("key"), "public_key": text_of(rogue.hers)}
    own = {**hers, "algorithm": "es256", "office": rogue.grant.id, "token": token}

    assert (office, role_key) == (("signing.lone_key", TOUCHES), ("signing.lone_key", TOUCHES))
    believed(court, rogue.entry("key.registered", own))


def test_claimants_first_key_signs_at_once_and_brings_the_second_in(rogue: Rogue, another_db: Database) -> None:
    heir, second, person = rogue.heir, Authenticator(), rogue.heir.actor(rogue.person)
    holders.vouch(heir.db, rogue.receipt, NEW, rogue.hers)
    before = heir.written()[0]

    act_signed(heir.db, lambda tx: resign(tx, grant=rogue.grant.id, actor=person), rogue.hers, second, **THERE)

    with heir.db.read() as tx:
        told = [writer.get(tx, index) for index in range(before, writer.size(tx))]
    assert [entry.type for entry in told if entry] == ["key.registered", "grant.ended"]
    assert all(entry and entry.sig for entry in told)
    assert list(fold(lines_of(heir.db)).void) == []
    assert_replays(heir.db, another_db)


def test_fork_that_believes_itself_is_found_out(rogue: Rogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is gone at the hub: the key goes in, and the act by it; nobody else believes either."""
    person = rogue.heir.actor(rogue.person)
    monkeypatch.setattr(signing.claims, "is_of_before", lambda *_: False)

    def verb(tx: Any) -> None:
        writer.append(tx, GrantEnded(rogue.grant.id, "resigned"), by=rogue.grant.entry)

    with rogue.heir.db.write() as tx:
        assert register_missing(tx, holder=str(person.holder), passkeys=[cose_of(rogue.mine.key)], alone=False) == 1
    act_signed(rogue.heir.db, verb, rogue.mine, **THERE)
    lines = list(lines_of(rogue.heir.db))
    monkeypatch.undo()
    scratch = Database("sqlite://")
    scratch.create_all()

    with scratch.write() as tx:
        ours = [(one.index, one.verdict.code) for one in writer.replay(tx, lines)]
    scratch.close()

    assert [(one.type, one.forged) for one in fold(lines).void] == [("key.registered", True), ("grant.ended", True)]
    size = len(lines)
    assert ours == [(size - 2, "signing.unvouched"), (size - 1, "signing.not_their_key")]
