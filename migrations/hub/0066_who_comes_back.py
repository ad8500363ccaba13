"""By what somebody is known again who was erased while a case about them ran, or what it decided was not over."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    """Adds the table: of whoever was erased before, nothing is known."""
    op.create_table(
        "case_marks",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.PrimaryKeyConstraint("mark", "act", name="pk_case_marks"),
    )
    op.create_index("ix_case_marks_person", "case_marks", ["person"])


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_case_marks_person", "case_marks")
    op.drop_table("case_marks")
