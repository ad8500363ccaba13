"""The second operator's part: carrying out what another one asked for, if it is still exactly what was asked."""

from __future__ import annotations

from hub.db import will_write
from hub.errors import Unsafe
from hub.matcher.desk import Desk
from hub.matcher.intake import undo, waiting
from hub.matcher.intake.apply import apply
from hub.matcher.intake.batch import facts_of, one_connection
from hub.matcher.intake.difference import compare
from hub.matcher.intake.lock import one_at_a_time
from hub.matcher.intake.stops import further_stops, stops
from hub.matcher.tellings import publish

LEAST_REMOVALS = 50


def approve(desk: Desk, name: str, *, operator: str) -> str:
    """Carries out the import or undoing that waits under a name; returns which. operator: not the one who asked.

    Raises NotFound, Forbidden, Unsafe where the roster has changed so that the numbers are no longer those allowed.
    """
    with one_at_a_time(desk.settings.folder), one_connection(desk) as tx:
        with tx.begin():
            row = waiting.asked_for(tx, name, operator=operator)
            if row.kind == "import":
                waiting.stage_again(tx, name)
        will_write(tx)
        with tx.begin():
            if row.kind == "import":
                batch, allowed, rows, rejected = waiting.batch_of(row)
                difference = compare(tx, batch.source, full=batch.full)
                facts = facts_of(tx, batch, rows, rejected, says_who=True)
                for stop in (*stops(difference, facts, allowed), *further_stops(difference, facts, allowed)):
                    if not stop.is_passed:
                        raise Unsafe(f"The roster has changed meanwhile: {stop.option} would be needed. Import again.")
                apply(tx, batch.approve(), difference)
            else:
                _check_undoing(undo.removals(tx, name), row.asked["removals"])
                undo.undo(tx, name)
            waiting.drop(tx, name)
    publish(desk.db, desk.settings)
    return str(row.kind)


def take_back(desk: Desk, name: str, *, removals: int | None, operator: str) -> str:
    """Takes an import back; where that ends many, keeps the wish for a second operator. Returns undone or waiting.

    removals: the exact number, where it is over the limit. Raises NotFound, Conflict, Unsafe for another number.
    """
    with one_at_a_time(desk.settings.folder):
        with desk.db.write() as tx:
            undo.find(tx, name)
            many, current = undo.removals(tx, name), undo.current(tx)
            if many <= LEAST_REMOVALS or many * 20 <= current:
                undo.undo(tx, name)
                done = "undone"
            else:
                _check_undoing(many, removals)
                if not operator:
                    raise Unsafe("A stop is passed by two operators. Say who you are: --operator NAME.")
                waiting.keep_asked(tx, name, "undoing", operator, {"removals": many})
                done = "waiting"
        publish(desk.db, desk.settings)
    return done


def _check_undoing(many: int, allowed: object) -> None:
    if many != allowed:
        raise Unsafe(f"It would end {many:,} memberships. To pass: --allow-removals {many}, and a second operator.")
