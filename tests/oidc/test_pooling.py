"""A thousand members, three sites that pool every byte they were given: they link nobody (T9, OP-05, OP-06, OP-18)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub.oidc import ending, rules, store
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import logouts, sign_ins
from tests.oidc.conftest import Provided
from tests.oidc.pooling import CLOSED, COARSE, CONSTANT, EVENING, PUBLIC, links, settle, shared

FEW = 120


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("backend", "count"),
    [
        ("sqlite", 1_000),
        # What sites are told is no other on the other database; the faults below are caught on both at each merge.
        pytest.param("postgresql", 1_000, marks=pytest.mark.long),
        pytest.param("sqlite", 5_000, marks=pytest.mark.long),
        pytest.param("postgresql", 5_000, marks=pytest.mark.long),
    ],
    indirect=["backend"],
)
def test_sites_that_pool_what_they_hold_link_nobody(bare: Provided, count: int) -> None:
    town = settle(bare, count, seed=9)
    # Hostile sites: a largest age that is always kept, to be told when exactly somebody proved who they are.
    town.asks = {"max_age": "90000"}

    town.play()

    assert [len(shop.held) for shop in town.shops] == [count] * 3
    assert links(town.shops) == {}
    assert shared(town.shops) == {}
    values = {
        name: {held[name] for shop in town.shops for held in shop.held.values() if name in held} for name in CLOSED
    }
    assert {name for name, seen in values.items() if not seen} == set()
    assert {name for name in CONSTANT if len(values[name]) != 1} == set()
    assert {name for name in PUBLIC if len(values[name]) > 2} == set()
    assert {int(value) % 3600 for name in COARSE for value in values[name]} == {0}
    assert len(values["id.auth_time"]) <= EVENING // 3600 + 1


def test_fault_one_subject_everywhere_is_caught(bare: Provided, monkeypatch: pytest.MonkeyPatch) -> None:
    true = rules.pairwise
    monkeypatch.setattr(rules, "pairwise", lambda key, _sector, seed: true(key, "", seed))

    found = caught(bare)

    assert {"id.sub = id.sub", "user.sub = user.sub", "seen.sub = seen.sub", "logout.sub = logout.sub"} <= found
    assert "id.sub = user.sub" in found


def test_fault_one_sign_in_id_everywhere_is_caught(bare: Provided, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's own session as sid: what a provider has at hand."""
    sessions, sign = noted(monkeypatch), ProviderKeys.sign

    def signing(self: ProviderKeys, kind: str, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        return sign(self, kind, {**claims, "sid": sessions[claims["sid"]]}, algorithm)

    monkeypatch.setattr(ProviderKeys, "sign", signing)

    assert {"id.sid = id.sid", "id.sid = logout.sid", "logout.sid = logout.sid"} <= caught(bare)


def test_fault_exact_moment_of_proof_is_caught(bare: Provided, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "auth_time", lambda proven, _signed_in, **_asked: proven)

    assert {"id.auth_time = id.auth_time", "id.auth_time ~ id.auth_time", "closed = closed"} <= caught(bare)


def test_fault_logouts_in_one_order_are_caught(bare: Provided, monkeypatch: pytest.MonkeyPatch) -> None:
    person = sa.select(sign_ins.c.person).where(sign_ins.c.id == logouts.c.sign_in).scalar_subquery()
    monkeypatch.setattr(ending, "_in_no_order", lambda: person)

    assert "logout.order ~ logout.order" in caught(bare)


def test_nickname_links_where_members_let_sites_know_it(bare: Provided) -> None:
    """What is told by consent joins, of course: the linker finds it, and the consent page names it."""
    town = settle(bare, FEW, seed=9)
    town.scope = "openid groups roles profile"

    town.play()

    assert {"id.name = id.name", "id.preferred_username = user.name"} <= set(links(town.shops))


def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Notes of which session at the hub each sign-in is."""
    found, begin = dict[str, str](), store.begin_sign_in

    def noting(tx: Any, **row: Any) -> str:
        key = begin(tx, **row)
        found[key] = row["session"]
        return key

    monkeypatch.setattr(store, "begin_sign_in", noting)
    return found


def caught(provided: Provided) -> set[str]:
    """Which joins find members again in a small town under a planted fault."""
    town = settle(provided, FEW, seed=9)
    town.asks = {"max_age": "90000"}
    town.play()
    return set(links(town.shops)) | set(shared(town.shops))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"exact": False, "max_age": None}, 0),  # to the hour
        ({"exact": False, "max_age": 90_000}, 0),
        ({"exact": False, "max_age": 3_000}, 2_660),  # at or before the true moment, and passes now - max_age
        ({"exact": False, "max_age": 2_660}, 3_000),
        ({"exact": False, "max_age": 2_600}, 3_000),
        ({"exact": False, "max_age": 0}, 3_000),
        ({"exact": True, "max_age": None}, 3_000),
        ({"exact": True, "max_age": 90_000}, 3_000),
    ],
)
def test_moment_of_proof_is_told_as_late_as_it_must(asked: dict[str, Any], told: int) -> None:
    day = 86_400 * 20_000

    assert rules.auth_time(day + 3_000, day + 5_600, **asked) == day + told


@pytest.mark.parametrize("max_age", [0, 1, 59, 60, 61, 600, 2_600, 3_600, 7_200, 90_000, 10**9 - 1])
def test_moment_of_proof_always_passes_the_sites_own_check(max_age: int) -> None:
    day = 86_400 * 20_000

    for proven in range(day, day + 7_200, 7):
        for waited in {0, min(1, max_age), max_age // 2, max(0, max_age - 1), max_age}:
            found = rules.auth_time(proven, proven + waited, exact=False, max_age=max_age)
            assert proven + waited - max_age <= found <= proven
