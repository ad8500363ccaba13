"""Members by their area: whether a branch has any is asked in every round of the clock."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Makes the indexes."""
    op.create_index("ix_standings_area", "standings", ["area"], unique=False)
    op.create_index("ix_standings_area_before", "standings", ["area_before"], unique=False)
