"""The hub as Trust Anchor and issuer of Trust Marks: what any site or federation can check. All tokens are ES256.

Source: OpenID Federation 1.0 (sections in each docstring). No site has to install anything: the list answers for it
(level 0); it may serve its mark as one static file (level 1), or be an entity of its own (level 2). Automatic and
explicit registration are left out: clients come by two organisers.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy.engine import Connection

from hub import clock
from hub.federation.models import entities
from hub.fetch import Fetcher, Refused
from hub.groups import queries as groups
from hub.groups.queries import Link
from hub.oidc import documents
from hub.oidc.keys import ProviderKeys, SigningKey

PATH, MARK = "/.well-known/openid-federation", "/trust-mark/registered-group/v1"
STATEMENT_HOURS, MARK_DAYS = 24, 30
ALGORITHM = "ES256"


@dataclass(frozen=True)
class Anchor:
    """The hub, as federations see it. url: its bare https origin; name: for people."""

    url: str
    name: str
    keys: ProviderKeys

    @property
    def mark_type(self) -> str:
        """The one kind of mark: this site is a registered group's own."""
        return self.url + MARK


@dataclass(frozen=True)
class Member:
    """A site that carries the mark. id: its https origin, host only (section 1.2 wants https)."""

    id: str
    link: Link
    group: str


def members(tx: Connection) -> dict[str, Member]:
    """Returns every site whose own group proved its host, by identifier; the first group that proved one keeps it."""
    found: dict[str, Member] = {}
    for link, slug in groups.register_of_links(tx):
        parts = urlsplit(link.url or "")
        if link.is_host_proved and parts.scheme == "https" and parts.netloc:
            member = Member(f"https://{parts.netloc}", link, slug)
            other = found.get(member.id)
            if other is None or (other.link.proved_entry or 0) > (link.proved_entry or 0):
                found[member.id] = member
    return found


def configuration(anchor: Anchor) -> str:
    """Returns the hub's entity configuration. Source: sections 3.1 and 9."""
    told = _statement(anchor, anchor.url)
    # Neither automatic nor explicit registration: clients come by two organisers, so the list is empty (section 5.1.3).
    provider = {**json.loads(documents.discovery(anchor.url)[0]), "client_registration_types_supported": []}
    base = f"{anchor.url}/federation"
    told |= {
        "jwks": _public(anchor),
        "metadata": {
            "federation_entity": {
                "organization_name": anchor.name,
                "federation_fetch_endpoint": f"{base}/fetch",
                "federation_list_endpoint": f"{base}/list",
                "federation_trust_mark_endpoint": f"{base}/trust-mark",
                "federation_trust_mark_list_endpoint": f"{base}/trust-marked",
                "federation_trust_mark_status_endpoint": f"{base}/trust-mark-status",
                "federation_historical_keys_endpoint": f"{base}/historical-keys",
            },
            "openid_provider": provider,
        },
        "trust_mark_issuers": {anchor.mark_type: [anchor.url]},
    }
    return anchor.keys.sign("entity-statement+jwt", told, ALGORITHM)


def subordinate(tx: Connection, anchor: Anchor, identifier: str) -> str | None:
    """Returns the statement about a site that is an entity of its own, or None. Source: sections 3.1.3 and 8.1."""
    member = members(tx).get(identifier)
    jwks = None if member is None else tx.scalar(sa.select(entities.c.jwks).where(entities.c.link == member.link.id))
    if member is None or jwks is None:
        return None
    told = _statement(anchor, identifier)
    told |= {
        "jwks": jwks,
        "source_endpoint": f"{anchor.url}/federation/fetch",
        "metadata_policy": {"openid_relying_party": {"subject_type": {"value": "pairwise"}}},
    }
    return anchor.keys.sign("entity-statement+jwt", told, ALGORITHM)


def subordinates(tx: Connection) -> list[str]:
    """Returns the identifiers of all entities below the hub. Source: section 8.2."""
    have_keys = set(tx.scalars(sa.select(entities.c.link)))
    return sorted(key for key, member in members(tx).items() if member.link.id in have_keys)


def mark(tx: Connection, anchor: Anchor, identifier: str) -> str | None:
    """Returns the trust mark of a site, or None for one that carries none. Source: sections 7.1 and 8.6."""
    member = members(tx).get(identifier)
    if member is None:
        return None
    now = clock.now()
    told = {
        "iss": anchor.url,
        "sub": identifier,
        "trust_mark_type": anchor.mark_type,
        "iat": _seconds(now),
        "exp": _seconds(now + dt.timedelta(days=MARK_DAYS)),
        "ref": f"{anchor.url}/channels/{member.link.id}",
        "group": member.group,
        "log_index": member.link.proved_entry,
    }
    return anchor.keys.sign("trust-mark+jwt", told, ALGORITHM)


def status(tx: Connection, anchor: Anchor, text: str) -> str | None:
    """Returns a signed answer on a mark: active, expired, revoked or invalid; None for one we know nothing of (8.4).

    invalid: it says that it is ours, and no key of ours signed it.
    """
    told, claimed = anchor.keys.read(text), _claimed(text)
    if claimed.get("trust_mark_type") != anchor.mark_type or claimed.get("iss") != anchor.url:
        return None
    member = members(tx).get(str(claimed.get("sub")))
    if told is None:
        found = "invalid"
    elif int(told["exp"]) <= _seconds(clock.now()):
        found = "expired"
    elif member is None or member.group != told.get("group"):
        found = "revoked"
    else:
        found = "active"
    answer = {"iss": anchor.url, "iat": _seconds(clock.now()), "trust_mark": text, "status": found}
    return anchor.keys.sign("trust-mark-status-response+jwt", answer, ALGORITHM)


def historical(anchor: Anchor) -> str:
    """Returns the keys that signed once and do not any more, signed by the present one. Source: section 8.7.

    exp: when the last mark that each signed runs out.
    """
    known, now = anchor.keys.ready().keys, anchor.keys.signing(ALGORITHM)
    rows = []
    for key in known:
        over = _over(known, key)
        if over is not None and key.use_from < now.use_from:
            dates = {"iat": _seconds(key.use_from), "exp": _seconds(over)}
            rows.append({**key.key.as_dict(private=False), **dates})
    told = {"iss": anchor.url, "iat": _seconds(clock.now()), "keys": rows}
    return anchor.keys.sign("jwk-set+jwt", told, ALGORITHM)


def read_entity(fetcher: Fetcher, identifier: str, *, second: Fetcher | None = None) -> dict[str, Any]:
    """Fetches a site's own entity configuration; returns its public keys. Raises Refused. Source: section 9.1, OP-14.

    second: the fetcher of another network, which must be shown the same keys. Asks the network, so never inside a unit
    of work.
    """
    found = _read_entity(fetcher, identifier)
    if second is not None and _read_entity(second, identifier) != found:
        raise Refused("The two networks we look from are shown different keys.")
    return found


def keep_entity(tx: Connection, link: str, jwks: dict[str, Any]) -> None:
    """Keeps the public keys of a site that is an entity of its own."""
    values = {"jwks": jwks, "read_at": clock.now()}
    if not tx.execute(sa.update(entities).where(entities.c.link == link).values(values)).rowcount:
        tx.execute(sa.insert(entities), {"link": link, **values})


def _read_entity(fetcher: Fetcher, identifier: str) -> dict[str, Any]:
    answer = fetcher.get(identifier + PATH, most=100_000, accept="application/entity-statement+jwt")
    if answer.status != 200:
        raise Refused(f"{PATH} answers {answer.status}.")
    try:
        text = answer.body.decode("ascii").strip()
        unread = json.loads(_payload(text))
        keys = KeySet.import_key_set(unread["jwks"])
        token = jwt.decode(text, keys, ["ES256", "RS256", "PS256"])
        told = token.claims
        fits = (
            token.header.get("typ") == "entity-statement+jwt"
            and told["iss"] == told["sub"] == identifier
            and int(told["exp"]) > _seconds(clock.now())
            and not any(key.is_private for key in keys.keys)
        )
    except Exception as problem:  # whatever a hostile statement makes the parsers raise
        raise Refused(f"{PATH} is no entity configuration of this site.") from problem
    if not fits:
        raise Refused(f"{PATH} is no entity configuration of this site.")
    return dict(unread["jwks"])


def _statement(anchor: Anchor, subject: str) -> dict[str, Any]:
    now = clock.now()
    until = now + dt.timedelta(hours=STATEMENT_HOURS)
    return {"iss": anchor.url, "sub": subject, "iat": _seconds(now), "exp": _seconds(until)}


def _over(known: tuple[SigningKey, ...], key: SigningKey) -> dt.datetime | None:
    """Returns when the last mark that a key may have signed runs out, or None where no key follows it."""
    later = [other.use_from for other in known if other.use_from > key.use_from]
    return min(later) + dt.timedelta(days=MARK_DAYS) if later else None


def _public(anchor: Anchor) -> dict[str, Any]:
    """The keys that sign now or soon, and those whose marks still run: a site may serve its mark as a file."""
    known, now = anchor.keys.ready().keys, clock.now()
    keys = [key for key in known if (over := _over(known, key)) is None or now < over]
    return {"keys": [{**key.key.as_dict(private=False), "alg": ALGORITHM, "use": "sig"} for key in keys]}


def _claimed(text: str) -> dict[str, Any]:
    """Returns what a text says of itself, whoever signed it; nothing for what is no token."""
    try:
        told = json.loads(_payload(text))
    except (ValueError, IndexError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _payload(text: str) -> bytes:
    part = text.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _seconds(moment: dt.datetime) -> int:
    return int(moment.timestamp())
