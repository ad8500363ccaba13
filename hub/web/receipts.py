"""Receipts: of one's office, with the key that claims it on a fork; and of any entry of the record."""

from __future__ import annotations

from hub.errors import Conflict, NotFound
from hub.ledger import writer
from hub.mirror import keeping
from hub.mirror.receipts import format_office_receipt
from hub.permits import claims
from hub.permits.binding import thumbprint
from hub.tlog.receipt import format_receipt
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.me import office_of
from hub.web.pages import page, see_other
from hub.web.texts import _

SEATED = _("You are seated. It stands in the public record. Now keep the office safe.")
TEXT, JSON = "text/plain; charset=utf-8", "application/json"


def show(asked: Asked) -> Answer:
    """GET /offices/{grant}/receipt: makes the key of one's office, or gives the receipt of one that is there."""
    grant = keeping.mine(asked.tx, asked.actor, asked.params["grant"])
    key = claims.key_of(asked.tx, grant.id)
    return page(
        asked, "receipts/office.html", grant=grant, office=office_of(asked, grant), key=key,
        thumbprint=thumbprint(key.public_key) if key else "", receipt=_receipt(asked, grant.id) if key else "",
        anew=bool(asked.query.first("anew")),
    )  # fmt: skip


def register(asked: Asked) -> Answer:
    """POST /offices/{grant}/key: the public half goes into the record; the other one never comes here."""
    reader = Reader(asked.form)
    typed = reader.text("public_key", missing=_("Paste the public key that the command printed"), most=100)
    reader.done()
    grant = keeping.mine(asked.tx, asked.actor, asked.params["grant"])
    keeping.register(asked.tx, grant=grant.id, public_key=typed, actor=asked.actor)
    return see_other(
        f"/offices/{grant.id}/receipt", _("The key of your office stands in the public record. Now save the receipt.")
    )


def file(asked: Asked) -> Answer:
    """GET /offices/{grant}/receipt/file: the receipt without its key, which lies in a file of its own."""
    grant = keeping.mine(asked.tx, asked.actor, asked.params["grant"])
    body = _receipt(asked, grant.id)
    if not body:
        return _waits(asked, f"/offices/{grant.id}/receipt")
    return _download(body.encode(), JSON, "office.receipt")


def proof(asked: Asked) -> Answer:
    """GET /record/{index}/proof: that an entry stands in the log, to be checked by anybody, offline (LG-16)."""
    index = asked.params["index"]
    if not (index.isascii() and index.isdecimal() and len(index) < 16) or int(index) >= writer.size(asked.tx):
        raise NotFound
    try:
        found = keeping.prove(asked.tx, asked.hub.settings.data, int(index))
    except Conflict:
        return _waits(asked, f"/record/{int(index)}")
    return _download(format_receipt(found), TEXT, f"entry-{int(index)}.tlog-proof")


def _receipt(asked: Asked, grant: str) -> str:
    """Returns the receipt's file, or nothing while a part of it is not sealed yet."""
    settings = asked.hub.settings
    try:
        found = keeping.receipt_of(asked.tx, grant=grant, hub=settings.url, folder=settings.data, actor=asked.actor)
    except Conflict:
        return ""
    return format_office_receipt(found).decode()


def _waits(asked: Asked, back: str) -> Answer:
    """Says that it takes a minute: nothing is missing, and nothing went wrong."""
    answer = page(asked, "receipts/waits.html", status=409, back=back)
    answer.headers["Retry-After"] = "60"
    return answer


def _download(body: bytes, media: str, name: str) -> Answer:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Answer(body=body, media=media, headers=headers)
