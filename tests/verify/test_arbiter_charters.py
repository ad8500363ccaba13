"""The arbiter reads charters with Go's own Ed25519: who signed, what follows what, and what the record adopts."""

from __future__ import annotations

import dataclasses

import pytest

from tests.charters_for_tests import HUB, after, keys, note

pytestmark = pytest.mark.xdist_group("arbiter")


def put(mirror, raw, number=2):
    """Puts a charter behind those of the record, as the latest."""
    (mirror / f"charter/{number}").write_bytes(raw)
    (mirror / "charter/latest").write_bytes(raw)


@pytest.mark.parametrize(
    ("changes", "signers", "said"),
    [
        ({}, (0, 1, 2), "holds"),
        ({"trustees": keys(1, 2, 3, 5, 6)}, (0, 1, 2, 5), "holds"),
        ({}, (0, 1), '"charter 2: 2 of the old trustees signed, 3 must"'),
        ({"trustees": keys(2, 3, 4, 5, 6)}, (2, 5, 6), '"charter 2: 1 of the old trustees signed, 3 must"'),
        ({"trustees": keys(2, 3, 4, 5, 6)}, (0, 1, 2), '"charter 2: 1 of its own trustees signed, 3 must"'),
        ({"previous": bytes(32)}, (0, 1, 2), '"charter 2 does not follow charter 1"'),
        ({"version": 3}, (0, 1, 2), '"charter 3 does not follow charter 1"'),
        ({"hub": f"another.{HUB}"}, (0, 1, 2), '"charter 2 is another hub\'s"'),
    ],
)
def test_charter_that_the_record_does_not_hold_counts_by_its_signatures(
    arbiter, chartered, mirror, changes, signers, said
):
    put(mirror, note(dataclasses.replace(after(chartered.charter), **changes), *signers))

    assert arbiter.says(mirror) == said


def test_every_bit_of_such_a_charters_signatures_counts(arbiter, chartered, mirror):
    """Nothing but its signatures speaks for it: just as many signed as must."""
    raw = note(after(chartered.charter), 0, 1, 2)
    below = raw.index(b"\n\n") + 2
    found = []
    for at in range(below, len(raw)):
        put(mirror, raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        found.append(arbiter.says(mirror))

    assert [at for at, said in enumerate(found, below) if said == "holds"] == []


def test_charter_that_is_missing_is_found(arbiter, mirror):
    (mirror / "charter/1").unlink()

    assert arbiter.says(mirror) == '"0 charters, and entries adopt 1"'


def test_first_charter_that_other_trustees_signed_is_found_by_what_the_record_adopts(arbiter, chartered, mirror):
    """The planted fault: it holds in every signature, and is another one."""
    other = dataclasses.replace(chartered.charter, trustees=keys(2, 3, 4, 5, 6))
    put(mirror, note(other, 2, 3, 4), 1)

    assert arbiter.says(mirror) == '"charter 1 is not the one that an entry adopts"'
