"""An election may end before its vote, and its row says why."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Adds why it ended, and the entry that says so."""
    op.add_column("elections", sa.Column("ended_why", sa.Text(), nullable=True))
    op.add_column("elections", sa.Column("ended_entry", sa.BigInteger(), nullable=True))
