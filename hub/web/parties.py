"""Who authenticators are asked by: this hub, at its one address."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from hub.people.passkeys import Party
from hub.web.context import Asked


def party(asked: Asked) -> Party:
    """Returns the hub as authenticators know it."""
    settings, signer = asked.hub.settings, asked.hub.signer
    return Party(
        urlsplit(settings.url).hostname or "",
        settings.url,
        settings.name,
        partial(signer.sign, "passkey"),
        partial(signer.read, "passkey"),
        partial(signer.sign, "lock"),
    )
