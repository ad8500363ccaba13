"""Members take receipts that nothing here remembers; each day is counted once it is over, in tens, by the hub alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from hub import audit, clock, ledger
from hub.errors import Forbidden, RuleViolation, TooMany
from hub.ledger import models
from hub.oidc import keys as provider_keys
from hub.receipts import actions, days, queries, text
from hub.receipts.entries import ReceiptsCounted
from hub.receipts.models import receipt_days, receipts_issued, receipts_taken
from hub.tlog.hashes import format_base64
from tests.receipts.conftest import later
from tests.replaying import assert_replays, lines_of
from tests.verifier import fold as fold_alone


def rows(db, table):
    with db.read() as tx:
        return [row._asdict() for row in tx.execute(sa.select(table))]


def size(db):
    with db.read() as tx:
        return ledger.size(tx)


def counted(db):
    return [(row["day"], row["issued"]) for row in rows(db, receipt_days)]


def test_a_receipt_is_given_and_nothing_here_says_whose_it_is(issuing):
    ann, before = issuing.member("ann"), size(issuing.db)

    receipt = issuing.take(ann)

    read = text.parse(receipt)
    assert read.shown == {"branch": {"area": "york", "branch": None}, "since": "2020-01"}
    assert (read.issuer, read.day) == ("https://town.example", dt.date(2026, 11, 21))
    assert size(issuing.db) == before
    assert rows(issuing.db, receipts_issued) == [{"digest": text.digest(receipt), "day": "2026-11-21"}]
    assert rows(issuing.db, receipts_taken) == [{"person": ann.person, "day": "2026-11-21", "many": 1}]
    with issuing.db.read() as tx:
        assert [note.what for note in audit.notes_about(tx, ann.person)] == []


def test_its_owner_chooses_what_it_can_show(issuing):
    ann = issuing.member("ann")
    assert text.parse(issuing.take(ann, frozenset())).shown == {}
    assert text.parse(issuing.take(ann, frozenset(["since"]))).shown == {"since": "2020-01"}


def test_who_is_no_member_gets_none(issuing):
    ann = issuing.member("ann")
    for actor in (dataclasses.replace(ann, standing=None), dataclasses.replace(ann, person=None)):
        with pytest.raises(Forbidden):
            issuing.take(actor)
    assert rows(issuing.db, receipts_issued) == rows(issuing.db, receipts_taken) == []


def test_five_a_day_and_more_tomorrow(issuing, clock_at):
    ann, bob = issuing.member("ann"), issuing.member("bob")
    for _ in range(5):
        issuing.take(ann)

    with pytest.raises(TooMany) as refused:
        issuing.take(ann)

    assert (refused.value.code, refused.value.retry_after) == ("receipts.many", 4 * 3600 + 1)
    assert len(rows(issuing.db, receipts_issued)) == 5
    issuing.take(bob)
    later(clock_at, days=1)
    issuing.take(ann)
    with issuing.db.write() as tx:
        actions.forget(tx)
    assert rows(issuing.db, receipts_taken) == [{"person": ann.person, "day": "2026-11-22", "many": 1}]


def test_day_is_counted_an_hour_after_it_is_over_and_its_digests_go_to_the_public_file(issuing, clock_at, another_db):
    mine = [issuing.take(issuing.member(f"member{n}")) for n in range(12)]
    before = size(issuing.db)

    clock_at("2026-11-22T00:59Z")
    assert (issuing.count(), size(issuing.db)) == (0, before)
    clock_at("2026-11-22T01:00Z")
    assert (issuing.count(), issuing.count(), size(issuing.db)) == (1, 0, before + 1)

    (day,) = rows(issuing.db, receipt_days)
    told = days.parse_day((issuing.town.settings.files / day["file"]).read_bytes())
    assert (day["day"], day["issued"], len(told)) == ("2026-11-21", 10, 20)
    assert {text.digest(one) for one in mine} <= set(told)
    assert day["root"] == format_base64(days.root_of(told))
    assert day["keys"] == [issuing.keys.signing("ES256").id]
    assert rows(issuing.db, receipts_issued) == []
    with issuing.db.read() as tx:
        for one in mine:
            assert queries.check(tx, one, issuing.town.settings.files, clock.now()).counted == "yes"
    assert_replays(issuing.db, another_db)


def test_few_and_none_are_told_alike(issuing, clock_at):
    issuing.take(issuing.member("ann"))
    later(clock_at, days=3)

    issuing.count()

    found = rows(issuing.db, receipt_days)
    assert [(row["day"], row["issued"]) for row in found] == [
        ("2026-11-21", 0), ("2026-11-22", 0), ("2026-11-23", 0),
    ]  # fmt: skip
    sizes = {len((issuing.town.settings.files / row["file"]).read_bytes()) for row in found}
    assert sizes == {650}


def test_a_hub_that_gave_none_counts_nothing(issuing, clock_at):
    later(clock_at, days=30)
    before = size(issuing.db)
    assert (issuing.count(), size(issuing.db)) == (0, before)


def test_a_hub_that_rested_catches_up_in_turns(issuing, clock_at):
    issuing.take(issuing.member("ann"))
    later(clock_at, days=150)
    assert [issuing.count(), issuing.count(), issuing.count()] == [100, 50, 0]
    assert [day for day, _ in counted(issuing.db)][-1] == "2027-04-19"


def test_both_keys_of_a_day_of_renewal_are_named(issuing, clock_at):
    ann = issuing.member("ann")
    provider_keys.rotate(issuing.town.settings.keys, "federation.json")
    old = issuing.keys.signing("ES256").id
    issuing.take(ann)
    later(clock_at, days=1, hours=1)
    renewed = issuing.take(ann)
    new = issuing.keys.signing("ES256").id
    later(clock_at, days=2)

    issuing.count()

    assert new != old
    assert [row["keys"] for row in rows(issuing.db, receipt_days)][:3] == [[old], [old, new], [new]]
    with issuing.db.read() as tx:
        assert queries.check(tx, renewed, issuing.town.settings.files, clock.now()).verdict.ok


def test_crash_between_file_and_entry_counts_the_day_the_next_time(issuing, clock_at, monkeypatch):
    receipt = issuing.take(issuing.member("ann"))
    later(clock_at, days=1)
    before = size(issuing.db)

    def crash(*_, **__):
        raise OSError("the machine went down")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "append", crash)
        with pytest.raises(OSError, match="went down"):
            issuing.count()

    assert (size(issuing.db), len(rows(issuing.db, receipts_issued))) == (before, 1)
    assert issuing.count() == 1
    with issuing.db.read() as tx:
        assert queries.check(tx, receipt, issuing.town.settings.files, clock.now()).counted == "yes"


def test_no_receipt_is_given_for_a_day_that_was_counted(issuing, clock_at):
    ann = issuing.member("ann")
    issuing.take(ann)
    later(clock_at, days=1)
    issuing.count()

    later(clock_at, days=-1)
    with pytest.raises(RuleViolation) as refused:
        issuing.take(ann)

    assert refused.value.code == "receipts.counted_already"
    assert rows(issuing.db, receipts_issued) == []


ROOT, FILE, KEYS = "A" * 43 + "=", "0" * 64, ["K" * 43]
FORGED = {
    "an exact number": ({"issued": 7}, None, "receipts.exact"),
    "a day that is not over": ({"day": "2026-11-23"}, None, "receipts.other_day"),
    "a day twice": ({"day": "2026-11-21"}, None, "receipts.other_day"),
    "a day before": ({"day": "2026-11-20"}, None, "receipts.other_day"),
    "no day": ({"day": "2026-02-30"}, None, "receipts.no_day"),
    "an office": ({}, 1, "receipts.by_office"),
}


@pytest.mark.parametrize("name", FORGED)
def test_any_other_count_is_refused_and_changes_nothing_where_it_is_forced_in(issuing, clock_at, name):
    issuing.take(issuing.member("ann"))
    clock_at("2026-11-23T12:00Z")
    issuing.count()
    with issuing.db.write() as tx:
        tx.execute(sa.delete(receipt_days).where(receipt_days.c.day == "2026-11-22"))
    changes, by, code = FORGED[name]
    values = {"day": "2026-11-22", "issued": 10, "root": ROOT, "file": FILE, "keys": KEYS, **changes}
    before, known = size(issuing.db), counted(issuing.db)

    with issuing.db.write() as tx, pytest.raises(RuleViolation) as refused:
        ledger.append(tx, ReceiptsCounted(**values), by=by)

    assert (refused.value.code, size(issuing.db), counted(issuing.db)) == (code, before, known)
    lines = [
        line for line in lines_of(issuing.db) if b"2026-11-22" not in line[0] or b"receipts.counted" not in line[0]
    ]
    said = {"at": "2026-11-23T12:00Z", "by": by, "data": values, "type": "receipts.counted", "v": 1}
    entry = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    assert [one.index for one in fold_alone([*lines, (entry, [])]).void] == [len(lines)]


def test_shapes_that_no_count_has_are_refused(issuing, clock_at):
    clock_at("2026-11-23T12:00Z")
    good = {"day": "2026-11-22", "issued": 10, "root": ROOT, "file": FILE, "keys": KEYS}
    for changes in ({"keys": []}, {"keys": ["short"]}, {"keys": KEYS * 11}, {"file": "x"}, {"root": ""}):
        with issuing.db.write() as tx, pytest.raises(RuleViolation):
            ledger.append(tx, ReceiptsCounted(**{**good, **changes}), by=None)
    assert counted(issuing.db) == []
    assert b"receipts.counted" not in b"".join(_bytes(issuing.db))


def _bytes(db):
    with db.read() as tx:
        return [bytes(raw) for raw in tx.scalars(sa.select(models.entries.c.bytes))]
