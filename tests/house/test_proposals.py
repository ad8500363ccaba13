"""Nobody signs or votes blind: of every procedure of the rules, something says what its acts would do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.acts import proposals
from hub.acts.effects import EFFECTS
from hub.acts.proposals import PROPOSALS, Proposal, proposes, untold
from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.ledger import catalogue

catalogue.load()
PROCEDURES = load(default_text()).procedures


def test_every_procedure_says_what_its_acts_would_do():
    assert untold(PROCEDURES) == []
    assert set(PROPOSALS) == set(EFFECTS)


def test_planted_procedure_without_words_is_found():
    of = PROCEDURES["change_settings"]
    steps = tuple(replace(step, what="planted.effect") if step.do == "effect" else step for step in of.steps)

    assert untold({**PROCEDURES, "planted": replace(of, key="planted", steps=steps)}) == ["planted"]


@pytest.mark.parametrize("effect", sorted(PROPOSALS))
def test_each_effect_whose_words_are_taken_away_is_found(monkeypatch, effect):
    monkeypatch.delitem(proposals.PROPOSALS, effect)

    of = {name for name, one in PROCEDURES.items() if any(step.what == effect for step in one.steps)}
    assert set(untold(PROCEDURES)) == of != set()


def test_two_rooms_do_not_say_of_the_same_effect_what_it_does():
    with pytest.raises(RuntimeError, match=r"group\.change"):
        proposes("group.change")(lambda tx, state: Proposal("something else"))
