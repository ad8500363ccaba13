"""Trustees, witnesses and charters of tests: seven trustees, three witnesses, keys by their number."""

import dataclasses
import datetime as dt

from hub.charter.text import Charter, format_charter, text_hash
from hub.tlog.note import COSIGNATURE, Signer, format_note
from hub.tlog.policy import Group, Log, Policy, Witness

HUB = "hub.example"
TRUSTEES = [Signer(f"{name}.example", bytes([number]) * 32) for number, name in enumerate("abcdefg", 1)]
LOG = Signer(f"{HUB}/log", b"L" * 32)
WITNESSES = [Signer(f"{name}.example/w", bytes([100 + n]) * 32, COSIGNATURE) for n, name in enumerate("xyz")]
POLICY = Policy(
    (Log(LOG.verifier, f"https://{HUB}/log/"),),
    tuple(Witness(f"w{n}", one.verifier, f"https://w{n}.example") for n, one in enumerate(WITNESSES)),
    (Group("branches", 2, ("w0", "w1", "w2")),),
    "branches",
)
FIRST = Charter(
    hub=HUB,
    version=1,
    previous=None,
    expires=dt.date(2028, 12, 31),
    threshold=3,
    trustees=tuple(one.verifier for one in TRUSTEES[:5]),
    issuer=f"https://{HUB}",
    policy=POLICY,
)


def after(charter, **changes):
    """Returns the charter that follows, with changes."""
    values = {"version": charter.version + 1, "previous": text_hash(format_charter(charter)), **changes}
    return dataclasses.replace(charter, **values)


def keys(*numbers):
    """Returns trustees' public keys by number."""
    return tuple(TRUSTEES[number].verifier for number in numbers)


def note(charter, *numbers):
    """Returns the charter's note, signed by trustees by number."""
    text = format_charter(charter)
    return format_note(text, [TRUSTEES[number].sign(text) for number in numbers])
