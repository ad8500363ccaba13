"""What an act about an office is about may be a branch's own office: then it has no group."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0050"  # 0049 and 0050 were made beside it, and came first


def upgrade() -> None:
    """Lets the group be missing; the act itself says in which branch it runs."""
    _group(may_be_missing=True)


def downgrade() -> None:
    """Asks for it again: refused by the database itself where acts of a branch stand there."""
    _group(may_be_missing=False)


def _group(*, may_be_missing: bool) -> None:
    with op.batch_alter_table("office_acts") as table:
        table.alter_column("group", existing_type=sa.Text(), nullable=may_be_missing)
