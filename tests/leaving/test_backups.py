"""What is sealed is in no copy in clear; and eight days after an erasing, the oldest copies give nothing (PR-10)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub import audit, clock, inventory, leaving, outbox, sealing
from hub.branches.queries import Branch
from hub.cases import filing
from hub.cli.forgetting import forget, forget_by_terms
from hub.cli.main import main
from hub.db import Database, metadata
from hub.files.models import files
from hub.groups import founding, membership
from hub.groups import queries as groups
from hub.ledger.models import entries
from hub.oidc import consenting
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import address_proofs
from hub.people import actions as people
from hub.people import passkeys
from hub.people import queries as people_queries
from hub.people.sealed import name_again, nickname_of
from hub.permits import VISITOR, Actor
from hub.sealing import copies
from hub.sealing import models as vault_models
from hub.sealing.vault import Stored
from hub.settings import Settings
from hub.standing import actions as standing
from tests.authenticator import Authenticator
from tests.conftest import SetClock
from tests.images import Image, put, take
from tests.people_for_tests import (
    HUB,
    ORIGIN,
    again,
    found_branch,
    found_hub,
    member,
    ready,
    replace,
    seat_council,
    without_devices,
)
from tests.replaying import assert_replays

MARKERS = {
    "case_queue.body": "mkr_complaint_7", "files.name": "mkr_file_7",
    "address_proofs.sealed": "mkr_asked_7", "consents.address_sealed": "mkr_shown_7",
    "accounts.nickname": "mkr_nickname_7", "audit_notes.why": "mkr_reason_7", "group_drafts.fields": "mkr_draft_7",
    "letters.params": "mkr_letter_7", "passkeys.name": "mkr_device_7", "persons.entry_ref": "mkr_row_7",
    "persons.seed": "mkr_seed_7",
}  # fmt: skip


# What has the key of a case, which outlives an erasing of one of its sides: tests/cases/test_kept.py.
BY_CASES = {"case_items", "case_papers"}


class Clear(ProviderKeys):
    """The hub's own key for addresses, as whoever has a copy of its folder knows it."""

    def __init__(self) -> None:
        pass

    def seal(self, text: str, purpose: str) -> bytes:
        return text.encode()

    def open_sealed(self, sealed: bytes, purpose: str) -> str:
        return sealed.decode()


CLEAR = Clear()


class Hub:
    """A hub with a vault of its own, and one member of whom every sealed column says something. town: the others."""

    def __init__(self, db: Database, vault: Stored, clock_at: SetClock) -> None:
        self.db, self.vault, self.clock = db, vault, clock_at("2026-11-21T20:00Z")
        sealing.attach(db, vault)
        with db.write() as tx:
            found_hub(tx, without_devices())
            branch, _founders = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.other = member(tx, "other")
            self.una = self._marked(tx, branch)

    def _marked(self, tx: sa.Connection, branch: Branch) -> Actor:
        row, seed = MARKERS["persons.entry_ref"], MARKERS["persons.seed"].encode()
        person = people.open_account(tx, entry_ref=row, seed=seed)
        people.give_standing(tx, person=person, area="york", since=clock.today(), proved_by="code")
        people.take_nickname(tx, person=person, nickname=MARKERS["accounts.nickname"], shown="nickname")
        asked, device = passkeys.ask_to_add(tx, HUB, person=person, nickname="member"), Authenticator()
        made = device.make(asked, ORIGIN)
        passkeys.add(tx, HUB, person=person, answer=made, name=MARKERS["passkeys.name"])
        outbox.put(tx, person=person, template="registered", place=f"/groups/{MARKERS['letters.params']}")
        audit.note(tx, person=person, what="standing.proved", by="self", why=MARKERS["audit_notes.why"])
        for client, place in (("cli_a", "consents.address_sealed"), ("cli_b", "address_proofs.sealed")):
            address = f"{MARKERS[place]}@example.org"
            code = consenting.ask_address(tx, client=client, person=person, address=address, keys=CLEAR)
            if place.startswith("consents"):
                assert consenting.confirm_address(tx, client=client, person=person, code=code)
        said, today = MARKERS["case_queue.body"], clock.today()
        named = sealing.write(tx, person, "files.name", MARKERS["files.name"])
        row = {"id": "fil_1", "person": person, "about": "act_1", "place": 1, "name": named, "media": "text/plain"}
        tx.execute(sa.insert(files), {**row, "size": 1, "sha256": "0" * 64, "added_at": clock.now()})
        filing.queue(tx, filing.Complaint(person, str(self.other.person), None, 2, 0, today, today, said, None))
        actor = again(tx, replace(VISITOR, person=person))
        fields = {"name": MARKERS["group_drafts.fields"]}
        founding.save_draft(tx, branch=branch, fields=fields, actor=actor)
        self.branch = branch.id
        return actor

    @property
    def person(self) -> str:
        return str(self.una.person)

    def closes(self) -> None:
        """She asks for her account to be closed, and it is; the next round of the clock would erase her."""
        with self.db.write() as tx:
            leaving.ask(tx, actor=again(tx, self.una))
        self.clock.advance(days=7)
        for _round in range(2):
            leaving.close_due(self.db)
            standing.carry_out(self.db, also_end=membership.end_memberships)
        self.clock.advance(days=1)

    def says(self) -> list[str]:
        """What anybody who asks the rooms hears of her: the markers among it."""
        return heard(self.db, self.person, self.branch)


def heard(db: Database, person: str, branch: str) -> list[str]:
    """The columns whose marker some query tells: of her, or found by her words."""
    with db.read() as tx:
        told = [
            inventory.held(tx, metadata, person, sealing.read_bytes), nickname_of(tx, person),
            people_queries.entry_of_person(tx, person), people_queries.seed_of(tx, person),
            passkeys.passkeys_of(tx, person), outbox.notices(tx, person), outbox.unsent(tx, 1000),
            audit.notes_about(tx, person), groups.draft(tx, person=person, branch=branch),
            people_queries.known(tx, person), opened_proofs(tx, person),
            consenting.kept_address(tx, client="cli_a", person=person, keys=CLEAR),
        ]  # fmt: skip
        by_row = people_queries.person_of_entry(tx, MARKERS["persons.entry_ref"])
        by_name = sealing.owner(tx, "nickname", MARKERS["accounts.nickname"], lambda _person: True)
    text = repr(told)
    found = [place for place, marker in MARKERS.items() if marker in text]
    return found + [f"found by her {name}" for name, who in (("row", by_row), ("nickname", by_name)) if who]


def opened_proofs(tx: sa.Connection, person: str) -> list[bytes | None]:
    """Addresses that wait for their code."""
    mine = sa.select(address_proofs.c.sealed).where(address_proofs.c.person == person)
    return [sealing.read_bytes(tx, person, "address_proofs.sealed", one) for one in tx.scalars(mine)]


def places_in(*dumps: bytes) -> list[str]:
    """The columns whose marker stands in some bytes as it was typed."""
    return [place for place, marker in MARKERS.items() if any(marker.encode() in dump for dump in dumps)]


def every_byte(db: Database) -> bytes:
    """A store's rows as a dump has them, and on SQLite its files as they lie on the disk."""
    image = take(db)
    lies = [path.read_bytes() for path in _files(db)] if db.is_sqlite else []
    return b"".join([image.file, *(image.rows or {}).values(), *lies])


def _files(db: Database) -> list[Path]:
    path = Path(str(db.url.database))
    return sorted(path.parent.glob(f"{path.name}*"))


@pytest.fixture
def hub(fresh: Callable[..., Database], db: Database, clock_at: SetClock) -> Hub:
    return Hub(db, Stored(fresh(vault_models.metadata)), clock_at)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where copies of the keys lie."""
    made = tmp_path / "copies"
    made.mkdir()
    return made


def test_every_sealed_column_has_a_marker() -> None:
    lines = [line for line in inventory.private("hub").values() if line.table not in BY_CASES]
    typed = {f"{table.name}.{c.name}" for table in metadata.tables.values() for c in table.c if _is_sealed(c)}

    assert {f"{line.table}.{column}" for line in lines for column in line.sealed} == set(MARKERS)
    assert typed == set(MARKERS) | {f"{table}.body" for table in BY_CASES}
    assert [line.table for line in lines if line.sealed and (line.of is None or line.through)] == []


def _is_sealed(column: sa.Column[object]) -> bool:
    return isinstance(column.type, sealing.Sealed)


def test_no_word_that_is_sealed_stands_in_the_store_in_clear(hub: Hub) -> None:
    assert set(hub.says()) == set(MARKERS) | {"found by her row", "found by her nickname"}
    assert places_in(every_byte(hub.db)) == []


def test_nor_in_the_vault(hub: Hub) -> None:
    raw = hub.vault.db
    with raw.read() as tx:
        rows = repr([tx.execute(sa.select(table)).all() for table in vault_models.metadata.sorted_tables])
    files = b"".join(path.read_bytes() for path in _files(raw)) if raw.is_sqlite else b""

    assert places_in(rows.encode(), files) == []


def test_planted_clear_words_are_found_in_every_column(
    fresh: Callable[..., Database], db: Database, clock_at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever seals by adding some bytes, so that the column's type sees nothing, is seen by the scan."""
    box = sealing.box
    monkeypatch.setattr(box, "seal", lambda _key, _who, _place, value: box.VERSION + bytes(12) + value + bytes(16))
    monkeypatch.setattr(box, "open_sealed", lambda _key, _who, _place, sealed: sealed[13:-16])

    planted = Hub(db, Stored(fresh(vault_models.metadata)), clock_at)

    assert places_in(every_byte(planted.db)) == list(MARKERS)


def test_after_the_erasing_the_live_store_has_nothing_and_the_record_holds(hub: Hub, another_db: Database) -> None:
    before = _entries(hub.db)
    hub.closes()
    assert leaving.erase_due(hub.db) == 1

    assert hub.says() == []
    assert hub.vault.fetch([hub.person, str(hub.other.person)]).keys() == {hub.other.person}
    with hub.db.read() as tx:
        assert nickname_of(tx, str(hub.other.person)) == "other"
    assert _entries(hub.db)[: len(before)] == before
    assert_replays(hub.db, another_db)


def _entries(db: Database) -> list[bytes]:
    with db.read() as tx:
        return [bytes(raw) for raw in tx.scalars(sa.select(entries.c.bytes).order_by(entries.c.index))]


class Backups:
    """What an operator keeps, a day after the other: every database, and the keys by the program's own command."""

    def __init__(self, hub: Hub, folder: Path, data: Path) -> None:
        self.hub, self.folder, self.data = hub, folder, data
        self.databases: list[Image] = []

    def of_today(self) -> None:
        """Both, in their one order: keys last, so that what the database says can be opened."""
        self.databases.append(take(self.hub.db))
        copies.save(self.hub.vault, self.folder)
        told = CliRunner().invoke(main, ["vault", "prune", str(self.folder)])
        assert told.exit_code == 0, told.output

    def restored(self, database: Image, keys: Path, into: Database, vault: Stored) -> list[str]:
        """What a database gives with some keys, each put back where nothing else is; asked in every way, and raw."""
        put(into, database)
        sealing.attach(into, vault)
        copies.restore(vault, keys)
        with into.write() as tx:
            name_again(tx)
        return heard(into, self.hub.person, self.hub.branch) + places_in(every_byte(into), keys.read_bytes())


@pytest.fixture
def backups(hub: Hub, folder: Path, tmp_path: Path) -> Backups:
    return Backups(hub, folder, tmp_path)


def test_eight_days_later_the_oldest_copies_give_nothing(
    hub: Hub, backups: Backups, fresh: Callable[..., Database], another_db: Database
) -> None:
    hub.closes()
    backups.of_today()
    assert leaving.erase_due(hub.db) == 1

    for _day in range(8):
        hub.clock.advance(days=1)
        backups.of_today()
    left = sorted(backups.folder.iterdir())
    vault = Stored(fresh(vault_models.metadata))
    found = backups.restored(backups.databases[0], left[0], another_db, vault)

    assert found == []
    assert [path.name for path in left][:1] == ["people-20261202T200000Z.db"]
    assert all(clock.now() - made < copies.LIFE for path in left if (made := copies.made_at(path)) is not None)
    # It is her alone whom nobody can read.
    with another_db.read() as tx:
        assert nickname_of(tx, str(hub.other.person)) == "other"


def test_without_the_eight_days_they_give_everything(
    hub: Hub, backups: Backups, fresh: Callable[..., Database], another_db: Database
) -> None:
    """The planted fault: whoever lets a copy of the keys live on has erased nobody."""
    hub.closes()
    backups.of_today()
    assert leaving.erase_due(hub.db) == 1

    hub.clock.advance(hours=12)
    (kept,) = backups.folder.iterdir()
    found = backups.restored(backups.databases[0], kept, another_db, Stored(fresh(vault_models.metadata)))

    assert set(found) == set(MARKERS) | {"found by her row", "found by her nickname"}


def test_a_database_from_before_in_the_living_hubs_place_closes_her_account_again(hub: Hub) -> None:
    """The vault remembers whom it erased: a restored database does not bring them back."""
    before = take(hub.db)
    hub.closes()
    leaving.erase_due(hub.db)
    put(hub.db, before)
    restored = hub.says()

    forget_by_terms(hub.db)
    for _round in range(2):
        leaving.close_due(hub.db)
        standing.carry_out(hub.db, also_end=membership.end_memberships)
    hub.clock.advance(days=1)
    forget(hub.db, Settings(Path("unused")))
    with hub.db.read() as tx:
        left = inventory.held(tx, metadata, hub.person)
        others = inventory.held(tx, metadata, str(hub.other.person), sealing.read_bytes)

    (file,) = left.pop("files")  # it stays with its case, and nobody reads what she called it
    assert (restored, left, file["name"]) == ([], {}, None)
    assert others["accounts"][0]["nickname"] == "other"


def test_an_erasing_that_died_before_the_key_is_swept_a_day_later(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.closes()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "destroy", lambda *_: 0)
        leaving.erase_due(hub.db)
    left = hub.vault.fetch([hub.person])

    forget_by_terms(hub.db)

    assert (set(left), hub.vault.fetch([hub.person])) == ({hub.person}, {})
    assert len(hub.vault.fetch([str(hub.other.person)])) == 1


def test_no_copy_of_the_keys_is_older_than_a_week_and_an_older_one_is_refused(hub: Hub, folder: Path) -> None:
    old = copies.save(hub.vault, folder)
    (folder / "people.txt").write_text("not a copy")
    hub.clock.advance(days=6, seconds=-1)
    early = copies.prune(folder)
    kept = copies.restore(hub.vault, old)
    hub.clock.advance(seconds=1)
    gone = copies.prune(folder)

    assert (early, kept, gone, [path.name for path in folder.iterdir()]) == ([], 0, [old], ["people.txt"])


def test_restoring_refuses_what_is_old_or_no_copy(hub: Hub, folder: Path) -> None:
    before = hub.vault.fetch([hub.person])
    old = copies.save(hub.vault, folder)
    hub.vault.destroy([str(hub.other.person)])
    hub.clock.advance(days=7, seconds=1)

    for path in (old, folder / "people.txt"):
        with pytest.raises(sealing.copies.Unsafe, match="no copy of the last seven days"):
            copies.restore(hub.vault, path)

    assert hub.vault.fetch([hub.person, str(hub.other.person)]) == before


def test_restoring_brings_lost_keys_back_but_nobody_who_was_erased(hub: Hub, folder: Path) -> None:
    before = hub.vault.fetch([hub.person, str(hub.other.person)])
    saved = copies.save(hub.vault, folder)
    sealing.destroy(hub.db, [hub.person])
    with hub.vault.db.write() as tx:
        tx.execute(sa.delete(vault_models.keys).where(vault_models.keys.c.subject == hub.other.person))
        tx.execute(sa.delete(vault_models.names))
    with hub.db.write() as tx:
        ready(tx, "late")

    copies.restore(hub.vault, saved)
    with hub.db.write() as tx:
        name_again(tx)

    again_there = hub.vault.fetch(list(before))
    assert again_there == {hub.other.person: before[str(hub.other.person)]}
    with hub.db.read() as tx:
        rows = [people_queries.person_of_entry(tx, f"ent_{name}") for name in ("other", "late")]
    assert rows[0] == hub.other.person
    assert rows[1] is not None


def test_a_copy_that_was_not_finished_is_no_copy(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(copies.migrate, "bring_up", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            copies.save(hub.vault, folder)
    unfinished = [path for path in folder.iterdir() if copies.made_at(path)]

    saved = copies.save(hub.vault, folder)

    assert (unfinished, [path.name for path in folder.iterdir()]) == ([], [saved.name])
    assert saved.stat().st_mode & 0o777 == 0o600
    assert saved.name == "people-20261121T200000Z.db"
