"""Elections, candidacies, ballots and who won (public); rolls and papers (private, and never joined).

A roll says who voted, a paper what somebody chose. No column, order or time leads from one to the other: papers have
random keys, are written anew together (box.py), and are gone once they are counted.
"""

import sqlalchemy as sa

from hub.db import Moment, table

elections = table(
    "elections",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False, index=True),
    sa.Column("branch_id", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seats", sa.BigInteger, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False, unique=True),
    # Why it ended before its vote, and the entry that says so.
    sa.Column("ended_why", sa.Text),
    sa.Column("ended_entry", sa.BigInteger),
    sa.CheckConstraint("kind IN ('general', 'by')", name="kind"),
    kind="public",
)

candidacies = table(
    "candidacies",
    sa.Column("told_entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), nullable=False, index=True),
    sa.Column("holder", sa.Text, sa.ForeignKey("holders.id"), nullable=False),
    sa.Column("statement", sa.Text),
    sa.Column("interests", sa.Text),
    sa.Column("withdrawn_entry", sa.BigInteger),
    kind="public",
)

ballots = table(
    "ballots",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seats", sa.BigInteger, nullable=False),
    # How many are on the roll, the root over it at the opening and at the close.
    sa.Column("roll", sa.BigInteger, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("closing_root", sa.Text),
    sa.Column("opens_at", Moment, nullable=False),
    sa.Column("closes_at", Moment, nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("called_entry", sa.BigInteger, nullable=False, unique=True),
    sa.Column("counted_entry", sa.BigInteger),
    sa.Column("outcome", sa.Text),
    # How many voted, and the published files; none of them below ten papers.
    sa.Column("papers", sa.BigInteger),
    sa.Column("file", sa.Text),
    sa.Column("blt", sa.Text),
    # How often outages moved the close on, and the entry of the last of them.
    sa.Column("moves", sa.BigInteger),
    sa.Column("moved_entry", sa.BigInteger),
    # The chain whose rounds decide ties, how long after the close; of a tie the entry, the round, the hash of the
    # papers in the box, and what the round said.
    sa.Column("chain", sa.Text),
    sa.Column("minutes", sa.BigInteger),
    sa.Column("tied_entry", sa.BigInteger),
    sa.Column("source", sa.Text),
    sa.Column("known_at", Moment),
    sa.Column("box", sa.Text),
    sa.Column("said", sa.Text),
    sa.UniqueConstraint("act", "step"),
    sa.Index("ix_ballots_counted_entry_closes_at", "counted_entry", "closes_at"),
    kind="public",
)

ballot_winners = table(
    "ballot_winners",
    sa.Column("ballot", sa.Text, sa.ForeignKey("ballots.id"), primary_key=True),
    sa.Column("holder", sa.Text, primary_key=True),
    kind="public",
)

# When ballots could not be reached, while any was open.
outages = table(
    "outages",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("begins_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    kind="public",
)

# Who may vote, and who has. branch: where a ballot takes a majority of the branches; "" is who lives in none. salt: the
# voter's own, by which they find themselves in the published roots.
ballot_roll = table(
    "ballot_roll",
    sa.Column("ballot", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("branch", sa.Text),
    sa.Column("voted", sa.Integer, nullable=False),
    sa.CheckConstraint("voted IN (0, 1)", name="voted"),
    kind="private",
    sqlite_with_rowid=False,
)

# What was chosen, by nobody: the key is random and new whenever the paper is shuffled, and no time is kept.
# Whoever could alter this table while voting is open could alter the result, but not what a receipt shows.
ballot_papers = table(
    "ballot_papers",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ballot", sa.Text, nullable=False),
    sa.Column("tracker", sa.Text, nullable=False),
    sa.Column("choice", sa.Text, nullable=False),
    sa.Column("branch", sa.Text),
    sa.Column("sealed", sa.Integer, nullable=False),
    sa.UniqueConstraint("ballot", "tracker"),
    sa.Index("ix_ballot_papers_ballot_sealed", "ballot", "sealed"),
    kind="private",
    sqlite_with_rowid=False,
)

# The row that is locked before anybody casts or counts. reminded, swept: whether the clock did its housework.
ballot_boxes = table(
    "ballot_boxes",
    sa.Column("ballot", sa.Text, primary_key=True),
    sa.Column("reminded", sa.Integer, nullable=False),
    sa.Column("counted", sa.Integer, nullable=False),
    sa.Column("swept", sa.Integer, nullable=False),
    kind="private",
)

# One row: when the worker last saw the ballots' pages answer, and since when it has asked in vain.
ballot_watch = table(
    "ballot_watch",
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("failing_since", Moment),
    sa.CheckConstraint("id = 1", name="id"),
    kind="private",
)

# Files that the record names, until the worker has put them where everybody reads them.
ballot_files = table(
    "ballot_files",
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
    kind="private",
)

# What members on a roll said against its count, and what its scrutineers found of it.
count_objections = table(
    "count_objections",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("ballot", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text),
    sa.Column("at", Moment, nullable=False),
    kind="public",
)

count_judgements = table(
    "count_judgements",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("objection", sa.BigInteger, sa.ForeignKey("count_objections.entry"), nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("upheld", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("upheld IN (0, 1)", name="yes_or_no"),
    sa.UniqueConstraint("objection", "holder"),
    kind="public",
)

# Who objected to a ballot's count: each member once. Nobody is told; forgotten once its act is over.
count_objectors = table(
    "count_objectors",
    sa.Column("ballot", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    kind="private",
)
