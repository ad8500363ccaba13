"""Takes the pictures of docs/screens from a demo hub: python -m tests.screens. Phone and desk, light and dark.

python -m tests.screens FOLDER takes every page of powers whole, in each of the four ways, for somebody who looks.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from hub import settings as house
from hub.cli.demo import seed_demo
from hub.cli.demo.people import invent
from hub.web.cookies import SESSION, name_of
from tests.screens_of_powers import Page, Town
from tests.stories.conftest import Served, free_port, run_hub, wait_for

SCREENS = Path(__file__).resolve().parents[1] / "docs" / "screens"
PAGES = [
    ("home", "/", ""),
    ("group", "/groups/york-tenants", ""),
    ("power", "/groups/york-tenants/power", ""),
    ("record", "/record", ""),
    ("join", "/join", ""),
    ("fork", "/fork", ""),
]
OF_POWERS = ("branch-power", "recall", "draw", "rules", "ballot-paper", "ballot-result", "decision-result")
WAYS = [(390, "light", False), (1280, "dark", True)]
EVERY_WAY = [(390, "light", False), (390, "dark", True), (1280, "light", True), (1280, "dark", False)]


def take(hub: Served, browser: Any, town: Town, pages: list[Page], ways: list[Any], folder: Path, whole: bool) -> None:
    """Takes pages, each in a browser of its own size, scheme and script. whole: all of it, not what a screen shows."""
    settings = house.load(hub.folder)
    for width, scheme, script in ways:
        size = {"width": width, "height": 900}
        for name, path, nickname in pages:
            context = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=script)
            if nickname:
                session = {"name": name_of(settings, SESSION), "value": town.session_of(nickname), "url": hub.url}
                context.add_cookies([session])
            page = context.new_page()
            answer = page.goto(hub.url + path)
            if not answer.ok:
                raise RuntimeError(f"{path}: {answer.status}")
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=whole)
            context.close()


def main() -> int:
    """Serves a demo hub and writes docs/screens/*.png, or every page of powers into a folder."""
    whole = len(sys.argv) > 1
    pictures = Path(sys.argv[1]) if whole else SCREENS
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder, port = Path(place) / "hub", free_port()
        story = seed_demo(folder, port=port, members=invent(64, 7))
        hub = Served(folder, f"http://localhost:{port}", story, run_hub(folder, "serve", "--data", str(folder)))
        town = Town(house.load(folder), story)
        try:
            wait_for(hub.url + "/healthz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                if not whole:
                    take(hub, browser, town, PAGES, WAYS, pictures, whole)
                for pages in town.stages():
                    wanted = [page for page in pages if whole or page[0] in OF_POWERS]
                    take(hub, browser, town, wanted, EVERY_WAY if whole else WAYS, pictures, whole)
                browser.close()
        finally:
            hub.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
