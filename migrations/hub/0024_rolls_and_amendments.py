"""A roll's own moment, and what an amendment touches: the area before a move, and entrenched keys."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("standings", sa.Column("area_before", sa.Text(), nullable=True))
    op.add_column("amendments", sa.Column("entrenched", sa.Text(), nullable=True))
