"""Who would win against each other candidate alone: a remark beside a one-seat result, never another result."""

from __future__ import annotations

from hub.count.contest import Contest


def condorcet_winner(contest: Contest) -> str | None:
    """Returns the reference that more papers prefer to each other one, if there is any.

    Whoever a paper ranks is preferred to all it does not. Re-open nominations is compared like anybody.
    """
    standing = [place for place in range(len(contest.candidates)) if place not in contest.withdrawn]
    ahead = {one: dict.fromkeys(standing, 0) for one in standing}
    for paper, many in contest.valid.items():
        below = set(standing)
        for place in paper:
            below.discard(place)
            row = ahead[place]
            for other in below:
                row[other] += many
    for one in standing:
        if all(ahead[one][other] > ahead[other][one] for other in standing if other != one):
            return contest.candidates[one]
    return None
