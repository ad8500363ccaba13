"""Public files and our own: served as they are, kept as long as they may be, and no name leads out of its folder."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.web.conftest import House

SECRET = "not for anybody"
NAMES = [
    "..%2fkeys%2fweb.key", "%2e%2e%2fkeys%2fweb.key", "....//keys/web.key", "/etc/passwd", "%00", "..\\keys\\web.key",
    "tile%2f..%2f..%2fkeys%2fweb.key", "0%2f..%2f..%2f..%2fkeys%2fweb.key", "000/", "%2e", "%2e%2e", "0%2f000%0a",
    "0%2f000%2f..%2f000", "x" * 64, "A" * 64, "1.json.tmp", "-1.json", "1.JSON", "entries", "0/000.p/../1",
]  # fmt: skip


@pytest.fixture
def full(house: House) -> House:
    """A house with one of each file, and a secret beside them."""
    data = house.settings.data
    (data / "log" / "tile" / "0").mkdir(parents=True)
    (data / "public/git/hub.git/objects/pack").mkdir(parents=True)
    for path, text in {
        "keys/log.key": SECRET,
        "hub.db": SECRET,
        "log/checkpoint": "origin\n1\nroot\n",
        "log/lock": SECRET,
        "log/tile/0/000": "hashes",
        "openings/7.json": "[]",
        f"files/{'ab' * 32}": "a file",
        "public/git/hub.git/HEAD": "ref: refs/heads/main\n",
        f"public/git/hub.git/objects/pack/pack-{'ab' * 20}.pack": "PACK",
        "public/git/hub.git/view.json": SECRET,
        "public/state.json": "{}",
        "public/config.json": "{}",
        "public/verified.json": "{}",
        "public/constitution.toml": "version = 1",
        "public/source.tar.gz": "zip",
    }.items():
        (data / path).write_text(text)
    return house


def test_public_files_are_served_as_they_are(full: House) -> None:
    client = full.visitor()
    wanted = {
        "/log/checkpoint": ("origin\n1\nroot\n", "text/plain; charset=utf-8", "no-cache"),
        "/log/tile/0/000": ("hashes", "application/octet-stream", "public, max-age=31536000, immutable"),
        "/openings/7.json": ("[]", "application/json", "no-cache"),
        f"/files/{'ab' * 32}": ("a file", "application/octet-stream", "public, max-age=31536000, immutable"),
        "/git/hub.git/HEAD": ("ref: refs/heads/main\n", "text/plain; charset=utf-8", "no-cache"),
        f"/git/hub.git/objects/pack/pack-{'ab' * 20}.pack": (
            "PACK",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
        "/state.json": ("{}", "application/json", "no-cache"),
        "/config.json": ("{}", "application/json", "no-cache"),
        "/verified.json": ("{}", "application/json", "no-cache"),
        "/constitution.toml": ("version = 1", "text/plain; charset=utf-8", "no-cache"),
        "/source.tar.gz": ("zip", "application/gzip", "no-cache"),
    }

    found = {path: client.get(path) for path in wanted}

    told = {
        path: (answer.text, answer.headers["content-type"], answer.headers["cache-control"])
        for path, answer in found.items()
    }
    assert told == wanted
    assert {answer.headers["access-control-allow-origin"] for answer in found.values()} == {"*"}
    assert [answer.headers.get("set-cookie") for answer in found.values()] == [None] * len(found)


def test_unchanged_file_is_not_sent_again(full: House) -> None:
    client = full.visitor()
    etag = client.get("/log/checkpoint").headers["etag"]

    same = client.get("/log/checkpoint", headers={"if-none-match": etag})
    (full.settings.log / "checkpoint").write_text("origin\n2\nanother\n")
    changed = client.get("/log/checkpoint", headers={"if-none-match": etag})

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)


def test_when_a_file_was_written_can_be_asked_for_alone(full: House) -> None:
    os.utime(full.settings.log / "checkpoint", (1_700_000_000, 1_700_000_000))

    answer = full.visitor().head("/log/checkpoint")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_part_of_a_file_can_be_asked_for(full: House) -> None:
    response = full.visitor().get("/log/tile/0/000", headers={"range": "bytes=2-3"})

    assert (response.status_code, response.text) == (206, "sh")


@pytest.mark.parametrize("folder", ["log", "log/tile", "openings", "files", "static"])
@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_its_folder(full: House, folder: str, name: str) -> None:
    response = full.visitor().get(f"/{folder}/{name}")

    assert response.status_code in (400, 404)
    assert SECRET not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/keys/web.key",
        "/hub.db",
        "/log/lock",
        "/log/checkpoint.tmp",
        "/hub.toml",
        "/openings/",
        "/git/hub.git/view.json",
    ],
)
def test_nothing_else_of_the_folder_is_served(full: House, path: str) -> None:
    assert full.visitor().get(path).status_code == 404


def test_no_name_leads_out_of_the_git_view(full: House) -> None:
    client = full.visitor()
    names = [
        *NAMES,
        "objects/pack/..%2f..%2fview.json",
        f"objects/pack/pack-{'ab' * 20}.keep",
        "objects/ab/cd",
        "config",
    ]

    found = {name: client.get(f"/git/hub.git/{name}") for name in names}

    assert {name for name, answer in found.items() if answer.status_code not in (400, 404)} == set()
    assert not any(SECRET in answer.text for answer in found.values())


def test_absent_file_is_absent(full: House) -> None:
    client = full.visitor()

    found = [client.get(path).status_code for path in ("/log/tile/0/001", "/openings/8.json", f"/files/{'cd' * 32}")]

    assert found == [404, 404, 404]


def test_own_files_keep_for_ever_under_a_name_with_their_hash(house: House) -> None:
    client = house.visitor()
    assets = house.app.routes[0].endpoint.hub.assets
    address = assets.address("folkmoot.css")

    plain = client.get(address, headers={"accept-encoding": "identity"})
    zipped = client.get(address, headers={"accept-encoding": "gzip"})
    outdated = client.get("/static/folkmoot.0000000000.css")
    bare = client.get("/static/folkmoot.css")

    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (plain.headers.get("content-encoding"), zipped.headers["content-encoding"]) == (None, "gzip")
    assert plain.content == zipped.content == (Path("hub/web/static/folkmoot.css").read_bytes())
    assert (outdated.status_code, bare.status_code) == (404, 404)


def test_sheet_and_script_stay_small() -> None:
    sizes = {
        name: len(gzip.compress(Path("hub/web/static", name).read_bytes())) for name in ("folkmoot.css", "folkmoot.js")
    }

    assert sizes["folkmoot.css"] < 8_000
    assert sizes["folkmoot.js"] < 1_500
