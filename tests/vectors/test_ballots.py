"""A stored election of the release before ties named a beacon: its record folds and its file counts again, for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from hub.ballots import published, recounting, rules
from hub.ballots.models import ballot_winners, ballots
from hub.cli.count import count
from hub.ledger import writer
from tests import verifier
from tests.replaying import rows_of

STORED = json.loads((Path(__file__).parent / "ballot_by_trackers.json").read_text())
LINES = [(raw.encode(), said) for raw, said in STORED["lines"]]


def test_its_record_folds_in_both_programs_to_the_same_rows(db):
    with db.write() as tx:
        ignored = list(writer.replay(tx, LINES))
    folded = verifier.fold(LINES)
    (ballot,) = rows_of(db, ballots)

    assert (ignored, folded.void, verifier.differences(folded, db)) == ([], [], [])
    assert (ballot["seed"], ballot["chain"], ballot["said"], ballot["tied_entry"]) == ("trackers", None, None, None)
    assert [row["holder"] for row in rows_of(db, ballot_winners)] == sorted(
        seat["candidate"] for seat in STORED["file"]["count"]["elected"]
    )


def test_its_lot_fell_by_its_codes_and_its_file_counts_again(tmp_path):
    sheet = published.parse_sheet(json.dumps(STORED["file"]).encode())
    file = tmp_path / "ballot.json"
    file.write_text(json.dumps(STORED["file"]))
    lots = [stage["tie"]["lots"] for stage in sheet["count"]["stages"] if stage["tie"]]

    assert any(lots)
    assert sheet["count"]["seed"] == rules.seed_of(sheet["ballot"], published.trackers_of(sheet))
    assert recounting.recount(sheet) == (_as_told_now(sheet["count"]), True)
    assert CliRunner().invoke(count, [str(file)]).exit_code == 0


def _as_told_now(told: dict[str, Any]) -> dict[str, Any]:
    """A stored count with what a later release says of each tie: who of those left had no vote."""
    stages = [stage | {"tie": stage["tie"] and stage["tie"] | {"voteless": []}} for stage in told["stages"]]
    return told | {"stages": stages}
