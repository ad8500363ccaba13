"""Who began a petition, for as long as that counts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Makes the table. Signatures of petitions that are over are forgotten by the worker."""
    op.create_table(
        "petition_openers",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_petition_openers")),
        info={"kind": "private"},
    )
    op.create_index("ix_petition_openers_person", "petition_openers", ["person"], unique=False)
