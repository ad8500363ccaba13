"""Invariant 32: official wards, counted anew, elect whom the returning officer declared.

Real wards are not in this repository: their licences do not allow it, or say nothing. Put them into a folder, as
docs/counting.md says, and name it: ``FOLKMOOT_WARDS=/path/to/wards``. The made-up ward beside it shows that this look
can fail.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from hub.count import UNIT, Uncountable, count
from hub.count.blt import Unreadable, parse_blt
from hub.count.contest import in_votes

VARIABLE = "FOLKMOOT_WARDS"
MADE_UP = Path(__file__).parents[1] / "vectors" / "wards"


def disagreements(folder: Path, counting=count) -> list[str]:
    """What differs from what was declared, ward by ward; empty where all agree. Raises where there is no ward at all.

    NAME.blt: papers; NAME.json: {"elected": [names], "stages": [{name: votes}, ...]}, stages as far as they are known.
    """
    wards = sorted(folder.glob("**/*.blt"))
    if not wards:
        raise AssertionError(f"There is no .blt file in {folder}.")
    return [told for ward in wards for told in _of_ward(ward, counting)]


def _of_ward(ward: Path, counting) -> list[str]:
    try:
        declared = json.loads(ward.with_suffix(".json").read_bytes())
        counted = counting(parse_blt(ward.read_bytes()))
    except (OSError, ValueError, Uncountable, Unreadable) as problem:
        return [f"{ward.stem}: {problem}"]
    found = []
    if sorted(counted.elected) != sorted(declared["elected"]):
        found.append(f"{ward.stem}: elected {sorted(counted.elected)}, declared {sorted(declared['elected'])}")
    for number, official in enumerate(declared.get("stages", ()), 1):
        votes = counted.stages[number - 1].votes if number <= len(counted.stages) else {}
        for name, amount in official.items():
            if in_votes(votes.get(name, -UNIT)) != _five(amount):
                found.append(
                    f"{ward.stem}, stage {number}: {name} has {in_votes(votes.get(name, -UNIT))}, not {amount}"
                )
    return found


def _five(amount: str) -> str:
    whole, _, rest = amount.partition(".")
    return f"{whole}.{rest:0<5}"


def test_made_up_ward_agrees():
    assert disagreements(MADE_UP) == []


@pytest.mark.parametrize(
    ("ours", "changed", "told"),
    [
        ('"elected": ["Avery"', '"elected": ["Drew"', "declared ['Blake', 'Casey', 'Drew']"),
        ("6.27267", "6.27268", "stage 2: Casey has 6.27267, not 6.27268"),
        ('"Drew": "2.5"}', '"Drew": "2.5"}, {}, {"Drew": "1"}', "stage 5: Drew has -1.00000, not 1"),
    ],
)
def test_planted_wrong_result_is_found(tmp_path, ours, changed, told):
    folder = Path(shutil.copytree(MADE_UP, tmp_path / "wards"))
    file = folder / "made_up.json"
    file.write_text(file.read_text().replace(ours, changed))

    found = disagreements(folder)

    assert len(found) == 1
    assert told in found[0]


def test_ward_without_a_declared_result_or_that_cannot_be_read_is_found(tmp_path):
    (tmp_path / "alone.blt").write_bytes((MADE_UP / "made_up.blt").read_bytes())
    (tmp_path / "torn.blt").write_text("4 3\n5 1 2")
    (tmp_path / "torn.json").write_text('{"elected": []}')

    found = disagreements(tmp_path)

    assert [told.partition(":")[0] for told in found] == ["alone", "torn"]


def test_folder_without_wards_is_no_success(tmp_path):
    with pytest.raises(AssertionError, match=r"no \.blt file"):
        disagreements(tmp_path)


@pytest.mark.long
def test_official_wards_elect_whom_they_elected():
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"No folder of official wards is named by {VARIABLE}; docs/counting.md says how to make one.")

    assert disagreements(Path(named)) == []
