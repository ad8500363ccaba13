"""Demo only: the letters that were sent and why some were not, a clock that can be moved, and every error page.

On a hub that is no demo, nothing of this is there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from hub import clock
from hub.ballots import elections, letters
from hub.draws import ticking as draws
from hub.errors import NotFound
from hub.groups import membership
from hub.web import problems
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

MOST_LETTERS = 60
STEPS = {
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
    "week": dt.timedelta(days=7),
    "fortnight": dt.timedelta(days=14),
    "half-year": dt.timedelta(days=180),
}
LONGEST = 60 * 24 * 365  # minutes
SAMPLES = {
    400: "Something in it is no text. Type it again by hand.",
    403: "Nobody gave you the power to do this here, or its term is over.",
    404: "There is nothing at this address.",
    409: "Somebody changed the same thing at the same moment. Look again, and try again.",
    413: "A form may hold 64 kilobytes. Send less.",
    422: "A group has two to seven organisers. It already has seven.",
    429: "Too many tries. Wait an hour and try again.",
    500: "Nothing was changed. Go back and try again.",
    503: "Nothing was changed. Wait a minute and try again.",
}


@dataclass(frozen=True)
class Shown:
    """A letter, or a reason why none was sent. code: what it carries, if it does."""

    at: dt.datetime
    to: str
    subject: str
    text: str
    code: str
    why: str


def show_mail(asked: Asked) -> Answer:
    """GET /dev/mail: newest first."""
    _only_in_a_demo(asked)
    folder = asked.hub.settings.matcher / "outgoing"
    paths = sorted((path for path in folder.glob("*.*") if path.suffix in (".eml", ".txt")), reverse=True)
    return page(asked, "dev/mail.html", letters=[_read(path) for path in paths[:MOST_LETTERS]])


def show_clock(asked: Asked) -> Answer:
    """GET /dev/clock."""
    _only_in_a_demo(asked)
    return page(asked, "dev/clock.html", now=clock.now(), ahead=dt.timedelta(seconds=_ahead(asked)))


def move_clock(asked: Asked) -> Answer:
    """POST /dev/clock: time goes on, never back, and what it brings about happens at once."""
    _only_in_a_demo(asked)
    step = asked.form.one("step")
    if step not in STEPS:
        reader = Reader(asked.form)
        missing = _("Enter a number of minutes from 1 to %d") % LONGEST
        minutes = reader.number("minutes", missing=missing, least=1, most=LONGEST)
        reader.done()
    forward = STEPS.get(step) or dt.timedelta(minutes=minutes)
    seconds = _ahead(asked) + int(forward.total_seconds())
    path = asked.hub.settings.clock
    draft = path.with_name(f".{path.name}")
    draft.write_text(f"{seconds}\n", encoding="ascii")
    draft.replace(path)
    with asked.hub.db.write() as tx:
        while elections.tick(tx) + draws.tick(tx):
            pass
        letters.remind(tx)
        membership.accept_silent_requests(tx)
    return see_other("/dev/clock", _("The clock was moved, and what was due has happened."))


def show_errors(asked: Asked) -> Answer:
    """GET /dev/errors: the list of error pages."""
    _only_in_a_demo(asked)
    return page(asked, "dev/errors.html", samples=sorted(SAMPLES), titles=problems.TITLES)


def show_error(asked: Asked) -> Answer:
    """GET /dev/errors/{status}: one of them."""
    _only_in_a_demo(asked)
    said = asked.params["status"]
    if said == "code":
        return page(asked, "errors/code_too_old.html", status=403, sentence=_("Acts of office need a recent code."))
    if not said.isascii() or not said.isdecimal() or len(said) != 3 or int(said) not in SAMPLES:
        raise NotFound
    reference = "8F3A11C0" if said == "500" else ""
    return problems.problem(asked, int(said), "dev.sample", SAMPLES[int(said)], reference=reference)


def show_look(asked: Asked) -> Answer:
    """GET /dev/look: every component on one page."""
    _only_in_a_demo(asked)
    asked.mistakes = {"sample_mistake": _("Enter a name for the group")}
    return page(asked, "dev/look.html", status=201, now=clock.now())


def _only_in_a_demo(asked: Asked) -> None:
    if not asked.hub.settings.demo:
        raise NotFound


def _ahead(asked: Asked) -> int:
    try:
        return int(asked.hub.settings.clock.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _read(path: Path) -> Shown:
    at = dt.datetime.strptime(path.stem[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=dt.UTC)
    if path.suffix == ".txt":
        return Shown(at, "", "", "", "", path.read_text(encoding="utf-8").strip())
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    code = next((line.strip() for line in text.splitlines() if line.startswith("    ")), "")
    return Shown(at, str(mail["To"]), str(mail["Subject"]), text, "" if "/" in code else code, "")
