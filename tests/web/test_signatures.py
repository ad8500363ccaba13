"""Acts of office by the pages: drafted, shown in words, signed, recorded; and what happens when anything is not so."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe

from hub.db import metadata
from hub.errors import RuleViolation
from hub.groups import offices
from hub.ledger import writer
from hub.mirror import role_keys
from hub.mirror.receipts import OfficeReceipt, format_claim, format_office_receipt
from hub.people.models import passkeys
from hub.permits import Actor, keys
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import Signer
from hub.tlog.receipt import Receipt
from hub.web.levels import LEVELS
from hub.web.routes import ROUTES
from tests import claims_for_tests as holders
from tests.authenticator import Authenticator, cose_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import (
    again,
    begin_appointments,
    begin_group,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    seat_council,
    types,
    without_devices,
)
from tests.replaying import assert_replays, lines_of
from tests.verifier import signatures
from tests.web.conftest import ORIGIN, House, submit, token_on
from tests.web.server import serving
from tests.web.test_levels import add_passkey, options_on
from tests.web.test_passkeys import browser_of

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
KEPT = re.compile(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', re.S)


def fields_on(text: str) -> dict[str, str]:
    """What the page that asks for a signature carries along."""
    form = text[text.index('data-passkey="get"') :]
    return {name: html.unescape(value) for name, value in [*HIDDEN.findall(form), *KEPT.findall(form)]}


def sign(client: Any, page: Any, device: Authenticator, **lies: Any) -> Any:
    """Signs on that page."""
    action = re.search(r'action="([^"]+)" data-passkey="get"', page.text)
    assert action is not None, page.text
    answer = device.sign(options_on(page.text), ORIGIN, **lies)
    return client.post(html.unescape(action.group(1)), data={**fields_on(page.text), "answer": answer})


class Town:
    """A group with two organisers, each with a browser and a device; nobody has a key in the record yet."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self.clock = house, clock
        *_branch, self.group, (self.one, self.two) = begin_group(house.db)
        self.devices = {self.one: Authenticator(), self.two: Authenticator()}
        self.clients = {actor: house.signed_in(actor, kind="code") for actor in self.devices}
        for actor, device in self.devices.items():
            add_passkey(self.clients[actor], device)

    def act(self, actor: Actor, path: str, page: str = "/groups/york-tenants/power", **fields: str) -> Any:
        """Sends a form and signs what it asks for."""
        asked = submit(self.clients[actor], page, path, **fields)
        return sign(self.clients[actor], asked, self.devices[actor])

    def count(self) -> int:
        """How many entries there are."""
        with self.house.db.read() as tx:
            return entry_count(tx)

    def told(self, since: int) -> list[tuple[str, bool]]:
        """Types of the entries since, and whether they are signed."""
        with self.house.db.read() as tx:
            found = [writer.get(tx, index) for index in range(since, entry_count(tx))]
        return [(entry.type, entry.sig is not None) for entry in found if entry]


@pytest.fixture
def town(bare_house: House, clock_at: SetClock) -> Town:
    return Town(bare_house, clock_at("2027-01-10T20:00Z"))


@pytest.mark.parametrize("place", ["/groups/york-tenants", "/branches/york-branch"])
def test_appointment_is_signed_from_offer_to_withdrawal(town: Town, another_db: Any, place: str) -> None:
    before, power = town.count(), f"{place}/power"
    with town.house.db.write() as tx:
        third = member(tx, "third")
    client, device = town.house.signed_in(third, kind="code"), Authenticator()
    add_passkey(client, device)

    made = town.act(town.one, f"{place}/appointments", power)
    link = re.search(r"/invitations/[\w-]+", made.text)
    assert link is not None, made.text
    asked = submit(client, link.group(0), link.group(0), shown="Third")
    accepted = sign(client, asked, device)
    with town.house.db.read() as tx:
        act = writer.get(tx, entry_count(tx) - 2)
        assert act is not None
    path = f"/acts/{act.data['act']}/confirmation"
    done = [town.act(actor, path, power) for actor in (town.one, town.two)]
    with town.house.db.write() as tx:
        begin_appointments(tx, town.clock)
        grant = writer.get(tx, entry_count(tx) - 2)
        assert grant is not None
    town.clients[town.one] = town.house.signed_in(town.one, kind="code")
    away = f"{place}/offices/{grant.data['grant']}/withdrawal"
    challenged = town.act(town.one, away, away)

    assert "Third" in asked.text
    assert [answer.status_code for answer in (made, accepted, *done, challenged)] == [200, 303, 303, 303, 303]
    assert town.told(before) == [
        ("key.registered", False), ("office.offered", True),
        ("holder.named", False), ("key.registered", False), ("office.accepted", True), ("act.advanced", False),
        ("office.confirmed", True), ("key.registered", False), ("office.confirmed", True),
        ("act.advanced", False), ("act.advanced", False), ("grant.made", False), ("act.advanced", False),
        ("office.challenged", True),
    ]  # fmt: skip
    assert set(signatures([raw for raw, _said in lines_of(town.house.db)])) == {"plain", "signed"}
    assert_replays(town.house.db, another_db)


def test_page_says_in_words_what_is_signed_and_writes_nothing(town: Town) -> None:
    before = town.count()
    client = town.clients[town.one]

    asked = submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments")

    options = options_on(asked.text)
    assert "York Tenants" in asked.text
    assert "office.offered" in asked.text
    assert "first time" in asked.text
    assert options["userVerification"] == "required"
    assert [one["type"] for one in options["allowCredentials"]] == ["public-key"]
    assert town.count() == before


def test_record_page_names_the_key_or_says_why_there_is_none(town: Town) -> None:
    before = town.count()
    town.act(town.one, "/groups/york-tenants/appointments")
    visitor = town.house.visitor()

    with town.house.db.read() as tx:
        unsigned = types(tx).index("group.confirmed")
    shown = (visitor.get(f"/record/{index}").text for index in (before + 1, before, unsigned, before - 1))
    signed, key, plain, clock = shown

    assert "signed this with their own key" in signed
    assert f'href="/record/{before}"' in signed
    assert "rests on the hub" in key
    assert "Not signed: this office-holder had no key in the record." in plain
    assert "Not signed" not in clock
    assert "signed this with" not in clock


LIES: dict[str, dict[str, Any]] = {
    "spoiled": {"spoiled": True},
    "no verified user": {"verified": False},
    "another origin": {"origin": "https://elsewhere.example"},
    "another challenge": {"challenge": "A" * 43},
    "another site": {"rp_id": "evil.example"},
}


@pytest.mark.parametrize("lie", LIES)
def test_false_signature_records_nothing(town: Town, lie: str) -> None:
    client, before = town.clients[town.one], town.count()
    asked = submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments")

    done = sign(client, asked, town.devices[town.one], **LIES[lie])

    assert done.status_code == 422
    assert town.count() == before


def test_signature_counts_once(town: Town) -> None:
    client, device = town.clients[town.one], town.devices[town.one]
    asked = submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments")
    data = {**fields_on(asked.text), "answer": device.sign(options_on(asked.text), ORIGIN)}
    first = client.post("/groups/york-tenants/appointments", data=data)
    token = token_on(client, "/account")
    before = town.count()

    second = client.post("/groups/york-tenants/appointments", data={**data, "token": token})

    assert (first.status_code, second.status_code) == (200, 422)
    assert town.count() == before


@pytest.mark.parametrize("what", ["another form", "another address", "another browser", "too late", "forged"])
def test_signature_is_for_this_form_here_and_now(town: Town, what: str) -> None:
    client, device = town.clients[town.one], town.devices[town.one]
    place = "/groups/york-tenants/links"
    typed = {"kind": "website", "url": "https://york.example.org", "title": "Ours", "audience": "public"}
    asked = submit(client, place, place, **typed)
    data = {**fields_on(asked.text), "answer": device.sign(options_on(asked.text), ORIGIN)}
    before = town.count()

    if what == "another form":
        data["url"] = "https://evil.example.org"
    if what == "another address":
        place = "/groups/york-tenants/appointments"
    if what == "another browser":
        client = town.house.signed_in(town.one, kind="code")
        data["token"] = token_on(client, "/account")
    if what == "too late":
        town.clock.advance(minutes=5, seconds=1)
    if what == "forged":
        data["act"] = data["act"][:-3] + "abc"
    done = client.post(place, data=data)

    assert done.status_code == 422
    assert "Nothing was written" in done.text
    assert 'data-passkey="get"' in done.text
    assert town.count() == before


def test_what_changed_meanwhile_is_shown_and_signed_anew(town: Town) -> None:
    """Another window brought the second passkey into the record, which this press was about to do."""
    client, device, spare = town.clients[town.one], town.devices[town.one], Authenticator()
    town.act(town.one, "/groups/york-tenants/appointments")
    add_another(client, spare)
    first, second = (submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments") for _ in "ab")
    sign(client, second, device)
    before = town.count()

    answer = device.sign(options_on(first.text), ORIGIN)
    data = {**fields_on(first.text), "answer": answer, "token": token_on(client, "/account")}
    again_asked = client.post("/groups/york-tenants/appointments", data=data)
    between = town.count()
    done = sign(client, again_asked, spare)

    assert again_asked.status_code == 422
    assert "Something changed while you were signing" in again_asked.text
    assert between == before
    assert done.status_code == 200
    assert town.told(before) == [("office.offered", True)]


def test_every_signed_route_writes_in_one_unit() -> None:
    signed = [route for route in ROUTES if route.level == "signed"]

    assert {(route.method, route.unit) for route in signed} == {("POST", "write")}
    assert len(signed) > 20


def test_act_without_a_signature_is_refused_by_the_page_of_a_fresh_route(town: Town) -> None:
    """The planted fault: were a route of power only fresh, its act would be refused, never recorded unsigned."""
    town.act(town.one, "/groups/york-tenants/appointments")
    before = town.count()

    with pytest.raises(RuleViolation) as refused, town.house.db.write() as tx:
        offices.offer(tx, place=town.group, actor=again(tx, town.one))

    assert refused.value.code == "signing.unsigned"
    assert town.count() == before


def test_objection_with_its_reason_is_signed_over_the_words(town: Town, another_db: Any) -> None:
    with town.house.db.write() as tx:
        act, token = offices.offer(tx, place=town.group, actor=again(tx, town.two))
        offices.accept(tx, token=token, shown="T", actor=member(tx, "third"))
    before = town.count()

    reason = "They do not\n know the <b>town</b>."
    done = town.act(town.one, f"/acts/{act}/objection", reason=reason)

    assert done.status_code == 303
    assert town.told(before)[:2] == [("key.registered", False), ("office.objected", True)]
    with town.house.db.read() as tx:
        entry = writer.get(tx, before + 1)
        assert entry is not None
        assert writer.words_of(tx, entry) == {"reason": reason}
    assert_replays(town.house.db, another_db)


def test_resignation_is_signed(town: Town) -> None:
    path, before = f"/offices/{town.one.grants[0].id}/resignation", town.count()

    done = town.act(town.one, path, path)

    assert done.status_code == 303
    assert town.told(before)[-1] == ("grant.ended", True)


def test_members_link_is_no_act_and_takes_a_fresh_passkey_only(town: Town) -> None:
    client, before = town.clients[town.one], town.count()
    typed = {"kind": "chat", "url": "https://chat.example.org", "title": "Chat", "audience": "members"}

    done = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **typed)
    town.clock.advance(minutes=6)
    asked = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **typed)

    assert done.status_code == 303
    assert "Use your passkey" in asked.text
    assert town.count() == before


def lose(town: Town, new: Authenticator) -> str:
    """Takes one's passkey off the account as a recovery does, a new one on it; returns where that is recorded."""
    client, lost = town.clients[town.one], town.devices[town.one]
    add_another(client, new)
    with town.house.db.write() as tx:  # the old passkey is off, its key stays in the record
        theirs = passkeys.c.public_key == cose_of(lost.key)
        tx.execute(sa.update(passkeys).where(theirs).values(removed_at=town.clock.moment))
    return next(iter(re.findall(r'action="(/account/passkeys/[^"]+/record)"', client.get("/account/passkeys").text)))


def test_new_passkey_after_a_loss_waits_and_then_signs_nothing_of_the_offices_before(
    town: Town, another_db: Any
) -> None:
    client, new = town.clients[town.one], Authenticator()
    town.act(town.one, "/groups/york-tenants/appointments")
    place, before = lose(town, new), town.count()

    refused = submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments")
    asked = submit(client, "/account/passkeys", place)
    waiting = sign(client, asked, new)
    shown = client.get("/account/passkeys").text
    town.clock.advance(days=7)
    client = town.clients[town.one] = town.house.signed_in(town.one, kind="passkey")
    away = re.findall(r'action="(/account/keys/[^"]+/withdrawal)"', client.get("/account/passkeys").text)[0]
    kept = submit(client, "/account/passkeys", away)
    acts = submit(client, "/groups/york-tenants/power", "/groups/york-tenants/appointments")

    assert "None of your passkeys signs" in refused.text
    assert waiting.status_code == 303
    assert "from 17 January 2027" in shown
    assert "it signs only in offices that you come into with it" in shown
    assert "You keep your seat until its term ends" in shown
    entry = client.get(f"/record/{before}").text
    assert "for which nobody vouched but itself: from 17 January 2027 on it signs what they begin" in entry
    assert "so whoever runs the hub could have made it" in entry
    assert ("could have made it. It takes nothing" in entry, "nobody else, the operator included" in entry) == (
        True,
        False,
    )
    assert "that it is the member&#39;s own rests on the hub&#39;s word alone" in entry
    assert "for which nobody vouched but itself: from 17" in asked.text
    assert (kept.status_code, "withdraws no other one" in kept.text) == (422, True)
    assert (acts.status_code, "signs nothing of an office that you had before it" in acts.text) == (422, True)
    assert town.told(before) == [("key.registered", True)]
    assert_replays(town.house.db, another_db)


def test_receipt_of_an_office_brings_back_what_a_lost_passkey_signed(town: Town, another_db: Any) -> None:
    client, new, seed, grant = town.clients[town.one], Authenticator(), b"s" * 32, town.one.grants[0].id
    town.act(town.one, f"/offices/{grant}/key", f"/offices/{grant}/receipt", public_key=role_keys.public_of(seed))
    with town.house.db.read() as tx:
        registered = writer.bytes_of(tx, entry_count(tx) - 1) or b""
    page = lose(town, new).replace("/record", "/vouching")
    before, shown = town.count(), client.get(page).text
    nonce = re.findall(r'data-nonce="([^"]+)"', shown)[0]
    url = re.findall(r'data-url="([^"]+)"', shown)[0]
    token = role_keys.bind(seed, audience=url, nonce=nonce, entry=registered)
    claim = format_claim(OfficeReceipt(grant, ORIGIN, (proof_of(registered),), ()), token)

    wrong = submit(client, page, page, claim="{}")
    asked = submit(client, page, page, claim=claim)
    done = sign(client, asked, new)
    told, entry = client.get("/account/passkeys").text, client.get(f"/record/{before}").text
    town.clock.advance(days=7)
    client = town.clients[town.one] = town.house.signed_in(town.one, kind="passkey")
    away = re.findall(r'action="(/account/keys/[^"]+/withdrawal)"', client.get("/account/passkeys").text)[0]
    gone = sign(client, submit(client, "/account/passkeys", away), new)
    town.devices[town.one] = new
    acted = town.act(town.one, "/groups/york-tenants/appointments")

    assert "With the key of an office, A vouched for a new passkey: from 17 January 2027 on it signs" in entry
    assert "the key of an office of A vouches for it" in entry
    assert url == f"{ORIGIN}/account/passkeys"
    assert (wrong.status_code, done.status_code, gone.status_code, acted.status_code) == (422, 303, 303, 200)
    assert ("from 17 January 2027" in told, "it signs only in offices" in told) == (True, False)
    assert town.told(before) == [("key.registered", True), ("key.withdrawn", True), ("office.offered", True)]
    assert_replays(town.house.db, another_db)


def test_page_that_brings_an_office_back_is_for_ones_own_passkeys(town: Town) -> None:
    town.act(town.one, "/groups/york-tenants/appointments")
    page = lose(town, Authenticator()).replace("/record", "/vouching")
    before = town.count()

    found = [town.clients[town.two].get(page).status_code, town.house.visitor().get(page).status_code]
    sent = submit(town.clients[town.two], "/account/passkeys", page, claim="{}")

    assert (found, sent.status_code, town.count()) == ([404, 303], 404, before)


def add_another(client: Any, device: Authenticator) -> None:
    """Adds a further passkey by the pages."""
    asked = submit(client, "/account/passkeys", "/account/passkeys/another")
    answer = device.make(options_on(asked.text), ORIGIN)
    client.post("/account/passkeys", data={**fields_of(asked.text), "answer": answer, "name": "new"})


def fields_of(text: str) -> dict[str, str]:
    """The hidden fields of the page that adds a passkey."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(text[text.index("data-passkey") :])}


def test_passkey_that_is_removed_leaves_the_record_by_its_own_signature(town: Town, another_db: Any) -> None:
    client = town.clients[town.one]
    town.act(town.one, "/groups/york-tenants/appointments")
    path = re.findall(r'action="(/account/passkeys/[^"]+/remove)"', client.get("/account/passkeys").text)[0]
    before = town.count()

    done = sign(client, submit(client, "/account/passkeys", path), town.devices[town.one])

    assert done.status_code == 303
    assert town.told(before) == [("key.withdrawn", True)]
    with town.house.db.read() as tx:
        assert keys.here(tx, str(town.one.holder)) == []
    assert_replays(town.house.db, another_db)


def test_signed_routes_record_nothing_without_a_signature(town: Town) -> None:
    client = town.clients[town.one]
    town.act(town.one, "/groups/york-tenants/appointments")
    token, before = token_on(client, "/account"), town.count()

    shown = set()
    for route in ROUTES:
        if route.level == "signed":
            path = route.path.replace("{branch}", "york-branch").replace("{group}", "york-tenants")
            path = re.sub(r"\{\w+\}", "x", path)
            shown.add(client.post(path, data={"token": token, "reason": "r" * 20, "name": "n"}).status_code)

    assert shown <= {200, 303, 403, 404, 422}
    assert town.count() == before


def test_levels_of_power_are_signed() -> None:
    """Which routes of power there are, by the table; a new one is added here with its reason to be what it is."""
    fresh = {path for (method, path), level in LEVELS.items() if level == "fresh"}

    assert fresh == {
        "/branches/{branch}/invitations", "/groups/{group}/invitations",  # a secret link; accepting it is signed
        "/groups/{group}/requests/{request}/acceptance", "/groups/{group}/requests/{request}/refusal",  # private
        "/groups/{group}/links/{link}/kept",  # private
        "/groups/{group}/channels/{link}/proof", "/groups/{group}/channels/{link}/look",  # the hub's own look
        "/groups/{group}/channels/{link}/entity",
        "/groups/{group}/sites/{client}/secret", "/groups/{group}/sites/{client}/registration",  # private
        "/groups/{group}/sites/{client}/back-channel",  # private: at the proved host alone
        "/account/passkeys/another", "/vouch",  # private
        "/offices/{grant}/recall", "/acts/{act}/hold", "/rules/amendments",  # a member's right: it names no holder
        "/petitions/{act}/signatures", "/petitions/{act}/signatures/withdrawal",  # private
        "/ballots/{ballot}/papers", "/ballots/{ballot}/changes",  # a vote: nobody's name stands beside it
        "/ballots/{ballot}/voters", "/looks", "/draws/{act}/refusal",  # private
        "/draws/{act}/objections", "/ballots/{ballot}/objections",  # a right: it names no holder
        # A side's right: the record names none. Proposing a decision signs nothing.
        "/cases", "/cases/{act}/items", "/cases/{act}/items/{item}/removal", "/cases/{act}/charge",
        "/cases/{act}/files/{file}/removal",
        "/cases/{act}/answer", "/cases/{act}/prolongation", "/cases/{act}/strikes", "/cases/{act}/rulings",
        "/cases/{act}/appeal",
        "/draws/{act}/readings", "/ballots/{ballot}/readings",  # anybody's: the beacon's own signature is what counts
    }  # fmt: skip


@pytest.fixture
def served(_sqlite: Sqlite, tmp_path: Any) -> Iterator[tuple[House, Actor]]:
    """A served hub, whose log bears the address it is served at, and an organiser of a group."""
    db = _sqlite.fresh(metadata)
    with serving(tmp_path / "data", db) as house:
        with db.write() as tx:
            found_hub(tx, without_devices(), origin=house.settings.log_origin)
            branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
            _group, (one, _two) = found_group(tx, branch, founders[:2], founders[2:])
        yield house, one
    _sqlite.release(db)


@pytest.mark.browser
def test_organiser_signs_an_appointment_in_a_browser(browser: Any, served: tuple[House, Actor]) -> None:
    house, organiser = served
    page = browser_of(browser, house, organiser)

    page.goto(f"{house.settings.url}/account/passkeys")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account/passkeys")
    page.goto(f"{house.settings.url}/groups/york-tenants/power")
    page.locator("form[action$='/appointments'] button").click()
    asked, faults = page.inner_text("main"), Axe().run(page).response["violations"]
    page.get_by_role("button", name="Sign", exact=True).click()
    page.locator(".copy code").wait_for()
    made = page.inner_text("main")
    lines = [raw for raw, _said in lines_of(house.db)]
    page.goto(f"{house.settings.url}/record/{len(lines) - 1}")
    told = page.inner_text("main")
    page.context.close()

    assert "This is what the record will say" in asked
    assert "York Tenants" in asked
    assert [fault["id"] for fault in faults] == []
    assert "/invitations/" in made
    assert "signed this with their own key" in told
    assert signatures(lines)[-2:] == ["plain", "signed"]


@pytest.mark.browser
def test_organiser_who_lost_every_passkey_brings_the_office_back_in_a_browser(
    browser: Any, served: tuple[House, Actor], tmp_path: Any
) -> None:
    house, organiser = served
    key, home = holders.make_key(organiser.grants[0].id), house.settings.url
    holders.register_key(house.db, organiser, key, Authenticator(), host="localhost", home=home)
    with house.db.read() as tx:
        registered = writer.bytes_of(tx, entry_count(tx) - 1) or b""
    receipt = OfficeReceipt(key.grant, home, (proof_of(registered),), ()).with_key(key)
    (tmp_path / "office.receipt").write_bytes(format_office_receipt(receipt))
    page = browser_of(browser, house, organiser)

    page.goto(f"{home}/account/passkeys")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account/passkeys")
    page.get_by_role("link", name="I have the receipt").click()
    shown, faults = page.inner_text("main"), Axe().run(page).response["violations"]
    page.set_input_files("#receipt", tmp_path / "office.receipt")
    page.fill("#passphrase", holders.PASSPHRASE)
    page.get_by_role("button", name="Let it sign for my offices").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/account/passkeys")
    told, more = page.inner_text("main"), Axe().run(page).response["violations"]
    page.context.close()

    assert "In seven days it signs for you as the ones before did" in shown
    assert [fault["id"] for fault in [*faults, *more]] == []
    assert "Signs your acts of office from" in told
    assert "Have you lost every passkey" not in told
    assert signatures([raw for raw, _said in lines_of(house.db)])[-1] == "signed"


def proof_of(raw: bytes) -> Receipt:
    """A proof of an entry under some log: the record has the entry, and no proof is asked for here."""
    tree = Tree([leaf_hash(raw)])
    note = sign_checkpoint(Checkpoint("hub.example/log", 1, tree.root()), Signer("hub.example/log", b"L" * 32))
    return Receipt(0, (), note, raw)
