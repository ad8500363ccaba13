"""The three verbs, as the matcher carries them out: evaluate what was handed over, redeem, deliver.

evaluate says nothing to anybody. On a hit with a contact it returns a Due letter, to be sent later; the code itself is
only ever in memory until then, and its keyed hash in the store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.db import Database
from hub.envelope import ALPHABET, CODE_LENGTH, Handshake, Proof, normal, normal_code
from hub.letters import LETTERS, TO_TYPED
from hub.matcher import contacts, limiter
from hub.matcher.compare import Match, is_current, lookup
from hub.matcher.keys import Keys
from hub.matcher.limiter import Limit
from hub.matcher.models import codes, contactless, evaluations, nonces, roster_entries, sendings
from hub.matcher.settings import MatcherSettings
from hub.matcher.tellings import tell

CODES, MISSES = "codes to a row", "wrong pairs with a number"
VOUCHED_HOURS = 24
_COUNT = sa.text(
    "INSERT INTO evaluations (day, count, sent) VALUES (:day, 1, :sent) "
    "ON CONFLICT (day) DO UPDATE SET count = evaluations.count + 1, sent = evaluations.sent + :sent"
).bindparams(sa.bindparam("day", type_=sa.Date))
_TRY = sa.text(
    "INSERT INTO nonces (digest, tries, first_at) VALUES (:digest, 1, :now) "
    "ON CONFLICT (digest) DO UPDATE SET tries = nonces.tries + 1 WHERE nonces.tries < :most RETURNING tries"
)


@dataclass(frozen=True)
class Due:
    """A code to be sent to a row's contact. why: what happened, for the demo's page of letters only."""

    ref: str | None
    code: str | None
    why: str


@dataclass(frozen=True)
class Desk:
    """Store, keys and settings together."""

    db: Database
    keys: Keys
    settings: MatcherSettings

    def evaluate(self, handshake: Handshake) -> Due:
        """Compares a handshake and, on a hit and only then, makes a code. Any error is the caller's to swallow."""
        with self.db.write() as tx:
            room = limiter.take(tx, self.keys, self._client_limits(handshake.client))
            match = lookup(tx, self.keys, handshake.country, handshake.number, handshake.postcode)
            due = self._decide(tx, handshake, match, room)
            tx.execute(_COUNT, {"day": clock.today(), "sent": int(due.code is not None)})
        return due

    def redeem(self, nonce_digest: str, code: str) -> Proof | None:
        """Returns what a code proves, once, in the browser that asked; None for anything else, tries counted alike."""
        with self.db.write() as tx:
            now = int(clock.now().timestamp())
            if tx.execute(_TRY, {"digest": nonce_digest, "now": now, "most": self.settings.tries}).first() is None:
                return None
            mine = (codes.c.kind == "code", codes.c.nonce_digest == nonce_digest)
            return self._use(tx, normal_code(code), mine)

    def redeem_letter(self, handshake: Handshake, code: str) -> Proof | None:
        """Returns what a posted letter's code proves, together with the same number and postcode; else None."""
        with self.db.write() as tx:
            limits = [limiter.hour("letters", handshake.client, self.settings.client_per_hour)]
            if not limiter.take(tx, self.keys, limits):
                return None
            match = lookup(tx, self.keys, handshake.country, handshake.number, handshake.postcode)
            ref = match.ref if match else ""
            # One of a row's letters is tried at most so often, by whoever knows the pair.
            tried = sa.update(codes).where(codes.c.kind == "letter", codes.c.ref == ref)
            tx.execute(tried.values(tries=codes.c.tries + 1))
            mine = (codes.c.kind == "letter", codes.c.ref == ref, codes.c.tries <= self.settings.tries)
            proof = self._use(tx, normal_code(code), mine)
            if proof is None or match is None:
                return None
            seed = self.keys.seed(handshake.country, match.number)
            return Proof(proof.entry_ref, proof.area, proof.since, seed, "letter")

    def redeem_vouched(self, nonce_digest: str) -> Proof | None:
        """Returns what a right pair proves of a row without contact, once two organisers vouched for the browser.

        That they did rests on the web's word; so it opens no row that a letter could reach, and it counts as a try.
        """
        with self.db.write() as tx:
            now = int(clock.now().timestamp())
            if tx.execute(_TRY, {"digest": nonce_digest, "now": now, "most": self.settings.tries}).first() is None:
                return None
            mine = sa.delete(contactless).where(
                contactless.c.nonce_digest == nonce_digest, contactless.c.until_at > clock.now()
            )
            row = tx.execute(mine.returning(contactless.c.ref, contactless.c.seed)).first()
            entry = None if row is None else tx.execute(_entry(row.ref)).first()
            if row is None or entry is None or not is_current(entry) or entry.contact is not None:
                return None
            done = sa.update(roster_entries).where(roster_entries.c.ref == row.ref)
            tx.execute(done.values(redeemed_at=clock.now(), letter_asked_at=None))
            return Proof(entry.ref, entry.area, entry.first_seen, bytes(row.seed), "in_person")

    def deliver(self, ref: str, template: str, params: Mapping[str, str]) -> str:
        """Takes a letter to a row; always answers ``queued``, whether or not there is anybody to send it to."""
        known = tuple(sorted(params)) == tuple(sorted({**LETTERS, **TO_TYPED}.get(template, ("unknown",))))
        if known and template in TO_TYPED:
            sealed = self.keys.seal_contact(params["address"]).hex()
            params = {"code": params["code"], "sealed": sealed}
        with self.db.write() as tx:
            limit = limiter.day(f"letter {template}", ref, self.settings.letters_per_day)
            if known and limiter.take(tx, self.keys, [limit]):
                row = {"ref": ref, "template": template, "params": dict(params), "at": clock.now(), "tries": 0}
                tx.execute(sa.insert(sendings), row)
        return "queued"

    def contact_of(self, tx: Connection, ref: str) -> str | None:
        """Returns the contact the roster holds for a current row, or None: also where it is un-verified."""
        row = tx.execute(_entry(ref)).first()
        if row is None or row.contact is None or not is_current(row):
            return None
        return self.keys.open_contact(row.contact)

    def publish_days(self) -> int:
        """Tells, for each day that is over, how many handshakes were evaluated; returns how many days."""
        with self.db.write() as tx:
            past = sa.select(evaluations).where(evaluations.c.published_at.is_(None), evaluations.c.day < clock.today())
            rows = tx.execute(past.order_by(evaluations.c.day)).all()
            for row in rows:
                fact = {"kind": "counted", "day": row.day.isoformat(), "evaluations": row.count}
                # Small counts of hits would point at people: rounded down to ten.
                tell(tx, {**fact, "sent": row.sent // 10 * 10})
                done = sa.update(evaluations).where(evaluations.c.day == row.day)
                tx.execute(done.values(published_at=clock.now()))
        return len(rows)

    def forget(self) -> None:
        """Deletes codes, browsers and counters whose time is over."""
        old = clock.now() - dt.timedelta(days=31)
        with self.db.write() as tx:
            limiter.forget(tx)
            tx.execute(sa.delete(codes).where(codes.c.until_at < old))
            tx.execute(sa.delete(contactless).where(contactless.c.until_at <= clock.now()))
            tx.execute(sa.delete(nonces).where(nonces.c.first_at < clock.now() - dt.timedelta(days=1)))
            tx.execute(sa.delete(sendings).where(sendings.c.at < old))

    def _decide(self, tx: Connection, handshake: Handshake, match: Match | None, room: bool) -> Due:
        number = [
            limiter.day(MISSES, normal(handshake.number), self.settings.number_per_day),
            limiter.month(MISSES, normal(handshake.number), self.settings.number_per_month),
        ]
        if not limiter.has_room(tx, self.keys, number):
            return Due(None, None, "too many wrong pairs with this number")
        if match is None:
            limiter.take(tx, self.keys, number)
            return Due(None, None, "this pair is not on the roster, or not of a current member")
        if not room:
            return Due(None, None, "too many handshakes from this address")
        if match.contact is None:
            asked = sa.update(roster_entries).where(roster_entries.c.ref == match.ref)
            tx.execute(asked.values(letter_asked_at=clock.now()))
            self._keep_contactless(tx, handshake, match)
            return Due(None, None, "the roster holds no contact: the office can post a letter")
        own = [
            limiter.day(CODES, match.ref, self.settings.codes_per_day),
            limiter.month(CODES, match.ref, self.settings.codes_per_month),
        ]
        if not limiter.take(tx, self.keys, own):
            return Due(None, None, "too many codes to this member")
        return Due(match.ref, self._make_code(tx, handshake, match), "sent")

    def _keep_contactless(self, tx: Connection, handshake: Handshake, match: Match) -> None:
        row = {"ref": match.ref, "seed": self.keys.seed(handshake.country, match.number)}
        until = clock.now() + dt.timedelta(hours=VOUCHED_HOURS)
        mine = contactless.c.nonce_digest == handshake.nonce_digest
        if not tx.execute(sa.update(contactless).where(mine).values(**row, until_at=until)).rowcount:
            tx.execute(sa.insert(contactless), {"nonce_digest": handshake.nonce_digest, **row, "until_at": until})

    def _make_code(self, tx: Connection, handshake: Handshake, match: Match) -> str:
        code = new_code(CODE_LENGTH)
        row = {
            "hash": self.keys.code_hash(code),
            "ref": match.ref,
            "kind": "code",
            "nonce_digest": handshake.nonce_digest,
            "seed": self.keys.seed(handshake.country, match.number),
            "made_at": clock.now(),
            "until_at": clock.now() + dt.timedelta(minutes=self.settings.code_minutes),
            "tries": 0,
        }
        tx.execute(sa.insert(codes), row)
        return code

    def _use(self, tx: Connection, code: str, mine: tuple[sa.ColumnElement[bool], ...]) -> Proof | None:
        # One conditional statement: whoever comes at the same moment, one succeeds.
        used = sa.update(codes).where(
            codes.c.hash == self.keys.code_hash(code), codes.c.used_at.is_(None), codes.c.until_at > clock.now(), *mine
        )
        row = tx.execute(used.values(used_at=clock.now()).returning(codes.c.ref, codes.c.kind, codes.c.seed)).first()
        entry = None if row is None else tx.execute(_entry(row.ref)).first()
        if row is None or entry is None or not is_current(entry):
            return None
        done = sa.update(roster_entries).where(roster_entries.c.ref == row.ref)
        tx.execute(done.values(redeemed_at=clock.now(), letter_asked_at=None))
        kind = "shared" if row.kind == "code" and _is_shared(tx, entry) else row.kind
        return Proof(entry.ref, entry.area, entry.first_seen, bytes(row.seed or b""), kind)

    def _client_limits(self, client: str) -> list[Limit]:
        chosen = self.settings
        limits = [
            limiter.hour("client", client, chosen.client_per_hour),
            limiter.day("client", client, chosen.client_per_day),
        ]
        if ":" in client:
            network = ":".join(client.split(":")[:3])
            limits.append(limiter.hour("network", network, chosen.network_per_hour))
        return limits


def new_code(length: int) -> str:
    """Returns a code of so many Crockford base32 characters, five random bits each."""
    return "".join(chance.one_of(ALPHABET) for _ in range(length))


def _is_shared(tx: Connection, entry: Any) -> bool:
    """Tells whether another current row has the same contact: whoever reads it could be either (HS-26)."""
    if entry.contact_digest is None:
        return False
    others = sa.select(roster_entries.c.ref).where(
        roster_entries.c.contact_digest == entry.contact_digest, roster_entries.c.ref != entry.ref,
        roster_entries.c.current.is_(True),
    )  # fmt: skip
    return tx.scalar(others.limit(1)) is not None


def _entry(ref: str) -> sa.Select[tuple[object, ...]]:
    return contacts.rows().where(roster_entries.c.ref == ref)
