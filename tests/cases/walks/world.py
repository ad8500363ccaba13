"""A hub in which members complain of one another: two branches, one large enough that panels are drawn from it.

Made once by the verbs and copied for each walk, as tests/powers has it. Offices take no passkeys here.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, sealing
from hub.cases import ticking
from hub.constitution.entries import ConstitutionAdopted
from hub.draws import actions as draws
from hub.draws import ticking as draws_ticking
from hub.errors import YES
from hub.groups import membership
from hub.ledger.entries import TYPES
from hub.permits import Actor
from tests.people_for_tests import again, found_branch, found_group, found_hub, ready, seat_council, without_devices
from tests.powers.view import Row
from tests.powers.world import BEGINS, CLOCKWORK, Template, World, emptied
from tests.verifier import verifier

OLD = dt.timedelta(days=40)  # after which mandates can be recalled, and before elections are near
YORK, VOLUNTEERS = 4, 22
# The same rules, but that a panel has less time, and one rule of conduct has another number.
CHANGES = (
    ('persons = 2, days = 28, short = "renew"', 'persons = 2, days = 14, short = "renew"'),
    ('by = "jurors", size = 3, days = 5, short', 'by = "jurors", size = 3, days = 4, short'),
    ("[conduct.2]", "[conduct.12]"),
)


class Bench(World):
    """A copy of the hub with cases. recalls: who began one of whom, by person, and when; said: words typed so far."""

    def __init__(self) -> None:
        super().__init__(made=prepared())
        self.clockwork = {**CLOCKWORK, "draws": draws_owed, "cases": ticking.tick}
        self.recalls: list[tuple[str, str]] = []

    def case_rows(self) -> list[Row]:
        """Every case's act, the oldest first."""
        return [act for act in self.view.acts if act.procedure == "case"]

    def sides(self) -> dict[str, dict[str, str]]:
        """Case to its sides, each to a person."""
        found: dict[str, dict[str, str]] = {}
        for row in self.view.rows("case_sides"):
            found.setdefault(row.act, {})[row.side] = row.person
        return found

    def seats(self, act: str) -> list[Row]:
        """Who sits, or is asked to, by the newest draw of an act."""
        here = [row for row in self.view.rows("draw_seats", "act, step, rank") if row.act == act]
        newest = max((row.step for row in here), default=0)
        return [row for row in here if row.step == newest and row.state in ("offered", "accepted")]

    def who_has(self, ticket: str) -> str:
        """The name of whose ticket it is."""
        person = next(row.person for row in self.view.rows("draw_tickets") if row.ticket == ticket)
        return self.called(person)

    def called(self, person: str) -> str:
        """The name of a person."""
        return next(name for name, one in self.people.items() if one == person)

    def sitting(self, act: str) -> list[str]:
        """The names of those who took their seats by the newest draw of an act."""
        return [self.who_has(row.ticket) for row in self.seats(act) if row.state == "accepted"]

    def pass_minutes(self, many: int) -> None:
        """Lets minutes pass; the worker runs at their end."""
        self.now += dt.timedelta(minutes=many)
        self.tick()

    def adopt(self, text: str) -> None:
        """Other rules come into force, by nothing but this test's word: what changes them, other rooms ask."""
        with self.unit() as tx:
            version = max(row.version for row in self.view.constitutions) + 1
            ledger.append(tx, ConstitutionAdopted(version, text, hashlib.sha256(text.encode()).hexdigest()), by=None)
        self.changes += 1
        self.look()


def draws_owed(tx: Connection) -> int:
    """What the clock owes of draws that run; it opens none of its own here: tests/powers has those."""
    ledger.hold(tx)
    return draws_ticking.prepare_owed(tx) + draws_ticking.replace_owed(tx) + draws_ticking.begin_owed(tx)


@contextmanager
def rules_by_our_word() -> Iterator[None]:
    """Both programs take other rules by nobody's vote meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TYPES["constitution.adopted"], "warrant", lambda *_: YES)
        patch.setitem(verifier.CHECKS, "constitution.adopted", lambda *_: None)
        yield


@functools.cache
def prepared() -> Template:
    """A hub forty days old: a council, two branches of five founders, a group, and volunteers of the second branch."""
    db, raw = emptied()
    clock.set_source(lambda: BEGINS)
    with ids.drawn_from(b"cases".ljust(32)), db.write() as tx:
        named = _people(tx)
    keys = sealing.vault_of(db.engine)
    assert isinstance(keys, sealing.Memory)
    people = {name: actor.person for name, actor in named.items() if actor.person is not None}
    return Template(bytes(raw.serialize()), keys, people, BEGINS + OLD)


def _people(tx: Connection) -> dict[str, Actor]:
    found_hub(tx, without_devices())
    council = seat_council(tx, "cleo", "cyra")
    york, founders = found_branch(tx, council)
    _mon, others = found_branch(tx, council, "ynys-mon", "mon")
    group, _both = found_group(tx, york, founders[:2], founders[2:])
    plain = [ready(tx, f"york_plain_{number}") for number in range(YORK)]
    for one in plain[:2]:
        membership.join(tx, group=group, actor=again(tx, one))
    drawn = [ready(tx, f"vol_{number}", "ynys-mon") for number in range(VOLUNTEERS)]
    for one in (*plain, *founders, *drawn, *others):
        draws.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))
    letters: dict[str, Any] = dict(zip(("york_a", "york_b", "york_c", "york_d", "york_e"), founders, strict=True))
    letters |= {f"york_plain_{number}": one for number, one in enumerate(plain)}
    letters |= {"cleo": council[0], "cyra": council[1]}
    letters |= dict(zip(("mon_a", "mon_b", "mon_c", "mon_d", "mon_e"), others, strict=True))
    return letters | {f"vol_{number}": one for number, one in enumerate(drawn)}
