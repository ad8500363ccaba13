"""What must hold of any rules, said once more and otherwise than in the software: an oracle for its ceilings.

Written from the reference for governance (1.3 to 1.9, 2.1 to 2.4) as questions about a whole constitution, not as a
table: crossed(rules) says in words what is wrong with one that was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hub.constitution.model import Constitution, Step

OPENERS = {
    "member": {"found_branch", "register_group", "recall", "hold", "amend", "case", "appeal_case"},
    "cases.screen": {"interim"},
    "clock": {"elect", "draw_council", "draw_caretaker", "appeal_branch", "appeal_group"},
    "appointments.make": {"appoint_moderator", "withdraw_moderator", "admit_helper"},
    "offices.lend": {"lend_office"},
    "stewards.name": {"name_steward", "withdraw_steward"},
    "press.name": {"name_press", "withdraw_press"},
    "statements.publish": {"publish_statement"},
    "clients.register": {"register_client"},
    "settings.change": {"change_settings", "change_branch_rule"},
    "groups.close": {"close_group", "merge_group"},
    "content.hide": {"hide"},
    "links.declare": {"declare_link"},
    "powers.freeze": {"freeze"},
    "emergencies.declare": {"emergency"},
    "emergencies.confirm": {"extend_measure"},
}
ORDERS = {
    "submit decide effect": {"found_branch", "register_group"},
    "submit draw decide effect": {"appeal_branch", "appeal_group"},
    "submit decide notice effect": {"appoint_moderator", "name_steward", "name_press"},
    "submit notice effect": {"lend_office"},
    "submit decide notice ballot decide effect": {"admit_helper"},
    "notice effect": {"declare_link"},
    "decide notice effect": {
        "withdraw_moderator",
        "withdraw_steward",
        "withdraw_press",
        "register_client",
        "change_settings",
        "change_branch_rule",
    },
    "decide notice ballot decide effect": {"close_group", "merge_group"},
    "effect decide": {"hide", "freeze"},
    "decide effect draw decide": {"emergency"},
    "decide effect": {"extend_measure", "publish_statement", "interim"},
    "draw decide submit submit draw decide notice effect": {"case"},
    "draw decide effect": {"appeal_case"},
    "support submit ballot decide effect": {"recall"},
    "support ballot decide effect": {"hold"},
    "support notice ballot decide notice effect": {"amend"},
    "draw effect": {"draw_council", "draw_caretaker"},
    "submit draw ballot decide notice effect": {"elect"},
}
ORGANISERS = {
    "memberships.accept", "appointments.make", "links.declare", "groups.confirm", "clients.register", "members.vouch",
    "settings.change", "content.hide", "areas.agree", "ballots.call", "powers.freeze",
    "groups.close", "offices.lend",
}  # fmt: skip
CARRY = {
    "admin": ORGANISERS,
    "moderator": {"memberships.accept", "content.hide"},
    "standin": {"memberships.accept", "content.hide", "links.declare", "settings.change", "ballots.call"},
    "council": {
        "areas.declare",
        "branches.confirm",
        "emergencies.declare",
        "clients.stop",
        "stewards.name",
        "press.name",
    },
    "press": {"statements.publish"},
    "steward": {"hub.operate"},
    "scrutineer": {"ballots.scrutinise"},
    "panellist": {"emergencies.confirm", "foundings.judge"},
    "duty": {"cases.screen"},
    "juror": {"cases.decide"},
    "caretaker": {"memberships.accept", "ballots.call"},
    "helper": {"memberships.accept", "ballots.call"},
}


def crossed(rules: Constitution) -> list[str]:
    """Every ceiling that rules cross, in words; none where they keep all."""
    return [*_openers(rules), *_orders(rules), *_offices(rules)] or [*_steps(rules), *_days(rules)]


def _openers(rules: Constitution) -> Iterator[str]:
    for opens, keys in OPENERS.items():
        for key in keys:
            if key not in rules.procedures:
                yield f"{key} is missing"
            elif rules.procedures[key].opens != opens:
                yield f"{key} is opened by {rules.procedures[key].opens}"
    for key in rules.procedures.keys() - set().union(*OPENERS.values()):
        yield f"{key} is nothing"


def _orders(rules: Constitution) -> Iterator[str]:
    for order, keys in ORDERS.items():
        for key in keys & rules.procedures.keys():
            found = " ".join(step.do for step in rules.procedures[key].steps)
            if found != order:
                yield f"{key} goes {found}"


def _offices(rules: Constitution) -> Iterator[str]:
    if rules.roles.keys() != CARRY.keys():
        yield "there are other offices"
        return
    for key, role in rules.roles.items():
        if not set(role.can) <= CARRY[key]:
            yield f"{key} carries {role.can}"
        if key == "admin" and not {"ballots.call", "powers.freeze"} <= set(role.can):
            yield "one organiser alone cannot stop the others"
        if role.reach != "here":
            yield f"{key} reaches {role.reach}"
        if ("hub" in role.scopes) != (
            key in ("council", "steward", "press", "scrutineer", "panellist", "duty", "juror")
        ):
            yield f"{key} is held in {role.scopes}"
    admin = rules.roles["admin"]
    if set(admin.by) != {"founding", "election"} or admin.seats_min < 1 or admin.seats_max < 2:
        yield "organisers are not elected"
    if rules.roles["standin"].by != ("delegation",) or rules.roles["standin"].scopes != ("group",):
        yield "who stands in was lent nothing"
    if rules.roles["helper"].by != ("consent",) or rules.roles["helper"].seats_max > 3 or rules.terms["helper"] > 90:
        yield "who comes from outside comes otherwise than by consent, or for long"
    if rules.roles["press"].by != ("appointment",) or not 3 <= rules.roles["press"].seats_max <= 9:
        yield "the press comes otherwise than by appointment, or too many or too few speak for all"
    if not 1 <= rules.terms["delegation"] <= 90:
        yield "an office is lent for ever"
    if "lot" not in rules.roles["council"].by or rules.roles["council"].seats_max < 15:
        yield "the council is not drawn"


def _days(rules: Constitution) -> Iterator[str]:
    barred = rules.numbers["recall_after_days"] + rules.numbers["recall_before_end_days"]
    half = rules.terms["drawn_council"] // 2
    shortest = min(half, *(rules.terms[key] for key in ("founding", "election", "council")))
    if shortest - barred < 14:
        yield "somebody can hardly be recalled on any day"
    if rules.terms["election"] <= sum(step.days or 0 for step in rules.procedures["elect"].steps):
        yield "an election takes longer than what it gives"


def _steps(rules: Constitution) -> Iterator[str]:
    at = {key: found.steps for key, found in rules.procedures.items()}
    for key, steps in at.items():
        for step in steps:
            yield from _any_step(key, step)
        yield from _counts(key, steps)
    yield from _silence(at)
    yield from _members(at)
    yield from _haste(at)


def _any_step(key: str, step: Step) -> Iterator[str]:
    if step.do != "effect" and not 1 <= (step.days or 0) <= 60:
        yield f"{key}: {step.do} lasts {step.days}"
    if step.do == "decide" and not 2 <= step.persons <= 3:
        yield f"{key} is decided by {step.persons}"
    if step.do == "ballot" and step.kind != ("stv" if key == "elect" else "yesno"):
        yield f"{key} asks {step.kind}"
    if step.do == "ballot" and key != "elect" and step.formula != "yes_floor":
        yield f"{key} has no floor"
    if step.do == "ballot" and not 3 <= (step.days or 0) <= 28:
        yield f"{key} is voted on for {step.days}"


def _counts(key: str, steps: tuple[Step, ...]) -> Iterator[str]:
    """Every count is judged by members drawn by lot, soon, and nobody's silence stops it. Source: 1.4, 2.3."""
    for place, step in enumerate(steps):
        if step.do != "ballot":
            continue
        drawn, judged = (steps[place - 1] if key == "elect" else step), steps[place + 1]
        if drawn.by != "scrutineers" or not 3 <= drawn.persons <= 5:
            yield f"{key} is counted without scrutineers"
        if (judged.do, judged.by, judged.short, judged.waits) != ("decide", "ballots.scrutinise", "next", "deadline"):
            yield f"{key}: its count is judged by others, or can be put off"
        if not 2 <= (judged.days or 0) <= (14 if key == "elect" else 7):
            yield f"{key}: its count is judged for {judged.days}"


def _silence(at: dict[str, tuple[Step, ...]]) -> Iterator[str]:
    """What follows from silence: power never; a yes only to whoever founds, and to a count."""
    for key, steps in at.items():
        for place, step in enumerate(steps):
            may = {"lapse", "fail"} if step.do in ("decide", "support") else None
            if key in ("found_branch", "register_group", "elect") and step.do == "decide":
                may = {"next"}
            if step.do == "decide" and step.by == "ballots.scrutinise" and steps[place - 1].do == "ballot":
                may = {"next"}
            if key in ("appeal_branch", "appeal_group"):
                may = {"lapse", "fail"} if step.do == "submit" else {"next"}
            if key in ("hide", "freeze") or (key == "emergency" and place > 0):
                may = {"undo"}
            if key == "elect" and step.do in ("submit", "draw"):
                may = {"extend"} if step.do == "submit" else {"next"}
            if key == "recall" and step.do == "submit":
                may = {"next"}
            if key == "case":
                may = {
                    "draw": {"lapse"} if place == 0 else {"redraw"},
                    "submit": {"next"} if place == 3 else {"lapse"},
                }.get(step.do, {"lapse"} if place == 1 else {"renew"})
                may |= {"next"} if step.do == "notice" else set()
            if step.do != "effect" and may is not None and step.short not in may:
                yield f"{key}: silence at {step.do} brings {step.short}"


def _members(at: dict[str, tuple[Step, ...]]) -> Iterator[str]:
    """What members decide."""
    signed, first, vote, _judged, second, _ = at["amend"]
    if signed.formula != "petition" or (signed.days or 0) < 14 or (at["recall"][0].days or 0) < 14:
        yield "petitions are no petitions"
    if min(first.days or 0, second.days or 0) < 14:
        yield "rules are not announced"
    if vote.ratio < Fraction(2, 3) or vote.entrenched < Fraction(3, 4) or not vote.branches or (vote.days or 0) < 7:
        yield "rules change too easily"
    if at["recall"][0].formula != "petition" or at["recall"][2].ratio != Fraction(1, 2) or at["recall"][2].branches:
        yield "a recall takes too much"
    if at["recall"][1].by != "subject" or at["recall"][1].persons != 1 or not 3 <= (at["recall"][1].days or 0) <= 14:
        yield "the answer to a recall delays it"
    if not 2 <= at["hold"][0].persons <= 10 or (at["hold"][0].days or 0) < 3 or at["hold"][1].branches:
        yield "a hold takes too much"
    stand, heard, voted, judged, *_ = at["elect"]
    if (stand.by, stand.persons, heard.by, judged.by) != ("candidates", 1, "scrutineers", "ballots.scrutinise"):
        yield "an election is run by others"
    if {stand.waits, heard.waits, judged.waits} != {"deadline"}:
        yield "an election is closed early"
    if (stand.days or 0) < 5 or (heard.days or 0) < 3 or (voted.days or 0) < 5 or not 3 <= heard.persons <= 5:
        yield "an election is hurried"


def _haste(at: dict[str, tuple[Step, ...]]) -> Iterator[str]:
    """What is done in haste ends soon, and is known before it holds."""
    declared, begun, drawn, confirmed = at["emergency"]
    if not 1 <= begun.lasts <= 7 or (declared.days or 0) + (drawn.days or 0) + (confirmed.days or 0) > 6:
        yield "a measure lasts"
    if (declared.by, drawn.by, confirmed.by) != ("emergencies.declare", "panel", "emergencies.confirm"):
        yield "a measure is confirmed by others than a panel"
    longer, longest = at["extend_measure"]
    if longer.by != "emergencies.confirm" or (longer.days or 0) > 3 or not 1 <= longest.lasts <= 7:
        yield "a measure is extended for long, or by others than its panel"
    if (drawn.days or 0) + (confirmed.days or 0) >= sum(step.days or 0 for step in at["elect"][:2]):
        yield "an election that a measure opened is voted on before it is confirmed"
    if at["hide"][1].by != "content.hide" or (at["hide"][1].days or 0) > 7:
        yield "one person hides for long"
    if (at["freeze"][1].by, at["freeze"][0].lasts > 7, (at["freeze"][1].days or 0) > 7) != (
        "powers.freeze",
        False,
        False,
    ):
        yield "one person freezes for long"
    if (at["declare_link"][0].days or 0) < 3 or (at["appoint_moderator"][2].days or 0) < 3:
        yield "an address or an appointment is not announced"
    if (at["lend_office"][0].by, at["lend_office"][0].persons, (at["lend_office"][1].days or 0) >= 3) != (
        "standin", 1, True,
    ):  # fmt: skip
        yield "an office is lent unheard"
    accepts, signed, _, votes, *_ = at["admit_helper"]
    if (accepts.by, signed.by, votes.ratio, votes.branches) != ("helper", "appointments.make", Fraction(1, 2), False):
        yield "a helper comes otherwise than by the members"
    invited, named, told, _ = at["name_steward"]
    if (invited.by, invited.persons, named.by) != ("steward", 1, "stewards.name") or (told.days or 0) < 3:
        yield "a steward is named otherwise than by the council, or unheard"
    named, told = at["name_press"][1], at["name_press"][2]
    if (named.by, at["publish_statement"][0].by) != ("press.name", "statements.publish") or (told.days or 0) < 3:
        yield "the press is named otherwise than by the council, or others than the press speak for all"
    two = ("withdraw_moderator", "withdraw_steward", "withdraw_press", "register_client", "change_settings")
    for key in (*two, "change_branch_rule"):
        if (at[key][1].days or 0) < 3:
            yield f"{key} is not announced"
        by = ("appointments.make", "stewards.name", "press.name", "clients.register", "settings.change")
        if at[key][0].by not in by:
            yield f"{key} is decided by {at[key][0].by}"
    if (at["found_branch"][1].by, at["register_group"][1].by) != ("branches.confirm", "groups.confirm"):
        yield "names are checked by others"
    for key in ("appeal_branch", "appeal_group"):
        sent, drawn, judged, _ = at[key]
        if (sent.by, sent.persons, drawn.by, judged.by) != ("founders", 1, "panel", "foundings.judge"):
            yield f"{key} is judged by others"
        if (sent.days or 0) < 14 or (drawn.days or 0) < 7:
            yield f"{key} is hurried"
    yield from _due_process(at)
    asked, known, voted, *_ = at["merge_group"]
    if asked.by != "groups.close" or (known.days or 0) < 14 or voted.ratio != Fraction(1, 2) or voted.branches:
        yield "groups are merged otherwise than by their members"
    asked, known, voted, *_ = at["close_group"]
    if asked.by != "groups.close" or (known.days or 0) < 14 or voted.ratio != Fraction(1, 2) or voted.branches:
        yield "a group is closed otherwise than by its members"


def _due_process(at: dict[str, tuple[Step, ...]]) -> Iterator[str]:
    """A case is decided by others drawn by lot, in 90 days, or 123 with another panel; an appeal in 42."""
    duty, screened, charged, answered, drawn, decided, told, _ = at["case"]
    again, judged, _ = at["appeal_case"]
    asked, held = at["interim"]
    by = [step.by for step in (duty, screened, charged, answered, drawn, decided, again, judged, asked)]
    if by != [
        "duty", "cases.screen", "complainant", "respondent", "jurors", "cases.decide", "jurors", "cases.decide",
        "cases.screen",
    ]:  # fmt: skip
        yield "a case is decided by others"
    seats = [step.persons for step in (duty, drawn, again, judged)]
    if (answered.days, told.days, seats) != (14, 14, [3, 3, 5, 3]):
        yield "a case is decided by few, or unheard"
    days = {step: step.days or 0 for step in (duty, screened, charged, answered, drawn, decided, told, again, judged)}
    first = (
        sum(days[step] for step in (duty, screened, charged, answered)) + 7 + 2 * days[drawn] + days[decided] * 3 // 2
    )
    if first > 90 or first + days[drawn] + days[decided] > 123 or days[told] + days[again] + days[judged] > 42:
        yield "a case can sit"
    if not 1 <= held.lasts <= 14 or (asked.days or 0) > 2 or (decided.days or 0) < 14 or (judged.days or 0) < 14:
        yield "a measure lasts, or a case is hurried"
