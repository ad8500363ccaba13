"""The authorize endpoint's decision: what a client asked, who is there, and so what comes next.

Nothing is redirected before client and address are known to be right (RFC 6749 section 4.1.2.1): until then the answer
is a page in words. Every redirect carries ``iss`` (RFC 9207 section 2; traps 2 and 3).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error

from hub import clock
from hub.oidc import claims, consenting, rules, store
from hub.oidc.parties import Asked, Party, Reply
from hub.oidc.provider import Provider
from hub.permits import Actor

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
LONGEST_CLAIMS = 4_000
KEPT = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "max_age", "claims", "id_token_hint", "response_mode",
)  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A page in words: there is nowhere to redirect to. sentence: what is wrong, for people."""

    sentence: str


@dataclass(frozen=True)
class Redirect:
    """Back to the site, with a code or an error."""

    uri: str


@dataclass(frozen=True)
class SignIn:
    """The member proves who they are first. ask: the request_uri under which the question is kept."""

    client: str
    ask: str


@dataclass(frozen=True)
class Consent:
    """The member is asked once. shares: what the site will be told, in our order."""

    party: Party
    ask: str
    shares: tuple[str, ...]


Answer = Refused | Redirect | SignIn | Consent


@dataclass(frozen=True)
class Wanted:
    """An authorization request that Authlib found in order. began_in: the session it began in, where it was kept."""

    party: Party
    params: dict[str, str]
    redirect_uri: str
    scope: str
    prompts: frozenset[str]
    max_age: int | None
    began_in: str | None

    @property
    def proof(self) -> dict[str, Any]:
        """How exactly the site must learn when the member proved who they are: see rules.auth_time."""
        return {"exact": bool(self.prompts & {"login", "select_account"}), "max_age": self.max_age}


class _Wrong(Exception):
    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.error, self.description = error, description


def authorize(provider: Provider, asked: Asked, actor: Actor) -> Answer:
    """Decides what follows an authorization request. Writes what it needs in the provider's unit of work."""
    params, began_in = dict(asked.payload.data), None
    party = provider.query_client(params.get("client_id", ""))
    if party is None:
        return Refused("This site is not registered here, or was stopped.")
    former = params.get("request_uri", "")
    if former:
        kept = store.find_ask(provider.tx, former, party.client.id)
        if kept is None:
            return Refused("This took too long. Go back to the site and start again.")
        params, began_in = dict(kept.params), kept.params.get("_session")
    if not party.check_redirect_uri(params.get("redirect_uri", "")):
        return Refused("The site asked to be answered at an address that is not its own.")
    try:
        wanted = _read(provider, asked, params, party, began_in)
    except _Wrong as wrong:
        return Redirect(_failed(provider, params, wrong.error, wrong.description))
    return _next(provider, wanted, actor, former)


def push(provider: Provider, asked: Asked) -> Reply:
    """Keeps a pushed request for a minute. Source: RFC 9126 section 2. Errors are RFC 6749 section 5.2's."""
    try:
        party = provider.authenticate_client(asked, list(rules.AUTH_METHODS), "par")
        if "request_uri" in asked.form:
            raise _Wrong("invalid_request", "A pushed request has no request_uri.")
        params = {name: value for name, value in asked.form.items() if name in (*KEPT, "request", "registration")}
        params["client_id"] = party.client.id
        if not party.check_redirect_uri(params.get("redirect_uri", "")):
            raise _Wrong("invalid_request", "This redirect_uri is not registered.")
        _read(provider, asked, params, party, None)
    except _Wrong as wrong:
        return Reply(400, {"error": wrong.error, "error_description": wrong.description})
    except OAuth2Error as error:
        return provider.handle_response(*error())
    ask = store.keep_ask(provider.tx, client=party.client.id, params=params, seconds=rules.PUSHED_SECONDS)
    return Reply(201, {"request_uri": ask, "expires_in": rules.PUSHED_SECONDS}, {"Cache-Control": "no-store"})


def grant(provider: Provider, ask: str, client: str, actor: Actor) -> Redirect | Refused:
    """Goes on after the member's yes on the consent page."""
    found = _of_ask(provider, ask, client)
    if isinstance(found, Refused):
        return found
    if actor.person is None or actor.standing is None or not _is_fresh(found, actor):
        return Refused("Sign in first.")
    return _done(provider, found, actor, ask)


def deny(provider: Provider, ask: str, client: str) -> Redirect | Refused:
    """Goes back to the site after the member's no."""
    found = _of_ask(provider, ask, client)
    if isinstance(found, Refused):
        return found
    store.drop_ask(provider.tx, ask)
    return Redirect(_failed(provider, found.params, "access_denied", ""))


def granted_scope(params: dict[str, str], party: Party) -> str:
    """Returns the scope a kept request would be granted, with what its ``claims`` parameter adds."""
    return _claims(params, party)


def _of_ask(provider: Provider, ask: str, client: str) -> Wanted | Refused:
    party = provider.query_client(client)
    kept = None if party is None else store.find_ask(provider.tx, ask, client)
    if party is None or kept is None or not party.check_redirect_uri(kept.params.get("redirect_uri", "")):
        return Refused("This took too long. Go back to the site and start again.")
    try:
        return _read(provider, None, dict(kept.params), party, kept.params.get("_session"))
    except _Wrong:
        return Refused("This took too long. Go back to the site and start again.")


def _read(
    provider: Provider, asked: Asked | None, params: dict[str, str], party: Party, began_in: str | None
) -> Wanted:
    """Reads a request whose client and address are right. Raises _Wrong."""
    if asked is not None and any(len(values) > 1 for values in asked.payload.datalist.values()):
        raise _Wrong("invalid_request", "A parameter came twice.")
    for name, error in (("request", "request_not_supported"), ("registration", "registration_not_supported")):
        if name in params:
            raise _Wrong(error)
    if params.get("response_type") != "code":
        raise _Wrong("unsupported_response_type" if params.get("response_type") else "invalid_request")
    if params.get("response_mode", "query") != "query":
        raise _Wrong("invalid_request", "response_mode must be query.")
    if "openid" not in params.get("scope", "").split():
        raise _Wrong("invalid_scope", "The scope must hold openid.")
    ours = Asked("GET", provider.issuer + "/oidc/authorize", {}, list(params.items()), [])
    try:
        provider.get_consent_grant(ours)
    except (OAuth2Error, ValueError) as error:  # ValueError: a description with characters that errors may not have
        raise _Wrong(getattr(error, "error", "invalid_request"), getattr(error, "description", "") or "") from error
    prompts = frozenset(params.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise _Wrong("invalid_request", "These prompts do not go together.")
    scope = _claims(params, party)
    age = params.get("max_age")
    if age is not None and not (age.isascii() and age.isdecimal() and len(age) < 10):
        raise _Wrong("invalid_request", "max_age must be a number of seconds.")
    return Wanted(
        party, params, params["redirect_uri"], scope, prompts, None if age is None else int(age), began_in
    )  # fmt: skip


def _claims(params: dict[str, str], party: Party) -> str:
    """Returns the scope with what the ``claims`` parameter adds (Core 5.5); auth_time is told without being asked."""
    scope, text = party.get_allowed_scope(params.get("scope")), params.get("claims", "")
    if not text:
        return scope
    try:
        told = json.loads(text) if len(text) <= LONGEST_CLAIMS else None
    except (ValueError, RecursionError) as problem:
        raise _Wrong("invalid_request", "claims must be JSON.") from problem
    parts = [told.get(name) or {} for name in ("id_token", "userinfo")] if isinstance(told, dict) else [None]
    if not all(isinstance(part, dict) for part in parts):
        raise _Wrong("invalid_request", "claims must be an object of objects.")
    names = {str(name) for part in parts for name in part or ()}
    added = {"name": "profile", "preferred_username": "profile", "nickname": "profile", "email": "email"}
    wanted = {scope, *(added[name] for name in names & added.keys())}
    return rules.scopes_of(" ".join(wanted), offline=bool(party.keys.offline))


def _next(provider: Provider, wanted: Wanted, actor: Actor, former: str) -> Answer:
    party = wanted.party
    known = actor.person is not None and actor.nickname is not None and actor.standing is not None
    if "none" in wanted.prompts:
        # The same for everybody who has not allowed this very site to ask in silence (OP-08).
        quiet = known and _is_fresh(wanted, actor) and consenting.covers(provider.tx, wanted.party, actor, wanted.scope)
        if quiet and consenting.is_silent(provider.tx, party, actor) and _is_hinted(provider, wanted, actor):
            return _done(provider, wanted, actor, former)
        return Redirect(_failed(provider, wanted.params, "interaction_required", ""))
    if not known or not _is_fresh(wanted, actor):
        return SignIn(party.client.id, _keep(provider, wanted, actor, former))
    asks_again = "consent" in wanted.prompts
    if asks_again or not consenting.covers(provider.tx, party, actor, wanted.scope):
        return Consent(party, _keep(provider, wanted, actor, former), consenting.shares(party, wanted.scope))
    return _done(provider, wanted, actor, former)


def _is_fresh(wanted: Wanted, actor: Actor) -> bool:
    """Tells whether the member proved who they are lately enough: in a new session, where that was asked for."""
    if wanted.began_in is not None and actor.session != wanted.began_in:
        return True
    if wanted.prompts & {"login", "select_account"}:
        return False
    if wanted.max_age is None:
        return True
    return actor.proven_at is not None and clock.now() <= actor.proven_at + dt.timedelta(seconds=wanted.max_age)


def _is_hinted(provider: Provider, wanted: Wanted, actor: Actor) -> bool:
    hint = wanted.params.get("id_token_hint")
    if not hint:
        return True
    told = provider.keys.read(hint)
    return told is not None and told.get("sub") == _subject(provider, wanted, actor)


def _subject(provider: Provider, wanted: Wanted, actor: Actor) -> str | None:
    found = claims.claims_of(
        provider.tx, provider.keys, person=actor.person or "", client=wanted.party.client,
        sector=wanted.party.keys.sector, scope="openid",
    )  # fmt: skip
    return None if found is None else str(found[0]["sub"])


def _keep(provider: Provider, wanted: Wanted, actor: Actor, former: str) -> str:
    if former and wanted.began_in is not None:
        return former
    if former:
        store.drop_ask(provider.tx, former)
    params = {name: value for name, value in wanted.params.items() if name in KEPT}
    params["_session"] = actor.session or ""
    return store.keep_ask(provider.tx, client=wanted.party.client.id, params=params, seconds=rules.ASK_SECONDS)


def _done(provider: Provider, wanted: Wanted, actor: Actor, former: str) -> Redirect:
    assert actor.person is not None
    party, tx = wanted.party, provider.tx
    if former and not store.drop_ask(tx, former):
        return Redirect(_failed(provider, wanted.params, "invalid_request", "This request was answered already."))
    told = claims.told_of(
        tx, person=actor.person, holder=actor.holder, group=party.client.group, tells=party.client.tells
    )
    key = store.begin_sign_in(
        tx, person=actor.person, client=party.client.id, session=actor.session, asked=wanted.proof,
        scope=wanted.scope, proven_at=actor.proven_at, what=json.dumps(told.groups),
    )  # fmt: skip
    code = store.new_code()
    store.add_code(
        tx, code, sign_in=key, client=party.client.id, redirect_uri=wanted.redirect_uri,
        nonce=wanted.params.get("nonce"), challenge=wanted.params.get("code_challenge"),
    )  # fmt: skip
    return Redirect(_back(provider, wanted.params, {"code": code}))


def _failed(provider: Provider, params: dict[str, str], error: str, description: str) -> str:
    told = {"error": error, **({"error_description": description} if description else {})}
    return _back(provider, params, told)


def _back(provider: Provider, params: dict[str, str], told: dict[str, Any]) -> str:
    state = {"state": params["state"]} if params.get("state") else {}
    return str(add_params_to_uri(params["redirect_uri"], {**told, **state, "iss": provider.issuer}))
