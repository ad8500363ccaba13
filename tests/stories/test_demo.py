"""The demo's own command: served within a minute, and what it prints is enough to be somebody."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stories.conftest import Person, Served, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ROOT = Path(__file__).resolve().parents[2]


def test_demo_serves_within_a_minute_whoever_it_says(browser, tmp_path):
    folder, port = tmp_path / "demo", free_port()
    command = [sys.executable, "-m", "hub.cli.main", "demo", "--data", str(folder), "--port", str(port)]
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        wait_for(f"http://localhost:{port}/healthz", seconds=60)
        seconds = time.monotonic() - begun
        printed = ""
        while "Stop with Ctrl-C" not in printed:
            printed += process.stdout.readline()
        number, postcode, nickname = re.search(r"(\d{7})  (\S+ \S+)  (\w+) +organises", printed).groups()
        page = browser.new_context(java_script_enabled=False).new_page()
        person = Person(Served(folder, f"http://localhost:{port}", None, process), page)
        person.go("/join")
        person.type(number=number, postcode=postcode)
        person.press("Continue")
        code = code_on_the_mail_page(person)
        person.go("/join/code")
        person.type(code=code)
        person.press("Continue")
        shown = page.inner_text("header")
        page.context.close()
    finally:
        process.terminate()
        process.communicate(timeout=30)

    assert seconds < 60
    assert nickname in shown


def code_on_the_mail_page(person: Person) -> str:
    """Opens /dev/mail until the code is there, as somebody would."""
    for _ in range(60):
        person.go("/dev/mail")
        found = re.search(r"\b([0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4})\b", person.reads())
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError("no code came")
