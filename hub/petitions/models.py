"""Petitions and proposed rules (public); who signed (private, and nobody's to read)."""

import sqlalchemy as sa

from hub.db import Moment, table

petitions = table(
    "petitions",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    # How many members the scope had on the opening day, and how many signatures it takes: the hub's word.
    sa.Column("roll", sa.BigInteger, nullable=False),
    sa.Column("needed", sa.BigInteger, nullable=False),
    sa.Column("reached_at", Moment),
    sa.Column("reasons", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    # Of a recall: whom, in which role, and what they answered. Of a hold: the act that waits.
    sa.Column("holder", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("reply", sa.Text),
    sa.Column("replied_entry", sa.BigInteger),
    sa.Column("target", sa.Text),
    sa.CheckConstraint("kind IN ('recall', 'hold', 'amend')", name="kind"),
    sa.Index("ix_petitions_holder", "holder"),
    sa.Index("ix_petitions_target", "target"),
    kind="public",
)

amendments = table(
    "amendments",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("changes", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    # The entrenched keys it touches, with a space between; none: an ordinary one.
    sa.Column("entrenched", sa.Text),
    kind="public",
)

# No time and no order: that somebody signed, and nothing else. Deleted once the petition has what it takes, or is over.
signatures = table(
    "signatures",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    kind="private",
)

# Who began a petition: nobody begins many at once, nor the same recall again and again. Deleted once that counts no
# more.
petition_openers = table(
    "petition_openers",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    kind="private",
)
