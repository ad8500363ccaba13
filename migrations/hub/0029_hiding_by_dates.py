"""What is hidden: by dates in one table, not by a mark on what it hides."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

MARKED = ("groups", "group_links", "candidacies")


def upgrade() -> None:
    """Makes the table, fills it from hidings and measures, and drops the marks."""
    op.create_table(
        "concealments",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_concealments_act")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_concealments")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_concealments_act"), "concealments", ["act"], unique=False)
    op.create_index("ix_concealments_target", "concealments", ["target"], unique=False)
    # An entry says minutes: a hiding holds from the minute in which it was opened.
    op.execute(
        "INSERT INTO concealments (entry, act, kind, target, from_at, until_at)"
        " SELECT hidings.hidden_entry, hidings.act, hidings.kind, hidings.target,"
        " acts.opened_at - acts.opened_at % 60, hidings.shown_at"
        " FROM hidings JOIN acts ON acts.id = hidings.act WHERE hidings.hidden_entry IS NOT NULL"
    )
    op.execute(
        "INSERT INTO concealments (entry, act, kind, target, from_at, until_at)"
        " SELECT act_moves.entry - 1, measures.act, measures.target_kind, measures.target,"
        " measures.begun_at, measures.until_at"
        " FROM measures JOIN act_moves ON act_moves.act = measures.act AND act_moves.step = 1"
        " WHERE measures.target IS NOT NULL AND measures.begun_at IS NOT NULL"
    )
    for name in MARKED:
        op.drop_column(name, "hidden_entry")
