"""Mail domains in use, and which contacts they leave without ground."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes both tables, empty: the weekly check fills them, once a registry is named."""
    op.create_table(
        "mail_domains",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ending", sa.LargeBinary(length=32), nullable=False),
        sa.Column("is_sure", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mail_domains")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_mail_domains_ending"), "mail_domains", ["ending"], unique=False)
    op.create_index(op.f("ix_mail_domains_next_at"), "mail_domains", ["next_at"], unique=False)
    op.create_table(
        "contact_spells",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("contact_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("domain_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("unverified_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ref", "contact_digest", name=op.f("pk_contact_spells")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_contact_spells_domain_digest"), "contact_spells", ["domain_digest"], unique=False)
