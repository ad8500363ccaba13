"""What no constitution changes of how branches and groups are founded, changed and closed. Source: 1.5, 1.9."""

from __future__ import annotations

from hub.constitution.ceilings.bounds import (
    COUNT_JUDGED,
    MEMBERS_DECIDE,
    NOTICE,
    ONE,
    PAIR,
    READ,
    READING,
    SOON,
    YES_OR_NO,
    Bound,
    Ceiling,
    effect,
    noticed,
    pair,
)
from hub.constitution.limits import DRAWN, Limit

SILENCE_IS_YES = "whoever checks a name cannot keep members from founding"


def founding(number: Limit, by: str, what: str) -> Ceiling:
    """Members found, others check the name: silence is a yes."""
    return Ceiling(
        "member",
        MEMBERS_DECIDE,
        (
            Bound("submit", MEMBERS_DECIDE, by="founders", persons=number, days=SOON, short=("lapse", "fail")),
            Bound("decide", SILENCE_IS_YES, by=by, persons=PAIR, days=SOON, short=("next",)),
            effect(what),
        ),
    )


def appeal(what: str) -> Ceiling:
    """What was refused goes to a panel drawn by lot, as soon as one founder asks: its silence is a yes."""
    return Ceiling(
        "clock",
        SILENCE_IS_YES,
        (
            Bound(
                "submit", READ.why, by="founders", persons=ONE, days=Limit(14, 28, READ.why), short=("lapse", "fail")
            ),
            Bound(
                "draw",
                "others than those who refused it judge it",
                by="panel",
                persons=DRAWN["panel"],
                days=Limit(7, 28, "randomness that nobody knew before takes days, and nobody waits for ever"),
                short=("next",),
            ),
            Bound("decide", SILENCE_IS_YES, by="foundings.judge", persons=PAIR, days=SOON, short=("next",)),
            effect(what),
        ),
    )


PROCEDURES: dict[str, Ceiling] = {
    "found_branch": founding(Limit(3, 50, "a branch is more than a household"), "branches.confirm", "branch.register"),
    "register_group": founding(Limit(2, 20, "no group hangs on one person"), "groups.confirm", "group.register"),
    # Source: 1.9. A refusal can be appealed to a panel.
    "appeal_branch": appeal("branch.register"),
    "appeal_group": appeal("group.register"),
    # Source: 1.5. Organisers ask, members read for a fortnight, and members decide; nobody outside closes a group.
    "close_group": Ceiling(
        "groups.close",
        "a group is closed by its members, and by nobody else",
        (pair("groups.close"), READING, YES_OR_NO, COUNT_JUDGED, effect("group.close")),
    ),
    # Source: 1.5. One act in each of the two groups: the members of both decide.
    "merge_group": Ceiling(
        "groups.close",
        "groups are merged by the members of both, and by nobody else",
        (pair("groups.close"), READING, YES_OR_NO, COUNT_JUDGED, effect("group.merge")),
    ),
    "change_settings": noticed("settings.change", "group.change"),
    "change_branch_rule": noticed("settings.change", "branch_rule.change"),
    # One announces and nobody decides, because silence does: whoever objects opens a ballot.
    "declare_link": Ceiling(
        "links.declare", "nothing is shown as the group's before others could object", (NOTICE, effect("link.show"))
    ),
    "register_client": noticed("clients.register", "client.register"),
    "hide": Ceiling(
        "content.hide",
        "what one person hides comes back unless others confirm it",
        (
            effect("content.hide"),
            Bound(
                "decide",
                "what one person hides comes back unless others confirm it",
                by="content.hide",
                persons=PAIR,
                days=Limit(1, 7, "nobody hides anything alone for more than a week"),
                short=("undo",),
            ),
        ),
    ),
}
