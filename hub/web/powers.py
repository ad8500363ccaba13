"""What a page of powers tells of each office: how somebody came to it, and what they last did with it.

The last act is looked for among the record's newest entries: the cost stays the same however long the record grows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from hub.acts.models import act_hands
from hub.ballots import queries as ballots
from hub.constitution import queries as constitution
from hub.groups import queries as groups
from hub.groups.queries import Group, Link
from hub.ledger import writer
from hub.ledger.models import entries
from hub.permits import Grant, Scope
from hub.permits import queries as permits
from hub.permits.models import grants
from hub.web.context import Asked
from hub.web.texts import _

LATELY = 2_000  # entries
HOW = {
    "founding": _("founded it"),
    "election": _("elected"),
    "lot": _("drawn by lot"),
    "appointment": _("appointed by two organisers"),
    "caretaker": _("caretaker by lot"),
    "delegation": _("lent by an organiser"),
    "consent": _("admitted by a ballot"),
}


@dataclass(frozen=True)
class Held:
    """One office as a page tells it.

    how, way: in words, and where that can be read; last: (when, entry), if lately; rests_until, rests_by: until when a
    measure rests it, and which one, by its act; None where none does.
    """

    grant: Grant
    shown: str | None
    role_name: str
    can: tuple[str, ...]
    how: str
    way: str
    last: tuple[dt.datetime, int] | None
    rests_until: dt.datetime | None
    rests_by: str | None


@dataclass(frozen=True)
class Account:
    """A place outside of the hub. said_by: who declared it; kept: (when, entry) it was last confirmed or proved."""

    link: Link
    said_by: str | None
    kept: tuple[dt.datetime, int] | None


def held(asked: Asked, scope: Scope) -> list[Held]:
    """Returns who holds what in a scope now, the oldest first, each with how they came to it."""
    powers = groups.powers(asked.tx, scope)
    last = _last_acts(asked, [power.grant.entry for power in powers])
    signed = _signers(asked, [power.grant.act for power in powers if power.grant.source == "appointment"])
    elected = {power.grant.act for power in powers if power.grant.source in ("election", "consent")}
    papers = {act: _ballot_of(asked, act) for act in elected if act}
    lent_by = permits.shown_names(asked.tx, {power.grant.stands_for for power in powers if power.grant.stands_for})
    return [
        Held(
            power.grant,
            power.shown,
            power.role_name,
            power.can,
            *_how(power.grant, signed, papers, lent_by),
            last.get(power.grant.entry),
            power.rests_until,
            power.rests_by,
        )
        for power in powers
    ]


def accounts(asked: Asked, group: Group) -> list[Account]:
    """Returns a group's public places with who declared each, and when that was last confirmed or proved."""
    links = [link for link in groups.links_for(asked.tx, group, viewer=asked.actor) if link.is_public]
    marks = {link.id: link.proved_entry if link.is_proved else link.confirmed_entry or link.entry for link in links}
    when = _times(asked, [mark for mark in marks.values() if mark is not None])
    declared = sa.select(grants.c.entry, grants.c.holder).where(grants.c.entry.in_([one.declared_by for one in links]))
    said_by = {row.entry: row.holder for row in asked.tx.execute(declared)}
    names = permits.shown_names(asked.tx, set(said_by.values()))
    found = []
    for link in links:
        mark = marks[link.id]
        kept = (when[mark], mark) if mark in when and mark is not None else None
        found.append(Account(link, names.get(said_by.get(link.declared_by, "")), kept))
    return found


def recalling(asked: Asked) -> dict[str, object]:
    """Returns what a recall takes, in the rules' own words: no number of members, who are counted by the day alone."""
    rules, _entry = constitution.in_force(asked.tx)
    steps = rules.procedures["recall"].steps
    sentences = {answer.path: answer.sentence for answer in rules.answers}
    takes = sentences.get(f"formulas.{steps[0].formula}", "")
    return {"takes": takes, "sign": steps[0].days, "answer": steps[1].days, "vote": steps[2].days}


def newest_of(asked: Asked, kind: str) -> tuple[dt.datetime, int] | None:
    """Returns when and where the record last has an entry of a type, or None."""
    newest = sa.select(entries.c.at, entries.c.index.label("place")).where(entries.c.type == kind)
    row = asked.tx.execute(newest.order_by(entries.c.index.desc()).limit(1)).first()
    return None if row is None else (row.at, row.place)


def _how(
    grant: Grant, signed: Mapping[str, list[str]], papers: Mapping[str, str], lent_by: Mapping[str, str | None]
) -> tuple[str, str]:
    if grant.stands_for:
        who = lent_by.get(grant.stands_for) or _("(name withdrawn)")
        return _("stands in for %s") % who, f"/record/{grant.entry}"
    words, act = HOW.get(grant.source, grant.source), grant.act or ""
    if grant.source in ("election", "consent"):
        return words, papers[act]
    if grant.source in ("lot", "caretaker"):
        return words, f"/draws/{act}"
    if grant.source == "founding" and grant.scope.kind == "hub":
        return _("named at the founding"), f"/record/{grant.entry}"
    if signed.get(act):
        return _("appointed by %s") % _(" and ").join(signed[act]), f"/record/{grant.entry}"
    return words, f"/record/{grant.entry}"


def _ballot_of(asked: Asked, act: str) -> str:
    """The page of the ballot that an election was decided by."""
    found = ballots.of_act(asked.tx, act)
    return f"/ballots/{found[-1].id}" if found else f"/elections/{act}"


def _signers(asked: Asked, wanted: list[str | None]) -> dict[str, list[str]]:
    """Returns, for each act, the shown names of those who signed it."""
    yes = sa.select(act_hands.c.act, act_hands.c.holder).where(act_hands.c.act.in_(wanted), act_hands.c.hand == "yes")
    rows = asked.tx.execute(yes.order_by(act_hands.c.entry)).all()
    names, found = permits.shown_names(asked.tx, {row.holder for row in rows}), dict[str, list[str]]()
    for row in rows:
        found.setdefault(row.act, []).append(names.get(row.holder) or _("(name withdrawn)"))
    return found


def _last_acts(asked: Asked, warrants: list[int]) -> dict[int, tuple[dt.datetime, int]]:
    """Returns the newest entry under each of some warrants, among the record's newest."""
    since = writer.size(asked.tx) - LATELY
    newest = sa.select(entries.c.by, sa.func.max(entries.c.index).label("place"))
    newest = newest.where(entries.c.index >= since, entries.c.by.in_(warrants)).group_by(entries.c.by)
    found = {row.by: row.place for row in asked.tx.execute(newest)}
    when = _times(asked, list(found.values()))
    return {by: (when[index], index) for by, index in found.items()}


def _times(asked: Asked, wanted: list[int]) -> dict[int, dt.datetime]:
    place = entries.c.index.label("place")
    return {row.place: row.at for row in asked.tx.execute(sa.select(place, entries.c.at).where(place.in_(wanted)))}
