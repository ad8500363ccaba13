"""Acts, the hands in them and what is stated of them. Public: anybody can recompute every transition."""

import sqlalchemy as sa

from hub.db import Moment, table

acts = table(
    "acts",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("constitution", sa.BigInteger, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("branch_id", sa.Text),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("opened_entry", sa.BigInteger, nullable=False, unique=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("since_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("closed_at", Moment),
    sa.Column("closed_entry", sa.BigInteger),
    sa.Index("ix_acts_outcome_due_at", "outcome", "due_at"),
    kind="public",
)

# One hand, one entry: a submission, a yes or a no of one holder in one step.
act_hands = table(
    "act_hands",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("hand", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("hand IN ('submit', 'yes', 'no')", name="hand"),
    sa.UniqueConstraint("act", "step", "holder"),
    kind="public",
)

# What the record states of a step without a holder's name: signatures reached, a draw made, a ballot counted, a hold.
act_facts = table(
    "act_facts",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_act_facts_act", "act"),
    kind="public",
)

# A measure closes some procedures in a place for some days: none is opened there meanwhile.
act_closures = table(
    "act_closures",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("procedure", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("scope_id", sa.Text, nullable=False, index=True),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    kind="public",
)

# What the clock did: (act, step) happens once.
act_moves = table(
    "act_moves",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False, unique=True),
    kind="public",
)
