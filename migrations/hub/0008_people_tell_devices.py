"""Whether a passkey can leave its device."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds the fact, unknown for the passkeys that are there: they count as ones that can."""
    op.add_column("passkeys", sa.Column("is_device_bound", sa.Boolean(), nullable=True))
