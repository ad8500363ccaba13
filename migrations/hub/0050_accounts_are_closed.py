"""Who closes their account, and since when it is over."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "closings",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_closings")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_closings_due_at"), "closings", ["due_at"])
    op.create_index(op.f("ix_closings_closed_at"), "closings", ["closed_at"])


def downgrade() -> None:
    """Takes the table away: whoever asked has to ask again."""
    op.drop_table("closings")
