"""My own things: standing, offices, groups and letters."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from hub import clock, leaving, looks, outbox
from hub.ballots import queries as ballots
from hub.branches import queries as branches
from hub.cases import delaying
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import queries as groups
from hub.people import queries
from hub.permits import Grant, Scope, claims
from hub.permits import queries as grants
from hub.web import casefile
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
    return Office(_role(asked, grant), *place_of(asked, grant.scope))


def show(asked: Asked) -> Answer:
    """GET /me."""
    letters = outbox.notices(asked.tx, person_of(asked), limit=3)
    return page(
        asked,
        "me/show.html",
        kept=kept(asked),
        closes=leaving.closes_at(asked.tx, person_of(asked)),
        seen=looks.looks_at(asked.tx, person_of(asked), most=1),
        delayed=delaying.counts(asked.tx)[1],
        offices=[(grant, office_of(asked, grant)) for grant in asked.actor.grants],
        keyed={grant.id for grant in asked.actor.grants if claims.key_of(asked.tx, grant.id) is not None},
        resting=grants.rests(asked.tx, asked.actor.grants),
        groups=groups.groups_of(asked.tx, asked.actor),
        cases=casefile.mine(asked),
        letters=letters,
        about=_about(asked, letters),
        ballots=[
            (ballot, bool(line.voted))
            for ballot, line in ballots.lines_of(asked.tx, person_of(asked))
            if ballot.takes_papers(clock.now())
        ],
    )


def show_notices(asked: Asked) -> Answer:
    """GET /me/notices: every letter we sent or tried to send."""
    letters = outbox.notices(asked.tx, person_of(asked))
    return page(asked, "me/notices.html", letters=letters, about=_about(asked, letters))


def in_short(asked: Asked) -> dict[str, object]:
    """Returns what one is here, in a few words: the head of the file that one takes along."""
    person, actor = person_of(asked), asked.actor
    spell = queries.spell_of(asked.tx, person)
    return {
        "nickname": actor.nickname,
        "shown": actor.shown,
        "member": None if spell is None else {"area": spell.area, "since": machine(spell.since)},
        "name_in_the_record": actor.holder,
        "offices": [_office(grant) for grant in actor.grants],
        "groups": [group.slug for group in groups.groups_of(asked.tx, actor)],
        "rolls": [
            {"ballot": ballot.id, "text": f"{line.salt}|{person}|{line.voted}"}
            for ballot, line in ballots.lines_of(asked.tx, person)
        ],
    }


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


def place_of(asked: Asked, scope: Scope) -> tuple[str, str]:
    """Returns the name of where an office is held, and its path."""
    if scope.kind == "group":
        group = groups.find(asked.tx, scope.id)
        return (group.name or group.slug, f"/groups/{group.slug}") if group else ("", "/power")
    if scope.kind == "branch":
        branch = branches.find(asked.tx, scope.id)
        return (branch.name or branch.slug, f"/branches/{branch.slug}") if branch else ("", "/power")
    return asked.hub.settings.name, "/power"


def person_of(asked: Asked) -> str:
    """Returns who asks; the route has seen to it that somebody is signed in."""
    assert asked.actor.person is not None
    return asked.actor.person
