"""By what a ballot's ties fall where only a lot can decide: a round of a beacon that begins after the close. Pure.

close (as it finally stands) --- AFTER ---> the first round of the chain ---- PATIENCE ----> the election is held anew

seed    SHA-256( BALLOT "|" SIGNATURE ), ASCII, 64 hexadecimal digits

So nobody can know the seed while papers are taken, and no paper has a part in it: whoever votes last, or chooses
nonces, changes nothing. Ballots that were called before rounds were named fall by their trackers (rules.seed_of).
Source: reference for governance, 2.2(b), 2.3 and invariant 29; security requirements GO-20, GO-27.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from hub import canonical, ids
from hub.lot.chains import Chain
from hub.lot.pool import Unreadable
from hub.lot.sources import Source, first_source, is_form

TRACKERS, BEACON, NONE = "trackers", "beacon", "none"  # by what ties fall: as it was, as it is, and where none can be
AFTER = 60  # minutes from the close: a hub's clock that is late by less takes no paper from who knows the round
PATIENCE = dt.timedelta(days=14)  # from the round to the end of the wait
UNREAD = "no_reading"  # the flaw of a count for which nobody brought the round


def named(kind: str, chain: Chain) -> tuple[str, str | None, int | None]:
    """Returns what an opening names: by what ties fall, the chain's hash, minutes from the close to the round."""
    return (BEACON, chain.hash, AFTER) if kind == "stv" else (NONE, None, None)


def source_of(chain: Chain, closes: dt.datetime, minutes: int) -> Source:
    """Returns the round by which ties of a ballot fall: the first that begins so many minutes after its close."""
    return first_source(chain, closes + dt.timedelta(minutes=minutes))


def waits_until(known: dt.datetime) -> dt.datetime:
    """Returns until when a reading of a round is waited for."""
    return known + PATIENCE


def seed_of(ballot: str, said: str) -> str:
    """Returns the seed of a ballot's lots. ballot: its id; said: the round's signature, in small letters.

    Raises Unreadable for what is no ballot's id, or no signature: nothing that is hashed may be read in two ways.
    """
    if not ids.is_id(ballot, "bal") or not is_form(said):
        raise Unreadable("A seed takes the id of a ballot and a signature of 96 hexadecimal digits.")
    return hashlib.sha256(f"{ballot}|{said}".encode("ascii")).hexdigest()


def box_hash(papers: Iterable[tuple[str, Any]]) -> str:
    """Returns what the record holds of a box at the close: SHA-256 of every code with its paper, sorted by code.

    papers: tracker and choice, in whatever order. The bytes are JSON (RFC 8785): ``[["TRACKER",CHOICE],...]``. Nonces
    are in each tracker, so that nobody can try out what the papers of others say.
    """
    return hashlib.sha256(canonical.dumps([list(paper) for paper in sorted(papers)])).hexdigest()
