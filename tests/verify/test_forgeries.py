"""An operator with the database and every key of the server forges entries: nobody's state changes by any of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from hub import clock, ids
from hub.ballots.entries import ElectionEnded, ElectionOpened, OutageNoted
from hub.branches import actions as branches
from hub.branches.entries import (
    AppealOpened,
    AppealUpheld,
    AreaDeclared,
    BranchConfirmed,
    BranchDormant,
    BranchRegistered,
    BranchRevived,
)
from hub.charter.entries import CharterAdopted
from hub.constitution.actions import default_text
from hub.constitution.entries import ConstitutionAdopted, HubFounded, SeatTaken
from hub.draws.entries import DrawOpened
from hub.emergencies.entries import ElectionCalled, MeasureExtended
from hub.freezing.entries import FreezeOpened, PowerFrozen
from hub.groups.entries import GroupRegistered, LinkDeclared, StandinAccepted, StandinOffered
from hub.hiding.entries import HidingOpened
from hub.ledger import entries, writer
from hub.ledger.reading import Key
from hub.ledger.verify import verify
from hub.permits.entries import GrantEnded, GrantMade, GrantPaused, HolderNamed, KeyRegistered, KeyWithdrawn
from hub.petitions.entries import AmendmentProposed, RecallOpened
from hub.standing.entries import StandingHeld, StandingUnheeded
from hub.tlog.note import parse_vkey
from tests.authenticator import Authenticator
from tests.charters_for_tests import FIRST, note
from tests.people_for_tests import AREAS, again, seat_council
from tests.signing_for_tests import act_signed
from tests.verifier import verifier

RULES = default_text().replace("value = 5", "value = 6", 1)
# One organiser would be enough to end an office.
BEYOND = default_text().replace('by = "appointments.make", persons = 2', 'by = "appointments.make", persons = 1')


@pytest.fixture
def council(town):
    """Two council seats of the town: one signs with a passkey, one has none."""
    with town.db.write() as tx:
        branches.declare_at_founding(tx, AREAS, operator="op")
        signer, plain = seat_council(tx, "signer", "plain")
        branches.declare_at_founding(tx, [{"slug": "zet", "names": ["Z"], "districts": ["ZE1"]}], operator="op")
        proposal = branches.queries.proposals_of_areas(tx)[0].id
        signer = again(tx, signer)

    def confirm(tx):
        branches.confirm_areas(tx, proposal=proposal, actor=signer)

    act_signed(town.db, confirm, Authenticator(), host="town.example", home="https://town.example")
    town.turn()
    return signer.grants[0], plain.grants[0]


def forgeries(signer, plain, key):
    """Each with the warrant it claims, and in how many minutes it says that it was made."""
    now, act, branch, group = clock.format_minute(clock.now()), ids.new("act"), ids.new("brn"), ids.new("grp")
    later = clock.format_minute(clock.now() + dt.timedelta(days=180))
    held = clock.format_minute(clock.now() + dt.timedelta(days=28))
    grant, holder = ids.new("grt"), plain.holder
    other = Authenticator()
    return [
        (GrantMade(grant, holder, "admin", "hub", None, "election", act, 2, now, later), None, 0),
        (GrantMade(grant, holder, "council", "hub", None, "lot", act, 2, now, later), plain.entry, 0),
        (SeatTaken(grant, "council", holder, now), 0, 0),
        (SeatTaken(grant, "admin", holder, later), 0, 0),
        (GrantEnded(signer.id, "resigned"), plain.entry, 0),
        (GrantEnded(signer.id, "resigned"), signer.entry, 0),
        (GrantEnded(signer.id, "recalled", act, 2, now), None, 0),
        (GrantEnded(signer.id, "emptied", None, None, now), None, 0),
        (GrantPaused(signer.id, act, 1, now, later), None, 0),
        (ConstitutionAdopted(2, RULES, hashlib.sha256(RULES.encode()).hexdigest()), 0, 0),
        (ConstitutionAdopted(2, RULES, hashlib.sha256(RULES.encode()).hexdigest(), act, 2, now), None, 0),
        (CharterAdopted(1, note(FIRST, 0, 1).decode()), None, 0),
        (CharterAdopted(1, note(FIRST, 0, 1, 2).decode()), None, 0),
        (HubFounded("town.example/log", "town.example/log+89abcdef+" + "A" * 43 + "=", "0.1.0"), None, 0),
        (BranchRegistered(branch, act, 2, now), None, 0),
        (BranchConfirmed(act), plain.entry, 0),
        (GroupRegistered(group, act, 2, now), None, 0),
        (LinkDeclared(group, ids.new("lnk"), "forum"), None, 0),
        (FreezeOpened(act, "links.declare", branch, branch), plain.entry, 0),
        (PowerFrozen(act, 0, now, later), None, 0),
        (AreaDeclared("zet", ["Zett"], ["ZE1"]), signer.entry, 0),
        (AreaDeclared("zet", ["Zett"], ["ZE1"]), 0, 0),
        (AreaDeclared("york", ["York"], ["ZE1"]), plain.entry, 0),
        (AreaDeclared("zet", ["Zett"], ["ZE1"]), plain.entry, -5),
        (KeyRegistered(signer.holder, ids.new("key"), cose(other), "es256"), 1, 0),
        (KeyWithdrawn(key), 1, 0),
        (GrantMade(grant, holder, "standin", group, branch, "delegation", act, 2, now, later, plain.id), None, 0),
        (GrantEnded(signer.id, "returned"), plain.entry, 0),
        (BranchDormant(branch), None, 0),
        (BranchRevived(branch), None, 0),
        (AppealOpened(act, ids.new("act")), None, 0),
        (AppealUpheld(act), plain.entry, 0),
        (StandinOffered(act, group, 30), plain.entry, 0),
        (StandinAccepted(act, holder), 1, 0),
        (ElectionCalled(act, 1, now, ids.new("act"), 7), None, 0),
        (ElectionEnded(act, 1, now, "overtaken"), None, 0),
        (MeasureExtended(act, 1, now, ids.new("act"), later), None, 0),
        (StandingUnheeded("2026-11-21", 3, None), None, 0),
        # What no store could hold, nor any fold go past.
        (HolderNamed(holder), 1, 0),
        (SeatTaken(plain.id, "council", holder, later), 0, 0),
        (SeatTaken(grant, "council", ids.new("hld"), later), 0, 0),
        (AreaDeclared("zet", ["Zett"], ["ZE2", "ZE2"]), plain.entry, 0),
        (GrantMade(grant, holder, "admin", group, None, "election", act, 2, now, later), None, 0),
        # What the rules owe otherwise, or to nobody.
        (StandingHeld("hub", "mandates", 1, 3, 3, 0, held), None, 0),
        (StandingHeld("hub", "mandates", 1, 1, 2, 0, held), None, 0),
        (StandingHeld("hub", "roll", 1, 50, 100, 0, now), None, 0),
        (StandingHeld("hub", "roll", 1, 50, 100, 0, held, "office"), None, 0),
        (StandingHeld("hub", "mandates", 2, 2, 2, 0, held, "elected"), None, 0),
        (StandingHeld("hub", "mandates", 2, 2, 2, 0, held, "everybody"), None, 0),
        (AmendmentProposed(act, 1, BEYOND, sha256_of(BEYOND), 100, 10), 1, 0),
        (AmendmentProposed(act, 1, RULES, sha256_of(RULES), 100, 9), 1, 0),
        (AmendmentProposed(act, 1, RULES, sha256_of(RULES), 100, 10, ["rights"]), 1, 0),
        (RecallOpened(act, holder, "council", "hub", None, 100, 10), 1, 0),
        (ElectionOpened(act, branch, branch, "admin", "general", 7, now), None, 0),
        (DrawOpened(act, "draw_caretaker", branch, branch), None, 0),
        (HidingOpened(act, "link", ids.new("lnk"), 1), plain.entry, 0),
        (OutageNoted("2026-11-21T19:00Z", "2026-11-21T19:30Z", 0), None, 0),
    ]


def sha256_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def cose(device):
    from hub.ledger.signed import to_text
    from tests.authenticator import cose_of

    return to_text(cose_of(device.key))


def forge(town, record, by, minutes):
    """Writes an entry past every check, for the log's key to sign. Its tables are left alone: the lie is in the log."""
    with town.db.write() as tx:
        index, spec = writer.size(tx), entries.type_of(type(record))
        at = clock.minute(clock.now() + dt.timedelta(minutes=minutes))
        entry = entries.Entry(spec.name, at, by, entries.data_of(record), index=index)
        writer.store(tx, entry, entries.format_entry(entry), [])
    return index


def test_every_forgery_is_named_by_both_verifiers_and_changes_nothing(town, council, capsys):
    honest = verifier.Reader(verifier.Folder(town.folder)).judge(None, None)
    before, (key,) = verifier.tables(honest.fold), honest.fold.signatures.keys
    assert honest.problems == []

    forged = [forge(town, *one) for one in forgeries(*council, key)]
    town.turn()

    report = verifier.Reader(verifier.Folder(town.folder)).judge(None, None)
    ours = verify(town.folder, Key(parse_vkey(town.vkey), "given"))
    code = verifier.main([str(town.folder), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert [one.index for one in report.fold.void] == forged == [one.index for one in ours.ignored]
    assert verifier.tables(report.fold) == before
    assert all(any(f"Entry {index} (" in problem for problem in report.problems) for index in forged)
    assert (code, said["holds"]) == (verifier.DOES_NOT, False)


def test_rows_that_no_entry_gives_are_told(town, council, tmp_path, capsys):
    """A hub that lies in what it computes, and not in its log."""
    path = town.settings.data / "public/state.json"
    said = path.read_text()
    path.write_text(said.replace('"council","hub"', '"admin","hub"', 1))

    code = verifier.main([str(town.folder)])

    told = capsys.readouterr().out
    assert path.read_text() != said
    assert code == verifier.DOES_NOT
    assert "grants: only in the state published" in told
    assert "grants: only in the record" in told


def test_other_key_or_fingerprint_than_the_one_known_is_not_judged(town, council, capsys):
    other = parse_vkey(town.vkey)
    key = verifier.Key(other.name, 1, bytes(32)).text

    codes = [verifier.main([str(town.folder), *words]) for words in (["--key", key], ["--fingerprint", "0" * 64])]

    assert codes == [verifier.UNJUDGED, verifier.UNJUDGED]
    assert verifier.main([str(town.folder), "--key", town.vkey]) == verifier.HOLDS
    assert verifier.main([str(town.folder / "nowhere")]) == verifier.UNJUDGED
