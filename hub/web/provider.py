"""The OpenID Provider's addresses that sites and their programs call; what a member sees is in consent.py."""

from __future__ import annotations

import json

from hub.oidc import asking, documents, endpoints
from hub.oidc.parties import Asked as ByClient
from hub.oidc.parties import Reply
from hub.oidc.provider import Provider
from hub.web.context import Answer, Asked

ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
FRESH = {**ANYWHERE, "Cache-Control": "public, max-age=600"}
FROM_ANYWHERE = (
    "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oidc/jwks.json", "/oidc/token",
    "/oidc/userinfo", "/oidc/revoke",
)  # fmt: skip


def discovery(asked: Asked) -> Answer:
    """GET /.well-known/openid-configuration, and the same under OAuth's name."""
    return _ready(asked, *documents.discovery(asked.hub.settings.url))


def jwks(asked: Asked) -> Answer:
    """GET /oidc/jwks.json: the public keys, the next ones a day ahead."""
    ready = asked.hub.oidc.ready()
    return _ready(asked, ready.jwks, ready.etag)


def preflight(asked: Asked) -> Answer:
    """OPTIONS: programs in a browser may ask from anywhere. They bring tokens; no cookie of ours ever counts there."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    return Answer(204, headers={**ANYWHERE, **allowed})


def token(asked: Asked) -> Answer:
    """POST /oidc/token."""
    return _reply(endpoints.token(provider_of(asked), by_client(asked)), ANYWHERE)


def userinfo(asked: Asked) -> Answer:
    """GET and POST /oidc/userinfo."""
    given = endpoints.bearer(asked.headers, dict(reversed(asked.form.items)))
    return _reply(endpoints.userinfo(asked.tx, asked.hub.oidc, given), ANYWHERE)


def introspect(asked: Asked) -> Answer:
    """POST /oidc/introspect. It only looks, unless the client signed an assertion: that one is used up."""
    database = asked.hub.db
    with database.write() if "client_assertion" in asked.form else database.read() as tx:
        provider = Provider(tx, asked.hub.oidc, asked.hub.settings.url)
        return _reply(endpoints.introspect(provider, by_client(asked)))


def revoke(asked: Asked) -> Answer:
    """POST /oidc/revoke."""
    return _reply(endpoints.revoke(provider_of(asked), by_client(asked)), ANYWHERE)


def push(asked: Asked) -> Answer:
    """POST /oidc/par."""
    return _reply(asking.push(provider_of(asked), by_client(asked)))


def register(asked: Asked) -> Answer:
    """POST /oidc/register: JSON with a one-use token that organisers made."""
    try:
        told = json.loads(asked.raw.decode("utf-8"))
    except (ValueError, RecursionError):
        told = None
    return _reply(endpoints.register(provider_of(asked), dict(asked.headers), told))


def manage(asked: Asked) -> Answer:
    """GET and DELETE /oidc/register/{client}."""
    return _reply(endpoints.manage(provider_of(asked), dict(asked.headers), asked.params["client"], asked.method))


def provider_of(asked: Asked) -> Provider:
    """Returns the server of one request."""
    return Provider(asked.tx, asked.hub.oidc, asked.hub.settings.url)


def by_client(asked: Asked) -> ByClient:
    """Returns a request as the protocol's core reads it."""
    headers = {"authorization": asked.headers["authorization"]} if "authorization" in asked.headers else {}
    headers = {**headers, **{name.title(): value for name, value in headers.items()}}
    uri = asked.hub.settings.url + asked.path
    return ByClient(asked.method, uri, headers, list(asked.query.items), list(asked.form.items))


def _reply(reply: Reply, headers: dict[str, str] | None = None) -> Answer:
    body = b"" if reply.status == 204 else json.dumps(reply.body, separators=(",", ":")).encode("utf-8")
    kept = {name: value for name, value in reply.headers.items() if name.lower() != "content-type"}
    return Answer(reply.status, body, "application/json", {**kept, **(headers or {})})


def _ready(asked: Asked, raw: bytes, etag: str) -> Answer:
    headers = {**FRESH, "ETag": etag}
    if etag in asked.headers.get("if-none-match", ""):
        return Answer(304, media="application/json", headers=headers)
    return Answer(body=raw, media="application/json", headers=headers)
