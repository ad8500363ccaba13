"""An operator with the database and the log's key forges an act: whoever verifies or mirrors the log is told."""

from __future__ import annotations

import pytest

from hub import clock
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.errors import RuleViolation
from hub.ledger import entries, pens, writer
from hub.ledger.reading import Key
from hub.ledger.verify import verify
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.permits import keys
from hub.permits.entries import GrantEnded
from hub.tlog.note import parse_vkey
from tests import vaults
from tests.authenticator import Authenticator
from tests.people_for_tests import AREAS, again, seat_council
from tests.replaying import lines_of
from tests.signing_for_tests import act_signed
from tests.verifier import signatures

HERE = {"host": "town.example", "home": "https://town.example"}
THERE = {"host": "heir.example", "home": "https://heir.example"}


class Council:
    """A town with two council seats: one signs with a passkey, one has none."""

    def __init__(self, town):
        self.town, self.db = town, town.db
        with self.db.write() as tx:
            branches.declare_at_founding(tx, AREAS, operator="op")
            self.signer, self.plain = seat_council(tx, "signer", "plain")
        self.device = Authenticator()
        self.declare("ZE1", self.device)

    def declare(self, district, *devices, **how):
        """The signer confirms an area."""
        with self.db.write() as tx:
            branches.declare_at_founding(tx, [{"slug": "zet", "names": ["Z"], "districts": [district]}], operator="op")
            proposal = branch_queries.proposals_of_areas(tx)[0].id
            actor = again(tx, self.signer)
        act_signed(
            self.db, lambda tx: branches.confirm_areas(tx, proposal=proposal, actor=actor), *devices, **(how or HERE)
        )

    def forge(self, record, by):
        """Appends an entry as nobody may: past the writer's checks, applied to the tables, to be signed by the log."""
        with self.db.write() as tx:
            index = writer.size(tx)
            spec = entries.type_of(type(record))
            entry = entries.Entry(spec.name, clock.minute(clock.now()), by, entries.data_of(record), index=index)
            writer.store(tx, entry, entries.format_entry(entry), [])
            spec.apply(tx, entry, record, {})
        self.town.turn()
        return index


@pytest.fixture
def council(town):
    made = Council(town)
    town.turn()
    return made


def given(town):
    return Key(parse_vkey(town.vkey), "given")


def resignation(actor):
    return GrantEnded(actor.grants[0].id, "resigned"), actor.grants[0].entry


def test_signed_acts_of_an_honest_hub_are_counted(council, tmp_path):
    pulled = pull(Folder(council.town.folder), tmp_path / "mirror", given(council.town))
    report = verify(tmp_path / "mirror", given(council.town))

    assert (pulled.problems, report.problems, report.ignored) == ([], [], [])
    assert report.signed == 1


def test_forged_act_of_a_holder_with_a_key_is_told_by_everybody(council, tmp_path):
    index = council.forge(*resignation(council.signer))

    own = verify(council.town.folder, given(council.town), council.db)
    pulled = pull(Folder(council.town.folder), tmp_path / "mirror", given(council.town))
    report = verify(tmp_path / "mirror", given(council.town))

    for problems in (own.problems, pulled.problems, report.problems):
        assert any(f"Entry {index} is not signed as it must be" in problem for problem in problems), problems
    assert any("grants: a row is only in the database" in problem for problem in own.problems)
    assert [one.index for one in report.ignored] == [index]
    assert (
        signatures([raw for raw, _said in lines_of(council.db)])[index]
        == "bad: what its office-holder does counts only signed with a key of theirs, and this is not"
    )


def test_same_entry_of_a_holder_without_a_key_is_believed(council, tmp_path):
    council.forge(*resignation(council.plain))

    report = verify(council.town.folder, given(council.town), council.db)

    assert report.problems == []


def test_blind_verifier_would_believe_the_forgery(council, monkeypatch):
    """The planted fault: without the question who must sign, the same entry folds like any other."""
    council.forge(*resignation(council.signer))
    monkeypatch.setattr(pens, "verdict", lambda *_args: pens.Verdict(True))

    report = verify(council.town.folder, given(council.town), council.db)

    assert report.problems == []


def test_fork_keeps_old_signatures_and_asks_for_a_claim_before_a_new_key(council, tmp_path):
    def make(settings):
        made = vaults.opened(settings)
        made.create_all()
        return made

    done = fork(
        Folder(council.town.folder), tmp_path / "heir", "https://heir.example", key=given(council.town), make=make
    )
    heir = make(done.settings)
    signed, plain = council.signer.grants[0], council.plain.grants[0]

    def resign(grant):
        return lambda tx: writer.append(tx, GrantEnded(grant.id, "resigned"), by=grant.entry)

    with heir.read() as tx:
        before, live = writer.size(tx), keys.here(tx, signed.holder)
    codes = []
    for grant in (signed, plain):  # whoever never had a key, too: nobody takes their place on a fork
        with pytest.raises(RuleViolation) as unsigned, heir.write() as tx:
            resign(grant)(tx)
        codes.append(unsigned.value.code)
        for device, where in ((council.device, HERE), (council.device, THERE), (Authenticator(), THERE)):
            with pytest.raises(RuleViolation) as refused:
                act_signed(heir, resign(grant), device, **where)
            codes.append(refused.value.code)
    with heir.read() as tx:
        after = writer.size(tx)
    found = signatures([raw for raw, _said in lines_of(heir)])
    heir.close()

    assert live == []
    assert codes == ["signing.unclaimed"] * 8
    assert (after, len(found)) == (before, before)
    assert not any(word.startswith("bad") for word in found)
