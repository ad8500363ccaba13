"""Every permission is used and documented, every setting documented, every entry type has its sentence."""

from __future__ import annotations

import re
from pathlib import Path

from hub.ledger import catalogue
from hub.ledger.entries import TYPES
from hub.letters import LETTERS, TO_TYPED
from hub.matcher.settings import DEFAULTS as MATCHER
from hub.permits.permissions import MEANINGS, P, R
from hub.permits.table import POWERS, RIGHTS
from hub.settings import DEFAULTS
from hub.web.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
catalogue.load()


def sources() -> str:
    """All of our code, as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "hub").rglob("*.py")))


def missing(names: list[str], text: str) -> list[str]:
    """Names that a page does not show between backticks."""
    return [name for name in names if f"`{name}`" not in text]


def test_every_power_and_right_is_in_the_table_and_on_the_page():
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")

    assert set(POWERS) == set(P)
    assert set(RIGHTS) == set(R)
    assert set(MEANINGS) == {*P, *R}
    assert missing([*P, *R], page) == []
    assert missing(["planted.permission"], page) == ["planted.permission"]


def test_every_power_is_used():
    text = sources()

    assert [p for p in P if f"P.{p.name}" not in text and p is not P.OPERATE] == []


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert missing([f.name for f in (*DEFAULTS, *MATCHER)], page) == []


def test_every_setting_is_used():
    text = sources()

    assert [f.name for f in (*DEFAULTS, *MATCHER) if len(re.findall(rf"\.{f.name}\b", text)) < 1] == []


def test_every_entry_type_has_its_sentence_and_its_fold():
    ours = {name for name, spec in TYPES.items() if spec.record.__module__.startswith("hub.")}

    assert ours - SENTENCES.keys() == set()
    assert SENTENCES.keys() - ours == set()
    assert [name for name in sorted(ours) if TYPES[name].apply is None] == []


def test_every_letter_has_both_its_templates():
    letters = {path.stem for path in (ROOT / "templates" / "letters").glob("[a-z]*.txt")}
    notices = {path.stem for path in (ROOT / "templates" / "notices").glob("[a-z]*.html")}

    assert letters - {"code"} == {*LETTERS, *TO_TYPED}
    assert notices == set(LETTERS)


def test_every_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("dependencies = [")[1].split("]\n")[0]
    wanted = [line for line in lines.splitlines() if line.strip().startswith('"')]

    assert [line for line in wanted if "#" not in line] == []
    assert len(wanted) <= 25


def test_nobody_but_the_clock_asks_the_time():
    asked = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|dt\.datetime\.(now|utcnow)\(|time\.time\(")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "hub").rglob("*.py"))
        if asked.search(path.read_text(encoding="utf-8")) and path.name != "clock.py"
    ]

    assert found == []
    assert asked.search("dt.datetime.now(dt.UTC)")


def test_no_template_is_stray():
    names = {path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")}
    text = sources() + "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "templates").rglob("*.html"))
    # Some names are made of two parts: errors by code, notices by letter, parts of the task list.
    made = ("notices/", "errors/", "groups/new_")

    assert [name for name in sorted(names) if name not in text and not name.startswith(made)] == []
