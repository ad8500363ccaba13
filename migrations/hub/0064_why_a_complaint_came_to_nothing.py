"""Why a complaint that waited came to nothing: its row stays so long that whoever complained reads it."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """Adds the column: what waits now still waits."""
    with op.batch_alter_table("case_queue") as batch:
        batch.add_column(sa.Column("why", sa.Text()))


def downgrade() -> None:
    """Drops it, and what came to nothing: else it would wait again."""
    op.execute("DELETE FROM case_queue WHERE why IS NOT NULL")
    with op.batch_alter_table("case_queue") as batch:
        batch.drop_column("why")
