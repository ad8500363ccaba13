"""A whole draw: pool frozen, its source read, seats offered and taken in the published order; anybody checks it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub import clock, ledger
from hub import db as house
from hub.acts import queries as act_queries
from hub.cli.lot import lot
from hub.draws import actions, chain, drawing, files, fold, queries, rules
from hub.draws.entries import DrawAccepted, DrawMade, DrawPrepared, DrawReplaced
from hub.draws.models import draw_files, draw_seats, draw_tickets, draw_wishes, draws
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.ledger import writer
from hub.lot import draw as drawing_of_lot
from hub.lot import sources
from hub.lot.chains import QUICKNET, rehearsed
from hub.lot.check import check
from hub.lot.files import parse_draw
from hub.lot.pool import make_pool, parse_pool, pool_hash
from hub.lot.walk import draw_panel
from hub.permits import HUB
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from tests.draws.conftest import KNOWN, Town, make_town, said
from tests.people_for_tests import again, equip, member
from tests.replaying import assert_replays, lines_of
from tests.verifier import read_next, verifier

DAY = dt.timedelta(days=1)


def council(town: Town) -> str:
    """The act of a council's draw, its pool frozen."""
    town.turn(minutes=1)
    with town.db.read() as tx:
        return town.draw_of(tx, "draw_council")


def drawn_council(town: Town) -> str:
    """The act of a council's draw that is made."""
    act = council(town)
    town.turn(**KNOWN)
    town.read_source(act, town.council[0])
    return act


def whole_state(db) -> list[tuple[str, int]]:
    """How many rows each table has: a refusal leaves them all."""
    with db.read() as tx:
        tables = house.metadata.sorted_tables
        return [(t.name, tx.scalar(sa.select(sa.func.count()).select_from(t)) or 0) for t in tables]


def refused(db, act, code: str) -> None:
    """Fails unless what is done in a unit of work is refused with a code, and leaves everything as it was."""
    before = whole_state(db)
    with pytest.raises(RuleViolation) as told, db.write() as tx:
        act(tx)
    assert told.value.code == code
    assert whole_state(db) == before


def newest(tx, entry_type: str) -> ledger.Entry:
    """The newest entry of a type."""
    index = tx.scalar(sa.text('SELECT max("index") FROM entries WHERE type = :type'), {"type": entry_type})
    found = writer.get(tx, index)
    assert found is not None
    return found


def test_council_is_drawn_from_freeze_to_office(town, another_db):
    act = council(town)
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert (draw.tickets, draw.size, draw.is_made) == (30, 20, False)
        assert draw.counts == {"branch=york-branch": 20, "branch=none-or-small": 10}
        assert draw.known_at >= draw.frozen_at + DAY
        pool = files.kept(tx, draw.pool)
        assert pool is not None
        assert pool_hash(parse_pool(pool)) == draw.pool
        assert not any(one.person.encode() in pool for one in town.members)
    town.turn(**KNOWN)

    town.read_source(act, town.council[0])

    with town.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
        rows = town.drawn(tx, act)
        assert [row.state for row in rows] == ["offered"] * 20
        assert sorted(row.stratum for row in rows).count("branch=none-or-small") in (6, 7)
    for row in (rows[0], rows[9], rows[10]):
        town.accept(act, row)
    with town.db.read() as tx:
        seated = [g for g in permits.live_grants(tx, scope=HUB) if g.source == "lot"]
        # Of a council drawn whole, the later half serves half as long.
        assert [(g.role, g.act, g.until - g.starts) for g in seated] == [
            ("council", act, 360 * DAY), ("council", act, 360 * DAY), ("council", act, 180 * DAY),
        ]  # fmt: skip
    assert_replays(town.db, another_db)


def test_published_file_agrees_for_everybody(town, tmp_path):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows, draw = town.drawn(tx, act), queries.find(tx, act, 0)
        assert draw is not None
        first = draw.file
    with town.db.write() as tx:
        actions.decline(tx, act=act, actor=town.actor_of(tx, rows[4].ticket))
    files.publish(town.db, tmp_path)

    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert draw.file is not None
        assert draw.file != first
    ran = CliRunner().invoke(
        lot, ["check", str(tmp_path / draw.file), "--pool-hash", draw.pool, "--rehearsal", "--json"]
    )
    told = json.loads(ran.output)
    with town.db.read() as tx:
        assert (ran.exit_code, told["agrees"]) == (0, True)
        assert told["panel"] == [row.ticket for row in town.drawn(tx, act)]
    assert (tmp_path / draw.pool).exists()
    forged = (tmp_path / draw.file).read_bytes().replace(draw.said.encode(), b"cd" * 48)
    (tmp_path / "forged").write_bytes(forged)
    assert CliRunner().invoke(lot, ["check", str(tmp_path / "forged"), "--rehearsal"]).exit_code == 1


def test_odds_computed_beforehand_are_those_of_the_draw(town):
    act = council(town)
    # The council's pool, and that of who stands by in York.
    assert [files.compute_odds(town.db) for _ in range(3)] == [1, 1, 0]
    town.turn(**KNOWN)
    town.read_source(act, town.council[0])

    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        raw = files.kept(tx, draw.file or "")
        assert raw is not None
        assert all(finding.agrees for finding in check(parse_draw(raw), draw.pool, rehearsal=True))


def test_only_volunteers_of_no_hub_office_are_in_a_councils_pool(db, clock_at):
    town = make_town(db, clock_at, volunteers=False)
    with db.write() as tx:
        for one in (*town.members[:16], town.council[0]):
            actions.wish(tx, at_home=False, volunteers=True, actor=again(tx, one))
    act = council(town)

    with db.read() as tx:
        inside = set(tx.scalars(sa.select(draw_tickets.c.person).where(draw_tickets.c.act == act)))
    assert inside == {one.person for one in town.members[:16]}


def test_council_is_not_drawn_below_its_least_size(db, clock_at):
    town = make_town(db, clock_at, volunteers=False)
    with db.write() as tx:
        for one in town.members[:14]:
            actions.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))
    town.turn(days=2)

    with db.read() as tx:
        assert queries.acts_in(tx, "draw_council", HUB) == []


def test_half_of_the_council_is_drawn_anew_halfway(town):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
    for row in rows:
        town.accept(act, row)
    town.turn(days=100)
    with town.db.read() as tx:
        assert [row.id for row in queries.acts_in(tx, "draw_council", HUB)] == [act]

    with town.db.write() as tx:
        for number in range(12):
            actions.wish(tx, at_home=True, volunteers=True, actor=member(tx, f"new_{number}"))
    town.turn(days=81)

    with town.db.read() as tx:
        again_drawn = queries.find(tx, town.draw_of(tx, "draw_council"), 0)
        assert again_drawn is not None
        assert (again_drawn.act != act, again_drawn.size) == (True, 10)


def test_source_read_too_early_is_refused(town):
    act = council(town)

    refused(
        town.db,
        lambda tx: actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, town.council[0])),
        "draws.not_known",
    )


def test_what_the_beacon_did_not_sign_is_refused_and_nothing_is_written(town):
    """Two who lie alike change nothing: no digits but those that the chain signed for that round make a draw."""
    act = council(town)
    town.turn(**KNOWN)
    with town.db.read() as tx:
        true, source = said(tx, act), queries.find(tx, act, 0).named
    before = whole_state(town.db)

    for text, words in (
        ("ab" * 48, "not the signature of round"),
        (rehearsed(source.round + 1), "not the signature of round"),
        (true[:-2] + ("00" if true[-2:] != "00" else "01"), "not the signature of round"),
        (json.dumps({"round": source.round + 1, "signature": true}), "another round"),
        (true[:-1], "96 hexadecimal digits"),
        ("zz", "96 hexadecimal digits"),
        ("", "96 hexadecimal digits"),
    ):
        for liar in town.council:
            with pytest.raises(Invalid) as told, town.db.write() as tx:
                actions.reveal(tx, act=act, text=text, actor=again(tx, liar))
            assert list(told.value.fields) == ["source"]
            assert words in str(told.value.fields["source"])
            assert whole_state(town.db) == before


def test_any_member_types_it_and_one_reading_makes_the_draw(town, another_db):
    act = council(town)
    town.turn(**KNOWN)

    town.read_source(act, town.members[0])

    with town.db.read() as tx:
        draw, told = queries.find(tx, act, 0), newest(tx, "draw.made")
        assert (draw.is_made, draw.said, draw.made_at) == (True, rehearsed(draw.named.round), town.clock_at.moment)
        # Who brought it is in no entry: nobody has to be believed.
        assert (told.by, told.data["said"]) == (None, draw.said)
        assert permits.holder_of_person(tx, town.members[0].person) is None
    assert_replays(town.db, another_db)


def test_whole_answer_of_a_relay_is_read_too(town):
    act = council(town)
    town.turn(**KNOWN)
    with town.db.write() as tx:
        round_ = queries.find(tx, act, 0).named.round
        answer = json.dumps({"round": round_, "randomness": "", "signature": said(tx, act).upper()})
        actions.reveal(tx, act=act, text=answer, actor=again(tx, town.members[0]))

    with town.db.read() as tx:
        assert queries.find(tx, act, 0).is_made


def test_who_is_no_member_reads_nothing(town):
    act = council(town)
    town.turn(**KNOWN)
    with town.db.write() as tx:
        tx.execute(sa.text("UPDATE standings SET until_at = 1 WHERE person = :p"), {"p": town.members[0].person})
    before = whole_state(town.db)

    with pytest.raises(Forbidden), town.db.write() as tx:
        actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, town.members[0]))
    assert whole_state(town.db) == before


def test_copy_of_the_hub_draws_nobody_and_says_why(town):
    act = council(town)
    town.turn(**KNOWN)
    with town.db.write() as tx:
        tx.execute(sa.delete(draw_tickets))

    refused(
        town.db, lambda tx: actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, town.members[0])),
        "draws.copy",
    )  # fmt: skip


def test_draw_that_nobody_reads_lapses_and_another_is_opened(town):
    act = council(town)
    town.turn(days=15)

    with town.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "lapsed"
    town.turn(days=14)
    with town.db.read() as tx:
        assert town.draw_of(tx, "draw_council") != act


def test_who_declines_is_followed_by_the_next_of_the_same_branch(town, another_db):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
        waiting = [row for row in queries.order(tx, act, 0) if row.state == "reserve"]
        heir = next(row.ticket for row in waiting if row.stratum == rows[2].stratum)
    with town.db.write() as tx:
        actions.decline(tx, act=act, actor=town.actor_of(tx, rows[2].ticket))

    with town.db.read() as tx:
        told, out = newest(tx, "draw.replaced"), queries.seat(tx, rows[2].ticket)
        assert (told.by, told.data["out"], told.data["successor"]) == (None, rows[2].ticket, heir)
        assert out is not None
        assert (out.state, out.reason, out.holder) == ("out", "declined", None)
        assert town.drawn(tx, act)[2].ticket == heir
    assert_replays(town.db, another_db)


def test_minute_that_passes_meanwhile_keeps_nobody_from_a_seat(town, another_db):
    act = drawn_council(town)
    with town.db.read() as tx:
        row = town.drawn(tx, act)[0]
    town.clock_at.hurry()

    town.accept(act, row)

    with town.db.read() as tx:
        assert town.drawn(tx, act)[0].state == "accepted"
    assert_replays(town.db, another_db)


def test_silence_is_a_no_after_48_hours_and_not_before(town):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
    town.turn(hours=47, minutes=59)
    with town.db.read() as tx:
        assert [row.ticket for row in town.drawn(tx, act)] == [row.ticket for row in rows]
    town.accept(act, rows[0])

    town.turn(minutes=1)

    with town.db.read() as tx:
        reasons = [queries.seat(tx, row.ticket).reason for row in rows]
        assert reasons == [None, *["silent"] * 19]
        assert {row.ticket for row in town.drawn(tx, act)} & {row.ticket for row in rows[1:]} == set()


def test_answer_after_48_hours_is_refused_even_if_the_clock_sleeps(town):
    act = drawn_council(town)
    with town.db.read() as tx:
        row = town.drawn(tx, act)[0]
    town.clock_at.advance(hours=48)

    with town.db.write() as tx:
        actor = town.actor_of(tx, row.ticket)
    refused(town.db, lambda tx: actions.accept(tx, act=act, shown="Late", actor=actor), "draws.too_late")


def test_who_was_not_drawn_has_nothing_to_accept(town):
    act = drawn_council(town)
    with town.db.write() as tx:
        seated = {queries.person_of(tx, row.ticket) for row in town.drawn(tx, act)}
        other = again(tx, next(one for one in town.members if one.person not in seated))

    for verb in (actions.decline, lambda tx, **given: actions.accept(tx, shown="X", **given)):
        with pytest.raises(NotFound), town.db.write() as tx:
            verb(tx, act=act, actor=other)


def test_office_by_lot_takes_passkeys_like_any_other(db, clock_at):
    town = make_town(db, clock_at, members=0)
    with db.write() as tx:
        town.members = [member(tx, f"bare_{n}") for n in range(20)]
        for one in town.members:
            actions.wish(tx, at_home=True, volunteers=True, actor=one)
    act = drawn_council(town)
    with db.write() as tx:
        row = town.drawn(tx, act)[0]
        actor = town.actor_of(tx, row.ticket)
    refused(db, lambda tx: actions.accept(tx, act=act, shown="X", actor=actor), "constitution.passkeys_missing")

    with db.write() as tx:
        equip(tx, actor)
    town.accept(act, row)


def test_who_lost_membership_is_passed_over_with_a_reason(town):
    act = drawn_council(town)
    with town.db.write() as tx:
        row = town.drawn(tx, act)[0]
        order = [one for one in queries.order(tx, act, 0) if one.state == "reserve" and one.stratum == row.stratum]
        gone = queries.person_of(tx, order[0].ticket)
        tx.execute(sa.text("UPDATE standings SET until_at = 1 WHERE person = :p"), {"p": gone})
        actions.decline(tx, act=act, actor=town.actor_of(tx, row.ticket))

    with town.db.read() as tx:
        told = newest(tx, "draw.replaced").data
        assert (told["passed"], told["reasons"], told["successor"]) == ([order[0].ticket], ["left"], order[1].ticket)


def test_replay_needs_no_private_table(town, another_db):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
    town.accept(act, rows[0])
    town.turn(hours=49)
    with town.db.write() as tx:
        for table in (draw_tickets, draw_wishes, draw_files):
            tx.execute(sa.delete(table))
    # A copy of the hub knows nobody's ticket: it replaces nobody, and says nothing false.
    town.turn(hours=49)

    assert_replays(town.db, another_db)


# --- planted faults: what the fold must refuse of an entry that somebody forged -----------------------------------


class Back(Exception):
    """Raised to leave a unit of work without a trace."""


def made_record(town: Town, act: str) -> DrawMade:
    """The entry that the hub would append, once somebody has read."""
    return made_by(town, lambda tx: drawing.draw_from(tx, act, said(tx, act)))


def made_by(town: Town, draws) -> DrawMade:
    """The entry of a draw: found by letting it be made, and going back."""
    found: list[DrawMade] = []

    def look(tx) -> None:
        assert draws(tx)
        found.append(DrawMade(**newest(tx, "draw.made").data))
        raise Back

    with pytest.raises(Back), town.db.write() as tx:
        look(tx)
    return found[0]


def test_forged_draws_change_nothing(town):
    act = council(town)
    town.turn(**KNOWN)
    true = made_record(town, act)
    swapped = [true.seats[1], true.seats[0], *true.seats[2:]]
    favoured = [*true.seats[:-1], true.reserves[0]]
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
    # Two who lie alike, with a draw that follows from their lie in every part; and the next round's own signature.
    lies = [as_said(town, act, lie) for lie in ("ab" * 48, rehearsed(draw.named.round + 1))]
    forged = {
        "draws.not_signed": [replace(true, said="ab" * 48), *lies],
        "draws.other_seed": [replace(true, seed="0" * 64)],
        "draws.other_order": [
            replace(true, seats=swapped),
            replace(true, seats=favoured),
            replace(true, seats=true.seats[:-1]),
            replace(true, reserves=true.reserves[1:], strata=true.strata[:20] + true.strata[21:]),
            replace(true, round=true.round + 1),
            replace(true, strata=["branch=york-branch"] * len(true.strata)),
        ],
    }
    for code, records in forged.items():
        for record in records:
            refused(town.db, lambda tx, record=record: ledger.append(tx, record, by=None), code)


def as_said(town: Town, act: str, said: str) -> DrawMade:
    """The entry of a draw by what somebody made up: as a hub would make it that checks no signature."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "check_value", lambda _source, value: value)
        for room in (fold, drawing_of_lot):
            patch.setattr(room, "check_value", lambda _source, value: value)
        return made_by(town, lambda tx: drawing.draw_from(tx, act, said))


def test_signature_before_its_moment_makes_no_draw(town):
    """A hub whose clock is ahead of its record, or a secret that leaked."""
    act = council(town)
    town.clock_at.advance(hours=90)
    with town.db.read() as tx:
        true = said(tx, act)

    refused(town.db, lambda tx: drawing.draw_from(tx, act, true), "draws.not_known")


def test_draw_by_the_rehearsals_chain_is_refused_where_nobody_rehearses(town, another_db, monkeypatch):
    """Who runs a hub can call it a demo for themselves, and for nobody else."""
    act = drawn_council(town)
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw.source == f"drand-rehearsal-{draw.named.round}"
    lines = list(lines_of(town.db))
    monkeypatch.setattr(chain, "_chosen", QUICKNET)

    with another_db.write() as tx:
        ignored = list(writer.replay(tx, lines))
    assert ignored != []
    with another_db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(draws)) == 0
    folded = verifier.Fold()
    for raw, told in lines:
        read_next(folded, raw, told)
    assert [one.why for one in folded.void][:1] == ["the minute of the freeze gives another source"]


def test_forged_pools_change_nothing(town):
    act = council(town)
    with town.db.read() as tx:
        index = tx.scalar(sa.text("SELECT prepared_entry FROM draws WHERE act = :act"), {"act": act})
        true = DrawPrepared(**writer.get(tx, index).data)
    with town.db.write() as tx:
        tx.execute(sa.text("DELETE FROM draws WHERE act = :act"), {"act": act})
    soon = clock.format_minute(town.clock_at.moment + dt.timedelta(hours=23))
    for record, code in (
        (replace(true, size=19), "draws.other_quotas"),
        (replace(true, tickets=29), "draws.other_quotas"),
        (replace(true, tickets=14, quotas=["branch=york-branch 14 14 14"], size=14), "draws.other_quotas"),
        (replace(true, quotas=[]), "draws.other_quotas"),
        (replace(true, quotas=["branch=none-or-small 10 0 0", "branch=york-branch 20 20 20"]), "draws.other_quotas"),
        (replace(true, known=soon), "draws.other_source"),
        (replace(true, source="drand-rehearsal-1"), "draws.other_source"),
        (replace(true, source=true.source.replace("rehearsal", "quicknet")), "draws.other_source"),
        (replace(true, chain=QUICKNET.hash), "draws.other_source"),
        (replace(true, objections=soon), "draws.other_days"),
        (replace(true, objections=None), "draws.other_days"),
        (replace(true, step=1), "acts.not_due"),
    ):
        refused(town.db, lambda tx, record=record: ledger.append(tx, record, by=None), code)
    with town.db.write() as tx:
        ledger.append(tx, true, by=None)
    refused(town.db, lambda tx: ledger.append(tx, true, by=None), "acts.not_due")
    assert act == true.act


def test_forged_replacements_change_nothing(town):
    act = drawn_council(town)
    with town.db.read() as tx:
        rows, order = town.drawn(tx, act), queries.order(tx, act, 0)
        draw = queries.find(tx, act, 0)
        assert draw is not None
    out = rows[0]
    mine = [row.ticket for row in order if row.state == "reserve" and row.stratum == out.stratum]
    other = next(row.ticket for row in order if row.state == "reserve" and row.stratum != out.stratum)
    true = DrawReplaced(act, 0, out.ticket, "declined", [], [], mine[0], draw.file or "")
    for record, code in (
        (replace(true, successor=mine[1]), "lot.out_of_order"),
        (replace(true, successor=other), "lot.out_of_order"),
        (replace(true, successor=None), "lot.out_of_order"),
        (replace(true, reason="silent"), "draws.not_silent"),
        (replace(true, reason="disliked"), "lot.no_reason"),
        (replace(true, passed=[mine[0]], reasons=[]), "acts.not_due"),
        (replace(true, out=mine[-1]), "draws.not_offered"),
    ):
        refused(town.db, lambda tx, record=record: ledger.append(tx, record, by=None), code)
    town.accept(act, out)
    refused(town.db, lambda tx: ledger.append(tx, replace(true, reason="left"), by=None), "draws.seated")


def test_forged_acceptances_change_nothing(town):
    act = drawn_council(town)
    with town.db.write() as tx:
        row = town.drawn(tx, act)[0]
        holder = permits.live_grants(tx, scope=town.branch.scope)[0].holder
        sitting = again(tx, town.council[0]).holder
        reserve = next(one.ticket for one in queries.order(tx, act, 0) if one.state == "reserve")
        right = right_of_members(tx)
    until = clock.format_minute(town.clock_at.moment + 360 * DAY)
    true = DrawAccepted(act, 0, row.ticket, holder, "grt_" + "0" * 26, until)
    for record, by, code in (
        (replace(true, until=clock.format_minute(town.clock_at.moment + 361 * DAY)), right, "draws.other_term"),
        (replace(true, grant=None), right, "draws.other_term"),
        (replace(true, ticket=reserve), right, "draws.not_offered"),
        (replace(true, holder=sitting), right, "draws.conflict"),
        (true, None, "permits.no_right"),
    ):
        refused(town.db, lambda tx, record=record, by=by: ledger.append(tx, record, by=by), code)
    with town.db.write() as tx:
        ledger.append(tx, true, by=right)
        other = town.drawn(tx, act)[1].ticket
    twice = replace(true, ticket=other, grant="grt_" + "1" * 26)
    refused(town.db, lambda tx: ledger.append(tx, twice, by=right), "draws.conflict")


def test_quotas_are_shares_rounded_down_and_up():
    assert rules.quotas_of(["branch=b"] * 7 + ["branch=a"] * 3, 5) == ["branch=a 3 1 2", "branch=b 7 3 4"]
    assert rules.quotas_of(["branch=a"] * 4, 3) == ["branch=a 4 3 3"]
    assert rules.quotas_of(["", ""], 2) == []


def test_small_branches_are_not_told_apart():
    assert rules.strata_of(["a"] * 5 + ["b"] * 4 + [None]) == ["branch=a"] * 5 + ["branch=none-or-small"] * 5


def test_seats_hold_no_person_and_no_unsalted_name(town):
    act = drawn_council(town)
    with town.db.read() as tx:
        said = [bytes(row) for row in tx.scalars(sa.text("SELECT bytes FROM entries"))]
        seats = [str(row) for row in tx.execute(sa.select(draw_seats).where(draw_seats.c.act == act))]
    assert not any(one.person.encode() in raw for one in town.members for raw in said)
    assert not any(one.person in row for one in town.members for row in seats)


class Pool:
    """A frozen pool, as the fold finds it. quotas: lines of the record."""

    def __init__(self, tickets: int, size: int, quotas: tuple[str, ...] = ()) -> None:
        self.names = [f"tkt_{number:026d}" for number in range(tickets)]
        self.tickets, self.size, self.quotas = tickets, size, quotas
        self.strata = dict.fromkeys(self.names, "")
        if quotas:
            keys = [line.split(" ")[0] for line in quotas]
            self.strata = {name: keys[number % len(keys)] for number, name in enumerate(self.names)}
        self.pool = pool_hash(self.made())

    def made(self):
        """The pool itself."""
        return make_pool(rules.ticket_of(name, self.strata[name]) for name in self.names)

    def record(self, seats: list[str], reserves: list[str], round_: int = 0) -> DrawMade:
        """What an entry would say."""
        strata = [self.strata[name] for name in (*seats, *reserves)]
        return DrawMade("act_x", 0, "2026-11-21T20:00Z", "ab" * 32, round_, "f" * 64, seats, reserves, strata)

    def drawn(self):
        """What the draw gives."""
        panel = draw_panel(self.made(), self.size, rules.parse_quotas(self.quotas), "ab" * 32)
        reserves = [one.name for one in panel.reserves][: rules.RESERVES]
        return [one.name for one in panel.accepted], reserves, panel.round


POOLS = [
    Pool(20, 3),
    Pool(20, 4, ("branch=a 10 2 2", "branch=b 10 2 2")),
    Pool(20 + rules.RESERVES, 3),
    Pool(20 + rules.RESERVES, 4, ("branch=a 10 2 2", "branch=b 10 2 2")),
]


@pytest.mark.parametrize("pool", POOLS)
def test_fold_takes_the_draw_that_the_seed_gives_and_no_rigged_one(pool):
    seats, reserves, round_ = pool.drawn()
    liked = sorted(
        [*seats[:-1], reserves[-1]], key=lambda name: hashlib.sha256(f"{'ab' * 32}|{round_}|{name}".encode()).digest()
    )
    left = [name for name in [*seats, *reserves] if name not in liked]
    left.sort(key=lambda name: hashlib.sha256(f"{'ab' * 32}|{round_}|{name}".encode()).digest())

    assert fold._order_verdict(pool.record(seats, reserves, round_), pool).ok
    for rigged in [(liked, left), (seats[::-1], reserves), (seats, reserves[::-1]), (reserves[: pool.size], seats)]:
        assert fold._order_verdict(pool.record(*map(list, rigged), round_), pool).code == "draws.other_order"


def test_fold_takes_no_tickets_but_those_of_the_frozen_pool():
    pool = Pool(20, 3)
    seats, reserves, round_ = pool.drawn()
    pool.pool = "0" * 64
    assert fold._order_verdict(pool.record(seats, reserves, round_), pool).code == "draws.other_order"
