"""Whatever begins or ends an office waits 72 hours after the last hand it takes; or why it does not is said here.

Source: GO-09. A procedure that comes to begin or end offices later has to be entered here, or fails.
"""

from __future__ import annotations

import re

import pytest

from hub.constitution import ceilings, limits
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.ledger import catalogue
from hub.ledger.entries import TYPES
from hub.permits.fold import BY_FEED, BY_THOSE_WHO_GAVE

THREE_DAYS = 3
# Effects that make or end grants, and where their 72 hours are; for the rest, why there are none.
WAITS = {"office.appoint": "decide", "office.lend": "submit", "office.withdraw": "decide"}  # and the last hand it takes
WAITS |= {"steward.name": "decide", "steward.withdraw": "decide"}
EXEMPT = {
    "branch.register": "founders found a place where nobody held an office before",
    "group.register": "founders found a place where nobody held an office before",
    "office.elect": "members voted, and four days of notice follow the scrutineers",
    "office.recall": "members voted, after seven days for an answer and seven of voting",
    "office.seat": "drawn by lot, and accepted",
    "office.admit": "members voted, after three days of notice and seven of voting",
    "group.close": "members voted, after fourteen days of notice",
    "group.merge": "members of both groups voted, after fourteen days of notice",
    "case.conclude": "drawn by lot, others decided it with reasons, and fourteen days to appeal follow",
    "office.caretake": "nobody is left; drawn by lot beforehand",
}
# Effects that give and end no office.
NO_OFFICE = {
    "client.register", "group.change", "branch_rule.change", "content.hide", "link.show", "power.freeze", "act.release",
    "constitution.amend", "measure.begin", "measure.extend", "statement.publish", "case.review",
    "interim.begin",
}  # fmt: skip
# Entries by which a grant begins or ends without an act, and why that is no path around the wait.
WITHOUT_AN_ACT = {
    "grant.ended": "resigned by its holder, taken back by its lender, or as the roster says, which waits by 1.7",
    "seat.taken": "a founder of the hub takes the seat that the founding printed",
}


def test_every_effect_is_known_for_what_it_does_to_offices():
    assert set(limits.EFFECTS) == WAITS.keys() | EXEMPT.keys() | NO_OFFICE


def test_appointing_and_withdrawing_wait_after_the_last_signature():
    procedures = load(default_text()).procedures.values()

    for procedure in procedures:
        kinds = [step.do for step in procedure.steps]
        for what in {step.what for step in procedure.steps} & WAITS.keys():
            assert kinds[-3:] == [WAITS[what], "notice", "effect"]
            assert (procedure.steps[-2].days or 0) >= THREE_DAYS


NOTICED = sorted(
    key
    for key, one in ceilings.PROCEDURES.items()
    if any(step.days == limits.NOTICE_DAYS and step.do == "notice" for step in one.steps)
)


@pytest.mark.parametrize("key", NOTICED)
def test_no_constitution_shortens_a_wait_or_leaves_it_out(key):
    text = default_text()
    begins = text.index(f"[procedures.{key}]")
    head, tail = text[:begins], text[begins:]
    notice = next(line for line in tail.splitlines() if 'do = "notice"' in line)

    with pytest.raises(Broken):
        load(head + tail.replace(notice + "\n", "", 1))
    with pytest.raises(Broken):
        load(head + tail.replace(notice, re.sub(r"days = \d+", "days = 2", notice), 1))


def test_offices_begin_and_end_by_these_entries_alone():
    catalogue.load()
    about_grants = {name for name in TYPES if name.startswith(("grant.", "seat."))}

    assert about_grants == {"grant.made", "grant.paused"} | WITHOUT_AN_ACT.keys()
    assert set(BY_FEED) == {"lapsed", "moved"}
    assert set(BY_THOSE_WHO_GAVE) == {"recalled", "superseded", "closed", "decided"}
