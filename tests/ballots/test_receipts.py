"""What a receipt leads to: the paper, or only that it counts; either form counts again, and a ballot keeps its own."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from click.testing import CliRunner

from hub.ballots import published, queries, recounting, rules
from hub.cli.count import count
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.lot.chains import REHEARSAL
from tests.ballots.unbounded import leave_unbounded
from tests.replaying import assert_replays

INCLUSION = default_text().replace('value = "content"', 'value = "inclusion"')
YES_OR_NO = 'kind = "yesno", formula = "yes_floor", days = 7'


def held(db, make_town, text, choices=None):
    """A ballot of fourteen, counted. Returns the town, its trackers with their choices, and the file's bytes."""
    town = make_town(db, text=text)
    holders = town.to_ballot(*town.voters[:3])
    cast = {}
    for place, person in enumerate(town.everybody):
        choice = choices[place] if choices else [holders[place % 3], holders[(place + 1) % 3]][: 1 + place % 2]
        cast[town.cast(person, choice)] = choice
    town.clock.advance(days=7)
    town.tick()
    town.read_lot()
    with db.read() as tx:
        raw = queries.waiting_file(tx, str(town.ballot().file))
    return town, cast, raw


def order_of(papers):
    """Papers as one list, for comparing orders."""
    return [json.dumps(paper["choice"]) for paper in papers]


def test_content_puts_each_paper_under_its_code(db, make_town):
    _town, cast, raw = held(db, make_town, None)
    sheet = published.parse_sheet(raw)

    assert sheet["format"] == "folkmoot.ballot/1"
    assert {paper["tracker"]: paper["choice"] for paper in sheet["papers"]} == cast
    assert published.trackers_of(sheet) == sorted(cast)


def test_inclusion_puts_codes_and_papers_apart_in_orders_that_tell_nothing(db, another_db, make_town):
    town, cast, raw = held(db, make_town, INCLUSION)
    sheet = published.parse_sheet(raw)

    assert sheet["format"] == "folkmoot.ballot/2"
    assert sheet["trackers"] == sorted(cast)
    assert [set(paper) for paper in sheet["papers"]] == [{"choice"}] * 14
    assert order_of(sheet["papers"]) == sorted(json.dumps(choice) for choice in cast.values())
    assert town.ballot().papers == 14
    assert_replays(db, another_db)


def test_inclusion_publishes_the_same_bytes_whoever_of_them_chose_what(db, make_town):
    """Two runs that differ only in which code says what: nothing that is published differs."""
    town, cast, _raw = held(db, make_town, INCLUSION)
    ballot, codes, choices = town.ballot(), sorted(cast), list(cast.values())

    def written(said):
        papers = [_Paper(code, json.dumps(choice)) for code, choice in zip(codes, said, strict=True)]
        return published.sheet_bytes(ballot, papers, "root", {}, rules.INCLUSION)

    assert written(choices) == written(choices[::-1])
    assert written(choices) != written([[], *choices[1:]])


class _Paper:
    def __init__(self, tracker, choice):
        self.tracker, self.choice = tracker, choice


def test_planted_papers_in_the_order_of_their_codes_are_found(db, make_town, monkeypatch):
    monkeypatch.setattr(published, "sorted", lambda values, **_: list(values), raising=False)
    _town, _cast, raw = held(db, make_town, INCLUSION)
    papers = order_of(published.parse_sheet(raw)["papers"])

    assert papers != sorted(papers)


@pytest.mark.parametrize("text", [None, INCLUSION])
def test_either_form_counts_again_to_the_published_count(db, make_town, tmp_path, text):
    town, _cast, raw = held(db, make_town, text)
    published.publish(db, tmp_path)
    file, blt = tmp_path / str(town.ballot().file), tmp_path / str(town.ballot().blt)
    sheet = json.loads(raw)

    whole = CliRunner().invoke(count, [str(file), "--json", "--rehearsal"])
    papers = CliRunner().invoke(count, [str(blt), "--json", "--seed", sheet["count"]["seed"]])
    words = CliRunner().invoke(count, [str(file), "--rehearsal"])

    assert (whole.exit_code, papers.exit_code, words.exit_code) == (0, 0, 0)
    assert json.loads(whole.output) == json.loads(papers.output) == sheet["count"]
    assert words.output.endswith("It is the count that was published.\n")


@pytest.mark.parametrize("text", [None, INCLUSION])
def test_decision_counts_again_in_either_form(db, make_town, monkeypatch, text):
    leave_unbounded(monkeypatch, "elect")
    asked = (text or default_text()).replace('kind = "stv", days = 7', YES_OR_NO)
    _town, cast, raw = held(db, make_town, asked, choices=["yes"] * 8 + ["no"] * 5 + ["abstain"])
    sheet = published.parse_sheet(raw)

    assert Counter(paper["choice"] for paper in sheet["papers"]) == Counter(cast.values())
    assert recounting.recount(sheet) == (sheet["count"], True)


def test_changed_file_is_found_by_counting_it_again(db, make_town, tmp_path):
    _town, _cast, raw = held(db, make_town, INCLUSION)
    whole = json.loads(raw)
    other_winner = {**whole, "count": {**whole["count"], "elected": whole["count"]["elected"][:-1]}}
    other_paper = {**whole, "papers": [{"choice": []}, *whole["papers"][1:]]}
    other_code = {**whole, "trackers": ["A" * 26, *whole["trackers"][1:]]}
    fewer = {**whole, "trackers": whole["trackers"][1:]}
    found = []
    for place, changed in enumerate((other_winner, other_paper, other_code, fewer, {"format": "else"}, [])):
        file = tmp_path / f"{place}.json"
        file.write_text("{" if not changed else json.dumps(changed))
        found.append(CliRunner().invoke(count, [str(file), "--rehearsal"]).exit_code)

    # A code takes no part in the count: that one was exchanged, its voter sees, and whoever knows the file's hash.
    assert found == [1, 1, 0, 2, 2, 2]


def test_file_of_an_earlier_release_still_counts_again(db, make_town):
    """Before anything was kept out of lots, a sheet said nothing of it."""
    _town, _cast, raw = held(db, make_town, None, choices=[[]] * 7 + [["ron"]] * 7)
    sheet = published.parse_sheet(raw)
    ties = [stage["tie"] for stage in sheet["count"]["stages"] if stage["tie"]]
    kept = [tie.pop("kept") for tie in ties]

    assert kept
    assert not any(kept)
    assert recounting.recount(sheet, REHEARSAL)[1]


def test_ballot_keeps_the_receipts_it_was_opened_with(db, make_town, monkeypatch):
    town = make_town(db)
    town.to_ballot(town.voters[0])
    in_force = queries.constitution.in_force
    monkeypatch.setattr(queries.constitution, "in_force", lambda tx: (load(INCLUSION), in_force(tx)[1]))
    with db.read() as tx:
        kept = queries.receipts_of(tx, town.ballot())

    assert kept == rules.CONTENT


@pytest.mark.parametrize(
    ("ours", "changed", "why"),
    [
        ('value = "content"', 'value = "everything"', "choices.receipts.value may not be 'everything'"),
        ("[choices.receipts]\n", "[choices.receits]\n", "nothing uses choices.receits"),
        ("inclusion = ", "exclusion = ", "choices.receipts.says must have one sentence for each of content, inclusion"),
    ],
)
def test_rules_that_choose_otherwise_do_not_load(ours, changed, why):
    with pytest.raises(Broken) as broken:
        load(default_text().replace(ours, changed))

    assert any(why in fault for fault in broken.value.faults)


def test_rules_say_what_was_chosen_in_words():
    def told(text):
        return next(answer.sentence for answer in load(text).answers if answer.path == "choices.receipts")

    assert "shows how they voted" in told(default_text())
    assert "codes and papers are published apart" in told(INCLUSION)
