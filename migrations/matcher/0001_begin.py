"""The matcher's tables, as they begin."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "area_counts",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "area", name=op.f("pk_area_counts")),
        info={"kind": "private"},
    )
    op.create_table(
        "codes",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("nonce_digest", sa.Text(), nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_codes")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_codes_ref"), "codes", ["ref"], unique=False)
    op.create_table(
        "contactless",
        sa.Column("nonce_digest", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_digest", name=op.f("pk_contactless")),
        info={"kind": "private"},
    )
    op.create_table(
        "counter_keys",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_counter_keys")),
        info={"kind": "private"},
    )
    op.create_table(
        "counters",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counters")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_counters_until_at"), "counters", ["until_at"], unique=False)
    op.create_table(
        "evaluations",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_evaluations")),
        info={"kind": "private"},
    )
    op.create_table(
        "former_pairs",
        sa.Column("pair_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pair_digest", name=op.f("pk_former_pairs")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_former_pairs_ref"), "former_pairs", ["ref"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("headers_before", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("number", name=op.f("uq_imports_number")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_imports_sha256"), "imports", ["sha256"], unique=False)
    op.create_table(
        "nonces",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_nonces")),
        info={"kind": "private"},
    )
    op.create_table(
        "operators",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operators")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_operators_key_hash")),
        info={"kind": "private"},
    )
    op.create_table(
        "priors",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("pair_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.Column("renewal", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_import", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "ref", name=op.f("pk_priors")),
        info={"kind": "private"},
    )
    op.create_table(
        "roster_entries",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("id_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pair_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.Column("renewal", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_import", sa.Text(), nullable=True),
        sa.Column("last_import", sa.Text(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.Column("letter_asked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_roster_entries")),
        sa.UniqueConstraint("id_digest", name=op.f("uq_roster_entries_id_digest")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_roster_entries_ends_at"), "roster_entries", ["ends_at"], unique=False)
    op.create_index(op.f("ix_roster_entries_pair_digest"), "roster_entries", ["pair_digest"], unique=False)
    op.create_table(
        "sendings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sendings")),
        info={"kind": "private"},
    )
    op.create_index("ix_sendings_ref_template_at", "sendings", ["ref", "template", "at"], unique=False)
    op.create_table(
        "sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id_case", sa.Text(), nullable=False),
        sa.Column("id_pad_to", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
        info={"kind": "private"},
    )
    op.create_table(
        "tellings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fact", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        info={"kind": "private"},
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        info={"kind": "private"},
    )
    op.create_table(
        "waiting_rows",
        sa.Column("waiting_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("id_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pair_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("renewal", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("former_digest", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("waiting_id", "line", name=op.f("pk_waiting_rows")),
        info={"kind": "private"},
    )
    # ### end Alembic commands ###
