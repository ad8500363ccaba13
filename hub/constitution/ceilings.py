"""What no constitution changes of a procedure: one table. To change it takes a release, that is a public difference.

For each procedure: who opens it, its steps in their order, and of each step who acts in it, how many of them, within
which days, what a missed deadline may bring, and how a ballot asks. A constitution sets numbers inside of this, and
writes the sentences. Source: reference for governance, sections 1.4 to 1.9 and 2.1 to 2.4; invariants 14, 19, 22, 23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from hub.constitution.faults import Reading
from hub.constitution.limits import DRAWN, FREEZE_DAYS, MEASURE_DAYS, NOTICE_DAYS, SIGNERS_OF_HOLD, WHY_RATIO, Limit
from hub.constitution.model import Procedure, Step

HALF, TWO_THIRDS, THREE_QUARTERS, MOST = Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(4, 5)


@dataclass(frozen=True)
class Bound:
    """One step as it must be. days, persons, lasts: within which limits (None: the step has no such number).

    by, formula, kind, what, waits, branches: exactly so; short: which consequences are allowed; ratio, entrenched: the
    least and the most; why: for whoever meets the refusal.
    """

    do: str
    why: str
    by: str = ""
    persons: Limit | None = None
    days: Limit | None = None
    short: tuple[str, ...] = ()
    waits: str = "enough"
    formula: str = ""
    kind: str = ""
    ratio: tuple[Fraction, Fraction] = (HALF, HALF)
    entrenched: tuple[Fraction, Fraction] = (HALF, HALF)
    branches: bool = False
    what: str = ""
    lasts: Limit | None = None


@dataclass(frozen=True)
class Ceiling:
    """One procedure as it must be. opens: member, clock or a permission; why: for whoever meets the refusal."""

    opens: str
    why: str
    steps: tuple[Bound, ...]


_ONE = Limit(1, 1, "one is enough, and more would shut people out")
_PAIR = Limit(2, 3, "it takes a second person, and must remain possible")
_SOON = Limit(1, 28, "nobody waits for ever, and nobody is hurried past a decision")
_READ = Limit(14, 60, "everybody must have time to read, to object, to leave or to copy the hub")
_SIGN = Limit(14, 60, "members need time to find each other, and petitions end")
_VOTE = Limit(7, 28, "the roll stands a week before a vote ends, so that members can look at it")
_STAND = Limit(5, 28, "nobody is elected before others could stand")
_HEARD = Limit(3, 28, "candidates are heard, and scrutineers found, before anybody votes")

_NOT_BY_SILENCE = "silence gives no power"
_MEMBERS_DECIDE = "what members decide cannot be taken from them"
_NOBODY_DELAYS = "nobody whom a recall is about can stop it or put it off"
_SILENCE_IS_YES = "whoever checks a name cannot keep members from founding"


def _pair(by: str, why: str = _NOT_BY_SILENCE) -> Bound:
    """Two office-holders decide, and nothing follows from their silence."""
    return Bound("decide", why, by=by, persons=_PAIR, days=_SOON, short=("lapse", "fail"))


def _effect(what: str) -> Bound:
    return Bound("effect", "a procedure does what it is for", what=what)


_NOTICE = Bound("notice", NOTICE_DAYS.why, days=NOTICE_DAYS)
_READING = Bound("notice", _READ.why, days=_READ)
# Everybody votes yes or no: more yes than no, and a floor of yes votes. Scrutineers are drawn while members vote.
_YES_OR_NO = Bound(
    "ballot",
    _MEMBERS_DECIDE,
    by="scrutineers",
    persons=DRAWN["scrutineers"],
    kind="yesno",
    formula="yes_floor",
    days=_VOTE,
)


# They sign its count or void it, within few days: whoever does nothing puts nothing off. Source: 1.4, 2.3.
def _count_judged(why: str, most: int) -> Bound:
    days = Limit(2, most, "scrutineers need days to look, and a result is not kept waiting")
    return Bound("decide", why, by="ballots.scrutinise", persons=_PAIR, days=days, short=("next",), waits="deadline")


_COUNT_JUDGED = _count_judged("members drawn by lot look at every count, and their silence puts nothing off", 7)
_PETITION = Bound("support", _MEMBERS_DECIDE, formula="petition", days=_SIGN, short=("lapse", "fail"))


def _founding(number: Limit, by: str, what: str) -> Ceiling:
    """Members found, others check the name: silence is a yes."""
    return Ceiling(
        "member",
        _MEMBERS_DECIDE,
        (
            Bound("submit", _MEMBERS_DECIDE, by="founders", persons=number, days=_SOON, short=("lapse", "fail")),
            Bound("decide", _SILENCE_IS_YES, by=by, persons=_PAIR, days=_SOON, short=("next",)),
            _effect(what),
        ),
    )


def _appeal(what: str) -> Ceiling:
    """What was refused goes to a panel drawn by lot, as soon as one founder asks: its silence is a yes."""
    return Ceiling(
        "clock",
        _SILENCE_IS_YES,
        (
            Bound(
                "submit", _READ.why, by="founders", persons=_ONE, days=Limit(14, 28, _READ.why), short=("lapse", "fail")
            ),
            Bound(
                "draw",
                "others than those who refused it judge it",
                by="panel",
                persons=DRAWN["panel"],
                days=Limit(7, 28, "randomness that nobody knew before takes days, and nobody waits for ever"),
                short=("next",),
            ),
            Bound("decide", _SILENCE_IS_YES, by="foundings.judge", persons=_PAIR, days=_SOON, short=("next",)),
            _effect(what),
        ),
    )


def _noticed(by: str, what: str) -> Ceiling:
    """Two office-holders decide, it is known for some days, and it holds."""
    return Ceiling(by, _NOT_BY_SILENCE, (_pair(by), _NOTICE, _effect(what)))


PROCEDURES: dict[str, Ceiling] = {
    "found_branch": _founding(Limit(3, 50, "a branch is more than a household"), "branches.confirm", "branch.register"),
    "register_group": _founding(Limit(2, 20, "no group hangs on one person"), "groups.confirm", "group.register"),
    # Source: 1.9. A refusal can be appealed to a panel.
    "appeal_branch": _appeal("branch.register"),
    "appeal_group": _appeal("group.register"),
    "appoint_moderator": Ceiling(
        "appointments.make",
        _NOT_BY_SILENCE,
        (
            Bound("submit", _NOT_BY_SILENCE, by="appointee", persons=_ONE, days=_SOON, short=("lapse", "fail")),
            _pair("appointments.make"),
            _NOTICE,
            _effect("office.appoint"),
        ),
    ),
    # Source: 1.3. One organiser lends of their own; others hear of it first, and can put it to a ballot.
    "lend_office": Ceiling(
        "offices.lend",
        "whoever stands in is known before it holds",
        (
            Bound("submit", _NOT_BY_SILENCE, by="standin", persons=_ONE, days=_SOON, short=("lapse", "fail")),
            _NOTICE,
            _effect("office.lend"),
        ),
    ),
    # Source: 1.6. Whoever comes from outside comes because members voted for them by name, and by no other way.
    "admit_helper": Ceiling(
        "appointments.make",
        "whoever comes from outside comes by the consent of the group's members alone",
        (
            Bound("submit", _NOT_BY_SILENCE, by="helper", persons=_ONE, days=_SOON, short=("lapse", "fail")),
            _pair("appointments.make"),
            _NOTICE,
            _YES_OR_NO,
            _COUNT_JUDGED,
            _effect("office.admit"),
        ),
    ),
    "withdraw_moderator": _noticed("appointments.make", "office.withdraw"),
    # Source: 1.4. The steward after the founding's comes by two of the council, and goes by two of it.
    "name_steward": Ceiling(
        "stewards.name",
        _NOT_BY_SILENCE,
        (
            Bound("submit", _NOT_BY_SILENCE, by="steward", persons=_ONE, days=_SOON, short=("lapse", "fail")),
            _pair("stewards.name"),
            _NOTICE,
            _effect("steward.name"),
        ),
    ),
    "withdraw_steward": _noticed("stewards.name", "steward.withdraw"),
    # One announces and nobody decides, because silence does: whoever objects opens a ballot.
    "declare_link": Ceiling(
        "links.declare", "nothing is shown as the group's before others could object", (_NOTICE, _effect("link.show"))
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
                persons=_PAIR,
                days=FREEZE_DAYS,
                short=("undo",),
            ),
        ),
    ),
    "register_client": _noticed("clients.register", "client.register"),
    "change_settings": _noticed("settings.change", "group.change"),
    # Source: 1.5. Organisers ask, members read for a fortnight, and members decide; nobody outside closes a group.
    "close_group": Ceiling(
        "groups.close",
        "a group is closed by its members, and by nobody else",
        (_pair("groups.close"), _READING, _YES_OR_NO, _COUNT_JUDGED, _effect("group.close")),
    ),
    # Source: 1.5. One act in each of the two groups: the members of both decide.
    "merge_group": Ceiling(
        "groups.close",
        "groups are merged by the members of both, and by nobody else",
        (_pair("groups.close"), _READING, _YES_OR_NO, _COUNT_JUDGED, _effect("group.merge")),
    ),
    "change_branch_rule": _noticed("settings.change", "branch_rule.change"),
    "hide": Ceiling(
        "content.hide",
        "what one person hides comes back unless others confirm it",
        (
            _effect("content.hide"),
            Bound(
                "decide",
                "what one person hides comes back unless others confirm it",
                by="content.hide",
                persons=_PAIR,
                days=Limit(1, 7, "nobody hides anything alone for more than a week"),
                short=("undo",),
            ),
        ),
    ),
    # Source: 1.6. A panel drawn by lot confirms within days, or it is undone; invariant 14: within six of the opening.
    "emergency": Ceiling(
        "emergencies.declare",
        "what was done in haste is confirmed by others, or undone",
        (
            Bound(
                "decide",
                _NOT_BY_SILENCE,
                by="emergencies.declare",
                persons=_PAIR,
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
                persons=_PAIR,
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
                _NOT_BY_SILENCE,
                by="emergencies.confirm",
                persons=_PAIR,
                days=Limit(1, 3, "an extension is decided while the measure lasts"),
                short=("lapse", "fail"),
            ),
            Bound("effect", MEASURE_DAYS.why, what="measure.extend", lasts=MEASURE_DAYS),
        ),
    ),
    "recall": Ceiling(
        "member",
        _MEMBERS_DECIDE,
        (
            _PETITION,
            Bound(
                "submit",
                _NOBODY_DELAYS,
                by="subject",
                persons=_ONE,
                days=Limit(3, 14, "whoever is recalled has time to answer, and none to wait it out"),
                short=("next",),
            ),
            _YES_OR_NO,
            _COUNT_JUDGED,
            _effect("office.recall"),
        ),
    ),
    "hold": Ceiling(
        "member",
        _MEMBERS_DECIDE,
        (
            Bound("support", _MEMBERS_DECIDE, persons=SIGNERS_OF_HOLD, days=NOTICE_DAYS, short=("lapse", "fail")),
            replace(_YES_OR_NO, ratio=(HALF, TWO_THIRDS)),
            _COUNT_JUDGED,
            _effect("act.release"),
        ),
    ),
    "amend": Ceiling(
        "member",
        "the rules are everybody's: any member proposes others, and everybody decides",
        (
            _PETITION,
            _READING,
            replace(
                _YES_OR_NO,
                days=Limit(7, 28, "people need days to vote on the rules, and a result"),
                ratio=(TWO_THIRDS, MOST),
                entrenched=(THREE_QUARTERS, MOST),
                branches=True,
            ),
            _COUNT_JUDGED,
            _READING,
            _effect("constitution.amend"),
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
            _effect("office.seat"),
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
            _effect("office.caretake"),
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
                persons=_ONE,
                days=_STAND,
                short=("extend",),
                waits="deadline",
            ),
            Bound(
                "draw",
                "nobody in office judges an election",
                by="scrutineers",
                persons=DRAWN["scrutineers"],
                days=_HEARD,
                short=("next",),
                waits="deadline",
            ),
            Bound("ballot", _MEMBERS_DECIDE, kind="stv", days=_VOTE),
            _count_judged("nobody in office judges an election", 14),
            Bound("notice", _NOT_BY_SILENCE, days=Limit(1, 14, "whoever is elected begins soon")),
            _effect("office.elect"),
        ),
    ),
}


def check(reading: Reading, found: Procedure) -> None:
    """Notes every fault of a procedure against the table, each with its line and the reason."""
    ceiling, path = PROCEDURES.get(found.key), f"procedures.{found.key}"
    if ceiling is None:
        reading.fault(path, f"nothing runs {path}")
        return
    if found.opens != ceiling.opens:
        reading.fault(f"{path}.opens", f"{path}.opens must be {ceiling.opens!r}: {ceiling.why}")
    wanted, given = (" then ".join(step.do for step in steps) for steps in (ceiling.steps, found.steps))
    if wanted != given:
        reading.fault(path, f"{path} must have the steps {wanted}, and has {given or 'none'}: {ceiling.why}")
        return
    for place, (bound, step) in enumerate(zip(ceiling.steps, found.steps, strict=True)):
        for key, wants, why in _breaches(bound, step):
            reading.fault(f"{path}.steps.{place}", f"{path}, step {place + 1} ({step.do}): {key} must {wants}: {why}")


def _breaches(bound: Bound, step: Step) -> Iterator[tuple[str, str, str]]:
    """Finds what is not as it must be: (key, what it must be, why)."""
    for key in ("by", "waits", "formula", "kind", "what", "branches"):
        wants = getattr(bound, key)
        if key == "by" and bound.do == "ballot":
            continue  # how many are drawn says it
        if getattr(step, key) != wants:
            told = str(wants).lower() if isinstance(wants, bool) else repr(wants) if wants else "not stand here"
            yield key, told if told == "not stand here" else f"be {told}", bound.why
    for key in ("days", "persons", "lasts"):
        limit, number = getattr(bound, key), getattr(step, key) or 0
        if limit is None and number:
            yield _name(key, step), "not stand here", bound.why
        elif limit is not None and not limit.least <= number <= limit.most:
            yield _name(key, step), f"lie between {limit.least} and {limit.most}", limit.why
    if bound.short and step.short not in bound.short:
        yield "short", f"be {' or '.join(map(repr, bound.short))}", bound.why
    for key in ("ratio", "entrenched"):
        least, most = getattr(bound, key)
        if not least <= getattr(step, key) <= most:
            wants = f"lie between {least} and {most}" if most > HALF else "not stand here"
            yield key, wants, WHY_RATIO if most > HALF else bound.why


def _name(key: str, step: Step) -> str:
    """How a text calls the number of persons."""
    names = {"submit": "min", "support": "min", "draw": "size", "ballot": "scrutineers"}
    return names.get(step.do, key) if key == "persons" else key
