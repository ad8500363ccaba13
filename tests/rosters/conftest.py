"""The sixteen roster files, made anew by their generator, and a matcher that knows their branches."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.matcher.desk import Desk
from hub.matcher.intake.batch import Outcome, take_in
from hub.matcher.intake.facts import facts_of, members_of
from hub.matcher.intake.rules import make_rules
from hub.matcher.intake.stops import Allowed
from hub.matcher.models import metadata
from tests.matchers import make_desk

SEED = 7


@pytest.fixture(scope="session")
def rosters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the generator writes for 400 members and seed 7."""
    out = tmp_path_factory.mktemp("rosters")
    kept, sys.argv = sys.argv, ["make_rosters", str(out), "--seed", str(SEED)]
    try:
        runpy.run_path(str(Path(__file__).with_name("make_rosters.py")), run_name="__main__")
    finally:
        sys.argv = kept
    return out


def expected_of(rosters: Path, name: str) -> dict[str, Any]:
    """What a correct import makes of a file."""
    found: dict[str, Any] = json.loads((rosters / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def office(fresh: Any, tmp_path: Path, rosters: Path) -> Office:
    """A membership office beside an empty store."""
    desk = make_desk(tmp_path / "matcher", fresh(metadata))
    areas = [
        {"slug": b["slug"], "names": [b["name"], *b["aliases"]], "districts": b["districts"] + b["fictitious"]}
        for b in json.loads((rosters / "branches.json").read_text(encoding="utf-8"))
    ]
    desk.settings.areas.parent.mkdir(exist_ok=True)
    desk.settings.areas.write_text(json.dumps(areas), encoding="utf-8")
    return Office(desk, rosters)


class Office:
    """Imports files as their expected files say."""

    def __init__(self, desk: Desk, rosters: Path) -> None:
        self.desk, self.rosters = desk, rosters

    def take(
        self,
        *files: str | Path,
        mode: str = "full",
        settings: dict[str, Any] | None = None,
        is_real: bool = True,
        allowed: Allowed = Allowed(),  # noqa: B008  # frozen
        operator: str = "ann",
    ) -> Outcome:
        """Takes files in: by name, of the generator's folder and under its settings."""
        paths = tuple(self.rosters / file for file in files)
        usual = expected_of(self.rosters, paths[0].name)["settings"] if settings is None else settings
        return take_in(
            self.desk, paths, usual.get("source", "test"), make_rules(usual), full=mode == "full", is_real=is_real,
            allowed=allowed, operator=operator, members=members_of,
        )  # fmt: skip

    def facts(self, *files: str | Path, **more: Any) -> dict[str, Any]:
        """The same, as --json prints it."""
        return facts_of(self.take(*files, **more))
