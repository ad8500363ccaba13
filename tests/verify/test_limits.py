"""Rules beyond the outer limits of the software: the stand-alone verifier refuses just those that the hub refuses."""

from __future__ import annotations

import random
import re

import pytest

from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from tests.constitution.hostile import HOSTILE
from tests.verifier import verifier

RULES = default_text()
NUMBERS = list(re.finditer(r"(?<![\w{.\-\"])\d+(?![\w}.])", RULES))
WORDS = list(re.finditer(r"(?<== )\"[a-z_.]+\"|(?<=[\[ ])\"[a-z_.]+\"(?=[,\]])", RULES))


def changed(draw: random.Random) -> str:
    """Rules with one number or word changed: sentences stay, whose numbers are filled in."""
    if draw.random() < 0.6:
        found = draw.choice(NUMBERS)
        other = str(max(0, int(found[0]) + draw.choice([-20, -3, -1, 1, 2, 5, 20, 100])))
    else:
        found, other = draw.choice(WORDS), draw.choice(WORDS)[0]
    return RULES[: found.start()] + other + RULES[found.end() :]


def hub_refuses(text: str) -> bool:
    """What the hub says of rules, but of their questions and sentences."""
    try:
        load(text)
    except Broken as problem:
        return not all("sentence" in fault or "answers no question" in fault for fault in problem.faults)
    return False


def verifier_refuses(text: str) -> bool:
    """What the verifier says of them."""
    try:
        verifier.rules_of(1, 1, text)
        verifier.check_limits(text)
    except verifier.Wrong:
        return True
    return False


def test_both_refuse_the_same_rules():
    texts = [changed(random.Random(seed)) for seed in range(120)]

    ours = [hub_refuses(text) for text in texts]

    assert [verifier_refuses(text) for text in texts] == ours
    assert 20 < sum(ours) < 100
    assert not verifier_refuses(RULES)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "a sentence says another number than runs"])
def test_verifier_refuses_what_would_take_from_members_what_is_theirs(name):
    assert verifier_refuses(HOSTILE[name].text())


def test_limits_would_pass_unread(monkeypatch):
    """The planted fault: without the look at procedures, one organiser could end an office alone."""
    alone = RULES.replace('by = "appointments.make", persons = 2', 'by = "appointments.make", persons = 1')
    assert alone != RULES
    assert verifier_refuses(alone)

    monkeypatch.setattr(verifier, "procedure_breaches", lambda _body: iter(()))

    assert not verifier_refuses(alone)
