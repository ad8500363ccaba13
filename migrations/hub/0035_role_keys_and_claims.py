"""Keys by which office-holders claim their offices on a fork, and what was claimed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Adds the tables. No grant has a key yet."""
    op.create_table(
        "role_keys",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grant"], ["grants.id"], name=op.f("fk_role_keys_grant_grants")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_role_keys")),
        sa.UniqueConstraint("public_key", name=op.f("uq_role_keys_public_key")),
        info={"kind": "public"},
    )
    op.create_index("ix_role_keys_grant", "role_keys", ["grant"], unique=False)
    op.create_table(
        "office_claims",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("hub", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["grant"], ["grants.id"], name=op.f("fk_office_claims_grant_grants")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_office_claims")),
        sa.UniqueConstraint("grant", "hub", name=op.f("uq_office_claims_grant_hub")),
        info={"kind": "public"},
    )
    op.create_index("ix_office_claims_holder", "office_claims", ["holder"], unique=False)


def downgrade() -> None:
    """Drops the tables: replay of the record gives their rows again."""
    op.drop_table("office_claims")
    op.drop_table("role_keys")
