"""Carrying on, the same in every scene: docs/drill.md from the fork to the office's list, as it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hub.cli.demo.people import write_csv
from tests.drill import ceremony
from tests.drill.town import Town
from tests.machines import asked, hub

Steps = Callable[[str], AbstractContextManager[None]]


def carry_on(town: Town, watch: Steps, mirror: Path, at: int | None = None) -> Path:
    """Makes the heir from a mirror, with a charter that three of five trustees signed. Returns its folder."""
    heir = town.folder / "heir"
    with watch("fork from the mirror"):
        cut = [] if at is None else ["--at", at]
        forked = asked("fork", mirror, heir, "--url", town.heir_url, *cut)
    with watch("three trustees join two keys, and the heir takes them in"):
        for key in ceremony.join_keys(town, 1, 3, 5):
            hub("keys", "take", key, "--data", heir)
    with watch("trustees draft charter 2, and three of five sign"):
        after = town.trustees / "charter-2"
        moved = ["--log", forked["log_key"], f"{town.heir_url}/log/", "--issuer", town.heir_url]
        hub("trustee", "draft", "--after", mirror / "charter/latest", *moved, "--out", after)
        ceremony.sign(town, after, "ben", "dot", "eli", before=mirror / "charter/latest")
    with watch("the heir adopts it, and witnesses add the heir's log"):
        hub("charter", "adopt", after, "--data", heir)
        for number in range(3):
            hub("witness", "add", forked["log_key"], "--data", town.folder / f"w{number}")
    with watch("the office's list is imported"):
        import_members(town, heir)
    return heir


def import_members(town: Town, heir: Path) -> None:
    """The membership office hands its list to the heir's matcher, which waits with no code: it is a drill."""
    settings, members = heir / "matcher/matcher.toml", town.folder / "members.csv"
    settings.write_text(re.sub(r"delay_(\w+) = .*", r"delay_\1 = 0.0", settings.read_text()))
    write_csv(members, town.story.members)
    hub("roster", "import", members, "--source", "hq", "--full", "--apply", "--data", heir)


def holds(found: dict[str, Any], town: Town, fingerprint: str) -> bool:
    """Whether what `hub log verify` printed is of the heir, under the same trustees, with a quorum of witnesses."""
    origin = f"{town.heir_url.removeprefix('http://')}/log"
    said = found["holds"], found["charter"], found["origin"], found["fingerprint"]
    return said == (True, 2, origin, fingerprint) and len(found["witnessed_by"]) >= 2
