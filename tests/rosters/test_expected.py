"""Every roster file comes out as its expected file says, on both databases: rows, repairs, people, counts, probes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from hub.matcher.compare import lookup
from hub.matcher.intake import tidy
from hub.matcher.keys import Keys
from tests.rosters.conftest import Office, expected_of

# How many cases each has; one of the partial file's is a usage error, and tested with the command.
FILES = {
    "civicrm-2026-10.csv": 2, "civicrm-2026-11.csv": 1, "civicrm-purge.csv": 2, "civicrm-partial.csv": 3,
    "changed-headers.csv": 2, "nationbuilder-part-1.csv": 3, "nationbuilder-part-2.csv": 1, "action-network.csv": 2,
    "salesforce-npsp.csv": 2, "uk-spreadsheet.xlsx": 1, "windows-1252.csv": 1, "excel-mangled.csv": 1,
    "formula-cells.csv": 1, "formula-cells.xlsx": 1, "duplicates.csv": 2, "duplicates-dated.csv": 1,
}  # fmt: skip
# Where one of these holds, nobody has to count what would change (see the files' own page).
UNCOUNTED = {"headers_changed", "already_applied", "no_membership_information"}


def settings_of(expected: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    return expected["settings"] | case.get("settings", {})


def probed(office: Office, probe: dict[str, Any]) -> dict[str, Any]:
    """What a handshake finds, in the words of a probe."""
    with office.desk.db.read() as tx:
        match = lookup(tx, office.desk.keys, "GB", probe["number"], probe["postcode"])
    contact = office.desk.keys.open_contact(match.contact) if match and match.contact else None
    found = {"match": match is not None, "branch": match.area if match else None, "contact": contact}
    return probe | found


@pytest.mark.parametrize("name", FILES)
def test_file_comes_out_as_expected(name, office, rosters, clock_at):
    expected = expected_of(rosters, name)

    found = office.facts(name, mode="partial", is_real=False)

    keys = ("bytes", "rows", "fixes", "fixes_detail", "members", "holding", "reading")
    assert {key: found[key] for key in keys} == {key: expected[key] for key in keys}
    assert found["settings"]["columns"] == expected["settings"]["columns"]
    if not name.endswith(".xlsx"):
        assert hashlib.sha256((rosters / name).read_bytes()).hexdigest() == expected["sha256"] == found["sha256"]


CASES = [(name, place) for name, many in FILES.items() for place in range(many)]
CASES.remove(("civicrm-partial.csv", 2))


@pytest.mark.parametrize(("name", "place"), CASES)
def test_case_comes_out_as_expected(name, place, office, rosters, clock_at):
    expected = expected_of(rosters, name)
    case = expected["cases"][place]
    clock_at("2026-10-01T09:00Z")
    for before in case["previous"]:
        assert office.facts(*before["files"], mode=before["mode"])["state"] == "applied"
    clock_at(f"{case['on']}T09:00Z")

    found = office.facts(*case["files"], mode=case["mode"], settings=settings_of(expected, case))

    assert found["stop"]["must"] == case["stop"]["must"]
    assert found["stop"]["reasons"] == case["stop"]["reasons"]
    assert found["exit_code"] == case["exit_code"]
    assert found["state"] == ("stopped" if case["stop"]["must"] else "applied")
    if not UNCOUNTED & set(case["stop"]["reasons"]):
        keys = ("counts", "current_before", "current_after", "removals", "branches")
        assert {key: found[key] for key in keys} == {key: case[key] for key in keys}
    if "rows" in case:
        assert found["rows"] == case["rows"]
    if "passes_with" in case:
        assert found["stop"]["passes_with"] == [case["passes_with"]]
    assert [probed(office, probe) for probe in case.get("probes", [])] == case.get("probes", [])


def test_every_case_is_played(rosters):
    names = [path.name.removesuffix(".json") for path in (rosters / "expected").iterdir()]

    assert {name: len(expected_of(rosters, name)["cases"]) for name in names} == FILES


@pytest.mark.parametrize("name", ["uk-spreadsheet.xlsx", "civicrm-2026-10.csv"])
def test_a_fault_in_the_reader_is_noticed(name, office, rosters, monkeypatch):
    monkeypatch.setattr(tidy, "FORCES", tidy.MAIL)  # bases of the forces are no longer told from bad postcodes

    found = office.facts(name, mode="partial", is_real=False)

    assert found["rows"] != expected_of(rosters, name)["rows"]


def test_digests_are_those_of_the_keys(office):
    from hub.matcher.intake.digests import Digests

    keys: Keys = office.desk.keys
    fast = Digests(keys, "GB")

    assert fast.number(b"0012345") == keys.number_digest("GB", "0012345")
    assert fast.pair(b"0012345", b"YO711AA") == keys.pair_digest("GB", "0012345", "YO711AA")
    assert fast.contact("é@example.org".encode()) == keys.contact_digest("é@example.org")
    assert keys.open_contact(fast.seal(b"a@example.org")) == "a@example.org"
    assert fast.seal(b"a@example.org") != fast.seal(b"a@example.org")
