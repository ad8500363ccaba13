"""Carrying a charter in: only one that counts is recorded, and replay believes no other."""

import dataclasses

import pytest
import sqlalchemy as sa

from hub import ledger
from hub.charter import actions, queries
from hub.charter.entries import CharterAdopted
from hub.charter.models import charters
from hub.charter.text import format_charter, text_hash
from hub.errors import RuleViolation
from hub.tlog.note import Signer
from hub.tlog.policy import Log
from tests.charter.conftest import Chartered
from tests.charters_for_tests import after, keys, note
from tests.replaying import assert_replays


@pytest.fixture
def bare(town, tmp_path):
    return Chartered(town, tmp_path)


def size(db):
    with db.read() as tx:
        return ledger.size(tx)


def test_a_charter_that_three_trustees_signed_comes_into_force(bare, another_db):
    signed, entry = bare.adopt()

    with bare.db.read() as tx:
        assert queries.in_force(tx) == signed
        row = tx.execute(sa.select(charters)).one()
        assert row._asdict() == {
            "version": 1,
            "entry": entry.index,
            "since": entry.at,
            "hash": text_hash(format_charter(bare.charter)),
            "signed": note(bare.charter, 0, 1, 2).decode(),
            "has_quorum": True,
        }
    assert_replays(bare.db, another_db)


def test_the_next_one_follows_by_the_same_rule(bare):
    bare.adopt()
    second = after(bare.charter, trustees=keys(2, 3, 4, 5, 6))
    before = size(bare.db)
    with bare.db.write() as tx, pytest.raises(RuleViolation) as refused:
        actions.adopt(tx, note(second, 4, 5, 6))
    assert (refused.value.code, size(bare.db)) == ("charter.not_signed_by_old", before)

    with bare.db.write() as tx:
        actions.adopt(tx, note(second, 2, 3, 4))
        assert [signed.charter.version for signed in queries.chain_of(tx)] == [1, 2]


STRANGER = Signer("town.example/log", b"S" * 32)


@pytest.mark.parametrize(
    ("changes", "signers", "code"),
    [
        ({}, (0, 1), "charter.not_signed_by_new"),
        ({"version": 2, "previous": b"p" * 32}, (0, 1, 2), "charter.not_first"),
        ({"log": STRANGER.verifier}, (0, 1, 2), "charter.other_log"),
    ],
)
def test_any_other_is_refused_and_nothing_is_written(bare, changes, signers, code):
    before = size(bare.db)
    values = {name: value for name, value in changes.items() if name != "log"}
    if "log" in changes:
        values["policy"] = dataclasses.replace(bare.charter.policy, logs=(Log(changes["log"], "https://x.example/"),))

    with bare.db.write() as tx, pytest.raises(RuleViolation) as refused:
        actions.adopt(tx, note(dataclasses.replace(bare.charter, **values), *signers))

    assert (refused.value.code, size(bare.db)) == (code, before)


@pytest.mark.parametrize("raw", [b"", b"\xff", b"a\n\n\xe2\x80\x94 a AAAA\n"])
def test_what_is_no_charter_is_refused_in_words(bare, raw):
    with bare.db.write() as tx, pytest.raises(RuleViolation) as refused:
        actions.adopt(tx, raw)
    assert refused.value.code == "charter.spoilt"


def test_an_entry_with_another_number_than_its_charter_changes_nothing(bare):
    before = size(bare.db)
    text = note(bare.charter, 0, 1, 2).decode()
    with bare.db.write() as tx, pytest.raises(RuleViolation) as refused:
        ledger.append(tx, CharterAdopted(7, text), by=None)
    assert (refused.value.code, size(bare.db)) == ("charter.other_number", before)
