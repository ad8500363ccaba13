"""Holds and their numbers (public); what the feed says of whom, and who waits under which hold (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

standing_holds = table(
    "standing_holds",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("scope", sa.Text, nullable=False, index=True),
    # mandates: of a scope's mandate-holders; roll: of those who may vote there.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("changes", sa.BigInteger, nullable=False),
    sa.Column("of", sa.BigInteger, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('mandates', 'roll')", name="kind"),
    kind="public",
)

# ended: the feed ends a membership. moved: it moves one to another area. away: mandates of the former area end by it.
# Or, of somebody who was elected and left before: their mandate in one place ends by it.
# unheeded: it calls somebody suspended or expelled, of which only the number is ever published.
feed_changes = table(
    "feed_changes",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    # moved: where to; away: where from, or of which place; empty otherwise, or where there is none.
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("said_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("told", sa.BigInteger, nullable=False),
    sa.Column("held_at", Moment),
    # done or taken back, when, and out of which area it took somebody.
    sa.Column("outcome", sa.Text),
    sa.Column("closed_at", Moment),
    sa.Column("left_area", sa.Text),
    sa.CheckConstraint("change IN ('ended', 'moved', 'away', 'unheeded')", name="change"),
    sa.CheckConstraint("outcome IN ('done', 'taken_back')", name="outcome"),
    sa.Index(
        "uq_feed_changes_open",
        "person",
        "change",
        "area",
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    ),
    kind="private",
)

feed_holds = table(
    "feed_holds",
    sa.Column("change", sa.BigInteger, sa.ForeignKey("feed_changes.id"), primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("entry", sa.BigInteger, nullable=False),
    kind="private",
)
