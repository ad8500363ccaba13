"""The adapter between Authlib's protocol core and this house: one Provider for each request, bound to one unit of work.

Authlib sees the values of parties.py and plays the grants of grants.py. Nothing global, nothing of a framework; trap
numbers are those of the reference. Source: RFC 6749, 9207, OpenID Connect Core 1.0.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from sqlalchemy.engine import Connection

from hub import clock
from hub.oidc import claims, clients, rules, store
from hub.oidc.grants import Assertion, Challenge, CodeGrant, CodeIdToken, IdToken, RefreshGrant
from hub.oidc.keys import ProviderKeys
from hub.oidc.parties import Asked, Party, Reply
from hub.people.tokens import new_token


class Provider(AuthorizationServer):
    """The server of one request. issuer: the hub's bare origin, in every token and answer."""

    def __init__(self, tx: Connection, keys: ProviderKeys, issuer: str) -> None:
        super().__init__(list(rules.SCOPES))
        self.tx, self.keys, self.issuer = tx, keys, issuer
        self._parties: dict[str, Party | None] = {}
        self._has_grants = False

    def get_authorization_grant(self, request: Asked) -> Any:
        """Finds the grant; userinfo, the most frequent question, never needs one."""
        self._register()
        return super().get_authorization_grant(request)

    def get_token_grant(self, request: Asked) -> Any:
        """The same at the token endpoint."""
        self._register()
        return super().get_token_grant(request)

    def _register(self) -> None:
        if not self._has_grants:
            self._has_grants = True
            self.register_grant(CodeGrant, [CodeIdToken(self), Challenge(required=False)])
            self.register_grant(RefreshGrant, [IdToken(self)])

    def query_client(self, client_id: str) -> Party | None:
        """Returns a client that may sign members in now (trap 1: the unit of work is ours)."""
        if client_id not in self._parties:
            found = clients.party_of(self.tx, client_id)
            self._parties[client_id] = Party(*found) if found is not None and found[0].is_live else None
        return self._parties[client_id]

    def validate_requested_scope(self, scope: str | None) -> None:
        """A scope that is not known is left out (RFC 6749 section 3.3): tools ask for what others offer."""

    def authenticate_client(self, request: OAuth2Request, methods: list[str], endpoint: str = "token") -> Party:
        """Returns the client that proved itself, in one way only (RFC 6749 section 2.3)."""
        ways = ("authorization" in request.headers, "client_secret" in request.form, "client_assertion" in request.form)
        if "client_assertion" in request.form:
            self.register_client_auth_method("private_key_jwt", Assertion(self))
        else:
            methods = [method for method in methods if method != "private_key_jwt"]
        if sum(ways) > 1:
            raise InvalidRequestError("A client proves itself in one way only.")
        try:
            found: Party = super().authenticate_client(request, methods, endpoint)
        except ValueError as problem:  # a header that is no pair, or no text
            raise InvalidClientError(description="This proves no client.") from problem
        request.client = found
        return found

    def claims_for(self, person: str, party: Party, scope: str) -> dict[str, Any]:
        """Returns the claims about a person. Raises InvalidRequestError for who is no member any more."""
        found = claims.claims_of(
            self.tx, self.keys, person=person, client=party.client, sector=party.keys.sector, scope=scope
        )
        if found is None:
            raise InvalidRequestError("This sign-in has ended.")
        return found[0]

    def generate_token(
        self,
        grant_type: str,
        client: Party,
        user: Any = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> dict[str, Any]:
        """Returns opaque tokens; a life is always named (trap 7)."""
        token = {
            "token_type": "Bearer",
            "access_token": new_token(),
            "expires_in": rules.ACCESS_SECONDS,
            "scope": scope or "openid",
        }
        if include_refresh_token and "offline_access" in token["scope"].split() and client.keys.offline:  # type: ignore[attr-defined]  # a text
            token["refresh_token"] = new_token()
        return token

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Keeps hashes. A refresh token never outlives its family's first day (OP-10)."""
        sign_in, now = request.user.sign_in, clock.now()
        common = {"sign_in": sign_in.id, "client": request.client.client.id, "scope": token["scope"]}
        until = now + dt.timedelta(seconds=rules.ACCESS_SECONDS)
        store.add_token(self.tx, token["access_token"], kind="access", until=until, **common)
        if "refresh_token" in token:
            until = sign_in.at + dt.timedelta(seconds=rules.REFRESH_SECONDS)
            store.add_token(self.tx, token["refresh_token"], kind="refresh", until=until, **common)

    def create_oauth2_request(self, request: Asked) -> Asked:
        """Requests come as ours already."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Reply:
        """Returns a Reply."""
        return Reply(status, body, dict(headers))

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""
