"""What trustees and branches do with their own hands, as they type it: keys, charters, shares, witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.charter.locked import parse_locked
from tests.drill.town import PASSPHRASE, TRUSTEES, Town
from tests.machines import asked, hub


def make_trustees(town: Town) -> list[str]:
    """Five people make a key each, on a machine of their own; returns the public ones."""
    town.trustees.mkdir()
    (town.trustees / "passphrase").write_text(PASSPHRASE)
    made = []
    for name in TRUSTEES:
        words = ["new", f"{name}.example", "--out", town.trustees / f"{name}.trustee"]
        made.append(str(asked("trustee", *words, "--passphrase-file", town.trustees / "passphrase")["key"]))
    return made


def make_witnesses(town: Town, log: str, url: str) -> list[tuple[str, str, str]]:
    """Three branches make a witness each, for one log; returns what a charter says of them."""
    lines = []
    for number, port in enumerate(town.ports):
        place = town.folder / f"w{number}"
        key = asked("witness", "init", place, "--name", f"w{number}.example/witness")["key"]
        hub("witness", "add", log, "--url", f"{url}/log/", "--data", place)
        lines.append((f"w{number}", str(key), f"http://127.0.0.1:{port}"))
    return lines


def draft_first(town: Town, trustees: Sequence[str], witnesses: Sequence[tuple[str, str, str]]) -> None:
    """Somebody drafts charter 1."""
    log = (town.hub / "keys/log.vkey").read_text().strip()
    named = [word for key in trustees for word in ("--trustee", key)]
    beside = [word for line in witnesses for word in ("--witness", *line)]
    name = log.partition("/")[0]
    where = ["--hub", name, "--issuer", town.url, "--log", log, f"{town.url}/log/"]
    hub("trustee", "draft", *where, *named, *beside, "--out", town.charter)


def sign(town: Town, charter: Path, *names: str, before: Path | None = None) -> None:
    """Trustees read what it changes, and sign."""
    after = ["--before", before] if before else []
    for name in names:
        key = ["--key", town.trustees / f"{name}.trustee", "--passphrase-file", town.trustees / "passphrase", "--yes"]
        hub("trustee", "sign", charter, *key, *after)


def split_keys(town: Town) -> None:
    """The two keys that make subjects are split, three of five; each trustee gets one share of each."""
    for path in (town.hub / "matcher/keys/subject.key", town.hub / "keys/pair.key"):
        hub("trustee", "split", path, "--name", path.name, "--out", town.trustees / "shares")


def join_keys(town: Town, *numbers: int) -> list[Path]:
    """Trustees bring their shares together; returns the files with the two keys."""
    made = []
    for name in ("subject.key", "pair.key"):
        out = town.trustees / name
        hub("trustee", "join", *(town.trustees / f"shares/{name}.share-{n}" for n in numbers), "--out", out)
        made.append(out)
    return made


def found_charter(town: Town) -> None:
    """The whole day of the founding: trustees, witnesses, charter 1 in force, shares given out."""
    trustees = make_trustees(town)
    witnesses = make_witnesses(town, (town.hub / "keys/log.vkey").read_text().strip(), town.url)
    draft_first(town, trustees, witnesses)
    sign(town, town.charter, "ana", "ben", "cyd")
    hub("charter", "adopt", town.charter, "--data", town.hub)
    split_keys(town)


def key_of(town: Town, name: str) -> str:
    """A trustee's public key, as their locked file says it."""
    return parse_locked((town.trustees / f"{name}.trustee").read_bytes(), "trustee key").public
