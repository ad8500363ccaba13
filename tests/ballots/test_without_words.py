"""Whoever publishes nothing of their own by the decision of a case stands like everybody, and so may everybody: without
a statement.
"""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock
from hub.ballots import elections, queries
from hub.errors import Forbidden
from hub.permits import keeping
from hub.permits.keeping import Kept
from tests.people_for_tests import again, entry_count
from tests.replaying import assert_replays
from tests.towns import OPENS


def stand(db, town, who, statement="", interests=""):
    """Stands, with these words or with none."""
    with db.write() as tx:
        told = {"statement": statement, "interests": interests, "shown": "Val"}
        elections.stand(tx, act=town.election(), **told, actor=again(tx, who))


def shown(db, town):
    """Statement and interests of each who stands."""
    with db.read() as tx:
        return sorted((one.statement, one.interests) for one in queries.candidates(tx, town.election()))


@pytest.fixture
def limited(db, town, monkeypatch):
    """Somebody who publishes nothing of their own, where members may stand; others publish."""
    town.clock.advance(days=OPENS)
    town.tick()
    who, until = town.voters[0], clock.now() + dt.timedelta(days=60)
    monkeypatch.setattr(keeping, "_KEEPS", [lambda tx, one: Kept(None, until if one == who.person else None)])
    return who


@pytest.mark.parametrize("words", [{"statement": "I rent."}, {"interests": "I rent."}])
def test_limited_stands_without_words_and_with_none_of_their_own(db, another_db, town, limited, words):
    with db.read() as tx:
        before = entry_count(tx)
    with pytest.raises(Forbidden, match="publish nothing"):
        stand(db, town, limited, **words)
    with db.read() as tx:
        assert entry_count(tx) == before

    stand(db, town, limited)
    stand(db, town, town.voters[1], **words)

    assert shown(db, town) == [("", ""), (words.get("statement", ""), words.get("interests", ""))]
    assert_replays(db, another_db)


def test_candidacy_of_who_is_limited_is_as_anybodys_without_words(db, town, limited):
    """So nobody reads from it what a case came to."""
    stand(db, town, limited)
    stand(db, town, town.voters[1])

    assert shown(db, town) == [("", ""), ("", "")]
