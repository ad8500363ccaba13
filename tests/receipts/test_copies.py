"""Receipts against a copy: offline, after the hub is gone, and at an heir that trustees cut off before the coup."""

from __future__ import annotations

import dataclasses
import json

import pytest
from click.testing import CliRunner

from hub import clock, ledger
from hub.charter import actions as charters
from hub.cli.receipt import receipt as verbs
from hub.ledger import catalogue
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.oidc.keys import ProviderKeys
from hub.receipts import actions, queries, text
from hub.tlog.note import parse_vkey
from hub.tlog.policy import Log, Policy
from tests import vaults
from tests.charters_for_tests import FIRST, note
from tests.oidc.keys_for_tests import put_keys
from tests.people_for_tests import member
from tests.receipts.conftest import BOTH, later
from tests.receipts.receipts_for_tests import OTHER, OWN, issued, public
from tests.verifier import verifier


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs hub receipt on a file; returns exit code and facts or words."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)

    def call(verb, file, *words, as_json=True):
        (tmp_path / "receipt.txt").write_text(file)
        done = CliRunner().invoke(verbs, [verb, "receipt.txt", *map(str, words), *(["--json"] if as_json else [])])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.output) if done.output.startswith("{") else done.output

    return call


@pytest.fixture
def copied(issuing, tmp_path, clock_at):
    """A copy of a hub that counted a day of twelve receipts; the hub itself is gone. Result: the receipts."""
    catalogue.load()
    mine = [issuing.take(issuing.member(f"member{n}"), bound=public(OWN) if n == 1 else None) for n in range(12)]
    later(clock_at, days=1)
    issuing.count()
    mine.append(issuing.take(issuing.member("late")))
    issuing.town.turn()
    pull(Folder(issuing.town.folder), tmp_path / "mirror")
    issuing.town.remove()
    return mine


def test_offline_check_says_what_holds_and_by_which_entry(copied, issuing, tmp_path, run):
    code, told = run("check", copied[0], "--from", "mirror")

    assert code == 0
    assert {name: told[name] for name in ("holds", "signed_by", "day", "until", "area", "branch", "since")} == {
        "holds": True, "signed_by": "https://town.example", "day": "2026-11-21", "until": "2027-02-19",
        "area": "york", "branch": None, "since": "2020-01",
    }  # fmt: skip
    assert (told["counted"], told["of_a_hub_before"], told["why_not"]) == ("yes", False, "")
    assert told["checked_with"] == "the key kept from the first look"
    waiting = run("check", copied[-1], "--from", "mirror", "--counted")
    assert (waiting[0], waiting[1]["counted"]) == (1, "not where this record ends")
    # Today's key is that of a day which was counted, so it need not wait to be known.
    assert run("check", copied[-1], "--from", "mirror")[0] == 0
    assert run("check", issued(issuer="https://town.example", key=OTHER), "--from", "mirror")[0] == 1


def test_without_a_copy_the_key_of_a_charter_is_enough_for_the_signature(copied, run):
    thumbprint = text.parse(copied[0]).key
    code, told = run("check", copied[0], "--federation-key", thumbprint)
    assert (code, told["holds"], told["counted"]) == (0, True, "not where this record ends")
    assert run("check", copied[0], "--federation-key", "A" * 43)[0] == 1
    assert run("check", "nonsense", "--federation-key", thumbprint)[0] == 1
    assert run("check", copied[0])[0] == 2


def test_a_spoilt_copy_is_no_ground(copied, tmp_path, run):
    bundle = next((tmp_path / "mirror/log/tile/entries").rglob("000*"))
    path = bundle if bundle.is_file() else next(bundle.iterdir())
    raw = path.read_bytes()
    path.write_bytes(raw[:40] + bytes([raw[40] ^ 1]) + raw[41:])

    code, said = run("check", copied[0], "--from", "mirror")

    assert (code, "does not hold" in said or "another root" in said) == (1, True)


def test_whoever_has_the_hubs_key_signs_for_no_day_that_was_counted(copied, issuing, tmp_path, run, clock_at):
    """The operator after the coup: the true key, the day before, a member who does not exist."""
    (tmp_path / "stolen").mkdir()
    put_keys(tmp_path / "stolen")
    stolen = ProviderKeys(tmp_path / "stolen", "federation.json").signing("ES256").key
    forged = issued(issuer="https://town.example", key=stolen)
    assert text.parse(forged).key == text.parse(copied[0]).key

    code, told = run("check", forged, "--from", "mirror")

    assert (code, told["why_not"]) == (
        1, "The hub counted that day without this receipt: it was signed afterwards, or not by the hub.",
    )  # fmt: skip


def test_its_own_key_signs_over_what_was_asked(copied, tmp_path, run):
    (tmp_path / "own.json").write_text(json.dumps(OWN.as_dict(private=True)))
    (tmp_path / "other.json").write_text(json.dumps(OTHER.as_dict(private=True)))
    asked = ("--audience", "https://heir.example", "--nonce", "n-1")

    code, presented = run("present", copied[1], "--with", "own.json", *asked, as_json=False)

    assert (code, text.parse(presented).binding["nonce"]) == (0, "n-1")
    assert run("check", presented, "--from", "mirror")[0] == 0
    for file, key in ((copied[1], "other.json"), (copied[0], "own.json"), ("nonsense", "own.json")):
        assert run("present", file, "--with", key, *asked, as_json=False)[0] == 1


def heir_of(tmp_path, at=None):
    done = fork(Folder(tmp_path / "mirror"), tmp_path / "heir", "https://heir.example", at=at)
    return done.settings, vaults.opened(done.settings)


def verdict(db, settings, file, **more):
    with db.read() as tx:
        checked = queries.check(tx, file, settings.files, clock.now(), **more)
    return checked.verdict.code, checked.of_old


def test_an_heir_knows_members_of_the_old_hub_and_gives_receipts_of_its_own(copied, tmp_path, clock_at):
    settings, db = heir_of(tmp_path)
    put_keys(settings.keys)
    assert verdict(db, settings, copied[0]) == ("", True)
    assert verdict(db, settings, copied[-1]) == ("receipts.not_counted", True)

    keys = ProviderKeys(settings.keys, "federation.json")
    with db.write() as tx:
        eve = member(tx, "eve")
        mine = actions.take(tx, actor=eve, issuer=settings.url, keys=keys, shows=BOTH)
    later(clock_at, days=2)
    assert actions.count(db, settings.files, keys) == 2

    assert (verdict(db, settings, mine), verdict(db, settings, copied[0])) == (("", False), ("", True))
    # The old hub's last day was never counted in this record; the heir's own count of it is no ground either.
    assert verdict(db, settings, copied[-1]) == ("receipts.not_counted", True)
    db.close()


def test_trustees_who_cut_before_the_count_cut_the_flood(issuing, tmp_path, clock_at):
    catalogue.load()
    honest = issuing.take(issuing.member("ann"))
    later(clock_at, days=1)
    issuing.count()
    issuing.town.turn()
    with issuing.db.read() as tx:
        cut = ledger.size(tx)
    flood = [issuing.take(issuing.member(f"invented{n}")) for n in range(40)]
    later(clock_at, days=1)
    issuing.count()
    issuing.town.turn()
    pull(Folder(issuing.town.folder), tmp_path / "mirror")

    settings, db = heir_of(tmp_path, at=cut)

    assert verdict(db, settings, honest) == ("", True)
    assert {verdict(db, settings, one) for one in flood} == {("receipts.not_counted", True)}
    db.close()


def test_a_charter_names_the_key_before_any_day_is_counted(issuing, clock_at):
    vkey, key = parse_vkey(issuing.town.vkey), issuing.keys.signing("ES256").id
    first = dataclasses.replace(
        FIRST,
        issuer="https://town.example",
        federation_key=key,
        policy=Policy((Log(vkey, "https://town.example/log/"),)),
    )
    receipt = issuing.take(issuing.member("ann"))

    def checked():
        with issuing.db.read() as tx:
            return queries.check(
                tx, receipt, issuing.town.settings.files, clock.now(), must_be_counted=False
            ).verdict.code

    assert checked() == "receipts.unknown_key"
    with issuing.db.write() as tx:
        charters.adopt(tx, note(first, 0, 1, 2))
    assert checked() == ""


def test_stand_alone_verifier_checks_number_root_and_order_of_each_day(copied, tmp_path):
    place = tmp_path / "mirror"
    report, facts = verifier.check(str(place), None, None, None)
    assert (facts["holds"], facts["problems"]) == (True, [])
    (row,) = report.fold.receipts
    path = place / "files" / row["file"]
    lines = path.read_bytes().splitlines(keepends=True)

    for changed in (lines[1:], [*lines, lines[0]], lines[::-1], [lines[0].upper(), *lines[1:]]):
        told = verifier.Reader(verifier.place_of(str(place)))
        raw = b"".join(changed)
        name = verifier.sha256(raw).hex()
        (place / "files" / name).write_bytes(raw)
        told.receipts({**row, "file": name})
        assert told.problems == [f"The receipts of 2026-11-21 are not those that entry {row['entry']} counts."]
        (place / "files" / name).unlink()

    path.write_bytes(b"".join(lines[1:]))
    assert verifier.check(str(place), None, None, None)[1]["problems"] == [f"files/{row['file']} was changed."]
