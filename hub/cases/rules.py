"""Cases decided from values: what may be complained of, what an item must say, what may follow. Pure.

Source: governance.md 4.2 to 4.4; security reference GO-14 to GO-16, GO-33.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub.errors import YES, Verdict, no

COMPLAINANT, RESPONDENT = SIDES = ("complainant", "respondent")
LEARNED = dt.timedelta(days=60)  # within which of learning of something one complains of it
MORE = dt.timedelta(days=7)  # to answer, once
SETTLE = dt.timedelta(days=4)  # for those drawn to accept, and for the sides to strike, before anybody decides
STRIKES = 2  # of each side
OPEN_AT_ONCE, A_WEEK = 3, 10  # complaints of one person; against members of one branch
NEAR = dt.timedelta(days=60)  # to an election, within which a measure takes all three
GROUNDS = ("procedure", "new_evidence", "proportionality")
# Where an item may come from, and which of these are spaces that not everybody reads.
GOT_FROM = ("own_message", "public_link", "participant", "witness", "official_record")
PRIVATE = ("own_message", "participant")
# From mild to heavy, each with the most days that it lasts; 0: it has no days.
OUTCOMES = {
    "none": 0, "advice": 0, "apology": 0, "posting_limit": 90, "role_ended": 0, "barred": 730, "suspension": 180,
}  # fmt: skip
MAY_END_OFFICES = ("role_ended", "barred", "suspension")
REHEAR = "rehear"  # what an appeal's panel signs instead of a decision: others hear the case again
# Since the decision that was appealed, within which it can be sent back: with a draw (5 days) and a hearing (9) it is
# over before an appeal would be at the latest, 42 days after that decision.
SEND_BACK = dt.timedelta(days=28)
NOT_YET = {"content_removed", "expulsion"}  # refused, rather than said and not done


@dataclass(frozen=True)
class Item:
    """Something that a side lays before a panel. text, or file (the SHA-256 of a stored one); source: where it stood;
    collector: who took it down; how: in which way; got_from: of GOT_FROM; consent: of which participant, by whom given,
    where it is from a private space.
    """

    text: str
    source: str
    collector: str
    how: str
    got_from: str
    consent: str = ""
    file: str | None = None


@dataclass(frozen=True)
class Ruling:
    """A decision. outcome: of OUTCOMES, none where it is not proved; days: how long it lasts; cites: items by id;
    grants: the offices that it ends; reasons: which answer each point.
    """

    proved: bool
    outcome: str
    reasons: str
    days: int = 0
    cites: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()


def may_attach(item: Item) -> Verdict:
    """Says whether an item says all that it must of where it comes from: what does not is attached nowhere."""
    told = {"source": item.source, "collector": item.collector, "how": item.how}
    missing = [name for name, words in told.items() if not words.strip()]
    if missing or item.got_from not in GOT_FROM:
        return no("cases.no_provenance", "Say where this stood, who took it down, how, and from whom you have it.")
    if item.got_from in PRIVATE and not item.consent.strip():
        return no(
            "cases.no_consent",
            "From a private space nothing is used unless one who took part in it agreed. Say who did.",
        )
    if not item.text.strip() and item.file is None:
        return no("cases.empty_item", "Enter what it says, or attach the file.")
    return YES


def may_complain(happened: dt.date, learned: dt.date, today: dt.date) -> Verdict:
    """Says whether something can be complained of now, by when it happened and when the complainant learned of it."""
    if not happened <= learned <= today:
        return no("cases.other_days", "It happened before you learned of it, and you learned of it before today.")
    if today - learned > LEARNED:
        return no("cases.too_late", f"Complaints are made within {LEARNED.days} days of learning of something.")
    return YES


def may_rule(ruling: Ruling, bound: Ruling | None) -> Verdict:
    """Says whether a panel may decide so. bound: the decision that an accused appealed, which never becomes worse."""
    if not ruling.reasons.strip():
        return no("cases.no_reasons", "Enter the reasons. They answer each point.")
    if ruling.outcome in NOT_YET:
        return no("cases.not_here", "This hub cannot carry that out yet, so no panel orders it here.")
    if ruling.outcome == REHEAR:
        return YES if ruling == Ruling(False, REHEAR, ruling.reasons) else BARE
    most = OUTCOMES.get(ruling.outcome)
    if most is None or not (0 < ruling.days <= most if most else ruling.days == 0):
        return no("cases.other_outcome", f"This outcome has {f'1 to {most}' if most else 'no'} days.")
    if not ruling.proved and (ruling.outcome, ruling.grants) != ("none", ()):
        return no("cases.not_proved", "What is not proved has no outcome.")
    if ruling.proved and not ruling.cites:
        return no("cases.nothing_cited", "Say on which of the items it rests.")
    if (ruling.outcome == "role_ended" and not ruling.grants) or (
        ruling.grants and ruling.outcome not in MAY_END_OFFICES
    ):
        return no("cases.other_offices", "Say which offices it ends, where it ends some, and only there.")
    return YES if bound is None or not is_worse(ruling, bound) else WORSE


BARE = no("cases.decides_nothing", "Who has a case heard again decides nothing of it, and gives the reasons.")


def may_send_back(decided: dt.datetime, at: dt.datetime, *, is_again: bool) -> Verdict:
    """Says whether an appeal's panel may have a case heard again. decided: when the decision was that was appealed;
    is_again: whether this panel hears it again already.
    """
    if is_again:
        return no("cases.reheard", "It is heard again already, and once is all there is. Decide it.")
    if at >= decided + SEND_BACK:
        return no(
            "cases.too_late_to_rehear",
            f"Within {SEND_BACK.days} days of the decision it could be heard again. Now it would not be over in time: "
            "decide it.",
        )
    return YES


WORSE = no("cases.worse", "An appeal never makes it worse for whoever was found to have broken a rule.")


def is_worse(ruling: Ruling, than: Ruling) -> bool:
    """Tells whether a decision is worse for the accused than another: heavier, longer, or with an office more."""
    ranks = list(OUTCOMES)
    heavier = ranks.index(ruling.outcome) > ranks.index(than.outcome)
    more = not set(ruling.grants) <= set(than.grants)
    return heavier or more or ruling.days > than.days or (ruling.proved and not than.proved)


def waits_in_queue(open_of_person: int, lately_in_branch: int) -> bool:
    """Tells whether a complaint waits until there is room. Source: governance.md 4.4."""
    return open_of_person >= OPEN_AT_ONCE or lately_in_branch >= A_WEEK


def without_decision(side: str) -> str:
    """Returns what an appeal states of its case that nobody decided: stopped, as the accused asked; else released.

    Source: governance.md 4.2, the appellant's view stands if respondent; else it is final.
    """
    return "stopped" if side == RESPONDENT else "released"


def may_appeal(side: str, *, proved: bool) -> Verdict:
    """Says whether a side may appeal: whoever it went against, and they alone, as no appeal makes it worse."""
    if side not in SIDES or proved != (side == RESPONDENT):
        return no(
            "cases.not_against_you", "Whoever a decision went against appeals; the other side has nothing to win."
        )
    return YES
