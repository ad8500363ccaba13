"""Areas, their districts, branches (public); areas waiting for a council member's confirmation (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

areas = table(
    "areas",
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False),
    kind="public",
)

area_districts = table(
    "area_districts",
    sa.Column("district", sa.Text, primary_key=True),
    sa.Column("area", sa.Text, sa.ForeignKey("areas.slug"), nullable=False, index=True),
    kind="public",
)

# Who of a branch agreed to another boundary of its area: two of them, before the council can declare it.
area_agreements = table(
    "area_agreements",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("proposal", sa.Text, nullable=False, index=True),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("districts", sa.JSON, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("proposal", "area", "holder"),
    kind="public",
)

branches = table(
    "branches",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("area", sa.Text, sa.ForeignKey("areas.slug"), nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("proposed_entry", sa.BigInteger, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("registered_entry", sa.BigInteger),
    sa.Column("registered_at", Moment),
    sa.Column("ended_entry", sa.BigInteger),
    kind="public",
)
# Of those that have not ended: one branch in an area, one branch of a slug. The constraint decides a race.
for _column in (branches.c.slug, branches.c.area):
    sa.Index(
        f"uq_branches_{_column.name}_live",
        _column,
        unique=True,
        sqlite_where=branches.c.ended_entry.is_(None),
        postgresql_where=branches.c.ended_entry.is_(None),
    )

# A number that a branch is about to choose for itself.
branch_rule_changes = table(
    "branch_rule_changes",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("branch", sa.Text, sa.ForeignKey("branches.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    kind="public",
)

area_proposals = table(
    "area_proposals",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("areas", sa.JSON, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    kind="private",
)
