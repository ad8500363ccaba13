"""Sending: the matcher's own templates, its own mail server, no word of an organisation or a membership in a header.

A letter that cannot be sent is tried again, later and later, and dropped after some hours: it stands under /me/notices.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import jinja2

from hub import clock
from hub.matcher.settings import MatcherSettings
from hub.places import templates_folder

SUBJECTS = {"code": "Your code"}
USUAL_SUBJECT = "Something for you to look at"


class Post:
    """Renders and sends. folder outgoing/ takes .eml files where no mail server is named."""

    def __init__(self, settings: MatcherSettings) -> None:
        self.settings = settings
        loader = jinja2.FileSystemLoader(templates_folder() / "letters")
        self.templates = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  # plain text

    def render(self, template: str, to: str, params: Mapping[str, str]) -> EmailMessage:
        """Returns a letter, text first and only."""
        text = self.templates.get_template(f"{template}.txt").render(url=self.settings.hub_url, **params)
        return self.compose(to, SUBJECTS.get(template, USUAL_SUBJECT), text)

    def compose(self, to: str, subject: str, text: str) -> EmailMessage:
        """Returns a mail under this sender's name."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.settings.sender, to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = make_msgid(domain=self.settings.sender.rpartition("@")[2] or "localhost")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        return mail

    def send(self, mail: EmailMessage) -> None:
        """Sends a letter. Raises OSError or smtplib.SMTPException when it cannot be sent now."""
        if not self.settings.smtp_host:
            self._write(mail)
            return
        with smtplib.SMTP(self.settings.smtp_host, self.settings.smtp_port, timeout=30) as server:
            if self.settings.smtp_user:
                server.starttls()
                server.login(self.settings.smtp_user, (self.settings.keys / "smtp").read_text().strip())
            server.send_message(mail)

    def note(self, why: str) -> None:
        """Demo only: says on the page of letters why no code was sent."""
        if self.settings.explain:
            name = clock.now().strftime("%Y%m%dT%H%M%S%f")
            self._place(f"{name}.txt").write_text(why + "\n", encoding="utf-8")

    def _write(self, mail: EmailMessage) -> None:
        name = clock.now().strftime("%Y%m%dT%H%M%S%f")
        path = self._place(f"{name}.eml")
        draft = path.with_suffix(".draft")
        draft.write_bytes(bytes(mail))
        draft.rename(path)

    def _place(self, name: str) -> Path:
        self.settings.outgoing.mkdir(parents=True, exist_ok=True)
        return self.settings.outgoing / name
