"""A signature of an appeal's panel that has a case heard again."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0052"


def upgrade() -> None:
    """Adds the column: no signature of before says so."""
    with op.batch_alter_table("case_signatures") as batch:
        batch.add_column(sa.Column("rehears", sa.Integer()))


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("case_signatures") as batch:
        batch.drop_column("rehears")
