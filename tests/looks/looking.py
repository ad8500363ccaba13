"""A process that looks at one member and is killed on either side of the commit; what it saw goes to its output.

python -m tests.looks.looking URL MOMENT ORGANISER GROUP PERSON WHEN; WHEN: before, after or never.
To its input comes whose key is which, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys

import sqlalchemy as sa

from hub import clock, looks, sealing
from hub.db import Database
from hub.groups import queries as groups
from hub.ledger import catalogue
from hub.permits import VISITOR, Actor, P, require
from tests.people_for_tests import again


def die(*_: object) -> None:
    """Ends this process as the machine ends it: nothing is tidied up, nothing said."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, moment: str, organiser: str, group: str, person: str, when: str) -> None:
    """Looks as a page does: what was opened is told to whoever asked once the unit of work is over."""
    catalogue.load()
    clock.set_source(lambda: clock.parse_minute(moment))
    db, vault = Database(url), sealing.Memory()
    vault.keys = {who: (bytes.fromhex(key), clock.now()) for who, key in json.load(sys.stdin).items()}
    sealing.attach(db, vault)
    with db.write() as tx:
        who = again(tx, Actor(**{**vars(VISITOR), "person": organiser}))
    if when == "before":
        sa.event.listen(db.engine, "commit", die)
    with db.write() as tx:
        place = groups.get(tx, group)
        grant = require(who, P.MEMBERSHIPS_ACCEPT, place.scope)
        seen = looks.open_fields(tx, actor=who, grant=grant, purpose="request", about=group, people=[person])
    if when == "after":
        die()
    sys.stdout.write(str(seen[person]["nickname"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
