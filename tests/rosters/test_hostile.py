"""Files that mean harm, or were harmed: a sentence or a refused row, never half an import, never a fault of ours."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from hub.matcher.intake import workbook
from hub.matcher.intake.files import read
from hub.matcher.intake.reading import LONGEST_LINE, Unreadable
from hub.matcher.intake.report import harmless, write_report
from tests.rosters.conftest import Office, expected_of
from tests.rosters.lists import HEADER, SETTINGS, everything, row, write_list

LINE = ",".join(HEADER)
GOOD = ",".join(row(1))
FILES = {
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "no header": b"\n\n\n",
    "one column": b"Membership No\n0000001\n",
    "NUL": f"{LINE}\n{GOOD}\x00\n".encode(),
    "NUL in UTF-16": f"{LINE}\n{GOOD}\x00\n".encode("utf-16"),
    "half a character of UTF-16": f"{LINE}\n{GOOD}\n".encode("utf-16")[:-1],
    "neither encoding": f"{LINE}\n".encode() + b"\x81\x8d\xff,\n",
    "no number column": b"Name,Postcode\nA,B\n",
    "a cell without end": f'{LINE}\n"'.encode() + b"x" * 30_000,
    "a line without end": f"{LINE}\n".encode() + b"x" * (LONGEST_LINE + 1),
    "six hundred columns": (",".join(f"c{n}" for n in range(600)) + "\n").encode(),
    "an old workbook": b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "a broken zip": b"PK\x03\x04" + b"\x00" * 600,
}
ROWS = {
    "lone surrogate": ("\\ud800", "bad_id"),
    "five thousand digits": ("9" * 5000, "damaged_id"),
    "NaN": ("NaN", "bad_id"),
    "a formula": ('=HYPERLINK("http://x.example";"0000001")', "bad_id"),
    "deep nesting": ("(" * 9000, "bad_id"),
    "other digits": ("١٢٣٤٥٦٧", "bad_id"),
    "full-width digits": ("１２３４５６７", "bad_id"),
    "nothing but unseen": ("\u200b\u00a0", "missing_id"),
    "a negative": ("-000001", "bad_id"),
    "an exponent": ("1E400", "damaged_id"),
}


@pytest.fixture(autouse=True)
def day(clock_at):
    return clock_at("2026-10-01T09:00Z")


@pytest.mark.parametrize("name", FILES)
def test_file_that_is_no_list_is_refused_in_a_sentence(office, tmp_path, name):
    path, before = tmp_path / "file.csv", everything(office.desk)
    path.write_bytes(FILES[name])

    with pytest.raises(Unreadable) as refused:
        office.take(path, settings=SETTINGS)

    assert len(str(refused.value)) > 20
    assert everything(office.desk) == before


@pytest.mark.parametrize("name", ROWS)
def test_row_that_means_harm_is_refused_and_the_others_are_not(office, tmp_path, name):
    cell, reason = ROWS[name]
    people = [row(number) for number in range(100, 240)]
    path = write_list(tmp_path / "file.csv", [row(1), [cell, *row(2)[1:]], *people])

    done = office.take(path, settings=SETTINGS)

    assert (done.state, done.reading.refused, done.difference.counts["new"]) == ("applied", {3: reason}, 141)


def test_short_and_long_rows_are_read_as_far_as_they_go(office, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"{LINE}\n0000001\n{GOOD},more,and,more\n\n,,,,\n")

    done = office.take(path, settings=SETTINGS, mode="partial", is_real=False)

    assert (done.reading.refused, done.reading.rows, done.reading.blank) == ({2: "unknown_status"}, 2, 2)


def test_mangled_bytes_never_bring_anything_down(office, rosters, tmp_path):
    draw, path = random.Random(7), tmp_path / "file"
    names = ["civicrm-2026-10.csv", "windows-1252.csv", "uk-spreadsheet.xlsx", "formula-cells.xlsx"]
    before, read_whole = everything(office.desk), 0
    for turn in range(120):
        name = names[turn % len(names)]
        raw = bytearray((rosters / name).read_bytes())
        for _ in range(draw.randrange(1, 40)):
            raw[draw.randrange(len(raw))] = draw.randrange(256)
        path.write_bytes(raw[: draw.randrange(len(raw))] if turn % 3 == 0 else raw)
        try:
            office.take(path, settings=expected_of(rosters, name)["settings"], is_real=False)
            read_whole += 1
        except Unreadable:
            continue

    assert everything(office.desk) == before
    assert read_whole > 20  # not every change makes a list unreadable


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as made:
        return {name: made.read(name) for name in made.namelist()}


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(20)
)


@pytest.mark.parametrize("name", ["a bomb", "many parts", "laughs", "outside entity"])
def test_workbook_that_unpacks_to_harm_is_refused_before_it_is_unpacked(office, rosters, tmp_path, name):
    parts = unpacked((rosters / "uk-spreadsheet.xlsx").read_bytes())
    sheet = next(part for part in parts if "worksheets/sheet1" in part)
    head, body = (
        parts[sheet].split(b"?>", 1) if parts[sheet].startswith(b"<?xml") else (b"<?xml version='1.0'", parts[sheet])
    )
    changed = {
        "a bomb": {sheet: parts[sheet] + b" " * (200 << 20)},
        "many parts": {f"xl/extra{n}.xml": b"<a/>" for n in range(3000)},
        "laughs": {sheet: head + b"?>" + LAUGHS + b"]>" + body},
        "outside entity": {sheet: head + b'?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + body},
    }[name]
    path, before = tmp_path / "file.xlsx", everything(office.desk)
    path.write_bytes(packed(parts | changed))

    with pytest.raises(Unreadable):
        office.take(path, settings=expected_of(rosters, "uk-spreadsheet.xlsx")["settings"])

    assert everything(office.desk) == before


def test_guard_of_workbooks_is_what_refuses_them(rosters, tmp_path, monkeypatch):
    parts = unpacked((rosters / "uk-spreadsheet.xlsx").read_bytes())
    path = tmp_path / "file.xlsx"
    path.write_bytes(packed(parts | {f"xl/extra{n}.xml": b"<a/>" for n in range(3000)}))

    monkeypatch.setattr(workbook, "MOST_PARTS", 5000)

    assert read(path).facts["sheet"] == "Members"


def test_workbook_cells_are_read_as_they_are_stored(office, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER)
    for values in (
        (1, *row(1)[1:]),
        (2.0, *row(2)[1:]),
        (3.5, *row(3)[1:]),
        (True, *row(4)[1:]),
        (1.5e18, *row(5)[1:]),
    ):
        sheet.append(values)
    sheet.append(("0000006", *row(6)[1:3], None, "Current"))
    book.create_sheet("Empty")
    path = tmp_path / "file.xlsx"
    book.save(path)

    done = office.take(path, settings=SETTINGS, mode="partial", is_real=False)

    assert done.reading.refused == {4: "bad_id", 5: "bad_id", 6: "damaged_id"}
    assert done.difference.counts["new"] == 3


def test_report_lists_unused_rows_and_disarms_their_cells(office, rosters, tmp_path):
    done = office.take("formula-cells.csv", is_real=False)
    path = tmp_path / "report.csv"
    path.write_text("an older, longer report\n" * 100)
    path.chmod(0o644)

    write_report(path, done.reading)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    must = expected_of(rosters, "formula-cells.csv")["cases"][0]["report_must_escape"]
    assert sorted(line[3] for line in rows[1:]) == sorted(f"'{cell}" for cell in must)
    assert [line[2] for line in rows[1:]] == ["number of another shape"] * 2
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_cell_that_a_spreadsheet_would_work_out_is_disarmed(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless("1+1") == "1+1"


def test_report_is_not_written_through_a_link(office, rosters, tmp_path):
    done = office.take("formula-cells.csv", is_real=False)
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / "report.csv").symlink_to(target)

    with pytest.raises(OSError):  # noqa: PT011  # ELOOP, whatever the system calls it
        write_report(tmp_path / "report.csv", done.reading)

    assert target.read_text() == "kept"


PUBLIC = {"branch", "clp", "status", "membership status", "standing", "country", "end date", "renewal", "next renewal",
          "membership type", "membership end date"}  # fmt: skip


def clear_words(rosters: Path, name: str) -> set[str]:
    """Every name, number, postcode and address of a file, as somebody would look for it, and why people left."""
    table = read(rosters / name)
    private = [place for place, header in enumerate(table.header) if header.casefold() not in PUBLIC]
    found = {str(cells[place]).strip() for _, cells in table.rows() for place in private if place < len(cells)}
    # Five digits turn up by chance in any digest.
    return {word for word in found if len(word) > (6 if word.isdigit() else 4)} | {"Resigned", "Expelled", "Deceased"}


def all_that_is_kept(office: Office, log: str) -> str:
    """Whatever an import leaves behind: the store, its file, the matcher's folder, what the hub is told, the log."""
    folder = [path for path in office.desk.settings.folder.rglob("*") if path.is_file() and path.name != "areas.json"]
    store = [Path(str(office.desk.db.url.database))] if office.desk.db.is_sqlite else []
    files = [path.read_bytes().decode("latin-1") for path in folder + store]
    return "\n".join([repr(everything(office.desk)), log, *files])


def stands_in(word: str, kept: str) -> bool:
    """Whether a word is there as a word: a sealed byte before an area's name can spell a surname by chance."""
    return re.search(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])", kept) is not None


@pytest.mark.parametrize(
    "name", ["civicrm-2026-10.csv", "uk-spreadsheet.xlsx", "salesforce-npsp.csv", "windows-1252.csv"]
)
def test_nothing_of_a_file_is_kept_in_clear(office, rosters, caplog, name):
    caplog.set_level("DEBUG")
    office.take(name)
    words = clear_words(rosters, name)

    kept = all_that_is_kept(office, caplog.text)

    assert len(words) > 500
    assert {word for word in words if word in kept and stands_in(word, kept)} == set()


def test_search_for_clear_words_finds_one_that_was_left(office, rosters):
    words = clear_words(rosters, "civicrm-2026-10.csv")
    number = expected_of(rosters, "civicrm-2026-10.csv")["cases"][0]["probes"][0]["number"]
    (office.desk.settings.folder / "left-behind").write_text(f"a note on {number}")

    kept = all_that_is_kept(office, "")

    assert {word for word in words if word in kept and stands_in(word, kept)} == {number}
