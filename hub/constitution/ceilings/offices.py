"""What no constitution changes of how offices come and go, lots included, what they do alone. Source: 1.3 to 1.6."""

from __future__ import annotations

from hub.constitution.ceilings.bounds import (
    COUNT_JUDGED,
    NOT_BY_SILENCE,
    NOTICE,
    ONE,
    PAIR,
    SOON,
    YES_OR_NO,
    Bound,
    Ceiling,
    effect,
    noticed,
    pair,
)
from hub.constitution.limits import DRAWN, FREEZE_DAYS, Limit

PROCEDURES: dict[str, Ceiling] = {
    "appoint_moderator": Ceiling(
        "appointments.make",
        NOT_BY_SILENCE,
        (
            Bound("submit", NOT_BY_SILENCE, by="appointee", persons=ONE, days=SOON, short=("lapse", "fail")),
            pair("appointments.make"),
            NOTICE,
            effect("office.appoint"),
        ),
    ),
    # Source: 1.3. One organiser lends of their own; others hear of it first, and can put it to a ballot.
    "lend_office": Ceiling(
        "offices.lend",
        "whoever stands in is known before it holds",
        (
            Bound("submit", NOT_BY_SILENCE, by="standin", persons=ONE, days=SOON, short=("lapse", "fail")),
            NOTICE,
            effect("office.lend"),
        ),
    ),
    # Source: 1.6. Whoever comes from outside comes because members voted for them by name, and by no other way.
    "admit_helper": Ceiling(
        "appointments.make",
        "whoever comes from outside comes by the consent of the group's members alone",
        (
            Bound("submit", NOT_BY_SILENCE, by="helper", persons=ONE, days=SOON, short=("lapse", "fail")),
            pair("appointments.make"),
            NOTICE,
            YES_OR_NO,
            COUNT_JUDGED,
            effect("office.admit"),
        ),
    ),
    "withdraw_moderator": noticed("appointments.make", "office.withdraw"),
    # Source: 1.4. The steward after the founding's comes by two of the council, and goes by two of it.
    "name_steward": Ceiling(
        "stewards.name",
        NOT_BY_SILENCE,
        (
            Bound("submit", NOT_BY_SILENCE, by="steward", persons=ONE, days=SOON, short=("lapse", "fail")),
            pair("stewards.name"),
            NOTICE,
            effect("steward.name"),
        ),
    ),
    "withdraw_steward": noticed("stewards.name", "steward.withdraw"),
    # Source: 1.4, 1.5. Who speaks for all is named by two of the council; what they say takes two of them, and no days.
    "name_press": Ceiling(
        "press.name",
        NOT_BY_SILENCE,
        (
            Bound("submit", NOT_BY_SILENCE, by="appointee", persons=ONE, days=SOON, short=("lapse", "fail")),
            pair("press.name"),
            NOTICE,
            effect("office.appoint"),
        ),
    ),
    "withdraw_press": noticed("press.name", "office.withdraw"),
    "publish_statement": Ceiling(
        "statements.publish",
        "nobody speaks for all alone",
        (pair("statements.publish"), effect("statement.publish")),
    ),
    "freeze": Ceiling(
        "powers.freeze",
        "one organiser alone must be able to stop what the others do in haste",
        (
            Bound("effect", FREEZE_DAYS.why, what="power.freeze", lasts=FREEZE_DAYS),
            Bound(
                "decide",
                "others than whoever froze a power end it, or it ends by itself",
                by="powers.freeze",
                persons=PAIR,
                days=FREEZE_DAYS,
                short=("undo",),
            ),
        ),
    ),
    "draw_council": Ceiling(
        "clock",
        "nobody in office chooses when the council is drawn",
        (
            Bound(
                "draw",
                "nobody in office chooses who is drawn",
                by="council",
                persons=DRAWN["council"],
                days=Limit(7, 28, "randomness that nobody knew before takes days, and seats do not wait for ever"),
                short=("lapse", "extend"),
            ),
            effect("office.seat"),
        ),
    ),
    "draw_caretaker": Ceiling(
        "clock",
        "nobody in office chooses who takes care",
        (
            Bound(
                "draw",
                "nobody in office chooses who takes care",
                by="caretakers",
                persons=DRAWN["caretakers"],
                days=Limit(7, 28, "randomness that nobody knew before takes days, and nobody waits for ever"),
                short=("lapse", "extend"),
            ),
            effect("office.caretake"),
        ),
    ),
}
