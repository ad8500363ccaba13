"""Draws, objections, seats, counts (public); whose a ticket is, what members wish and say (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

draws = table(
    "draws",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    # How many tickets and seats; the pool file's hash; its strata with their quotas; the round it waits for. The pool
    # itself rests on the hub's word, and on everybody who looks for their own ticket in it.
    sa.Column("tickets", sa.BigInteger, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("quotas", sa.JSON, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("frozen_at", Moment, nullable=False),
    sa.Column("known_at", Moment, nullable=False),
    # Until when members object to the pool; none where there is no time for it.
    sa.Column("objections_until", Moment),
    sa.Column("prepared_entry", sa.BigInteger, nullable=False, unique=True),
    # The signature of that round, once somebody has read it.
    sa.Column("said", sa.Text),
    sa.Column("seed", sa.Text),
    sa.Column("round", sa.Integer),
    sa.Column("file", sa.Text),
    sa.Column("made_at", Moment),
    sa.Column("made_entry", sa.BigInteger),
    kind="public",
)

# Pools that were found wrong before their source was known. Nobody was drawn from them, nor ever is.
draw_voids = table(
    "draw_voids",
    sa.Column("prepared_entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("tickets", sa.BigInteger, nullable=False),
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("frozen_at", Moment, nullable=False),
    sa.Column("known_at", Moment, nullable=False),
    sa.Column("objection", sa.BigInteger, nullable=False),
    sa.Column("voided_at", Moment, nullable=False),
    sa.Column("voided_entry", sa.BigInteger, nullable=False),
    kind="public",
)

# That a pool is wrong, in a member's words; who said so is not in the record.
draw_objections = table(
    "draw_objections",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("pool_entry", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", Moment, nullable=False),
    kind="public",
)

draw_judgements = table(
    "draw_judgements",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("objection", sa.BigInteger, sa.ForeignKey("draw_objections.entry"), nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("upheld", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("upheld IN (0, 1)", name="yes_or_no"),
    sa.UniqueConstraint("objection", "holder"),
    kind="public",
)

# The order of a draw, as far as it is published in the record. seat: which seat a ticket has or had.
draw_seats = table(
    "draw_seats",
    sa.Column("ticket", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("seat", sa.Integer),
    sa.Column("offered_at", Moment),
    sa.Column("holder", sa.Text),
    sa.Column("accepted_at", Moment),
    sa.Column("grant", sa.Text),
    sa.Column("reason", sa.Text),
    sa.CheckConstraint("state IN ('reserve', 'offered', 'accepted', 'out')", name="state"),
    sa.UniqueConstraint("act", "step", "rank"),
    sa.Index("ix_draw_seats_state", "state", "offered_at"),
    kind="public",
)

# How many in a pool said what of themselves, in tens. No ticket is told apart by it, and nobody is drawn by it.
draw_counts = table(
    "draw_counts",
    sa.Column("prepared_entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("answer", sa.Text, primary_key=True),
    sa.Column("many", sa.BigInteger, nullable=False),
    kind="public",
)

# Not public and never mirrored: who reads it knows whose a ticket is.
draw_tickets = table(
    "draw_tickets",
    sa.Column("ticket", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.UniqueConstraint("act", "step", "person"),
    kind="private",
)

# That somebody objected to a pool, or judged an objection (about: its entry), so that nobody does twice, or both.
draw_objectors = table(
    "draw_objectors",
    sa.Column("about", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False, index=True),
    kind="private",
)

# Whether a member may be drawn at home (yes unless they say no), and offers themselves for councils and panels.
draw_wishes = table(
    "draw_wishes",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("at_home", sa.Integer, nullable=False),
    sa.Column("volunteers", sa.Integer, nullable=False),
    sa.CheckConstraint("at_home IN (0, 1) AND volunteers IN (0, 1)", name="yes_or_no"),
    kind="private",
)

# What a member says of themselves for draws, from closed lists. Shown to that member alone, in no file and no ticket;
# gone when they take it back. Who reads the store reads it: as little is asked for as the rules ask.
draw_said = table(
    "draw_said",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    kind="private",
)

# Files of a draw (pool, then result) until the worker has published them; the result stays, for replacements. odds: as
# computed beforehand, outside of any unit of work.
draw_files = table(
    "draw_files",
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
    sa.Column("published", sa.Integer, nullable=False),
    sa.Column("odds", sa.JSON(none_as_null=True)),
    sa.Index("ix_draw_files_published", "published"),
    kind="private",
)
