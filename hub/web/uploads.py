"""Files that people send about something: taking one out of a form, and giving one to whoever may have it.

A page that takes a file has a form of enctype multipart/form-data, and a route made by post_file, of the level
"session": cleaning takes seconds, in which no unit of work may be open, and neither a page that asks for a passkey
nor a draft can carry a file along. What is signed names the file that was sent before.

    take_upload(asked, "file", about)   in the route's handler: cleans and keeps it; a mistake stands beside the field
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub import files
from hub.errors import Invalid, RuleViolation, TooLarge
from hub.files import Clean, Opened, Shelf
from hub.files.kinds import WHY_NOT
from hub.web.context import Answer, Asked
from hub.web.handling import write_twice
from hub.web.middleware import CONTENT_SECURITY_POLICY
from hub.web.texts import _

GIVEN = "/given/"
"""Where the address aside has files; nothing else is there."""
RUN_OUT = _("This link works for a minute only. Go back to the page where the file is named, and open it from there.")


def take_upload(asked: Asked, field: str, about: str) -> str:
    """Cleans and keeps the file of a form's field; returns its id. That the actor may send one, the caller has asked.

    about: an id of what it belongs to. Opens its own unit of work. Raises Invalid and TooLarge for a file that is not
    taken, beside the field; nothing is kept then.
    """
    name, cleaned = cleaned_upload(asked, field)

    def work(tx: Connection) -> str:
        try:
            return files.keep(tx, shelf(asked), cleaned, about=about, name=name, actor=asked.actor)
        except RuleViolation as why:
            raise Invalid({field: why.sentence}) from why

    return write_twice(asked.hub.db, work)


def cleaned_upload(asked: Asked, field: str) -> tuple[str, Clean]:
    """Returns what the sender called a file, and the clean file: for whoever keeps it together with something else."""
    sent = asked.sent.get(field)
    if sent is None:
        raise Invalid({field: _("Choose a file.")})
    if sent.is_too_large:
        raise TooLarge({field: WHY_NOT["large"]})
    raw = bytes(sent.raw)
    sent.raw.clear()
    try:
        return sent.name, files.clean(raw, sent.media)
    except RuleViolation as why:
        raise Invalid({field: why.sentence}) from why


def show(asked: Asked) -> Answer:
    """GET /evidence/{file}: a file, to be saved and never shown here, for whoever may have it; else nothing.

    A hub with an address aside sends there whoever may, once the look is noted and the file is known to open.
    """
    opened = files.read(asked.tx, shelf(asked), asked.params["file"], actor=asked.actor)
    aside = asked.hub.settings.aside
    if not aside:
        return _to_be_saved(opened)
    return Answer(303, headers={"Location": aside + GIVEN + asked.hub.signer.sign("file", opened.file.id)})


def give(asked: Asked) -> Answer:
    """GET /given/{token}, at the address aside: the file, for whoever was let through in the last minute.

    No cookie is asked for: a browser has none of ours here.
    """
    name = asked.hub.signer.read("file", asked.params["token"])
    if name is None:
        return Answer(410, RUN_OUT.encode(), media="text/plain; charset=utf-8")
    return _to_be_saved(files.read_again(asked.tx, shelf(asked), name))


def _to_be_saved(opened: Opened) -> Answer:
    headers = {
        "Content-Disposition": files.attachment(opened.file.name),
        "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Answer(body=opened.raw, media=opened.file.media, headers=headers)


def shelf(asked: Asked) -> Shelf:
    """Returns where this hub keeps such files."""
    return Shelf(asked.hub.settings.evidence)
