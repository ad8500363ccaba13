"""A thousand mutated acts (AU-10): the app accepts none, nor does a second verifier that shares no code with it."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hub import canonical, ids
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.db import Database
from hub.errors import YES
from hub.groups import links, offices
from hub.ledger import writer
from hub.permits import actions as permits
from hub.permits import signing
from tests import copies
from tests.authenticator import MAKERS, Authenticator
from tests.people_for_tests import (
    again,
    begin_appointments,
    found_branch,
    found_group,
    found_hub,
    member,
    seat_council,
    without_devices,
)
from tests.replaying import lines_of
from tests.signing_for_tests import act_signed
from tests.verifier import new_fold, read_next, signatures, verifier

Line = tuple[bytes, list[str]]
PARTS = ("authenticatorData", "clientDataJSON", "signature")


@pytest.fixture
def record(db: Database, clock_at: Any) -> list[Line]:
    """A record with signed acts of many types, by keys of all three algorithms."""
    return copies.of(db, _found_record, at=clock_at)


def _found_record(db: Database, clock_at: Any) -> list[Line]:
    clock_at("2027-01-10T20:00Z")
    phone, laptop, token, own = (Authenticator(MAKERS[name]()) for name in ("es256", "eddsa", "rs256", "es256"))
    areas = [{"slug": f"z-{letter}", "names": [letter], "districts": [f"ZE{n}"]} for n, letter in enumerate("abc")]
    with db.write() as tx:
        found_hub(tx, without_devices())
        council = seat_council(tx, "c_one", "c_two")
        branch, founders = found_branch(tx, council)
        group, (one, two) = found_group(tx, branch, founders[:2], founders[2:])
        branches.declare_at_founding(tx, areas, operator="op")
        proposal = branch_queries.proposals_of_areas(tx)[0].id
        third = member(tx, "third")
        seated = again(tx, council[0])

    def link(tx: Any) -> None:
        links.add_link(
            tx, group=group, kind="forum", url="https://york.example.org", title="Forum", audience="public", actor=one
        )

    act_signed(db, lambda tx: branches.confirm_areas(tx, proposal=proposal, actor=seated), token)
    act, invitation = act_signed(db, lambda tx: offices.offer(tx, place=group, actor=one), phone)
    act_signed(db, lambda tx: offices.accept(tx, token=invitation, shown="Third", actor=third), own)
    act_signed(db, lambda tx: offices.confirm(tx, act=act, actor=one), phone)
    act_signed(db, lambda tx: offices.confirm(tx, act=act, actor=two), laptop)
    act_signed(db, link, phone)
    with db.write() as tx:
        begin_appointments(tx, clock_at)
        one, two, third = (again(tx, who) for who in (one, two, third))
    act, _token = act_signed(db, lambda tx: offices.offer(tx, place=group, actor=two), laptop)
    act_signed(db, lambda tx: offices.offer(tx, place=group, actor=one), phone)
    act_signed(db, lambda tx: permits.resign(tx, grant=third.grants[0].id, actor=third), own)
    return list(lines_of(db))


@dataclass
class Court:
    """Both verifiers, standing just before one entry. before: the stand-alone one's fold; tx: our own."""

    index: int
    tx: Any
    before: Any

    def ours(self, raw: bytes, said: list[str]) -> str:
        """Our verdict on what stands here: empty where it is accepted."""
        with self.tx.begin_nested() as trial:
            try:
                ignored = list(writer.replay(self.tx, [(raw, said)], self.index))
            except canonical.NotCanonical as problem:
                return f"not canonical: {problem}"
            finally:
                trial.rollback()
        return ignored[0].verdict.code if ignored else ""

    def theirs(self, raw: bytes) -> str:
        """The stand-alone verifier's."""
        try:
            refusal = self.before.refusal(verifier.entry_of(self.index, raw))
        except verifier.Wrong as problem:
            return f"no entry: {problem}"
        return refusal.why if refusal else ""


def courts(lines: list[Line]) -> Iterator[tuple[Court, Line]]:
    """Both verifiers before each signed entry in turn, and the entry."""
    scratch, reader = Database("sqlite://"), new_fold()
    scratch.create_all()
    for index, (raw, said) in enumerate(lines):
        with scratch.write() as tx:
            if "sig" in json.loads(raw):
                yield Court(index, tx, reader), (raw, said)
            assert list(writer.replay(tx, [(raw, said)], index)) == []
        read_next(reader, raw, said)
    scratch.close()


def flipped(text: str, chance: random.Random) -> str:
    """The same base64url with one bit, one character or its end changed."""
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    way = chance.randrange(4)
    if way == 0:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    elif way == 1:
        del raw[chance.randrange(len(raw))]
    elif way == 2:
        raw.insert(chance.randrange(len(raw) + 1), chance.randrange(256))
    else:
        place = chance.randrange(len(text))
        other = chance.choice([c for c in ALPHABET if c != text[place]])
        return text[:place] + other + text[place + 1 :]
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def other_value(value: Any, chance: random.Random) -> Any:
    """Another value of the same kind, as plausible as can be."""
    if isinstance(value, str) and len(value) > 4 and value[3] == "_":
        return ids.new(value[:3])
    if isinstance(value, str):
        return chance.choice([f"{value}a", value[:-1] or "b", "moderator" if value != "moderator" else "admin"])
    if isinstance(value, list):
        return chance.choice([[*value, "X9"], value[:-1], [f"{value[0]}1", *value[1:]]])
    return (value or 0) + 1 if isinstance(value, int) else "act_" + "0" * 26


def mutated(raw: bytes, others: list[dict[str, Any]], chance: random.Random) -> tuple[str, bytes]:
    """A mutation of a signed entry: what was changed, and the new bytes."""
    entry = json.loads(raw)
    sig, data = entry["sig"], entry["data"]
    what = chance.choice(["data", "type", "by", "v", "_sd", *PARTS, *PARTS, "key", "acts", "no sig", "another sig"])
    if what == "data":
        name = chance.choice(sorted(data))
        data[name] = other_value(data[name], chance)
        what = f"data.{name}"
    elif what == "type":
        entry["type"] = chance.choice([o["type"] for o in others if o["type"] != entry["type"]])
    elif what == "by":
        entry["by"] = chance.choice([None, *(n for n in range(len(others)) if n != entry["by"])])
    elif what == "v":
        entry["v"] = chance.choice([0, 2])
    elif what == "_sd":
        digests = entry.get("_sd", [])
        entry["_sd"] = chance.choice([[*digests, "A" * 43], digests[1:] if digests else ["B" * 43]])
        if not entry["_sd"]:
            del entry["_sd"]
    elif what in PARTS:
        sig[what] = flipped(sig[what], chance)
    elif what == "key":
        names = [o["data"]["key"] for o in others if o["type"] == "key.registered" and o["data"]["key"] != sig["key"]]
        sig["key"] = chance.choice([*names, ids.new("key")])
    elif what == "acts":
        acts = sig.get("acts", ["A" * 43, "B" * 42 + "A"])
        sig["acts"] = chance.choice([acts[1:], acts[::-1], [*acts, "C" * 42 + "A"]]) if "acts" in sig else acts
    elif what == "no sig":
        del entry["sig"]
    else:
        entry["sig"] = chance.choice([o["sig"] for o in others if "sig" in o and o["sig"] != sig])
    return what, canonical.dumps(entry)


def test_a_thousand_mutated_acts_are_refused_by_both(record: list[Line]) -> None:
    chance = random.Random(10)
    others = [json.loads(raw) for raw, _said in record]
    signed = sum("sig" in other for other in others)
    tried: Counter[str] = Counter()
    accepted: list[tuple[str, str, bytes]] = []

    for court, (raw, said) in courts(record):
        assert (court.ours(raw, said), court.theirs(raw)) == ("", "")
        for _trial in range(-(-1000 // signed)):
            what, forged = mutated(raw, others, chance)
            assert forged != raw
            tried[what.partition(".")[0]] += 1
            verdicts = court.ours(forged, said), court.theirs(forged)
            accepted += [
                (what, who, forged) for who, said_no in zip(("app", "second"), verdicts, strict=True) if not said_no
            ]

    assert accepted == []
    assert sum(tried.values()) >= 1000
    assert tried.keys() == {"data", "type", "by", "v", "_sd", *PARTS, "key", "acts", "no sig", "another sig"}
    assert {json.loads(raw)["type"] for raw, _said in record if b'"sig":' in raw} == {
        "area.declared", "office.offered", "office.accepted", "office.confirmed", "link.declared", "grant.ended",
    }  # fmt: skip


def test_mutations_are_caught_by_the_signature_and_not_by_luck(
    record: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: a verifier that believes every assertion lets many of the same mutations pass."""
    chance = random.Random(11)
    others = [json.loads(raw) for raw, _said in record]
    monkeypatch.setattr(signing, "assertion_verdict", lambda *_args, **_named: YES)
    passed: set[str] = set()

    for court, (raw, said) in courts(record):
        for _trial in range(60):
            what, forged = mutated(raw, others, chance)
            if not court.ours(forged, said):
                passed.add(what.partition(".")[0])

    assert {"data", "authenticatorData", "clientDataJSON", "signature"} <= passed


def test_both_verifiers_agree_on_the_whole_record(record: list[Line]) -> None:
    found = signatures([raw for raw, _said in record])

    assert set(found) == {"plain", "signed"}
    assert [word == "signed" for word in found] == [b'"sig":' in raw for raw, _said in record]
