"""The grants: a code against tokens, a refresh token against the next; S256, ID tokens, assertions signed by clients.

Each is Authlib's, with this house's storage and clock. ``server`` is that of one request (provider.py). Source: RFC
6749 sections 4.1 and 6, RFC 7636, RFC 7523 section 3, OpenID Connect Core sections 3.1.3 and 12.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants.code import OpenIDCode, OpenIDToken
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.oidc import claims, rules, store
from hub.oidc.keys import ProviderKeys
from hub.oidc.parties import Code, Party, Refresh, Subject

METHODS = list(rules.AUTH_METHODS)


class Server(Protocol):
    """What a grant asks of the server of one request: its unit of work, its keys, and what it tells of a person."""

    tx: Connection
    keys: ProviderKeys
    issuer: str

    def claims_for(self, person: str, party: Party, scope: str) -> dict[str, Any]: ...


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


class IdToken(OpenIDToken):
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

    def __init__(self, server: Server) -> None:
        self.server = server


class CodeIdToken(IdToken, OpenIDCode):
    """The same with a code. Prompts are read in asking.py; a nonce that comes twice is a browser's "back" (trap 5)."""

    def __init__(self, server: Server) -> None:
        IdToken.__init__(self, server)

    def __call__(self, grant: Any) -> None:
        """Signs after the token response; what OpenIDCode would add at the authorize endpoint is ours already."""
        grant.register_hook("after_create_token_response", self.process_token)


class CodeGrant(AuthorizationCodeGrant):
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


class RefreshGrant(RefreshTokenGrant):
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


class Assertion(JWTBearerClientAssertion):
    """private_key_jwt: RFC 7523 section 3, each assertion once."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, server: Server) -> None:
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


def auth_time(sign_in: Row[Any]) -> int:
    """Returns when the member proved who they are, as this site is told; the same at every refresh (OP-18, trap 4)."""
    proven, began = int(sign_in.proven_at.timestamp()), int(sign_in.at.timestamp())
    return rules.auth_time(proven, began, exact=bool(sign_in.asked.get("exact")), max_age=sign_in.asked.get("max_age"))
