"""A whole election: the clock opens it, members stand and vote, it is counted, and offices change by themselves."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub import clock, ledger, looks
from hub.acts import queries as acts
from hub.ballots import casting, elections, letters, published, queries, roll, ties
from hub.ballots.models import ballot_files, ballot_papers, ballot_roll
from hub.ballots.models import elections as rows_of_elections
from hub.cli.count import count
from hub.constitution.actions import default_text
from hub.count import RON
from hub.errors import Forbidden, Refusal, RuleViolation
from hub.groups import offices
from hub.groups import queries as groups
from hub.ledger.models import entries
from hub.outbox.models import letters as outbox_letters
from hub.people import actions as people
from hub.people.models import standings
from hub.permits import queries as permits
from hub.permits.actions import holder_of
from hub.permits.models import grants
from tests.people_for_tests import again, begin_appointments, found_group, ready, types
from tests.replaying import assert_replays
from tests.towns import OPENS, now


def of_type(db, name):
    """The data of every entry of a type."""
    with db.read() as tx:
        rows = tx.scalars(sa.select(entries.c.bytes).where(entries.c.type == name).order_by(entries.c.index)).all()
    return [json.loads(bytes(row))["data"] for row in rows]


def test_members_elect_organisers_and_offices_change_by_themselves(db, another_db, town):
    town.clock("2027-04-22T19:59Z")
    assert town.tick() == 0
    town.clock("2026-11-21T20:00Z")
    holders = town.to_ballot(*town.voters[:3])
    opened, called = of_type(db, "election.opened"), of_type(db, "ballot.called")
    for place, person in enumerate(town.everybody):
        town.cast(person, [holders[place > 8], holders[2], RON])
    town.clock.advance(days=7)
    town.tick()
    counted = of_type(db, "ballot.counted")
    town.clock.advance(days=7)
    town.tick()
    with db.read() as tx:
        held = [(power.shown, power.grant.source, power.grant.until) for power in groups.powers(tx, town.branch.scope)]
        state = acts.get(tx, town.election())
        papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))
        files = tx.scalar(sa.select(sa.func.count()).select_from(ballot_files))
        written = types(tx)

    assert [(one["kind"], one["seats"], one["due"]) for one in opened] == [("general", 7, "2027-04-22T20:00Z")]
    assert [(one["roll"], one["opens"], one["closes"], one["floor"]) for one in called] == [
        (16, "2027-05-06T20:00Z", "2027-05-13T20:00Z", 0)
    ]
    assert [(one["outcome"], one["winners"], one["papers"]) for one in counted] == [("passed", sorted(holders), 14)]
    assert now() == "2027-05-20T20:00Z"
    assert state.outcome == "done"
    assert {name: (source, str(until)) for name, source, until in held} == {
        f"voter_{place}": ("election", "2028-05-19 20:00:00+00:00") for place in range(3)
    }
    assert (papers, files) == (0, 2)
    assert written.count("election.opened") == 1
    assert_replays(db, another_db)
    with another_db.read() as tx:
        assert queries.winners(tx, town.ballot().id) == tuple(sorted(holders))


def give_lot(tx, scope, person):
    """Makes somebody a scrutineer, as a draw by lot will."""
    give_role(tx, scope, holder_of(tx, actor=again(tx, person), shown=str(person.nickname)))


def give_role(tx, scope, holder):
    """The grant itself, resting on the newest entry, for the newest election: the draw has tests of its own."""
    act = tx.scalar(sa.select(rows_of_elections.c.act).order_by(rows_of_elections.c.entry.desc()).limit(1))
    index = tx.scalar(sa.select(sa.func.max(entries.c.index)))
    if tx.scalar(sa.select(grants.c.id).where(grants.c.entry == index)) is not None:
        index = tx.scalar(sa.select(sa.func.min(entries.c.index)).where(entries.c.type == "holder.named"))
    row = {
        "id": f"grt_{index}", "entry": index, "holder": holder, "role": "scrutineer", "scope_kind": scope.kind,
        "scope_id": scope.id, "branch_id": scope.branch, "source": "lot", "act": act, "from_at": clock.now(),
        "until_at": clock.now() + dt.timedelta(days=20), "ended_at": None, "ended_why": None, "ended_entry": None,
    }  # fmt: skip
    tx.execute(sa.insert(grants), row)


def appoint(tx, clock_at, group, organisers, person):
    """Two organisers appoint a moderator."""
    act, token = offices.offer(tx, place=group, actor=again(tx, organisers[0]))
    offices.accept(tx, token=token, shown="Mo", actor=again(tx, person))
    for organiser in organisers:
        offices.confirm(tx, act=act, actor=again(tx, organiser))
    begin_appointments(tx, clock_at)


def standing(db, town):
    """Who holds what in the branch now: name to source."""
    with db.read() as tx:
        return {power.shown: power.grant.source for power in groups.powers(tx, town.branch.scope)}


def moves(db, act):
    """What the clock did with an act, and stated of it: (type, step, due, outcome)."""
    with db.read() as tx:
        rows = tx.scalars(sa.select(entries.c.bytes).order_by(entries.c.index)).all()
    told = [json.loads(bytes(row)) for row in rows]
    # A draw that is prepared too late to be made is not prepared at all: it is no move, and has no moment it is due.
    mine = [one for one in told if one["data"].get("act") == act and one["by"] is None]
    mine = [one for one in mine if one["type"] != "draw.prepared"]
    return [(one["type"], one["data"].get("step"), one["data"].get("due"), one["data"].get("outcome")) for one in mine]


def test_late_clock_makes_the_moves_of_a_daily_one(db, another_db, make_town):
    def run(database, times, days):
        place = make_town(database)
        holders = place.to_ballot(*place.voters[:2])
        for person in place.everybody[:5]:
            place.cast(person, holders)
        act = place.election()
        for _turn in range(times):
            place.clock.advance(days=days)
            place.tick()
        with database.read() as tx:
            ended = [(str(grant.until), grant.ended_why) for grant in permits.all_grants(tx, place.branch.scope)]
        return moves(database, act), sorted(ended, key=str)

    daily, late = run(db, 99, 1), run(another_db, 1, 99)

    assert late == daily
    assert [move[1:] for move in late[0] if move[0] == "act.advanced"] == [
        (0, "2027-04-29T20:00Z", "done"),
        (1, "2027-05-06T20:00Z", "silence"),
        (2, "2027-05-13T20:00Z", "done"),
        (3, "2027-05-16T20:00Z", "silence"),
        (4, "2027-05-20T20:00Z", "done"),
        (5, "2027-05-20T20:00Z", "done"),
    ]


def test_nobody_standing_keeps_nominations_open_and_mandates_still_end(db, another_db, town):
    town.clock.advance(days=OPENS + 21)
    town.tick()
    holders = town.stand(town.voters[0])
    town.clock.advance(days=7)
    town.tick()
    early = standing(db, town)
    town.clock.advance(days=7)
    town.tick()
    for person in town.everybody[:3]:
        town.cast(person, holders)
    town.clock.advance(days=7)
    town.tick()
    town.clock.advance(days=7)
    town.tick()

    assert len(of_type(db, "act.extended")) == 3
    assert early == {}
    assert standing(db, town) == {"voter_0": "election"}
    # One is fewer than must be: the rest are elected next.
    assert [(one["kind"], one["seats"]) for one in of_type(db, "election.opened")] == [("general", 7), ("by", 6)]
    assert_replays(db, another_db)


def test_whoever_withdraws_before_the_roll_is_fixed_is_on_no_paper(db, another_db, town):
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(*town.voters[:2])
    with db.write() as tx:
        elections.withdraw(tx, act=town.election(), actor=again(tx, town.voters[0]))
        left = queries.candidates(tx, town.election())
        elections.stand(
            tx, act=town.election(), statement="Again.", interests="", shown="-", actor=again(tx, town.voters[0])
        )
        elections.withdraw(tx, act=town.election(), actor=again(tx, town.voters[0]))
    town.clock.advance(days=14)
    with pytest.raises(RuleViolation) as late, db.write() as tx:
        elections.withdraw(tx, act=town.election(), actor=again(tx, town.voters[1]))
    town.tick()
    with db.read() as tx:
        options = casting.options_of(tx, town.ballot())

    assert len(left) == 1
    assert late.value.code == "ballots.papers_printed"
    assert options == (left[0].holder, RON)
    assert_replays(db, another_db)


def test_re_open_nominations_leaves_seats_vacant_and_a_by_election_opens_once(db, another_db, make_town):
    text = default_text().replace("seats = { min = 2, max = 7 }", "seats = { min = 1, max = 5 }")
    town = make_town(db, text=text)
    first, second = town.to_ballot(*town.voters[:2])
    for place, person in enumerate(town.everybody):
        town.cast(person, [first] if place < 7 else [RON, second] if place == 7 else [RON])
    town.clock.advance(days=14)
    town.tick()
    town.clock.advance(days=1)
    town.tick()
    opened = of_type(db, "election.opened")

    assert [one["winners"] for one in of_type(db, "ballot.counted")] == [[first]]
    assert standing(db, town) == {"voter_0": "election"}
    assert [(one["kind"], one["seats"], one["due"]) for one in opened] == [
        ("general", 5, "2027-04-22T20:00Z"),
        ("by", 4, "2027-05-20T20:00Z"),
    ]
    assert second not in of_type(db, "ballot.counted")[0]["winners"]
    assert_replays(db, another_db)


def test_nobody_voting_elects_nobody_and_the_election_opens_again(db, town):
    town.to_ballot(*town.voters[:2])
    town.clock.advance(days=7)
    town.tick()

    assert [(one["outcome"], one["winners"], one["papers"]) for one in of_type(db, "ballot.counted")] == [
        ("failed", [], None)
    ]
    assert [one["due"] for one in of_type(db, "election.opened")] == ["2027-04-22T20:00Z", "2027-05-13T20:00Z"]


def test_two_scrutineers_void_an_election_and_it_opens_again(db, another_db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:3]:
        town.cast(person, holders)
    town.clock.advance(days=7)
    town.tick()
    scrutineers = town.voters[4:6]
    with db.write() as tx:
        for person in scrutineers:
            give_lot(tx, town.branch.scope, person)
        with pytest.raises(Forbidden):
            elections.sign(tx, act=town.election(), actor=again(tx, town.voters[3]))
        act = town.election()
        for person in scrutineers:
            elections.object_to(tx, act=act, reason="The roll has another root.", actor=again(tx, person))
        outcome = acts.get(tx, act).outcome

    assert outcome == "refused"
    assert [one["due"] for one in of_type(db, "election.opened")] == ["2027-04-22T20:00Z", "2027-05-13T20:00Z"]


def test_few_papers_publish_the_same_bytes_whoever_chose_what(fresh, make_town):
    """GO-29: below ten nothing differs between two distributions with the same winner, but random names."""

    def told(choices):
        town = make_town(fresh())
        holders = town.to_ballot(*town.voters[:2])
        for person, ranks in zip(town.everybody, choices, strict=False):
            town.cast(person, [holders[rank] for rank in ranks])
        town.clock.advance(days=7)
        town.tick()
        data = of_type(town.db, "ballot.counted")[0]
        names = {town.ballot().id: "ballot", town.election(): "act", holders[0]: "first", holders[1]: "second"}
        with town.db.read() as tx:
            waiting = tx.scalar(sa.select(sa.func.count()).select_from(ballot_files))
        # The winners stand in the order of their random names.
        text = json.dumps({**data, "winners": sorted(data["winners"], key=holders.index)})
        for name, plain in names.items():
            text = text.replace(name, plain)
        return text, waiting

    one = told([[0, 1]] * 9)
    other = told([[0], [0], [1], [0, 1], []])

    assert one == other
    assert one[1] == 0
    assert json.loads(one[0]) == {
        "ballot": "ballot", "act": "act", "step": 2, "due": "2027-05-13T20:00Z", "outcome": "passed",
        "winners": ["first", "second"], "papers": None, "root": None, "file": None, "blt": None, "flaw": None,
        "said": None, "seed": None,
    }  # fmt: skip


def test_published_file_counts_again_to_the_published_winners(db, town, tmp_path):
    holders = town.to_ballot(*town.voters[:4])
    for place, person in enumerate(town.everybody):
        town.cast(person, [holders[place % 2], holders[(place + 1) % 4]])
    town.clock.advance(days=7)
    town.tick()
    town.read_lot()
    published.publish(db, tmp_path)
    counted = of_type(db, "ballot.counted")[0]
    sheet = published.parse_sheet((tmp_path / counted["file"]).read_bytes())
    blt = tmp_path / "again.blt"
    blt.write_bytes((tmp_path / counted["blt"]).read_bytes())
    again_counted = CliRunner().invoke(count, [str(blt), "--json", "--seed", sheet["count"]["seed"]])
    told = json.loads(again_counted.output)

    assert sorted(seat["candidate"] for seat in told["elected"]) == counted["winners"]
    assert told == sheet["count"]
    assert ties.seed_of(counted["ballot"], sheet["chance"]["said"]) == sheet["count"]["seed"] == counted["seed"]
    assert counted["papers"] == len(sheet["papers"]) == 14


def test_box_that_disagrees_with_its_roll_fails_and_elects_nobody(db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody:
        town.cast(person, holders)
    with db.write() as tx:
        tx.execute(sa.update(ballot_roll).where(ballot_roll.c.person == town.everybody[0].person).values(voted=0))
    town.clock.advance(days=7)
    town.tick()

    told = of_type(db, "ballot.counted")[0]
    assert (told["outcome"], told["winners"], told["flaw"], told["file"]) == ("failed", [], "box_spoilt", None)


def test_letters_tell_the_roll_and_remind_only_who_has_not_voted(db, town):
    holders = town.to_ballot(*town.voters[:1])
    for person in town.everybody[:3]:
        town.cast(person, holders)
    town.clock.advance(days=5)
    with db.write() as tx:
        first, second = letters.remind(tx), letters.remind(tx)
    with db.read() as tx:
        rows = tx.execute(sa.select(outbox_letters)).all()
    reminded = {row.person for row in rows if row.template == "ballot_closes"}

    assert (first, second) == (1, 0)
    assert sum(row.template == "election_opens" for row in rows) == 16
    assert sum(row.template == "ballot_opens" for row in rows) == 16
    assert len(reminded) == 13
    assert reminded.isdisjoint({person.person for person in town.everybody[:3]})


def test_roll_is_of_members_by_then_and_for_long_enough_and_stays_as_it_was(db, town):
    with db.write() as tx:
        young = ready(tx, "newcomer")
        tx.execute(sa.update(standings).where(standings.c.person == young.person).values(since=dt.date(2027, 4, 20)))
    town.to_ballot(*town.voters[:1])
    ballot = town.ballot()
    with db.write() as tx:
        late = ready(tx, "late_comer")
        people.end_standing(tx, person=str(town.voters[8].person))
    with db.read() as tx:
        on_roll = set(roll.persons_of(tx, ballot.id))

    assert ballot.roll == len(on_roll) == 16
    assert {str(young.person), str(late.person)}.isdisjoint(on_roll)
    assert str(town.voters[8].person) in on_roll


def test_casting_is_refused_and_nothing_is_written(db, town):
    holders = town.to_ballot(*town.voters[:2])
    with db.write() as tx:
        outsider = ready(tx, "stranger")
    town.cast(town.voters[0], holders)

    found = {}
    for name, person, choice, phrase in (
        ("twice", town.voters[0], holders, "my words"),
        ("outsider", outsider, holders, "my words"),
        ("ranked twice", town.voters[1], [holders[0], holders[0]], "my words"),
        ("nobody", town.voters[1], ["hld_nobody"], "my words"),
        ("phrase", town.voters[1], holders, "x"),
    ):
        with pytest.raises(Refusal) as refused:
            town.cast(person, choice, phrase)
        found[name] = refused.value.code
    town.clock.advance(days=7)
    with pytest.raises(RuleViolation) as closed:
        town.cast(town.voters[1], holders)
    with db.read() as tx:
        marks = tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted)))
        papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))

    assert found == {
        "twice": "ballots.voted_before", "outsider": "ballots.not_on_roll", "ranked twice": "invalid",
        "nobody": "invalid", "phrase": "invalid",
    }  # fmt: skip
    assert closed.value.code == "ballots.closed"
    assert (marks, papers) == (1, 1)


def elect_beside_an_appointed_one(db, town):
    """A general election in a group where somebody was appointed: that office ends fourteen days later. Returns it."""
    with db.write() as tx:
        branch, founders = town.branch, town.founders
        group, organisers = found_group(tx, branch, founders[:2], founders[2:4])
    town.clock.advance(days=100)
    with db.write() as tx:
        appoint(tx, town.clock, group, organisers, town.voters[5])
    town.clock.advance(days=OPENS - 103)
    town.tick()
    with db.read() as tx:
        act = queries.elections_in(tx, group.scope, "admin")[0].act
    with db.write() as tx:
        actor = again(tx, founders[0])
        elections.stand(tx, act=act, statement="Once more.", interests="", shown="-", actor=actor)
    town.clock.advance(days=14)
    town.tick()
    with db.read() as tx:
        ballot = queries.of_act(tx, act)[0]
    with db.write() as tx:
        actor = again(tx, founders[0])
        casting.cast(
            tx, ballot=ballot.id, choice=[str(actor.holder)], nonce=casting.new_nonce(), phrase="my words", actor=actor
        )
    town.clock.advance(days=14)
    town.tick()
    return group


def test_election_supersedes_caretakers_and_leaves_appointed_ones_fourteen_days(db, another_db, town):
    group = elect_beside_an_appointed_one(db, town)
    with db.read() as tx:
        live = [
            (grant.source, str(grant.until), str(grant.ended_at))
            for grant in permits.live_grants(tx, scope=group.scope)
        ]

    assert sorted(live) == [
        ("appointment", "2027-08-31 20:00:00+00:00", "2027-06-03 20:00:00+00:00"),
        ("election", "2028-05-19 20:00:00+00:00", "None"),
    ]
    assert_replays(db, another_db)


def test_whoever_is_no_member_any_more_when_it_takes_effect_organises_nothing(db, another_db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:4]:
        town.cast(person, holders)
    town.clock.advance(days=8)
    town.tick()
    with db.write() as tx:
        people.end_standing(tx, person=str(town.voters[0].person))
    town.clock.advance(days=6)
    town.tick()

    assert standing(db, town) == {"voter_1": "election"}
    assert_replays(db, another_db)


def test_statement_that_is_withdrawn_is_gone_from_the_page_and_from_a_replay(db, another_db, town):
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(town.voters[0])
    with db.read() as tx:
        index = queries.candidates(tx, town.election())[0].entry
    with db.write() as tx:
        ledger.withdraw(tx, index, "statement")
    with db.read() as tx:
        left = queries.candidates(tx, town.election())[0]

    assert (left.statement, left.interests) == (None, "")
    assert_replays(db, another_db)


def test_scrutineers_sign_and_the_election_goes_on(db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:3]:
        town.cast(person, holders)
    town.clock.advance(days=7)
    town.tick()
    act = town.election()
    with db.write() as tx:
        for person in town.voters[4:6]:
            give_lot(tx, town.branch.scope, person)
            elections.sign(tx, act=act, actor=again(tx, person))
        with pytest.raises(RuleViolation) as twice:
            elections.sign(tx, act=act, actor=again(tx, town.voters[5]))
        candidate = holders.index(again(tx, town.voters[0]).holder)
        give_role(tx, town.branch.scope, holders[candidate])
        with pytest.raises(RuleViolation) as own:
            elections.sign(tx, act=act, actor=again(tx, town.voters[0]))
    town.clock.advance(days=3)
    town.tick()
    with db.read() as tx:
        ended = acts.get(tx, act)

    assert (twice.value.code, own.value.code) == ("acts.signed_before", "acts.own_case")
    assert ended.current.do == "notice"


def test_scrutineers_see_the_roll_and_everybody_on_it_is_told(db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:12]:
        town.cast(person, holders)
    with db.write() as tx:
        give_lot(tx, town.branch.scope, town.voters[8])
        open_still = elections.look_at_roll(tx, act=town.election(), actor=again(tx, town.voters[8]))
        with pytest.raises(Forbidden):
            elections.look_at_roll(tx, act=town.election(), actor=again(tx, town.voters[7]))
    town.clock.advance(days=7)
    town.tick()
    with db.write() as tx:
        counted = elections.look_at_roll(tx, act=town.election(), actor=again(tx, town.voters[8]))
        seen = [(look.purpose, look.fields) for look in looks.looks_at(tx, str(town.founders[0].person))]
        own = looks.looks_at(tx, str(town.voters[8].person))

    assert {line.voted for line in open_still} == {None}
    assert sorted(str(line.nickname) for line in counted if line.voted) == sorted(
        str(person.nickname) for person in town.everybody[:12]
    )
    assert len(counted) == 16
    assert seen == [("count", ("nickname", "area", "voted")), ("roll", ("nickname", "area"))]
    assert own == []


def test_who_voted_stays_hidden_from_scrutineers_where_few_did(db, town):
    holders = town.to_ballot(*town.voters[:2])
    town.cast(town.voters[3], holders)
    town.clock.advance(days=7)
    town.tick()
    with db.write() as tx:
        give_lot(tx, town.branch.scope, town.voters[8])
        lines = elections.look_at_roll(tx, act=town.election(), actor=again(tx, town.voters[8]))

    assert {line.voted for line in lines} == {None}
