"""A peer of tests.bench.provider: Canaille on SQLite, in its own environment.

Made generous: SQLite is in WAL (synchronous stays FULL, its default), consent was given. Run once to make the store; it
prints cookies of members who are signed in: many, because two tokens for one member in the same second are the same
text to Canaille, which its store then refuses.
"""

import datetime as dt
import json
import os
import sqlite3
import sys

from canaille import create_app

HERE = os.path.dirname(os.path.abspath(__file__))
ASKED_AT, SECRET = "https://forum.test/oidc/callback", "a-secret-of-a-bench-that-is-long-enough"
MEMBERS = 60

with open(os.path.join(HERE, "key.json"), encoding="ascii") as file:
    KEY = json.load(file)
application = create_app(
    {
        "SECRET_KEY": "a bench has no secrets",
        "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{HERE}/peer.db"},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [KEY]},
        "CANAILLE": {"LOGGING": {"version": 1}},
    }
)


def fill():
    """Makes a client, and members who consented and are signed in."""
    from canaille.app import models

    sqlite3.connect(os.path.join(HERE, "peer.db")).execute("PRAGMA journal_mode=WAL")
    now, backend = dt.datetime.now(dt.UTC), application.backend.instance
    with application.app_context(), backend.session():
        forum = models.Client(
            client_id="forum",
            client_secret=SECRET,
            client_name="Forum",
            client_uri="https://forum.test",
            client_id_issued_at=now,
            redirect_uris=[ASKED_AT],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            scope=["openid", "profile", "offline_access"],
            token_endpoint_auth_method="client_secret_basic",
            id_token_signed_response_alg="RS256",
        )
        backend.save(forum)
        forum.audience = [forum]
        backend.save(forum)
        for number in range(MEMBERS):
            name = f"anna{number}"
            anna = models.User(user_name=name, formatted_name=name, family_name=name, emails=[f"{name}@forum.test"])
            backend.save(anna)
            consent = models.Consent(
                consent_id=name, client=forum, subject=anna, scope=list(forum.scope), issue_date=now
            )
            backend.save(consent)
            told = {"sessions": [{"user": anna.id, "last_login_datetime": now.isoformat()}]}
            cookie = application.session_interface.get_signing_serializer(application).dumps(told)
            sys.stdout.write(f"{application.config['SESSION_COOKIE_NAME']}={cookie}\n")


if __name__ == "__main__":
    fill()
