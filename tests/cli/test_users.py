"""Web, worker and matcher as three users of a machine, each file owned as deploy/systemd says: the whole works (T6).

It takes root, who alone can be three others; CI is root. The numbers of users and groups stand for the names there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest

from hub import settings as house
from hub.cli.init import found
from hub.matcher import settings as matcher_settings
from hub.matcher.keys import load_keys
from hub.matcher.service import open_desk
from tests.machines import eventually
from tests.matchers import code_in, enrol, letters_in
from tests.stories.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy/systemd"
PARTS = {
    "folkmoot-web": ("web",),
    "folkmoot-work": ("work",),
    "folkmoot-matcher": ("matcher", "serve"),
}
FIRST = 61_000  # of the numbers of users and groups; a machine's own begin lower


def numbers() -> dict[str, int]:
    """Every user and group that the units name, each with a number."""
    rows = [line.split() for line in (UNITS / "folkmoot.sysusers").read_text().splitlines() if line[:1] in "ug"]
    return {name: FIRST + place for place, name in enumerate(sorted({row[1] for row in rows}))}


def groups_of(user: str) -> list[str]:
    """A user's groups: its own, and those that it is put into."""
    rows = [line.split() for line in (UNITS / "folkmoot.sysusers").read_text().splitlines() if line.startswith("m ")]
    return [user, *(row[2] for row in rows if row[1] == user)]


class Users:
    """The three users, an interpreter that they can run, and the hub's folder."""

    def __init__(self, place: Path) -> None:
        self.numbers, self.place, self.folder = numbers(), place, place / "hub"
        self.python, self.surroundings = interpreter(place)
        self.running: list[subprocess.Popen[bytes]] = []

    def own(self) -> None:
        """Gives every file to its owner, as systemd-tmpfiles does by the file in deploy."""
        rows = [line.split() for line in (UNITS / "folkmoot.tmpfiles").read_text().splitlines() if line[:1] in "zZd"]
        # It makes folders first, whatever their place in the file.
        for kind, name, mode, user, group, _age in sorted(rows, key=lambda row: row[0] != "d"):
            path = self.folder / Path(name).relative_to("/srv/hub")
            if kind == "d":
                path.mkdir(exist_ok=True)
            for one in [path, *(path.rglob("*") if kind == "Z" else [])]:
                os.chown(one, self.numbers[user], self.numbers[group])
                if mode != "-":
                    one.chmod(int(mode, 8))

    def start(self) -> None:
        """Starts the three parts, each as its unit does."""
        for user, words in PARTS.items():
            command = [self.python, "-m", "hub.cli.main", *words, "--data", str(self.folder)]
            self.running.append(subprocess.Popen(command, **self._as(user)))

    def runs(self, user: str, code: str) -> str:
        """What a line of Python says, run by a user."""
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=False, **self._as(user))
        return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2]

    def stop(self) -> None:
        """Ends them; all three were running still."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=60)

    def _as(self, user: str) -> dict[str, Any]:
        unit = (UNITS / f"{user}.service").read_text()
        group = re.search(r"^Group=(.*)$", unit, re.MULTILINE)
        umask = re.search(r"^UMask=(.*)$", unit, re.MULTILINE)
        assert group is not None
        assert umask is not None
        return {
            "user": self.numbers[user], "group": self.numbers[group[1]], "umask": int(umask[1], 8), "cwd": ROOT,
            "extra_groups": [self.numbers[name] for name in groups_of(user)], "env": self.surroundings,
        }  # fmt: skip


def interpreter(place: Path) -> tuple[str, dict[str, str]]:
    """A Python that other users can run: this one, or where it lies out of their reach, a copy of what it needs."""
    base, version = Path(sys.base_prefix), f"python{sys.version_info.major}.{sys.version_info.minor}"
    copy = place / "python"
    if not can_reach(base / "lib" / version / "os.py"):
        unneeded = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*", "ensurepip", "tkinter")
        shutil.copytree(base / "lib" / version, copy / "lib" / version, ignore=unneeded, copy_function=linked)
        (copy / "bin").mkdir()
        linked(os.path.realpath(sys.executable), str(copy / "bin/python"))
        for shared in (base / "lib").glob("libpython*.so*"):
            linked(str(shared), str(copy / "lib" / shared.name))
        base = copy
    program = base / "bin/python" if base == copy else Path(os.path.realpath(sys.executable))
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return str(program), {
        "PATH": os.environ["PATH"], "PYTHONHOME": str(base), "PYTHONPATH": os.pathsep.join([str(ROOT), packages]),
        "LD_LIBRARY_PATH": str(base / "lib"), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent",
    }  # fmt: skip


def linked(source: str, target: str) -> None:
    """A file at a second place, without its bytes where the disk allows."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy2(source, target)


def can_reach(path: Path) -> bool:
    """Tells whether a user who is nobody in particular can read a file."""
    command = ["test", "-r", str(path)]
    return subprocess.run(command, user=FIRST, group=FIRST, extra_groups=[], cwd="/", check=False).returncode == 0


def give_up(why: str) -> NoReturn:
    """Skips, but fails where these tests are required: nobody would see that CI had left them out."""
    if os.environ.get("FOLKMOOT_REQUIRE_USERS") == "1":
        pytest.fail(f"tests as three users are required here, and {why}")
    pytest.skip(why)


@pytest.fixture
def users() -> Iterator[Users]:
    """A hub whose parts are three users, not yet started. Its folder lies where others can go."""
    hindered = "only root can be three other users" if os.geteuid() != 0 else ""
    if not hindered and not can_reach(ROOT / "hub/app.py"):
        hindered = f"other users cannot read {ROOT}"
    if hindered:
        give_up(hindered)
    place = Path(tempfile.mkdtemp(prefix="folkmoot-users-"))
    place.chmod(0o755)
    made = Users(place)
    prepare(made)
    yield made
    made.stop()
    shutil.rmtree(place)


def prepare(users: Users) -> None:
    """Makes the hub as deploy/README.md says: the store in its own folder, the callers named, the owners set."""
    port = free_port()
    values = {"name": "Town", "url": f"http://localhost:{port}", "port": port}
    found(users.folder, values, delays=(0.0, 0.0))
    (users.folder / "store").mkdir()
    (users.folder / "hub.db").rename(users.folder / "store/hub.db")
    text = house.format_toml({**values, "database": f"sqlite:///{users.folder}/store/hub.db"})
    (users.folder / house.FILE).write_text(text)
    callers = [users.numbers["folkmoot-web"], users.numbers["folkmoot-work"]]
    with (users.folder / "matcher" / matcher_settings.FILE).open("a") as file:
        file.write(f"allowed_uids = {callers}\n")
    chosen = matcher_settings.load(users.folder / "matcher")
    desk = open_desk(chosen, load_keys(chosen.keys))
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    desk.db.close()
    users.own()


SECRETS = {
    "keys/log.key": {"folkmoot-work"},
    "keys/log.head": {"folkmoot-work"},
    "keys/web.key": {"folkmoot-web", "folkmoot-work"},
    "keys/oidc.json": {"folkmoot-web", "folkmoot-work"},
    "keys/pair.key": {"folkmoot-web", "folkmoot-work"},
    "store/hub.db": {"folkmoot-web", "folkmoot-work"},
    "vault/people.db": {"folkmoot-web", "folkmoot-work"},
    "matcher/keys/box.key": {"folkmoot-matcher"},
    "matcher/matcher.db": {"folkmoot-matcher"},
    "matcher/outgoing": {"folkmoot-matcher"},
    "log/checkpoint": {"folkmoot-web", "folkmoot-work"},  # others read what the web serves
}


# What the matcher does of its own accord now and then, done at once.
STATES_A_COUNT = """
from hub.matcher import settings as matchers, tellings
tellings.state(matchers.load(folder / "matcher"), {"kind": "operators", "day": "2026-11-21", "count": 2})
"""


def test_three_users_run_a_hub_and_only_the_worker_reads_the_key_that_signs(users: Users) -> None:
    users.start()
    with httpx2.Client(base_url=house.load(users.folder).url, trust_env=False) as client:
        eventually(lambda: status(client, "/readyz") == 200)
        signed = eventually(lambda: size(client) > 2)  # the worker's own entry, that says what runs
        joined = join(client, users)
        said = does(users, "folkmoot-matcher", STATES_A_COUNT)
        counted = eventually(lambda: size(client) > 3)
    letter = eventually(lambda: [to for to, text in mails(users) if "account is ready" in text])

    assert (signed, said, counted, letter) == (True, "", True, ["mem@example.org"])
    assert (joined.status_code, joined.headers["location"]) == (303, "/join/done")
    assert (users.folder / "matcher/areas/areas.json").stat().st_uid == users.numbers["folkmoot-work"]
    assert list((users.folder / "matcher/statements").iterdir()) == []
    assert {name: readers(users, name) for name in SECRETS} == SECRETS
    assert [process.poll() for process in users.running] == [None] * 3


def does(users: Users, user: str, code: str) -> str:
    """Lets a user do something in the hub's folder; returns what went wrong."""
    begin = f"from pathlib import Path\nfrom hub import settings\nfolder = Path({str(users.folder)!r})\n"
    return users.runs(user, begin + code)


def status(client: httpx2.Client, page: str) -> int:
    """A page's status; 0 while nobody answers."""
    try:
        return int(client.get(page).status_code)
    except httpx2.TransportError:
        return 0


def size(client: httpx2.Client) -> int:
    """How many entries are published."""
    return int(client.get("/log/checkpoint").text.split("\n")[1])


def join(client: httpx2.Client, users: Users) -> Any:
    """The handshake, from the page over both sockets to the code and back, and a nickname: then a letter is due."""

    def token(page: str) -> str:
        shown = re.search(r'name="token" value="([^"]*)"', client.get(page).text)
        assert shown is not None
        return shown[1]

    pair = {"country": "GB", "number": "0012345", "postcode": "YO71 1AA"}
    client.post("/join", data={"token": token("/join"), **pair})
    (_to, text) = eventually(lambda: mails(users))[0]
    client.post("/join/code", data={"token": token("/join/code"), "code": code_in(text)})
    return client.post("/join/name", data={"token": token("/join/name"), "nickname": "Quiet_Otter", "shown": "member"})


def mails(users: Users) -> list[tuple[str, str]]:
    """What the matcher sent."""
    chosen = matcher_settings.load(users.folder / "matcher")
    return letters_in(open_desk(chosen, load_keys(chosen.keys)))


def readers(users: Users, name: str) -> set[str]:
    """Which of the three can read a file, or list a folder."""
    path = str(users.folder / name)
    code = f"import os; p = {path!r}; os.listdir(p) if os.path.isdir(p) else open(p, 'rb').read(1); print('read')"
    return {user for user in PARTS if users.runs(user, code) == "read"}


def test_log_key_left_to_the_group_is_seen(users: Users) -> None:
    """The planted fault."""
    key = users.folder / "keys/log.key"
    os.chown(key, users.numbers["folkmoot-work"], users.numbers["folkmoot"])
    key.chmod(0o440)

    assert readers(users, "keys/log.key") == {"folkmoot-web", "folkmoot-work"}
