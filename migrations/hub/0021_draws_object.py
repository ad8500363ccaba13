"""Objections to pools, who judged them, and pools that were voided."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Makes the tables, and notes until when a pool is open to objections."""
    op.add_column("draws", sa.Column("objections_until", sa.BigInteger(), nullable=True))
    op.create_table(
        "draw_voids",
        sa.Column("prepared_entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("objection", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prepared_entry", name=op.f("pk_draw_voids")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_draw_voids_act"), "draw_voids", ["act"], unique=False)
    op.create_table(
        "draw_objections",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("pool_entry", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_draw_objections")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_draw_objections_act"), "draw_objections", ["act"], unique=False)
    op.create_table(
        "draw_judgements",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("objection", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("upheld", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("upheld IN (0, 1)", name=op.f("ck_draw_judgements_yes_or_no")),
        sa.ForeignKeyConstraint(["objection"], ["draw_objections.entry"], name=op.f("fk_draw_judgements_objection")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_draw_judgements")),
        sa.UniqueConstraint("objection", "holder", name=op.f("uq_draw_judgements_objection_holder")),
        info={"kind": "public"},
    )
    op.create_table(
        "draw_objectors",
        sa.Column("about", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("about", "person", name=op.f("pk_draw_objectors")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_draw_objectors_act"), "draw_objectors", ["act"], unique=False)
