"""Receipts and claims by their pages: who is let in, what is said, what is sent, and what a roster changes later."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import app, sealing
from hub.constitution import actions as constitution
from hub.db import Database
from hub.ledger import keys, writer
from hub.ledger.signed import to_text
from hub.matcher.models import metadata
from hub.mirror import archive, publish
from hub.mirror.claims import give_nonce
from hub.mirror.fork import fork
from hub.mirror.receipts import format_claim, parse_office_receipt
from hub.mirror.sources import Folder
from hub.people.actions import take_nickname
from hub.permits import Actor, queries
from hub.tlog.receipt import check_receipt, parse_receipt
from hub.web.signing import Signer
from tests import claims_for_tests as holders
from tests.authenticator import Authenticator, cose_of
from tests.databases import Sqlite
from tests.matchers import code_in, enrol, eventually, letters_in
from tests.oidc.keys_for_tests import put_keys
from tests.people_for_tests import again, member, seat_council, without_devices
from tests.web.conftest import ORIGIN, House, prepare, submit
from tests.web.matchers import running

NEW = "http://heir.localhost:8000"


class Hub:
    """A hub that publishes, with a council of two; the first has made a key. Offices take no passkey here."""

    def __init__(self, folder: Path, db: Database) -> None:
        settings = prepare(folder)
        vkey = keys.make_keys(settings.keys, settings.log_origin)
        with db.write() as tx:
            text = without_devices()
            constitution.found_hub(tx, name="Old", origin=settings.log_origin, log_key=vkey, text=text)
            self.ann, self.bea = seat_council(tx, "ann", "bea")
        self.house, self.grant = House(settings, db, app.build(settings, db)), self.ann.grants[0].id
        self.key = holders.make_key(self.grant)
        publish.deploy(settings, db)
        self.turn()

    def turn(self) -> None:
        """What the worker does."""
        publish.publish(self.house.settings, self.house.db)


@pytest.fixture
def hub(tmp_path: Path, db: Database, clock_at: Any, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub, on a clock that stands still."""
    (tmp_path / "running/hub").mkdir(parents=True)
    (tmp_path / "running/hub/__init__.py").write_text("# the running source\n")
    monkeypatch.setattr(archive, "root", lambda: tmp_path / "running")
    clock_at("2026-11-21T20:00Z")
    return Hub(tmp_path / "old", db)


def size(db: Database) -> int:
    """How many entries there are."""
    with db.read() as tx:
        return writer.size(tx)


def test_every_entry_gives_its_proof_once_it_is_sealed(hub: Hub) -> None:
    stranger = hub.house.visitor()
    with hub.house.db.write() as tx:
        newest = constitution.take_seat(tx, role="council", shown="c", actor=member(tx, "cem"))
    index = size(hub.house.db) - 1

    before = stranger.get(f"/record/{index}/proof")
    page = stranger.get(f"/record/{index}").text
    hub.turn()
    after = stranger.get(f"/record/{index}/proof")
    found = parse_receipt(after.content)
    with hub.house.db.read() as tx:
        entry = writer.bytes_of(tx, index)

    assert (before.status_code, before.headers["retry-after"], "Not sealed yet" in before.text) == (409, "60", True)
    assert "Not sealed yet" in page
    assert (after.status_code, after.headers["content-disposition"]) == (
        200, f'attachment; filename="entry-{index}.tlog-proof"',
    )  # fmt: skip
    assert newest.encode() in (found.extra or b"")
    assert entry == found.extra
    key = keys.read_verifier(hub.house.settings.keys)
    assert check_receipt(found, found.extra or b"", [key]).size == index + 1  # type: ignore[list-item]  # it is there
    assert [stranger.get(f"/record/{wrong}/proof").status_code for wrong in (index + 1, "x", "-1")] == [404] * 3


def test_receipt_is_for_its_holder_alone(hub: Hub) -> None:
    ann, bea, stranger = hub.house.signed_in(hub.ann), hub.house.signed_in(hub.bea), hub.house.visitor()
    path = f"/offices/{hub.grant}/receipt"

    asked = [[who.get(f"{path}{more}").status_code for more in ("", "/file")] for who in (ann, bea, stranger)]

    assert asked == [[200, 200], [404, 404], [303, 303]]


def test_key_goes_into_the_record_and_the_receipt_says_so(hub: Hub) -> None:
    ann = hub.house.signed_in(hub.ann)
    path, before = f"/offices/{hub.grant}/receipt", size(hub.house.db)

    wrong = [submit(ann, path, f"/offices/{hub.grant}/key", public_key=text) for text in ("", "x" * 43 + "!", "short")]
    unchanged = size(hub.house.db)
    another = submit(hub.house.signed_in(hub.bea), "/me/draws", f"/offices/{hub.grant}/key", public_key=hub.key.public)
    sent = submit(ann, path, f"/offices/{hub.grant}/key", public_key=f" {hub.key.public}\n")
    waiting, file = ann.get(path).text, ann.get(f"{path}/file")
    hub.turn()
    done, receipt = ann.get(path).text, parse_office_receipt(ann.get(f"{path}/file").content)
    twice = submit(ann, f"{path}?anew=yes", f"/offices/{hub.grant}/key", public_key=hub.key.public)

    assert [answer.status_code for answer in wrong] == [422] * 3
    assert (unchanged, another.status_code) == (before, 404)
    assert (sent.status_code, sent.headers["location"], size(hub.house.db)) == (303, path, before + 1)
    assert ("This is not sealed yet" in waiting, file.status_code) == (True, 409)
    assert ("Save the receipt" in done, receipt.grant, receipt.hub, receipt.key) == (True, hub.grant, ORIGIN, None)
    assert [proof.index for proof in receipt.proofs] == [hub.ann.grants[0].entry, before]
    assert (twice.status_code, "stands in the record already" in twice.text) == (422, True)


def test_key_is_made_as_the_office_is_accepted_also_while_witnesses_have_not_signed_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives nobody a power; so nothing stands between accepting and keeping it safe."""
    with hub.house.db.write() as tx:
        reached = writer.size(tx)
        cem = member(tx, "cem")
        grant = constitution.take_seat(tx, role="council", shown="c", actor=cem)
    monkeypatch.setattr(queries.charter, "effective_size", lambda _tx: reached)
    client, path = hub.house.signed_in(cem), f"/offices/{grant}/receipt"
    with hub.house.db.read() as tx:
        holder = queries.holder_of_person(tx, str(cem.person))
        carried = queries.carried_by(tx, str(holder))

    page = client.get(path)
    sent = submit(client, path, f"/offices/{grant}/key", public_key=holders.make_key(grant).public)

    assert carried == ()
    assert (page.status_code, "Make the key" in page.text) == (200, True)
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert "data-waits" in client.get(path).text
    assert hub.house.signed_in(hub.bea).get(path).status_code == 404


def test_hub_that_is_no_fork_says_so(hub: Hub) -> None:
    stranger = hub.house.visitor()

    page = stranger.get("/claim")
    sent = submit(stranger, "/sign-in", "/claim", claim="{}")

    assert (page.status_code, "There is nothing to claim here" in page.text) == (200, True)
    assert (sent.status_code, "carries on from no other" in sent.text) == (422, True)
    assert "/claim" not in stranger.get("/sign-in").text


class Fork:
    """A fork of the hub, with its pages."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        holders.register_key(hub.house.db, hub.ann, hub.key)
        hub.turn()
        self.receipt = holders.take_receipt(hub.house.db, hub.house.settings.data, hub.ann, hub.key, ORIGIN)
        done = fork(Folder(hub.house.settings.data), folder, NEW, make=_made)
        for name in ("files", "public", "matcher"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "keys/web.key").write_text("f" * 43 + "\n")
        put_keys(folder / "keys")
        self.db = Database(done.settings.database_url)
        sealing.attach(self.db, sealing.open_vault(done.settings))
        self.house = House(done.settings, self.db, app.build(done.settings, self.db))

    def sent(self) -> str:
        """What the command prints."""
        with self.db.read() as tx:
            nonce = give_nonce(tx, Signer(["f" * 43]).digest)
        return format_claim(self.receipt, holders.token_for(self.receipt, NEW, nonce))


def _made(chosen: Any) -> Database:
    made = Database(chosen.database_url)
    made.create_all()
    return made


@pytest.fixture
def heir(hub: Hub, tmp_path: Path) -> Iterator[Fork]:
    """The fork."""
    made = Fork(hub, tmp_path / "new")
    yield made
    made.db.close()


def test_claim_signs_in_and_a_refused_one_says_why(heir: Fork) -> None:
    stranger, before = heir.house.visitor(), size(heir.db)

    page, signing_in = stranger.get("/claim").text, stranger.get("/sign-in").text
    wrong = submit(stranger, "/claim", "/claim", claim="not what the command printed")
    unchanged = size(heir.db)
    done = submit(stranger, "/claim", "/claim", claim=heir.sent())
    named = submit(stranger, "/join/name", "/join/name", nickname="ann_again", shown="nickname")
    mine = stranger.get("/me").text

    assert f"hub role claim office.receipt --url {NEW} --nonce " in page
    assert 'href="/claim"' in signing_in
    assert (wrong.status_code, "This is no claim" in wrong.text, unchanged) == (422, True, before)
    assert (done.status_code, done.headers["location"]) == (303, "/join/name?next=/account/passkeys")
    assert named.status_code == 303
    assert ("Here by a claimed office" in mine, heir.receipt.grant in mine) == (True, True)
    assert size(heir.db) == before + 1


def claim_with(heir: Fork, client: Any, device: Authenticator, vouched: Authenticator) -> dict[str, str]:
    """What a browser sends where it makes a passkey with the claim. vouched: for which the key of the office signs."""
    options = re.search(r'data-options="([^"]+)"', client.get("/claim").text)
    assert options is not None
    public_key = to_text(cose_of(vouched.key))
    token = holders.vouch_for(heir.db, heir.receipt, NEW, public_key)
    sent = json.dumps({**json.loads(heir.sent()), "vouches": [{"public_key": public_key, "token": token}]})
    return {"claim": sent, "answer": device.make(json.loads(html.unescape(options[1])), NEW)}


def test_claim_brings_a_passkey_that_the_office_vouches_for_or_nothing_at_all(heir: Fork) -> None:
    stranger, device, before = heir.house.visitor(), Authenticator(), size(heir.db)

    for_another = submit(stranger, "/claim", "/claim", **claim_with(heir, stranger, device, Authenticator()))
    sent = claim_with(heir, stranger, device, device)
    no_answer = submit(stranger, "/claim", "/claim", **{**sent, "answer": "{}"})
    no_vouches = submit(stranger, "/claim", "/claim", claim=json.dumps({**json.loads(heir.sent()), "vouches": [1]}))
    unchanged = size(heir.db)
    done = submit(stranger, "/claim", "/claim", **claim_with(heir, stranger, device, device))
    submit(stranger, "/join/name", "/join/name", nickname="ann_again", shown="nickname")
    page = stranger.get("/account/passkeys").text
    entry = stranger.get(f"/record/{before + 1}").text

    assert [(one.status_code, why in one.text) for one, why in (
        (for_another, "signed for another passkey"), (no_answer, "That did not work"), (no_vouches, "This is no claim"),
    )] == [(422, True)] * 3  # fmt: skip
    assert unchanged == before
    assert (done.status_code, done.headers["location"]) == (303, "/join/name?next=/me")
    assert size(heir.db) == before + 2
    assert ("Signs your acts of office" in page, "let a passkey act from it" in page) == (True, False)
    assert ("vouched for their first passkey" in entry, "word alone" in entry) == (True, False)


def test_passkey_that_came_after_the_claim_is_vouched_for_on_its_page(heir: Fork) -> None:
    stranger = heir.house.visitor()
    submit(stranger, "/claim", "/claim", claim=heir.sent())
    submit(stranger, "/join/name", "/join/name", nickname="ann_again", shown="nickname")
    asked = submit(stranger, "/account/passkeys", "/account/passkeys/new").text
    options, device = re.search(r'data-options="([^"]+)"', asked), Authenticator()
    assert options is not None
    answer = device.make(json.loads(html.unescape(options[1])), NEW)
    submit(stranger, "/account/passkeys", "/account/passkeys", answer=answer, name="phone")
    path = re.search(r'href="(/account/passkeys/[^"]+/vouching)"', stranger.get("/account/passkeys").text)
    assert path is not None
    nonce = re.search(r"--nonce ([A-Za-z0-9_-]+)", stranger.get(path[1]).text)
    assert nonce is not None

    before, refused = size(heir.db), submit(stranger, path[1], path[1], claim=heir.sent())
    unchanged = size(heir.db)
    token = holders.token_for(heir.receipt, f"{NEW}/account/passkeys", nonce[1])
    done = submit(stranger, path[1], path[1], claim=format_claim(heir.receipt, token))
    page = stranger.get("/account/passkeys").text

    assert "It signs for you at once" in stranger.get(path[1]).text
    assert (refused.status_code, "signed for another hub" in refused.text, unchanged) == (422, True, before)
    assert (done.status_code, size(heir.db)) == (303, before + 1)
    assert ("Signs your acts of office" in page, "let a passkey act from it" in page) == (True, False)


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """An empty store for a matcher."""
    made = _sqlite.fresh(metadata)
    yield made
    _sqlite.release(made)


def test_handshake_joins_a_claimed_account_only_where_its_owner_says_so(
    heir: Fork, store: Database, clock_at: Any
) -> None:
    claimed = holders.send(heir.db, heir.house.settings.data, heir.sent(), mark=Signer(["f" * 43]).digest)
    with heir.db.write() as tx:
        take_nickname(tx, person=claimed.person, nickname="ann_again", shown="nickname")
        ann = again(tx, Actor(person=claimed.person))

    def prove(number: str, desk: Any, **more: str) -> Any:
        client = heir.house.signed_in(ann)
        submit(client, "/join", "/join", country="GB", number=number, postcode="YO71 1AA")
        to = f"{number}@example.org"
        text = eventually(lambda: next((text for whose, text in letters_in(desk) if whose == to), ""))
        return client, submit(client, "/join/code", "/join/code", code=code_in(str(text)), **more)

    with running(heir.house, store) as desk:
        for number in ("1000001", "1000002"):
            enrol(desk, number, "YO711AA", contact=f"{number}@example.org")
        _other, as_another = prove("1000002", desk)
        clock_at.advance(minutes=1)  # letters are named by their moment
        client, as_oneself = prove("1000001", desk, mine="yes")
    mine = client.get("/me").text

    assert (as_another.status_code, as_another.headers["location"]) == (303, "/join/name")
    assert (as_oneself.status_code, as_oneself.headers["location"]) == (303, "/me")
    assert ("Verified member" in mine, heir.receipt.grant in mine) == (True, True)
