"""Which offices without a key their holders were told of, so that one letter goes out and no second."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Makes the table: whoever has no key by then is told once."""
    op.create_table(
        "receipt_reminders",
        sa.Column("grant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("grant", name=op.f("pk_receipt_reminders")),
        info={"kind": "private"},
    )
