"""Keys and receipts of tests: a hub's federation key, an owner's, and a record that counted some days."""

import base64
import datetime as dt
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

from hub.receipts import days, text
from hub.receipts.rules import Day, Hub
from hub.tlog.hashes import format_base64

HUB, ORIGIN = "https://hub.example", "hub.example/log"
KEY, OTHER, OWN = (ECKey.generate_key("P-256") for _ in range(3))
DAY = dt.date(2026, 11, 21)
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
SHOWN = {"branch": {"area": "york", "branch": "york"}, "since": "2019-03"}


def base64url(raw):
    """As RFC 7515 writes bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signing(key, **header):
    """What signs claims with a key, as the hub does."""

    def sign(claims):
        told = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": key.thumbprint(), "jwk": key.as_dict(private=False)}
        signed = ".".join(base64url(json.dumps(one).encode()) for one in ({**told, **header}, dict(claims)))
        # By hand: whatever a forger might write, tools for tokens would not.
        r, s = decode_dss_signature(key.private_key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    return sign


def issued(shown=SHOWN, *, key=KEY, day=DAY, issuer=HUB, bound=None, **header):
    """A receipt."""
    return text.issue(issuer, day, shown, signing(key, **header), secrets.token_bytes, bound)


def public(key):
    """An owner's public key."""
    return text.public_key(key.as_dict(private=False))


def counted(*receipts, day=DAY, entry=7, key=KEY, with_file=True):
    """A day of the record that counts these receipts."""
    told = days.padded([text.digest(one) for one in receipts], secrets.token_bytes)
    root = format_base64(days.root_of(told))
    return Day(
        entry, day.isoformat(), days.rounded(len(receipts)), root, frozenset([key.thumbprint()]),
        tuple(told) if with_file else None,
    )  # fmt: skip


def hub(*days_, origin=ORIGIN, start=0, end=None, keys=(), issuers=()):
    """A hub of the record."""
    return Hub(origin, start, end, frozenset(keys), frozenset(issuers), {one.day: one for one in days_})
