"""Versions of the rules, and what the first entry said of the hub. All public."""

import sqlalchemy as sa

from hub.db import Moment, table

constitutions = table(
    "constitutions",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("in_force_from", Moment, nullable=False),
    kind="public",
)

# What a branch chose for itself and its groups. An act goes by what was in force when it was opened.
branch_rules = table(
    "branch_rules",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("branch", sa.Text, nullable=False, index=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("in_force_from", Moment, nullable=False),
    kind="public",
)

# One row for each hub whose history this is: the first, and each fork after it.
hub_facts = table(
    "hub_facts",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("log_key", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("continues_origin", sa.Text),
    sa.Column("continues_size", sa.BigInteger),
    sa.Column("continues_root", sa.Text),
    kind="public",
)
