"""Why words were taken back, and the signature of the log's key under it."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0058"


def upgrade() -> None:
    """Adds both columns: the sequencer signs what is there on its next turn."""
    with op.batch_alter_table("withdrawals") as batch:
        batch.add_column(sa.Column("why", sa.Text()))
        batch.add_column(sa.Column("sig", sa.Text()))


def downgrade() -> None:
    """Drops them."""
    with op.batch_alter_table("withdrawals") as batch:
        batch.drop_column("sig")
        batch.drop_column("why")
