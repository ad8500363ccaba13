"""Invitations to an office: few at a time for one organiser, keeping no place from others, and taken back."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.errors import Forbidden, NotFound, RuleViolation
from hub.groups import lending, membership, offices
from hub.permits import queries as permits
from hub.permits.actions import resign
from tests import copies
from tests.people_for_tests import again, entry_count, found_branch, found_group, found_hub, ready, seat_council, types
from tests.replaying import assert_replays


class Group:
    """A group of three founders, long enough in office, and a decoy group elsewhere."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.group, self.founders = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "flo")], officers)
            self.friend = ready(tx, "friend")

    def offer(self, place: int = 0) -> tuple[str, str]:
        with self.db.write() as tx:
            return offices.offer(tx, place=self.group, actor=again(tx, self.founders[place]))

    def take_back(self, act: str, place: int = 0) -> None:
        with self.db.write() as tx:
            offices.take_offer_back(tx, act=act, actor=again(tx, self.founders[place]))

    def refuses(self, code: str, work) -> None:
        """Something is refused with a code, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(RuleViolation) as refused:
            work()
        with self.db.read() as tx:
            assert (refused.value.code, entry_count(tx)) == (code, before)

    def outcome(self, act: str) -> str | None:
        with self.db.read() as tx:
            return act_queries.get(tx, act).outcome


@pytest.fixture
def group(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def test_invitations_of_one_organiser_keep_no_place_from_another(group, db, another_db):
    mine = [group.offer()[0] for _ in range(3)]
    group.refuses("groups.too_many_offers", group.offer)
    _theirs, token = group.offer(1)
    with db.write() as tx:
        offices.accept(tx, token=token, shown="Friend", actor=again(tx, group.friend))

    assert [group.outcome(act) for act in mine] == [None, None, None]
    assert_replays(db, another_db)


def test_invitation_is_taken_back_and_its_link_works_no_more(group, db, another_db):
    (act, token), (other, _) = group.offer(), group.offer()
    group.take_back(act)

    with pytest.raises(NotFound), db.write() as tx:
        offices.accept(tx, token=token, shown="Friend", actor=again(tx, group.friend))
    assert (group.outcome(act), group.outcome(other)) == ("lapsed", None)
    group.offer()
    group.offer()
    with db.read() as tx:
        assert types(tx)[-4:] == ["offer.withdrawn", "act.advanced", "office.offered", "office.offered"]
    assert_replays(db, another_db)


def test_only_whoever_sent_it_takes_an_invitation_back_and_only_before_it_is_accepted(group, db):
    act, token = group.offer()
    group.refuses("groups.not_your_offer", lambda: group.take_back(act, 1))
    with db.write() as tx:
        before = entry_count(tx)
        with pytest.raises(Forbidden):
            offices.take_offer_back(tx, act=act, actor=again(tx, group.friend))
        assert entry_count(tx) == before
    with db.write() as tx:
        offices.accept(tx, token=token, shown="Friend", actor=again(tx, group.friend))
    group.refuses("groups.offer_over", lambda: group.take_back(act))

    assert group.outcome(act) is None


def test_invitation_to_stand_in_is_taken_back(group, db, another_db):
    with db.write() as tx:
        membership.join(tx, group=group.group, actor=again(tx, group.friend))
        act, _token = lending.offer(tx, group=group.group, days=7, actor=again(tx, group.founders[0]))
    group.take_back(act)
    with db.write() as tx:
        lending.offer(tx, group=group.group, days=7, actor=again(tx, group.founders[0]))

    assert group.outcome(act) == "lapsed"
    assert_replays(db, another_db)


def test_whoever_laid_the_office_down_takes_nothing_back(group, db):
    act, _token = group.offer()
    with db.write() as tx:
        mine = permits.grants_of(tx, group.founders[0].holder)[0]
        resign(tx, grant=mine.id, actor=again(tx, group.founders[0]))
        before = entry_count(tx)
        with pytest.raises(Forbidden):
            offices.take_offer_back(tx, act=act, actor=again(tx, group.founders[0]))
        assert entry_count(tx) == before
