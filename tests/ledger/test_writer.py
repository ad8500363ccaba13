"""append and replay: one way in, refused the same way live and on replay, and replay gives the same rows."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub import canonical, clock, ids, ledger
from hub.errors import NotFound, RuleViolation
from hub.ledger import append, models, openings, writer
from hub.ledger.entries import Entry, format_entry, parse_entry
from hub.ledger.openings import seal_words
from hub.ledger.state import state_of

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def everything(db):
    with db.read() as tx:
        return state_of(tx, inputs=True)


def lines(db):
    """What a mirror would carry: entries with their disclosures."""
    with db.read() as tx:
        raws = tx.scalars(sa.select(models.entries.c.bytes).order_by("index")).all()
        told = tx.execute(sa.select(models.openings.c.index, models.openings.c.disclosure)).all()
    return [(bytes(raw), [text for index, text in told if index == at]) for at, raw in enumerate(raws)]


def replay(db, found):
    with db.write() as tx:
        return [(ignored.index, ignored.verdict.code) for ignored in writer.replay(tx, found)]


def build(db, village, slug, **words):
    with db.write() as tx:
        return append(tx, village.Built(slug), by=None, words=words)


def test_entry_is_appended_and_applied(village, db, clock_at):
    clock_at("2026-11-21T20:00Z")
    build(db, village, "decoy")

    entry = build(db, village, "north", name="North gate")

    with db.read() as tx:
        assert ledger.get(tx, 1) == entry
        assert dict(ledger.words_of(tx, entry)) == {"name": "North gate", "reason": None}
        assert ledger.size(tx) == 2
        assert tx.execute(sa.select(village.gates).where(village.gates.c.slug == "north")).all() == [
            ("north", clock_at.moment, None, "North gate", 1, None)
        ]
    assert b"North gate" not in format_entry(entry)


def test_replay_gives_the_same_public_tables(village, db, another_db, clock_at):
    clock_at("2026-11-21T20:00Z")
    build(db, village, "north", name="North gate", reason="Wind")
    clock_at.advance(minutes=7)
    build(db, village, "south")
    with db.write() as tx:
        append(tx, village.Named("south"), by=0, words={"name": "South gate"})
        append(tx, village.Shut("north", ids.new("hld"), ids.new("grt"), "2026-12-01T00:00Z"), by=0)

    assert replay(another_db, lines(db)) == []

    assert everything(another_db) == everything(db)


def test_withdrawn_words_give_the_same_tables_live_and_on_replay(village, db, another_db):
    build(db, village, "north", name="North gate", reason="Wind")
    build(db, village, "decoy", name="Decoy")
    renamed = build(db, village, "south", name="Old name")
    with db.write() as tx:
        later = append(tx, village.Named("south"), by=0, words={"name": "New name"})
        ledger.withdraw(tx, 0, "name")
        ledger.withdraw(tx, renamed.index, "name")

    with db.read() as tx:
        told = tx.execute(sa.select(village.gates.c.slug, village.gates.c.name, village.gates.c.told_entry)).all()
        assert sorted(told) == [("decoy", "Decoy", 1), ("north", None, 0), ("south", "New name", later.index)]
        assert dict(ledger.words_of(tx, ledger.get(tx, 0))) == {"name": None, "reason": "Wind"}
        assert tx.execute(sa.select(models.withdrawals.c.index)).scalars().all() == [0, 2]
    assert replay(another_db, lines(db)) == []
    assert everything(another_db) == everything(db)


def test_words_cannot_be_withdrawn_twice(village, db):
    build(db, village, "north", name="North gate")
    with db.write() as tx:
        ledger.withdraw(tx, 0, "name")
    before = everything(db)

    for index, name in ((0, "name"), (0, "reason"), (9, "name")):
        with pytest.raises(NotFound), db.write() as tx:
            ledger.withdraw(tx, index, name)

    assert everything(db) == before


def test_what_remembers_words_is_told_to_forget_them(village, db):
    forgotten = []
    ledger.after_withdrawal(lambda tx, entry, name: forgotten.append((entry.index, name)))
    build(db, village, "north", name="North gate")

    with db.write() as tx:
        ledger.withdraw(tx, 0, "name")

    assert forgotten == [(0, "name")]


def test_column_that_cannot_be_blanked_is_refused_as_a_place_for_words(village):
    with pytest.raises(TypeError, match="must be nullable"):
        ledger.tells(village.gates, "slug", "told_entry", entry_types=("gate.built",))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"colour": "red"}, "ledger.word_unknown"),
        ({"name": "a\x00b"}, "ledger.word_unfit"),
        ({"name": "half \ud800 a character"}, "ledger.word_unfit"),
        ({"name": "x" * (openings.LONGEST + 1)}, "ledger.word_unfit"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(village, db, words, code):
    build(db, village, "decoy")
    before = everything(db)

    with pytest.raises(RuleViolation) as refusal:
        build(db, village, "north", **words)

    assert (refusal.value.code, everything(db)) == (code, before)


@pytest.mark.parametrize(
    ("slug", "width", "code"),
    [
        ("No Slug", None, "ledger.field_unfit"),
        ("north", -1, "ledger.field_unfit"),
        ("north", 1.5, "ledger.not_canonical"),
        ("north", True, "ledger.field_unfit"),
        ("north", 2**53, "ledger.not_canonical"),
        ("\ud800", None, "ledger.not_canonical"),
    ],
)
def test_clear_values_that_do_not_fit_are_refused(village, db, slug, width, code):
    build(db, village, "decoy")
    before = everything(db)

    with pytest.raises(RuleViolation) as refusal, db.write() as tx:
        append(tx, village.Built(slug, width), by=None)

    assert (refusal.value.code, everything(db)) == (code, before)


def test_refused_warrant_writes_nothing(village, db):
    build(db, village, "north")
    before = everything(db)

    for by, code in ((None, "gates.warrant"), (1, "ledger.warrant_ahead"), (7, "ledger.warrant_ahead")):
        with pytest.raises(RuleViolation) as refusal, db.write() as tx:
            append(tx, village.Named("north"), by=by, words={"name": "New"})
        assert refusal.value.code == code

    assert everything(db) == before


def test_clock_behind_the_last_entry_stops_appending(village, db, clock_at):
    clock_at("2026-11-21T20:00Z")
    build(db, village, "north")
    clock_at("2026-11-21T19:59Z")

    with pytest.raises(RuleViolation) as refusal:
        build(db, village, "south")

    assert refusal.value.code == "ledger.clock_behind"
    clock_at("2026-11-21T20:00Z")
    assert build(db, village, "south").index == 1


def test_refusal_later_in_the_unit_takes_the_entry_back(village, db):
    def both():
        with db.write() as tx:
            append(tx, village.Built("north"), by=None, words={"name": "North"})
            append(tx, village.Built("No Slug"), by=None)

    with pytest.raises(RuleViolation):
        both()

    assert everything(db)["entries"] == everything(db)["openings"] == everything(db)["test_gates"] == []


def line(village, kind="gate.built", data=None, by=None, at=NOON, words=None, **more):
    """An entry as a hub without linter or warrants might have written it."""
    opened = seal_words(words or {})
    entry = Entry(kind, at, by, data or {"slug": "forged"}, tuple(o.digest for o in opened), **more)
    return format_entry(entry), [opening.disclosure for opening in opened]


FORGED = {
    "unknown type": (lambda v: line(v, "gate.blessed"), "ledger.unknown_type"),
    "unknown version": (lambda v: line(v, v=2), "ledger.unknown_version"),
    "signed": (lambda v: line(v, sig={"text": "anything"}), "ledger.signature_unfit"),
    "field missing": (lambda v: line(v, data={"width": 1}), "ledger.field_missing"),
    "field unfit": (lambda v: line(v, data={"slug": "No Slug"}), "ledger.field_unfit"),
    "field unknown": (lambda v: line(v, data={"slug": "a-gate", "note": "typed text"}), "ledger.field_unknown"),
    "too many digests": (lambda v: line(v, words={"name": "a", "reason": "b", "third": "c"}), "ledger.digests_unfit"),
    "warrant ahead": (lambda v: line(v, "gate.named", by=2), "ledger.warrant_ahead"),
    "no warrant": (lambda v: line(v, "gate.named", data={"slug": "north"}), "gates.warrant"),
    "nothing there": (lambda v: line(v, "gate.named", by=0), "gates.none"),
    "needless warrant": (lambda v: line(v, by=0), "ledger.needless_warrant"),
    "time goes back": (lambda v: line(v, at=NOON - dt.timedelta(minutes=1)), "ledger.clock_behind"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_entry_changes_nothing_on_replay(village, db, another_db, name):
    """The planted faults: each is kept in the record, is told, and leaves the tables as if it were not there."""
    make, code = FORGED[name]
    honest = [line(village, data={"slug": "north"}, words={"name": "North"}), line(village, data={"slug": "decoy"})]
    after = line(village, data={"slug": "after"})

    told = replay(db, [*honest, make(village), after])

    assert told == [(2, code)]
    assert replay(another_db, [*honest, after]) == []
    gates = [row.replace("2,null]", "3,null]") for row in everything(another_db)["test_gates"]]
    assert sorted(everything(db)["test_gates"]) == sorted(gates)
    assert len(everything(db)["entries"]) == 4


@pytest.mark.parametrize("text", ["ann@example.org", "SW1A 1AA", "write to ann.b@mail.example.org now"])
def test_personal_text_in_clear_is_refused_even_where_text_may_stand(village, db, text):
    """The linter's last net, tried on a kind of field that allows any printable text: the names of a place."""
    with db.write() as tx:
        append(tx, village.Declared(["Decoy-on-Sea"]), by=None)

    with pytest.raises(RuleViolation) as refusal, db.write() as tx:
        append(tx, village.Declared([text]), by=None)

    assert refusal.value.code == "ledger.personal"
    with db.read() as tx:
        assert ledger.size(tx) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"type":"gate.built"}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":{},"more":1,"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00","by":null,"data":{},"type":"gate.built","v":1}',
        b'{"at":"2026-02-30T20:00Z","by":null,"data":{},"type":"gate.built","v":1}',
        b'{"at":"0000-01-01T00:00Z","by":null,"data":{},"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":-1,"data":{},"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":true,"data":{},"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":[],"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":{},"type":"gate\\u0000.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":{},"type":"Gate","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":{},"type":"gate.built","v":true}',
        b'{"_sd":[1],"at":"2026-11-21T20:00Z","by":null,"data":{},"type":"gate.built","v":1}',
        b'{"at":"2026-11-21T20:00Z","by":null,"data":{"a":"' + b"x" * 65_536 + b'"},"type":"gate.built","v":1}',
    ],
    ids=range(15),
)
def test_bytes_that_are_no_entry_end_the_replay(village, db, raw):
    with pytest.raises(canonical.NotCanonical):
        parse_entry(raw, 0)
    with pytest.raises(canonical.NotCanonical):
        replay(db, [line(village), (raw, [])])


def test_hostile_openings_count_as_none_and_their_order_decides_nothing(village, db, another_db):
    twins = sorted(seal_words({"name": "One"}) + seal_words({"name": "Other"}), key=lambda opening: opening.digest)
    half = seal_words({"name": "x"})[0]
    raw = format_entry(Entry("gate.built", NOON, None, {"slug": "north"}, tuple(o.digest for o in twins)))
    texts = [opening.disclosure for opening in twins]

    assert replay(db, [(raw, [*texts, half.disclosure, "!!", texts[0]])]) == []
    assert replay(another_db, [(raw, [half.disclosure, *reversed(texts)])]) == []

    assert everything(db) == everything(another_db)
    with db.read() as tx:
        assert tx.scalar(sa.select(village.gates.c.name)) == twins[0].value


def test_opening_with_half_a_character_counts_as_none(village, db):
    import base64
    import hashlib

    text = base64.urlsafe_b64encode(b'["salt","name","half \\ud800 here"]').decode().rstrip("=")
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    raw = format_entry(Entry("gate.built", NOON, None, {"slug": "north"}, (digest,)))

    assert replay(db, [(raw, [text])]) == []

    assert everything(db)["openings"] == []


def test_replay_goes_on_from_where_it_stopped(village, db, another_db):
    for slug in ("north", "south", "west"):
        build(db, village, slug, name=slug.title())
    found = lines(db)

    replay(another_db, found[:2])
    with another_db.write() as tx:
        assert list(writer.replay(tx, found[2:], 2)) == []

    assert everything(another_db) == everything(db)


def test_parallel_appends_take_each_index_once(village, db):
    from concurrent.futures import ThreadPoolExecutor

    def one(number):
        return build(db, village, f"gate-{number}").index

    with ThreadPoolExecutor(8) as pool:
        taken = sorted(pool.map(one, range(40)))

    assert taken == list(range(40))


def test_types_are_registered_once_under_a_proper_name(village):
    from hub.ledger import applies, record, unwarranted

    for name in ("gate.built", "gate", "Gate.built", "gate.built.again", "gate..built"):
        with pytest.raises(TypeError):
            record(name)
    with pytest.raises(RuntimeError, match="applied twice"):
        applies(village.Built, warrant=unwarranted)(lambda *_: None)


@pytest.mark.parametrize("text", ["2026-11-21T20:00Z", "1970-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_minute_reads_back(text):
    assert clock.format_minute(clock.parse_minute(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "2026-11-21T20:00",
        "2026-11-21T20:00:00Z",
        "2026-13-01T00:00Z",
        "2026-11-21T24:00Z",
        "2026-11-21T20:00Z\n",
        "٢٠٢٦-11-21T20:00Z",
        "2026-11-21t20:00z",
        "+026-11-21T20:00Z",
    ],
)
def test_other_spellings_of_a_minute_are_refused(text):
    with pytest.raises(ValueError, match=r"."):
        clock.parse_minute(text)
