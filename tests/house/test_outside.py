"""Time, chance, network, mail: each comes in by its own door, so that a test stands in for it (RE-06).

A module that reaches past the doors is found by what it imports and calls. Where the matcher stands apart,
test_imports.py says. What the store or a library does by itself is not seen here.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

HUB = Path(__file__).resolve().parents[2] / "hub"

# What is reached for, by its full name, and the modules that may. A name covers all that stands below it.
TIME = (
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today"
    " time.time time.time_ns time.localtime time.gmtime time.ctime time.strftime time.clock_gettime"
    " time.clock_gettime_ns sqlalchemy.func.now sqlalchemy.func.current_timestamp sqlalchemy.func.current_date"
)
PATIENCE = "time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time"
CHANCE = "secrets random os.urandom os.getrandom uuid.uuid1 uuid.uuid4 numpy.random sqlalchemy.func.random"
KEYS = "generate generate_key generate_private_key generate_parameters"
NETWORK = (
    "socket ssl http.client http.server urllib.request xmlrpc ftplib telnetlib poplib imaplib nntplib requests urllib3"
    " httpx httpx2 httpcore httpcore2 aiohttp websockets dns"
)
MAIL = "smtplib aiosmtplib"

MAY: dict[str, dict[str, str]] = {
    TIME: {"clock.py": "the door"},
    # How long we wait for others: no rule and no record hangs on it.
    PATIENCE: {
        "charter/gathering.py": "for witnesses",
        "cli/work.py": "for a thread to end",
        "fetch/tunnel.py": "for other people's machines",
        "matcher/service.py": "how long a letter is held back, and how many a second",
        "mirror/sources.py": "for a hub",
        "oidc/ending.py": "for branch sites",
    },
    CHANCE: {
        "chance.py": "the door",
        "cli/demo/people.py": "invented people, from a seed that is given",
    },
    KEYS: {"oidc/keys.py": "no library takes an RSA key's octets from elsewhere"},
    NETWORK: {
        "charter/gathering.py": "asks witnesses",
        "federation/resolving.py": "asks for names, of a resolver that is given",
        "fetch/addresses.py": "the door",
        "fetch/fetcher.py": "the door",
        "fetch/tunnel.py": "the door",
        "matcher/service.py": "listens for the hub",
        "mirror/sources.py": "asks a hub that is copied",
        "roster/line.py": "the line to the matcher",
    },
    MAIL: {
        "cli/monitor.py": "the names of its faults",
        "matcher/post.py": "the door",
        "matcher/service.py": "the names of its faults",
    },
}


@functools.cache
def reached(source: str) -> set[str]:
    """What a source names of others: modules that it imports, and attributes of them, by their full names."""
    tree, known, found = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                found.add(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.add(f"{node.module}.{alias.name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := dotted(node, known)):
            found.add(name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.add(node.func.attr)  # a key's own way to be made, whatever the class is called
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
            found.update(str(one.value) for one in node.args if isinstance(one, ast.Constant))
    return found


def dotted(node: ast.expr, known: dict[str, str]) -> str:
    """The full name of an attribute, where it begins at something imported."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return ""


def covered(name: str, banned: str) -> bool:
    """Tells whether a name is one of the banned ones, or stands below one."""
    return any(name == one or name.startswith(f"{one}.") for one in banned.split())


def faults(path: str, source: str) -> list[str]:
    """What a module reaches for that it may not."""
    names = reached(source)
    return sorted(
        f"{path}: {name}" for banned, may in MAY.items() if path not in may for name in names if covered(name, banned)
    )


def modules() -> dict[str, str]:
    """Each of our modules with its source."""
    return {path.relative_to(HUB).as_posix(): path.read_text(encoding="utf-8") for path in sorted(HUB.rglob("*.py"))}


def test_time_chance_network_and_mail_come_in_by_their_doors() -> None:
    found = [fault for path, source in modules().items() for fault in faults(path, source)]

    assert found == []


def test_whoever_may_does() -> None:
    """No line of the table outlives its reason."""
    sources = modules()
    idle = [
        path
        for banned, may in MAY.items()
        for path in may
        if path not in sources or not any(covered(name, banned) for name in reached(sources[path]))
    ]

    assert idle == []


def test_demo_draws_from_a_seed_alone() -> None:
    """The one other module with Python's own chance asks for nothing but a generator with a seed."""
    tree = ast.parse((HUB / "cli/demo/people.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and dotted(node.func, {"random": "random"})]

    assert [(ast.unparse(call.func), len(call.args)) for call in calls] == [("random.Random", 1)]


PLANTED = {
    "secrets": "import secrets\nx = secrets.token_hex(4)",
    "secrets by another name": "import secrets as s\nx = s.token_hex(4)",
    "a name of secrets": "from secrets import token_bytes",
    "the machine's octets": "import os\nx = os.urandom(4)",
    "its octets by their name": "from os import urandom as u\nx = u(4)",
    "random": "def f():\n    import random\n    return random.random()",
    "a random uuid": "import uuid\nx = uuid.uuid4()",
    "its name": "from uuid import uuid4",
    "the store's chance": "import sqlalchemy as sa\nx = sa.select(1).order_by(sa.func.random())",
    "a key made by the library": "from cryptography.x import Ed25519PrivateKey\nk = Ed25519PrivateKey.generate()",
    "an imported module": "x = __import__('secrets').token_hex(4)",
    "the time": "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
    "the day": "from datetime import date\nx = date.today()",
    "the machine's seconds": "import time\nx = time.time()",
    "its seconds by their name": "from time import time",
    "the store's time": "import sqlalchemy as sa\nx = sa.func.now()",
    "patience": "import time\nx = time.monotonic()",
    "a socket": "import socket",
    "a page": "from urllib.request import urlopen",
    "a client": "import httpx2",
    "mail": "import smtplib",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_reach_is_found(fault: str) -> None:
    assert faults("groups/actions.py", PLANTED[fault])


def test_what_only_looks_like_it_is_left_alone() -> None:
    source = (
        "import time\nimport datetime as dt\nfrom urllib.parse import quote\nfrom hub import chance, clock\n"
        "time.sleep(1)\nx = clock.now(), clock.today(), dt.datetime(2026, 1, 1), chance.octets(4), quote('a')\n"
    )

    assert faults("groups/actions.py", source) == []
