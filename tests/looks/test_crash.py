"""Whatever ends between the look and its note, or moves the clock: nothing is seen without a note (PR-04)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from hub import looks, sealing
from hub.errors import Forbidden, TooMany
from hub.looks.models import looks as rows
from hub.permits import P, require
from tests.conftest import SetClock
from tests.dying import Died, DiesAt
from tests.looks.test_looks import Place
from tests.looks.test_looks import place as place
from tests.people_for_tests import again
from tests.web.conftest import House
from tests.web.conftest import bare_house as bare_house
from tests.web.conftest import early as early
from tests.web.trawling import build_trawl

ROOT = Path(__file__).resolve().parents[2]


def test_a_process_that_ends_before_any_statement_has_shown_nothing(place: Place) -> None:
    seen, number = [], 0
    for number in range(1, 100):
        with DiesAt(place.db.engine, number) as death:
            try:
                seen.append(place.look(place.organiser, place.asked[:1]))
            except Died:
                assert place.count() == 0, number
        if death.met < number:
            break

    assert (len(seen), place.count(), number > 5) == (1, 1, True)


@pytest.mark.parametrize(("when", "code", "notes"), [("before", -9, 0), ("after", -9, 1), ("never", 0, 1)])
def test_a_process_that_is_killed_has_told_nobody_what_is_not_written_down(
    place: Place, when: str, code: int, notes: int
) -> None:
    url = place.db.url.render_as_string(hide_password=False)
    words = [place.clock.moment.strftime("%Y-%m-%dT%H:%MZ"), place.organiser.person, place.group.id]
    command = [sys.executable, "-m", "tests.looks.looking", url, *words, place.asked[0].person, when]

    vault = sealing.vault_of(place.db.engine)
    assert isinstance(vault, sealing.Memory)
    keys = json.dumps({who: key.hex() for who, (key, _at) in vault.keys.items()}).encode()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        input=keys,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )

    said = "asker_0" if when == "never" else ""
    assert (done.returncode, done.stdout.decode(), place.count()) == (code, said, notes), done.stderr.decode()


def test_a_page_whose_unit_is_not_kept_names_nobody(early: SetClock, bare_house: House) -> None:
    trawl = build_trawl(bare_house, early)
    with bare_house.db.write() as tx:
        organiser = again(tx, trawl.town.founders[0])
    client = bare_house.signed_in(organiser)
    page = f"/groups/{trawl.group}/requests"

    def full(*_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    sa.event.listen(bare_house.db.engine, "commit", full)
    try:
        lost = client.get(page)
    finally:
        sa.event.remove(bare_house.db.engine, "commit", full)
    after_loss = trawl.written(organiser)
    kept = client.get(page)

    assert (lost.status_code, [name for name in trawl.names.values() if name in lost.text], after_loss) == (
        503, [], set(),
    )  # fmt: skip
    assert (kept.status_code, len(trawl.written(organiser))) == (200, 10)


@pytest.mark.parametrize("days", [400, -400])
def test_a_clock_that_jumps_opens_nobody_without_a_note_and_no_more_than_a_day_has(place: Place, days: int) -> None:
    place.look(place.organiser, place.asked[:20])
    with place.db.write() as tx:
        who = again(tx, place.organiser)
        grant = require(who, P.MEMBERSHIPS_ACCEPT, place.group.scope)
    place.clock.advance(days=days)

    # The office itself is over, or not begun, by that clock: here the service alone is asked.
    with pytest.raises(Forbidden):
        place.look(place.organiser, place.asked[:1])
    opened: list[str] = []
    with pytest.raises(TooMany) if days < 0 else nullcontext():
        for person in place.asked[20:]:
            with place.db.write() as tx:
                opened += looks.open_fields(
                    tx, actor=who, grant=grant, purpose="request", about=place.group.id, people=[str(person.person)]
                )
    with place.db.read() as tx:
        noted = list(tx.scalars(sa.select(rows.c.person).order_by(rows.c.id).offset(20)))

    # Ahead it is another day; back, what was opened is ahead of it and counts still.
    assert (noted, len(opened)) == (opened, 14 if days > 0 else 10)
