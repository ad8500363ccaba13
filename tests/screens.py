"""Takes the pictures of docs/screens from a demo hub: python -m tests.screens. Phone and desk, light and dark."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from hub.cli.demo import seed_demo
from hub.cli.demo.people import invent
from tests.stories.conftest import Person, Served, free_port, run_hub, wait_for

SCREENS = Path(__file__).resolve().parents[1] / "docs" / "screens"
PAGES = {
    "home": "/",
    "group": "/groups/york-tenants",
    "power": "/groups/york-tenants/power",
    "record": "/record",
    "join": "/join",
    "fork": "/fork",
}
WAYS = [(390, "light", False), (1280, "dark", True)]


def main() -> int:
    """Serves a demo hub and writes docs/screens/*.png."""
    SCREENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder, port = Path(place) / "hub", free_port()
        story = seed_demo(folder, port=port, members=invent(64, 7))
        hub = Served(folder, f"http://localhost:{port}", story, run_hub(folder, "serve", "--data", str(folder)))
        try:
            wait_for(hub.url + "/healthz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                for width, scheme, script in WAYS:
                    size = {"width": width, "height": 900}
                    context = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=script)
                    who = Person(hub, context.new_page())
                    for name, path in PAGES.items():
                        who.go(path)
                        who.page.screenshot(path=SCREENS / f"{name}-{width}-{scheme}.png", full_page=False)
                    context.close()
                browser.close()
        finally:
            hub.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
