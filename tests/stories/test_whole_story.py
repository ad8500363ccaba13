"""The five parts of the main job, played in a real browser and at the command line, on both databases."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.cli.demo.people import Invented, write_csv
from tests.stories.conftest import Served, free_port, run_hub, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
ROOT = Path(__file__).resolve().parents[2]


def hub(*words: str, code: int = 0) -> str:
    """Runs a command of hub; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli.main", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


class Office:
    """The membership office at its own terminal, beside a hub's matcher."""

    def __init__(self, hub_folder: Path, own: Path) -> None:
        self.hub_folder, self.own = hub_folder, own

    def roster(self, verb: str, *words: str, code: int = 0) -> str:
        """A verb of ``hub roster``; what it printed."""
        return hub("roster", verb, *words, "--data", str(self.hub_folder), code=code)

    def take(self, members: list[Invented], *words: str, code: int = 0) -> Any:
        """Imports a list of members; the facts."""
        path = self.own / "members.csv"
        write_csv(path, members)
        return json.loads(self.roster("import", str(path), "--source", "demo", "--json", *words, code=code))

    def names(self, name: str) -> str:
        """Names an operator; their key."""
        return hub("roster", "operator", "add", name, "--data", str(self.hub_folder)).split()[-1]


def test_members_found_a_group_and_anybody_copies_the_hub(served, person, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    story = served.story

    # The office takes in a list: a dry run, a stop, two people who pass it, and one more month.
    newcomer = Invented("7654321", "YO71 9QQ", "york", "Siân Newcomer", "sian.newcomer@example.org")
    office = Office(served.folder, tmp_path)
    office.take([*story.members, newcomer], "--full")
    assert newcomer.number not in str(office.take([*story.members, newcomer], "--full", "--apply"))
    purge = [member for member in story.members if member.area != "hackney"]
    gone = len(story.members) + 1 - len(purge)
    stopped = office.take(purge, "--full", "--apply", code=3)
    assert stopped["stop"]["passes_with"] == [f"--allow-removals {gone}"]
    ann, ben = office.names("ann"), office.names("ben")
    asked = ["--full", "--apply", "--allow-removals", str(gone), "--operator", "ann", "--key", ann]
    waiting = office.take(purge, *asked)["import"]
    office.roster("approve", waiting, "--operator", "ann", "--key", ann, code=1)
    office.roster("approve", waiting, "--operator", "ben", "--key", ben)
    assert "taken back" in office.roster("undo", waiting)

    # A member proves membership and joins, without script.
    sian = person(with_script=False)
    sian.join(newcomer, "sian_york")
    assert "Exactly what we kept" in sian.reads()
    sian.go("/groups/york-tenants/join")
    sian.press("Join")
    assert "chat.whatsapp.com" in sian.page.content()

    # A stranger sees the public links only, and finds groups without accents and by district.
    stranger = person()
    stranger.go("/groups/york-tenants")
    assert "chat.whatsapp.com" not in stranger.page.content()
    for question, found in (("ynys mon", "Ffermwyr Môn"), ("E8", "Buses for Hackney"), ("yo1", "York Tenants")):
        stranger.go(f"/?q={question.replace(' ', '+')}")
        assert found in stranger.reads(), question

    # What changes power takes a passkey, an office two, and a passkey takes script.
    sian = person()
    sian.prove(newcomer)
    sian.add_passkey()
    sian.go("/branches/york/groups/new")
    assert "This office takes 2 passkeys; you have 1. Add one more first." in sian.reads()
    sian.add_another_passkey()

    # Two members found a group: a task list, a link passed on, two organisers of the branch.
    sian.go("/branches/york/groups/new")
    sian.page.get_by_role("link", name="Name and purpose").click()
    sian.type(name="York Repair Café", purpose="We mend what is broken, on first Saturdays.")
    sian.press("Save")
    sian.page.get_by_role("link", name="Who may join").click()
    sian.page.check("[name=joining][value=members]")
    sian.press("Save")
    sian.page.get_by_role("link", name="Where it meets").click()
    sian.page.select_option("[name=kind]", "whatsapp")
    sian.type(title="Chat", url="https://chat.whatsapp.com/OnlyForMembers1")
    sian.press("Add it")
    sian.go("/branches/york/groups/new")
    sian.type(shown="Siân")
    sian.press("Send")
    assert "Waiting for 1 more founder" in sian.reads()
    sian.press("Make a founder’s link")
    link = sian.page.inner_text(".copy code").strip()

    owain = person()
    owain.join(story.next_of("york"), "owain_york")
    owain.add_passkey()
    owain.add_another_passkey()
    owain.go(link.removeprefix(served.url))
    owain.type(shown="Owain")
    owain.press("Accept")
    officers = {}
    for nickname in ("york_three", "york_four"):
        officer = person()
        officer.sign_in(nickname)
        officer.go("/groups/york-repair-cafe")
        officer.press("Confirm name and boundary")
        officers[nickname] = officer
    owain.go("/groups/york-repair-cafe")
    assert "Being founded" not in owain.reads()
    owain.go("/groups/york-repair-cafe/power")
    assert "Siân" in owain.reads()
    assert "founded it" in owain.reads()

    # A used link is over; a moderator ends no founder's mandate.
    late = person()
    late.sign_in("sunny_finch_23")
    answer = late.page.goto(link)
    assert answer.status == 404
    moderator = person()
    moderator.sign_in("quiet_otter_42")
    moderator.go("/groups/york-tenants/power")
    assert "Withdraw " not in moderator.reads()

    # An organiser accepts who asked; the rules and the record are open.
    accepting = officers["york_three"]
    accepting.go("/groups/night-workers-of-york/requests")
    accepting.press("Accept sunny_finch_23")
    assert "Nobody waits" in accepting.reads()
    stranger.go("/record?kind=group.registered")
    assert "York Repair Café" in stranger.reads()
    stranger.go("/rules")
    assert "2 verified members of a branch found a group." in stranger.reads()

    # Anyone copies the hub, checks it, and carries on from static files alone.
    mirror, heir = tmp_path / "mirror", tmp_path / "heir"
    hub("work", "--once", "--data", str(served.folder))
    hub("--rehearsal", "mirror", "pull", served.url, str(mirror))
    told = json.loads(hub("--rehearsal", "log", "verify", str(mirror), "--json"))
    receipt = tmp_path / "receipt"
    receipt.write_text(hub("log", "prove", "3", "--data", str(served.folder)))
    assert told["holds"] is True
    # Siân, Owain and the two officers each signed with a passkey of their own.
    assert told["signed_by_office_holders"] == 4
    hub("log", "check", str(receipt), "--key", told["key"])
    hub("log", "check", str(receipt), "--key", told["key"].replace("+A", "+B", 1), code=2)
    served.stop()
    shutil.rmtree(served.folder)
    port = free_port()
    hub("--rehearsal", "fork", str(mirror), str(heir), "--url", f"http://localhost:{port}")
    settings = heir / "matcher" / "matcher.toml"
    settings.write_text(re.sub(r"delay_(\w+) = .*", r"delay_\1 = 0.0", settings.read_text()))
    again = json.loads(hub("--rehearsal", "log", "verify", str(heir), "--json"))
    assert again["size"] > told["size"]
    for tile in (mirror / "log" / "tile").rglob("*"):
        if tile.is_file():
            assert (heir / tile.relative_to(mirror)).read_bytes() == tile.read_bytes(), tile
    # No member is in either copy.
    for secret in ("OnlyForMembers1", newcomer.number, newcomer.postcode, newcomer.mail):
        for path in (*mirror.rglob("*"), *heir.rglob("*")):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), (secret, path)
    process = run_hub(heir, "serve", "--data", str(heir))
    again_here = Served(heir, f"http://localhost:{port}", story, process)
    try:
        wait_for(f"{again_here.url}/healthz")
        stranger.page.goto(f"http://localhost:{port}/groups/york-repair-cafe/power")
        assert "Siân" in stranger.reads()
        stranger.page.goto(f"http://localhost:{port}/record?kind=hub.forked")
        assert "carries on from" in stranger.reads()

        # No member came along: they prove themselves again, by a roster that is imported there.
        Office(heir, tmp_path).take([*story.members, newcomer], "--full", "--apply")
        stranger.hub = again_here
        stranger.join(newcomer, "sian_again")
        assert "Exactly what we kept" in stranger.reads()
    finally:
        process.terminate()
        process.wait(timeout=30)
