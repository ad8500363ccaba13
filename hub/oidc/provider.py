"""The adapter between Authlib's protocol core and this house: one Provider for each request, bound to one unit of work.

Authlib sees an ``Asked`` (what the client sent), a ``Party`` (the client) and a ``Subject`` (a person as this client
knows them), and gives a ``Reply``. Nothing global, nothing of a framework. Source: RFC 6749, 7636, 9207, OpenID
Connect Core 1.0; the numbers in comments are the traps of the reference, each met by running it.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, OAuth2Payload
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants.code import OpenIDCode, OpenIDToken
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.oidc import claims, clients, rules, store
from hub.oidc.clients import Client
from hub.oidc.keys import ProviderKeys
from hub.people.tokens import hash_token, new_token

METHODS = list(rules.AUTH_METHODS)


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


class Challenge(CodeChallenge):
    """S256 only; demanded of every client but a recorded exception that keeps a secret."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012  # the library's own shape

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuses a request without a challenge, or with another method than S256, before anybody signs in."""
        super().validate_code_challenge(grant, redirect_uri)
        data, party = grant.request.payload.data, grant.request.client
        needed = party.client.pkce or party.keys.auth_method == "none"
        if needed and not data.get("code_challenge"):
            raise InvalidRequestError("This client must send a code_challenge.")
        if data.get("code_challenge") and data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")


class _IdToken(OpenIDToken):
    """Signs ID tokens: once, with a key that is kept ready, dated by the house's clock."""

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        """Returns the ID token that goes with an access token. Claims stand in it as they do in userinfo."""
        subject, party, server = request.user, request.client, self.server
        algorithm = party.keys.algorithm
        now = claims.now_seconds()
        found = server.claims_for(subject.person, party, token["scope"])
        told = {
            "iss": server.issuer,
            "aud": party.client.id,
            "azp": party.client.id,
            "iat": now,
            "exp": now + rules.ACCESS_SECONDS,
            "auth_time": auth_time(subject.sign_in),
            "sid": subject.sign_in.id,
            **found,
        }
        if isinstance(request.authorization_code, Code) and request.authorization_code.row.nonce:
            told["nonce"] = request.authorization_code.row.nonce
        half = create_half_hash(token["access_token"], algorithm)
        if half is not None:
            told["at_hash"] = half.decode("ascii")
        return str(server.keys.sign("JWT", told, algorithm))

    def __init__(self, server: Provider) -> None:
        self.server = server


class _CodeIdToken(_IdToken, OpenIDCode):
    """The same with a code. Prompts are read in asking.py; a nonce that comes twice is a browser's "back" (trap 5)."""

    def __init__(self, server: Provider) -> None:
        _IdToken.__init__(self, server)

    def __call__(self, grant: Any) -> None:
        """Signs after the token response; what OpenIDCode would add at the authorize endpoint is ours already."""
        grant.register_hook("after_create_token_response", self.process_token)


class _CodeGrant(AuthorizationCodeGrant):
    """Codes are made in asking.py, where the member's answer is; here they are used up."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(self, code: str, client: Party) -> Code | None:
        # Used up here, in one statement, before anything else of the request is looked at (trap 6).
        row = store.take_code(self.server.tx, code, client.client.id)
        found = None if row is None else store.sign_in_of(self.server.tx, row.sign_in)
        return None if row is None or found is None else Code(row, found)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is used up already."""

    def authenticate_user(self, authorization_code: Code) -> Subject:
        return Subject(authorization_code.sign_in.person, authorization_code.sign_in)


class _RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh | None:
        row = store.take_refresh(self.server.tx, refresh_token, self.request.client.client.id)
        return None if row is None else Refresh(row)

    def authenticate_user(self, refresh_token: Refresh) -> Subject | None:
        found = store.sign_in_of(self.server.tx, refresh_token.row.sign_in)
        return None if found is None else Subject(found.person, found)

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """It is used up already."""


class _Assertion(JWTBearerClientAssertion):
    """private_key_jwt: RFC 7523 section 3, each assertion once."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, server: Provider) -> None:
        super().__init__()
        self.server = server

    def get_audiences(self) -> list[str]:
        return [self.server.issuer, f"{self.server.issuer}/oidc/token"]

    def resolve_client_public_key(self, client: Party) -> KeySet:
        if not client.keys.jwks:
            raise InvalidClientError(description="This client has no key.")
        return KeySet.import_key_set(client.keys.jwks)

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        try:
            token = jwt.decode(assertion, resolve_key, list(rules.ALGORITHMS))
            self._check(token.claims)
        except InvalidClientError:
            raise
        except Exception as problem:  # a hostile assertion may end in any error of the parser's
            raise InvalidClientError(description="The assertion is not valid.") from problem
        return token.claims

    def _check(self, told: dict[str, Any]) -> None:
        now, party = clock.now(), told.get("sub")
        expires = dt.datetime.fromtimestamp(int(told["exp"]), dt.UTC)
        audience = told["aud"] if isinstance(told["aud"], list) else [told["aud"]]
        fits = (
            told.get("iss") == party
            and set(audience) & set(self.get_audiences())
            and now < expires <= now + dt.timedelta(hours=1)
            and isinstance(told.get("jti"), str)
            and 8 <= len(told["jti"]) <= 200
        )
        if not fits:
            raise InvalidClientError(description="The assertion is not valid.")
        if not store.use_assertion(self.server.tx, f"{party} {told['jti']}", expires):
            raise InvalidClientError(description="The assertion was used before.")

    def __call__(self, query_client: Any, request: OAuth2Request) -> Any:
        try:
            return super().__call__(query_client, request)
        except InvalidClientError:
            raise
        except Exception as problem:  # the same, for what is read before the signature is
            raise InvalidClientError(description="The assertion is not valid.") from problem


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
            self.register_grant(_CodeGrant, [_CodeIdToken(self), Challenge(required=False)])
            self.register_grant(_RefreshGrant, [_IdToken(self)])

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
            self.register_client_auth_method("private_key_jwt", _Assertion(self))
        else:
            methods = [method for method in methods if method != "private_key_jwt"]
        if sum(ways) > 1:
            raise InvalidRequestError("A client proves itself in one way only.")
        found: Party = super().authenticate_client(request, methods, endpoint)
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


def auth_time(sign_in: Row[Any]) -> int:
    """Returns when the member proved who they are: to the hour, and exactly where the site asked (OP-18, trap 4)."""
    moment = int(sign_in.proven_at.timestamp())
    return moment if sign_in.asked.get("auth_time") else moment - moment % 3600
