"""Words can be taken back, a thousand of them, and the log holds for everybody all the same (LG-15)."""

from __future__ import annotations

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
    assert [row["shown"] for row in verifier.tables(theirs.fold)["holders"]] == [None] * MANY
    # Nothing was said anew, and nothing that was said stands anywhere.
    assert (town.folder / "log/checkpoint").read_bytes().splitlines()[:3] == before.splitlines()[:3]
    served = [path for path in town.folder.rglob("*") if path.is_file() and path.suffix not in (".db", ".db-wal")]
    assert [path for path in served if b"Somebody" in path.read_bytes()] == []
