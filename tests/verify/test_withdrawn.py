"""Words can be taken back, a thousand of them, and the log holds for everybody all the same (LG-15)."""

from __future__ import annotations

import json

import pytest

from hub import ids, ledger
from hub.ledger.reading import Key
from hub.ledger.verify import verify
from hub.permits.entries import HolderNamed
from hub.tlog.note import parse_vkey
from tests.arbiter import Arbiter
from tests.verifier import verifier

MANY = 1000


pytestmark = pytest.mark.xdist_group("arbiter")


def test_log_verifies_after_a_thousand_words_were_taken_back(town, program):
    names = [f"Somebody {number}" for number in range(MANY)]
    with town.db.write() as tx:
        first = ledger.size(tx)
        for name in names:
            ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": name})
    town.turn()
    before = (town.folder / "log/checkpoint").read_bytes()

    with town.db.write() as tx:
        for index in range(first, first + MANY):
            ledger.withdraw(tx, index, "shown")
    town.turn()

    ours = verify(town.folder, Key(parse_vkey(town.vkey), "given"))
    theirs = verifier.Reader(verifier.Folder(town.folder)).judge(None, None)
    judge = Arbiter(program, town.vkey)
    assert judge.says(town.folder) == "holds"
    judge.close()
    assert (ours.problems, theirs.problems, theirs.fold.void) == ([], [], [])
    assert (ours.head.size, theirs.head.size, theirs.missing) == (first + MANY, first + MANY, MANY)
    assert (ours.withheld, theirs.withheld) == ([], [])
    assert [row["shown"] for row in verifier.tables(theirs.fold)["holders"]] == [None] * MANY
    # Nothing was said anew, and nothing that was said stands anywhere.
    assert (town.folder / "log/checkpoint").read_bytes().splitlines()[:3] == before.splitlines()[:3]
    served = [path for path in town.folder.rglob("*") if path.is_file() and path.suffix not in (".db", ".db-wal")]
    assert [path for path in served if b"Somebody" in path.read_bytes()] == []


def test_words_that_nobody_signed_away_are_withheld(town):
    """The planted faults: a tombstone that is left out, that says something else, or that nobody signed."""
    with town.db.write() as tx:
        first = ledger.size(tx)
        for number in range(4):
            ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": f"Somebody {number}"})
    town.turn()
    with town.db.write() as tx:
        for index in range(first, first + 3):
            ledger.withdraw(tx, index, "shown")
    town.turn()
    assert judged(town) == ([], [], [])

    (town.folder / f"openings/{first + 3}.json").unlink()
    assert judged(town) == ([first + 3], [first + 3], [])

    path = town.folder / "openings/withdrawn.json"
    rows = json.loads(path.read_bytes())["withdrawn"]
    assert [(row["index"], row["why"], row["day"]) for row in rows] == [
        (first + place, "erased", "2026-11-21") for place in range(3)
    ]
    unsigned = {name: value for name, value in rows[1].items() if name != "sig"}
    path.write_text(json.dumps({"withdrawn": [unsigned, {**rows[2], "why": "ordered"}]}))
    every = list(range(first, first + 4))
    said = f"openings/withdrawn.json: the signature for entry {first + 2} does not hold."
    assert judged(town) == (every, every, [said])


def judged(town):
    """What both programs say is withheld from a copy, and what the stand-alone one calls a problem."""
    ours = verify(town.folder, Key(parse_vkey(town.vkey), "given"))
    theirs = verifier.Reader(verifier.Folder(town.folder)).judge(None, None)
    # A word that is not there is missing from the rows, too: that is told by itself.
    return ours.withheld, theirs.withheld, [text for text in theirs.problems if not text.startswith("holders:")]
