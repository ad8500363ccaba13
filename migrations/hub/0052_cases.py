"""Cases: what the record has of them, and who they are about with every word."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0061"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "complaints",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("filed_entry", sa.BigInteger(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=True),
        sa.Column("charged_entry", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_entry", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("ends", sa.Text(), nullable=True),
        sa.Column("decided_entry", sa.BigInteger(), nullable=True),
        sa.Column("concluded_entry", sa.BigInteger(), nullable=True),
        sa.Column("concluded", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_complaints_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_complaints")),
        info={"kind": "public"},
    )
    op.create_table(
        "case_disclosures",
        sa.Column("case_act", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_act"], ["complaints.act"], name=op.f("fk_case_disclosures_case_act")),
        sa.PrimaryKeyConstraint("case_act", "item", name=op.f("pk_case_disclosures")),
        info={"kind": "public"},
    )
    op.create_table(
        "case_appeals",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("case_act", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("ends", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('complainant', 'respondent')", name=op.f("ck_case_appeals_side")),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_case_appeals_act")),
        sa.ForeignKeyConstraint(["case_act"], ["complaints.act"], name=op.f("fk_case_appeals_case_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_case_appeals")),
        sa.UniqueConstraint("case_act", name=op.f("uq_case_appeals_case_act")),
        info={"kind": "public"},
    )
    op.create_table(
        "case_strikes",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('complainant', 'respondent')", name=op.f("ck_case_strikes_side")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_case_strikes")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_case_strikes_act"), "case_strikes", ["act"])
    op.create_table(
        "case_signatures",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("act", "step", "holder", name=op.f("pk_case_signatures")),
        info={"kind": "public"},
    )
    op.create_table(
        "case_interims",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("case_act", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("rests", sa.Text(), nullable=True),
        sa.Column("all", sa.Integer(), nullable=False),
        sa.Column("renews", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("grants", sa.JSON(), nullable=True),
        sa.CheckConstraint('"all" IN (0, 1)', name=op.f("ck_case_interims_yes_or_no")),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_case_interims_act")),
        sa.ForeignKeyConstraint(["case_act"], ["complaints.act"], name=op.f("fk_case_interims_case_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_case_interims")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_case_interims_case_act"), "case_interims", ["case_act"])
    op.create_table(
        "case_sides",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", "side", name=op.f("pk_case_sides")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_case_sides_person"), "case_sides", ["person"])
    op.create_table(
        "case_facts",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("again", sa.Text(), nullable=True),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("hidden IN (0, 1)", name=op.f("ck_case_facts_yes_or_no")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_case_facts")),
        info={"kind": "private"},
    )
    op.create_table(
        "case_papers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_papers")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_case_papers_act"), "case_papers", ["act"])
    op.create_table(
        "case_items",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("shown IN (0, 1)", name=op.f("ck_case_items_yes_or_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_items")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_case_items_act"), "case_items", ["act"])
    op.create_index(op.f("ix_case_items_sha256"), "case_items", ["sha256"])
    op.create_table(
        "case_queue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("complainant", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_queue")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_case_queue_complainant"), "case_queue", ["complainant"])


def downgrade() -> None:
    """Drops them."""
    op.drop_index(op.f("ix_case_queue_complainant"), table_name="case_queue")
    op.drop_table("case_queue")
    op.drop_index(op.f("ix_case_items_act"), table_name="case_items")
    op.drop_index(op.f("ix_case_items_sha256"), table_name="case_items")
    op.drop_table("case_items")
    op.drop_index(op.f("ix_case_papers_act"), table_name="case_papers")
    op.drop_table("case_papers")
    op.drop_table("case_facts")
    op.drop_index(op.f("ix_case_sides_person"), table_name="case_sides")
    op.drop_table("case_sides")
    op.drop_index(op.f("ix_case_interims_case_act"), table_name="case_interims")
    op.drop_table("case_interims")
    op.drop_table("case_signatures")
    op.drop_index(op.f("ix_case_strikes_act"), table_name="case_strikes")
    op.drop_table("case_strikes")
    op.drop_table("case_appeals")
    op.drop_table("case_disclosures")
    op.drop_table("complaints")
