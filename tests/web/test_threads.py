"""The threads that carry out handlers: what a call gives comes back, whatever it is, and no thread is lost over it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from hub.web.threads import Threads

T = TypeVar("T")


def run(asked: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in a loop of a thread of its own: whatever else this process has running stays out of it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result(timeout=60)


def test_call_is_carried_out_in_another_thread_with_its_arguments() -> None:
    here = threading.current_thread()

    found, thread = run(Threads(1).run(lambda *given: (given, threading.current_thread()), 1, "two"))

    assert found == (1, "two")
    assert thread is not here
    assert thread.daemon


@pytest.mark.parametrize("problem", [ValueError("a fault"), KeyboardInterrupt()])
def test_thread_goes_on_after_a_call_that_failed(problem: BaseException) -> None:
    threads = Threads(1)

    def fails() -> None:
        raise problem

    async def both() -> str:
        with pytest.raises(type(problem)):
            await threads.run(fails)
        return await threads.run(lambda: "and on")

    assert run(both()) == "and on"


def test_no_more_calls_are_at_work_than_there_are_threads() -> None:
    threads, lock, at_work, most = Threads(3), threading.Lock(), [0], [0]
    all_there = threading.Barrier(3, timeout=20)

    def works() -> None:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        all_there.wait()  # nine calls pass in threes, and in no other way
        with lock:
            at_work[0] -= 1

    async def nine() -> None:
        await asyncio.gather(*(threads.run(works) for _ in range(9)))

    run(nine())

    assert most[0] <= 3
    assert at_work[0] == 0


def test_answer_for_somebody_who_went_away_disturbs_nobody() -> None:
    threads, go_on = Threads(1), threading.Event()

    async def leaves_and_asks_again() -> str:
        waiting = asyncio.ensure_future(threads.run(go_on.wait, 20))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        return await threads.run(lambda: "an answer")

    assert run(leaves_and_asks_again()) == "an answer"


def test_thread_outlives_the_loop_that_asked() -> None:
    threads, begun, go_on = Threads(1), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(20)

    async def leaves() -> None:
        waiting = asyncio.ensure_future(threads.run(slow))
        await asyncio.to_thread(begun.wait, 20)
        waiting.cancel()

    run(leaves())
    go_on.set()

    assert run(threads.run(lambda: "another loop")) == "another loop"
