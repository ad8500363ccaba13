"""The demo's rules are a new hub's but for one number, and say so."""

from __future__ import annotations

from hub.cli.demo.rules import demo_rules
from hub.constitution.actions import default_text
from hub.constitution.load import load


def test_demo_rules_differ_in_one_number_and_its_sentence():
    usual, demo = default_text().splitlines(), demo_rules().splitlines()

    changed = [(old, new) for old, new in zip(usual, demo, strict=True) if old != new]
    rules = load(demo_rules())

    assert [old.partition(" ")[0] for old, _new in changed] == ["value", "says"]
    assert rules.numbers == {**load(default_text()).numbers, "office_passkeys": 0}
    assert [answer.sentence for answer in rules.answers if answer.path == "numbers.office_passkeys"] == [
        "In this demo an office takes 0 passkeys, because its invented members have no devices. "
        "A new hub's rules say 2."
    ]
