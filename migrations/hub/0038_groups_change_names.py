"""Groups change their name and purpose: what is proposed, and by which entry it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
NEW = ("name", "purpose")


def upgrade() -> None:
    """Adds the columns: a change of who may join tells no words."""
    for name in NEW:
        op.add_column("settings_changes", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("settings_changes", sa.Column("told_entry", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Takes them away: the record keeps what was proposed."""
    for name in (*NEW, "told_entry"):
        op.drop_column("settings_changes", name)
