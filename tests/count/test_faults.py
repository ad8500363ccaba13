"""Faults that counting programs have had, planted in our own source: each must be caught by the examples."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from fractions import Fraction

import pytest

from hub.count import count, stv, ties, yesno
from tests.vectors.counts import wrong

CUT_OFF = "return surplus * value // votes"
HANDED_ON = "lambda value: value, least)"
# what is wrong: (module, {its text: the fault's})
FAULTS = {
    "values are rounded, not cut off": (stv, {CUT_OFF: "return (2 * surplus * value + votes) // (2 * votes)"}),
    "values of received papers are forgotten": (stv, {CUT_OFF: "return surplus * UNIT // votes"}),
    "a surplus goes to those already elected": (
        stv,
        {
            "self.seed, self.draws_all =": "self.refs = contest.candidates\n        self.seed, self.draws_all =",
            "return name\n        return None": "return name\n"
            "            if self.refs[place] in self.pending:\n"
            "                return self.refs[place]\n"
            "        return None",
        },
    ),
    "the smallest surplus goes first": (stv, {"most = max(": "most = min("}),
    "the quota must be exceeded": (stv, {">= self.quota * UNIT": "> self.quota * UNIT"}),
    "the quota lacks its one": (stv, {"// (seats + 1) + 1": "// (seats + 1)"}),
    "the quota is by seats": (stv, {"// (seats + 1) + 1": "// seats + 1"}),
    "papers of the excluded go on whole": (stv, {HANDED_ON: "lambda value: UNIT, least)"}),
    "papers of the excluded go nowhere": (stv, {f"self.piles.pop(name), {HANDED_ON}": f"{{}}, {HANDED_ON}"}),
    "the candidate with most is excluded": (stv, {"least = min(": "least = max("}),
    "the last seats wait for a quota": (stv, {"<= self.vacancies": "< self.vacancies"}),
    "re-open nominations wins one seat only": (stv, {"self._again(name) if is_ron(name) else None": "None"}),
    "rivals run out though nominations may re-open": (stv, {"not ron and ": ""}),
    "whoever has no vote at all may win against nobody by lot": (ties, {"if not ron or not people:": "if True:"}),
    "re-open nominations goes out before its equal": (ties, {"ron if purpose == SURPLUS else people": "ron"}),
    "the surplus of re-open nominations waits for its equal": (
        ties, {"ron if purpose == SURPLUS else people": "people"},
    ),
    "no vote at all elects by lot": (stv, {"if ron and not self.total:": "if False:"}),
    "whoever has no vote at all waits for a lot": (ties, {"if reopens and not any(": "if False and not any("}),
    "no lot is drawn though rivals may run out": (ties, {"if reopens and not any(": "if not any("}),
    "no lot is drawn among those who had votes": (ties, {"if reopens and not any(": "if reopens or not any("}),
    "a tie goes by the order of candidates": (ties, {"min(left, key=lambda name: lots[name])": "left[0]"}),
    "the highest lot is drawn": (ties, {"min(left, key": "max(left, key"}),
    "no earlier stage is asked": (ties, {"range(len(stages), 0, -1)": "()"}),
    "the first stage is asked first": (ties, {"range(len(stages), 0, -1)": "range(1, len(stages) + 1)"}),
    "an earlier stage parts all or nobody": (ties, {"if kept != left:": "if len(kept) == 1:"}),
    "the stronger of the tied is excluded": (ties, {"max if purpose == SURPLUS else min": "max"}),
}  # fmt: skip


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Loads a module's source with a fault in it, under another name."""

    def planted(module, changes):
        source = inspect.getsource(module)
        for ours, fault in changes.items():
            assert source.count(ours) == 1, f"{ours!r} is no longer in the source once"
            source = source.replace(ours, fault)
        path = tmp_path / "planted.py"
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("planted", path)
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "planted", made)  # dataclasses look their module up
        spec.loader.exec_module(made)
        return made

    return planted


@pytest.fixture
def count_with(plant, monkeypatch):
    """Counts with a fault in the counting itself, or in how it breaks ties."""

    def counting(module, changes):
        made = plant(module, changes)
        if module is stv:
            return made.count
        monkeypatch.setattr(stv, "break_tie", made.break_tie)
        return count

    return counting


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_caught(fault, count_with):
    module, changes = FAULTS[fault]

    assert wrong(count_with(module, changes)) != []


@pytest.mark.parametrize("module", [stv, ties])
def test_source_run_the_same_way_without_a_fault_is_not_caught(module, count_with):
    assert wrong(count_with(module, {})) == []


def test_planted_turnout_quorum_is_caught(plant):
    """With a quorum in place of the floor, four who stay away defeat what their four noes carry."""
    made = plant(yesno, {"yes >= floor}": "yes + no + abstain >= floor}"})

    def noes_help(module):
        return not module.decide(6, 0, floor=10).passed and module.decide(6, 4, floor=10).passed

    assert noes_help(made)
    assert not noes_help(yesno)


@pytest.mark.parametrize(
    ("ours", "fault"),
    [
        ("-(-value.numerator // value.denominator)", "value.numerator // value.denominator"),
        ("isqrt(whole - 1) + 1", "isqrt(whole)"),
        ("max(small, large, 1)", "min(small, large)"),
        ("min(floor, _up(Fraction(members, 2)))", "floor"),
    ],
)
def test_planted_fault_in_a_threshold_is_caught(plant, ours, fault):
    table = {3: 2, 12: 5, 60: 6, 1_000: 95, 3_000: 165, 40_000: 600}

    def found(module):
        return {members: module.threshold(members, share=Fraction(1, 10), root=3, floor=5) for members in table}

    assert found(plant(yesno, {ours: fault})) != table
    assert found(yesno) == table
