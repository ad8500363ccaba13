"""What no constitution changes of cases and of measures: decided outside any office. Source: 1.6, 4.2, 4.3; GO-16."""

from __future__ import annotations

from hub.constitution.ceilings.bounds import (
    NOT_BY_SILENCE,
    ONE,
    PAIR,
    Bound,
    Ceiling,
    effect,
)
from hub.constitution.limits import DRAWN, LASTS, MEASURE_DAYS, Limit

DUE_PROCESS = "nobody is sanctioned without a charge, an answer, a panel drawn by lot and reasons"
CANNOT_SIT = "a case cannot sit: each of its deadlines has its consequence"


def lot(by: str, days: Limit, short: tuple[str, ...], persons: Limit | None = None) -> Bound:
    """Somebody is drawn by lot for one act."""
    size = persons or Limit(3, 3, "three decide a case, by more than one voice")
    return Bound("draw", "others than any office decide a case", by=by, persons=size, days=days, short=short)


PROCEDURES: dict[str, Ceiling] = {
    # Source: 4.2. Members complain, members drawn by lot screen and decide, and what nobody decides in time lapses: at
    # most 90 days to a decision with one panel, 33 more with another, and 42 with an appeal.
    "case": Ceiling(
        "member",
        DUE_PROCESS,
        (
            lot("duty", Limit(2, 3, CANNOT_SIT), ("lapse",)),
            Bound(
                "decide",
                NOT_BY_SILENCE,
                by="cases.screen",
                persons=PAIR,
                days=Limit(3, 7, CANNOT_SIT),
                short=("lapse",),
            ),
            Bound("submit", DUE_PROCESS, by="complainant", persons=ONE, days=Limit(3, 7, CANNOT_SIT), short=("lapse",)),
            Bound(
                "submit",
                DUE_PROCESS,
                by="respondent",
                persons=ONE,
                days=Limit(14, 14, "whoever is accused has a fortnight to answer, and nobody waits for ever"),
                short=("next",),
            ),
            lot("jurors", Limit(4, 5, CANNOT_SIT), ("redraw",)),
            Bound(
                "decide",
                DUE_PROCESS,
                by="cases.decide",
                persons=PAIR,
                days=Limit(14, 28, CANNOT_SIT),
                short=("renew",),
            ),
            Bound("notice", DUE_PROCESS, days=Limit(14, 14, "whoever lost has a fortnight to appeal")),
            effect("case.conclude"),
        ),
    ),
    "appeal_case": Ceiling(
        "member",
        DUE_PROCESS,
        (
            lot("jurors", Limit(4, 5, CANNOT_SIT), ("lapse",), Limit(5, 5, "five judge an appeal")),
            Bound(
                "decide",
                DUE_PROCESS,
                by="cases.decide",
                persons=Limit(3, 3, "three of five judge an appeal"),
                days=Limit(14, 23, CANNOT_SIT),
                short=("lapse",),
            ),
            effect("case.review"),
        ),
    ),
    # Source: 4.3, GO-16.
    "interim": Ceiling(
        "cases.screen",
        "nobody in office suspends anybody",
        (
            Bound(
                "decide",
                NOT_BY_SILENCE,
                by="cases.screen",
                persons=PAIR,
                days=Limit(1, 2, CANNOT_SIT),
                short=("lapse",),
            ),
            Bound("effect", "an interim measure ends soon", what="interim.begin", lasts=LASTS["interim.begin"]),
        ),
    ),
    # Source: 1.6. A panel drawn by lot confirms within days, or it is undone; invariant 14: within six of the opening.
    "emergency": Ceiling(
        "emergencies.declare",
        "what was done in haste is confirmed by others, or undone",
        (
            Bound(
                "decide",
                NOT_BY_SILENCE,
                by="emergencies.declare",
                persons=PAIR,
                days=Limit(1, 1, "what can wait for longer than a day is no emergency"),
                short=("lapse", "fail"),
            ),
            Bound("effect", MEASURE_DAYS.why, what="measure.begin", lasts=MEASURE_DAYS),
            Bound(
                "draw",
                "others than those who declared it confirm a measure, or it is undone",
                by="panel",
                persons=DRAWN["panel"],
                days=Limit(1, 2, "a measure is confirmed within days, or undone"),
                short=("undo",),
            ),
            Bound(
                "decide",
                "others than those who declared it confirm a measure, or it is undone",
                by="emergencies.confirm",
                persons=PAIR,
                days=Limit(1, 3, "a measure is confirmed within days, or undone"),
                short=("undo",),
            ),
        ),
    ),
    # Source: 1.6. Once, by the same panel; a fortnight in all is numbers.measure_most_days at its most.
    "extend_measure": Ceiling(
        "emergencies.confirm",
        "whoever confirmed a measure extends it, and nobody else",
        (
            Bound(
                "decide",
                NOT_BY_SILENCE,
                by="emergencies.confirm",
                persons=PAIR,
                days=Limit(1, 3, "an extension is decided while the measure lasts"),
                short=("lapse", "fail"),
            ),
            Bound("effect", MEASURE_DAYS.why, what="measure.extend", lasts=MEASURE_DAYS),
        ),
    ),
}
