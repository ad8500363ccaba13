"""The headers that every answer carries, whoever made it; added in the last step before it leaves."""

from __future__ import annotations

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


def dressed(settings: Settings, answer: Answer) -> dict[str, str]:
    """Returns all headers of an answer but its cookies and length: what it says itself goes before what all say."""
    secure = OVER_HTTPS if settings.secure else {}
    return {**EVERYWHERE, **secure, **answer.headers, "Content-Type": answer.media}
