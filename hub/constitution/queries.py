"""Reads: the rules in force, the rules of an act, the hub's own facts."""

from __future__ import annotations

import functools

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.constitution import rules as verdicts
from hub.constitution.load import load
from hub.constitution.model import Constitution, Step
from hub.constitution.models import branch_rules, constitutions, hub_facts
from hub.errors import NotFound, Verdict
from hub.people import passkeys

_NEWEST = sa.select(constitutions).order_by(constitutions.c.entry.desc()).limit(1)
_AT = sa.select(constitutions.c.text).where(constitutions.c.entry == sa.bindparam("entry"))
_FACTS = sa.select(hub_facts).order_by(hub_facts.c.entry.desc()).limit(1)

parsed = functools.lru_cache(maxsize=16)(load)


def in_force(tx: Connection) -> tuple[Constitution, int]:
    """Returns the constitution in force and the index of its entry. Raises NotFound before there is one."""
    row = newest(tx)
    return parsed(row.text), row.entry


def newest(tx: Connection) -> Row[tuple[object, ...]]:
    """Returns the row of the version in force: entry, version, text, sha256, in_force_from. Raises NotFound."""
    row = tx.execute(_NEWEST).first()
    if row is None:
        raise NotFound("constitution.none", "No constitution is in force here yet.")
    return row


def steps_of(tx: Connection, procedure: str) -> tuple[Step, ...]:
    """Returns the steps of a procedure under the rules in force: pages say its numbers, and never their own."""
    return in_force(tx)[0].procedures[procedure].steps


def versions(tx: Connection) -> list[Row[tuple[object, ...]]]:
    """Returns every version there was, the newest first: entry, version, sha256, in_force_from."""
    columns = (constitutions.c.entry, constitutions.c.version, constitutions.c.sha256, constitutions.c.in_force_from)
    return list(tx.execute(sa.select(*columns).order_by(constitutions.c.entry.desc())))


def of_entry(tx: Connection, entry: int) -> Constitution:
    """Returns the constitution that an entry adopted: an act runs to its end under the one it was opened with."""
    text = tx.scalar(_AT, {"entry": entry})
    if text is None:
        raise NotFound("constitution.none", "No constitution was adopted by that entry.")
    return parsed(text)


def chosen(tx: Connection, rules: Constitution, rule: str, branch: str | None, before: int | None = None) -> int:
    """Returns a number under some rules: a branch's own where it chose one that they allow, else everybody's.

    rule: such as numbers.request_days; before: only what was chosen before this entry, for acts that run already.
    """
    part, _, name = rule.partition(".")
    everybodys = (rules.numbers if part == "numbers" else rules.terms)[name]
    if branch is None or rule not in rules.branch_may:
        return everybodys
    mine = sa.select(branch_rules.c.value).where(branch_rules.c.branch == branch, branch_rules.c.rule == rule)
    if before is not None:
        mine = mine.where(branch_rules.c.entry < before)
    own = tx.scalar(mine.order_by(branch_rules.c.entry.desc()).limit(1))
    least, most = rules.branch_may[rule]
    return everybodys if own is None else min(max(own, least), most)


def may_accept(tx: Connection, *, role: str, rules: Constitution, person: str) -> Verdict:
    """Says whether a person has the passkeys that an office of a role takes, with what is missing when not."""
    return verdicts.passkeys_ok(rules, (role,), [key.is_device_bound for key in passkeys.passkeys_of(tx, person)])


def hub(tx: Connection) -> Row[tuple[object, ...]]:
    """Returns the facts of this hub: the newest of hub_facts. Raises NotFound in an empty database."""
    row = tx.execute(_FACTS).first()
    if row is None:
        raise NotFound("constitution.no_hub", "No hub has been founded here.")
    return row
