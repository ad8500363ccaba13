"""The archive of the running source and the public settings."""

from __future__ import annotations

import dataclasses
import io
import os
import tarfile

import pytest

from hub.mirror import archive
from hub.mirror.config import PRIVATE, PUBLIC, format_config, parse_config
from hub.settings import Settings, build


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with things that do not belong in it."""
    for name in (
        "pyproject.toml",
        "hub/__init__.py",
        "hub/web/page.py",
        "hub/__pycache__/x.pyc",
        "hub/.secret",
        "templates/base.html",
        "folkmoot",
        "notes.txt",
        ".git/config",
        "demo-data/keys/log.key",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"this is {name}\n")
    (tmp_path / "folkmoot").chmod(0o755)
    (tmp_path / "hub/link.py").symlink_to("/etc/passwd")
    return tmp_path


def members(raw):
    with tarfile.open(fileobj=io.BytesIO(raw)) as found:
        return [(member.name, member.mode, member.mtime, member.uid) for member in found.getmembers()]


def test_archive_holds_the_source_and_nothing_else(checkout):
    assert members(archive.pack(checkout)) == [
        ("folkmoot/folkmoot", 0o755, 0, 0),
        ("folkmoot/hub/__init__.py", 0o644, 0, 0),
        ("folkmoot/hub/web/page.py", 0o644, 0, 0),
        ("folkmoot/pyproject.toml", 0o644, 0, 0),
        ("folkmoot/templates/base.html", 0o644, 0, 0),
    ]


def test_archive_is_the_same_bytes_whenever_it_is_packed(checkout):
    first = archive.compress(archive.pack(checkout))
    for path in checkout.rglob("*.py"):
        os.utime(path, (1, 1), follow_symlinks=False)
    (checkout / "hub/__init__.py").chmod(0o600)

    assert archive.compress(archive.pack(checkout)) == first
    assert archive.unpacked(first) == archive.pack(checkout)


def test_archive_of_the_running_source_can_start_again():
    names = {member[0] for member in members(archive.pack(archive.root()))}

    assert {"folkmoot/hub/ledger/writer.py", "folkmoot/hub/constitution/default.toml"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".key")]


def test_bytes_that_are_no_archive_or_a_bomb_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1000)

    for raw in (b"", b"x", archive.compress(b"x" * 10)[:-4], archive.compress(b"0" * 1001)):
        with pytest.raises(ValueError, match="archive"):
            archive.unpacked(raw)
    assert archive.unpacked(archive.compress(b"0" * 1000)) == b"0" * 1000


def test_every_setting_is_public_or_private():
    assert sorted([*PUBLIC, *PRIVATE]) == sorted(field.name for field in dataclasses.fields(Settings))


def test_public_settings_read_back_and_build_the_same_settings(tmp_path):
    settings = build(tmp_path, {"name": "Öffentlich", "url": "https://hub.example", "session_days": 7, "port": 9})

    values = parse_config(format_config(settings))

    assert values == {name: getattr(settings, name) for name in PUBLIC}
    assert build(tmp_path, {**values, "port": 9}) == settings
    assert b"database" not in format_config(settings)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"name":1}',
        b'{"session_days":true}',
        b'{"session_days":"7"}',
        b"[" * 100_000,
        b"\xff",
        b"{" + b" " * 70_000 + b"}",
    ],
)
def test_settings_of_another_shape_are_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        parse_config(raw)


def test_settings_not_known_here_are_left_aside():
    assert parse_config(b'{"name":"A hub","database":"sqlite://","later":1}') == {"name": "A hub"}
