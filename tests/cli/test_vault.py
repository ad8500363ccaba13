"""hub vault: a copy of the keys a day, none that is a week old, and back from one of them after a loss."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import sealing
from hub import settings as house
from hub.cli import stores
from hub.errors import Unsafe
from hub.people import actions as people
from hub.people.queries import person_of_entry
from hub.people.sealed import nickname_of
from tests.cli.test_commands import hub as hub
from tests.cli.test_commands import run


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "copies"
    made.mkdir()
    return made


def joined(hub, name):
    database = stores.open_hub(house.load(hub))
    with database.write() as tx:
        person = people.open_account(tx, entry_ref=f"ent_{name}", seed=b"x")
        people.take_nickname(tx, person=person, nickname=name, shown="nickname")
    database.close()
    return person


def read(hub, person, row):
    database = stores.open_hub(house.load(hub))
    with database.read() as tx:
        found = nickname_of(tx, person), person_of_entry(tx, row)
    database.close()
    return found


def lose(hub):
    """The disk with the vault is gone."""
    for path in (hub / "vault").iterdir():
        path.unlink()


def test_a_lost_vault_comes_back_from_its_copy(hub, folder, clock_at):
    clock_at("2026-11-21T20:00Z")
    person = joined(hub, "anna")

    saved = run("vault", "save", folder, "--data", hub)
    lose(hub)
    with pytest.raises(Unsafe, match="hub vault restore"):
        stores.open_hub(house.load(hub))
    back = run("vault", "restore", folder / "people-20261121T200000Z.db", "--data", hub)

    assert (saved.exit_code, back.exit_code) == (0, 0), saved.output + back.output
    assert read(hub, person, "ent_anna") == ("anna", person)
    assert "words found again  2" in back.output


def test_copies_of_six_days_ago_go_and_a_week_old_one_gives_nothing_back(hub, folder, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    joined(hub, "anna")
    run("vault", "save", folder, "--data", hub)
    elsewhere = folder.parent / "people-20261121T200000Z.db"
    elsewhere.write_bytes((folder / elsewhere.name).read_bytes())
    clock.advance(days=7, seconds=1)

    saved = run("vault", "save", folder, "--data", hub)
    refused = run("vault", "restore", elsewhere, "--data", hub)
    pruned = run("vault", "prune", folder.parent)

    assert [path.name for path in folder.iterdir()] == ["people-20261128T200001Z.db"]
    assert (saved.exit_code, refused.exit_code, pruned.exit_code) == (0, 3, 0)
    assert "no copy of the last seven days" in refused.output
    assert not elsewhere.exists()


def test_a_new_hub_opens_with_an_empty_vault(hub):
    database = stores.open_hub(house.load(hub))
    with database.read() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM persons")) == 0
        assert sealing.vault_of(tx.engine).fetch(["per_a"]) == {}
    database.close()
    assert (hub / "vault").stat().st_mode & 0o777 == 0o700
