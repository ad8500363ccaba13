"""What an act would do stands where people sign and vote on it; and no button stands where signing would be refused."""

from __future__ import annotations

import dataclasses
import html
import re
from typing import Any

import pytest

from hub import clock, outbox
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts.proposals import Change, proposed
from hub.acts.state import ActState
from hub.ballots import elections
from hub.ballots import queries as ballots
from hub.branches import actions as branches
from hub.branches import boundaries, own_rules
from hub.branches import queries as branch_queries
from hub.constitution import queries as constitution
from hub.emergencies import actions as emergencies
from hub.errors import Refusal, Verdict
from hub.groups import founding, links, membership, offices, settings
from hub.groups import queries as groups
from hub.hiding import actions as hiding
from hub.ledger import writer
from hub.permits import Actor
from hub.permits import queries as permits
from hub.petitions import actions as petitions
from hub.web import particulars
from tests.branches.test_boundaries import SMALLER
from tests.groups.test_seconds import elect
from tests.people_for_tests import (
    PLAN,
    again,
    begin_appointments,
    begin_group,
    entry_count,
    found_branch,
    member,
    ready,
    seat_council,
)
from tests.web.conftest import House, submit
from tests.web.test_signatures import Town as Signing

POWER = "/groups/york-tenants/power"


class York:
    """A branch of five organisers, of whom two founded a group of six more members."""

    def __init__(self, house: House, clock: Any) -> None:
        self.house, self.clock = house, clock
        self.branch, self.founders, self.group, self.organisers = begin_group(house.db)
        with house.db.write() as tx:
            self.members = [member(tx, f"mem_{number}") for number in range(6)]
            for one in self.members:
                membership.join(tx, group=self.group, actor=one)

    def later(self, **by: float) -> None:
        """Moves the clock on, and lets it do what is due."""
        self.clock.advance(**by)
        with self.house.db.write() as tx:
            while elections.tick(tx):
                pass

    def settings(self, *, signers: int = 1) -> str:
        """Whom the organisers accept, and 20 places; proposed and signed by so many."""
        with self.house.db.write() as tx:
            first, second = (again(tx, one) for one in self.organisers)
            act = settings.propose(tx, group=self.group, joining="accept", seats=20, seats_most=5000, actor=first)
            if signers > 1:
                settings.confirm(tx, act=act, actor=second)
        return act

    def moderator(self, name: str) -> tuple[str, Actor]:
        """Somebody whom both organisers appoint: the grant, and who."""
        with self.house.db.write() as tx:
            act, token = offices.offer(tx, place=self.group, actor=again(tx, self.organisers[0]))
            who = ready(tx, name.lower().replace(" ", "_"))
            offices.accept(tx, token=token, shown=name, actor=who)
            for organiser in self.organisers:
                offices.confirm(tx, act=act, actor=again(tx, organiser))
            begin_appointments(tx, self.clock)
            return next(one.id for one in permits.all_grants(tx, self.group.scope) if one.act == act), who

    def page(self, path: str, actor: Any = None) -> str:
        """A page's words, without the head and the foot."""
        client = self.house.visitor() if actor is None else self.house.signed_in(actor)
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def says(self, act: str) -> tuple[str, tuple[Change, ...]]:
        """What an act would do."""
        with self.house.db.read() as tx:
            found = proposed(tx, act_queries.get(tx, act))
        return found.asks, found.changes


def words(text: str) -> str:
    """The main part of a page as it reads."""
    main = text.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture(autouse=True)
def _clock(clock_at: Any) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def york(bare_house: House, clock_at: Any) -> York:
    return York(bare_house, clock_at)


def test_settings_say_from_what_to_what_on_card_and_in_letter(york: York) -> None:
    act = york.settings()

    asks, changes = york.says(act)
    page = york.page(POWER)
    with york.house.db.read() as tx:
        letter = next(
            one for one in outbox.notices(tx, str(york.organisers[1].person)) if one.template == "settings_wait"
        )

    assert (asks, changes) == (
        "change who may join York Tenants, and how many",
        (
            Change("Who may join", "any member of the branch", "whom the organisers accept"),
            Change("Places", "without a limit", "20"),
        ),
    )
    assert "Change who may join York Tenants, and how many" in page
    assert "Who may join any member of the branch becomes → whom the organisers accept" in page
    assert "Places without a limit becomes → 20" in page
    assert letter.params == {
        "place": POWER,
        "what": "Change who may join York Tenants, and how many. Who may join: now any member of the branch, then whom "
        "the organisers accept. Places: now without a limit, then 20.",
    }
    assert letter.params["what"] in york.page("/me/notices", york.organisers[1])


def test_settings_in_force_are_not_compared_with_themselves(york: York) -> None:
    act = york.settings(signers=2)
    york.later(days=3, minutes=1)

    assert york.says(act)[1] == (
        Change("Who may join", None, "whom the organisers accept"),
        Change("Places", None, "20"),
    )


def test_setting_that_stays_says_so(york: York) -> None:
    with york.house.db.write() as tx:
        act = settings.propose(
            tx, group=york.group, joining="members", seats=None, seats_most=5000, actor=again(tx, york.organisers[0])
        )

    assert york.says(act)[1] == (
        Change("Who may join", "any member of the branch", "every verified member"),
        Change("Places", None, "without a limit, as now"),
    )


def test_appointment_and_withdrawal_name_whom(york: York) -> None:
    with york.house.db.write() as tx:
        act, token = offices.offer(tx, place=york.group, actor=again(tx, york.organisers[0]))
    assert "Appoint whoever accepts the invitation as Moderator of York Tenants" in york.page(POWER)
    with york.house.db.write() as tx:
        offices.accept(tx, token=token, shown="Sam Reed", actor=ready(tx, "sam"))
    assert york.says(act) == ("appoint Sam Reed as Moderator of York Tenants", (Change("For", None, "180 days"),))
    assert "Appoint Sam Reed as Moderator of York Tenants For 180 days" in york.page(POWER)
    with york.house.db.write() as tx:
        for organiser in york.organisers:
            offices.confirm(tx, act=act, actor=again(tx, organiser))
        begin_appointments(tx, york.clock)
        grant = next(one.id for one in permits.all_grants(tx, york.group.scope) if one.act == act)
        away = offices.challenge(tx, place=york.group, grant=grant, actor=again(tx, york.organisers[1]))

    assert york.says(away) == (
        "withdraw Sam Reed as Moderator of York Tenants",
        (Change("Proposed by", None, "F"), Change("The office would run until", None, "23 May 2027")),
    )
    assert "Withdraw Sam Reed as Moderator of York Tenants Proposed by F" in york.page(POWER)


def test_passkey_signs_a_sentence_with_its_particulars(bare_house: House, clock_at: Any) -> None:
    town = Signing(bare_house, clock_at("2027-01-10T20:00Z"))
    with bare_house.db.write() as tx:
        act, token = offices.offer(tx, place=town.group, actor=again(tx, town.one))
        offices.accept(tx, token=token, shown="Sam Reed", actor=ready(tx, "sam"))
        for organiser in (town.one, town.two):
            offices.confirm(tx, act=act, actor=again(tx, organiser))
        begin_appointments(tx, town.clock)
        grant = next(one.id for one in permits.all_grants(tx, town.group.scope) if one.act == act)
    town.clients = {actor: bare_house.signed_in(actor, kind="code") for actor in town.devices}
    path = f"/groups/york-tenants/offices/{grant}/withdrawal"

    asked = submit(town.clients[town.one], path, path)
    town.act(town.one, path, path)
    with bare_house.db.read() as tx:
        away = next(state for state in act_queries.running(tx, town.group.scope, "withdraw_moderator"))
    second = submit(town.clients[town.two], POWER, f"/acts/{away.id}/confirmation")
    against = submit(town.clients[town.two], POWER, f"/acts/{away.id}/objection", reason="They do it well.")
    change = submit(
        town.clients[town.one], "/groups/york-tenants/settings", "/groups/york-tenants/settings",
        joining="accept", seats="20",
    )  # fmt: skip

    about = "withdraw Sam Reed as Moderator of York Tenants"
    assert f"You sign: {about}. Proposed by A" in words(asked.text)
    assert f"You sign: {about}." in words(second.text)
    assert f"In the record: F signed: {about}." in words(second.text)
    assert f"You object to this: {about}." in words(against.text)
    assert (
        "You sign: change who may join York Tenants, and how many. Who may join any member of the branch becomes → "
        "whom the organisers accept Places without a limit becomes → 20" in words(change.text)
    )


def test_hold_shows_on_petition_and_paper_what_it_holds(york: York) -> None:
    act = york.settings(signers=2)
    before = york.page(f"/acts/{act}/hold", york.members[0])
    york.later(days=2)
    with york.house.db.write() as tx:
        hold = petitions.open_hold(tx, target=act, reasons="It shuts people out.", actor=again(tx, york.members[0]))
    collecting = york.page(f"/petitions/{hold}")
    with york.house.db.write() as tx:
        for one in york.members[1:4]:
            petitions.sign(tx, act=hold, actor=again(tx, one))
        ballot = ballots.of_act(tx, hold)[-1].id
    paper = york.page(f"/ballots/{ballot}/vote", york.founders[0])
    voter = york.page(f"/ballots/{ballot}")

    asks = "change who may join York Tenants, and how many"
    joining = "any member of the branch becomes → whom the organisers accept"
    assert f"Who may join {joining} Places without a limit becomes → 20" in before
    assert f"Put to a ballot what organisers decided: to {asks}. Who may join {joining}" in collecting
    assert "Decided by A, F" in collecting
    assert f"Organisers of York Tenants decided to {asks}. Shall it go ahead?" in voter
    assert "Who may join now any member of the branch, then whom the organisers accept" in paper
    assert "Places now without a limit, then 20" in paper
    assert "Decided by A, F" in paper


def test_number_of_a_branch_says_which_from_what_to_what(york: York) -> None:
    with york.house.db.write() as tx:
        act = own_rules.propose(
            tx, branch=york.branch, rule="numbers.request_days", value=14, actor=again(tx, york.founders[0])
        )

    asks, changes = york.says(act)
    page = york.page(f"/branches/{york.branch.slug}/rules")

    assert asks == "choose another number for York branch (numbers.request_days)"
    assert changes[0] == Change("The number", "7", "14")
    assert changes[1].becomes.startswith("Where organisers accept members, a request they leave unanswered")
    assert "The number 7 becomes → 14" in page
    assert "You have signed. It takes 1 more person." in york.page(
        f"/branches/{york.branch.slug}/rules", york.founders[0]
    )


def test_founding_says_what_begins(york: York) -> None:
    with york.house.db.write() as tx:
        plan = founding.Plan("York Allotments", PLAN.purpose, "accept")
        other = founding.propose(tx, branch=york.branch, plan=plan, shown="-", actor=again(tx, york.founders[0]))

    assert york.says(other.act) == (
        "found the group “York Allotments” in York branch",
        (Change("Who may join", None, "whom the organisers accept"), Change("Places", None, "without a limit")),
    )
    assert york.says(york.branch.act) == (
        "found the branch “York branch”",
        (Change("Its area", None, "York"), Change("Postcode districts", None, "YO1 YO71")),
    )


def test_hiding_says_what_by_which_rule_and_why(york: York) -> None:
    with york.house.db.write() as tx:
        act = hiding.hide(
            tx, kind="group", target=york.group.id, rule=2, reason="A threat.", actor=again(tx, york.organisers[1])
        )

    asks, changes = york.says(act)

    assert asks == "hide what York Tenants says of itself"
    assert [(one.what, one.becomes) for one in changes] == [
        ("Rule 2", "No threats, and no abuse of anybody for who they are."),
        ("The reason given", "A threat."),
    ]
    assert "What York Tenants says of itself" not in york.page(f"/hidings/{act}")
    assert "Hide what York Tenants says of itself: F did so on" in york.page(f"/hidings/{act}")


def test_link_that_is_seconded_is_shown_to_who_signs(bare_house: House, clock_at: Any) -> None:
    town = Signing(bare_house, clock_at("2027-01-10T20:00Z"))
    with bare_house.db.write() as tx:
        links.add_link(
            tx, group=town.group, kind="forum", url="https://forum.example.org/", title="Our forum", audience="public",
            actor=again(tx, town.one),
        )  # fmt: skip
        link = groups.links_for(tx, town.group, viewer=town.one)[-1].id
        entry = next(one for one in [writer.get(tx, entry_count(tx) - 1)] if one is not None)
        confirmed = dataclasses.replace(entry, type="link.confirmed", data={"link": link})

        assert particulars.of(tx, confirmed) == (
            Change("The link", None, "Our forum"),
            Change("Its address", None, "https://forum.example.org/"),
        )


def test_measure_says_what_where_until_when_and_that_it_was_refused(bare_house: House, clock_at: Any) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with bare_house.db.write() as tx:
        council = seat_council(tx, "c_one", "c_two", "c_three")
        branch, _founders = found_branch(tx, council)
    clock.advance(days=91)
    with bare_house.db.write() as tx:
        act = emergencies.declare(
            tx, kind="pause_role", scope=branch.scope, reason="Money is asked for.", role="admin",
            actor=again(tx, council[0]),
        )  # fmt: skip
        waits = proposed(tx, act_queries.get(tx, act))
    open_ = words(bare_house.visitor().get("/power").text)
    with bare_house.db.write() as tx:
        for one in council[1:]:
            emergencies.object_to(tx, act=act, reason="It is not so.", actor=again(tx, one))
    page = words(bare_house.visitor().get(f"/emergencies/{act}").text)

    assert waits.asks == "rest the office of Organiser in York branch, by an emergency measure"
    assert waits.changes == (
        Change("For", None, "7 days from the last signature that it takes"),
        Change("The reason given", None, "Money is asked for."),
    )
    assert "Rest the office of Organiser in York branch, by an emergency measure For 7 days" in open_
    assert "It was refused by two objections, and never was in force." in page
    assert "it takes a second signature" not in page


def test_recall_names_whom_and_an_amendment_how_much(york: York) -> None:
    york.later(days=40)
    with york.house.db.write() as tx:
        text = constitution.newest(tx).text.replace("[terms.founding]\ndays = 180", "[terms.founding]\ndays = 90", 1)
        grant = next(one for one in permits.live_grants(tx, scope=york.group.scope))
        recall = petitions.open_recall(tx, grant=grant.id, reasons="Away.", actor=again(tx, york.members[0]))
        amend = petitions.propose_amendment(tx, text=text, reasons="Sooner.", actor=again(tx, york.members[1]))

    assert york.says(recall) == ("recall A as Organiser of York Tenants", ())
    assert york.says(amend) == ("change the rules of this hub", (Change("Lines of the rules", None, "1 go, 1 come"),))


def test_boundary_says_from_which_districts_to_which(york: York) -> None:
    with york.house.db.write() as tx:
        branches.declare_at_founding(tx, SMALLER, operator="op")
        (proposal,) = branch_queries.proposals_of_areas(tx)
        boundaries.agree(tx, proposal=proposal.id, area="york", actor=again(tx, york.founders[0]))
        entry = writer.get(tx, entry_count(tx) - 1)
        assert entry is not None
        told = particulars.of(tx, entry)
    path = f"/branches/{york.branch.slug}/boundary"

    assert told == (Change("Postcode districts", "YO1 YO71", "YO1"),)
    assert "You have agreed. It takes a second organiser." in york.page(path, york.founders[0])
    assert "Agree to this boundary" not in york.page(path, york.founders[0])
    assert "Agree to this boundary" in york.page(path, york.founders[1])


@pytest.mark.parametrize("days", [0, 13, 14, 27, 28])
def test_button_stands_exactly_where_signing_works_and_else_why_not(york: York, days: int) -> None:
    assert_buttons_agree(york, days)


def test_page_that_asks_less_than_the_verb_is_found(york: York, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: it forgets who appointed whom, and what the effect asks of a signer."""

    def forgets(_tx: Any, state: ActState, viewer: Actor) -> Verdict:
        return act_rules.may_sign(state, viewer.holder or "", clock.now())

    monkeypatch.setattr("hub.web.acts._may_sign", forgets)
    with pytest.raises(AssertionError, match="another second person"):
        assert_buttons_agree(york, 0)


def assert_buttons_agree(york: York, days: int) -> None:
    """Eve was appointed by both, then elected: for 28 days no second to them, for 14 too new to second an end."""
    moss, _who = york.moderator("Moss")
    _grant, eve = york.moderator("Eve")
    elect(york.house.db, york.group, eve, source="founding")
    york.later(days=days)
    with york.house.db.write() as tx:
        first = again(tx, york.organisers[0])
        change = settings.propose(tx, group=york.group, joining="members", seats=None, seats_most=5000, actor=first)
        away = offices.challenge(tx, place=york.group, grant=moss, actor=first)

    for verb, act, place in ((settings.confirm, change, "/settings"), (offices.confirm, away, "/acts")):
        for viewer in (*york.organisers, eve, york.members[0]):
            text = york.house.signed_in(viewer).get(POWER).text
            sentence = refusal(york, verb, act, viewer)
            shown = f'action="{place}/{act}/confirmation"' in text
            assert shown == (sentence is None), (days, viewer.nickname, sentence)
            if sentence and viewer is eve:
                assert f"You do not sign here: {sentence}" in words(text)
    assert "It takes 1 more person." in york.page(POWER, york.organisers[0])


def refusal(york: York, verb: Any, act: str, viewer: Any) -> str | None:
    """The sentence with which a verb refuses, or None; nothing is kept."""
    try:
        with york.house.db.write() as tx:
            before = entry_count(tx)
            verb(tx, act=act, actor=again(tx, viewer))
            assert entry_count(tx) > before
            raise Back
    except Back:
        return None
    except Refusal as refused:
        return refused.sentence


class Back(Exception):
    """Raised to undo what was tried."""
