"""deploy/systemd: web, worker and matcher are three users, and the key that signs the record is the worker's alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from hub import settings as house
from hub.cli.init import init
from hub.cli.main import main
from hub.oidc import keys as provider_keys
from tests.stories.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy/systemd"
NAMES = ("folkmoot-web", "folkmoot-work", "folkmoot-matcher")
LOG_KEY, VAULT, EVIDENCE = "/srv/hub/keys/log.key", "-/srv/hub/vault", "-/srv/hub/evidence"
# What each unit forbids itself; `systemd-analyze security` weighs the rest.
HARDENED = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "PrivateDevices": "yes", "ProtectKernelModules": "yes", "ProtectKernelTunables": "yes",
    "ProtectControlGroups": "yes", "RestrictNamespaces": "yes", "RestrictSUIDSGID": "yes", "LockPersonality": "yes",
    "SystemCallArchitectures": "native", "UMask": "0007",
}  # fmt: skip


def read(text: str) -> dict[str, list[str]]:
    """A unit's settings of all sections: name to values, in order."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def faults(texts: dict[str, str], owners: str) -> list[str]:
    """What is wrong with the three units and with who owns what. texts: of the units, by name."""
    units = {name: read(text) for name, text in texts.items()}
    found = [
        f"{name}: {key}"
        for name, unit in units.items()
        for key, value in HARDENED.items()
        if unit.get(key, ["(none)"])[0] != value
    ]
    found += [name for name, unit in units.items() if unit["User"] != [name]]
    for name in ("folkmoot-web", "folkmoot-matcher"):
        hidden = " ".join(units[name].get("InaccessiblePaths", [])).split()
        found += [] if LOG_KEY in hidden else [f"{name} reaches {LOG_KEY}"]
    written = units["folkmoot-web"]["ReadWritePaths"]
    found += [] if written == ["/srv/hub/store /srv/hub/vault /srv/hub/evidence"] else ["the web writes elsewhere"]
    hidden = " ".join(units["folkmoot-matcher"].get("InaccessiblePaths", [])).split()
    found += [] if VAULT in hidden else ["the matcher reaches the keys of people"]
    found += [] if EVIDENCE in hidden else ["the matcher reaches files that people sent"]
    rows = [line.split() for line in owners.splitlines() if line and not line.startswith("#")]
    mine = {row[1]: row[2:5] for row in rows if row[0] == "z"}
    found += [] if mine[LOG_KEY] == ["0400", "folkmoot-work", "folkmoot-work"] else ["others read the log key"]
    shared = [path for path, row in mine.items() if "/keys" in path and row[0][-2] in "2367"]
    return found + [f"the group of both writes {path}" for path in shared]


@pytest.fixture
def texts() -> dict[str, str]:
    return {name: (UNITS / f"{name}.service").read_text() for name in NAMES}


@pytest.fixture
def owners() -> str:
    return (UNITS / "folkmoot.tmpfiles").read_text()


def test_units_keep_the_log_key_to_the_worker(texts: dict[str, str], owners: str) -> None:
    assert faults(texts, owners) == []
    commands = [re.sub(r".*hub\.cli\.main ", "", read(text)["ExecStart"][0]) for text in texts.values()]
    assert commands == ["web --data /srv/hub", "work --data /srv/hub", "matcher serve --data /srv/hub"]
    for command in commands:
        words = command.split()[: 2 if command.startswith("matcher") else 1]
        assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


PLANTED: dict[str, tuple[str, Callable[[str], str]]] = {
    "one user": ("folkmoot-web", lambda text: text.replace("User=folkmoot-web", "User=folkmoot-work")),
    "the key in reach": ("folkmoot-web", lambda text: re.sub(r"InaccessiblePaths=/srv.*\n", "", text)),
    "the vault in reach": ("folkmoot-matcher", lambda text: text.replace(" -/srv/hub/vault", "")),
    "the files in reach": ("folkmoot-matcher", lambda text: text.replace(" -/srv/hub/evidence", "")),
    "the web writes all": ("folkmoot-web", lambda text: text.replace("=/srv/hub/store", "=/srv/hub")),
    "new privileges": ("folkmoot-work", lambda text: text.replace("NoNewPrivileges=yes\n", "")),
    "the key of the group": (
        "owners",
        lambda text: re.sub("0400 (folkmoot-work +)folkmoot-work", r"0440 \1folkmoot", text),
    ),
    "keys written by both": ("owners", lambda text: re.sub("(keys +)2750", r"\g<1>2770", text)),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_faults_in_units_are_found(texts: dict[str, str], owners: str, fault: str) -> None:
    where, spoil = PLANTED[fault]
    spoilt = {**texts, "owners": owners}
    spoilt[where] = spoil(spoilt[where])
    assert spoilt != {**texts, "owners": owners}

    assert faults({name: spoilt[name] for name in NAMES}, spoilt["owners"])


def test_copies_of_the_keys_are_made_once_a_day_by_the_worker_s_user() -> None:
    unit, timer = (read((UNITS / f"folkmoot-vault.{kind}").read_text()) for kind in ("service", "timer"))

    assert [key for key, value in HARDENED.items() if unit.get(key, ["(none)"])[0] != value] == []
    assert (unit["User"], unit["ReadWritePaths"]) == (["folkmoot-work"], ["/srv/hub/vault /srv/hub-keys"])
    assert LOG_KEY in " ".join(unit["InaccessiblePaths"]).split()
    assert unit["ExecStart"][0].endswith("hub.cli.main vault save /srv/hub-keys --data /srv/hub")
    assert (timer["OnCalendar"], timer["Persistent"], timer["WantedBy"]) == (["daily"], ["true"], ["folkmoot.target"])


def test_systemd_takes_the_units(tmp_path: Path, texts: dict[str, str]) -> None:
    """By its own tool where there is one; the paths of this machine stand in for those of a server."""
    tool = shutil.which("systemd-analyze")
    for name, text in texts.items():
        assert text.count("/opt/folkmoot/.venv/bin/python") == 1
        here = text.replace("/opt/folkmoot/.venv/bin/python", os.path.realpath(sys.executable))
        (tmp_path / f"{name}.service").write_text(here)
    copies = (UNITS / "folkmoot-vault.service").read_text()
    copies = copies.replace("/opt/folkmoot/.venv/bin/python", os.path.realpath(sys.executable))
    (tmp_path / "folkmoot-vault.service").write_text(copies)
    (tmp_path / "folkmoot-vault.timer").write_text((UNITS / "folkmoot-vault.timer").read_text())
    (tmp_path / "folkmoot.target").write_text((UNITS / "folkmoot.target").read_text())
    if tool is not None:
        command = [tool, "verify", *map(str, tmp_path.iterdir())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


# -- the web without the key -------------------------------------------------------------------------------------------

AUDIT = """
import os, sys
def note(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and b"/keys/" in os.fsencode(args[0]):
        with_out.write(os.path.basename(os.fsdecode(args[0])) + "\\n")
with_out = open(os.environ["FOLKMOOT_OPENED"], "a", buffering=1)
sys.addaudithook(note)
"""


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A hub's folder, as hub init makes it."""
    folder = tmp_path / "hub"
    done = CliRunner().invoke(init, [str(folder), "--name", "Town", "--url", f"http://localhost:{free_port()}"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def web(hub: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Its web process with the log key out of reach: where it answers, and the list of keys that it opened."""
    (hub / "keys/log.key").chmod(0)
    (hub / "keys/log.head").chmod(0)
    if os.geteuid() == 0:  # whoever is root reads everything: then they are not there at all
        (hub / "keys/log.key").unlink()
        (hub / "keys/log.head").unlink()
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit/sitecustomize.py").write_text(AUDIT)
    url, opened = house.load(hub).url, tmp_path / "opened"
    paths = os.pathsep.join([str(tmp_path / "audit"), str(ROOT)])
    running = subprocess.Popen(
        [sys.executable, "-m", "hub.cli.main", "web", "--data", str(hub), "--port", url.rpartition(":")[2]],
        env={**os.environ, "PYTHONPATH": paths, "FOLKMOOT_OPENED": str(opened)}, cwd=ROOT,
    )  # fmt: skip
    yield url, opened
    running.terminate()
    running.wait(timeout=20)


def answered(url: str) -> int:
    """The status of a page, as soon as there is one."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return httpx2.get(url, trust_env=False).status_code
        except httpx2.TransportError:
            time.sleep(0.1)
    return 0


def test_web_runs_without_the_key_that_signs_the_record(web: tuple[str, Path]) -> None:
    url, opened = web
    pages = ("/", "/power", "/record", "/record/0", "/record/0/proof", "/fork", "/claim", "/powers.json", "/readyz")
    pages += ("/log/checkpoint", "/state.json", "/oidc/jwks.json", "/join", "/sign-in")

    found = {page: answered(url + page) for page in pages}

    assert found == dict.fromkeys(pages, 200)
    keys = set(opened.read_text().split())
    assert {"web.key", "oidc.json"} <= keys  # the hook sees what is opened
    assert keys & {"log.key", "log.head"} == set()


def test_renewed_signing_keys_stay_readable_for_the_group_of_web_and_worker(hub: Path) -> None:
    path = hub / "keys/oidc.json"
    path.chmod(0o440)
    provider_keys.rotate(hub / "keys")
    shared = path.stat().st_mode & 0o777
    path.chmod(0o400)
    provider_keys.rotate(hub / "keys")

    assert (oct(shared), oct(path.stat().st_mode & 0o777)) == ("0o440", "0o400")
