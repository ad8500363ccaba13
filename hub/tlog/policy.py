"""Policies (c2sp.org/tlog-policy, draft): which logs are known, which witnesses, and how many must have cosigned.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>...       its members stand on lines above it, each in one group at most
    quorum <name>|none                       exactly once

Items are parted by spaces and tabs; empty lines and lines that begin with # are left aside. Names are compared as they
are written, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hub.tlog.hashes import Spoilt, parse_number
from hub.tlog.note import COSIGNATURE, ED25519, Signature, Verifier, format_vkey, parse_vkey

NONE = "none"
MOST = 64  # logs, witnesses or groups of one policy; the format asks for at least 32
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Log:
    """A log that is accepted. key: 0x01; url: where it is read, or ""."""

    key: Verifier
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """A cosigner by its name in this policy. key: 0x04; url: where checkpoints are submitted to it, or ""."""

    name: str
    key: Verifier
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Witnesses, when at least ``needed`` of its members did. members: names of witnesses and groups above it."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses, groups, and the name that must have witnessed; ``none`` asks for no cosignature."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @property
    def verifiers(self) -> list[Verifier]:
        """The keys that a checkpoint under this policy is opened with."""
        return [log.key for log in self.logs] + [witness.key for witness in self.witnesses]

    def is_met(self, cosigned: Collection[Verifier]) -> bool:
        """Tells whether these witnesses' keys together are the quorum."""
        keys = {key.public for key in cosigned if key.kind == COSIGNATURE}
        done = {witness.name: witness.key.public in keys for witness in self.witnesses}
        for group in self.groups:
            done[group.name] = sum(done[name] for name in group.members) >= group.needed
        return self.quorum == NONE or done[self.quorum]

    def fewest(self) -> int:
        """Returns how few witnesses can make the quorum. Above half of them, no two quorums are strangers."""
        cost = {witness.name: 1 for witness in self.witnesses}
        for group in self.groups:
            cost[group.name] = sum(sorted(cost[name] for name in group.members)[: group.needed])
        return cost.get(self.quorum, 0)

    def held_by(self, text: str, lines: Iterable[Signature]) -> list[tuple[Witness, Signature]]:
        """Returns the witnesses whose signatures over a text hold, each with its line, in the policy's order."""
        found = {(line.name, line.key_id): line for line in lines}
        pairs = [(one, found.get((one.key.name, one.key.key_id))) for one in self.witnesses]
        return [(one, line) for one, line in pairs if line is not None and one.key.holds(text, line)]


@dataclass
class _Reading:
    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)
    placed: set[str] = field(default_factory=set)

    def define(self, name: str) -> str:
        if name == NONE or name in self.names:
            raise Spoilt(f"a policy that names {name} twice")
        self.names.add(name)
        return name


def parse_policy(text: str) -> Policy:
    """Reads a policy. Raises Spoilt with the line that cannot stand so. Source: c2sp.org/tlog-policy."""
    if _CONTROL.search(text):
        raise Spoilt("a policy with a control character")
    found = _Reading()
    for line in text.split("\n"):
        items = [item for item in re.split(r"[ \t]+", line) if item]
        if items and not items[0].startswith("#"):
            reads = _LINES.get(items[0])
            if reads is None:
                raise Spoilt(f"a policy with a line that begins with {items[0]}")
            reads(found, items[1:])
    if found.quorum is None:
        raise Spoilt("a policy without a quorum")
    if max(len(found.logs), len(found.witnesses), len(found.groups)) > MOST:
        raise Spoilt(f"a policy with more than {MOST} lines of a kind")
    return Policy(tuple(found.logs), tuple(found.witnesses), tuple(found.groups), found.quorum)


def format_policy(policy: Policy) -> str:
    """Writes a policy, a line for each part. parse_policy(format_policy(p)) == p. Raises Spoilt where it is none."""
    text = "".join(f"{line}\n" for line in _lines(policy))
    if parse_policy(text) != policy:
        raise Spoilt("a policy that cannot be written")
    return text


def _lines(policy: Policy) -> Iterator[str]:
    for log in policy.logs:
        yield " ".join(["log", format_vkey(log.key), log.url]).rstrip()
    for one in policy.witnesses:
        yield " ".join(["witness", one.name, format_vkey(one.key), one.url]).rstrip()
    for group in policy.groups:
        yield " ".join(["group", group.name, str(group.needed), *group.members])
    yield f"quorum {policy.quorum}"


def _log(found: _Reading, items: Sequence[str]) -> None:
    if not 1 <= len(items) <= 2:
        raise Spoilt("a log line that is not: log, key, address")
    key = _key(items[0], ED25519, (log.key for log in found.logs))
    found.logs.append(Log(key, *items[1:]))


def _witness(found: _Reading, items: Sequence[str]) -> None:
    if not 2 <= len(items) <= 3:
        raise Spoilt("a witness line that is not: witness, name, key, address")
    key = _key(items[1], COSIGNATURE, (one.key for one in found.witnesses))
    found.witnesses.append(Witness(found.define(items[0]), key, *items[2:]))


def _group(found: _Reading, items: Sequence[str]) -> None:
    if len(items) < 3:
        raise Spoilt("a group line that is not: group, name, how many, members")
    name, many, *members = items
    for member in members:
        if member not in found.names:
            raise Spoilt(f"a group of {member}, which no line above it defines")
        if member in found.placed:
            raise Spoilt(f"{member} in two groups, or twice in one")
        found.placed.add(member)
    needed = {"any": 1, "all": len(members)}.get(many) or parse_number(many)
    if not 1 <= needed <= len(members):
        raise Spoilt(f"a group that needs {needed} of {len(members)}")
    found.groups.append(Group(found.define(name), needed, tuple(members)))


def _quorum(found: _Reading, items: Sequence[str]) -> None:
    if len(items) != 1 or found.quorum is not None:
        raise Spoilt("a policy whose quorum is not one name")
    if items[0] != NONE and items[0] not in found.names:
        raise Spoilt(f"a quorum of {items[0]}, which no line above it defines")
    found.quorum = items[0]


def _key(text: str, kind: int, before: Iterator[Verifier]) -> Verifier:
    key = parse_vkey(text)
    if key.kind != kind:
        raise Spoilt(f"{key.name} with a key of another use")
    if key.public in {one.public for one in before}:
        raise Spoilt(f"{key.name} with a key that another line has")
    return key


_LINES: dict[str, Callable[[_Reading, Sequence[str]], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}
