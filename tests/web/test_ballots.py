"""Elections and ballots in a browser without script: stand, vote, look before sending, receipt, change, count."""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any

import pytest
import sqlalchemy as sa

from hub import clock, ids
from hub.ballots import published, queries, rules, watching
from hub.ballots.models import ballot_papers, ballot_roll
from hub.count import RON
from hub.tlog.hashes import leaf_hash, parse_base64
from hub.tlog.proofs import check_inclusion
from tests.ballots.test_by_elections import resign_now
from tests.ballots.test_elections import give_lot
from tests.conftest import SetClock
from tests.people_for_tests import entry_count
from tests.towns import OPENS, Town, build_town
from tests.web.conftest import House, submit, token_on


@pytest.fixture
def house(bare_house: House) -> House:
    """A hub whose officers have no passkey: forms are tried here, signatures in tests/web/test_signatures.py."""
    return bare_house


@pytest.fixture
def town(house: House, clock_at: SetClock) -> Town:
    """A town in a house with pages."""
    return build_town(house.db, clock_at("2027-01-10T20:00Z"))


def fields_of(text: str) -> dict[str, str]:
    """The hidden fields of a page's first form."""
    form = text.split('action="/ballots/', 1)[1].split("</form>", 1)[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs}


def vote(client: Any, ballot: str, **typed: str) -> Any:
    """Fills in a paper, looks at it once more and sends it; the receipt's page."""
    paper = client.get(f"/ballots/{ballot}/vote").text
    checked = client.post(f"/ballots/{ballot}/check", data={**fields_of(paper), **typed})
    assert checked.status_code == 200, checked.text
    return client.post(f"/ballots/{ballot}/papers", data=fields_of(checked.text))


def receipt_on(text: str) -> tuple[str, str, str]:
    """The three parts that a receipt's page shows: code of the paper, phrase, code of the vote."""
    found = re.findall(r'<code data-copy="[^"]*" data-copied="[^"]*">([^<]*)</code>', text)
    return found[0], html.unescape(found[1]), found[2]


def test_member_stands_and_others_read_the_statement(house: House, town: Town) -> None:
    town.clock.advance(days=OPENS)
    town.tick()
    act, client = town.election(), house.signed_in(town.voters[0])

    empty = submit(client, f"/elections/{act}/stand", f"/elections/{act}/candidacies", statement="", shown="")
    done = submit(
        client,
        f"/elections/{act}/stand",
        f"/elections/{act}/candidacies",
        statement="For <b>warm</b> homes.",
        interests="I rent.",
        shown="Val",
    )
    page = house.visitor().get(f"/elections/{act}").text

    assert empty.status_code == 422
    assert "Say why you stand, or choose" in empty.text
    assert (done.status_code, done.headers["location"]) == (303, f"/elections/{act}")
    assert "For &lt;b&gt;warm&lt;/b&gt; homes." in page
    assert "I rent." in page
    assert page.count("<strong>") == 6
    assert f"/elections/{act}" in house.visitor().get("/branches/york-branch/power").text


def test_member_stands_without_a_statement_and_the_page_says_that_there_is_none(house: House, town: Town) -> None:
    town.clock.advance(days=OPENS)
    town.tick()
    act, client = town.election(), house.signed_in(town.voters[0])
    where = (f"/elections/{act}/stand", f"/elections/{act}/candidacies")

    both = submit(client, *where, statement="For warm homes.", without="yes", shown="Val")
    done = submit(client, *where, statement="", without="yes", interests="", shown="Val")

    assert (both.status_code, "Take them out, or stand with them" in both.text) == (422, True)
    assert (done.status_code, done.headers["location"]) == (303, f"/elections/{act}")
    page = house.visitor().get(f"/elections/{act}").text
    assert (page.count("(no statement)"), page.count("(statement withdrawn)")) == (1, 0)


@pytest.mark.parametrize("voting", [False, True])
def test_pages_say_which_of_two_elections_counts(house: House, town: Town, voting: bool) -> None:
    town.clock.advance(days=1)
    with house.db.write() as tx:
        for founder in town.founders[:4]:
            resign_now(tx, founder)
    town.tick()
    by = town.election()
    town.stand(town.voters[0])
    town.clock.advance(days=14 if voting else 1)
    town.tick()
    with house.db.write() as tx:
        resign_now(tx, town.founders[4])
    town.tick()

    general, visitor = town.election(), house.visitor()
    pages = [visitor.get(path).text for path in (f"/elections/{by}", f"/elections/{general}")]
    power = visitor.get("/branches/york-branch/power").text

    assert general in pages[0]
    if voting:
        assert "An election of all places runs beside this one, and counts more" in pages[0]
        assert "runs beside this one, which counts more" in pages[1]
        assert (by in power, general in power, "The election of all places counts more" in power) == (True, True, True)
    else:
        assert "An election of all places was opened before anybody voted in this one" in pages[0]
        assert (by in pages[1], by in power, general in power, "counts more" in power) == (False, False, True, False)
    assert "before its vote" in visitor.get("/record").text or voting


def test_voter_looks_sends_gets_a_receipt_and_changes(house: House, town: Town) -> None:
    holders = town.to_ballot(*town.voters[:3])
    ballot, client = town.ballot().id, house.signed_in(town.voters[4])
    typed = {f"rank_{holders[1]}": "1", "rank_ron": "2nd", "phrase": "green  bicycle"}

    paper = client.get(f"/ballots/{ballot}/vote").text
    receipt = vote(client, ballot, **typed)
    nonce, phrase, code = receipt_on(receipt.text)
    again = vote_again(client, ballot, typed)
    changed = submit(
        client,
        f"/ballots/{ballot}/change",
        f"/ballots/{ballot}/changes",
        nonce=nonce.upper().replace("-", " "),
        phrase=phrase,
        **{f"rank_{holders[2]}": "1"},
    )
    with house.db.read() as tx:
        kept = tx.execute(sa.select(ballot_papers.c.tracker, ballot_papers.c.choice)).all()

    assert "Other members, officers and admins cannot see how you vote." in paper
    assert (receipt.status_code, phrase) == (200, "green bicycle")
    assert code == rules.tracker_of(ballot, nonce, phrase)
    assert (again.status_code, "You have voted." in again.text) == (422, True)
    assert receipt_on(changed.text) == (nonce, phrase, code)
    assert [tuple(row) for row in kept] == [(code, f'["{holders[2]}"]')]


def vote_again(client: Any, ballot: str, typed: dict[str, str]) -> Any:
    """Sends a paper that was printed for somebody who voted meanwhile."""
    token = token_on(client, f"/ballots/{ballot}/change")
    return client.post(f"/ballots/{ballot}/papers", data={"token": token, "paper": "", **typed})


def test_mistakes_stand_beside_their_field_with_what_was_typed(house: House, town: Town) -> None:
    holders = town.to_ballot(*town.voters[:3])
    ballot, client = town.ballot().id, house.signed_in(town.voters[4])
    paper = client.get(f"/ballots/{ballot}/vote").text
    nonce = re.findall(r"<code>([^<]+)</code>", paper)[0]
    typed = {f"rank_{holders[0]}": "2", f"rank_{holders[1]}": "2", "phrase": "my own words"}

    wrong = client.post(f"/ballots/{ballot}/check", data={**fields_of(paper), **typed})
    put_right = {**fields_of(wrong.text), **typed, f"rank_{holders[0]}": "1"}
    checked = client.post(f"/ballots/{ballot}/check", data=put_right)
    back = client.post(f"/ballots/{ballot}/vote", data=fields_of(checked.text))
    old = client.post(f"/ballots/{ballot}/check", data={**put_right, "paper": "forged"})

    assert wrong.status_code == 422
    assert "You gave two options the number 2. Give each a different number." in html.unescape(wrong.text)
    assert f'id="rank_{holders[0]}-mistake"' in wrong.text
    assert 'value="my own words"' in wrong.text
    assert [nonce in page.text for page in (wrong, checked, back, old)] == [True, True, True, False]
    assert 'value="my own words"' in back.text
    assert "Nothing is sent yet." in checked.text
    assert (old.status_code, "more than a day old" in old.text) == (422, True)
    with house.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers)) == 0
        assert tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted))) == 0


def test_whoever_is_not_on_the_roll_reads_why(house: House, town: Town) -> None:
    town.to_ballot(*town.voters[:1])
    ballot = town.ballot().id
    late = house.signed_in(house.member("late_comer"))
    with house.db.read() as tx:
        before = entry_count(tx)

    page = late.get(f"/ballots/{ballot}/vote").text
    token = token_on(late, "/account")
    refused = late.post(f"/ballots/{ballot}/papers", data={"token": token, "phrase": "my words", "paper": ""})
    line = late.get(f"/ballots/{ballot}/roll").text

    assert "You are not on the roll of this ballot." in page
    assert refused.status_code in (403, 422)
    assert "You are not on the roll of this ballot." in line
    with house.db.read() as tx:
        assert entry_count(tx) == before
        assert tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted))) == 0


def count_up(house: House, town: Town) -> dict[str, str]:
    """Twelve vote through the pages, the ballot closes, the worker publishes; code of the vote to the holder named."""
    holders = town.to_ballot(*town.voters[:2])
    ballot, codes = town.ballot().id, {}
    for place, person in enumerate(town.everybody[:12]):
        receipt = vote(house.signed_in(person), ballot, **{f"rank_{holders[place % 2]}": "1", "phrase": "same words"})
        codes[receipt_on(receipt.text)[2]] = holders[place % 2]
    town.clock.advance(days=7)
    town.tick()
    return codes


def test_result_count_and_code_are_there_for_everybody(house: House, town: Town) -> None:
    codes = count_up(house, town)
    ballot, stranger = town.ballot(), house.visitor()

    before = stranger.get(f"/ballots/{ballot.id}/count").text
    published.publish(house.db, house.settings.files)
    after = stranger.get(f"/ballots/{ballot.id}/count").text
    shown = stranger.get(f"/ballots/{ballot.id}").text
    found = stranger.get(f"/ballots/{ballot.id}/tracker?code={next(iter(codes)).lower()}").text
    missed = stranger.get(f"/ballots/{ballot.id}/tracker?code={'A' * 26}").text
    sheet = published.parse_sheet(stranger.get(f"/files/{ballot.file}").content)

    assert before == after
    assert "First preferences." in after
    assert "12 of 16 on the roll voted." in shown
    assert "This paper was counted. It says:" in found
    assert "No paper has this code." in missed
    assert {paper["tracker"]: paper["choice"] for paper in sheet["papers"]} == {
        code: [holder] for code, holder in codes.items()
    }
    assert [paper["tracker"] for paper in sheet["papers"]] == sorted(codes)
    assert stranger.get(f"/files/{ballot.blt}").text.startswith("3 7\n")


def test_member_finds_the_own_line_under_the_roots_in_the_record(house: House, town: Town) -> None:
    count_up(house, town)
    ballot = town.ballot()

    page = house.signed_in(town.everybody[0]).get(f"/ballots/{ballot.id}/roll").text
    other = house.signed_in(town.everybody[13]).get(f"/ballots/{ballot.id}/roll").text

    for text, voted in ((page, "1"), (other, "0")):
        codes = re.findall(r'<code class="long">([^<]+)</code>', text)
        roots = [codes.index(root) for root in (ballot.root, str(ballot.closing_root))]
        for start, root, mark in ((0, roots[0], "0"), (roots[0] + 1, roots[1], voted)):
            own, leaf, *path = codes[start:root]
            place = int(re.findall(r"<dt>Its place</dt><dd>(\d+)</dd>", text)[start > 0])
            assert own.endswith(f"|{mark}")
            assert hashlib.sha256(own.encode()).digest() == parse_base64(leaf)
            hashes = [parse_base64(step) for step in path]
            check_inclusion(leaf_hash(parse_base64(leaf)), place, 16, hashes, parse_base64(codes[root]))


PUBLIC = ("/ballots", "/ballots/{ballot}", "/ballots/{ballot}/tracker", "/elections/{act}", "/record", "/power")


def test_no_page_before_the_close_depends_on_what_lies_in_the_box(house: House, town: Town) -> None:
    holders = town.to_ballot(*town.voters[:2])
    ballot, act = town.ballot().id, town.election()
    own = house.signed_in(town.voters[3])
    vote(own, ballot, **{f"rank_{holders[0]}": "1", "phrase": "same words"})

    def seen() -> list[str]:
        stranger = house.visitor()
        pages = [stranger.get(path.format(ballot=ballot, act=act)).text for path in PUBLIC]
        return [*pages, own.get(f"/ballots/{ballot}/roll").text, own.get(f"/ballots/{ballot}").text]

    first = seen()
    vote(house.signed_in(town.voters[4]), ballot, **{f"rank_{holders[1]}": "1", "phrase": "other words"})
    second = seen()

    assert second == first


def test_nothing_about_a_vote_is_logged_even_where_the_store_fails(
    house: House, town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    holders = town.to_ballot(*town.voters[:1])
    ballot, voter = town.ballot().id, town.voters[4]
    caplog.set_level(0)
    client = house.signed_in(voter)
    receipt = vote(client, ballot, **{f"rank_{holders[0]}": "1", "phrase": "green bicycle"})
    # A key that no database takes: the insert of the whole pool fails, with every paper among its values.
    mint = ids.new
    monkeypatch.setattr(ids, "new", lambda kind: object() if kind == "ppr" else mint(kind))
    other = house.signed_in(town.voters[5])
    paper = other.get(f"/ballots/{ballot}/vote").text
    sent = {**fields_of(paper), f"rank_{holders[0]}": "1", "phrase": "purple tandem"}
    failed = other.post(f"/ballots/{ballot}/papers", data=sent)

    said = caplog.text
    secrets = [
        *receipt_on(receipt.text),
        "purple tandem",
        "rank_",
        *(str(one.person) for one in (voter, town.voters[5])),
    ]
    assert failed.status_code == 500
    assert "failed" in said
    assert [word for word in secrets if word in said] == []
    with house.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted))) == 1


def test_scrutineer_signs_by_the_page_and_sees_the_roll(house: House, town: Town) -> None:
    count_up(house, town)
    act, scrutineer, other = town.election(), town.voters[8], town.voters[7]
    with house.db.write() as tx:
        give_lot(tx, town.branch.scope, scrutineer)
    client, stranger = house.signed_in(scrutineer), house.signed_in(other)

    page = ballot_of(client, act)
    seen = submit(client, page, f"{page}/voters")
    signed = submit(client, page, f"{page}/confirmation")
    token = token_on(stranger, "/account")
    refused = [stranger.post(f"{page}/{what}", data={"token": token}) for what in ("voters", "confirmation")]

    assert "16 members of" in seen.text
    assert "voter_3" in seen.text
    assert (signed.status_code, signed.headers["location"]) == (303, page)
    assert [answer.status_code for answer in refused] == [403, 403]
    assert "signed the count" in house.visitor().get("/record?kind=ballot.signed").text
    assert "For scrutineers" not in stranger.get(f"/elections/{act}").text + stranger.get(page).text


def ballot_of(client: Any, act: str) -> str:
    """The page of an election's ballot, to which the election's leads a scrutineer."""
    found = re.search(r'href="(/ballots/[^"]+)">See the roll', client.get(f"/elections/{act}").text)
    assert found is not None
    return found[1]


def test_roll_is_offered_to_scrutineers_as_soon_as_there_is_one(house: House, town: Town) -> None:
    town.to_ballot(*town.voters[:2])
    act, scrutineer = town.election(), town.voters[8]
    with house.db.write() as tx:
        give_lot(tx, town.branch.scope, scrutineer)
    client = house.signed_in(scrutineer)

    ballot = ballot_of(client, act)
    page = client.get(ballot).text
    seen = submit(client, ballot, f"{ballot}/voters")

    assert ("See the roll" in page, "Sign the count" in page) == (True, False)
    assert "16 members of" in seen.text


def test_officer_hides_what_a_candidate_wrote_and_pages_say_why_and_until_when(house: House, town: Town) -> None:
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(town.voters[0], town.founders[0])
    act, officer, rival = town.election(), house.signed_in(town.founders[1]), house.signed_in(town.founders[0])
    page = officer.get(f"/elections/{act}").text
    places = re.findall(r'href="(/hide/candidacy/cdy_[0-9]+)"', page)
    ours = next(place for place in places if "voter_0" in page.split(place)[1][:120])

    refused = rival.get(ours)
    form = officer.get(ours)
    done = submit(officer, ours, ours, rule="1", reason="It tells where somebody lives.")
    hidden = house.visitor().get(f"/elections/{act}").text
    to_rival = rival.get(done.headers["location"]).text
    record = house.visitor().get("/record").text
    town.clock.advance(days=14)
    town.tick()
    paper = house.signed_in(town.voters[1]).get(f"/ballots/{town.ballot().id}/vote").text

    assert (refused.status_code, form.status_code, done.status_code) == (403, 200, 303)
    assert "/hide/candidacy/" not in rival.get(f"/elections/{act}").text
    assert "I am voter_0." not in hidden
    assert "Hidden by an officer until" in hidden
    assert "rule 1 is said to be broken" in hidden
    assert "voter_0" in hidden
    assert "/confirmation" not in to_rival
    assert "wrote to voters" in record
    assert "I am voter_0." in paper


def test_ballot_paper_says_why_words_are_hidden_and_still_ranks_the_candidate(house: House, town: Town) -> None:
    holders = town.to_ballot(town.voters[0], town.voters[2])
    officer = house.signed_in(town.founders[1])
    page = officer.get(f"/elections/{town.election()}").text
    place = next(
        place for place in re.findall(r'href="(/hide/[^"]+)"', page) if "voter_0" in page.split(place)[1][:120]
    )
    submit(officer, place, place, rule="2", reason="It threatens somebody.")

    paper = house.signed_in(town.voters[1]).get(f"/ballots/{town.ballot().id}/vote").text

    assert "I am voter_0." not in paper
    assert "I am voter_2." in paper
    assert "rule 2 is said to be broken" in paper
    assert all(f'name="rank_{holder}"' in paper for holder in holders)


def test_page_and_paper_say_that_an_outage_moved_the_close(house: House, town: Town) -> None:
    town.to_ballot(town.voters[0])
    ballot = town.ballot()
    visitor = house.visitor()
    before = visitor.get(f"/ballots/{ballot.id}").text
    with house.db.write() as tx:
        watching.beat(tx, answered=True)
    town.clock.advance(days=1)
    with house.db.write() as tx:
        assert watching.beat(tx, answered=True)

    page, record = visitor.get(f"/ballots/{ballot.id}").text, visitor.get("/record").text
    paper = house.signed_in(town.voters[1]).get(f"/ballots/{ballot.id}/vote").text

    assert "could not be reached" not in before
    assert "The hub could not be reached from" in page
    assert "The hub could not be reached from" in paper
    assert "By its clock the hub could not be reached from" in record
    assert "1 ballot closes a day later." in record
    assert town.ballot().closes == ballot.closes + clock.DAY


def test_page_says_that_a_roll_was_changed_and_not_that_few_voted(house: House, town: Town) -> None:
    holders = town.to_ballot(town.voters[0])
    for person in town.everybody[:10]:
        town.cast(person, holders)
    with house.db.write() as tx:
        tx.execute(sa.update(ballot_roll).where(ballot_roll.c.voted == 0).values(salt="0" * 32))
    town.clock.advance(days=7)
    town.tick()

    page, record = (house.visitor().get(path).text for path in (f"/ballots/{town.ballot().id}", "/record"))

    assert "its roll was no longer the one in the public record" in page
    assert "Fewer than ten voted" not in page
    assert "its roll was no longer the one in the record" in record


def test_receipt_of_inclusion_finds_that_a_vote_was_counted_and_not_what_it_says(
    bare_house: House, clock_at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "receipts_of", lambda tx, ballot: rules.INCLUSION)
    town = build_town(bare_house.db, clock_at("2027-01-10T20:00Z"))
    holders = town.to_ballot(*town.voters[:2])
    ballot, client = town.ballot().id, bare_house.signed_in(town.voters[0])
    receipt = vote(client, ballot, **{f"rank_{holders[0]}": "1"}, phrase="my own words").text
    for person in town.everybody[:9]:
        if person is not town.voters[0]:
            town.cast(person, [holders[1]])
    for person in town.voters[4:7]:
        town.cast(person, [])
    town.clock.advance(days=7)
    town.tick()
    code = receipt_on(receipt)[2]
    found = bare_house.visitor().get(f"/ballots/{ballot}/tracker?code={code}").text
    missed = bare_house.visitor().get(f"/ballots/{ballot}/tracker?code={'A' * 26}").text

    assert "all codes are published in one list and all papers in another" in receipt
    assert "it shows how you voted" not in receipt
    assert "A vote with this code is among those counted." in found
    assert '<ol class="steps">' not in found
    assert "No paper has this code." in missed


def test_seats_that_re_open_nominations_wins_are_said_to_stay_free(house: House, town: Town) -> None:
    holders = town.to_ballot(*town.voters[:2])
    for place, person in enumerate(town.everybody[:14]):
        town.cast(person, [RON] if place else [holders[0]])
    town.clock.advance(days=7)
    town.tick()

    page = house.visitor().get(f"/ballots/{town.ballot().id}").text

    row = re.search(r'<th scope="row">Re-open nominations</th>(.*?)</tr>', page, re.DOTALL)
    assert row is not None
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in row[1].split("</td>")[:-1]]
    assert (cells[0], cells[-1]) == ("13", "6 seats stay free")
