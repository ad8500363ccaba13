"""What Authlib sees of this house: what a client asked, the client, a person as it knows them, a code, a refresh token.

Plain values, nothing of a framework. Source: RFC 6749; the numbers in comments are the traps of the reference.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import OAuth2Payload
from sqlalchemy.engine import Row

from hub.oidc import rules
from hub.oidc.clients import Client
from hub.people.tokens import hash_token


class Pairs(OAuth2Payload):
    """Names and values as they came; the first value of a name counts, and all are known (RFC 6749 section 3.1)."""

    def __init__(self, items: list[tuple[str, str]]) -> None:
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in items:
            self._lists[name].append(value)
        self._first = {name: values[0] for name, values in self._lists.items()}

    @property
    def data(self) -> dict[str, str]:
        """The first value of each name."""
        return self._first

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Every value of each name."""
        return self._lists


class Asked(OAuth2Request):
    """What a client asked; no framework inside. The address is the issuer's, never the Host header's (trap 12)."""

    def __init__(
        self, method: str, uri: str, headers: dict[str, str], query: list[tuple[str, str]], form: list[tuple[str, str]]
    ) -> None:
        super().__init__(method, uri, headers=headers)
        self._query, self._form = Pairs(query), Pairs(form)
        self.payload = Pairs([*query, *form])

    @property
    def args(self) -> dict[str, str]:
        """The query's first values."""
        return self._query.data

    @property
    def form(self) -> dict[str, str]:
        """The form's first values."""
        return self._form.data


@dataclass(frozen=True)
class Reply:
    """What is answered. body: JSON values, or an empty text with a redirect."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Party:
    """A client as Authlib asks it. keys: what it proves itself with (trap 10: hashes)."""

    client: Client
    keys: Any

    @property
    def client_id(self) -> str:
        """Its public name."""
        return self.client.id

    def get_client_id(self) -> str:
        """Its public name, for Authlib."""
        return self.client.id

    def get_default_redirect_uri(self) -> None:
        """There is no default: OpenID Connect wants the address in each request."""

    def check_redirect_uri(self, uri: str) -> bool:
        """Compares byte for byte, query and all (OP-02)."""
        return uri in self.keys.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        """Compares hashes in constant time."""
        kept = self.keys.secret_hash
        return kept is not None and hmac.compare_digest(kept, hash_token(secret))

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """The method it registered, at every endpoint (trap 11). basic and post carry the same secret alike."""
        mine, secret = self.keys.auth_method, ("client_secret_basic", "client_secret_post")
        return method == mine or (method in secret and mine in secret)

    def check_response_type(self, response_type: str) -> bool:
        """Code, and nothing else (OP-01)."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """A code, and refresh tokens where its recipe needs them."""
        return grant_type == "authorization_code" or (grant_type == "refresh_token" and bool(self.keys.offline))

    def get_allowed_scope(self, scope: str | None) -> str:
        """The scopes it is given of those it asked for."""
        return rules.scopes_of(scope, offline=bool(self.keys.offline))


@dataclass(frozen=True)
class Subject:
    """A person as one client knows them (trap 13). sign_in: the row that their tokens hang on."""

    person: str
    sign_in: Row[Any]

    def get_user_id(self) -> str:
        """For Authlib alone; no token holds it."""
        return self.person


@dataclass(frozen=True)
class Code:
    """A code that was just used up."""

    row: Row[Any]
    sign_in: Row[Any]

    @property
    def code_challenge(self) -> str | None:
        """What the verifier must match."""
        found: str | None = self.row.challenge
        return found

    @property
    def code_challenge_method(self) -> str:
        """Always S256 (trap: the library's default is plain)."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return str(self.row.redirect_uri)

    def get_scope(self) -> str:
        """The granted scope."""
        return str(self.sign_in.scope)


@dataclass(frozen=True)
class Refresh:
    """A refresh token that was just used up."""

    row: Row[Any]

    def check_client(self, party: Party) -> bool:
        """It is the client's own."""
        return bool(self.row.client == party.client.id)

    def get_scope(self) -> str:
        """The granted scope."""
        return str(self.row.scope)
