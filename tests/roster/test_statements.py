"""What the matcher states, the hub follows: counts become entries; an ended membership ends what hangs on it."""

from __future__ import annotations

import datetime as dt
import json
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ledger, outbox
from hub.envelope import Proof
from hub.groups import membership, queries
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.people.models import standings
from hub.people.queries import Lives
from hub.permits import queries as permits
from hub.roster.actions import admit
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import again, found_branch, found_group, found_hub, ready, seat_council, types
from tests.replaying import assert_replays


@pytest.fixture
def group(db, clock_at):
    return copies.of(db, _found_group, at=clock_at)


def _found_group(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        found, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return found, founders


def say(folder, *facts):
    """Leaves statements as the matcher does."""
    folder.mkdir(exist_ok=True)
    for number, fact in enumerate(facts):
        (folder / f"2026112{number}.json").write_text(json.dumps(fact))


def take(db, folder):
    """Takes them as the worker does."""
    return standing.take(db, folder, also_end=membership.end_memberships)


def test_ended_membership_ends_sessions_offices_and_groups_at_once(db, another_db, group, tmp_path):
    found, (carl, dora) = group
    with db.write() as tx:
        tokens = [people.start_session(tx, person=carl.person) for _ in range(3)]
        letters = len(outbox.notices(tx, carl.person))
    say(tmp_path / "s", {"kind": "feed", "lines": [{"entry_ref": "ent_carl", "change": "ended", "why": "left"}]})

    taken = take(db, tmp_path / "s")

    with db.write() as tx:
        actors = [people_queries.actor_of(tx, token, Lives())[0] for token in tokens]
        live = {grant.holder for grant in permits.live_grants(tx, scope=found.scope)}
        belongs = queries.member_since(tx, found.id, dora), queries.member_since(tx, found.id, carl)
        told = [letter.template for letter in outbox.notices(tx, carl.person)]
        assert queries.takes_acts(tx, found)
    assert taken == 1
    assert [actor.is_visitor for actor in actors] == [True] * 3
    assert live == {dora.holder}
    assert (belongs[0] is not None, belongs[1]) == (True, None)
    assert len(told) == letters + 1
    assert_replays(db, another_db)


def test_member_who_returns_is_the_same_person_with_a_new_spell(db, group, tmp_path, clock_at):
    _, (carl, _) = group
    clock = clock_at("2026-11-21T20:00Z")
    say(tmp_path / "s", {"kind": "feed", "lines": [{"entry_ref": "ent_carl", "change": "ended", "why": "left"}]})
    take(db, tmp_path / "s")
    clock.advance(days=100)

    with db.write() as tx:
        person = people.open_account(tx, entry_ref="ent_carl", seed=b"x")
        people.give_standing(tx, person=person, area="york", since=clock.moment.date(), proved_by="code")
        standing = people_queries.standing_of(tx, person)

    assert person == carl.person
    assert standing.since == clock.moment.date()


def test_new_number_joins_the_old_person_when_the_office_says_so(db, group, tmp_path):
    _, (carl, _) = group
    line = {"entry_ref": "ent_new", "change": "joined", "former": "ent_carl"}
    say(tmp_path / "s", {"kind": "feed", "lines": [line, {"entry_ref": "ent_stranger", "change": "ended"}]})

    take(db, tmp_path / "s")

    with db.write() as tx:
        assert people.open_account(tx, entry_ref="ent_new", seed=b"x") == carl.person


def test_counts_become_entries_once_and_unreadable_files_are_set_aside(db, another_db, group, tmp_path):
    fact = {"kind": "counted", "day": "2026-11-20", "evaluations": 27, "sent": 20}
    say(tmp_path / "s", fact, fact)
    (tmp_path / "s" / "0.json").write_text("{not json")
    (tmp_path / "s" / "1.json").write_text(json.dumps({"kind": "unheard of"}))

    taken = take(db, tmp_path / "s")

    with db.read() as tx:
        assert types(tx).count("matcher.counted") == 1
    assert taken == 2
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["0.unread", "1.unread"]
    assert_replays(db, another_db)


def test_move_to_another_area_moves_the_standing(db, group, tmp_path):
    _, (carl, _) = group
    say(tmp_path / "s", {"kind": "feed", "lines": [{"entry_ref": "ent_carl", "change": "moved", "area": "ynys-mon"}]})

    take(db, tmp_path / "s")

    with db.write() as tx:
        assert again(tx, carl).standing.area == "ynys-mon"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("comes back"), st.none()),
        st.tuples(st.just("ends"), st.none()),
        st.tuples(st.just("new number"), st.booleans()),
    ),
    max_size=12,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_person_stays_the_same_through_any_history_the_office_vouches_for(db, tmp_path, steps):
    number, ref = 0, f"ent_{uuid4().hex}"
    with db.write() as tx:
        if not ledger.size(tx):
            found_hub(tx)
        first = person = admit(tx, proof_of(ref))
    for step, said in steps:
        if step == "ends":
            say(tmp_path / "s", {"kind": "feed", "lines": [{"entry_ref": ref, "change": "ended", "why": "left"}]})
            take(db, tmp_path / "s")
        elif step == "new number":
            number, old, ref = number + 1, ref, f"ent_{uuid4().hex}"
            if said:
                line = {"entry_ref": ref, "change": "joined", "former": old}
                say(tmp_path / "s", {"kind": "feed", "lines": [line]})
                take(db, tmp_path / "s")
            else:
                first = None  # the office said nothing: nobody can know that it is the same person
        with db.write() as tx:
            person = admit(tx, proof_of(ref))
            open_spells = spells(tx, person)
        assert open_spells == 1
        assert first is None or person == first
        first = person


def proof_of(ref):
    return Proof(ref, "york", dt.date(2026, 1, 1), b"seed", "code")


def spells(tx, person):
    """How many spells of a person run."""
    running = sa.select(sa.func.count()).where(standings.c.person == person, standings.c.until_at.is_(None))
    return tx.scalar(running)


def test_contact_that_no_longer_counts_is_told_once_and_changes_nothing_else(db, another_db, group, tmp_path):
    found, (carl, dora) = group
    with db.read() as tx:
        before, letters = types(tx), len(outbox.notices(tx, carl.person))
        others = len(outbox.notices(tx, dora.person))
    line = {"entry_ref": "ent_carl", "change": "unreachable"}
    say(tmp_path / "s", {"kind": "feed", "lines": [line, {"entry_ref": "ent_stranger", "change": "unreachable"}]})

    taken = take(db, tmp_path / "s")

    with db.read() as tx:
        told = outbox.notices(tx, carl.person)
        live = {grant.holder for grant in permits.live_grants(tx, scope=found.scope)}
        assert (types(tx), len(outbox.notices(tx, dora.person))) == (before, others)
        assert people_queries.standing_of(tx, carl.person) is not None
    assert (taken, len(told)) == (1, letters + 1)
    assert sorted(letter.template for letter in told).count("contact_unverified") == 1
    assert live == {carl.holder, dora.holder}
    assert_replays(db, another_db)
