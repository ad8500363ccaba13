"""hub lot check: what it prints, and with which exit code."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from click.testing import CliRunner

from hub.cli.main import main
from hub.lot import check
from hub.lot.chains import REHEARSAL, rehearsed
from hub.lot.draw import with_replacement
from hub.lot.files import format_draw, parse_draw
from hub.lot.sources import first_source
from tests.lot.arranged import ACT, FROZEN, SAID, drawn

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
        "frozen": "2023-08-19T20:00Z",
        "size": 8,
        "tickets": 40,
        "quotas": ["age 18-29: 2 to 4", "branch hull: 1 to 2", "branch york: 3 to 5"],
        "source": "drand-quicknet-1000, known 2023-08-23T16:00Z",
        "said": SAID,
        "pool_hash": DRAW.pool_hash,
        "seed": DRAW.seed,
        "round": DRAW.round,
        "panel": list(DRAW.accepted),
        "agreeing": [
            "pool hash", "pool hash in the record", "chain", "source", "signature", "quotas", "seed", "round", "order",
            "accepted", "reserves", "odds",
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


def test_draw_of_a_demo_agrees_only_as_a_rehearsal(file):
    source = first_source(REHEARSAL, FROZEN + dt.timedelta(days=4))
    file.write_bytes(format_draw(drawn(source=source, said=rehearsed(source.round))))

    done = run(file)
    assert done.exit_code == 1
    assert "differing  chain: this draw only tries things out" in done.output
    assert run(file, "--rehearsal").exit_code == 0


def test_pool_that_the_record_does_not_have_differs(file):
    done = run(file, "--pool-hash", "0" * 64)

    assert done.exit_code == 1
    assert f"pool hash in the record: stated is {'0' * 64}, it is {DRAW.pool_hash}." in done.output


def test_pool_changed_late_is_found_by_what_the_record_has(file):
    """GO-20: somebody left out after the freeze, and everything computed anew."""
    anew = drawn(tickets=DRAW.pool[1:])
    file.write_bytes(format_draw(anew))

    assert run(file).exit_code == 0
    done = run(file, "--pool-hash", DRAW.pool_hash)

    assert done.exit_code == 1
    assert done.output.count("differing") == 1
    assert f"pool hash in the record: stated is {DRAW.pool_hash}, it is {anew.pool_hash}." in done.output


def test_replacement_by_another_than_the_next_in_the_order_is_found(file):
    """GO-21: every reserve but the next of the same stratum, and an empty seat."""
    out = DRAW.accepted[0]
    true = with_replacement(DRAW, out, "declined", {}).replaced[0]
    for other in (*(name for name in DRAW.reserves if name != true.successor), None):
        forged = dataclasses.replace(true, successor=other)
        file.write_bytes(format_draw(dataclasses.replace(DRAW, replaced=(forged,), odds=DRAW.odds)))
        findings = check_replaced(file)

        assert findings == [f"{out} is followed by {true.successor}, and not by {other or 'nobody'}"]
    done = run(file)
    assert (done.exit_code, done.output.count("differing")) == (1, 1)
    assert f"replacement 1: {out} is followed by {true.successor}, and not by nobody" in done.output


def check_replaced(file) -> list[str]:
    """What is found of the replacements in a file, without computing all the odds for each."""
    found = check.replaced(parse_draw(file.read_bytes()))
    return [one.sentence.partition(":")[0] for one in found if not one.agrees]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format":"folkmoot-draw-2"}'])
def test_file_that_is_no_draw_cannot_be_read(file, content):
    file.write_bytes(content)

    done = run(file)

    assert done.exit_code == 2
    assert done.output.startswith("Error: ")
    assert done.output.endswith(".\n")


def test_file_that_is_not_there_is_a_usage_error(tmp_path):
    assert [run(tmp_path / "none.json").exit_code, run(tmp_path).exit_code, run().exit_code] == [2, 2, 2]
