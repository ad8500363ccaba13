"""A letter for each member who asked, and for nobody else; nothing of the office's file is kept."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hub.envelope import Handshake
from hub.matcher.intake.letters import print_letters
from hub.matcher.intake.rules import rules_from
from hub.matcher.models import codes, metadata
from tests.matchers import enrol, make_desk

FILE = """Membership Number,Name,Address 1,Town,Postcode,Status
0000001,"Ann <b>Marker</b>",1 Marker Street,York,YO71 1AA,Current
0000002,Bob Decoy,2 Other Street,York,YO71 1AB,Current
0000003,Cem Gone,3 Far Street,York,YO71 1AC,Current
damaged 1E+5,,,,,
"""


@pytest.fixture
def desk(fresh, tmp_path, clock_at):
    clock_at("2026-11-21T20:00Z")
    made = make_desk(tmp_path / "matcher", fresh(metadata))
    enrol(made, "0000001", "YO711AA")
    enrol(made, "0000002", "YO711AB")
    enrol(made, "0000003", "YO711AC", current=False)
    return made


def asked(number: str, postcode: str) -> Handshake:
    return Handshake("GB", number, postcode, "nonce", "192.0.2.1")


def test_member_who_asked_gets_a_letter_whose_code_works_once(desk, tmp_path):
    file, out = tmp_path / "office.csv", tmp_path / "letters.html"
    file.write_text(FILE)
    for number, postcode in (("0000001", "YO71 1AA"), ("0000003", "YO71 1AC"), ("0000009", "YO71 1AA")):
        assert desk.evaluate(asked(number, postcode)).code is None

    many = print_letters(desk, file, rules_from(None), out)

    page = out.read_text()
    (code,) = re.findall(r'class="code">([^<]+)<', page)
    assert (many, out.stat().st_mode & 0o777) == (1, 0o600)
    assert "Ann &lt;b&gt;Marker" in page
    assert "Bob" not in page
    assert desk.redeem_letter(asked("0000001", "YO71 1AA"), code).kind == "letter"
    assert desk.redeem_letter(asked("0000001", "YO71 1AA"), code) is None
    assert print_letters(desk, file, rules_from(None), tmp_path / "again.html") == 0


def test_letter_code_is_over_after_its_days(desk, tmp_path, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    (tmp_path / "office.csv").write_text(FILE)
    desk.evaluate(asked("0000001", "YO71 1AA"))
    print_letters(desk, tmp_path / "office.csv", rules_from(None), tmp_path / "letters.html")
    (code,) = re.findall(r'class="code">([^<]+)<', (tmp_path / "letters.html").read_text())

    clock.advance(days=21)

    assert desk.redeem_letter(asked("0000001", "YO71 1AA"), code) is None


def test_store_keeps_nothing_of_the_file(desk, tmp_path):
    (tmp_path / "office.csv").write_text(FILE)
    desk.evaluate(asked("0000001", "YO71 1AA"))
    print_letters(desk, tmp_path / "office.csv", rules_from(None), tmp_path / "letters.html")

    with desk.db.read() as tx:
        stored = repr([tx.execute(sa.select(table)).all() for table in metadata.tables.values()])
        kept = tx.scalar(sa.select(sa.func.count()).select_from(codes))

    assert kept == 1
    assert [word for word in ("Marker", "YO71", "Street") if word in stored] == []


def test_written_file_is_never_written_over(desk, tmp_path):
    (tmp_path / "office.csv").write_text(FILE)
    (tmp_path / "letters.html").write_text("mine")

    with pytest.raises(FileExistsError):
        print_letters(desk, tmp_path / "office.csv", rules_from(None), tmp_path / "letters.html")

    assert (tmp_path / "letters.html").read_text() == "mine"
