"""What privacy costs: python -m tests.bench.privacy [LOOKS MEMBERS]. Prints figures; asserts nothing.

export     the copy of one member with so many looks on record (aim: under 2 s for 10,000)
look       one member's fields through the reading service, which writes the look, against a bare select of the same
           fields, and against that with one bare insert (aim: one insert and 1 ms more)
digest     the letters of one day on which so many members were looked at twice; and a round in which none is owed
counting   the looks of one month, those among them
key        one member's key from the vault and a word opened with it: what a page costs more
erasure    so many members, as the worker does (aim: 10,000 under 60 s), by the clock and of CPU
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from hub import clock, inventory, leaving, looks, sealing
from hub.audit.models import audit_notes
from hub.db import Database, metadata
from hub.leaving.models import closings
from hub.ledger import catalogue
from hub.looks.models import looks as look_rows
from hub.outbox.models import letters
from hub.people import sealed
from hub.people.models import accounts, persons, sessions, standings
from hub.people.sealed import nickname_of
from hub.permits import Actor, P, require
from tests import vaults
from tests.people_for_tests import again, found_branch, found_hub, member, seat_council, without_devices

BEGINS = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
TIMES = 200


def main(many: int, members: int) -> None:
    """Measures, on one hub."""
    catalogue.load()
    clock.set_source(lambda: BEGINS)
    with tempfile.TemporaryDirectory() as name:
        db = Database(f"sqlite:///{Path(name)}/hub.db")
        vaults.beside(db, Path(name))
        db.create_all()
        with db.write() as tx:
            found_hub(tx, without_devices())
            _branch, founders = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            una, organiser = member(tx, "una"), again(tx, founders[0])
        fill(db, str(una.person), many)
        told("one member's key fetched", lambda: fetched(db, str(una.person)), TIMES)
        told("export", lambda: export(db, str(una.person)), 5)
        told("bare select of the fields", lambda: bare(db, str(una.person)), TIMES)
        told("the same and one bare insert", lambda: bare_and_noted(db, str(una.person)), TIMES)
        told("the same through the service", lambda: look(db, organiser, str(una.person)), TIMES)
        fill_day(db, members)
        clock.set_source(lambda: BEGINS + dt.timedelta(days=31))
        told("digest of so many members", lambda: looks.tell(db), 1)
        told("digest where none is owed", lambda: looks.tell(db), TIMES)
        told("count of the month", lambda: count(db), 1)
        clock.set_source(lambda: BEGINS)
        leave(db, members)
        begun, used = time.perf_counter(), time.process_time()
        gone = 0
        while done := leaving.erase_due(db):
            gone += done
        clocked, used = time.perf_counter() - begun, time.process_time() - used
        print(f"{'erasure':<32} {gone} members: {clocked:.2f} s by the clock, {used:.2f} s of CPU")
        db.close()


def told(what: str, act: Callable[[], object], times: int) -> None:
    """Runs something so often; prints the median by the clock and of CPU."""
    clocked, used = [], []
    for _ in range(times):
        begun, cpu = time.perf_counter(), time.process_time()
        act()
        clocked.append(time.perf_counter() - begun)
        used.append(time.process_time() - cpu)
    print(
        f"{what:<32} {statistics.median(clocked) * 1e3:9.3f} ms by the clock,"
        f" {statistics.median(used) * 1e3:9.3f} ms of CPU"
    )


def fill(db: Database, person: str, many: int) -> None:
    """So many looks at one member, and a tenth as many letters to them."""
    look = {"person": person, "at": BEGINS, "holder": "hld_x", "role": "admin", "scope_kind": "branch"}
    rest = {"scope_id": "brn_x", "purpose": "roll", "about": "bal_x", "fields": "nickname area"}
    with db.write() as tx:
        tx.execute(sa.insert(look_rows), [{**look, **rest} for _number in range(many)])
        said = sealing.write(tx, person, "letters.params", '{"place": "/groups/a"}')
        letter = {"person": person, "template": "registered", "params": said, "at": BEGINS}
        tx.execute(sa.insert(letters), [{"id": f"ltr_{number}", **letter} for number in range(many // 10)])


def fill_day(db: Database, members: int) -> None:
    """So many members, each looked at twice."""
    look = {"at": BEGINS, "holder": "hld_x", "role": "scrutineer", "scope_kind": "branch", "scope_id": "brn_x"}
    rest = {"purpose": "roll", "about": "bal_x", "fields": "nickname area"}
    with db.write() as tx:
        rows = [{"person": f"per_d{number}", **look, **rest} for number in range(members) for _twice in range(2)]
        tx.execute(sa.insert(look_rows), rows)


def count(db: Database) -> None:
    """The months that are over."""
    with db.write() as tx:
        looks.count_months(tx)


def fetched(db: Database, person: str) -> object:
    """What each page that says a sealed word costs more: once in its unit of work, then it is at hand."""
    with db.read() as tx:
        return nickname_of(tx, person)


def export(db: Database, person: str) -> bytes:
    """The file, as the page writes it."""
    with db.read() as tx:
        return json.dumps(inventory.held(tx, metadata, person, sealing.read_bytes), indent=2, sort_keys=True).encode()


def bare(db: Database, person: str) -> object:
    """The fields, by a select that writes nothing down, in a unit of work that could."""
    joined = accounts.join(standings, standings.c.person == accounts.c.person)
    asked = sa.select(accounts.c.nickname, standings.c.area, standings.c.since).select_from(joined)
    with db.write() as tx:
        return tx.execute(asked.where(accounts.c.person == person)).one()


def bare_and_noted(db: Database, person: str) -> object:
    """The same, with one bare insert: what no service that notes its looks can be without."""
    note = {"person": person, "what": "x", "by": "x", "at": BEGINS}
    joined = accounts.join(standings, standings.c.person == accounts.c.person)
    asked = sa.select(accounts.c.nickname, standings.c.area, standings.c.since).select_from(joined)
    with db.write() as tx:
        tx.execute(sa.insert(audit_notes), {**note, "why": sealing.write(tx, person, "audit_notes.why", "x")})
        return tx.execute(asked.where(accounts.c.person == person)).one()


def look(db: Database, organiser: Actor, person: str) -> object:
    """The same through the service."""
    grant = next(grant for grant in organiser.grants if P.MEMBERS_VOUCH in grant.permissions)
    require(organiser, P.MEMBERS_VOUCH, grant.scope)
    with db.write() as tx:
        return looks.open_fields(tx, actor=organiser, grant=grant, purpose="asked", about="lok_x", people=[person])


def leave(db: Database, members: int) -> None:
    """So many members with an account, a session and a few letters, whose account has been over for a day."""
    people = [f"per_{number}" for number in range(members)]
    with db.write() as tx:
        sealing.new(tx, people)
        rows = [{"id": one, **sealed.row_and_seed(tx, one, f"ent_{one}", b"x"), "made_at": BEGINS} for one in people]
        tx.execute(sa.insert(persons), rows)
        account = {"shown": "nickname", "made_at": BEGINS}
        called = {one: sealing.write(tx, one, sealed.NICKNAME, one) for one in people}
        tx.execute(sa.insert(accounts), [{"person": one, "nickname": called[one], **account} for one in people])
        sealing.name(tx, "nickname", {one: one for one in people})
        sealing.name(tx, "row", {f"ent_{one}": one for one in people})
        spell = {"area": "york", "since": BEGINS.date(), "proved_by": "code", "proved_at": BEGINS, "until_at": BEGINS}
        tx.execute(sa.insert(standings), [{"person": one, **spell} for one in people])
        session = {"started_at": BEGINS, "seen_at": BEGINS, "proven_at": BEGINS, "kind": "code"}
        tx.execute(sa.insert(sessions), [{"token_hash": one, "id": one, "person": one, **session} for one in people])
        letter = {"template": "registered", "at": BEGINS}
        said = {one: sealing.write(tx, one, "letters.params", '{"place": "/groups/a"}') for one in people}
        rows = [
            {"id": f"{one}_{number}", "person": one, "params": said[one], **letter}
            for one in people
            for number in range(3)
        ]
        tx.execute(sa.insert(letters), rows)
        ends = BEGINS - dt.timedelta(days=2)
        row = {"asked_at": ends, "due_at": ends, "closed_at": ends}
        tx.execute(sa.insert(closings), [{"person": one, **row} for one in people])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ("10000", "10000")))
