"""Who waits for whom: honest members overtake a flood, and the rate holds over all of them (HS-14, HS-16)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.matcher.lanes import HOUR, LANES, Lanes


class Watch:
    """A clock that is moved by hand, in seconds."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def flood(
    *, honest_per_second: int, hostile_per_second: int, addresses: int, rate: float, lanes: int = LANES
) -> list[float]:
    """Ten minutes of both, and fifteen more; returns how long each honest one waited, in seconds."""
    watch = Watch()
    waiting: Lanes[tuple[bool, float]] = Lanes(60_000, rate, watch)
    del waiting.lanes[lanes:]
    waits, honest, hostile = [], 0, 0
    for second in range(25 * 60):
        watch.time = float(second)
        for turn in range(max(honest_per_second, hostile_per_second) if second < 600 else 0):
            if turn < hostile_per_second:
                hostile += 1
                waiting.put(f"hostile {hostile % addresses}", (False, watch.time))
            if turn < honest_per_second:
                honest += 1
                waiting.put(f"honest {honest // 2}", (True, watch.time))
        while (found := waiting.take()) is not None:
            if found[0]:
                waits.append(watch.time - found[1])
    return [*waits, *[float("inf")] * (honest - len(waits))]


def slowest(waits: list[float]) -> float:
    """What 99 of 100 do not wait longer than, in seconds."""
    return sorted(waits)[int(len(waits) * 0.99)]


def served(waits: list[float]) -> float:
    return sum(wait <= 15 * 60 for wait in waits) / len(waits)


def test_flood_from_a_hundred_addresses_holds_no_honest_member_up():
    waits = flood(honest_per_second=60, hostile_per_second=100, addresses=100, rate=80)

    assert (len(waits), served(waits)) == (36_000, 1.0)
    assert slowest(waits) <= 5


def test_flood_from_twenty_thousand_addresses_leaves_nearly_all_served():
    waits = flood(honest_per_second=60, hostile_per_second=100, addresses=20_000, rate=80)

    assert served(waits) >= 0.99


def test_one_lane_alone_would_not_hold():
    waits = flood(honest_per_second=60, hostile_per_second=100, addresses=100, rate=80, lanes=1)

    assert slowest(waits) > 300


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=200), st.integers(1, 20))
def test_nothing_is_given_out_twice_and_the_bound_holds(puts, most):
    watch = Watch()
    waiting: Lanes[int] = Lanes(most, 1e9, watch)
    kept = set()
    for number, (client, takes) in enumerate(puts):
        waiting.put(client, number)
        assert len(waiting) <= most
        for _ in range(takes):
            found = waiting.take()
            assert found not in kept
            kept |= set() if found is None else {found}


def test_rate_holds_over_any_hour():
    watch = Watch()
    waiting: Lanes[int] = Lanes(10_000, 5, watch)
    for number in range(10_000):
        waiting.put(str(number), number)

    given_out = 0
    for tick in range(600):
        watch.time = tick / 10
        while waiting.take() is not None:
            given_out += 1

    assert given_out == 5 + int(59.9 * 5)


def test_addresses_are_forgotten_after_an_hour():
    watch = Watch()
    waiting: Lanes[int] = Lanes(10, 1, watch)
    waiting.put("192.0.2.1", 1)
    watch.time = HOUR

    waiting.put("192.0.2.2", 2)

    assert dict(waiting.asked) == {"192.0.2.2": 1}
