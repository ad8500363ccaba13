"""Which contacts of the roster still count: one whose domain lapsed or changed hands takes no code and no letter.

A spell is one contact of one row, from the import that brought it. A row that carries another contact has another
spell, so a corrected list verifies by itself, and an import that is taken back brings the old verdict back as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.db import Moment
from hub.matcher.domains import CHANGED, DAY, GONE, WEEK, Look, Registration, agrees, counts, registrable
from hub.matcher.keys import Keys
from hub.matcher.models import codes, contact_spells, imports, mail_domains, roster_entries
from hub.matcher.tellings import tell_feed

MOST_AT_ONCE = 1000
r, c, d = roster_entries.c, contact_spells.c, mail_domains.c
mine = sa.and_(c.ref == r.ref, c.contact_digest == r.contact_digest)
is_out = sa.exists().where(mine, c.unverified_at.is_not(None)).correlate(roster_entries)


@dataclass(frozen=True)
class Out:
    """Un-verified contacts of one domain, for the office's own terminal. why: gone or changed."""

    domain: str
    why: str
    rows: int


def rows() -> sa.Select[tuple[object, ...]]:
    """Returns rows of the roster with the contact that counts: none where it is un-verified."""
    others = [column for column in r if column.name != "contact"]
    usable = sa.case((is_out, sa.null()), else_=r.contact).cast(sa.LargeBinary).label("contact")
    return sa.select(*others, usable)


def note_new(tx: Connection, keys: Keys) -> int:
    """Begins a spell for contacts that have none yet, at most so many at once; returns how many."""
    known = sa.exists().where(mine).correlate(roster_entries)
    new = sa.select(r.ref, r.contact, r.contact_digest, imports.c.at).select_from(
        roster_entries.outerjoin(imports, imports.c.id == r.last_import)
    )
    asked = new.where(r.contact.is_not(None), r.contact_digest.is_not(None), ~known).limit(MOST_AT_ONCE)
    found = tx.execute(asked).all()
    spells = [
        {"ref": row.ref, "contact_digest": row.contact_digest, "since": row.at or clock.now(),
         "domain_digest": _domain(tx, keys, keys.open_contact(row.contact))}
        for row in found
    ]  # fmt: skip
    if spells:
        tx.execute(sa.insert(contact_spells), spells)
    return len(spells)


def forget_gone(tx: Connection) -> None:
    """Forgets spells of rows that are no more, and domains that nobody uses."""
    there = sa.exists().where(r.ref == c.ref).correlate(contact_spells)
    tx.execute(sa.delete(contact_spells).where(~there))
    used = sa.exists().where(c.domain_digest == d.digest).correlate(mail_domains)
    tx.execute(sa.delete(mail_domains).where(~used))


def next_due(tx: Connection, keys: Keys) -> str | None:
    """Returns the domain that has waited longest for its weekly look, or None where none is due."""
    due = sa.select(d.sealed).where(d.next_at <= clock.now()).order_by(d.next_at, d.digest).limit(1)
    sealed = tx.scalar(due)
    return None if sealed is None else keys.open_domain(sealed)


def note_look(tx: Connection, keys: Keys, domain: str, found: Registration | None) -> int:
    """Notes what a registry said of a domain; returns how many contacts are un-verified by it."""
    now, digest = clock.now(), keys.domain_digest(domain)
    here = sa.update(mail_domains).where(d.digest == digest)
    row = tx.execute(sa.select(mail_domains).where(d.digest == digest).with_for_update()).first()
    if row is None:
        return 0
    other = sa.select(d.digest).where(d.ending == row.ending, d.digest != digest, d.seen_at >= now - 2 * WEEK)
    is_covered = tx.scalar(other.limit(1)) is not None
    look = Look(row.said, row.said_at, row.is_sure, row.seen_at is not None, is_covered)
    if found is None or not counts(look, found):
        tx.execute(here.values(next_at=now + DAY))
        return 0
    seen = {"seen_at": now} if found.is_registered else {}
    said = {} if look.said == found.text else {"said": found.text, "said_at": now}
    tx.execute(here.values(next_at=now + WEEK, **seen, **said))
    return _unverify(tx, digest, found) if agrees(look, found, now) else 0


def _unverify(tx: Connection, digest: bytes, found: Registration) -> int:
    """Un-verifies what a domain's registration leaves without ground, and tells whoever has been let in, once."""
    now = clock.now()
    theirs = sa.and_(c.domain_digest == digest, c.unverified_at.is_(None))
    if found.is_registered:
        if found.since is None:
            return 0
        theirs = sa.and_(theirs, c.since < sa.literal(found.since, Moment))
    out = sa.select(r.ref, r.redeemed_at).select_from(roster_entries.join(contact_spells, mine)).where(theirs)
    told = tx.execute(out.where(r.redeemed_at.is_not(None))).all()
    on_their_way = sa.select(c.ref).where(theirs)
    tx.execute(sa.delete(codes).where(codes.c.kind == "code", codes.c.ref.in_(on_their_way)))
    why = CHANGED if found.is_registered else GONE
    many = tx.execute(sa.update(contact_spells).where(theirs).values(unverified_at=now, why=why)).rowcount
    tell_feed(tx, [{"entry_ref": row.ref, "change": "unreachable"} for row in told])
    return many


def confirm(tx: Connection, ref: str, contact_digest: bytes) -> bool:
    """Verifies a contact again, which the office asked its member for; whether there was anything to confirm."""
    same = (c.ref == ref, c.contact_digest == contact_digest, c.unverified_at.is_not(None))
    again = sa.update(contact_spells).where(*same).values(since=clock.now(), unverified_at=None, why=None)
    return bool(tx.execute(again).rowcount)


def report(tx: Connection, keys: Keys) -> list[Out]:
    """Returns how many current rows have an un-verified contact, by domain: for who holds the list already."""
    out = sa.select(d.sealed, c.why, sa.func.count()).select_from(
        contact_spells.join(roster_entries, mine).join(mail_domains, d.digest == c.domain_digest)
    )
    counted = tx.execute(out.where(c.unverified_at.is_not(None), r.current).group_by(d.digest, d.sealed, c.why))
    return sorted(
        (Out(keys.open_domain(sealed), why, many) for sealed, why, many in counted), key=lambda one: one.domain
    )


def _domain(tx: Connection, keys: Keys, contact: str) -> bytes | None:
    """Returns the digest of a contact's domain, noting one that is new; None where there is nothing to ask about."""
    name = registrable(contact)
    if name is None:
        return None
    digest = keys.domain_digest(name.text)
    row = tx.execute(sa.select(d.is_sure).where(d.digest == digest)).first()
    if row is None:
        # Spread over the week by its own digest: a new list does not ask a registry about everything at once.
        wait = WEEK * (int.from_bytes(digest[:4]) / 2**32)
        known = {"digest": digest, "sealed": keys.seal_domain(name.text), "ending": keys.domain_digest(name.ending)}
        tx.execute(sa.insert(mail_domains), {**known, "is_sure": name.is_sure, "next_at": clock.now() + wait})
    elif name.is_sure and not row.is_sure:
        tx.execute(sa.update(mail_domains).where(d.digest == digest).values(is_sure=True))
    return digest
