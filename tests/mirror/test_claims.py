"""An office is claimed on a fork, from a mirror alone: by its own key, once, and by nobody else."""

from __future__ import annotations

import datetime as dt
import json
import random
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hub import clock, settings
from hub.branches import actions as branches
from hub.constitution import actions as constitution
from hub.envelope import Proof
from hub.errors import YES, Conflict, Forbidden, Invalid, RuleViolation
from hub.ledger import keys, writer
from hub.ledger.reading import own_key, read_entries
from hub.ledger.signed import from_text, to_text
from hub.ledger.verify import verify
from hub.mirror import claims, publish, role_keys
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.receipts import (
    KEEP_KEY,
    format_claim,
    format_office_receipt,
    parse_claim,
    parse_office_receipt,
    registration_in,
)
from hub.mirror.sources import Folder
from hub.people import actions as people
from hub.people.models import persons, sessions
from hub.permits import VISITOR, P, R, binding, can, can_right, claims_fold, queries, signing
from hub.permits.actions import resign
from hub.permits.entries import GrantEnded, OfficeClaimed
from hub.permits.models import holdings
from hub.roster.actions import admit
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.proofs import prove_inclusion
from hub.tlog.receipt import Receipt
from tests import claims_for_tests as holders
from tests import vaults
from tests.authenticator import Authenticator
from tests.people_for_tests import AREAS, again, entry_count, equip, found_branch, seat_council
from tests.replaying import assert_replays, lines_of
from tests.signing_for_tests import act_signed
from tests.verifier import fold, verifier

OLD, NEW = "https://town.example", "https://heir.example"
HERE, THERE = {"host": "town.example", "home": OLD}, {"host": "heir.example", "home": NEW}


def made(settings):
    """The heir's store."""
    database = vaults.opened(settings)
    database.create_all()
    return database


class Council:
    """A town with three council seats, each with a passkey and a key of its own; and the receipts they keep.

    keyless: those of them who never signed with a passkey.
    """

    def __init__(self, town, tmp_path, keyless=()):
        self.keyless = keyless
        self.town, self.db, self.tmp_path = town, town.db, tmp_path
        with self.db.write() as tx:
            branches.declare_at_founding(tx, AREAS, operator="op")
            self.seated = seat_council(tx, "ann", "bea", "cem")
        self.devices = [Authenticator() for _ in self.seated]
        self.receipts = self.keep(0, 1, 2)

    def keep(self, *numbers):
        """Makes a new key for each of these seats; their receipts."""
        made_keys = [holders.make_key(self.seated[number].grants[0].id) for number in numbers]
        for number, key in zip(numbers, made_keys, strict=True):
            devices = [] if number in self.keyless else [self.devices[number]]
            holders.register_key(self.db, self.seated[number], key, *devices, **HERE)
        self.town.turn()
        return [
            holders.take_receipt(self.db, self.town.folder, self.seated[number], key, OLD)
            for number, key in zip(numbers, made_keys, strict=True)
        ]

    def resigns(self, number):
        """One of them lays the seat down."""
        actor = self.seated[number]
        verb = partial(resign, grant=actor.grants[0].id, actor=actor)
        act_signed(self.db, verb, self.devices[number], **HERE)

    def heir(self, at=None):
        """A fork from a mirror."""
        self.town.turn()
        number = len(list(self.tmp_path.glob("mirror-*")))
        pull(Folder(self.town.folder), self.tmp_path / f"mirror-{number}")
        mirror = Folder(self.tmp_path / f"mirror-{number}")
        return Heir(fork(mirror, self.tmp_path / f"heir-{number}", NEW, at=at, make=made))

    def forged(self, number, change):
        """A receipt by the log's own key, of a history in which one entry is another."""
        entries = read_entries(self.town.folder, self.town.turn().size)
        entries[change] = entries[change].replace(b"2026", b"2025")
        tree = Tree(map(leaf_hash, entries))
        signer = keys.read_signer(self.town.settings.keys, self.town.settings.log_origin)
        note = sign_checkpoint(Checkpoint(self.town.settings.log_origin, tree.size, tree.root()), signer)

        def proof(index):
            return Receipt(index, tuple(prove_inclusion(index, tree.size, tree.read)), note, entries[index])

        kept = self.receipts[number]
        return replace(kept, proofs=tuple(proof(one.index) for one in kept.proofs))


class Heir:
    """A fork under test."""

    def __init__(self, forked):
        self.folder, self.db = forked.settings.data, vaults.opened(forked.settings)

    def nonce(self, mark=holders.mark):
        """The number that its page shows."""
        with self.db.read() as tx:
            return claims.give_nonce(tx, mark)

    def sent(self, receipt, url=NEW, mark=holders.mark):
        """What is pasted for a claim."""
        return format_claim(receipt, holders.token_for(receipt, url, self.nonce(mark)))

    def claim(self, receipt, actor=VISITOR):
        """Claims; whose account it is."""
        return holders.claim(self.db, self.folder, receipt, NEW, actor).person

    def refused(self, sent, actor=VISITOR):
        """Why a claim is refused; nothing is written."""
        before = self.written()
        with pytest.raises((RuleViolation, Forbidden, Invalid)) as refusal:
            holders.send(self.db, self.folder, sent, actor)
        assert self.written() == before
        return getattr(refusal.value, "fields", None) or refusal.value.code

    def written(self):
        """Entries, persons, sessions, and who holds what."""
        with self.db.read() as tx:
            rows = [tuple(tx.execute(sa.select(table)).all()) for table in (persons, sessions, holdings)]
            return entry_count(tx), rows

    def plant(self, receipt, url, fault, given=None):
        """Appends a claim that this hub refuses, and then does not for want of one guard; its index.

        given: the number that was signed, this fork's own by default.
        """
        token = holders.token_for(receipt, url, given or self.nonce())

        def append():
            with self.db.write() as tx:
                grant = queries.grant_by_id(tx, receipt.grant)
                return writer.append(tx, OfficeClaimed(grant.id, grant.holder, token), by=grant.entry).index

        with pytest.raises(RuleViolation):
            append()
        with self.db.write() as tx:
            tx.exec_driver_sql("DELETE FROM office_claims")  # whose own constraint says no, too
        with pytest.MonkeyPatch.context() as looking_away:
            looking_away.setattr(claims_fold, *fault)
            planted = append()
        with self.db.write() as tx:
            tx.exec_driver_sql("DELETE FROM office_claims")
        return planted

    def actor(self, person):
        """Whoever claimed, with a nickname and signed in."""
        with self.db.write() as tx:
            people.take_nickname(tx, person=person, nickname=f"n{person[-6:]}", shown="nickname")
            return again(tx, replace(VISITOR, person=person))


@pytest.fixture
def council(town, tmp_path):
    return Council(town, tmp_path)


def test_office_is_claimed_and_acted_from_and_gives_no_other(council, another_db):
    heir = council.heir()
    before = heir.written()[0]

    ann, device = heir.actor(heir.claim(council.receipts[0])), Authenticator()
    holders.vouch(heir.db, council.receipts[0], NEW, device)
    act_signed(heir.db, lambda tx: resign(tx, grant=ann.grants[0].id, actor=ann), device, **THERE)

    with heir.db.read() as tx:
        told = [writer.get(tx, index) for index in range(before, entry_count(tx))]
        bea = queries.person_of_holder(tx, council.seated[1].holder)
    assert ([grant.id for grant in ann.grants], ann.standing) == ([council.seated[0].grants[0].id], None)
    assert [(entry.type, entry.by) for entry in told] == [
        ("office.claimed", council.seated[0].grants[0].entry),
        ("key.registered", 1),
        ("grant.ended", council.seated[0].grants[0].entry),
    ]
    assert bea is None
    assert_replays(heir.db, another_db)


def test_claim_gives_nothing_before_a_quorum_of_witnesses_has_signed_it(council, monkeypatch):
    heir, holder = council.heir(), council.seated[0].holder
    heir.claim(council.receipts[0])
    carried, reached = [], [heir.written()[0] - 1, heir.written()[0]]
    for size in reached:
        monkeypatch.setattr(queries.charter, "effective_size", lambda _tx, size=size: size)
        with heir.db.read() as tx:
            carried.append([grant.id for grant in queries.carried_by(tx, holder)])

    assert carried == [[], [council.seated[0].grants[0].id]]


def test_claim_stands_in_a_record_that_everybody_can_verify(council, tmp_path):
    heir = council.heir()
    heir.claim(council.receipts[0])
    publish.publish(settings.load(heir.folder, environment={}), heir.db)
    report = verify(heir.folder, own_key(heir.folder, None), heir.db)
    pulled = pull(Folder(heir.folder), tmp_path / "of-heir")

    assert (report.problems, report.ignored, pulled.problems, pulled.ignored) == ([], [], [], [])


def test_whatever_does_not_hold_is_refused_and_nothing_is_written(council, clock_at):
    first, (newest,) = council.receipts[1], council.keep(1)
    council.resigns(2)
    heir, receipts = council.heir(), council.receipts
    ann, bea = receipts[0], newest
    swapped = replace(ann, proofs=bea.proofs)
    stale, made_by_bea = heir.sent(ann), holders.token_for(bea, NEW, heir.nonce())

    found = {
        "for another hub": heir.refused(heir.sent(ann, url="https://else.example")),
        "a number of no hub": heir.refused(heir.sent(ann, mark=lambda text: holders.mark(f"x{text}"))),
        "another's key": heir.refused(format_claim(ann, made_by_bea)),
        "another's proofs": heir.refused(format_claim(swapped, made_by_bea)),
        "an older key": heir.refused(heir.sent(first)),
        "an ended office": heir.refused(heir.sent(receipts[2])),
        "another leaf": heir.refused(heir.sent(council.forged(0, ann.proofs[0].index))),
        "another root": heir.refused(heir.sent(council.forged(0, 0))),
        "no token": heir.refused(format_claim(ann, "a.b.c")),
        "no claim": heir.refused("{}"),
        "a key inside": heir.refused(json.dumps({
            "folkmoot": "office claim", "token": "x", "receipt": json.loads(format_office_receipt(ann)),
        })),
    }  # fmt: skip
    clock_at.advance(minutes=11)
    found["too late"] = heir.refused(stale)

    assert found == {
        "for another hub": "claims.other_site",
        "a number of no hub": "claims.too_old",
        "another's key": "claims.other_key",
        "another's proofs": "claims.no_grant",
        "an older key": "claims.other_key",
        "an ended office": "claims.over",
        "another leaf": "claims.other_history",
        "another root": "claims.other_history",
        "no token": {"claim": binding.NOT_ONE.sentence},
        "no claim": {"claim": "This is no claim. Paste what the command printed, all of it."},
        "a key inside": {"claim": KEEP_KEY},
        "too late": "claims.too_old",
    }
    assert heir.claim(bea)


def test_claim_made_at_one_heir_is_nothing_at_another_of_the_same_address(council):
    """Two operators carry on from one record, under one address: whoever saw a claim at the one has nothing here."""
    one, other = council.heir(), council.heir()
    ann = council.receipts[0]
    sent = one.sent(ann)

    refused = other.refused(sent)
    taken = holders.send(one.db, one.folder, sent)
    with one.db.read() as tx:
        token = json.loads(writer.bytes_of(tx, writer.size(tx) - 1))["data"]["token"]
    again_there = other.refused(format_claim(ann, token))

    assert (refused, again_there, taken.is_new) == ("claims.other_fork", "claims.other_fork", True)
    assert other.claim(ann)


def test_claim_counts_once_and_opens_no_account_that_has_a_passkey(council):
    heir = council.heir()
    sent = heir.sent(council.receipts[0])
    first = holders.send(heir.db, heir.folder, sent)
    entries = heir.written()[0]

    again_same = heir.refused(sent)
    lost_the_session = holders.claim(heir.db, heir.folder, council.receipts[0], NEW)
    ann = heir.actor(first.person)
    with heir.db.write() as tx:
        equip(tx, ann)
    with_passkey = heir.refused(heir.sent(council.receipts[0]))
    as_another = heir.refused(heir.sent(council.receipts[1]), actor=ann)

    assert (again_same, with_passkey, as_another) == ("claims.too_old", "claims.claimed", "claims.other_holder")
    assert (lost_the_session.person, lost_the_session.is_new) == (first.person, False)
    assert heir.written()[0] == entries


@pytest.fixture
def organiser(town, tmp_path):
    """Somebody with two offices, of the council and of a branch, each with a receipt; nobody signs with a passkey."""
    with town.db.write() as tx:
        branches.declare_at_founding(tx, AREAS, operator="op")
        _branch, founders = found_branch(tx, seat_council(tx, "ann", "bea"))
        constitution.take_seat(tx, role="council", shown="A", actor=founders[0])
        both = again(tx, founders[0])
    made_keys = [holders.make_key(grant.id) for grant in both.grants]
    for key in made_keys:
        holders.register_key(town.db, both, key)
    town.turn()
    receipts = [holders.take_receipt(town.db, town.folder, both, key, OLD) for key in made_keys]
    pull(Folder(town.folder), tmp_path / "mirror")
    return both, receipts, Heir(fork(Folder(tmp_path / "mirror"), tmp_path / "heir", NEW, make=made))


def test_each_office_of_a_holder_is_claimed_by_itself(organiser, another_db):
    both, receipts, heir = organiser
    first, second = both.grants

    person = heir.claim(receipts[0])
    one = heir.actor(person)
    unclaimed, device = [], Authenticator()
    holders.vouch(heir.db, receipts[0], NEW, device)
    for grant in (first, second):
        with suppress_to(unclaimed):
            act_signed(heir.db, partial(_resigns, grant), device, **THERE)
    with heir.db.write() as tx:
        equip(tx, one)
    sign_in = heir.refused(heir.sent(receipts[1]))
    same = heir.claim(receipts[1], actor=one)
    with heir.db.write() as tx:
        now = again(tx, one)

    assert [grant.id for grant in one.grants] == [first.id]
    assert unclaimed == ["signing.unclaimed"]
    assert (sign_in, same) == ("claims.sign_in_first", person)
    assert [grant.id for grant in now.grants] == [second.id]
    assert_replays(heir.db, another_db)


def _resigns(grant, tx):
    writer.append(tx, GrantEnded(grant.id, "resigned"), by=grant.entry)


def test_key_of_an_office_that_was_not_claimed_vouches_for_no_first_passkey(organiser):
    """A lost file of one office is no word for a claim of another."""
    _both, receipts, heir = organiser
    heir.claim(receipts[0])
    before = heir.written()

    with pytest.raises(RuleViolation) as refusal:
        holders.vouch(heir.db, receipts[1], NEW, Authenticator())

    assert (refusal.value.code, heir.written()) == ("signing.no_role_key", before)
    holders.vouch(heir.db, receipts[0], NEW, Authenticator())
    assert heir.written()[0] == before[0] + 1


@contextmanager
def suppress_to(codes):
    """Notes the code of a refusal."""
    try:
        yield
    except RuleViolation as refusal:
        codes.append(refusal.code)


def proof(number):
    """What a roster that came later says of somebody."""
    return Proof(f"ent_{number}", "york", dt.date(2026, 1, 1), b"seed", "code")


def test_claimed_office_works_without_a_roster_and_gives_no_right_of_members(organiser):
    _both, receipts, heir = organiser
    actor = heir.actor(heir.claim(receipts[0]))
    grant = actor.grants[0]

    power = can(actor, next(iter(P(name) for name in grant.permissions)), grant.scope)
    rights = {right: bool(can_right(actor, right, grant.scope)) for right in R}

    assert (actor.is_claimant, bool(power)) == (True, True)
    assert rights == dict.fromkeys(R, False)


def test_whoever_claimed_and_proves_membership_later_stays_who_they_are(organiser):
    both, receipts, heir = organiser
    person = heir.claim(receipts[0])
    before = heir.actor(person)
    with heir.db.write() as tx:
        same = admit(tx, proof("1"), claimant=person)
        after = again(tx, before)
        once_more = admit(tx, proof("1"), claimant=person)

    assert (same, once_more) == (person, person)
    assert (after.is_claimant, after.holder, after.standing.area) == (False, both.holder, "york")
    assert [grant.id for grant in after.grants] == [grant.id for grant in before.grants]


def test_whoever_came_back_first_takes_over_what_they_claimed(organiser):
    both, receipts, heir = organiser
    with heir.db.write() as tx:
        member = admit(tx, proof("1"))
        stranger = admit(tx, proof("2"))
        before = again(tx, replace(VISITOR, person=member))
    claimant = heir.claim(receipts[0])
    with heir.db.write() as tx:
        took = admit(tx, proof("1"), claimant=claimant)
        after, other = (again(tx, replace(VISITOR, person=one)) for one in (member, stranger))

    assert (before.holder, before.grants, other.holder) == (None, (), None)
    assert (took, after.holder) == (member, both.holder)
    assert [grant.id for grant in after.grants] == [receipts[0].grant]


def test_two_names_in_the_record_stay_apart(organiser):
    _both, receipts, heir = organiser
    claimant = heir.claim(receipts[0])
    with heir.db.write() as tx:
        member = admit(tx, proof("1"))
        tx.execute(sa.insert(holdings), {"person": member, "holder": "hld_" + "9" * 26})
    before = heir.written()

    with pytest.raises(Conflict) as refusal, heir.db.write() as tx:
        admit(tx, proof("1"), claimant=claimant)

    assert (refusal.value.code, heir.written()) == ("people.two_names", before)


def test_fork_that_leaves_the_key_or_the_office_out_gives_it_to_nobody(council):
    key, seat = council.receipts[2].proofs[1].index, council.receipts[0].proofs[0].index

    keyless, seatless = council.heir(at=key), council.heir(at=seat)

    without_key = keyless.refused(keyless.sent(council.receipts[2]))
    without_seat = seatless.refused(seatless.sent(council.receipts[0]))

    assert (without_key, without_seat) == ("claims.other_history", "claims.other_history")


def test_hub_that_is_no_fork_takes_no_claim(council):
    nonce = to_text(bytes(binding.NONCE))
    sent = format_claim(council.receipts[0], holders.token_for(council.receipts[0], OLD, nonce))
    with council.db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refusal:
        holders.send(council.db, council.town.folder, sent)

    with council.db.read() as tx:
        assert (refusal.value.code, entry_count(tx)) == ("claims.no_fork", before)


# The planted faults: with one guard gone the hub takes the claim, and nobody else does.
def without(**guards):
    """The hub's reads of claims, without some of them."""
    return "claims", SimpleNamespace(**{**vars(claims_fold.claims), **guards})


BLIND = {
    "ended": ("stands", lambda *_: True),
    "older key": without(token_verdict=lambda *_args, **_more: YES),
    "elsewhere": without(token_verdict=lambda *_args, **_more: YES),
    "another heir": without(token_verdict=lambda *_args, **_more: YES),
    "twice": without(claimed_by=lambda *_: set()),
}


def test_hub_that_looks_away_is_found_out(council):
    ann, older, cem = council.receipts
    council.keep(1)
    council.resigns(2)
    other, heir, planted = council.heir(), council.heir(), []
    receipts = {"ended": cem, "older key": older, "elsewhere": ann, "another heir": ann, "twice": ann}
    for fault, receipt in receipts.items():
        if fault == "twice":
            heir.claim(ann)
        given = other.nonce() if fault == "another heir" else None
        url = "https://else.example" if fault == "elsewhere" else NEW
        planted.append(heir.plant(receipt, url, BLIND[fault], given))

    void = fold(lines_of(heir.db)).void
    publish.publish(settings.load(heir.folder, environment={}), heir.db)
    report = verify(heir.folder, own_key(heir.folder, None))

    assert [(one.index, one.type, one.known) for one in void] == [(index, "office.claimed", True) for index in planted]
    assert [one.index for one in report.ignored] == planted
    for index, problem in zip(planted, report.problems, strict=False):
        assert problem.startswith(f"Entry {index} is not signed as it must be: ")


def test_fork_that_acts_for_whoever_did_not_claim_is_found_out(organiser, monkeypatch):
    """Neither an unsigned act of who never had a passkey, nor a first passkey put in the place of theirs."""
    both, _receipts, heir = organiser
    first, second = both.grants
    monkeypatch.setattr(signing, "waits_for_claim", lambda *_: False)
    monkeypatch.setattr(signing.claims, "is_of_before", lambda *_: False)
    with heir.db.write() as tx:
        writer.append(tx, GrantEnded(first.id, "resigned"), by=first.entry)
    act_signed(
        heir.db, lambda tx: writer.append(tx, GrantEnded(second.id, "resigned"), by=second.entry), Authenticator(),
        **THERE,
    )  # fmt: skip

    void = fold(lines_of(heir.db)).void

    assert [(one.type, one.forged) for one in void] == [
        ("grant.ended", True), ("key.registered", True), ("grant.ended", True),
    ]  # fmt: skip


# Tokens and files, as properties.


def test_token_spoilt_anywhere_is_refused_by_both_programs():
    rng = random.Random(7)
    key = holders.make_key("grt_" + "1" * 26)
    seed = role_keys.unlock(key, holders.PASSPHRASE)
    entry = b'{"type":"role_key.registered"}'
    minute = 29_000_000
    forked = b'{"type":"hub.forked"}'
    nonce = to_text(minute.to_bytes(4, "big") + bytes(28) + binding.fork_of(forked))
    token = role_keys.bind(seed, audience=NEW, nonce=nonce, entry=entry)
    other = verifier.RoleKey(key.grant, key.public, 1, entry)

    def both(text, at=minute, fork=forked):
        how = {"public_key": key.public, "entry": entry, "origins": [NEW], "forked": fork}
        mine = binding.token_verdict(text, **how, minute=at)
        try:
            if not verifier.KINDS["token"](text):
                return bool(mine), False
            other.check(text, [NEW], fork, clock.dt.datetime.fromtimestamp(at * 60, clock.UTC))
        except (verifier.Wrong, KeyError, TypeError, ValueError, IndexError):
            return bool(mine), False
        return bool(mine), True

    spoilt = set()
    while len(spoilt) < 400:
        place = rng.randrange(len(token))
        text = token[:place] + rng.choice("AZaz09-_.") + token[place + rng.randrange(2) :]
        if text != token:
            spoilt.add(text)

    assert both(token) == (True, True)
    assert both(token, fork=forked + b" ") == (False, False)
    assert {both(text) for text in sorted(spoilt)} == {(False, False)}
    assert [both(token, minute + late) for late in (-1, 0, 10, 11)] == [
        (False, False), (True, True), (True, True), (False, False),
    ]  # fmt: skip


def test_token_written_otherwise_is_none():
    """The same words in another order, or with more of them, are another text: two programs could disagree on it."""
    seed = bytes(range(32))
    said = binding.Binding(NEW, bytes(binding.NONCE), binding.sd_hash_of(b"x"))
    body = json.loads(binding.format_payload(said))
    head, tail = to_text(binding.HEADER), to_text(seed * 2)

    def readable(value, first=head):
        try:
            binding.parse_token(f"{first}.{to_text(json.dumps(value, separators=(',', ':')).encode())}.{tail}")
        except ValueError:
            return False
        return True

    others = (dict(reversed(body.items())), {**body, "name": "Ann"}, {**body, "iat": 60}, {**body, "iat": False}, [], 1)
    assert readable(body)
    assert [readable(other) for other in others] == [False] * len(others)
    assert not readable(body, to_text(b'{"typ":"kb+jwt","alg":"Ed25519"}'))
    assert not readable(body, to_text(b'{"alg":"none","typ":"kb+jwt"}'))


def test_key_opens_with_its_passphrase_alone_and_not_once_altered():
    key = holders.make_key("grt_" + "1" * 26)
    raw = role_keys.format_key(key)

    assert role_keys.parse_key(raw) == key
    assert role_keys.public_of(role_keys.unlock(key, holders.PASSPHRASE)) == key.public
    assert len(from_text(key.public)) == 32
    for other in (replace(key, grant="grt_" + "2" * 26), replace(key, rounds=1001), replace(key, box=key.box[::-1])):
        with pytest.raises(Invalid):
            role_keys.unlock(other, holders.PASSPHRASE)
    for wrong in ("", "heather kettle plum laddes"):
        with pytest.raises(Invalid):
            role_keys.unlock(key, wrong)
    with pytest.raises(Invalid):
        role_keys.make(key.grant, "too short")


def test_receipt_comes_back_from_its_file_and_a_claim_holds_no_key(council):
    kept = council.receipts[0]

    sent, token = parse_claim(format_claim(kept, "a token"))

    assert parse_office_receipt(format_office_receipt(kept)) == kept
    assert (sent, token) == (replace(kept, key=None), "a token")
    assert '"box"' not in format_claim(kept, "a token")
    assert json.loads(registration_in(kept))["type"] == "role_key.registered"
    assert [len(kept.proofs), len(kept.disclosures)] == [2, 1]
