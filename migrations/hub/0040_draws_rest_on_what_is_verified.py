"""Draws rest on one source, whose signature the record holds with the draw: nobody reads for others any more."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Takes away readings, who read, and pulses; gives draws one source, and what it said."""
    for name in ("draw_readings", "draw_readers", "draw_pulses"):
        op.drop_table(name)
    for name in ("draws", "draw_voids"):
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
            batch.drop_column("sources")
        with op.batch_alter_table(name) as batch:
            batch.alter_column("source", server_default=None)
    op.add_column("draws", sa.Column("said", sa.Text(), nullable=True))
