"""My own things: standing, offices, groups, letters, who touched my record, and a copy of it all."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from hub import audit, clock, outbox
from hub.ballots import queries as ballots
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.draws import queries as draws
from hub.draws import saying
from hub.errors import NotFound
from hub.groups import queries as groups
from hub.people import queries
from hub.permits import Grant, Scope, claims
from hub.permits import queries as grants
from hub.petitions import queries as petitions
from hub.receipts import queries as receipts
from hub.web.context import Answer, Asked
from hub.web.handshake import kept
from hub.web.pages import page
from hub.web.words import machine


@dataclass(frozen=True)
class Office:
    """One of a member's offices, as their pages name it. path: of its place."""

    role: str
    place: str
    path: str


def office_of(asked: Asked, grant: Grant) -> Office:
    """Returns the names of an office."""
    return Office(_role(asked, grant), *_place(asked, grant.scope))


def show(asked: Asked) -> Answer:
    """GET /me."""
    letters = outbox.notices(asked.tx, _person(asked), limit=3)
    return page(
        asked,
        "me/show.html",
        kept=kept(asked),
        offices=[(grant, office_of(asked, grant)) for grant in asked.actor.grants],
        keyed={grant.id for grant in asked.actor.grants if claims.key_of(asked.tx, grant.id) is not None},
        resting=grants.rests(asked.tx, asked.actor.grants),
        groups=groups.groups_of(asked.tx, asked.actor),
        letters=letters,
        about=_about(asked, letters),
        ballots=[
            (ballot, bool(line.voted))
            for ballot, line in ballots.lines_of(asked.tx, _person(asked))
            if ballot.takes_papers(clock.now())
        ],
    )


def show_notices(asked: Asked) -> Answer:
    """GET /me/notices: every letter we sent or tried to send."""
    letters = outbox.notices(asked.tx, _person(asked))
    return page(asked, "me/notices.html", letters=letters, about=_about(asked, letters))


def show_looks(asked: Asked) -> Answer:
    """GET /me/looks: who touched this person's record, and why."""
    return page(asked, "me/looks.html", notes=audit.notes_about(asked.tx, _person(asked)))


def export(asked: Asked) -> Answer:
    """GET /me/export: everything that is held, as one file."""
    person, actor = _person(asked), asked.actor
    spell = queries.spell_of(asked.tx, person)
    told = {
        "written_at": machine(clock.now()),
        "nickname": actor.nickname,
        "shown": actor.shown,
        "standing": None
        if spell is None
        else {
            "area": spell.area,
            "since": machine(spell.since),
            "proved_by": spell.proved_by,
            "proved_at": machine(spell.proved_at),
        },
        "name_in_the_record": actor.holder,
        "offices": [_office(grant) for grant in actor.grants],
        "groups": [group.slug for group in groups.groups_of(asked.tx, actor)],
        "signed_in": [
            {"since": machine(mine.started_at), "last_seen": machine(mine.seen_at)}
            for mine in queries.sessions_of(asked.tx, person, asked.hub.lives)
        ],
        "letters": [
            {"at": machine(letter.at), "letter": letter.template, **letter.params}
            for letter in outbox.notices(asked.tx, person, limit=100_000)
        ],
        "rolls": [
            {"ballot": ballot.id, "text": f"{line.salt}|{person}|{line.voted}"}
            for ballot, line in ballots.lines_of(asked.tx, person)
        ],
        "may_be_drawn": dict(zip(("at_home", "volunteers"), draws.wishes(asked.tx, person), strict=True)),
        "said_for_draws": saying.said_by(asked.tx, person),
        "tickets": [
            {"ticket": row.ticket, "act": row.act, "stratum": row.stratum, "became": row.state}
            for row in draws.my_tickets(asked.tx, person)
        ],
        "petitions": {
            "began": [state.id for kind in petitions.COUNTED for state in petitions.begun_by(asked.tx, person, kind)],
            "signed": petitions.signed_by(asked.tx, person),
        },
        "receipts_taken_today": receipts.taken_today(asked.tx, person, clock.today().isoformat()),
        "looks": [
            {"at": machine(note.at), "what": note.what, "by": note.by, "why": note.why}
            for note in audit.notes_about(asked.tx, person)
        ],
    }
    body = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode("utf-8")
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Answer(body=body + b"\n", media="application/json", headers=headers)


def _office(grant: Grant) -> dict[str, object]:
    return {
        "role": grant.role,
        "scope": grant.scope.kind,
        "entry": grant.entry,
        "from": machine(grant.starts),
        "until": machine(grant.until),
    }


def _role(asked: Asked, grant: Grant) -> str:
    rules, _entry = constitution.in_force(asked.tx)
    return rules.roles[grant.role].name if grant.role in rules.roles else grant.role


def _about(asked: Asked, letters: list[outbox.Letter]) -> dict[str, str]:
    """Returns the name of what each letter's place is: places are paths of groups and branches, or below them."""
    found = {}
    for place in {letter.params.get("place", "") for letter in letters}:
        with suppress(NotFound):
            found[place] = _name_of(asked, place) or ""
    return found


def _name_of(asked: Asked, place: str) -> str | None:
    _empty, kind, slug, *_below = [*place.split("/"), "", ""]
    if kind == "groups":
        return groups.by_slug(asked.tx, slug).name
    return branches.by_slug(asked.tx, slug).name if kind == "branches" else None


def _place(asked: Asked, scope: Scope) -> tuple[str, str]:
    """Returns the name of where an office is held, and its path."""
    if scope.kind == "group":
        group = groups.find(asked.tx, scope.id)
        return (group.name or group.slug, f"/groups/{group.slug}") if group else ("", "/power")
    if scope.kind == "branch":
        branch = branches.find(asked.tx, scope.id)
        return (branch.name or branch.slug, f"/branches/{branch.slug}") if branch else ("", "/power")
    return asked.hub.settings.name, "/power"


def _person(asked: Asked) -> str:
    assert asked.actor.person is not None
    return asked.actor.person
