"""A peer of tests.bench.provider: django-oauth-toolkit as its documentation sets it up, in its own environment.

Made generous: the client secret is kept plain (hashed as a password is, each token would cost 240 ms more), consent is
skipped, connections are kept, SQLite is in WAL. synchronous is FULL, as ours. Run once to make the store; it prints a
cookie of somebody who is signed in.
"""

import os
import sys

import django
from django.conf import settings

HERE = os.path.dirname(os.path.abspath(__file__))
ASKED_AT, SECRET = "https://forum.test/oidc/callback", "a-secret-of-a-bench-that-is-long-enough"
with open(os.path.join(HERE, "key.pem"), encoding="ascii") as file:
    KEY = file.read()

settings.configure(
    DEBUG=False,
    SECRET_KEY="a bench has no secrets",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(HERE, "peer.db"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": KEY,
        "SCOPES": {"openid": "who", "profile": "name", "offline_access": "stay"},
        "PKCE_REQUIRED": True,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  # needs the settings
from django.urls import include, path  # noqa: E402

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
application = get_wsgi_application()


def fill():
    """Makes the tables, a client and somebody who is signed in."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    Application.objects.create(
        client_id="forum",
        client_secret=SECRET,
        hash_client_secret=False,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=ASKED_AT,
        algorithm="RS256",
        skip_authorization=True,
        name="Forum",
        user=anna,
    )
    visitor = Client()
    visitor.force_login(anna)
    sys.stdout.write(f"sessionid={visitor.cookies['sessionid'].value}\n")


if __name__ == "__main__":
    fill()
