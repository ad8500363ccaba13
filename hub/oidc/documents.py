"""What the provider says of itself: ready bytes. Only what is true is advertised."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from hub.oidc import rules

CLAIMS = (
    "sub", "iss", "aud", "azp", "exp", "iat", "auth_time", "nonce", "sid", "groups", "roles", "warrants", "membership",
    "name", "preferred_username", "email", "email_verified",
)  # fmt: skip


@cache
def discovery(issuer: str) -> tuple[bytes, str]:
    """Returns the description and its ETag. Source: OpenID Connect Discovery section 3, RFC 8414 section 2."""
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oidc/authorize",
        "token_endpoint": f"{issuer}/oidc/token",
        "userinfo_endpoint": f"{issuer}/oidc/userinfo",
        "jwks_uri": f"{issuer}/oidc/jwks.json",
        "registration_endpoint": f"{issuer}/oidc/register",
        "introspection_endpoint": f"{issuer}/oidc/introspect",
        "revocation_endpoint": f"{issuer}/oidc/revoke",
        "pushed_authorization_request_endpoint": f"{issuer}/oidc/par",
        "end_session_endpoint": f"{issuer}/oidc/logout",
        "scopes_supported": list(rules.SCOPES),
        "claims_supported": list(CLAIMS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": list(rules.ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(rules.AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(rules.ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(rules.AUTH_METHODS[:3]),
        "revocation_endpoint_auth_methods_supported": list(rules.AUTH_METHODS),
        # RFC 8414 section 2 wants these two wherever private_key_jwt stands in the lists above.
        "introspection_endpoint_auth_signing_alg_values_supported": list(rules.ALGORITHMS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(rules.ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
    raw = json.dumps(told, separators=(",", ":")).encode("ascii")
    return raw, f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
