"""How sure it is that a public link is its group's own; who keeps a members' link."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns and the private half of proofs; who declared a link stands in its entry."""
    op.create_table(
        "link_proofs",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_link_proofs")),
        info={"kind": "private"},
    )
    op.add_column("group_links", sa.Column("declared_by", sa.BigInteger(), nullable=True))
    op.add_column("group_links", sa.Column("confirmed_by", sa.BigInteger(), nullable=True))
    op.add_column("group_links", sa.Column("confirmed_entry", sa.BigInteger(), nullable=True))
    op.add_column("group_links", sa.Column("proved_by", sa.Text(), nullable=True))
    op.add_column("group_links", sa.Column("proved_entry", sa.BigInteger(), nullable=True))
    op.add_column("group_links", sa.Column("lapsed_entry", sa.BigInteger(), nullable=True))
    op.add_column("member_links", sa.Column("kept_by", sa.Text(), nullable=True))
    op.add_column("member_links", sa.Column("kept_at", sa.BigInteger(), nullable=True))
    _who_declared()


def _who_declared() -> None:
    """Reads from each link's entry under which grant it was declared: what a replay would write."""
    tx = op.get_bind()
    rows = tx.execute(
        sa.text('SELECT g.id, e.bytes FROM group_links g JOIN entries e ON e."index" = g.told_entry')
    ).all()
    for link, raw in rows:
        by = json.loads(bytes(raw))["by"]
        tx.execute(sa.text("UPDATE group_links SET declared_by = :by WHERE id = :id"), {"by": by, "id": link})
