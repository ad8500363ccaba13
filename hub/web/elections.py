"""Pages of elections: what runs and until when, who stands, standing oneself, signing the count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub import clock
from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots import elections, elections_fold, owing, pointless, queries
from hub.ballots.queries import Election
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.draws import queries as draws
from hub.emergencies import queries as emergencies
from hub.errors import Refusal
from hub.groups import queries as groups
from hub.hiding import queries as hidings
from hub.hiding.queries import Hidden
from hub.permits import P, Scope, can
from hub.permits import queries as permits
from hub.web.acts import progress
from hub.web.branches import shown_name
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

STEPS = {
    "submit": _("Members nominate themselves"),
    "draw": _("Candidates are heard; scrutineers are drawn by lot"),
    "ballot": _("Everybody on the roll votes"),
    "decide": _("Scrutineers sign the count, or void it"),
    "notice": _("The result is known, and waits"),
    "effect": _("Those elected begin"),
}


_STANDS = _("You stand. It is in the public record, with your statement.")
TIED = _("Everybody voted; only a lot can decide, and the count waits for what a beacon says")


@dataclass(frozen=True)
class Stage:
    """One line of the timetable. until: None for the moment at the end; state: over, now or ahead."""

    says: str
    begins: dt.datetime
    until: dt.datetime | None
    state: str


@dataclass(frozen=True)
class Standing:
    """A candidate as shown; words that are withdrawn or hidden are None. hidden: why, and until when."""

    id: str
    holder: str
    shown: str | None
    statement: str | None
    interests: str | None
    entry: int
    hidden: Hidden | None


def show(asked: Asked) -> Answer:
    """GET /elections/{act}: the timetable, who stands, the ballot, and what the viewer can do."""
    election = queries.election(asked.tx, asked.params["act"])
    state = acts.get(asked.tx, election.act)
    stands = asked.actor.holder in {candidate.holder for candidate in queries.candidates(asked.tx, election.act)}
    waits = state.is_open and state.current.do == "submit"
    act = progress(asked.tx, election.act, asked.actor)
    return page(
        asked,
        "elections/show.html",
        election=election,
        place=place_of(asked, election.scope),
        role=role_name(asked, election),
        act=act,
        stages=stages(asked, state),
        candidates=candidates(asked, election.act),
        ballots=queries.of_act(asked.tx, election.act),
        winners=permits.shown_names(asked.tx, owing.winners(asked.tx, state)),
        besides=pointless.beside(asked.tx, election),
        asked_by=emergencies.of_election(asked.tx, election.act),
        undone=state.was_undone,
        overtaken=act.outcome == "done" and owing.is_overtaken(asked.tx, state),
        may={
            "stand": waits and not stands,
            "withdraw": stands and state.is_open and not queries.of_act(asked.tx, election.act)
            and clock.now() < elections_fold.ballot_opens(state),
            "hide": not stands and bool(can(asked.actor, P.HIDE_CONTENT, state.scope)),
            "scrutinise": bool(queries.of_act(asked.tx, election.act))
            and bool(can(asked.actor, P.BALLOTS_SCRUTINISE, state.scope, act=state.id)),
        },
    )  # fmt: skip


def stand_form(asked: Asked) -> Answer:
    """GET /elections/{act}/stand: the form, or why not."""
    election = queries.election(asked.tx, asked.params["act"])
    try:
        elections.may_stand(asked.tx, election, asked.actor)
        why_not = ""
    except Refusal as refusal:
        why_not = refusal.sentence
    place = place_of(asked, election.scope)
    return page(asked, "elections/stand.html", election=election, place=place, why_not=why_not)


def stand(asked: Asked) -> Answer:
    """POST /elections/{act}/candidacies: stands."""
    act = asked.params["act"]
    read = Reader(asked.form)
    without = read.tick("without")
    missing = "" if without else _("Say why you stand, or choose to stand without a statement.")
    statement = read.text("statement", missing=missing, most=3000, lines=True)
    if without and statement:
        read.mistake("without", _("Here are words of yours. Take them out, or stand with them."))
    interests = read.text("interests", most=1000, lines=True)
    shown = shown_name(asked, read)
    read.done()
    elections.stand(asked.tx, act=act, statement=statement, interests=interests, shown=shown, actor=asked.actor)
    done = _("You stand. It is in the public record.") if without else _STANDS
    return see_other(f"/elections/{act}", done)


def withdraw_form(asked: Asked) -> Answer:
    """GET /elections/{act}/withdrawal: asks once more."""
    election = queries.election(asked.tx, asked.params["act"])
    return page(asked, "elections/withdraw.html", election=election, place=place_of(asked, election.scope))


def withdraw(asked: Asked) -> Answer:
    """POST /elections/{act}/withdrawal: stands no more."""
    act = asked.params["act"]
    elections.withdraw(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/elections/{act}", _("You stand no more. It is in the public record."))


def stages(asked: Asked, state: ActState) -> list[Stage]:
    """Returns an election's timetable: what was, by the record; what is; and what comes if nothing is extended."""
    ended = acts.moves(asked.tx, state.id)
    found, begins = [], queries.election(asked.tx, state.id).due
    for place, step in enumerate(state.steps):
        if place in ended:
            until, when = ended[place], "over"
        elif place == state.step and state.is_open:
            until, when = state.due, "now"
        else:
            until, when = begins + dt.timedelta(days=step.days or 0), "ahead"
        if when == "ahead" and not state.is_open:
            break
        waits = when == "now" and state.fact_at("tied") is not None
        found.append(Stage(TIED if waits else STEPS[step.do], begins, None if step.do == "effect" else until, when))
        begins = until
    return found


def candidates(asked: Asked, act: str) -> list[Standing]:
    """Returns who stands, in the order of the papers: that of their names in the record, which are random."""
    found = queries.candidates(asked.tx, act)
    names = permits.shown_names(asked.tx, [one.holder for one in found])
    hidden = hidings.hidden_among(asked.tx, [one.id for one in found])
    return [
        Standing(one.id, one.holder, names.get(one.holder), one.statement, one.interests, one.entry, hidden.get(one.id))
        for one in found
    ]


def place_of(asked: Asked, scope: Scope) -> dict[str, str]:
    """Returns the name and path of a branch or group; of the hub itself otherwise."""
    if scope.kind == "branch":
        branch = branches.get(asked.tx, scope.id)
        return {"name": branch.name or branch.slug, "path": f"/branches/{branch.slug}"}
    if scope.kind == "group":
        group = groups.get(asked.tx, scope.id)
        return {"name": group.name or group.slug, "path": f"/groups/{group.slug}"}
    return {"name": asked.hub.settings.name, "path": "/power"}


def role_name(asked: Asked, election: Election) -> str:
    """Returns what the office is called."""
    text, _entry = constitution.in_force(asked.tx)
    return text.roles[election.role].name if election.role in text.roles else election.role


def coming(asked: Asked, scope: Scope) -> dict[str, object]:
    """Returns, for a page of powers, the election that runs in a scope, when the next one opens, and who stands by."""
    waiting = draws.standing_by(asked.tx, scope)
    names = permits.shown_names(asked.tx, [row.holder for row in waiting])
    return {
        "running": owing.running_in(asked.tx, scope),
        "opens": owing.opens_next(asked.tx, scope),
        "rests": permits.dormant_since(asked.tx, scope.id) is not None,
        "by": [(names.get(row.holder), row.act) for row in waiting],
    }
