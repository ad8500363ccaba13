"""A code is used once or not at all, wherever we die; a row that ended gets no more mail."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.envelope import CODE_LENGTH, Handshake
from hub.matcher.models import metadata, roster_entries, sendings
from hub.matcher.service import Service
from hub.roster.line import nonce_digest
from tests.dying import Died, DiesAt, dies
from tests.matchers import enrol, letters_in, make_desk

NONCE = nonce_digest("this browser")


@pytest.fixture
def desk(fresh, tmp_path):
    made = make_desk(tmp_path / "matcher", fresh(metadata))
    enrol(made, "0012345", "YO711AA", contact="mem@example.org")
    enrol(made, "0099999", "YO711AB", contact="decoy@example.org")
    return made


def ask():
    return Handshake("GB", "0012345", "YO71 1AA", NONCE, "192.0.2.1")


def statements_of(desk, act):
    with DiesAt(desk.db.engine, -1) as counted:
        act()
    return counted.met


def test_code_is_used_once_wherever_the_process_dies(desk):
    code = desk.evaluate(ask()).code
    many = statements_of(desk, lambda: desk.redeem(NONCE, "0" * CODE_LENGTH))

    deaths = 0
    for place in range(1, many + 6):
        try:
            with DiesAt(desk.db.engine, place):
                proof = desk.redeem(NONCE, code)
        except Died:
            deaths += 1
            continue
        break

    assert deaths >= many >= 2
    assert proof.entry_ref == "ent_0012345"
    assert desk.redeem(NONCE, code) is None


def test_handshake_that_dies_leaves_no_code_and_counts_nothing(desk):
    desk.evaluate(ask())  # makes the counters' keys
    many = statements_of(desk, lambda: desk.evaluate(ask()))

    for place in range(1, many + 1):
        before = kept(desk)
        with pytest.raises(Died), DiesAt(desk.db.engine, place):
            desk.evaluate(ask())
        assert kept(desk) == before, place
    assert many > 5
    assert desk.evaluate(ask()).code is not None


def kept(desk):
    with desk.db.read() as tx:
        return {name: sorted(map(repr, tx.execute(sa.select(table)))) for name, table in metadata.tables.items()}


def test_member_who_ended_gets_no_mail_in_thirty_days(desk, clock_at):
    clock = clock_at("2026-11-21T09:00Z")
    service = Service(desk)
    desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})
    with desk.db.write() as tx:
        ended = sa.update(roster_entries).where(roster_entries.c.ref == "ent_0012345")
        tx.execute(ended.values(current=False, ends_at=None))

    for _ in range(30):
        for ref in ("ent_0012345", "ent_0099999"):
            desk.deliver(ref, "registered", {"place": "/groups/york"})
        due = desk.evaluate(ask())
        assert due.code is None
        while service._send_letter():
            pass
        clock.advance(days=1)

    assert [to for to, _ in letters_in(desk)] == ["decoy@example.org"] * 30
    with desk.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(sendings).where(sendings.c.sent_at.is_(None))) == 0


def letters_sent(desk):
    """What goes out in the rounds of a matcher that was started again."""
    service = Service(desk)
    while service._send_letter():
        pass
    return [text for _to, text in letters_in(desk)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_letter_is_mailed_once_and_once_more_at_most_wherever_the_matcher_dies(desk, after):
    """RE-05: a mail server has no unit of work, so who dies behind its yes sends again."""
    desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})
    service = Service(desk)
    service.post.send = dies(service.post.send, after=after)
    with pytest.raises(Died):
        service._send_letter()

    assert len(letters_sent(desk)) == (2 if after else 1)


def test_letter_is_mailed_once_and_once_more_at_most_whatever_statement_is_the_last(desk):
    desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})
    many, mails = statements_of(desk, lambda: Service(desk)._send_letter()), []

    for place in range(1, many + 1):
        before = len(letters_in(desk))
        desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})
        with pytest.raises(Died), DiesAt(desk.db.engine, place):
            Service(desk)._send_letter()
        mails.append(len(letters_sent(desk)) - before)

    assert many >= 3
    assert set(mails) == {1, 2}


def test_letter_that_a_dying_matcher_took_in_is_kept_whole_or_not_at_all(desk):
    desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})  # makes the counters' keys
    letters_sent(desk)
    many = statements_of(desk, lambda: desk.deliver("ent_0012345", "registered", {"place": "/groups/york"}))

    for place in range(1, many + 1):
        before = kept(desk)
        with pytest.raises(Died), DiesAt(desk.db.engine, place):
            desk.deliver("ent_0012345", "registered", {"place": "/groups/york"})
        assert kept(desk) == before, place
    assert many >= 3
