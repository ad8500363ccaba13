"""Draws rest on one source, whose signature the record holds with the draw: nobody reads for others any more."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Takes away readings, who read, and pulses; gives draws one source, and what it said."""
    for name in ("draw_readings", "draw_readers", "draw_pulses"):
        op.drop_table(name)
    for name in ("draws", "draw_voids"):
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
            batch.drop_column("sources")
        with op.batch_alter_table(name) as batch:
            batch.alter_column("source", server_default=None)
    op.add_column("draws", sa.Column("said", sa.Text(), nullable=True))


def downgrade() -> None:
    """Makes the tables again, empty: nobody's reading is left."""
    op.drop_column("draws", "said")
    for name in ("draws", "draw_voids"):
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("sources", sa.JSON(), nullable=False, server_default="[]"))
            batch.drop_column("source")
    op.create_table(
        "draw_readings",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_draw_readings")),
        sa.UniqueConstraint("act", "step", "holder", name=op.f("uq_draw_readings_act_step_holder")),
        info={"kind": "public"},
    )
    op.create_table(
        "draw_readers",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", "step", "person", name=op.f("pk_draw_readers")),
        info={"kind": "private"},
    )
    op.create_table(
        "draw_pulses",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("suite", sa.Integer(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'wrong', 'length', 'unknown', 'suite')",
            name=op.f("ck_draw_pulses_state"),
        ),
        sa.PrimaryKeyConstraint("act", "step", "source", "said", name=op.f("pk_draw_pulses")),
        info={"kind": "derived"},
    )
    op.create_index("ix_draw_pulses_state", "draw_pulses", ["state"], unique=False)
