"""Membership receipts: a member takes one; anybody looks at one, and adds the proof that it was counted."""

from __future__ import annotations

import json
from typing import Any

from hub import clock
from hub.errors import Invalid
from hub.receipts import actions, days, queries, rules, text
from hub.receipts.rules import Checked
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page
from hub.web.texts import _

NAME = "membership-receipt.txt"


def show(asked: Asked) -> Answer:
    """GET /me/receipt: what a receipt is, what it shows, and to whom."""
    return page(asked, "me/receipt.html", days=text.DAYS, most=rules.MOST_A_DAY)


def take(asked: Asked) -> Answer:
    """POST /me/receipt: the receipt, as a file. It is not kept here."""
    read = Reader(asked.form)
    shows = frozenset(name for name in text.SHOWN if read.tick(name))
    bound = _key(read.text("key", most=1000))
    read.done()
    found = actions.take(
        asked.tx, actor=asked.actor, issuer=asked.hub.settings.url, keys=asked.hub.federation, shows=shows, bound=bound
    )
    return _file(text.format_file(found, None))


def ask(asked: Asked) -> Answer:
    """GET /receipts: where anybody looks at a receipt."""
    return page(asked, "receipts/show.html", checked=None, known=False, file="")


def check(asked: Asked) -> Answer:
    """POST /receipts: what a receipt says and whether it holds, or the same receipt with its proof."""
    read = Reader(asked.form)
    file = read.text("receipt", missing=_("Paste a receipt here"), most=text.LONGEST, lines=True)
    read.done()
    checked = queries.check(asked.tx, file, asked.hub.settings.files, clock.now(), must_be_counted=False)
    proved = _proved(asked, file, checked)
    if proved is not None and read.tick("proof"):
        return _file(proved)
    return page(asked, "receipts/show.html", checked=checked, known=proved is not None, file=file)


def _proved(asked: Asked, file: str, checked: Checked) -> str | None:
    """Returns the receipt's file with the proof that it was counted, where it was."""
    if checked.receipt is None or checked.hub is None or checked.counted != "yes":
        return None
    day = checked.hub.days[checked.receipt.day.isoformat()]
    proof = days.prove(day.entry, day.digests, checked.receipt.digest) if day.digests else checked.receipt.proof
    compact = file.replace("\r\n", "\n").strip().partition("\n\n")[0]
    return text.format_file("".join(compact.split()), proof)


def _file(file: str) -> Answer:
    headers = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Answer(body=file.encode("ascii"), media="text/plain; charset=utf-8", headers=headers)


def _key(typed: str) -> dict[str, Any] | None:
    """Reads the public key that a browser made. Raises Invalid for anything else than one on P-256."""
    if not typed:
        return None
    try:
        return text.public_key(json.loads(typed))
    except (ValueError, RecursionError) as problem:
        raise Invalid({"key": _("This browser's key cannot be read. Take the receipt without one.")}) from problem
