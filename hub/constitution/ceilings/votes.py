"""What no constitution changes of what members decide: recalls, holds, amendments, elections. Source: 2.1 to 2.4."""

from __future__ import annotations

from dataclasses import replace

from hub.constitution.ceilings.bounds import (
    COUNT_JUDGED,
    HALF,
    MEMBERS_DECIDE,
    MOST,
    NOT_BY_SILENCE,
    ONE,
    PETITION,
    READING,
    THREE_QUARTERS,
    TWO_THIRDS,
    VOTE,
    YES_OR_NO,
    Bound,
    Ceiling,
    count_judged,
    effect,
)
from hub.constitution.limits import DRAWN, NOTICE_DAYS, SIGNERS_OF_HOLD, Limit

NOBODY_DELAYS = "nobody whom a recall is about can stop it or put it off"
STAND = Limit(5, 28, "nobody is elected before others could stand")
HEARD = Limit(3, 28, "candidates are heard, and scrutineers found, before anybody votes")

PROCEDURES: dict[str, Ceiling] = {
    "recall": Ceiling(
        "member",
        MEMBERS_DECIDE,
        (
            PETITION,
            Bound(
                "submit",
                NOBODY_DELAYS,
                by="subject",
                persons=ONE,
                days=Limit(3, 14, "whoever is recalled has time to answer, and none to wait it out"),
                short=("next",),
            ),
            YES_OR_NO,
            COUNT_JUDGED,
            effect("office.recall"),
        ),
    ),
    "hold": Ceiling(
        "member",
        MEMBERS_DECIDE,
        (
            Bound("support", MEMBERS_DECIDE, persons=SIGNERS_OF_HOLD, days=NOTICE_DAYS, short=("lapse", "fail")),
            replace(YES_OR_NO, ratio=(HALF, TWO_THIRDS)),
            COUNT_JUDGED,
            effect("act.release"),
        ),
    ),
    "amend": Ceiling(
        "member",
        "the rules are everybody's: any member proposes others, and everybody decides",
        (
            PETITION,
            READING,
            replace(
                YES_OR_NO,
                days=Limit(7, 28, "people need days to vote on the rules, and a result"),
                ratio=(TWO_THIRDS, MOST),
                entrenched=(THREE_QUARTERS, MOST),
                branches=True,
            ),
            COUNT_JUDGED,
            READING,
            effect("constitution.amend"),
        ),
    ),
    "elect": Ceiling(
        "clock",
        "nobody in office opens an election, asks it otherwise or judges it",
        (
            Bound(
                "submit",
                "whoever is a member may stand, and an election waits until somebody does",
                by="candidates",
                persons=ONE,
                days=STAND,
                short=("extend",),
                waits="deadline",
            ),
            Bound(
                "draw",
                "nobody in office judges an election",
                by="scrutineers",
                persons=DRAWN["scrutineers"],
                days=HEARD,
                short=("next",),
                waits="deadline",
            ),
            Bound("ballot", MEMBERS_DECIDE, kind="stv", days=VOTE),
            count_judged("nobody in office judges an election", 14),
            Bound("notice", NOT_BY_SILENCE, days=Limit(1, 14, "whoever is elected begins soon")),
            effect("office.elect"),
        ),
    ),
}
