"""Pages of petitions: start a recall, hold a change, propose other rules; sign; answer; see how far it is."""

from __future__ import annotations

import difflib

from hub import clock
from hub.acts import queries as acts
from hub.acts import rules as act_rules
from hub.acts.proposals import proposed
from hub.acts.state import ActState
from hub.ballots import queries as ballots
from hub.constitution import queries as constitution
from hub.constitution.limits import ENTRENCHED
from hub.errors import NotFound
from hub.groups import electorate
from hub.permits import Grant, P, R, Scope, can, can_right
from hub.permits import queries as permits
from hub.petitions import actions, queries, rules
from hub.petitions.asking import what_it_takes
from hub.petitions.queries import Petition
from hub.web import places
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

LONGEST = 6000  # characters; the rule counts words


def show(asked: Asked) -> Answer:
    """Shows a petition: what it asks, why, how many it takes, the answer, and what comes next."""
    petition = queries.get(asked.tx, asked.params["act"])
    state = acts.get(asked.tx, petition.act)
    holder = asked.actor.holder
    return page(
        asked,
        "petitions/show.html",
        petition=petition,
        act=progress(asked.tx, petition.act, asked.actor),
        about=_about(asked, petition, state.scope),
        place=places.of(asked.tx, state.scope),
        signed=actions.signed_roughly(asked.tx, petition.act),
        mine=queries.has_signed(asked.tx, petition.act, asked.actor),
        is_mine=holder is not None and holder == petition.holder,
        first=None if state.is_open else queries.first_reached(asked.tx, petition),
        ballot=next(reversed(ballots.of_act(asked.tx, petition.act)), None),
        may=_may(asked, petition, state),
        voided=state.was_voided,
    )


def new_recall(asked: Asked) -> Answer:
    """Asks for the reasons of a recall, and says what follows. POST /offices/{grant}/recall/reasons comes back."""
    grant = permits.grant_by_id(asked.tx, asked.params["grant"])
    if grant is None or not grant.can_be_recalled:
        raise NotFound
    verdict, role = actions.may_recall(asked.tx, grant), constitution.in_force(asked.tx)[0].roles.get(grant.role)
    return page(
        asked,
        "petitions/recall.html",
        grant=grant,
        who=permits.shown_names(asked.tx, [grant.holder]).get(grant.holder),
        place=places.of(asked.tx, grant.scope),
        verdict=verdict,
        running=_recalls_of(asked, grant),
        steps=constitution.steps_of(asked.tx, "recall"),
        is_elected=role is not None and "election" in role.by,
        needed=actions.needed(asked.tx, "recall", electorate.size(asked.tx, grant.scope)),
    )


def check_recall(asked: Asked) -> Answer:
    """POST /offices/{grant}/recall/check: what would stand in public for good, and when. Nothing is kept of it."""
    grant = permits.grant_by_id(asked.tx, asked.params["grant"])
    if grant is None:
        raise NotFound
    reasons = _words(asked, "reasons", _("Enter your reasons"))
    actions.insist_on_reasons(reasons)
    return page(
        asked,
        "petitions/recall_check.html",
        grant=grant,
        who=permits.shown_names(asked.tx, [grant.holder]).get(grant.holder),
        place=places.of(asked.tx, grant.scope),
        reasons=reasons.strip(),
        days=constitution.steps_of(asked.tx, "recall")[0].days,
        needed=actions.needed(asked.tx, "recall", electorate.size(asked.tx, grant.scope)),
    )


def open_recall(asked: Asked) -> Answer:
    """Starts the recall."""
    reasons = _words(asked, "reasons", _("Enter your reasons"))
    act = actions.open_recall(asked.tx, grant=asked.params["grant"], reasons=reasons, actor=asked.actor)
    return see_other(f"/petitions/{act}", _("The recall has begun, with your signature. Nobody is told who began it."))


def new_hold(asked: Asked) -> Answer:
    """Asks for the reasons why a change should be put to a ballot."""
    state = acts.get(asked.tx, asked.params["act"])
    if state.procedure not in rules.HOLDABLE:
        raise NotFound
    verdict = act_rules.may_hold(state, clock.now())
    place = places.of(asked.tx, state.scope)
    needed = actions.needed(asked.tx, "hold", electorate.size(asked.tx, state.scope))
    may, proposal = {"demand": bool(can(asked.actor, P.CALL_BALLOT, state.scope))}, proposed(asked.tx, state)
    return page(
        asked, "petitions/hold.html", state=state, place=place, verdict=verdict, needed=needed, proposal=proposal,
        may=may,
    )  # fmt: skip


def open_hold(asked: Asked) -> Answer:
    """Opens the hold."""
    reasons = _words(asked, "reasons", _("Enter your reasons"))
    act = actions.open_hold(asked.tx, target=asked.params["act"], reasons=reasons, actor=asked.actor)
    return see_other(f"/petitions/{act}", _("Signatures are being collected, yours is the first. Pass the address on."))


def demand_ballot(asked: Asked) -> Answer:
    """Puts it to a ballot at once, as one organiser."""
    reasons = _words(asked, "reasons", _("Enter your reasons"))
    act = actions.demand_ballot(asked.tx, target=asked.params["act"], reasons=reasons, actor=asked.actor)
    return see_other(
        f"/petitions/{act}", _("It waits now, and everybody here votes on it. The other organisers were told.")
    )


def new_amendment(asked: Asked) -> Answer:
    """Shows the rules in force, to be changed and proposed in full."""
    newest = constitution.newest(asked.tx)
    vote = next(step for step in constitution.steps_of(asked.tx, "amend") if step.do == "ballot")
    return page(
        asked, "petitions/amend.html", text=newest.text, version=newest.version, vote=vote, entrenched=ENTRENCHED
    )


def propose_amendment(asked: Asked) -> Answer:
    """Proposes other rules."""
    read = Reader(asked.form)
    text = read.form.first("text")
    reasons = read.text("reasons", missing=_("Enter your reasons"), most=LONGEST, lines=True)
    read.done()
    act = actions.propose_amendment(asked.tx, text=text, reasons=reasons, actor=asked.actor)
    return see_other(f"/petitions/{act}", _("Your rules are proposed, with your signature. Pass the address on."))


def sign(asked: Asked) -> Answer:
    """Signs."""
    act = asked.params["act"]
    actions.sign(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/petitions/{act}", _("You signed. Nobody sees that it was you."))


def take_back(asked: Asked) -> Answer:
    """Takes the signature back."""
    act = asked.params["act"]
    actions.take_back(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/petitions/{act}", _("Your signature is taken back."))


def answer(asked: Asked) -> Answer:
    """Answers a recall."""
    act = asked.params["act"]
    actions.answer(asked.tx, act=act, reply=_words(asked, "reply", _("Enter your answer")), actor=asked.actor)
    return see_other(f"/petitions/{act}", _("Your answer stands on the ballot paper."))


def _words(asked: Asked, name: str, missing: str) -> str:
    read = Reader(asked.form)
    text = read.text(name, missing=missing, most=LONGEST, lines=True)
    read.done()
    return text


def _recalls_of(asked: Asked, grant: Grant) -> list[str]:
    """The recalls of a grant's holder that run already."""
    running = (queries.get(asked.tx, state.id) for state in acts.running(asked.tx, grant.scope, "recall"))
    return [one.act for one in running if (one.holder, one.role) == (grant.holder, grant.role)]


def _may(asked: Asked, petition: Petition, state: ActState) -> dict[str, bool]:
    """Whether somebody can sign; and where not, whether because they came after it began."""
    if asked.actor.is_visitor or (petition.holder is not None and petition.holder == asked.actor.holder):
        return {"sign": False, "late": False}
    has_right = can_right(asked.actor, R.SIGN, queries.in_full(asked.tx, state.scope))
    here = bool(has_right) and electorate.belongs(asked.tx, state.scope, asked.actor.person)
    since = here and electorate.belongs(asked.tx, state.scope, asked.actor.person, state.opened_at)
    return {"sign": since, "late": here and not since}


def _about(asked: Asked, petition: Petition, scope: Scope) -> dict[str, object]:
    """What a petition asks for, in the words of its kind."""
    if petition.kind == "recall":
        assert petition.holder is not None
        who = permits.shown_names(asked.tx, [petition.holder]).get(petition.holder)
        role = constitution.in_force(asked.tx)[0].roles.get(petition.role or "")
        return {"who": who, "role": role.name if role else petition.role}
    if petition.kind == "amend":
        touched = queries.amendment(asked.tx, petition.act).entrenched
        takes = what_it_takes(queries.ratio(asked.tx, petition.act), is_entrenched=bool(touched))
        return {"changes": _changes(asked, petition.act), "takes": takes, "entrenched": (touched or "").split()}
    return {"target": petition.target, "proposal": proposed(asked.tx, acts.get(asked.tx, petition.act))}


def _changes(asked: Asked, act: str) -> list[tuple[str, str]]:
    """The lines that an amendment takes out and puts in, with two around each: (-, + or space, line)."""
    proposed = queries.amendment(asked.tx, act)
    before = constitution.of_entry(asked.tx, proposed.changes).text
    lines = difflib.unified_diff(before.splitlines(), proposed.text.splitlines(), n=2, lineterm="")
    return [(line[:1], line[1:]) for line in lines if not line.startswith(("---", "+++"))]
