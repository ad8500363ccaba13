"""hub monitor: follow a hub's record from outside, be told what touches a branch, and hear the alarm."""

from __future__ import annotations

import re
import shlex
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from hub.cli.log import FINGERPRINT, JSON, KEY, fingerprint_given, given, key_of_place
from hub.cli.outcome import facts, outcomes
from hub.clock import DAY, now
from hub.ledger import catalogue, files
from hub.matcher import settings as matcher_settings
from hub.matcher.post import Post
from hub.mirror.pins import Fingerprints, known_logs
from hub.mirror.sources import Source, Unreachable, source_of
from hub.monitor.telling import since
from hub.monitor.watch import Look, Watch
from hub.tlog.hashes import format_base64
from hub.web.sentences import tell

EVERY = 300.0  # seconds between two looks
LARGEST = 1 << 16
ALARM, NEWS = 3, 0
EVERYBODY = "all"
Teller = Callable[[str, str], bool]
"""(subject, text) to whether it went out."""


@click.command()
@click.argument("url")
@click.option("--branch", metavar="SLUG", help="Tell only what touches this branch, or everybody.")
@click.option(
    "--with", "others", multiple=True, metavar="URL|FILE", help="Compare with a mirror, or a checkpoint sent."
)
@click.option("--mail", metavar="ADDRESS", help="Mail it, by the mail settings of the matcher in --data.")
@click.option("--data", type=click.Path(path_type=Path), default=".", help="The hub's folder that --mail goes by.")
@click.option("--run", "command", metavar="COMMAND", help="Run this, with the text on its standard input.")
@click.option("--once", is_flag=True, help="Look once, for cron. Ends with 3 at an alarm.")
@click.option("--every", type=click.FloatRange(min=1), default=EVERY, show_default=True, help="Seconds between looks.")
@KEY
@FINGERPRINT
@JSON
def monitor(
    url: str, branch: str | None, others: tuple[str, ...], mail: str | None, data: Path, command: str | None,
    once: bool, every: float, key: str | None, fingerprint: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Follow the hub at URL (or a folder): verify all of its record, and say what is new.

    An alarm is a second history, a record that went back or does not hold, a checkpoint older than a day, or entries
    that others were shown and you were not. What was seen is kept in your state folder.
    """
    catalogue.load()
    first = fingerprint_given(fingerprint)
    with outcomes(), closing(source_of(url)) as source:
        first = first or Fingerprints(known_logs()).of_address(source.name)
        watch = Watch(_home(source.name), source, given(key) or key_of_place(url), first)
        tellers = [_mailer(data, mail)] if mail else []
        tellers += [_runner(command)] if command else []
        reader = _Reader(watch, branch, others, tellers, as_json)
        while True:
            code = reader.look(patient=not once)
            if once or code == ALARM:
                break
            time.sleep(every)
    sys.exit(code)


@dataclass
class _Reader:
    """Whoever asked. others: addresses or files to compare with; tellers: where news go besides the terminal."""

    watch: Watch
    branch: str | None
    others: tuple[str, ...]
    tellers: list[Teller]
    as_json: bool

    def look(self, *, patient: bool) -> int:
        """Looks once and tells; returns the exit code.

        patient: goes on where nothing answers, an alarm may pass, or whoever types the same looks at this moment.
        """
        try:
            found, news = self._look()
        except (Unreachable, files.Held) as problem:
            if not patient:
                raise
            click.echo(f"{str(problem).rstrip('.')}. Looking again later.", err=True)
            return NEWS
        self._show(found, news)
        if self._send(found, news) and found.head is not None:
            self.watch.tell(self.branch or EVERYBODY, found.head.size)
        if patient:
            return ALARM if any(alarm.is_final for alarm in found.alarms) else NEWS
        return ALARM if found.alarms else NEWS

    def _look(self) -> tuple[Look, list[str]]:
        sources: list[Source] = []
        for other in self.others:
            if Path(other).is_file():
                self.watch.take(files.read(other, LARGEST) or b"")
            else:
                sources.append(source_of(other))
        found = self.watch.look(sources)
        for source in sources:
            source.close()
        return found, self._news(found)

    def _news(self, found: Look) -> list[str]:
        """Says what happened since the last look; at the first there is no last."""
        if found.head is None:
            return []
        told, size = self.watch.told(self.branch or EVERYBODY), found.head.size
        return [] if told is None or told >= size else since(self.watch.mirror, told, size, self.branch, tell)

    def _show(self, found: Look, news: list[str]) -> None:
        head = found.head
        if self.as_json or found.alarms or news:
            facts(
                {
                    "origin": head.origin if head else "",
                    "size": head.size if head else 0,
                    "root": format_base64(head.root) if head else "",
                    "alarms": [alarm.sentence for alarm in found.alarms],
                    "news": news,
                    "notes": found.notes,
                    "evidence": str(self.watch.home / "evidence") if found.alarms else "",
                    "checkpoint": str(self.watch.mirror / "log/checkpoint"),
                },
                self.as_json,
            )

    def _send(self, found: Look, news: list[str]) -> bool:
        """Hands it on; tells whether it went out, for what did not is told again."""
        fresh = [alarm.sentence for alarm in found.alarms if self.watch.is_fresh(alarm, now() - DAY)]
        text = "".join(f"{line}\n" for line in [*fresh, *news])
        subject = f"{'ALARM: ' if fresh else ''}the record of {self.watch.source.name}"
        went = [teller(subject, text) for teller in self.tellers if text]
        return all(went)


def _home(name: str) -> Path:
    return known_logs().with_name("monitor") / re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_")


def _mailer(data: Path, address: str) -> Teller:
    try:
        post = Post(matcher_settings.load(data / "matcher"))
    except (OSError, ValueError) as problem:
        raise click.UsageError(
            f"--mail: {data} has no mail settings. Name a hub's folder with --data, or a mail program with --run."
        ) from problem

    def send(subject: str, text: str) -> bool:
        try:
            post.send(post.compose(address, subject, text))
        except (OSError, smtplib.SMTPException) as problem:
            click.echo(f"The mail could not be sent: {problem}", err=True)
            return False
        return True

    return send


def _runner(command: str) -> Teller:
    words = shlex.split(command)
    if not words:
        raise click.UsageError("--run: no command.")

    def run(subject: str, text: str) -> bool:
        try:
            done = subprocess.run(
                words, input=f"{subject}\n\n{text}", text=True, check=False
            )  # typed by whoever runs this
            fault = f"ended with {done.returncode}" if done.returncode else ""
        except OSError as problem:
            fault = str(problem)
        if fault:
            click.echo(f"{words[0]}: {fault}", err=True)
        return not fault

    return run
