"""By which round of which beacon a ballot's lots fall, where only a lot can decide; and what it said."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

NEW = {
    "chain": sa.Text,
    "minutes": sa.BigInteger,
    "tied_entry": sa.BigInteger,
    "source": sa.Text,
    "known_at": sa.BigInteger,
    "box": sa.Text,
    "said": sa.Text,
}


def upgrade() -> None:
    """Adds the columns: nothing stands in them for ballots of before."""
    for name, kind in NEW.items():
        op.add_column("ballots", sa.Column(name, kind(), nullable=True))
