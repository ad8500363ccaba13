"""The house's rules for pages: no script or style inside, nothing unescaped, every form carries its token."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.places import templates_folder

PAGES = sorted(path for path in templates_folder().rglob("*.html") if path.parent.name != "letters")
FORBIDDEN = {
    "unescaped": re.compile(r"\|\s*safe\b|autoescape|Markup"),
    "inline style": re.compile(r"<style|\sstyle="),
    "inline script": re.compile(r"<script(?! type=\"module\" src=)|\son[a-z]+="),
    "javascript address": re.compile(r"javascript:", re.I),
    "another site's file": re.compile(r"<(?:img|script|link|iframe)[^>]+(?:src|href)=\"(?:https?:)?//"),
    "old formatting": re.compile(r"_\([^)]*\)\s*%\s*[({\w]"),
    "required": re.compile(r"\srequired[\s>]|\smaxlength="),
}


def faults(text: str) -> list[str]:
    """What a template does that no template here may do."""
    found = [name for name, shape in FORBIDDEN.items() if shape.search(text.replace("block title required", ""))]
    for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S):
        if "csrf()" not in form:
            found.append("form without a token")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(templates_folder())))
def test_template_keeps_the_rules(path: Path) -> None:
    text = path.read_text().replace("main required", "")

    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ name|safe }}", "unescaped"),
        ('<p style="color:red">', "inline style"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a onclick="x()">', "inline script"),
        ('<img src="https://elsewhere.example/a.png">', "another site's file"),
        ('<form method="post" action="/a"><button>Go</button></form>', "form without a token"),
        ('<input maxlength="7">', "required"),
    ],
)
def test_planted_fault_is_found(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_only_the_page_maker_writes_markup() -> None:
    users = [path.name for path in Path("hub").rglob("*.py") if "Markup" in path.read_text()]

    assert users == ["pages.py"]
