"""The process: two sockets, a bounded queue, and threads that evaluate, send and keep house.

hand.sock  datagrams: sealed handshakes, never answered
call.sock  streams, peers checked: one JSON line in, one JSON line out, for redeem and deliver

If we die here: a handshake that waited, or a code not yet sent, is lost, and the member asks again. Letters are rows.
"""

from __future__ import annotations

import heapq
import itertools
import json
import logging
import os
import smtplib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub import chance, clock, inventory
from hub.db import Database
from hub.envelope import SIZE, Handshake, Proof, Unreadable, open_sealed
from hub.fetch import Fetcher
from hub.matcher.desk import Desk, Due
from hub.matcher.housework import end_due, forget_imports, forget_sleeping
from hub.matcher.lanes import Lanes
from hub.matcher.models import metadata, sendings
from hub.matcher.post import Post
from hub.matcher.registry import Rdap, Registry
from hub.matcher.tellings import publish
from hub.matcher.watch import Watch

log = logging.getLogger("folkmoot.matcher")
LONGEST_LINE = 8192
TRIES = 12
IDLE, SHORT = 0.2, 0.02
BETWEEN_LOOKS, NO_LOOK = 5.0, 60.0  # seconds: at most one question to a registry in five


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Gives a socket's path through its open folder: a socket's own path may have some hundred bytes only."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Service:
    """Runs a desk. start() opens the sockets and threads; stop() ends them.

    registry: who knows domains; without one, the one that the settings name, if any.
    """

    def __init__(self, desk: Desk, registry: Registry | None = None) -> None:
        self.desk, self.post = desk, Post(desk.settings)
        self.waiting: Lanes[Handshake] = Lanes(
            desk.settings.queue, desk.settings.evaluations_per_second, time.monotonic
        )
        if registry is None and desk.settings.registry:
            registry = Rdap(desk.settings.registry, Fetcher())
        self.watch = None if registry is None else Watch(desk, registry)
        self.later: list[tuple[float, int, str, str]] = []
        self.counter, self.lock = itertools.count(), threading.Lock()
        self.ending = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Opens both sockets and begins to work."""
        run = self.desk.settings.run
        run.mkdir(parents=True, exist_ok=True)
        run.chmod(0o770)
        self.hand = _bound(run / "hand.sock", socket.SOCK_DGRAM)
        self.call = _bound(run / "call.sock", socket.SOCK_STREAM)
        self.call.listen(64)
        for work in (self._take_in, self._answer_calls, self._evaluate, self._send, self._keep_house, self._look):
            thread = threading.Thread(target=self._until_the_end, args=(work,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ends every thread and closes the sockets."""
        self.ending.set()
        for thread in self.threads:
            thread.join(timeout=5)
        self.hand.close()
        self.call.close()

    def _until_the_end(self, work: Any) -> None:
        while not self.ending.is_set():
            try:
                work()
            except Exception:
                # One bad message or a store that is away stops nothing; what it was about is not logged.
                log.exception("the matcher could not %s", work.__name__.strip("_"))
                time.sleep(IDLE)

    def _take_in(self) -> None:
        with suppress(TimeoutError, Unreadable):
            handshake = open_sealed(self.desk.keys.box, self.hand.recv(SIZE + 1))
            self.waiting.put(handshake.client, handshake)

    def _evaluate(self) -> None:
        handshake = self.waiting.take()
        if handshake is None:
            self.ending.wait(SHORT)
        else:
            self._schedule(self.desk.evaluate(handshake))

    def _schedule(self, due: Due) -> None:
        if due.code is None or due.ref is None:
            self.post.note(due.why)
            return
        least, most = self.desk.settings.delay_least, self.desk.settings.delay_most
        wait = least + chance.below(1000) / 1000 * (most - least)
        with self.lock:
            heapq.heappush(self.later, (time.monotonic() + wait, next(self.counter), due.ref, due.code))

    def _send(self) -> None:
        sent = self._send_code() or self._send_letter()
        if not sent:
            self.ending.wait(IDLE)

    def _send_code(self) -> bool:
        with self.lock:
            if not self.later or self.later[0][0] > time.monotonic():
                return False
            _, _, ref, code = heapq.heappop(self.later)
        with self.desk.db.read() as tx:
            contact = self.desk.contact_of(tx, ref)
        if contact is not None:
            minutes = str(self.desk.settings.code_minutes)
            self.post.send(self.post.render("code", contact, {"code": f"{code[:4]} {code[4:]}", "minutes": minutes}))
        return True

    def _send_letter(self) -> bool:
        with self.desk.db.write() as tx:
            # The wait grows with each try; on PostgreSQL nobody else takes the row meanwhile.
            ripe = sendings.c.at <= clock.now()
            asked = sa.select(sendings).where(sendings.c.sent_at.is_(None), sendings.c.tries < TRIES, ripe)
            row = tx.execute(asked.order_by(sendings.c.id).limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return False
            contact, done = self.desk.contact_of(tx, row.ref), sa.update(sendings).where(sendings.c.id == row.id)
            try:
                if contact is not None:
                    # To a member's own row alone; the one letter for a typed address carries it sealed.
                    params = dict(row.params)
                    sealed = params.pop("sealed", None)
                    to = contact if sealed is None else self.desk.keys.open_contact(bytes.fromhex(sealed))
                    self.post.send(self.post.render(row.template, to, params))
                tx.execute(done.values(sent_at=clock.now()))
            except (OSError, smtplib.SMTPException) as problem:
                log.warning("a letter waits: %s", type(problem).__name__)
                later = clock.now() + clock.MINUTE * 2 ** min(row.tries, 6)
                tx.execute(done.values(tries=row.tries + 1, at=later))
        return True

    def _keep_house(self) -> None:
        desk = self.desk
        end_due(desk.db)
        desk.publish_days()
        publish(desk.db, desk.settings)
        desk.forget()
        forget_imports(desk.db)
        forget_sleeping(desk.db)
        with desk.db.write() as tx:
            inventory.forget(tx, metadata, "matcher")
        self.ending.wait(10)

    def _look(self) -> None:
        found = self.watch is not None and self.watch.step()
        self.ending.wait(BETWEEN_LOOKS if found else NO_LOOK)

    def _answer_calls(self) -> None:
        try:
            connection, _ = self.call.accept()
        except TimeoutError:
            return
        with connection:
            connection.settimeout(5)
            if not self._may_call(connection):
                return
            with connection.makefile("rb") as lines:
                asked = lines.readline(LONGEST_LINE)
            answer = self._answer(asked)
            connection.sendall(json.dumps(answer).encode() + b"\n")

    def _may_call(self, connection: socket.socket) -> bool:
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, uid, _ = struct.unpack("3i", found)
        return uid == os.geteuid() or uid in self.desk.settings.allowed_uids

    def _answer(self, raw: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(raw)
            verb = asked["verb"]
            if verb == "redeem":
                return _proof(self.desk.redeem(str(asked["nonce_digest"]), str(asked["code"])))
            if verb == "redeem_letter":
                handshake: Handshake = open_sealed(self.desk.keys.box, bytes.fromhex(asked["sealed"]))
                return _proof(self.desk.redeem_letter(handshake, str(asked["code"])))
            if verb == "redeem_vouched":
                return _proof(self.desk.redeem_vouched(str(asked["nonce_digest"])))
            if verb == "deliver":
                params = {str(key): str(value) for key, value in asked["params"].items()}
                return {"answer": self.desk.deliver(str(asked["entry_ref"]), str(asked["template"]), params)}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            log.warning("a call that is none of ours")
        return {"answer": None}


def open_desk(desk_settings: Any, keys: Any) -> Desk:
    """Opens the store of a matcher's folder."""
    return Desk(Database(desk_settings.database_url), keys, desk_settings)


def _proof(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {"answer": None}
    return {
        "answer": {
            "entry_ref": proof.entry_ref,
            "area": proof.area,
            "since": proof.since.isoformat(),
            "seed": proof.seed.hex(),
            "kind": proof.kind,
        }
    }


def _bound(path: Path, kind: int) -> socket.socket:
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, kind)
    with short_path(path) as address:
        made.bind(address)
    path.chmod(0o660)
    made.settimeout(IDLE)
    return made
