"""A hub's pages with a real matcher beside them in the same process, and one member in each state a row can have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from hub import clock
from hub.db import Database
from hub.envelope import Handshake
from hub.matcher.desk import Desk
from hub.matcher.models import former_pairs, roster_entries
from hub.matcher.service import Service
from tests.matchers import enrol, make_desk
from tests.web.conftest import House

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CLASSES: dict[str, tuple[str, str]] = {
    "match": ("1000001", "YO71 1AA"),
    "unknown number": ("9999999", "YO71 1AA"),
    "wrong postcode": ("1000001", "YO71 9ZZ"),
    "has an account": ("1000002", "YO71 1AB"),
    "lapsed": ("1000003", "YO71 1AC"),
    "suspended": ("1000004", "YO71 1AD"),
    "expelled": ("1000005", "YO71 1AE"),
    "deceased": ("1000006", "YO71 1AF"),
    "former postcode": ("1000007", "YO71 1ZZ"),
    "canary": ("1000008", "YO71 1AH"),
    "too many tries": ("1000009", "YO71 1AJ"),
    "no contact": ("1000010", "YO71 1AK"),
}


@contextmanager
def running(house: House, store: Database, **chosen: object) -> Iterator[Desk]:
    """A matcher on the house's own sockets. store: an empty one of the matcher's."""
    desk = make_desk(house.settings.matcher, store, **chosen)
    (house.settings.keys / "matcher.pub").write_text(desk.keys.public.hex())
    service = Service(desk)
    service.start()
    try:
        yield desk
    finally:
        service.stop()


def enrol_every_class(desk: Desk) -> None:
    """Rows for every class that has one."""
    for name, (number, postcode) in CLASSES.items():
        if name in ("unknown number", "wrong postcode"):
            continue
        more: dict[str, Any] = {}
        if name in ("suspended", "expelled", "deceased"):
            more = {"current": False}
        if name == "lapsed":
            more = {"current": False, "ends_at": PAST}
        if name == "former postcode":
            postcode = "YO71 1AG"
        contact = None if name == "no contact" else f"{number}@example.org"
        enrol(desk, number, postcode.replace(" ", ""), contact=contact, **more)
    _say_more(desk)


def _say_more(desk: Desk) -> None:
    with desk.db.write() as tx:
        used = sa.update(roster_entries).where(roster_entries.c.ref == "ent_1000002")
        tx.execute(used.values(redeemed_at=clock.now()))
        former = {
            "pair_digest": desk.keys.pair_digest("GB", "1000007", "YO711ZZ"),
            "ref": "ent_1000007",
            "until_at": clock.now() + dt.timedelta(days=90),
        }
        tx.execute(sa.insert(former_pairs), former)
    for wrong in range(8):
        desk.evaluate(Handshake("GB", CLASSES["too many tries"][0], f"YO9 {wrong}ZZ", "00", f"192.0.2.{wrong}"))
