"""Checks the signatures of pulses that readers pasted, with the certificate fetched from NIST. It decides no draw.

The fetch is the worker's, beside everything else and outside of any unit of work; a hub without network says that it
could not check. What a pulse is, lot.pulses says; what makes a certificate NIST's, certificates.
"""

from __future__ import annotations

import datetime as dt
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography import x509
from sqlalchemy.engine import Connection

from hub import clock
from hub.db import Database
from hub.draws import certificates
from hub.draws.certificates import Found
from hub.draws.models import draw_pulses
from hub.fetch import Fetcher, Refused
from hub.lot import pulses
from hub.lot.sources import Source, beacon

SITE = "https://beacon.nist.gov/beacon/2.0/certificate/"
AGAIN, ENOUGH = dt.timedelta(hours=1), dt.timedelta(days=7)  # between two looks; then nobody looks any more
OK = 200
NAME = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True)
class Signature:
    """What a page says of a value that was read. state: as of Found, or waiting, typed, or bls for drand's."""

    source: str
    said: str
    state: str
    tried: bool = False
    until: dt.datetime | None = None


def keep(tx: Connection, act: str, step: int, source: Source, text: str) -> None:
    """Keeps a pulse that somebody pasted whole, and that agrees in itself, for its check. Nothing of typed digits.

    What is kept is what NIST signs, and nothing else that stood in the text. Raises Unreadable.
    """
    if source.maker != "nist" or not text.lstrip().startswith("{"):
        return
    pulse = pulses.pulse_of(source.name, source.known, text)
    here = (draw_pulses.c.act == act, draw_pulses.c.step == step, draw_pulses.c.source == source.name)
    if tx.scalar(sa.select(draw_pulses.c.state).where(*here, draw_pulses.c.said == pulse.output)) is not None:
        return
    row = {"act": act, "step": step, "source": source.name, "said": pulse.output, "certificate": pulse.certificate}
    row |= {"suite": pulse.suite, "signed": pulse.signed, "signature": pulse.signature}
    tx.execute(sa.insert(draw_pulses), {**row, "read_at": clock.now(), "state": "waiting"})


def signatures(tx: Connection, act: str, step: int, read: list[tuple[Source, str]]) -> list[Signature]:
    """Returns what is known of the signature of each value that was read. read: a source, and what it said."""
    here = sa.select(draw_pulses).where(draw_pulses.c.act == act, draw_pulses.c.step == step)
    rows = {(row.source, row.said): row for row in tx.execute(here)}
    found: dict[tuple[str, str], Signature] = {}
    for source, said in read:
        row = rows.get((source.name, said))
        if source.maker == "drand":
            found[source.name, said] = Signature(source.name, said, "bls")
        elif source.maker == "nist" and row is None:
            found[source.name, said] = Signature(source.name, said, "typed")
        elif row is not None:
            tried = row.tried_at is not None
            found[source.name, said] = Signature(source.name, said, row.state, tried, row.until)
    return list(found.values())


def check_due(db: Database, fetcher: Fetcher) -> int:
    """Checks the pulses that wait for it; returns how many. Without their certificate they go on waiting."""
    now = clock.now()
    with db.read() as tx:
        waiting = sa.select(draw_pulses).where(draw_pulses.c.state == "waiting", draw_pulses.c.read_at > now - ENOUGH)
        untried = sa.or_(draw_pulses.c.tried_at.is_(None), draw_pulses.c.tried_at <= now - AGAIN)
        due = list(tx.execute(waiting.where(untried)))
    for row in due:
        signed, signature = bytes(row.signed), bytes(row.signature)
        found = look(row.certificate, signed, signature, row.suite, beacon(row.source).known, fetcher)
        mine = [draw_pulses.c[name] == getattr(row, name) for name in ("act", "step", "source", "said")]
        with db.write() as tx:
            tx.execute(sa.update(draw_pulses).where(*mine).values(state=found.state, tried_at=now, until=found.until))
    return len(due)


def look(certificate: str, signed: bytes, signature: bytes, suite: int, minute: dt.datetime, fetcher: Fetcher) -> Found:
    """Fetches the certificate that a pulse names, and its issuers, and checks the pulse with them."""
    if suite != certificates.SUITE or not NAME.fullmatch(certificate):
        return Found("suite")
    try:
        leaf = certificates.read(_get(fetcher, SITE + certificate))
        if certificates.name_of(leaf) != certificate:
            return Found("waiting")
        # An issuer's certificate proves itself by its own signature; http in its address gains nobody anything.
        at = [url.replace("http://", "https://", 1) for url in certificates.issuers_of(leaf)[:2]]
        between = [certificates.read(_get(fetcher, url)) for url in at]
    except (Refused, ValueError):
        return Found("waiting")
    return certificates.check(signed, signature, suite, minute, leaf, between, authorities(fetcher.also.authority))


def _get(fetcher: Fetcher, url: str) -> bytes:
    answer = fetcher.get(url)
    if answer.status != OK:
        raise Refused(f"{url} answers {answer.status}.")
    return answer.body


def authorities(file: Path | None) -> list[x509.Certificate]:
    """Returns the authorities that this machine knows; those of a file, where one is named."""
    found = []
    for raw in ssl.create_default_context(cafile=file).get_ca_certs(binary_form=True):
        with suppress(ValueError):
            found.append(x509.load_der_x509_certificate(raw))
    return found
