"""Witness policies: the format's own example, who makes a quorum, and what is refused."""

from itertools import combinations

import pytest

from hub.tlog.hashes import Spoilt
from hub.tlog.note import COSIGNATURE, Signer, format_vkey
from hub.tlog.policy import Policy, format_policy, parse_policy

LOG = Signer("log.example", b"L" * 32).verifier
KEYS = {
    name: Signer(name, bytes([n]) * 32, COSIGNATURE).verifier for n, name in enumerate("X1 X2 X3 Y1 Y2 Y3".split(), 1)
}


def lines(*groups, quorum="X-and-Y"):
    witnesses = [f"witness {name} {format_vkey(key)}" for name, key in KEYS.items()]
    return "\n".join([f"log {format_vkey(LOG)}", *witnesses, *groups, f"quorum {quorum}", ""])


TWO_LEVELS = lines(
    "group X-witnesses 2 X1 X2 X3", "group Y-witnesses any Y1 Y2 Y3", "group X-and-Y all X-witnesses Y-witnesses"
)


def test_two_of_one_group_and_any_of_the_other():
    policy = parse_policy(TWO_LEVELS)
    for many in range(len(KEYS) + 1):
        for names in combinations(KEYS, many):
            xs = sum(name.startswith("X") for name in names)
            assert policy.is_met([KEYS[name] for name in names]) == (xs >= 2 and xs < many)
    assert policy.fewest() == 3


def test_reading_gives_back_what_was_written():
    policy = parse_policy(TWO_LEVELS)
    assert parse_policy(format_policy(policy)) == policy


def test_spaces_tabs_comments_and_empty_lines_say_nothing():
    loose = "# ours\n\n \t" + TWO_LEVELS.replace(" ", "\t  ") + "  # last\n"
    assert parse_policy(loose) == parse_policy(TWO_LEVELS)


def test_no_quorum_needs_nobody():
    assert parse_policy("quorum none\n") == Policy()
    assert Policy().is_met([])


def test_a_logs_key_is_no_witness():
    only = parse_policy(f"witness w {format_vkey(KEYS['X1'])}\nquorum w\n")
    assert not only.is_met([LOG, KEYS["X2"]])
    assert only.is_met([KEYS["X1"]])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum nobody\n",
        "quorum none none\n",
        "unknown line\nquorum none\n",
        f"log {format_vkey(KEYS['X1'])}\nquorum none\n",
        f"witness w {format_vkey(LOG)}\nquorum none\n",
        f"log {format_vkey(LOG)}\nlog {format_vkey(LOG)}\nquorum none\n",
        f"witness none {format_vkey(KEYS['X1'])}\nquorum none\n",
        f"witness w {format_vkey(KEYS['X1'])}\nwitness w {format_vkey(KEYS['X2'])}\nquorum w\n",
        f"witness w {format_vkey(KEYS['X1'])}\nwitness v {format_vkey(KEYS['X1'])}\nquorum w\n",
        lines("group X-and-Y 0 X1"),
        lines("group X-and-Y 3 X1 X2"),
        lines("group X-and-Y two X1 X2"),
        lines("group X-and-Y any"),
        lines("group X-and-Y all X1 none"),
        lines("group X-and-Y all X1 X1"),
        lines("group A all X1", "group X-and-Y all A X1"),
        lines("group X-and-Y all later", "group later all X1"),
        "quorum none\r\n",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(Spoilt):
        parse_policy(text)
