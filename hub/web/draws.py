"""Pages of draws by lot: what is drawn, where the randomness comes from, the order; one's own ticket and seat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Row

from hub import clock
from hub.acts import queries as acts
from hub.acts.state import ActState, draws_by_lot
from hub.constitution import queries as constitution
from hub.constitution.limits import STRATA
from hub.draws import actions, beacons, chain, files, objections_fold, queries, rules, saying
from hub.draws.conflicts import concerned
from hub.draws.queries import Draw, Objection
from hub.draws.strata import NOT_SAID, asked_by
from hub.errors import NotFound
from hub.groups import electorate
from hub.lot.files import parse_draw
from hub.lot.pool import parse_pool
from hub.lot.walk import DUMMIES
from hub.permits import HUB, R, can_right
from hub.permits import queries as permits
from hub.web import draw_words, places
from hub.web.acts import about
from hub.web.branches import shown_name
from hub.web.casefile import PROCEDURES
from hub.web.context import Answer, Asked
from hub.web.forms import Reader, read_source
from hub.web.pages import page, see_other
from hub.web.passkeys import takes
from hub.web.receipts import SEATED
from hub.web.texts import _

LISTED = 200  # tickets whose chances a page lists; of larger pools, the file does
OF_CASES = ("duty", "juror")  # roles whose act is a case, or its appeal
READ_HERE = 2_000  # tickets; a larger file is read by whoever looks, not for each page


@dataclass(frozen=True)
class Chance:
    """How often a ticket was drawn by 1,000 dummy seeds."""

    ticket: str
    stratum: str
    times: int


@dataclass(frozen=True)
class Shown:
    """A draw as its page tells it. mine: the reader's own ticket; address: where its source is read."""

    draw: Draw
    office: str
    address: str
    order: list[Row[Any]]
    names: dict[str, str | None]
    chances: list[Chance]
    said: dict[str, list[tuple[str, int]]]
    mine: str | None
    my_times: int | None
    is_known: bool
    stands: bool
    may_read: bool
    objections: list[Raised]
    is_objectable: bool
    may_object: bool


@dataclass(frozen=True)
class Raised:
    """An objection to the pool that stands. found: what each found of it, by name; may_judge: the reader may, now."""

    objection: Objection
    found: list[tuple[str | None, str | None, bool]]
    may_judge: bool


def show(asked: Asked) -> Answer:
    """Shows the draws of an act."""
    state, found = _get(asked)
    draws = [_shown(asked, state, draw) for draw in found]
    steps = [place for place, step in enumerate(state.steps) if draws_by_lot(step)]
    voided = [
        (row, queries.objection(asked.tx, state.id, place, row.objection))
        for place in steps
        for row in queries.voids(asked.tx, state.id, place)
    ]
    waits = state.is_open and draws_by_lot(state.current) and queries.find(asked.tx, state.id, state.step) is None
    seat = _seat(asked, state.id)
    return page(
        asked, "draws/show.html", state=state, title=about(asked.tx, state), place=places.of(asked.tx, state.scope),
        draws=draws, voided=voided, waits=waits, seat=seat, rehearsal=chain.is_rehearsal(), dummies=DUMMIES,
        listed=LISTED, reasons=draw_words.reasons(), words=draw_words.said(), not_said=NOT_SAID,
    )  # fmt: skip


def object_to(asked: Asked) -> Answer:
    """Says that the pool is wrong."""
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter what is wrong with the pool"), most=2000, lines=True)
    read.done()
    act = asked.params["act"]
    actions.object_to(asked.tx, act=act, reason=reason, actor=asked.actor)
    return see_other(f"/draws/{act}", _("Your objection stands in the public record, without your name."))


def judge(asked: Asked) -> Answer:
    """Finds an objection right, or not."""
    read = Reader(asked.form)
    index = read.text("objection", missing=_("Choose an objection"), most=15)
    found = read.choice("found", ["right", "wrong"], missing=_("Say whether the objection is right"))
    read.done()
    act = asked.params["act"]
    if not (index.isascii() and index.isdecimal()):
        raise NotFound
    actions.judge(asked.tx, act=act, objection=int(index), upheld=found == "right", actor=asked.actor)
    return see_other(f"/draws/{act}", _("What you found stands in the public record."))


def reveal(asked: Asked) -> Answer:
    """Types in what the source said."""
    act = asked.params["act"]
    actions.reveal(asked.tx, act=act, text=read_source(asked.form), actor=asked.actor)
    return see_other(f"/draws/{act}", _("It is signed by the beacon. The draw is made."))


def seat(asked: Asked) -> Answer:
    """Shows those drawn, and nobody else, what they were drawn for, and until when they answer."""
    state, _found = _get(asked)
    mine = _seat(asked, state.id)
    if mine is None:
        raise NotFound
    office = rules.OFFICES[queries.word_of(state, mine.step)]
    role = constitution.of_entry(asked.tx, state.constitution).roles[office.role]
    return page(
        asked, "draws/seat.html", state=state, seat=mine, role=role, place=places.of(asked.tx, state.scope),
        until=mine.offered_at + rules.ANSWER, late=clock.now() >= mine.offered_at + rules.ANSWER,
        stands_by=office.role == "caretaker", case=office.role in OF_CASES,
        takes=takes(asked, role=office.role, act=state.id),
    )  # fmt: skip


def accept(asked: Asked) -> Answer:
    """Takes the seat."""
    read = Reader(asked.form)
    shown = shown_name(asked, read)
    read.done()
    grant = actions.accept(asked.tx, act=asked.params["act"], shown=shown, actor=asked.actor)
    if grant is not None:
        return see_other(f"/offices/{grant}/receipt", SEATED)
    if acts.get(asked.tx, asked.params["act"]).procedure in PROCEDURES:
        return see_other(f"/cases/{asked.params['act']}", _("You accepted. This is the case; tell nobody of it."))
    return see_other(f"/draws/{asked.params['act']}", _("You accepted. It stands in the public record."))


def decline(asked: Asked) -> Answer:
    """Leaves it to the next in the order."""
    actions.decline(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other("/me", _("You declined. Nobody learns that it was you; the next in the order is asked."))


def wishes(asked: Asked) -> Answer:
    """Shows whether the member may be drawn, and their tickets."""
    assert asked.actor.person is not None
    at_home, volunteers = queries.wishes(asked.tx, asked.actor.person)
    tickets = queries.my_tickets(asked.tx, asked.actor.person)
    words = draw_words.said()
    asks = [
        (word, words[word], [(answer, words[answer], "") for answer in (NOT_SAID, *STRATA[word])])
        for word in asked_by(constitution.in_force(asked.tx)[0])
    ]
    said = saying.said_by(asked.tx, asked.actor.person)
    return page(
        asked, "me/draws.html", at_home=at_home, volunteers=volunteers, tickets=tickets, asks=asks, said=said,
        days=saying.KEPT.days,
    )  # fmt: skip


def keep_wishes(asked: Asked) -> Answer:
    """Keeps it."""
    read = Reader(asked.form)
    at_home, volunteers = read.tick("at_home"), read.tick("volunteers")
    read.done()
    actions.wish(asked.tx, at_home=at_home, volunteers=volunteers, actor=asked.actor)
    return see_other("/me/draws", _("Kept. It counts for draws that are prepared from now on."))


def say(asked: Asked) -> Answer:
    """Keeps what the member says of themselves, or takes it back."""
    read = Reader(asked.form)
    words = asked_by(constitution.in_force(asked.tx)[0])
    said = {
        word: read.choice(word, (NOT_SAID, *STRATA[word]), missing=_("Choose one, or “I do not say”")) for word in words
    }
    read.done()
    saying.say(asked.tx, said=said, actor=asked.actor)
    return see_other("/me/draws", _("Kept as you chose. What you do not say any more is deleted."))


def _get(asked: Asked) -> tuple[ActState, list[Draw]]:
    state = acts.get(asked.tx, asked.params["act"])
    if not any(draws_by_lot(step) for step in state.steps):
        raise NotFound
    return state, queries.of_act(asked.tx, state.id)


def _shown(asked: Asked, state: ActState, draw: Draw) -> Shown:
    tx, now = asked.tx, clock.now()
    office = rules.OFFICES[queries.word_of(state, draw.step)]
    text = constitution.of_entry(tx, state.constitution)
    order = queries.order(tx, draw.act, draw.step)
    names = permits.shown_names(tx, [one.holder for one in order if one.holder])
    chances = _chances(asked, draw)
    mine = _my_ticket(asked, draw)
    return Shown(
        draw=draw,
        office=text.roles[office.role].name,
        address=beacons.address_of(draw.named),
        order=order,
        names=names,
        chances=chances if len(chances) <= LISTED else [],
        said=queries.counts(tx, draw.prepared_entry),
        mine=mine,
        my_times=next((chance.times for chance in chances if chance.ticket == mine), None),
        is_known=now >= draw.known_at,
        stands=now >= draw.stands_from,
        may_read=_may_read(asked, state, draw),
        objections=_raised(asked, state, draw),
        is_objectable=_is_objectable(state, draw),
        may_object=_is_objectable(state, draw) and _may_object(asked, state, draw),
    )


def _raised(asked: Asked, state: ActState, draw: Draw) -> list[Raised]:
    listed = queries.objections(asked.tx, draw.act, draw.step)
    mine = [one for one in listed if one.pool_entry == draw.prepared_entry]
    names = permits.shown_names(asked.tx, [holder for one in mine for holder, _upheld, _at in one.judgements if holder])
    raised = []
    for one in mine:
        found = [(holder, names.get(holder or ""), upheld) for holder, upheld, _at in one.judgements]
        raised.append(Raised(one, found, one.settled is None and _may_judge(asked, state, draw, one)))
    return raised


def _is_objectable(state: ActState, draw: Draw) -> bool:
    is_waiting = state.is_open and state.step == draw.step and not draw.is_made
    return is_waiting and draw.objections_until is not None and clock.now() < draw.objections_until


def _may_object(asked: Asked, state: ActState, draw: Draw) -> bool:
    actor = asked.actor
    has_objected = actions.has_part(asked.tx, draw.prepared_entry, actor)
    return not actor.is_visitor and not has_objected and actions.may_object(asked.tx, state, draw, actor)


def _may_judge(asked: Asked, state: ActState, draw: Draw, one: Objection) -> bool:
    tx, actor, now = asked.tx, asked.actor, clock.now()
    if actor.is_visitor or not state.is_open or state.step != draw.step or now >= draw.stands_from:
        return False
    if actions.has_part(tx, one.entry, actor) or actions.has_part(tx, draw.prepared_entry, actor):
        return False
    if actor.holder in concerned(tx, state, now) | objections_fold.operators(tx, now):
        return False
    if actor.holder in objections_fold.judges(tx, state, now):
        return True
    belongs = electorate.belongs(tx, state.scope, actor.person)
    return belongs and objections_fold.members_may_judge(tx, state, draw, now)


def _may_read(asked: Asked, state: ActState, draw: Draw) -> bool:
    is_waiting = state.is_open and state.step == draw.step and not draw.is_made
    return is_waiting and clock.now() >= draw.known_at and bool(can_right(asked.actor, R.SIGN, HUB))


def _chances(asked: Asked, draw: Draw) -> list[Chance]:
    """Returns every ticket's chance, as far as its file is kept here: the pool's is until the draw is over."""
    raw = files.kept(asked.tx, draw.file or draw.pool) if draw.tickets <= READ_HERE else None
    if raw is None:
        return []
    if draw.is_made:
        whole = parse_draw(raw)
        pool, odds = whole.pool, whole.odds
    else:
        pool, found = parse_pool(raw), files.odds(asked.tx, draw.pool)
        if found is None:
            return []
        odds = found
    strata = ("=".join(ticket.strata[0]) if ticket.strata else "" for ticket in pool)
    return [Chance(t.name, stratum, times) for t, stratum, times in zip(pool, strata, odds, strict=True)]


def _my_ticket(asked: Asked, draw: Draw) -> str | None:
    if asked.actor.person is None:
        return None
    mine = queries.my_tickets(asked.tx, asked.actor.person)
    return next((row.ticket for row in mine if (row.act, row.step) == (draw.act, draw.step)), None)


def _seat(asked: Asked, act: str) -> Row[Any] | None:
    return None if asked.actor.person is None else actions.my_seat(asked.tx, act, asked.actor.person)
