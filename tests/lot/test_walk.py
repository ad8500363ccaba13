"""The walk: the same panel everywhere, within its quotas, each with a fair chance."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.errors import RuleViolation
from hub.lot import rules, walk
from hub.lot.pool import make_pool, make_ticket, pool_hash
from hub.lot.seed import dummy_seed
from hub.lot.walk import Quota, draw_panel, odds_of, order_of
from tests.lot import oracle
from tests.lot.arranged import QUOTAS, name_of, tickets

LIKELY = 0.001
DRAWS = 20_000


@st.composite
def arrangements(draw):
    """A pool, seats, and quotas around a panel that exists, so that most can be met and none by chance alone."""
    size = draw(st.integers(1, 8))
    values = {"age": draw(st.integers(1, 3)), "branch": draw(st.integers(1, 4))}
    strata = st.fixed_dictionaries({key: st.integers(0, top - 1).map(lambda n: f"v{n}") for key, top in values.items()})
    pool = [make_ticket(name_of(n), draw(strata)) for n in range(draw(st.integers(size, 24)))]
    hidden = [stratum for ticket in pool[:size] for stratum in ticket.strata]
    quotas = []
    for key, value in sorted({stratum for ticket in pool for stratum in ticket.strata}):
        have = hidden.count((key, value))
        if draw(st.booleans()):
            quotas.append(Quota(key, value, draw(st.integers(0, have)), draw(st.integers(have, size))))
    return make_pool(pool), size, tuple(quotas), draw(st.integers(0, 10**9).map(lambda n: f"{n:064x}"))


def as_file(pool, size, quotas):
    """What the oracle reads."""
    return {
        "pool": [{"ticket": ticket.name, "strata": dict(ticket.strata)} for ticket in pool],
        "quotas": [vars(quota) for quota in quotas],
        "size": size,
    }


@settings(max_examples=150, deadline=None)
@given(arrangements())
def test_panel_is_the_one_a_second_implementation_finds(arranged):
    pool, size, quotas, seed = arranged
    assume(rules.fits(pool, size, quotas))

    panel = draw_panel(pool, size, quotas, seed)

    number, order, accepted, reserves = oracle.panel_of(as_file(pool, size, quotas), seed)
    assert panel.round == number
    assert [ticket.name for ticket in panel.order] == order
    assert [ticket.name for ticket in panel.accepted] == accepted
    assert [ticket.name for ticket in panel.reserves] == reserves


@settings(max_examples=150, deadline=None)
@given(arrangements())
def test_panel_meets_every_quota_and_leaves_nobody_out_of_the_order(arranged):
    pool, size, quotas, seed = arranged
    assume(rules.fits(pool, size, quotas))

    panel = draw_panel(pool, size, quotas, seed)

    drawn = [stratum for ticket in panel.accepted for stratum in ticket.strata]
    assert len(set(panel.accepted)) == size
    assert [q for q in quotas if not q.least <= drawn.count((q.key, q.value)) <= q.most] == []
    assert sorted(panel.order) == sorted(panel.accepted + panel.reserves) == list(pool)
    assert [ticket for ticket in panel.order if ticket in panel.reserves] == list(panel.reserves)


def test_walk_takes_whom_the_quotas_allow_in_the_order():
    """Four seats, two of them for hull: york fills up, then only hull fits."""
    branches = "york york leeds york hull york hull".split()
    order = [make_ticket(name_of(n), {"branch": branch}) for n, branch in enumerate(branches)]
    quotas = [Quota("branch", "hull", 2, 4), Quota("branch", "york", 0, 1)]

    assert walk.walk(order, 4, quotas) == (order[0], order[2], order[4], order[6])
    assert walk.walk(order[:5], 4, quotas) is None
    assert walk.walk(order, 4, [*quotas, Quota("shoes", "red", 1, 1)]) is None


def test_next_round_has_an_order_of_its_own_and_fills_what_the_first_could_not():
    """Crossed quotas: one of a and one of x, and nobody is both, so a walk that begins with the third kind fails."""
    strata = [("a", "y"), ("b", "x"), ("b", "y"), ("b", "y"), ("b", "y")]
    pool = make_pool(make_ticket(name_of(n), {"one": one, "two": two}) for n, (one, two) in enumerate(strata))
    quotas = (Quota("one", "a", 1, 2), Quota("two", "x", 1, 2))
    rounds = [draw_panel(pool, 2, quotas, f"{number:064x}") for number in range(60)]

    assert {panel.round for panel in rounds} >= {0, 1}
    assert {ticket for panel in rounds for ticket in panel.accepted} == {
        ticket for ticket in pool if ("one", "a") in ticket.strata or ("two", "x") in ticket.strata
    }
    assert len({order_of(pool, "0" * 64, number) for number in range(20)}) > 10


def test_draw_ends_when_its_rounds_are_used_up(monkeypatch):
    monkeypatch.setattr(walk, "ROUNDS", 3)

    with pytest.raises(RuleViolation) as caught:
        draw_panel(make_pool(tickets(10)), 4, [Quota("branch", "york", 5, 4)], "0" * 64)

    assert caught.value.code == "lot.rounds_used_up"


@pytest.mark.parametrize(
    ("size", "quotas", "code"),
    [
        (0, [], "lot.size"),
        (41, [], "lot.size"),
        (8, [Quota("branch", "york", 1, 2), Quota("branch", "york", 1, 3)], "lot.quota_twice"),
        (8, [Quota("branch", "york", 3, 2)], "lot.quota"),
        (8, [Quota("branch", "selby", 0, 2)], "lot.no_such_stratum"),
        (8, [Quota("shoes", "red", 0, 2)], "lot.no_such_stratum"),
        (30, [Quota("branch", "york", 29, 30)], "lot.stratum_too_small"),
        (8, [Quota("branch", "york", 5, 8), Quota("branch", "hull", 4, 8)], "lot.minima_too_many"),
        (8, [Quota("branch", name, 0, 2) for name in ("hull", "leeds", "york")], "lot.maxima_too_few"),
    ],
)
def test_quotas_that_cannot_be_met_are_refused_before_any_draw(size, quotas, code):
    verdict = rules.fits(make_pool(tickets(40)), size, quotas)

    assert (verdict.ok, verdict.code) == (False, code)
    assert verdict.sentence.endswith(".")


def test_quotas_that_exclude_each_other_are_refused_before_any_draw():
    """Each key by itself could be met: both of a are x, and x may have one seat."""
    strata = [("a", "x"), ("a", "x"), ("b", "y"), ("b", "y"), ("b", "x")]
    pool = make_pool(make_ticket(name_of(n), {"one": one, "two": two}) for n, (one, two) in enumerate(strata))

    verdict = rules.fits(pool, 3, [Quota("one", "a", 2, 3), Quota("two", "x", 0, 1)])

    assert verdict.code == "lot.quotas_exclude_each_other"
    assert rules.fits(pool, 3, [Quota("one", "a", 2, 3), Quota("two", "x", 0, 2)])


def chance_of(statistic, freedom):
    """The chance of a chi-square at least so large. freedom: even, so that the sum is exact."""
    assert freedom % 2 == 0
    half = statistic / 2
    return math.exp(-half) * sum(half**n / math.factorial(n) for n in range(freedom // 2))


def unevenness(times, drawn):
    """Chi-square of how often each of a group was drawn, where each draw takes ``drawn`` different ones of it."""
    draws = sum(times) // drawn
    share = drawn / len(times)
    wanted, spread = draws * share, draws * share * (1 - share)
    return sum((found - wanted) ** 2 for found in times) / spread * (len(times) - 1) / len(times)


def fair_pool():
    """Three strata of odd sizes, so that each has an even number of degrees of freedom."""
    kinds = ["hull"] * 9 + ["leeds"] * 15 + ["york"] * 17
    return make_pool(make_ticket(name_of(n), {"branch": branch}) for n, branch in enumerate(kinds))


def chances(order_of_seed, quotas, size=6):
    """The chance, for each group whose members ought to be alike, of being drawn as unevenly as 20,000 seeds did it."""
    pool = fair_pool()
    frozen = pool_hash(pool)
    times = dict.fromkeys(pool, 0)
    for number in range(DRAWS):
        for ticket in walk.walk(order_of_seed(pool, dummy_seed(frozen, number), 0), size, quotas):
            times[ticket] += 1
    groups = {dict(ticket.strata)["branch"] for ticket in pool} if quotas else {""}
    found = []
    for group in sorted(groups):
        alike = [count for ticket, count in times.items() if not group or ("branch", group) in ticket.strata]
        found.append(chance_of(unevenness(alike, sum(alike) // DRAWS), len(alike) - 1))
    return found


FIXED = [Quota("branch", "hull", 1, 1), Quota("branch", "leeds", 2, 2), Quota("branch", "york", 3, 3)]


@pytest.mark.parametrize("quotas", [[], FIXED], ids=["no quotas", "fixed seats"])
def test_everybody_is_drawn_alike_often_over_twenty_thousand_draws(quotas):
    assert min(chances(order_of, quotas)) > LIKELY


@pytest.mark.parametrize("kept", [0, 1], ids=["no seed", "one digit"])
def test_planted_order_that_favours_early_names_is_caught(kept):
    def favours(pool, seed, round_):
        place = {ticket: oracle.sha(f"{seed}|{round_}|{ticket.name}")[:kept] for ticket in pool}
        return tuple(sorted(pool, key=lambda ticket: (place[ticket], ticket.name)))

    assert min(chances(favours, FIXED)) < LIKELY


def test_odds_are_how_often_each_is_drawn_by_other_seeds_too():
    """4,000 seeds that are not the published ones; five standard deviations of both."""
    pool = make_pool(tickets(40))
    odds = odds_of(pool, 8, QUOTAS)
    times = dict.fromkeys(pool, 0)
    for number in range(4_000):
        for ticket in draw_panel(pool, 8, QUOTAS, f"{number:064x}").accepted:
            times[ticket] += 1

    far = []
    for ticket, published in zip(pool, odds, strict=True):
        share = times[ticket] / 4_000
        if abs(published / 1_000 - share) > 5 * math.sqrt(share * (1 - share) * (1 / 1_000 + 1 / 4_000)):
            far.append(ticket)
    assert far == []
    assert sum(odds) == 8 * 1_000
    assert len(set(odds)) > 10


def test_conflicted_people_have_no_ticket_and_are_never_drawn():
    """10,000 panels from pools without the parties, their appointers and colleagues (GO-12)."""
    chance = random.Random(12)
    everybody = tickets(30)
    for number in range(10_000):
        conflicted = set(chance.sample(everybody, 6))
        pool = make_pool(ticket for ticket in everybody if ticket not in conflicted)
        panel = draw_panel(pool, 5, [], f"{number:064x}")
        assert not conflicted & {*panel.order, *panel.accepted, *panel.reserves}
