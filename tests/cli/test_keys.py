"""hub keys take: an heir's own key makes place for the one that trustees joined, before anybody came."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub import settings as house
from hub.cli import stores
from hub.matcher import settings as matcher_settings
from hub.matcher.keys import load_keys
from hub.matcher.models import codes
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.people import claiming
from tests.cli.test_commands import hub as hub
from tests.cli.test_commands import run

SUBJECT, PAIR = bytes(range(32)), b"ab" * 32 + b"\n"


@pytest.fixture
def joined(tmp_path):
    """What two calls of hub trustee join wrote."""
    (tmp_path / "subject.key").write_bytes(SUBJECT)
    (tmp_path / "pair.key").write_bytes(PAIR)
    return tmp_path


def kept(hub):
    return load_keys(hub / "matcher/keys").subject, ProviderKeys(hub / "keys").pair


def test_both_keys_take_the_place_of_the_heirs_own(hub, joined):
    (joined / "joined-today").write_bytes(PAIR)

    first = run("keys", "take", joined / "subject.key", "--data", hub)
    second = run("keys", "take", joined / "joined-today", "--as", "pair.key", "--data", hub)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert kept(hub) == (SUBJECT, bytes.fromhex(PAIR.decode()))
    assert [(hub / path).stat().st_mode & 0o777 for path in ("keys/pair.key", "matcher/keys/subject.key")] == [
        0o400
    ] * 2
    assert f"Remove {joined / 'subject.key'}" in first.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["subject.key", "--as", "pair.key"], "does not hold what a pair.key holds"),
        (["pair.key", "--as", "subject.key"], "does not hold what a subject.key holds"),
        (["another"], "Say with --as which key"),
    ],
)
def test_what_is_no_such_key_is_refused(hub, joined, words, sentence):
    (joined / "another").write_bytes(SUBJECT)
    before = kept(hub)

    done = run("keys", "take", joined / words[0], *words[1:], "--data", hub)

    assert (done.exit_code != 0, sentence in done.output, kept(hub)) == (True, True, before), done.output


def test_claim_of_an_office_before_hinders_no_key(hub, joined):
    db = stores.open_hub(house.load(hub))
    with db.write() as tx:
        claiming.open_person(tx)
    db.close()

    done = run("keys", "take", joined / "subject.key", "--data", hub)

    assert (done.exit_code, kept(hub)[0]) == (0, SUBJECT)


@pytest.mark.parametrize("came", ["account", "code"])
@pytest.mark.parametrize("name", ["subject.key", "pair.key"])
def test_after_somebody_came_no_key_is_taken(hub, joined, came, name):
    before = kept(hub)
    if came == "account":
        db = stores.open_hub(house.load(hub))
        with db.write() as tx:
            person = people.open_account(tx, entry_ref="ent_a", seed=b"seed")
            people.take_nickname(tx, person=person, nickname="first_one", shown="nickname")
    else:
        db = stores.open_matcher(matcher_settings.load(hub / "matcher"))
        now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
        row = {"hash": b"h" * 32, "ref": "ent_a", "kind": "code", "made_at": now, "until_at": now, "tries": 0}
        with db.write() as tx:
            tx.execute(sa.insert(codes), row)
    db.close()

    done = run("keys", "take", joined / name, "--data", hub)

    assert (done.exit_code, kept(hub)) == (1, before)
    assert "Somebody has come to this hub already" in done.output
