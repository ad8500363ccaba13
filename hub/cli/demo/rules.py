"""The demo's rules: a new hub's, but that an office takes no passkey, as invented members have no devices."""

from __future__ import annotations

from hub.constitution import actions as constitution
from hub.constitution.load import load
from hub.constitution.rules import NUMBER

SAYS = (
    "In this demo an office takes {value} passkeys, because its invented members have no devices. "
    "A new hub's rules say {usual}."
)


def demo_rules() -> str:
    """Returns the constitution of a demo hub, as text; its own sentence says what differs, and why."""
    text = constitution.default_text()
    usual = load(text).numbers[NUMBER]
    lines, inside = [], False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line == f"[numbers.{NUMBER}]"
        key = line.partition(" ")[0] if inside else ""
        said = SAYS.replace("{usual}", str(usual))
        lines.append({"value": "value = 0", "says": f'says = "{said}"'}.get(key, line))
    return "\n".join(lines) + "\n"
