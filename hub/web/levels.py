"""The one table of levels: which proof of who somebody is each route needs (AU-02). A route that is not here fails.

public    nobody has to sign in
short     the ten minutes after a code will do, where the account has a passkey (AU-03)
session   a full sign-in
fresh     a passkey of the last five minutes: what changes contacts, clients or another's data
signed    what changes power: an office-holder's passkey signs the very act (AU-10); where nobody has to sign, as fresh
own       programs, which prove themselves to the handler
"""

from __future__ import annotations

from hub.web.access import Level

_TABLE: dict[Level, str] = {
    "public": """
        GET /
        GET /branches/{branch}
        GET /branches/{branch}/power
        GET /branches/{branch}/rules
        GET /groups/{group}
        GET /groups/{group}/channels
        GET /channels
        GET /channels/{link}
        GET /groups/{group}/power
        GET /groups/{group}/closure
        GET /power
        GET /elections/{act}
        GET /ballots
        GET /ballots/{ballot}
        GET /ballots/{ballot}/count
        GET /ballots/{ballot}/tracker
        GET /branches/{branch}/boundary
        GET /council
        GET /record
        GET /record/{index}
        GET /rules
        GET /petitions/{act}
        GET /emergencies
        GET /emergencies/{act}
        GET /hidings/{act}
        GET /freezes/{act}
        GET /draws/{act}
        GET /fork
        GET /join
        POST /join
        GET /join/code
        POST /join/code
        POST /join/vouched
        GET /join/letter
        POST /join/letter
        GET /account/lock/{token}
        POST /account/lock/{token}
        POST /account/lock/{token}/stop
        GET /oidc/authorize
        GET /oidc/logout
        POST /oidc/goodbye
        GET /log/checkpoint
        GET /log/tile/{tile:path}
        GET /openings/{name}
        GET /files/{sha256}
        GET /charter/{name}
        GET /state.json
        GET /config.json
        GET /constitution.toml
        GET /source.tar.gz
        GET /static/{name}
        GET /favicon.ico
        GET /healthz
        GET /readyz
        GET /dev/mail
        GET /dev/clock
        POST /dev/clock
        GET /dev/errors
        GET /dev/errors/{status}
        GET /dev/look
    """,
    "short": """
        GET /sign-in
        POST /sign-in/passkey
        POST /sign-in/passkey/answer
        POST /sign-in
        GET /sign-out
        POST /sign-out
        GET /account/recovery
        POST /account/recovery
        POST /account/recovery/letter
        POST /account/recovery/passkey
        POST /account/recovery/stop
        POST /account/recovery/finish
        GET /me
        GET /me/notices
    """,
    "session": """
        GET /branches/new
        GET /branches/{branch}/groups/new
        GET /branches/{branch}/groups/new/about
        GET /branches/{branch}/groups/new/joining
        GET /branches/{branch}/groups/new/links
        POST /branches/{branch}/groups/new/about
        POST /branches/{branch}/groups/new/joining
        POST /branches/{branch}/groups/new/links
        POST /branches/{branch}/groups/new/links/removal
        GET /groups/{group}/join
        POST /groups/{group}/memberships
        POST /groups/{group}/departure
        GET /groups/{group}/requests
        GET /groups/{group}/links
        GET /groups/{group}/sites
        GET /groups/{group}/settings
        GET /groups/{group}/sites/new
        GET /groups/{group}/sites/{client}
        GET /groups/{group}/sites/{client}/preview
        GET /groups/{group}/sites/{client}/stop
        GET /groups/{group}/offices/{grant}/withdrawal
        GET /offices/{grant}/resignation
        GET /offices/{grant}/recall
        GET /acts/{act}/hold
        GET /rules/amendments/new
        GET /emergencies/new
        GET /groups/{group}/freezes/new
        GET /branches/{branch}/freezes/new
        GET /hide/{kind}/{target}
        GET /elections/{act}/stand
        GET /elections/{act}/withdrawal
        GET /ballots/{ballot}/vote
        POST /ballots/{ballot}/vote
        POST /ballots/{ballot}/check
        GET /ballots/{ballot}/change
        GET /ballots/{ballot}/roll
        GET /invitations/{token}
        GET /join/name
        POST /join/name
        GET /join/done
        GET /account
        GET /account/name
        POST /account/name
        GET /account/passkeys
        POST /account/passkeys/new
        POST /account/passkeys
        GET /vouch
        POST /account/sessions/end
        POST /account/sessions/{session}/end
        GET /draws/{act}/seat
        GET /me/draws
        POST /me/draws
        GET /me/sites
        POST /me/sites/{client}/withdrawal
        GET /me/looks
        GET /me/export
        GET /oidc/consent
        POST /oidc/consent
        POST /oidc/refusal
        POST /oidc/address
        POST /oidc/address/code
    """,
    "fresh": """
        POST /ballots/{ballot}/papers
        POST /ballots/{ballot}/changes
        POST /elections/{act}/roll
        POST /draws/{act}/refusal
        POST /draws/{act}/objections
        POST /offices/{grant}/recall
        POST /acts/{act}/hold
        POST /petitions/{act}/signatures
        POST /petitions/{act}/signatures/withdrawal
        POST /rules/amendments
        POST /branches/{branch}/invitations
        POST /groups/{group}/invitations
        POST /groups/{group}/requests/{request}/acceptance
        POST /groups/{group}/requests/{request}/refusal
        POST /groups/{group}/links/{link}/kept
        POST /groups/{group}/channels/{link}/proof
        POST /groups/{group}/channels/{link}/look
        POST /groups/{group}/channels/{link}/entity
        POST /groups/{group}/sites/{client}/secret
        POST /groups/{group}/sites/{client}/registration
        POST /groups/{group}/sites/{client}/back-channel
        POST /account/passkeys/another
        POST /vouch
    """,
    "signed": """
        POST /branches
        POST /branches/{branch}/confirmation
        POST /branches/{branch}/objection
        POST /branches/{branch}/groups/new
        POST /groups/{group}/confirmation
        POST /groups/{group}/objection
        POST /groups/{group}/links
        POST /groups/{group}/links/{link}/withdrawal
        POST /groups/{group}/channels/{link}/confirmation
        POST /groups/{group}/sites
        POST /groups/{group}/sites/{client}/stop
        POST /groups/{group}/settings
        POST /groups/{group}/closure
        POST /closures/{act}/confirmation
        POST /closures/{act}/objection
        POST /branches/{branch}/rules
        POST /branch-rules/{act}/confirmation
        POST /branch-rules/{act}/objection
        POST /settings/{act}/confirmation
        POST /settings/{act}/objection
        POST /sites/{act}/confirmation
        POST /sites/{act}/objection
        POST /groups/{group}/appointments
        POST /groups/{group}/offices/{grant}/withdrawal
        POST /acts/{act}/confirmation
        POST /acts/{act}/objection
        POST /offices/{grant}/resignation
        POST /petitions/{act}/reply
        POST /acts/{act}/ballot
        POST /groups/{group}/freezes
        POST /branches/{branch}/freezes
        POST /freezes/{act}/end
        POST /freezes/{act}/withdrawal
        POST /emergencies
        POST /emergencies/{act}/confirmation
        POST /emergencies/{act}/objection
        POST /emergencies/{act}/extension
        POST /hide/{kind}/{target}
        POST /hidings/{act}/confirmation
        POST /hidings/{act}/objection
        POST /hidings/{act}/restoration
        POST /draws/{act}/readings
        POST /draws/{act}/judgements
        POST /draws/{act}/acceptance
        POST /elections/{act}/candidacies
        POST /elections/{act}/withdrawal
        POST /elections/{act}/confirmation
        POST /elections/{act}/objection
        POST /branches/{branch}/boundaries/{proposal}
        POST /council/areas/{proposal}/confirmation
        POST /invitations/{token}
        POST /account/passkeys/{passkey}/record
        POST /account/keys/{key}/withdrawal
        POST /account/passkeys/{passkey}/remove
    """,
    "own": """
        GET /.well-known/openid-configuration
        GET /.well-known/oauth-authorization-server
        GET /oidc/jwks.json
        POST /oidc/authorize
        POST /oidc/token
        GET /oidc/userinfo
        POST /oidc/userinfo
        POST /oidc/introspect
        POST /oidc/revoke
        POST /oidc/par
        POST /oidc/register
        GET /oidc/register/{client}
        DELETE /oidc/register/{client}
        POST /oidc/logout
        OPTIONS /.well-known/openid-configuration
        OPTIONS /.well-known/oauth-authorization-server
        OPTIONS /oidc/jwks.json
        OPTIONS /oidc/token
        OPTIONS /oidc/userinfo
        OPTIONS /oidc/revoke
        GET /.well-known/openid-federation
        GET /federation/fetch
        GET /federation/list
        GET /federation/trust-mark
        GET /federation/trust-marked
        POST /federation/trust-mark-status
        GET /federation/historical-keys
    """,
}

LEVELS: dict[tuple[str, str], Level] = {
    (line.split()[0], line.split()[1]): level for level, lines in _TABLE.items() for line in lines.strip().splitlines()
}
"""(method, path) to its level."""
