"""Files that people sent: a row each; the bytes lie sealed in a folder."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "files",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("about", "place", name=op.f("uq_files_about_place")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_files_person"), "files", ["person"])


def downgrade() -> None:
    """Drops it; the files themselves stay, and nobody opens them."""
    op.drop_index(op.f("ix_files_person"), table_name="files")
    op.drop_table("files")
