"""Grants, holders, their keys and what a role carries (public); which person a holder is (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

holders = table(
    "holders",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("shown", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    kind="public",
)

grants = table(
    "grants",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("entry", sa.BigInteger, nullable=False, unique=True),
    sa.Column("holder", sa.Text, sa.ForeignKey("holders.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("branch_id", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("act", sa.Text),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_why", sa.Text),
    sa.Column("ended_entry", sa.BigInteger),
    # The hold under which a lapse waited, where one did.
    sa.Column("held_entry", sa.BigInteger),
    # Of a stand-in's grant, the one that it was lent from: it gives no more, and no longer, than that one (live.py).
    sa.Column("lender", sa.Text, index=True),
    sa.CheckConstraint("from_at < until_at", name="dates"),
    sa.CheckConstraint("(ended_at IS NULL) = (ended_entry IS NULL)", name="ending"),
    sa.Index("ix_grants_scope_id_until_at", "scope_id", "until_at"),
    kind="public",
)

# The public half of office-holders' passkeys. hub: the entry of the founding or fork whose address a key signs for.
signing_keys = table(
    "signing_keys",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, sa.ForeignKey("holders.id"), nullable=False, index=True),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("hub", sa.BigInteger, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False, unique=True),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("withdrawn_entry", sa.BigInteger),
    kind="public",
)

# Which key an entry was signed by. act: the digest that was signed; it counts once.
signed_entries = table(
    "signed_entries",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, sa.ForeignKey("signing_keys.id"), nullable=False, index=True),
    sa.Column("act", sa.Text, nullable=False, unique=True),
    kind="public",
)

# The public half of the key that its holder made for one grant: the newest is the one that claims it on a fork.
role_keys = table(
    "role_keys",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("grant", sa.Text, sa.ForeignKey("grants.id"), nullable=False, index=True),
    sa.Column("public_key", sa.Text, nullable=False, unique=True),
    kind="public",
)

# Which offices their holders were told of, once, that have no key; forgotten when the office is over.
receipt_reminders = table("receipt_reminders", sa.Column("grant", sa.Text, primary_key=True), kind="private")

# Which grants of before a fork have been claimed there. hub: the entry of that fork.
office_claims = table(
    "office_claims",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("grant", sa.Text, sa.ForeignKey("grants.id"), nullable=False),
    sa.Column("holder", sa.Text, nullable=False, index=True),
    sa.Column("hub", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("grant", "hub"),
    kind="public",
)

# What a role carries under the constitution in force: replaced whole when a constitution is adopted.
# A measure rests a grant for some days, and takes nothing from its term: it is live again by its dates alone.
grant_pauses = table(
    "grant_pauses",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("grant", sa.Text, sa.ForeignKey("grants.id"), nullable=False, index=True),
    sa.Column("act", sa.Text, nullable=False, index=True),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.CheckConstraint("from_at <= until_at", name="dates"),
    kind="public",
)

# One holder stops a power in one place. counts_until: up to when it counts against what they may freeze.
power_freezes = table(
    "power_freezes",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("frozen_entry", sa.BigInteger, unique=True),
    sa.Column("grant", sa.Text, sa.ForeignKey("grants.id"), nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("permission", sa.Text, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("counts_until", Moment, nullable=False),
    sa.CheckConstraint("from_at <= until_at", name="dates"),
    sa.Index("ix_power_freezes_scope_id_until_at", "scope_id", "until_at"),
    kind="public",
)

# A place to which nobody belongs any more: no power holds in it, whoever had which grant, until somebody does again.
dormancies = table(
    "dormancies",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("scope_id", sa.Text, nullable=False, index=True),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment),
    sa.Column("until_entry", sa.BigInteger),
    sa.CheckConstraint("from_at <= until_at", name="dates"),
    sa.Index(
        "uq_dormancies_open",
        "scope_id",
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    ),
    kind="public",
)

role_powers = table(
    "role_powers",
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("permission", sa.Text, primary_key=True),
    sa.Column("reach", sa.Text, nullable=False),
    sa.Column("constitution", sa.BigInteger, nullable=False),
    # How long a role is held before it does what takes tenure (table.TENURED).
    sa.Column("tenure_days", sa.BigInteger),
    kind="public",
)

# Not public and never mirrored: who reads it knows which member holds which office.
holdings = table(
    "holdings",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False, unique=True),
    kind="private",
)
