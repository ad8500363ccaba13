"""Draws by lot: what is prepared, read and drawn; whose a ticket is; who wishes to be drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "draws",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("quotas", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("prepared_entry", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=True),
        sa.Column("made_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_draws_act")),
        sa.PrimaryKeyConstraint("act", "step", name=op.f("pk_draws")),
        sa.UniqueConstraint("prepared_entry", name=op.f("uq_draws_prepared_entry")),
        info={"kind": "public"},
    )
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
        "draw_seats",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("grant", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('reserve', 'offered', 'accepted', 'out')", name=op.f("ck_draw_seats_state")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_draw_seats")),
        sa.UniqueConstraint("act", "step", "rank", name=op.f("uq_draw_seats_act_step_rank")),
        info={"kind": "public"},
    )
    op.create_index("ix_draw_seats_state", "draw_seats", ["state", "offered_at"], unique=False)
    op.create_table(
        "draw_tickets",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_draw_tickets")),
        sa.UniqueConstraint("act", "step", "person", name=op.f("uq_draw_tickets_act_step_person")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_draw_tickets_person"), "draw_tickets", ["person"], unique=False)
    op.create_table(
        "draw_readers",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", "step", "person", name=op.f("pk_draw_readers")),
        info={"kind": "private"},
    )
    op.create_table(
        "draw_wishes",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at_home", sa.Integer(), nullable=False),
        sa.Column("volunteers", sa.Integer(), nullable=False),
        sa.CheckConstraint("at_home IN (0, 1) AND volunteers IN (0, 1)", name=op.f("ck_draw_wishes_yes_or_no")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_draw_wishes")),
        info={"kind": "private"},
    )
    op.create_table(
        "draw_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("odds", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_draw_files")),
        info={"kind": "private"},
    )
    op.create_index("ix_draw_files_published", "draw_files", ["published"], unique=False)
