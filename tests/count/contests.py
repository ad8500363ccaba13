"""Contests for properties: small, so that ties, quotas met exactly and withdrawals are common."""

from __future__ import annotations

from hypothesis import strategies as st

from hub.count import RON, Contest, group

REFS = ("hld_a", "hld_b", "hld_c", "hld_d", "hld_e", "hld_f")


SEATS = st.integers(1, 4)


@st.composite
def contests(draw, seats=SEATS, withdrawing=True, most=40):
    """Draws a contest: up to seven candidates, up to ``most`` papers."""
    refs = list(REFS[: draw(st.integers(1, len(REFS)))]) + [RON] * draw(st.booleans())
    refs = draw(st.permutations(refs))
    places = range(len(refs))
    paper = st.builds(lambda order, length: tuple(order[:length]), st.permutations(places), st.integers(0, len(refs)))
    kinds = draw(st.lists(paper, min_size=0, max_size=8))
    papers = draw(st.lists(st.sampled_from(kinds), max_size=most)) if kinds else []
    withdrawn = draw(st.sets(st.sampled_from(places), max_size=min(2, len(refs) - 1))) if withdrawing else set()
    return Contest(draw(seats), tuple(refs), group(papers), frozenset(withdrawn))


def papers_of(contest):
    """The valid papers one by one, as references."""
    return [
        tuple(contest.candidates[place] for place in paper)
        for paper, many in contest.valid.items()
        for _ in range(many)
    ]
