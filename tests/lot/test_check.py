"""Checking a published draw: anybody's recomputation, on any machine, and every fault that must be caught."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.errors import RuleViolation
from hub.lot import draw as drawing
from hub.lot import replacing, walk
from hub.lot.chains import QUICKNET, REHEARSAL, rehearsed
from hub.lot.check import Finding, check, main
from hub.lot.draw import with_replacement
from hub.lot.files import format_draw, parse_draw
from hub.lot.pool import Unreadable, make_pool, make_ticket, pool_hash
from hub.lot.replacing import Replacement, stratum_of
from hub.lot.sources import Source, first_source
from hub.lot.walk import Quota
from tests.lot import oracle
from tests.lot.arranged import ACT, FROZEN, QUOTAS, SAID, SOURCE, drawn, name_of, tickets

ROOT = Path(__file__).resolve().parents[2]
PARTS = [
    "pool hash",
    "chain",
    "source",
    "signature",
    "quotas",
    "seed",
    "round",
    "order",
    "accepted",
    "reserves",
    "odds",
]


def replaced(draw):
    """Two tickets of one stratum are replaced; the second time the next reserve is passed over with a reason."""
    named = {ticket.name: stratum_of(ticket, {"age", "branch"}) for ticket in draw.pool}
    sitting, waiting = ([named[name] for name in part] for part in (draw.accepted, draw.reserves))
    stratum = next(one for one in sitting if sitting.count(one) > 1 and waiting.count(one) > 2)
    outs = [name for name in draw.accepted if named[name] == stratum]
    reserves = [name for name in draw.reserves if named[name] == stratum]
    once = with_replacement(draw, outs[0], "declined", {})
    return with_replacement(once, outs[1], "conflict", {reserves[1]: "conflict"})


TRUE = replaced(drawn())


def differing(draw, *announced):
    """What a check finds wrong."""
    return [finding.what for finding in check(draw, *announced) if not finding.agrees]


def test_true_draw_agrees_in_every_part():
    findings = check(TRUE, TRUE.pool_hash.upper())

    expected = [*PARTS[:1], "pool hash in the record", *PARTS[1:], "replacement 1", "replacement 2"]
    assert findings == [Finding(what, True) for what in expected]
    assert oracle.faults(format_draw(TRUE)) == []


ANEW = {"seed", "order", "accepted", "reserves"}
CHANGES = {
    "act": ({"act": ACT[:-1] + "8"}, ANEW),
    "what nobody signed": ({"said": "5b" + SAID[2:]}, {"signature", *ANEW}),
    "another round": ({"source": Source(QUICKNET, 1001)}, {"signature"}),
    "another chain": ({"source": Source(REHEARSAL, 1000)}, {"chain", "signature"}),
    "frozen late": ({"frozen": SOURCE.known}, {"source"}),
    "pool hash": ({"pool_hash": "0" * 64}, {"pool hash"}),
    "seed": ({"seed": "0" * 64}, {"seed"}),
    "round": ({"round": 1}, {"round"}),
    "size": ({"size": 7}, {"accepted", "reserves", "odds"}),
    "a quota fewer": ({"quotas": QUOTAS[:2]}, {"accepted", "reserves", "odds"}),
    "a quota nobody can meet": ({"quotas": (*QUOTAS[:2], Quota("branch", "york", 9, 9))}, {"quotas", "panel"}),
    "order turned": ({"order": TRUE.order[1:] + TRUE.order[:1]}, {"order"}),
    "order cut": ({"order": TRUE.order[1:]}, {"order"}),
    "accepted turned": ({"accepted": TRUE.accepted[::-1]}, {"accepted"}),
    "a stranger accepted": ({"accepted": (*TRUE.accepted[:-1], name_of(999))}, {"accepted"}),
    "reserves turned": ({"reserves": TRUE.reserves[::-1]}, {"reserves", "replacement 1"}),
    "odds": ({"odds": (TRUE.odds[0] + 1, *TRUE.odds[1:])}, {"odds"}),
    "a replacement left out": ({"replaced": TRUE.replaced[1:]}, {"replacement 1"}),
    "replacements turned": ({"replaced": TRUE.replaced[::-1]}, {"replacement 1"}),
}


@pytest.mark.parametrize("part", CHANGES)
def test_any_altered_part_is_found(part):
    change, differs = CHANGES[part]

    assert set(differing(dataclasses.replace(TRUE, **change))) == differs


def test_draw_by_a_value_that_was_made_up_is_found_though_all_else_agrees():
    """Two who lied alike, or whoever runs the hub: everything follows from the lie, and the key tells."""
    made_up = rehearsed(1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "check_value", lambda _source, value: value)
        lie = drawn(said=made_up)

    assert differing(lie, lie.pool_hash) == ["signature"]
    assert oracle.faults(format_draw(lie)) == []


def test_draw_is_not_made_by_what_nobody_signed():
    with pytest.raises(Unreadable, match="not the signature of round 1000"):
        drawn(said=rehearsed(1000))


def test_draw_of_a_rehearsal_is_taken_only_where_somebody_asks_for_it():
    source = first_source(REHEARSAL, FROZEN + dt.timedelta(days=4))
    made = drawn(source=source, said=rehearsed(source.round))

    assert differing(made) == ["chain"]
    assert [one.what for one in check(made, rehearsal=True) if not one.agrees] == []


@pytest.mark.parametrize("how", ["left out", "put in", "other stratum", "swapped"])
def test_late_change_of_the_pool_is_found(how):
    pool = list(TRUE.pool)
    changed = {
        "left out": pool[1:],
        "put in": [*pool, make_ticket(name_of(999), dict(pool[0].strata))],
        "other stratum": [make_ticket(pool[0].name, {"age": "18-29", "branch": "selby"}), *pool[1:]],
        "swapped": [make_ticket(name_of(999), dict(pool[0].strata)), *pool[1:]],
    }[how]
    late = make_pool(changed)

    assert {"pool hash", "seed", "order"} <= set(differing(dataclasses.replace(TRUE, pool=late)))
    # Everything computed anew: only what the record has since the freeze can tell.
    anew = drawn(tickets=late)
    assert differing(anew) == []
    assert differing(anew, TRUE.pool_hash) == ["pool hash in the record"]
    assert anew.seed != TRUE.seed


def test_the_order_in_which_tickets_came_changes_nothing():
    shuffled = tickets()
    random.Random(8).shuffle(shuffled)

    assert drawn(tickets=shuffled, quotas=QUOTAS[::-1]) == drawn()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"frozen": SOURCE.known}, "lot.source_too_soon"), ({"size": 41}, "lot.size")],
)
def test_draw_is_refused_before_anything_is_drawn(change, code):
    with pytest.raises(RuleViolation) as caught:
        drawn(**change)

    assert caught.value.code == code


def other_successor(pick):
    """A replacement that picks another reserve than the next of the stratum."""

    def wrong(seats, out, reason, passing):
        leaving = next(ticket for ticket in seats.seats if ticket.name == out)
        return Replacement(out, reason, (), pick(seats, leaving).name)

    return wrong


def alike(seats, leaving):
    return [t for t in seats.reserves if stratum_of(t, seats.keys) == stratum_of(leaving, seats.keys)]


def shortest_digits(pool, seed, round_):
    """Python's own order: a set's, which is another in every process."""
    return tuple(dict.fromkeys(sorted(pool, key=lambda ticket: hash((seed, round_, ticket)))))


OTHER = "act_" + "0" * 26
TRUE_SEED, TRUE_WALK, TRUE_ORDER = drawing.make_seed, walk.walk, walk.order_of
PLANTED = {
    "pool hash left out of the seed": (drawing, "make_seed", lambda act, pool, said: TRUE_SEED(act, "0" * 64, said)),
    "act left out of the seed": (
        drawing,
        "make_seed",
        lambda act, pool, said: TRUE_SEED("act_" + "0" * 26, pool, said),
    ),
    "what was said left out": (drawing, "make_seed", lambda act, pool, said: TRUE_SEED(act, pool, "0" * 96)),
    "what was said in capitals": (
        drawing,
        "make_seed",
        lambda act, pool, said: hashlib.sha256(f"{act}|{pool}|{said.upper()}".encode()).hexdigest(),
    ),
    "maximum ignored": (
        walk,
        "walk",
        lambda order, size, quotas: TRUE_WALK(order, size, [dataclasses.replace(q, most=size) for q in quotas]),
    ),
    "minimum ignored": (
        walk,
        "walk",
        lambda order, size, quotas: TRUE_WALK(order, size, [dataclasses.replace(q, least=0) for q in quotas]),
    ),
    "quotas ignored": (walk, "walk", lambda order, size, quotas: tuple(order)[:size]),
    "order by ticket": (walk, "order_of", lambda pool, seed, round_: pool),
    "order backwards": (walk, "order_of", lambda pool, seed, round_: TRUE_ORDER(pool, seed, round_)[::-1]),
    "round left out of the order": (walk, "order_of", lambda pool, seed, round_: TRUE_ORDER(pool, seed, "")),
    "order of a set": (walk, "order_of", shortest_digits),
    "pool as it came": (drawing, "make_pool", tuple),
    "last reserve": (replacing, "replace", other_successor(lambda seats, leaving: alike(seats, leaving)[-1])),
    "second reserve": (replacing, "replace", other_successor(lambda seats, leaving: alike(seats, leaving)[1])),
    "any stratum": (
        replacing,
        "replace",
        other_successor(lambda seats, leaving: next(t for t in seats.reserves if t not in alike(seats, leaving))),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_is_found_by_the_check_and_by_the_oracle(fault, monkeypatch):
    place, name, wrong = PLANTED[fault]
    with monkeypatch.context() as planted:
        planted.setattr(place, name, wrong)
        made = drawn()
        made = with_replacement(made, made.accepted[0], "declined", {})
    raw = format_draw(made)

    assert differing(parse_draw(raw)) != []
    assert oracle.faults(raw) != []


def test_reserve_passed_over_without_a_word_is_found():
    silent = dataclasses.replace(TRUE.replaced[1], passed=())
    made = dataclasses.replace(TRUE, replaced=(TRUE.replaced[0], silent))

    assert [reason for _, reason in TRUE.replaced[1].passed] == ["conflict"]
    assert differing(made) == ["replacement 2"]
    assert oracle.faults(format_draw(made)) == ["replaced"]


SCRIPT = """
import random, sys
sys.path.insert(0, sys.argv[1])
from hub.lot.files import format_draw
from tests.lot.arranged import drawn, tickets
given = tickets()
random.shuffle(given)
sys.stdout.buffer.write(format_draw(drawn(tickets=set(given))))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_panel_is_the_same_under_every_hash_seed(hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT)], capture_output=True, check=True, env={"PYTHONHASHSEED": hash_seed}
    )

    assert parse_draw(done.stdout) == drawn()


BARE = """
import sys
sys.path.insert(0, sys.argv[1])
from hub.lot.chains import QUICKNET, REHEARSAL, rehearsed
from hub.lot.check import main
code = main(sys.argv[2:])
strange = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"hub", "__main__"}
sys.stderr.write(f"{code} {sorted(strange)}")
"""


@pytest.fixture
def bare(tmp_path):
    """A folder with the draw's code and nothing else of the house, and a true draw in it."""
    (tmp_path / "hub").mkdir()
    for name in ("__init__.py", "canonical.py", "chance.py", "errors.py", "ids.py"):
        shutil.copy(ROOT / "hub" / name, tmp_path / "hub")
    shutil.copytree(ROOT / "hub" / "lot", tmp_path / "hub" / "lot")
    (tmp_path / "draw.json").write_bytes(format_draw(TRUE))
    (tmp_path / "false.json").write_bytes(format_draw(dataclasses.replace(TRUE, round=3)))
    return tmp_path


@pytest.mark.parametrize(("file", "code"), [("draw.json", 0), ("false.json", 1)])
def test_check_runs_on_the_standard_library_alone(bare, file, code):
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", BARE, str(bare), str(bare / file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={})

    assert done.stderr == f"{code} []"
    assert json.loads(done.stdout)["agrees"] == (code == 0)


def test_check_runs_as_a_module_and_prints_what_differs(bare):
    command = [sys.executable, "-S", "-E", "-m", "hub.lot.check"]
    true, false = (
        subprocess.run([*command, file], capture_output=True, text=True, check=False, cwd=bare)
        for file in ("draw.json", "false.json")
    )

    assert (true.returncode, true.stderr, true.stdout.splitlines()[0]) == (0, "", "agrees     yes")
    assert "differing  round: stated is 3, it is 0.\n" in false.stdout
    assert (false.returncode, false.stderr, false.stdout.splitlines()[0]) == (1, "", "agrees     no")


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_check_says_when_the_file_cannot_be_read(tmp_path, capsys, content):
    file = tmp_path / "draw.json"
    if content is not None:
        file.write_bytes(content)

    assert main([str(file)]) == 2
    assert capsys.readouterr().out == ""


def test_pool_hash_of_the_file_is_the_one_of_its_pool():
    assert TRUE.pool_hash == pool_hash(TRUE.pool)
    assert TRUE.frozen == FROZEN


def test_published_vector_stays_what_it_is():
    """docs/draws.md offers it to those who write a program of their own: a change of the format is a new format."""
    raw = (ROOT / "tests" / "vectors" / "draw.json").read_bytes()

    assert format_draw(TRUE) == raw
    assert oracle.faults(raw) == []
