"""Cases as the record has them: hashes and dates (public). Who they are about, and every word (private)."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

complaints = table(
    "complaints",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    # Each a hash of a private part with its salt; ends: of the offices that the decision ends.
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("filed_entry", sa.BigInteger, nullable=False),
    sa.Column("charge", sa.Text),
    sa.Column("charged_entry", sa.BigInteger),
    sa.Column("answer", sa.Text),
    sa.Column("answered_entry", sa.BigInteger),
    sa.Column("decision", sa.Text),
    sa.Column("ends", sa.Text),
    sa.Column("decided_entry", sa.BigInteger),
    sa.Column("concluded_entry", sa.BigInteger),
    # The offices that it ends, once it is final.
    sa.Column("concluded", sa.JSON(none_as_null=True)),
    kind="public",
)

# What was laid before the other side: nothing else can be cited. case_act: the case, also of what an appeal brought.
case_disclosures = table(
    "case_disclosures",
    sa.Column("case_act", sa.Text, sa.ForeignKey("complaints.act"), primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("entry", sa.BigInteger, nullable=False),
    kind="public",
)

case_appeals = table(
    "case_appeals",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("case_act", sa.Text, sa.ForeignKey("complaints.act"), nullable=False, unique=True),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("decision", sa.Text),
    sa.Column("ends", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.CheckConstraint("side IN ('complainant', 'respondent')", name="side"),
    kind="public",
)

case_strikes = table(
    "case_strikes",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.CheckConstraint("side IN ('complainant', 'respondent')", name="side"),
    kind="public",
)

# The newest signature of each who was drawn: the decision of which enough say the same is the decision.
case_signatures = table(
    "case_signatures",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("ends", sa.Text),
    sa.Column("entry", sa.BigInteger, nullable=False),
    # 1 where it has a case heard again, and decides nothing.
    sa.Column("rehears", sa.Integer),
    kind="public",
)

case_interims = table(
    "case_interims",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("case_act", sa.Text, sa.ForeignKey("complaints.act"), nullable=False, index=True),
    sa.Column("file", sa.Text, nullable=False),
    # A hash of the offices that would rest, with its salt; all: whether it takes all three.
    sa.Column("rests", sa.Text),
    sa.Column("all", sa.Integer, nullable=False),
    sa.Column("renews", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("begun_at", Moment),
    sa.Column("until_at", Moment),
    # The offices that rest, once they do.
    sa.Column("grants", sa.JSON(none_as_null=True)),
    sa.CheckConstraint('"all" IN (0, 1)', name="yes_or_no"),
    kind="public",
)

# Orders by which the sides read a panel's looks later. act, role: of the panel. In force once it has both signatures.
case_delays = table(
    "case_delays",
    sa.Column("order", sa.Text, primary_key=True),
    sa.Column("case_act", sa.Text, sa.ForeignKey("complaints.act"), nullable=False, index=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_entry", sa.BigInteger, nullable=False),
    sa.Column("signed_by", sa.Text),
    sa.Column("signed_entry", sa.BigInteger),
    sa.Column("begun_at", Moment),
    sa.Column("until_at", Moment, nullable=False),
    kind="public",
)

# Who is a side in a case: complainant or respondent.
case_sides = table(
    "case_sides",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    kind="private",
)

# By what somebody is known again who was erased while a case about them ran, or what it decided was not over: a hash
# of their row of the list and of what stays through a new number (people.marks). person: who came back by it.
case_marks = table(
    "case_marks",
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, index=True),
    kind="private",
)

# Of what it is. branch: of the respondent; hidden: whether the panel ordered that they do not learn who complained.
case_facts = table(
    "case_facts",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("branch", sa.Text),
    sa.Column("rule", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("happened_on", sa.Date, nullable=False),
    sa.Column("learned_on", sa.Date, nullable=False),
    sa.Column("again", sa.Text),
    sa.Column("hidden", sa.Integer, nullable=False),
    sa.Column("filed_at", Moment, nullable=False),
    sa.CheckConstraint("hidden IN (0, 1)", name="yes_or_no"),
    kind="private",
)

_complaining, _accused = case_sides.alias("complaining"), case_sides.alias("accused")
# Both together: act, complainant, respondent, and what it is of.
filed = (
    sa.select(case_facts, _complaining.c.person.label("complainant"), _accused.c.person.label("respondent"))
    .join(_complaining, sa.and_(_complaining.c.act == case_facts.c.act, _complaining.c.side == "complainant"))
    .join(_accused, sa.and_(_accused.c.act == case_facts.c.act, _accused.c.side == "respondent"))
    .subquery("filed")
)

# Every word said in a case, by whom. id: the hash that the record has, or has not yet.
case_papers = table(
    "case_papers",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("body", Sealed, nullable=False),
    sa.Column("at", Moment, nullable=False),
    kind="private",
)

# What a side holds against, or for, somebody, with where it came from. shown: whether the other side has it.
case_items = table(
    "case_items",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("body", Sealed, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("shown IN (0, 1)", name="yes_or_no"),
    kind="private",
)

# Complaints beyond what one person, or one branch, has open at once: the oldest becomes a case when there is room.
case_queue = table(
    "case_queue",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("complainant", sa.Text, nullable=False, index=True),
    sa.Column("branch", sa.Text),
    sa.Column("body", Sealed, nullable=False),
    # Since when it waits; or when it came to nothing, and then why.
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text),
    kind="private",
)
