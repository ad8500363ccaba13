"""Invariant 26: before a close, nothing that anybody can see depends on what stands on the papers."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest

from hub import chance
from hub.ballots import casting
from hub.ballots.models import ballot_papers
from hub.web import ballots as pages
from tests.powers import twins

ELECTION = (("season_passes", []),)
RECALL = (("open_recall", [70, 0, 0]), ("several_sign", [0, 0]), ("answer", [0, 0, 0]))
EACH = [(seed, begins) for begins in (ELECTION, RECALL) for seed in (1, 2)]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return twins.folder(tmp_path_factory.mktemp("twins") / "data")


def test_nothing_before_a_close_depends_on_papers(settings):
    looks, kinds = 0, set()
    for seed, begins in EACH:
        found, twin = twins.differences(settings, seed, begins)
        assert found == [], f"machine {seed}"
        looks, kinds = looks + len(twin.looks), kinds | twin.kinds

    # Machines in which nobody votes prove nothing.
    assert looks >= 8
    assert kinds == {"stv", "yesno"}


def _favours(written):
    """Tells yes from the rest, and whether a paper begins with the lowest of those it names."""
    choice = json.loads(written)
    return choice == "yes" or (choice != [] and isinstance(choice, list) and choice[0] == min(choice))


def _says_it_in_the_diagnostics(patch):
    was = casting._written

    def written(tx, found, choice):
        said = was(tx, found, choice)
        logging.getLogger("folkmoot.ballots").debug("a paper that begins with %s", said[:9])
        return said

    patch.setattr(casting, "_written", written)


def _draws_more_for_some(patch):
    """Nothing is said of the choice: only what is drawn later comes out otherwise."""
    was = casting._written

    def written(tx, found, choice):
        said = was(tx, found, choice)
        if _favours(said):
            chance.octets(1)
        return said

    patch.setattr(casting, "_written", written)


def _shows_how_it_stands(patch):
    was = pages.page

    def page(asked, name, **told):
        answer = was(asked, name, **told)
        if name != "ballots/show.html":
            return answer
        papers = asked.tx.execute(ballot_papers.select()).all()
        stands = sum(_favours(paper.choice) for paper in papers)
        return dataclasses.replace(answer, body=answer.body + b"<!-- %d -->" % stands)

    patch.setattr(pages, "page", page)


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (_says_it_in_the_diagnostics, "diagnostics"),
        (_draws_more_for_some, "rows of ballot_papers"),
        (_shows_how_it_stands, "/ballots/"),
    ],
)
def test_planted_sign_of_a_choice_is_seen(settings, monkeypatch, plant, told):
    plant(monkeypatch)

    found, _twin = twins.differences(settings, *EACH[0])

    assert any(told in line for line in found), found
