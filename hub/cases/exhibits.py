"""Files of a case: a side sends one, names it in an item, and whoever reads that item opens it. Nobody else does.

A file that no item names is its sender's alone, and goes with the case. Source: security reference WE-08, GO-15.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub import files
from hub.cases import filing, queries, rules, sealed
from hub.errors import Conflict, Invalid, NotFound, RuleViolation
from hub.files import File
from hub.permits import Actor

NOT_WAITING = "The case does not wait for items of yours now."


def insist_on_side(tx: Connection, *, act: str, actor: Actor) -> None:
    """Raises NotFound for who is no side of a case, RuleViolation where the side has nothing to lay before anybody."""
    side = queries.side_of(tx, act, actor.person)
    if side is None or (side == rules.RESPONDENT and not queries.is_case(tx, act)):
        raise NotFound
    if not filing.may_lay(tx, act, side):
        raise RuleViolation("cases.not_waiting", NOT_WAITING)


def sent(tx: Connection, act: str, person: str | None) -> list[File]:
    """Returns the files that somebody sent for a case, in their order."""
    return [one for one in files.files_about(tx, act) if one.person == person]


def insist_on_own(tx: Connection, act: str, person: str | None, sha256: str | None) -> None:
    """Raises Invalid for an item that names a file which its side did not send."""
    if sha256 is not None and sha256 not in {one.sha256 for one in sent(tx, act, person)}:
        raise Invalid({"file": "Select a file that you sent."})


def take_back(tx: Connection, *, act: str, file: str, actor: Actor) -> None:
    """Takes a file back that no item names. Raises NotFound; Conflict where one does. The sweep removes its bytes."""
    mine = {one.id: one for one in sent(tx, act, actor.person)}
    if file not in mine:
        raise NotFound
    if any(one.body["file"] == mine[file].sha256 for one in sealed.read(tx, act).items):
        raise Conflict("cases.file_named", "An item names this file. Take the item off first, if nobody has it yet.")
    files.take_back(tx, file, actor=actor)


def shown(tx: Connection, case: queries.Case) -> dict[str, File]:
    """Returns the files that the items name which the reader of a case sees, by their SHA-256."""
    named = {one.body["file"] for one in case.file.items}
    return {one.sha256: one for one in files.files_about(tx, case.act) if one.sha256 in named}


@files.readers("act")
def reader(tx: Connection, file: File, actor: Actor) -> str | None:
    """Says as what somebody opens a file of a case: as what they read an item that names it, which its side laid."""
    try:
        case = queries.view(tx, file.about, actor.person)
    except NotFound:
        return None
    return case.you if file.sha256 in {one.body["file"] for one in case.file.items} else None
