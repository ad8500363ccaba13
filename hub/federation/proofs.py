"""Proofs that an address is a group's own, looked at through the one fetcher. Source: reference for link verification.

dns      TXT _hub-verify.<host>: "group=<slug>; token=<128 random bits>", two resolvers must agree
file     https://<host>/.well-known/hub-group.json: {"group": "<hub>/groups/<slug>", "token": "..."}  (RFC 8615)
rel_me   the page itself links to <hub>/groups/<slug> with rel="me"; the group's page links back

Where the operator named a second network, each is looked at from there as well, and proves something only where both
looks find it (OP-14): whoever bends the way between us and a site would have to bend two. An answer without the proof
counts against it, from either network. No answer by way of the second network proves nothing and counts against
nothing: it may be our own outage, and a proof that the first network still finds does not lapse by that.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import chance, clock, ledger
from hub.db import Database
from hub.errors import Invalid, NotFound, RuleViolation
from hub.federation.resolving import Doh, Resolvers
from hub.fetch import Away, Fetcher, Refused
from hub.groups import queries as groups
from hub.groups.entries import LinkLapsed, LinkProved
from hub.groups.models import group_links, link_proofs
from hub.groups.queries import Group
from hub.groups.rules import METHODS
from hub.permits import Actor, P, require
from hub.settings import Settings

FILE, LABEL = "/.well-known/hub-group.json", "_hub-verify"
EVERY, APART = dt.timedelta(days=7), dt.timedelta(hours=72)
AT_ONCE = 5
log = logging.getLogger("folkmoot.proofs")


@dataclass(frozen=True)
class Proof:
    """What must be at an address. asked_by: the private row; page: the group's page at this hub."""

    link: str
    url: str
    group: str
    method: str
    token: str
    seen_at: dt.datetime | None
    missing_since: dt.datetime | None

    @property
    def host(self) -> str:
        """The address's host."""
        return urlsplit(self.url).hostname or ""

    @property
    def record(self) -> str:
        """The text of the TXT record."""
        return f"group={self.group}; token={self.token}"


@dataclass(frozen=True)
class Look:
    """How one look went. why: for people, where nothing was found; is_away: our second network did not work."""

    is_there: bool
    why: str = ""
    is_away: bool = False


@dataclass(frozen=True)
class Eyes:
    """What looks are made with. hub: this hub's address; texts: a name to its TXT records, as each resolver says.

    second: the same in another network, or None where the hub has only one.
    """

    hub: str
    fetcher: Fetcher
    texts: Callable[[str], list[frozenset[str]]]
    second: Eyes | None = None

    @classmethod
    def of(cls, settings: Settings, fetcher: Fetcher) -> Eyes:
        """The eyes of a hub."""
        there, doh = fetcher.second, settings.second_resolver
        second = None if there is None else cls(settings.url, there, Doh(doh, there))
        return cls(settings.url, fetcher, Resolvers(settings.resolvers), second)


def begin(tx: Connection, *, group: Group, link: str, method: str, actor: Actor) -> Proof:
    """Chooses how a public link will be proved, with a token of its own. Raises NotFound, Forbidden, Invalid."""
    require(actor, P.LINKS_DECLARE, group.scope)
    if method not in METHODS:
        raise Invalid({"method": "Choose how you want to prove it."})
    if groups.group_of_link(tx, link) != group.id or groups.link(tx, link) is None:
        raise NotFound
    # What was missing stays missing since then: choosing anew buys a proof that is gone no time.
    values = {"method": method, "asked_at": clock.now()}
    if not tx.execute(sa.update(link_proofs).where(link_proofs.c.link == link).values(values)).rowcount:
        tx.execute(sa.insert(link_proofs), {"link": link, "token": chance.token(16), **values})
    found = proof_of(tx, link)
    assert found is not None
    return found


def proof_of(tx: Connection, link: str) -> Proof | None:
    """Returns what must be at a link's address, or None before anybody chose how to prove it."""
    row = tx.execute(_PROOFS.where(link_proofs.c.link == link)).first()
    return None if row is None else _proof(tx, row)


def look(proof: Proof, eyes: Eyes) -> Look:
    """Looks at an address once from every network there is. Asks the network, so never inside a unit of work.

    Raises nothing.
    """
    first = _look(proof, eyes)
    if eyes.second is None:
        return first
    second = _look(proof, eyes.second)
    if second.is_away:
        log.warning("the second network gave no answer about a proof: %s", second.why)
    return agreed(first, second)


def agreed(first: Look, second: Look) -> Look:
    """Returns what two looks at one proof come to, first from here and then from the second network. Source: OP-14."""
    if first.is_there and second.is_away:
        why = "It is seen from here, but our second network gave no answer, so nothing is proved now. Try again later."
        return Look(False, f"{why} ({second.why})", is_away=True)
    if first.is_there and not second.is_there:
        return Look(False, f"Only one of the two networks we look from sees it. From the other: {second.why}")
    if second.is_there and not first.is_there:
        return Look(False, f"Only one of the two networks we look from sees it. From the other: {first.why}")
    return first


def note(tx: Connection, proof: Proof, found: Look) -> None:
    """Keeps how a look went; what changes by it enters the record."""
    link, now = groups.link(tx, proof.link), clock.now()
    if link is None:
        return
    mine = sa.update(link_proofs).where(link_proofs.c.link == proof.link)
    if found.is_away:
        # Neither for it nor against it; its next turn comes as always.
        tx.execute(mine.values(looked_at=now))
        return
    if found.is_there:
        tx.execute(mine.values(looked_at=now, seen_at=now, missing_since=None))
        if not link.is_proved or link.proved_by != proof.method:
            if link.is_proved:
                ledger.append(tx, LinkLapsed(proof.link, now.date().isoformat()), by=None)
            ledger.append(tx, LinkProved(proof.link, proof.method, now.date().isoformat()), by=None)
        return
    since = tx.scalar(sa.select(link_proofs.c.missing_since).where(link_proofs.c.link == proof.link)) or now
    tx.execute(mine.values(looked_at=now, missing_since=since))
    if link.is_proved and now - since >= APART:
        ledger.append(tx, LinkLapsed(proof.link, now.date().isoformat()), by=None)


def look_now(db: Database, eyes: Eyes, *, group: Group, link: str, actor: Actor) -> Look:
    """Looks because an organiser asks; returns how it went. Raises NotFound, Forbidden, RuleViolation."""
    with db.read() as tx:
        require(actor, P.LINKS_DECLARE, group.scope)
        proof = proof_of(tx, link)
        if proof is None or groups.group_of_link(tx, link) != group.id:
            raise NotFound
        last = tx.scalar(sa.select(link_proofs.c.looked_at).where(link_proofs.c.link == link))
        if last is not None and clock.now() - last < dt.timedelta(seconds=10):
            raise RuleViolation("federation.too_soon", "We looked a moment ago. Wait ten seconds and try again.")
    found = look(proof, eyes)
    with db.write() as tx:
        note(tx, proof, found)
    return found


def look_at_due(db: Database, eyes: Eyes) -> int:
    """Looks at proofs that were not looked at for a week, or 72 hours where one was missing; returns how many.

    Those of one round at once: sites that hang delay the worker no more than one of them.
    """
    now = clock.now()
    missing = sa.and_(link_proofs.c.missing_since.is_not(None), link_proofs.c.looked_at <= now - APART)
    due = sa.or_(link_proofs.c.looked_at <= now - EVERY, missing)
    with db.read() as tx:
        rows = tx.execute(_PROOFS.where(due).order_by(link_proofs.c.looked_at).limit(AT_ONCE)).all()
        waiting = [proof for proof in (_proof(tx, row) for row in rows) if proof is not None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        looks = list(pool.map(lambda proof: look(proof, eyes), waiting))
    for proof, found in zip(waiting, looks, strict=True):
        with db.write() as tx:
            note(tx, proof, found)
    return len(waiting)


def _look(proof: Proof, eyes: Eyes) -> Look:
    looking = {"dns": _by_dns, "file": _by_file, "rel_me": _by_rel_me}[proof.method]
    try:
        return looking(proof, eyes)
    except Away as away:
        return Look(False, str(away), is_away=True)
    except Refused as refused:
        return Look(False, str(refused))


def _by_dns(proof: Proof, eyes: Eyes) -> Look:
    said = eyes.texts(f"{LABEL}.{proof.host}")
    if all(proof.record in texts for texts in said):
        return Look(True)
    if any(proof.record in texts for texts in said):
        return Look(False, "Only one of two name servers has the record yet. Wait until both do.")
    return Look(False, f"There is no such TXT record at {LABEL}.{proof.host}.")


def _by_file(proof: Proof, eyes: Eyes) -> Look:
    parts = urlsplit(proof.url)
    answer = eyes.fetcher.get(f"https://{parts.netloc}{FILE}", most=20_000, accept="application/json")
    if answer.status != 200:
        return Look(False, f"{FILE} answers {answer.status}.")
    try:
        told = json.loads(answer.body.decode("utf-8"))
        is_there = told["group"] == f"{eyes.hub}/groups/{proof.group}" and hmac.compare_digest(
            str(told["token"]).encode(), proof.token.encode()
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Look(False, f"{FILE} is not the file we asked for.")
    return Look(True) if is_there else Look(False, f"{FILE} holds another group or token.")


def _by_rel_me(proof: Proof, eyes: Eyes) -> Look:
    answer = eyes.fetcher.get(proof.url, accept="text/html")
    if answer.status != 200:
        return Look(False, f"{proof.url} answers {answer.status}.")
    reader = _RelMe()
    reader.feed(answer.body.decode("utf-8", "replace"))
    if f"{eyes.hub}/groups/{proof.group}" in {href.rstrip("/") for href in reader.found}:
        return Look(True)
    return Look(False, 'The page has no link to this group with rel="me".')


class _RelMe(HTMLParser):
    """Collects where a page links to with rel="me"."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("a", "link") and "me" in (told.get("rel") or "").lower().split() and told.get("href"):
            self.found.add(str(told["href"]).strip())


_PROOFS = sa.select(link_proofs, group_links.c.url, group_links.c.group).join_from(
    link_proofs, group_links, group_links.c.id == link_proofs.c.link
)
_PROOFS = _PROOFS.where(group_links.c.withdrawn_entry.is_(None), group_links.c.url.is_not(None))


def _proof(tx: Connection, row: Row[Any]) -> Proof | None:
    group = groups.find(tx, row.group)
    if group is None:
        return None
    return Proof(row.link, row.url, group.slug, row.method, row.token, row.seen_at, row.missing_since)
