"""Elections, candidacies, ballots and who won; rolls and papers, which nothing joins."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "ballot_boxes",
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("swept", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ballot", name=op.f("pk_ballot_boxes")),
        info={"kind": "private"},
    )
    op.create_table(
        "ballot_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_ballot_files")),
        info={"kind": "private"},
    )
    op.create_table(
        "ballot_papers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_papers")),
        sa.UniqueConstraint("ballot", "tracker", name=op.f("uq_ballot_papers_ballot_tracker")),
        info={"kind": "private"},
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_papers_ballot_sealed", "ballot_papers", ["ballot", "sealed"], unique=False)
    op.create_table(
        "ballot_roll",
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("voted", sa.Integer(), nullable=False),
        sa.CheckConstraint("voted IN (0, 1)", name=op.f("ck_ballot_roll_voted")),
        sa.PrimaryKeyConstraint("ballot", "person", name=op.f("pk_ballot_roll")),
        info={"kind": "private"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "elections",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('general', 'by')", name=op.f("ck_elections_kind")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_elections")),
        sa.UniqueConstraint("entry", name=op.f("uq_elections_entry")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_elections_scope_id"), "elections", ["scope_id"], unique=False)
    op.create_table(
        "ballots",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("roll", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("closing_root", sa.Text(), nullable=True),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("called_entry", sa.BigInteger(), nullable=False),
        sa.Column("counted_entry", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("papers", sa.BigInteger(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("blt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_ballots_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sa.UniqueConstraint("act", "step", name=op.f("uq_ballots_act_step")),
        sa.UniqueConstraint("called_entry", name=op.f("uq_ballots_called_entry")),
        info={"kind": "public"},
    )
    op.create_index("ix_ballots_counted_entry_closes_at", "ballots", ["counted_entry", "closes_at"], unique=False)
    op.create_table(
        "candidacies",
        sa.Column("told_entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("interests", sa.Text(), nullable=True),
        sa.Column("withdrawn_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_candidacies_act")),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_candidacies_holder")),
        sa.PrimaryKeyConstraint("told_entry", name=op.f("pk_candidacies")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_candidacies_act"), "candidacies", ["act"], unique=False)
    op.create_table(
        "ballot_winners",
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot"], ["ballots.id"], name=op.f("fk_ballot_winners_ballot")),
        sa.PrimaryKeyConstraint("ballot", "holder", name=op.f("pk_ballot_winners")),
        info={"kind": "public"},
    )
