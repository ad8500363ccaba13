"""hub lot check: what it prints, and with which exit code."""

from __future__ import annotations

import dataclasses
import json

import pytest
from click.testing import CliRunner

from hub.cli.main import main
from hub.lot.files import format_draw
from tests.lot.arranged import ACT, drawn

DRAW = drawn()


def run(*words, piped=None):
    return CliRunner().invoke(main, ["lot", "check", *map(str, words)], input=piped)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "draw.json"
    path.write_bytes(format_draw(DRAW))
    return path


def test_true_draw_agrees(file):
    done = run(file, "--pool-hash", DRAW.pool_hash, "--json")

    assert done.exit_code == 0
    assert json.loads(done.output) == {
        "agrees": True,
        "act": ACT,
        "frozen": "2026-11-21T20:00Z",
        "size": 8,
        "tickets": 40,
        "quotas": ["age 18-29: 2 to 4", "branch hull: 1 to 2", "branch york: 3 to 5"],
        "sources": [
            "drand-quicknet-34277812, known 2026-11-25T20:00Z",
            "lottery-gb-lotto-2026-11-25, known 2026-11-25T20:30Z",
            "lottery-ie-lotto-2026-11-25, known 2026-11-25T20:00Z",
        ],
        "pool_hash": DRAW.pool_hash,
        "seed": DRAW.seed,
        "round": DRAW.round,
        "panel": list(DRAW.accepted),
        "agreeing": [
            "pool hash", "pool hash in the record", "sources", "quotas", "seed", "round", "order", "accepted",
            "reserves", "odds",
        ],
        "differing": [],
    }  # fmt: skip


def test_draw_is_read_from_a_pipe():
    assert run("-", piped=format_draw(DRAW)).output.splitlines()[0] == "agrees     yes"


def test_false_draw_differs_and_says_where(file):
    file.write_bytes(format_draw(dataclasses.replace(DRAW, accepted=DRAW.accepted[::-1])))

    done = run(file)

    assert done.exit_code == 1
    assert done.output.splitlines()[0] == "agrees     no"
    assert (
        f"differing  accepted: at place 1 the file says {DRAW.accepted[-1]}, it is {DRAW.accepted[0]}.\n" in done.output
    )


def test_pool_that_the_record_does_not_have_differs(file):
    done = run(file, "--pool-hash", "0" * 64)

    assert done.exit_code == 1
    assert f"pool hash in the record: stated is {'0' * 64}, it is {DRAW.pool_hash}." in done.output


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format":"folkmoot-draw-1"}'])
def test_file_that_is_no_draw_cannot_be_read(file, content):
    file.write_bytes(content)

    done = run(file)

    assert done.exit_code == 2
    assert done.output.startswith("Error: ")
    assert done.output.endswith(".\n")


def test_file_that_is_not_there_is_a_usage_error(tmp_path):
    assert [run(tmp_path / "none.json").exit_code, run(tmp_path).exit_code, run().exit_code] == [2, 2, 2]
