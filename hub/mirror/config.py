"""/config.json: the settings of a hub that are anybody's business, and enough to run its heir alike.

Addresses of stores, listening ports and the machine's own arrangements stay private.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from hub.settings import Settings

# Every setting is here or in PRIVATE: a test sees to it.
PUBLIC = (
    "name",
    "url",
    "country",
    "body_limit",
    "session_days",
    "session_idle_days",
    "office_hours",
    "passkey_session_hours",
    "passkey_idle_minutes",
    "holder_idle_minutes",
    "handshake_minutes",
    "checkpoint_hours",
    "seats_most",
)
PRIVATE = (
    "data",
    "database",
    "vault",
    "demo",
    "aside",
    "host",
    "port",
    "trusted_proxies",
    "resolvers",
    "second_look",
    "second_resolver",
    "fetch_also",
)
LARGEST = 65_536  # bytes


def format_config(settings: Settings) -> bytes:
    """Writes the public settings, by name, sorted. parse_config gives them back.

    ``networks`` says from how many networks proofs are looked at; by which proxy is nobody else's business.
    """
    values = {name: getattr(settings, name) for name in PUBLIC} | {"networks": settings.networks}
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def parse_config(raw: bytes) -> dict[str, Any]:
    """Reads /config.json; names not known here are left aside. Raises ValueError for any other shape.

    Only the types are looked at: settings.build checks the values when somebody means to use them.
    """
    if len(raw) > LARGEST:
        raise ValueError("config.json is too large")
    try:
        values = json.loads(raw)
    except RecursionError as problem:
        raise ValueError("config.json is nested too deep") from problem
    if not isinstance(values, dict):
        raise ValueError("config.json is no object")
    wanted = {field.name: type(field.default) for field in dataclasses.fields(Settings) if field.name in PUBLIC}
    known = {name: value for name, value in values.items() if name in wanted}
    for name, value in known.items():
        if type(value) is not wanted[name]:
            raise ValueError(f"config.json: {name} has another type")
    return known
