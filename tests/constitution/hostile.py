"""Constitutions that would take from members what is theirs: each a change of the default text, and the refusal."""

from __future__ import annotations

from dataclasses import dataclass

from hub.constitution.actions import default_text


@dataclass(frozen=True)
class Hostile:
    """One text. changes: what is replaced by what; at: the words on the line that is named; says: the refusal."""

    changes: tuple[tuple[str, str], ...]
    at: str
    says: str

    def text(self) -> str:
        """The whole text."""
        found = default_text()
        for old, new in self.changes:
            assert old in found, old
            found = found.replace(old, new)
        return found


def _opened(key: str, opens: str) -> tuple[tuple[str, str], ...]:
    """One procedure opened by others."""
    text = default_text()
    start = text.index(f"[procedures.{key}]")
    end = text.index("steps = [", start)
    block = text[start:end]
    return ((block, block.replace('opens = "member"', f'opens = "{opens}"')),)


def _without(*rows: str) -> tuple[tuple[str, str], ...]:
    """The steps that begin so, left out."""
    lines = default_text().splitlines(keepends=True)
    return tuple((next(line for line in lines if line.startswith("  " + row)), "") for row in rows)


def _steps(key: str, first: int, last: int) -> str:
    """The lines of a procedure's steps from one to another, both included, from 0."""
    text = default_text()
    lines = text[text.index(f"[procedures.{key}]") :].split("steps = [\n")[1].splitlines(keepends=True)
    return "".join(lines[first : last + 1])


_CARRIES = (
    '"settings.change", "content.hide", "areas.agree", "ballots.call", "powers.freeze", "offices.lend"]\nreach = "here"'
)
_RECALL_VOTE = (
    'formula = "yes_floor", days = 7, says = "Everybody of the branch or group votes for {days} days: yes ends'
)
_PAIR_OF_ADMINS = '{ do = "decide", by = "appointments.make", persons = 2, days = 14, short = "lapse", says = "{persons} organisers sign within {days} days; otherwise it lapses." },\n'  # noqa: E501  # one line of the file
_HELD = '{ do = "notice", days = 3, says = "For {days} days any organiser, or members, can put it to a ballot." },\n'

HOSTILE = {
    "a recall is opened by organisers alone": Hostile(
        _opened("recall", "appointments.make"),
        'opens = "appointments.make"',
        "procedures.recall.opens must be 'member'",
    ),
    "a hold is opened by the council": Hostile(
        _opened("hold", "emergencies.declare"),
        'opens = "emergencies.declare"',
        "procedures.hold.opens must be 'member'",
    ),
    "an amendment is opened by the steward": Hostile(
        _opened("amend", "hub.operate"), 'opens = "hub.operate"', "procedures.amend.opens must be 'member'"
    ),
    "a group is founded by the council": Hostile(
        _opened("register_group", "branches.confirm"),
        'opens = "branches.confirm"',
        "procedures.register_group.opens must be 'member'",
    ),
    "the subject of a recall delays it for ever": Hostile(
        (
            (
                'by = "subject", min = 1, days = 7, short = "next"',
                'by = "subject", min = 1, days = 60, short = "extend"',
            ),
        ),
        'by = "subject"',
        "procedures.recall, step 2 (submit): short must be 'next'",
    ),
    "the subject of a recall ends it by silence": Hostile(
        (('by = "subject", min = 1, days = 7, short = "next"', 'by = "subject", min = 1, days = 7, short = "fail"'),),
        'by = "subject"',
        "procedures.recall, step 2 (submit): short must be 'next'",
    ),
    "a recall is asked by ranking": Hostile(
        (
            (
                'kind = "yesno", scrutineers = 3, ' + _RECALL_VOTE,
                'kind = "stv", scrutineers = 3, ' + _RECALL_VOTE.removeprefix('formula = "yes_floor", '),
            ),
        ),
        "yes ends the mandate",
        "procedures.recall, step 3 (ballot): kind must be 'yesno'",
    ),
    "a recall is counted by nobody but the hub": Hostile(
        (
            (
                'kind = "yesno", scrutineers = 3, ' + _RECALL_VOTE,
                'kind = "yesno", ' + _RECALL_VOTE,
            ),
            (
                "the votes that a yes takes. {persons} scrutineers are drawn by lot meanwhile.",
                "the votes that a yes takes.",
            ),
        ),
        "yes ends the mandate",
        "procedures.recall, step 3 (ballot): scrutineers must lie between 3 and 5",
    ),
    "scrutineers who do nothing stop an amendment": Hostile(
        (
            (
                _steps("amend", 2, 3),
                _steps("amend", 2, 3).replace('days = 3, short = "next"', 'days = 3, short = "lapse"'),
            ),
        ),
        'days = 3, short = "lapse", waits',
        "procedures.amend, step 4 (decide): short must be 'next'",
    ),
    "nobody judges the count of an amendment": Hostile(
        ((_steps("amend", 2, 3), _steps("amend", 2, 2)),),
        "[procedures.amend]",
        "must have the steps support then notice then ballot then decide then notice then effect",
    ),
    "new rules come into force at once": Hostile(
        _without('{ do = "notice", days = 14, says = "The new rules'),
        "[procedures.amend]",
        "must have the steps support then notice then ballot then decide then notice then effect",
    ),
    "half of those who vote change the rules": Hostile(
        (
            ("ratio = [2, 3], entrenched = [3, 4], branches = true, ", ""),
            ("It takes {yes} of {of} of the yes and no ({entrenched_yes} of {entrenched_of} where", "It takes (where"),
            ('{ do = "notice", days = 14,', '{ do = "notice", days = 1,'),
        ),
        "Every member votes for",
        "procedures.amend, step 3 (ballot): branches must be true",
    ),
    "an amendment needs no signatures": Hostile(
        (
            (
                default_text()[default_text().index("[procedures.amend]") :].split("steps = [\n")[1].split("\n")[0]
                + '\n  { do = "notice", days = 14, says = "For',
                '  { do = "notice", days = 14, says = "For',
            ),
        ),
        "[procedures.amend]",
        "must have the steps support then notice then ballot then decide then notice then effect",
    ),
    "the council confirms its own measure": Hostile(
        (('by = "emergencies.confirm", persons', 'by = "emergencies.declare", persons'),),
        "of the panel confirm",
        "procedures.emergency, step 4 (decide): by must be 'emergencies.confirm'",
    ),
    "nobody confirms a measure": Hostile(
        _without('{ do = "decide", by = "emergencies.confirm"'),
        "[procedures.emergency]",
        "must have the steps decide then effect then draw then decide",
    ),
    "organisers judge elections": Hostile(
        ((_CARRIES, _CARRIES.replace("]", ', "ballots.scrutinise"]')),),
        '"ballots.scrutinise"]',
        "roles.admin.can may not be 'ballots.scrutinise'",
    ),
    "organisers run the machine and declare emergencies": Hostile(
        ((_CARRIES, _CARRIES.replace("]", ', "hub.operate", "emergencies.declare", "areas.declare"]')),),
        '"areas.declare"]',
        "roles.admin.can may not be 'emergencies.declare'",
    ),
    "organisers of a branch rule its groups": Hostile(
        ((_CARRIES, _CARRIES.replace('"here"', '"branch_and_below"')),),
        'reach = "branch_and_below"',
        "roles.admin.reach may not be 'branch_and_below'",
    ),
    "an election has no scrutineers": Hostile(
        _without('{ do = "draw", by = "scrutineers"'),
        "[procedures.elect]",
        "must have the steps submit then draw then ballot then decide then notice then effect",
    ),
    "an election is over before anybody hears of it": Hostile(
        (
            ('by = "candidates", min = 1, days = 7,', 'by = "candidates", min = 1, days = 1,'),
            ('kind = "stv", days = 7', 'kind = "stv", days = 3'),
        ),
        'by = "candidates"',
        "procedures.elect, step 1 (submit): days must lie between 5 and 28",
    ),
    "organisers are never elected": Hostile(
        (
            (
                'seats = { min = 2, max = 7 }\nby = ["founding", "election"]',
                'seats = { min = 0, max = 0 }\nby = ["founding"]',
            ),
        ),
        'by = ["founding"]',
        "roles.admin.by cannot leave out 'election'",
    ),
    "a moderator is withdrawn by silence": Hostile(
        (
            (
                _PAIR_OF_ADMINS + '  { do = "notice", days = 3, says = "It takes',
                _PAIR_OF_ADMINS.replace('"lapse"', '"next"') + '  { do = "notice", days = 3, says = "It takes',
            ),
        ),
        'short = "next", says = "{persons} organisers sign',
        "procedures.withdraw_moderator, step 1 (decide): short must be 'lapse' or 'fail'",
    ),
    "settings change by silence": Hostile(
        (
            (
                'by = "settings.change", persons = 2, days = 14, short = "lapse",',
                'by = "settings.change", persons = 2, days = 1, short = "next",',
            ),
        ),
        'by = "settings.change", persons = 2, days = 1',
        "procedures.change_settings, step 1 (decide): short must be 'lapse' or 'fail'",
    ),
    "a moderator is appointed by silence": Hostile(
        (
            (
                _PAIR_OF_ADMINS + '  { do = "notice", days = 3, says = "It begins',
                _PAIR_OF_ADMINS.replace('"lapse"', '"next"') + '  { do = "notice", days = 3, says = "It begins',
            ),
        ),
        'short = "next", says = "{persons} organisers sign',
        "procedures.appoint_moderator, step 2 (decide): short must be 'lapse' or 'fail'",
    ),
    "a branch's rules change within a day": Hostile(
        (
            (
                _HELD + '  { do = "effect", what = "branch_rule.change" }',
                _HELD.replace("days = 3", "days = 1") + '  { do = "effect", what = "branch_rule.change" }',
            ),
        ),
        '"notice", days = 1',
        "procedures.change_branch_rule, step 2 (notice): days must lie between 3 and 60",
    ),
    "a measure is declared by silence": Hostile(
        (
            (
                'by = "emergencies.declare", persons = 2, days = 1, short = "lapse"',
                'by = "emergencies.declare", persons = 2, days = 1, short = "next"',
            ),
        ),
        'by = "emergencies.declare"',
        "procedures.emergency, step 1 (decide): short must be 'lapse' or 'fail'",
    ),
    "the council extends its own measure": Hostile(
        (
            (
                'by = "emergencies.confirm", persons = 2, days = 3, short = "lapse"',
                'by = "emergencies.declare", persons = 2, days = 3, short = "lapse"',
            ),
        ),
        'persons = 2, days = 3, short = "lapse"',
        "procedures.extend_measure, step 1 (decide): by must be 'emergencies.confirm'",
    ),
    "a measure is extended by silence": Hostile(
        (
            (
                'by = "emergencies.confirm", persons = 2, days = 3, short = "lapse"',
                'by = "emergencies.confirm", persons = 2, days = 3, short = "next"',
            ),
        ),
        'by = "emergencies.confirm", persons = 2, days = 3, short = "next"',
        "procedures.extend_measure, step 1 (decide): short must be 'lapse' or 'fail'",
    ),
    "a measure is extended by a month": Hostile(
        (('what = "measure.extend", lasts = 7', 'what = "measure.extend", lasts = 28'),),
        'what = "measure.extend"',
        "lasts must lie between 1 and 7",
    ),
    "one person hides for sixty days": Hostile(
        (
            (
                'by = "content.hide", persons = 2, days = 3, short = "undo"',
                'by = "content.hide", persons = 2, days = 60, short = "undo"',
            ),
        ),
        'by = "content.hide"',
        "procedures.hide, step 2 (decide): days must lie between 1 and 7",
    ),
    "a recall brings something else about": Hostile(
        (('what = "office.recall",', 'what = "office.recall", then = "register_client",'),),
        'what = "office.recall"',
        "has no 'then'",
    ),
    "no day is left on which a recall may begin": Hostile(
        (
            ("[numbers.recall_after_days]\nvalue = 30", "[numbers.recall_after_days]\nvalue = 90"),
            ("[numbers.recall_before_end_days]\nvalue = 45", "[numbers.recall_before_end_days]\nvalue = 60"),
            ("[terms.election]\ndays = 365", "[terms.election]\ndays = 163"),
        ),
        "[terms.election]",
        "a seat of 163 days leaves fewer than 14 on which a recall can begin: 150 are barred",
    ),
    "the later half of a council drawn whole is never recalled": Hostile(
        (("[terms.drawn_council]\ndays = 360", "[terms.drawn_council]\ndays = 177"),),
        "[terms.drawn_council]",
        "a seat of 88 days leaves fewer than 14 on which a recall can begin: 75 are barred",
    ),
    "whoever is elected goes before others can be": Hostile(
        (
            ("[numbers.recall_after_days]\nvalue = 30", "[numbers.recall_after_days]\nvalue = 0"),
            ("[numbers.recall_before_end_days]\nvalue = 45", "[numbers.recall_before_end_days]\nvalue = 0"),
            ("[terms.election]\ndays = 365", "[terms.election]\ndays = 28"),
        ),
        "[terms.election]",
        "whoever is elected serves no longer than the 28 days of an election",
    ),
    "members have no rights": Hostile(
        (("Every verified member may read", "No verified member may read"),),
        "No verified member",
        "rights.says must be",
    ),
    "a sentence says another number than runs": Hostile(
        (("Elected organisers serve {days} days.", "Elected organisers serve 30 days."),),
        "[terms.election]",
        "terms.election: the sentence does not name {days}",
    ),
}
