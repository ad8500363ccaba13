"""Rules of the provider. Pure: addresses, sectors, subjects, scopes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from hub.errors import YES, Verdict, no

TELLS = ("group", "branch", "hub")
SCOPES = ("openid", "profile", "email", "groups", "roles", "membership", "offline_access")
MOST_REDIRECTS = 5
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
ALGORITHMS = ("RS256", "ES256")
MINUTE, HOUR = 60, 3_600
CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS, ASK_SECONDS, PUSHED_SECONDS = 60, 600, 86_400, 3_600, 60


def at(address: str, path: str) -> str:
    """Returns a path of a tool at the address where it runs: at("https://a.example/wiki/", "/x") == ".../wiki/x"."""
    return address.split("#")[0].split("?")[0].rstrip("/") + path


def redirect_ok(uri: str, address: str) -> Verdict:
    """Says whether a site may be answered at an address: https, on the very host and port that was proved, no trick.

    Compared byte for byte afterwards (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1).
    """
    wrong = no("oidc.redirect", "A redirect address must begin with the proved address of the site.")
    if not uri.isascii() or not uri.isprintable() or len(uri) > 500 or any(char in uri for char in " \\\"'<>`{}|^*"):
        return wrong
    try:
        here, home = urlsplit(uri), urlsplit(address)
        _ = here.port, home.port
    except ValueError:
        return wrong
    fits = (
        here.scheme == "https"
        and here.netloc == home.netloc
        and "@" not in here.netloc
        and not here.fragment
        and "#" not in uri
        and here.path.startswith("/")
        and not any(part in ("..", ".") for part in _decoded(here.path).split("/"))
    )
    return YES if fits else wrong


def _decoded(path: str) -> str:
    return path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")


def sector(redirect_uris: Iterable[str]) -> str:
    """Returns the one host of a client's redirect addresses. Source: OpenID Connect Core section 8.1."""
    hosts = {urlsplit(uri).hostname or "" for uri in redirect_uris}
    if len(hosts) != 1:
        raise ValueError("a client is answered at one host")
    return hosts.pop()


def auth_time(proven: int, signed_in: int, *, exact: bool, max_age: int | None) -> int:
    """Returns when a member proved who they are, as a site is told: to the hour, or as late as its max_age needs.

    proven, signed_in: when that was, and when the sign-in at this site began (seconds); exact: the proof was made for
    this very site's question. The same second told at two sites would join them, so a site that asked for a largest
    age learns only that it was kept: a moment at or before the true one that passes its check, with a minute to spare.
    Source: OP-18, T9, OpenID Connect Core sections 2 and 3.1.2.1.
    """
    if exact:
        return proven
    hour = proven - proven % HOUR
    return hour if max_age is None else min(proven, max(hour, signed_in - max_age + MINUTE))


def pairwise(key: bytes, sector: str, seed: bytes) -> str:
    """Returns how one sector knows a person: base64url(HMAC-SHA-256(key, sector, 0x00, seed)).

    key: 32 bytes, in no database; seed: the matcher's, the same for one member for life. Source: DESIGN decision 5.
    """
    digest = hmac.digest(key, sector.encode("ascii") + b"\x00" + seed, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def scopes_of(asked: str | None, *, offline: bool) -> str:
    """Returns the scopes that are given of those asked for, in our order; others are left out (RFC 6749 3.3)."""
    wanted = set((asked or "openid").split())
    return " ".join(name for name in SCOPES if name in wanted and (offline or name != "offline_access"))


def challenge_of(verifier: str) -> str:
    """Returns the S256 challenge of a verifier. Source: RFC 7636 section 4.2."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
