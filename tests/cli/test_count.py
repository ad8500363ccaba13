"""hub count: a ballot file counted at a terminal, without any hub."""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli.main import main
from hub.count import RON, count
from hub.count.blt import parse_blt
from hub.count.sheet import draw_up, sheet_bytes
from hub.count.yesno import threshold

FILE = b'3 1\n3 1 2 0\n2 2 0\n2 3 2 0\n0\n"Anna"\n"Ben"\n"Re-open nominations"\n"One seat"\n'


def run(*words, given=None):
    return CliRunner().invoke(main, ["count", *map(str, words)], input=given)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ballots.blt"
    path.write_bytes(FILE)
    (tmp_path / "decoy.blt").write_bytes(FILE.replace(b"3 1 2 0", b"1 2 1 0"))
    return path


def test_count_is_told_in_words(file):
    done = run(file, "--seed", "a")

    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "One seat",
        "7 papers, for 1 seat. The quota is 4: 7 divided by 2, cut off, plus one.",
        "Stage 1. First preferences. Now: Anna 3; Ben 2; Re-open nominations 2.",
        "Ben and Re-open nominations are equal with fewest, and one must be excluded.",
        "No earlier stage parts them, and no lot is drawn against Re-open nominations: it stays, and nobody wins "
        "by chance.",
        "It is Ben.",
        "Stage 2. Ben had fewest, 2, and is excluded. The papers go on at their value: to nobody. "
        "Now: Anna 3; Re-open nominations 2.",
        "So far 2 had no further preference, 0 was lost to rounding.",
        "Stage 3. Re-open nominations had fewest, 2, and is excluded. The papers go on at their value: to nobody. "
        "Now: Anna 3.",
        "So far 4 had no further preference, 0 was lost to rounding.",
        "Anna is elected without the quota: no more candidates are left than seats.",
        "Elected: Anna.",
        "A remark: compared with each other candidate alone, Ben is preferred by more papers every time. "
        "The rule elects by transfers, so the result stands.",
    ]


def test_json_is_the_sheet_byte_for_byte(file):
    contest = parse_blt(FILE)

    done = run(file, "--json", "--seed", "a")

    assert done.exit_code == 0
    assert done.stdout_bytes == sheet_bytes(draw_up(contest, count(contest, "a"), "a")) + b"\n"
    assert json.loads(done.stdout)["title"] == "One seat"


def test_what_is_piped_in_is_counted_alike(file):
    assert run("-", "--seed", "a", given=FILE).output == run(file, "--seed", "a").output


def test_lot_among_persons_is_told_in_words(file):
    file.write_bytes(FILE.replace(b"Re-open nominations", b"Cleo"))

    done = run(file, "--seed", "a")

    lots = {name: hashlib.sha256(f"a|{name}".encode()).hexdigest()[:16] for name in ("Ben", "Cleo")}
    assert done.exit_code == 0
    assert done.output.splitlines()[4:6] == [
        "No earlier stage parts them, so a lot does, the lowest sha256 of seed and reference: "
        f"Ben {lots['Ben']}; Cleo {lots['Cleo']}.",
        f"It is {min(lots, key=lots.__getitem__)}.",
    ]


def test_lot_without_a_seed_is_a_failure_that_says_so(file):
    file.write_bytes(FILE.replace(b"Re-open nominations", b"Cleo"))

    done = run(file)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: Ben and Cleo were equal at every stage: only a lot can decide. Give a seed for it. (--seed TEXT)\n"
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (FILE.replace(b"2 2 0", b"2 2=3 0"), "Line 3: 2=3 ranks two alike."),
        (b"", "Line 1: The file is empty."),
        (b"\xff\xfe\x00", "Line 1: This is not UTF-8."),
    ],
)
def test_unreadable_file_is_a_usage_error_with_its_line(tmp_path, raw, words):
    path = tmp_path / "spoilt.blt"
    path.write_bytes(raw)

    done = run(path, "--json")

    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_file_and_figures_in_the_docs_are_true():
    page = (Path(__file__).resolve().parents[2] / "docs" / "counting.md").read_text(encoding="utf-8")
    block = page[page.index("    4 2   ") : page.index("Comments begin")]
    # What stands beside each line explains it; in the file itself comments begin with #.
    file = "\n".join(re.split(r" {3,}", line.strip())[0] for line in block.splitlines())

    contest = parse_blt(file.encode())

    assert contest.candidates == ("hld_0f3c", "hld_92aa", "hld_b17d", RON)
    assert (contest.seats, contest.withdrawn, contest.title) == (2, {1}, "York, council, 2026")
    assert contest.votes == {(0, 2, 3): 3, (): 1}
    needed = [threshold(many, share=Fraction(1, 10), root=3, floor=5) for many in (3, 12, 100, 1_000, 40_000)]
    assert "that is {} of 3, {} of 12, {} of 100, {} of 1,000, {} of 40,000.".format(*needed) in page


def test_missing_file_is_a_usage_error(tmp_path):
    assert run(tmp_path / "none.blt").exit_code == 2
    assert run(tmp_path).exit_code == 2
