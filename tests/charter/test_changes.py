"""What a trustee reads before signing."""

import dataclasses
import datetime as dt

from hub.charter.changes import changes, fingerprint_of, told
from hub.charter.text import format_charter, format_fingerprint, text_hash
from hub.tlog.note import Signer, format_vkey
from hub.tlog.policy import Group, Log
from tests.charters_for_tests import FIRST, LOG, POLICY, TRUSTEES, WITNESSES, after, keys


def test_a_charter_is_told_in_words():
    assert told(FIRST) == [
        "Charter 1 of hub.example, until 2028-12-31.",
        "3 of 5 trustees must sign the next one:",
        *(f"    {format_vkey(one.verifier)}" for one in TRUSTEES[:5]),
        "The hub is at https://hub.example.",
        f"Its log is signed by {format_vkey(LOG.verifier)}.",
        "At least 2 of 3 witnesses sign the record before it counts:",
        *(f"    w{n} {format_vkey(one.verifier)} https://w{n}.example" for n, one in enumerate(WITNESSES)),
        "    branches: 2 of w0, w1, w2",
    ]


def test_every_change_has_its_sentence():
    thief = Signer("hub.example/log", b"T" * 32)
    moved = after(
        FIRST,
        trustees=keys(1, 2, 3, 4, 5, 6),
        threshold=4,
        expires=dt.date(2030, 1, 1),
        issuer="https://new.example",
        federation_key="k" * 43,
        policy=dataclasses.replace(
            POLICY,
            logs=(Log(thief.verifier, "https://new.example/log/"),),
            witnesses=POLICY.witnesses[:2],
            groups=(Group("branches", 2, ("w0", "w1")),),
        ),
    )
    assert changes(FIRST, moved) == [
        f"No longer a trustee: a.example ({format_vkey(TRUSTEES[0].verifier)}).",
        f"New trustee: f.example ({format_vkey(TRUSTEES[5].verifier)}).",
        f"New trustee: g.example ({format_vkey(TRUSTEES[6].verifier)}).",
        "4 of 6 trustees must sign, instead of 3 of 5.",
        "It holds until 2030-01-01, instead of 2028-12-31.",
        "THE HUB MOVES from https://hub.example to https://new.example.",
        f"THE LOG'S KEY CHANGES: {format_vkey(thief.verifier)} signs the record, "
        f"and {format_vkey(LOG.verifier)} no longer does.",
        "The log is read at https://new.example/log/, instead of https://hub.example/log/.",
        f"The federation key is {'k' * 43}, instead of none.",
        f"No longer a witness: w2 ({format_vkey(WITNESSES[2].verifier)} https://w2.example).",
        "At least 2 of 2 witnesses must sign the record, instead of 2 of 3.",
    ]


def test_nothing_but_the_version_is_no_change():
    assert changes(FIRST, after(FIRST)) == []


def test_the_printed_fingerprint_is_of_the_text():
    text = format_charter(FIRST)
    assert fingerprint_of(text) == format_fingerprint(text_hash(text))
