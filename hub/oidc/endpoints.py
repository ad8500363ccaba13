"""The endpoints that sites call: token, userinfo, introspection, revocation, registration, end of session.

Each takes a Provider and what was asked, and gives a Reply. Errors are RFC 6749 section 5.2's, never a page.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from joserfc.jwk import KeySet
from sqlalchemy.engine import Connection

from hub import clock
from hub.oidc import addresses, bearers, claims, clients, registering, rules, store
from hub.oidc.clients import Client
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import registration_tokens
from hub.oidc.parties import Asked, Party, Reply
from hub.oidc.provider import Provider
from hub.people.tokens import hash_token, new_token

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_R = TypeVar("_R")


def _speaking(endpoint: Callable[[Provider, Asked], Reply]) -> Callable[[Provider, Asked], Reply]:
    """Wraps an endpoint: whatever the library refuses is answered in OAuth's words."""

    def answer(provider: Provider, asked: Asked) -> Reply:
        try:
            if any(len(values) > 1 for values in asked.payload.datalist.values()):
                return failed("invalid_request", "A parameter came twice.")
            return endpoint(provider, asked)
        except OAuth2Error as error:
            return provider.handle_response(*error())
        except ValueError:  # a refusal whose description names what was sent, in characters that errors may not have
            return failed("invalid_request")

    return answer


def failed(error: str, description: str = "", status: int = 400, **headers: str) -> Reply:
    """Returns one error. Source: RFC 6749 section 5.2."""
    told = {"error": error, **({"error_description": description} if description else {})}
    return Reply(status, told, {**NO_STORE, **headers})


@_speaking
def token(provider: Provider, asked: Asked) -> Reply:
    """Code or refresh token against tokens. Source: RFC 6749 section 3.2, OpenID Connect Core sections 3.1.3 and 12."""
    reply: Reply = provider.create_token_response(asked)
    if isinstance(reply.body, dict) and reply.body.get("error") == "invalid_request" and "ended" in str(reply.body):
        return failed("invalid_grant", "This sign-in has ended.")
    return Reply(reply.status, reply.body, {**reply.headers, **NO_STORE})


def userinfo(tx: Connection, keys: ProviderKeys, given: str | None) -> Reply:
    """Claims against an access token. given: see bearer. Source: OpenID Connect Core section 5.3, RFC 6750."""
    found = None if given is None else bearers.find(tx, given)
    if found is None or found.kind != "access" or "openid" not in found.scope.split():
        error = ', error="invalid_token"' if given is not None else ""
        return Reply(401, {"error": "invalid_token"}, {**NO_STORE, "WWW-Authenticate": f'Bearer realm="hub"{error}'})
    known, person = found.known, found.person
    told = claims.told_of(tx, person=person, holder=known.holder, group=found.group, tells=found.tells)
    return Reply(
        200,
        claims.claims_with(
            tx, keys, known, told, person=person, client=found.client, sector=found.sector, scope=found.scope
        ),
        NO_STORE,
    )


@_speaking
def introspect(provider: Provider, asked: Asked) -> Reply:
    """Tells a client of its own tokens, and of no other's (OP-11). Source: RFC 7662 section 2."""
    party = provider.authenticate_client(asked, list(rules.AUTH_METHODS[:3]), "introspect")
    found = bearers.find(provider.tx, asked.form.get("token", ""))
    if found is None or found.client != party.client.id:
        return Reply(200, {"active": False}, NO_STORE)
    assert found.known.seed is not None
    told = {
        "active": True,
        "client_id": party.client.id,
        "scope": found.scope,
        "sub": rules.pairwise(provider.keys.pair, found.sector, found.known.seed),
        "iss": provider.issuer,
        "exp": int(found.until_at.timestamp()),
        "iat": int(found.made_at.timestamp()),
        "token_type": "Bearer" if found.kind == "access" else "refresh_token",
    }
    return Reply(200, told, NO_STORE)


@_speaking
def revoke(provider: Provider, asked: Asked) -> Reply:
    """Ends a token of the client's own; of another's, it says the same and does nothing. Source: RFC 7009 section 2."""
    party = provider.authenticate_client(asked, list(rules.AUTH_METHODS), "revoke")
    if "token" not in asked.form:
        return failed("invalid_request", "token is missing.")
    store.end_token(provider.tx, asked.form["token"], party.client.id)
    return Reply(200, {}, NO_STORE)


def register(provider: Provider, headers: dict[str, str], told: Any) -> Reply:
    """Lets a tool register itself as one client that two organisers registered, once. Source: RFC 7591 section 3."""
    now, given = clock.now(), _bearer(headers)
    usable = (
        registration_tokens.c.hash == hash_token(given or ""),
        registration_tokens.c.used_at.is_(None),
        registration_tokens.c.until_at > now,
    )
    name = None if given is None else provider.tx.scalar(sa.select(registration_tokens.c.client).where(*usable))
    client = None if name is None else clients.find(provider.tx, name)
    if client is None or not client.is_live:
        return failed("invalid_token", "The initial access token is unknown, used or over.", 401,
                      **{"WWW-Authenticate": 'Bearer realm="hub", error="invalid_token"'})  # fmt: skip
    chosen = read_metadata(told, client)
    if isinstance(chosen, Reply):
        return chosen
    if not provider.tx.execute(sa.update(registration_tokens).where(*usable).values(used_at=now)).rowcount:
        return failed("invalid_token", "The initial access token was used already.", 401)
    secret = new_token() if chosen.auth_method.startswith("client_secret") else None
    access = new_token()
    begins = addresses.keep(provider.tx, client, chosen, secret=secret, registration=access)
    body = _metadata(provider, client, chosen)
    if begins is not None:
        # A field of our own, which RFC 7591 section 3.2.1 allows: until then only known addresses are answered.
        body |= {"addresses_begin_at": clock.format_minute(begins)}
    body |= {"registration_access_token": access}
    if secret is not None:
        body |= {"client_secret": secret, "client_secret_expires_at": 0}
    return Reply(201, body, NO_STORE)


def manage(provider: Provider, headers: dict[str, str], client_id: str, method: str) -> Reply:
    """Shows or ends what a tool registered, by its own token. Addresses change by two organisers alone (RFC 7592)."""
    given, client = _bearer(headers), clients.find(provider.tx, client_id)
    keys = None if client is None else clients.keys_of(provider.tx, client_id)
    kept = None if keys is None else keys.registration_hash
    if client is None or keys is None or given is None or kept is None:
        return failed("invalid_token", "", 401, **{"WWW-Authenticate": 'Bearer realm="hub"'})
    if not hmac.compare_digest(kept, hash_token(given)):
        return failed("invalid_token", "", 401, **{"WWW-Authenticate": 'Bearer realm="hub"'})
    if method == "DELETE":
        registering.forget_keys(provider.tx, client.id)
        return Reply(204, "", NO_STORE)
    chosen = registering.Chosen(
        list(keys.redirect_uris), list(keys.post_logout_uris), keys.backchannel_uri, keys.auth_method, keys.algorithm,
        bool(keys.offline), keys.jwks,
    )  # fmt: skip
    return Reply(200, _metadata(provider, client, chosen), NO_STORE)


def read_metadata(told: Any, client: Client) -> registering.Chosen | Reply:
    """Reads what a tool says of itself; every address must lie at the site's proved one. Source: RFC 7591 section 2."""
    wrong = failed("invalid_client_metadata", "This metadata cannot be used here.")
    if not isinstance(told, dict):
        return wrong
    redirects, after = told.get("redirect_uris"), told.get("post_logout_redirect_uris", [])
    method = told.get("token_endpoint_auth_method", "client_secret_basic")
    algorithm, back = told.get("id_token_signed_response_alg", "RS256"), told.get("backchannel_logout_uri")
    lists = isinstance(redirects, list) and isinstance(after, list)
    if not lists or not 1 <= len(redirects) <= rules.MOST_REDIRECTS or len(after) > rules.MOST_REDIRECTS:  # type: ignore[arg-type]
        return failed("invalid_redirect_uri", "Name one to five redirect addresses.")
    addresses = [*redirects, *after, *([back] if back is not None else [])]  # type: ignore[misc]
    home = client.url or ""
    if not all(isinstance(uri, str) and rules.redirect_ok(uri, home) for uri in addresses):
        return failed("invalid_redirect_uri", "Every address must lie at the proved address of the site.")
    if method not in rules.AUTH_METHODS or algorithm not in rules.ALGORITHMS:
        return wrong
    if method == "none" and not client.pkce:
        return wrong
    jwks = told.get("jwks")
    if method == "private_key_jwt" and not _is_public_set(jwks):
        return failed("invalid_client_metadata", "private_key_jwt needs public keys under jwks.")
    grants = told.get("grant_types", ["authorization_code"])
    offline = isinstance(grants, list) and "refresh_token" in grants
    return registering.Chosen(
        list(redirects), list(after), back, method, algorithm, offline, jwks if method == "private_key_jwt" else None,  # type: ignore[arg-type]
    )  # fmt: skip


@dataclass(frozen=True)
class Goodbye:
    """What a site wants after signing out. is_sure: its hint names this very session; back: where to go, or nothing."""

    is_sure: bool
    back: str


def goodbye(provider: Provider, params: dict[str, str], person: str | None, session: str | None) -> Goodbye:
    """Reads a request to end the session; without a hint that fits, the member is asked (OP-17)."""
    hint = provider.keys.read(params["id_token_hint"]) if params.get("id_token_hint") else None
    named = str((hint or {}).get("aud") or params.get("client_id", ""))
    party = provider.query_client(named)
    after = params.get("post_logout_redirect_uri", "")
    is_ours = hint is not None and hint.get("iss") == provider.issuer
    back = ""
    if after and party is not None and after in party.keys.post_logout_uris:
        back = str(add_params_to_uri(after, {"state": params["state"]} if params.get("state") else {}))
    row = store.sign_in_of(provider.tx, str(hint.get("sid"))) if is_ours and hint is not None else None
    is_sure = row is not None and row.person == person and row.session == session and row.client == named
    return Goodbye(is_sure, back)


def preview(provider: Provider, party: Party, person: str, scope: str) -> dict[str, Any]:
    """Returns exactly what a site is told about somebody under a scope; empty for who is no member."""
    try:
        return provider.claims_for(person, party, party.get_allowed_scope(scope))
    except OAuth2Error:
        return {}


def bearer(headers: Mapping[str, str], form: Mapping[str, str]) -> str | None:
    """Returns the access token of a request: in the header, or in a form (trap 8)."""
    return _bearer(headers) or form.get("access_token")


def _bearer(headers: Mapping[str, str]) -> str | None:
    kind, _space, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def _is_public_set(jwks: Any) -> bool:
    try:
        if len(json.dumps(jwks)) > 20_000:
            return False
        keys = KeySet.import_key_set(jwks).keys
        return (
            1 <= len(keys) <= 5
            and not any(key.is_private for key in keys)
            and all(key.key_type in ("RSA", "EC") for key in keys)
        )
    except Exception:
        # Whatever a hostile key makes the parser raise: it is no key set.
        return False


def _metadata(provider: Provider, client: Client, chosen: registering.Chosen) -> dict[str, Any]:
    told: dict[str, Any] = {
        "client_id": client.id,
        "client_name": client.name or client.title,
        "redirect_uris": chosen.redirect_uris,
        "post_logout_redirect_uris": chosen.post_logout_uris,
        "token_endpoint_auth_method": chosen.auth_method,
        "id_token_signed_response_alg": chosen.algorithm,
        "grant_types": ["authorization_code", *(["refresh_token"] if chosen.offline else [])],
        "response_types": ["code"],
        "subject_type": "pairwise",
        "registration_client_uri": f"{provider.issuer}/oidc/register/{client.id}",
    }
    if chosen.backchannel_uri:
        told |= {"backchannel_logout_uri": chosen.backchannel_uri, "backchannel_logout_session_required": True}
    if chosen.jwks:
        told |= {"jwks": chosen.jwks}
    return told
