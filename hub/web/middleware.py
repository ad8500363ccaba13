"""The headers that every answer carries, whoever made it; added in the last step before it leaves."""

from __future__ import annotations

from functools import lru_cache

from hub.settings import Settings
from hub.web.context import Answer

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
EVERYWHERE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would not say which origin a form comes from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cache-Control": "no-store",
}
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


Raw = tuple[bytes, bytes]


def dressed(settings: Settings, answer: Answer) -> list[Raw]:
    """Returns all headers of an answer but its cookies and length: what it says itself goes before what all say."""
    found = dict(_READY[settings.secure])
    for name, value in answer.headers.items():
        found[_key(name)] = value.encode("latin-1")
    found[b"content-type"] = answer.media.encode("latin-1")
    return list(found.items())


@lru_cache(maxsize=256)
def _key(name: str) -> bytes:
    return name.lower().encode("latin-1")


def _raw(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {_key(name): value.encode("latin-1") for name, value in headers.items()}


_READY = {False: _raw(EVERYWHERE), True: _raw({**EVERYWHERE, **OVER_HTTPS})}
