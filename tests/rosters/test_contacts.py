"""The weekly check of mail domains, with a registry of the test's own: who no longer counts, since when, and again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub import clock
from hub.cli.main import main
from hub.envelope import Handshake
from hub.matcher import contacts, domains
from hub.matcher.contacts import Out
from hub.matcher.domains import Registration
from hub.matcher.intake.confirm import confirm_contacts
from hub.matcher.intake.reading import Unreadable
from hub.matcher.intake.rules import make_rules
from hub.matcher.intake.undo import undo
from hub.matcher.models import codes, contact_spells, mail_domains, roster_entries
from hub.matcher.tellings import publish
from hub.matcher.watch import Watch
from hub.roster.line import nonce_digest
from tests.rosters.lists import HEADER, SETTINGS, row, write_list

OLD = Registration(True, dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
GONE = Registration(False)


@dataclass
class Stub:
    """A registry that knows every domain as old, but those that a test says otherwise of. None: it is out of order."""

    says: dict[str, Registration | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_out: bool = False

    def look(self, domain):
        self.asked.append(domain)
        return None if self.is_out else self.says.get(domain, OLD)


@pytest.fixture(autouse=True)
def day(clock_at):
    return clock_at("2026-10-01T09:00Z")


class Town:
    """A store with a few members, a registry, and the weeks that pass."""

    def __init__(self, office, clock, folder):
        self.office, self.desk, self.clock, self.folder = office, office.desk, clock, folder
        self.registry = Stub()
        self.watch = Watch(self.desk, self.registry)
        self.lists = 0

    def take(self, rows, **more):
        self.lists += 1
        path = write_list(self.folder / f"list-{self.lists}.csv", rows, HEADER)
        done = self.office.take(path, settings=SETTINGS, mode="partial", **more)
        assert done.state == "applied", (done.stops, done.further)
        return done.batch.id

    def pass_days(self, days):
        """Lets days pass, three hours at a time, and asks whatever is due."""
        for _ in range(days * 8):
            self.clock.advance(hours=3)
            while self.watch.step():
                pass

    def ref(self, number):
        digest = self.desk.keys.number_digest("GB", f"{number:07}")
        with self.desk.db.read() as tx:
            return tx.scalar(sa.select(roster_entries.c.ref).where(roster_entries.c.id_digest == digest))

    def reaches(self, number):
        """Where letters and codes to a member go: the contact that counts, by both ways."""
        with self.desk.db.read() as tx:
            letters = self.desk.contact_of(tx, self.ref(number))
        nonce = nonce_digest(f"{number} {clock.now()}")
        due = self.desk.evaluate(Handshake("GB", f"{number:07}", row(number)[1], nonce, "192.0.2.1"))
        assert (letters is not None) == (due.code is not None), due.why
        return letters

    def let_in(self, number):
        with self.desk.db.write() as tx:
            theirs = sa.update(roster_entries).where(roster_entries.c.ref == self.ref(number))
            tx.execute(theirs.values(redeemed_at=clock.now()))

    def told(self):
        """What the hub was told of contacts, since it was last asked."""
        publish(self.desk.db, self.desk.settings)
        lines = []
        for path in sorted(self.desk.settings.statements.glob("*.json")):
            fact = json.loads(path.read_text())
            lines += [line for line in fact.get("lines", ()) if line["change"] == "unreachable"]
            path.unlink()
        return lines

    def report(self):
        with self.desk.db.read() as tx:
            return contacts.report(tx, self.desk.keys)


MEMBERS = [
    row(1, mail="one@lapsed.org"),
    row(2, mail="two@lapsed.org"),
    row(3, mail="three@kept.org"),
    row(4, mail="four@kept.org"),
    row(5, mail="five@mail.example.asso.fr"),
    row(6, mail=""),
]


@pytest.fixture
def town(office, day, tmp_path):
    found = Town(office, day, tmp_path)
    found.take(MEMBERS)
    found.let_in(1)
    found.pass_days(8)
    return found


def test_each_domain_is_asked_once_a_week_whoever_shares_it(town):
    first, town.registry.asked = set(town.registry.asked), []

    town.pass_days(14)

    assert first == {"lapsed.org", "kept.org", "asso.fr"}
    assert sorted(town.registry.asked) == sorted([*first, *first])
    assert town.report() == []
    assert [town.reaches(number) for number in (1, 3, 5)] == [MEMBERS[0][2], MEMBERS[2][2], MEMBERS[4][2]]


def test_lapsed_domain_takes_two_looks_and_then_no_code_and_no_letter(town):
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(7)
    once, told_early = town.reaches(1), town.told()
    with town.desk.db.read() as tx:
        on_its_way = tx.scalar(sa.select(sa.func.count()).where(codes.c.ref == town.ref(1)))

    town.pass_days(7)
    twice, told = [town.reaches(number) for number in (1, 2, 3)], town.told()
    town.pass_days(21)

    assert (once, told_early, on_its_way) == ("one@lapsed.org", [], 1)
    assert twice == [None, None, "three@kept.org"]
    assert told == [{"entry_ref": town.ref(1), "change": "unreachable"}]
    assert town.told() == []
    assert town.report() == [Out("lapsed.org", "gone", 2)]
    with town.desk.db.read() as tx:
        kept = sa.select(sa.func.count()).where(codes.c.ref == town.ref(1), codes.c.kind == "code")
        assert tx.scalar(kept) == 0


def test_public_answer_and_the_way_by_letter_stay(town):
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(14)

    due = town.desk.evaluate(Handshake("GB", "0000001", row(1)[1], nonce_digest("n"), "192.0.2.1"))
    proof = town.desk.redeem_vouched(nonce_digest("n"))

    assert (due.ref, due.code) == (None, None)
    assert (proof.entry_ref, proof.kind) == (town.ref(1), "in_person")


def test_domain_registered_anew_stops_older_contacts_only(town):
    anew = clock.now() + dt.timedelta(days=2)
    town.pass_days(3)
    town.registry.says["lapsed.org"] = Registration(True, anew)
    town.take([row(7, mail="seven@lapsed.org")])
    town.pass_days(14)

    assert [town.reaches(number) for number in (1, 2, 7)] == [None, None, "seven@lapsed.org"]
    assert town.report() == [Out("lapsed.org", "changed", 2)]


def test_outage_stops_nobody_however_long(town):
    town.registry.is_out = True
    town.pass_days(28)

    assert town.report() == []
    town.registry.is_out, town.registry.says["lapsed.org"] = False, GONE
    town.pass_days(6)
    assert town.report() == []
    town.pass_days(9)
    assert town.report() == [Out("lapsed.org", "gone", 2)]


def test_outage_between_two_looks_takes_nothing_back(town):
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(7)
    town.registry.is_out = True
    town.pass_days(7)
    during = town.report()
    town.registry.is_out = False
    town.pass_days(2)

    assert during == []
    assert town.report() == [Out("lapsed.org", "gone", 2)]


def test_flapping_domain_stops_nobody(town):
    for week in range(6):
        town.registry.says["lapsed.org"] = GONE if week % 2 else OLD
        town.pass_days(7)

    assert town.report() == []


def test_ending_that_the_registry_does_not_know_says_nothing(town):
    town.take([row(8, mail="eight@only.example")])
    town.registry.says["only.example"] = GONE
    town.pass_days(30)

    assert town.report() == []
    assert town.reaches(8) == "eight@only.example"


def test_name_that_is_a_guess_and_was_never_known_says_nothing(office, day, tmp_path):
    town = Town(office, day, tmp_path)
    town.registry.says["asso.fr"] = GONE
    town.take([row(5, mail="five@example.asso.fr"), row(6, mail="six@known.fr")])
    town.pass_days(30)

    assert town.report() == []
    assert town.reaches(5) == "five@example.asso.fr"


def test_another_contact_verifies_and_the_same_one_does_not(town):
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(14)

    town.take([row(1, mail="one@kept.org"), row(2, mail="two@lapsed.org", unit="AB")])
    town.watch.swept = None
    town.watch.sweep()

    assert (town.reaches(1), town.report()) == ("one@kept.org", [Out("lapsed.org", "gone", 1)])
    with town.desk.db.read() as tx:
        assert town.desk.contact_of(tx, town.ref(2)) is None


def test_import_that_is_taken_back_brings_the_verdict_back(town):
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(14)
    name = town.take([row(1, mail="one@kept.org")])
    corrected = town.reaches(1)

    with town.desk.db.write() as tx:
        undo(tx, name)

    assert (corrected, town.reaches(1)) == ("one@kept.org", None)


def test_office_confirms_the_very_contact_after_the_new_registration(town):
    anew = clock.now() + dt.timedelta(hours=1)
    town.registry.says["lapsed.org"] = Registration(True, anew)
    town.pass_days(14)
    asked = write_list(
        town.folder / "asked.csv",
        [row(1, mail="one@lapsed.org"), row(2, mail="other@lapsed.org"), row(3, mail="three@kept.org"), row(99)],
        HEADER,
    )

    found = confirm_contacts(town.desk, asked, make_rules(SETTINGS))
    at_once = town.reaches(1), town.reaches(2)
    town.pass_days(21)

    assert found == (1, 3)
    assert at_once == ("one@lapsed.org", None)
    assert (town.reaches(1), town.report()) == ("one@lapsed.org", [Out("lapsed.org", "changed", 1)])


def test_confirming_takes_a_column_of_addresses(town):
    path = write_list(town.folder / "short.csv", [row(1)[:2]], HEADER[:2])

    with pytest.raises(Unreadable, match="email"):
        confirm_contacts(town.desk, path, make_rules(SETTINGS))


def test_store_names_no_domain(town):
    with town.desk.db.read() as tx:
        stored = [tuple(one) for table in (mail_domains, contact_spells) for one in tx.execute(sa.select(table))]

    assert len(stored) == 3 + 5
    assert all(
        b"lapsed" not in (cell if isinstance(cell, bytes) else str(cell).encode()) for one in stored for cell in one
    )


def test_planted_haste_is_caught(town, monkeypatch):
    monkeypatch.setattr(contacts, "agrees", lambda look, found, now: True)
    town.registry.says["lapsed.org"] = GONE
    town.pass_days(7)

    with pytest.raises(AssertionError):
        assert town.report() == []
    assert dt.timedelta(days=7) == domains.WEEK


def test_office_reads_at_its_own_terminal_what_no_longer_counts(tmp_path):
    folder = tmp_path / "hub"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0

    off = CliRunner().invoke(main, ["roster", "contacts", "--data", str(folder)])
    as_json = CliRunner().invoke(main, ["roster", "contacts", "--json", "--data", str(folder)])
    path = write_list(tmp_path / "asked.csv", [row(1)], HEADER)
    confirmed = CliRunner().invoke(main, ["roster", "confirm", str(path), "--json", "--data", str(folder)])

    assert off.output == "No registry is named in matcher.toml: mail domains are not checked.\n"
    assert json.loads(as_json.output) == {"checked": False, "domains": []}
    assert json.loads(confirmed.output) == {"confirmed": 0, "others": 1}
