"""A charter's text: what stands in it, an inverse pair, and what it refuses."""

import dataclasses
import datetime as dt

import pytest

from hub.charter.text import (
    fault_of,
    format_charter,
    format_fingerprint,
    is_expired,
    parse_charter,
    parse_fingerprint,
    text_hash,
)
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt
from hub.tlog.note import format_vkey
from hub.tlog.policy import Group
from tests.charters_for_tests import FIRST, LOG, POLICY, TRUSTEES, WITNESSES, after, keys


def test_a_charter_is_written_line_by_line():
    trustees = "".join(f"trustee {format_vkey(one.verifier)}\n" for one in TRUSTEES[:5])
    witnesses = "".join(
        f"witness w{n} {format_vkey(one.verifier)} https://w{n}.example\n" for n, one in enumerate(WITNESSES)
    )
    assert format_charter(FIRST) == (
        "hub.example/charter/v1\nversion 1\nexpires 2028-12-31\nthreshold 3\n"
        f"{trustees}issuer https://hub.example\n"
        f"log {format_vkey(LOG.verifier)} https://hub.example/log/\n{witnesses}"
        "group branches 2 w0 w1 w2\nquorum branches\n"
    )


@pytest.mark.parametrize(
    "charter",
    [
        FIRST,
        after(FIRST),
        dataclasses.replace(FIRST, federation_key="k" * 43),
        dataclasses.replace(FIRST, continues=Checkpoint("old.example/log", 70_000, b"r" * 32)),
        dataclasses.replace(FIRST, policy=dataclasses.replace(POLICY, witnesses=(), groups=(), quorum="none")),
    ],
)
def test_reading_gives_back_what_was_written(charter):
    assert parse_charter(format_charter(charter)) == charter


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 0},
        {"previous": b"p" * 32},
        {"version": 2},
        {"threshold": 2},
        {"threshold": 6},
        {"threshold": 0},
        {"trustees": keys(0, 1, 2, 3, 3)},
        {"trustees": ()},
        {"issuer": "hub.example"},
        {"federation_key": "short"},
        {"policy": dataclasses.replace(POLICY, logs=())},
        {"policy": dataclasses.replace(POLICY, groups=(Group("branches", 1, ("w0", "w1", "w2")),))},
        {"trustees": (*keys(0, 1, 2, 3), LOG.verifier)},
    ],
)
def test_a_charter_that_contradicts_itself_is_refused(changes):
    broken = dataclasses.replace(FIRST, **changes)

    assert fault_of(broken)
    with pytest.raises(Spoilt):
        format_charter(broken)


def test_version_one_alone_continues_another_hub():
    head = Checkpoint("old.example/log", 3, b"r" * 32)
    with pytest.raises(Spoilt, match="version 1 alone continues"):
        format_charter(after(FIRST, continues=head))


LINES = format_charter(FIRST).splitlines(keepends=True)


@pytest.mark.parametrize("at", range(len(LINES)))
def test_no_line_may_be_missing_doubled_or_out_of_its_place(at):
    """But for lists, from which one trustee or witness may be missing, and their order, which says nothing."""
    free = LINES[at].startswith(("trustee", "witness"))
    doubled = "".join([*LINES[: at + 1], LINES[at], *LINES[at + 1 :]])
    moved = "".join([*LINES[:at], *LINES[at + 1 :], LINES[at]])
    for text in [doubled, *([moved] if at + 1 < len(LINES) else [])]:
        with pytest.raises(Spoilt):
            parse_charter(text)
    if not free:
        with pytest.raises(Spoilt):
            parse_charter("".join([*LINES[:at], *LINES[at + 1 :]]))


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", format_charter(FIRST)[:-1], format_charter(FIRST) + "later 1\n", "\x00" + format_charter(FIRST),
        # What a screen would turn round, or wipe, before whoever signs has read it.
        *(format_charter(FIRST).replace("\ntrustee ", f"\ntrustee {one}", 1) for one in ("\u202e", "\x9b2K", "\u200b")),
    ],
)  # fmt: skip
def test_other_texts_are_refused(text):
    with pytest.raises(Spoilt):
        parse_charter(text)


def test_a_fingerprint_is_read_however_it_was_copied():
    digest = text_hash(format_charter(FIRST))
    printed = format_fingerprint(digest)

    assert len(printed.split(" ")) == 16
    assert parse_fingerprint(printed) == digest
    assert parse_fingerprint(printed.upper().replace(" ", ":\n")) == digest
    with pytest.raises(Spoilt):
        parse_fingerprint(printed[:-1])


def test_a_charter_holds_through_its_last_day():
    assert not is_expired(FIRST, dt.date(2028, 12, 31))
    assert is_expired(FIRST, dt.date(2029, 1, 1))
