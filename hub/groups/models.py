"""Groups, public links, acts about offices (public); memberships, requests, members' links, drafts (private)."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

groups = table(
    "groups",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("branch", sa.Text, sa.ForeignKey("branches.id"), nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("joining", sa.Text, nullable=False),
    sa.Column("seats", sa.BigInteger),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("proposed_entry", sa.BigInteger, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("registered_entry", sa.BigInteger),
    sa.Column("registered_at", Moment),
    sa.Column("ended_entry", sa.BigInteger),
    # By which entry its members closed it: its page stays, and nobody else takes its name.
    sa.Column("closed_entry", sa.BigInteger),
    # Into which group its members merged it, by that same entry.
    sa.Column("merged_into", sa.Text),
    sa.CheckConstraint("joining IN ('branch', 'members', 'accept')", name="joining"),
    sa.Index("ix_groups_branch_slug", "branch", "slug"),
    kind="public",
)
# One group of a slug, of those that have not ended: the constraint decides a race.
sa.Index(
    "uq_groups_slug_live",
    groups.c.slug,
    unique=True,
    sqlite_where=groups.c.ended_entry.is_(None),
    postgresql_where=groups.c.ended_entry.is_(None),
)

group_links = table(
    "group_links",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("declared_at", Moment, nullable=False),
    # The announcement under which it waits, or has waited, and since when it is the group's.
    sa.Column("act", sa.Text),
    sa.Column("shown_at", Moment),
    # The grant under which it was declared, and the second organiser's.
    sa.Column("declared_by", sa.BigInteger),
    sa.Column("confirmed_by", sa.BigInteger),
    sa.Column("confirmed_entry", sa.BigInteger),
    sa.Column("proved_by", sa.Text),
    sa.Column("proved_entry", sa.BigInteger),
    sa.Column("lapsed_entry", sa.BigInteger),
    sa.Column("withdrawn_entry", sa.BigInteger),
    kind="public",
)

# The other half of a proof, and how looks at it went. Public in what it leads to (link.proved, link.lapsed) alone.
link_proofs = table(
    "link_proofs",
    sa.Column("link", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("looked_at", Moment),
    sa.Column("seen_at", Moment),
    sa.Column("missing_since", Moment),
    kind="private",
)

settings_changes = table(
    "settings_changes",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("joining", sa.Text, nullable=False),
    sa.Column("seats", sa.BigInteger),
    # Where it is the name and purpose that would change: what they would be, and the entry that tells it.
    sa.Column("name", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("told_entry", sa.BigInteger),
    kind="public",
)

# Which group an act would close, and why.
closures = table(
    "closures",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    kind="public",
)

# Which group would end in which, why, and whose asking an act answers: each of the two has an act of its own.
mergers = table(
    "mergers",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("ends", sa.Text, sa.ForeignKey("groups.id"), nullable=False),
    sa.Column("into", sa.Text, sa.ForeignKey("groups.id"), nullable=False),
    sa.Column("answers", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    kind="public",
)

# What an act about an office is about: the role offered; the grant challenged, or lent from for some days; and its
# group. Of a branch's own office there is none: the act says where.
office_acts = table(
    "office_acts",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("grant", sa.Text),
    sa.Column("days", sa.BigInteger),
    kind="public",
)

memberships = table(
    "memberships",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until_at", Moment),
    sa.Column("by", sa.Text, nullable=False),
    sa.Index(
        "uq_memberships_open",
        "group",
        "person",
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    ),
    kind="private",
)

requests = table(
    "membership_requests",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("answered_at", Moment),
    sa.Column("answer", sa.Text),
    sa.Index(
        "uq_membership_requests_open",
        "group",
        "person",
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    ),
    kind="private",
)

# The row that is locked before anybody is counted in: a group never exceeds its seats.
group_seats = table(
    "group_seats",
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("taken", sa.BigInteger, nullable=False),
    kind="private",
)

# Invite links and the like. Never in the ledger, the mirror or state.
member_links = table(
    "member_links",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    # From when members see it: whoever organises sees it before, and can take it down.
    sa.Column("shown_from", Moment),
    # The organiser who last said that it is right, and when.
    sa.Column("kept_by", sa.Text),
    sa.Column("kept_at", Moment),
    kind="private",
)

DRAFT = "group_drafts.fields"
drafts = table(
    "group_drafts",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("branch", sa.Text, primary_key=True),
    sa.Column("fields", Sealed, nullable=False),
    sa.Column("at", Moment, nullable=False),
    kind="private",
)

# Published once a day, rounded down to ten: nobody can be counted in or out.
group_counts = table(
    "group_counts",
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("members", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    kind="derived",
)
