"""The hub's tables, as they begin."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# The search index follows found_texts: by triggers on SQLite, by an index over its words on PostgreSQL.
SQLITE = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS found_texts_fts USING fts5(text, content='found_texts', "
        "content_rowid='rowid', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS found_texts_ai AFTER INSERT ON found_texts BEGIN INSERT INTO "
        "found_texts_fts(rowid, text) VALUES (new.rowid, new.text); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS found_texts_ad AFTER DELETE ON found_texts BEGIN INSERT INTO "
        "found_texts_fts(found_texts_fts, rowid, text) VALUES ('delete', old.rowid, old.text); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS found_texts_au AFTER UPDATE ON found_texts BEGIN INSERT INTO "
        "found_texts_fts(found_texts_fts, rowid, text) VALUES ('delete', old.rowid, old.text); INSERT "
        "INTO found_texts_fts(rowid, text) VALUES (new.rowid, new.text); END"
    ),
)
POSTGRES = (
    (
        "ALTER TABLE found_texts ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS "
        "(array_to_tsvector(string_to_array(text, ' '))) STORED"
    ),
    "CREATE INDEX IF NOT EXISTS ix_found_texts_words ON found_texts USING gin (words)",
)


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "acts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("constitution", sa.BigInteger(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_entry", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_entry", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("opened_entry", name=op.f("uq_acts_opened_entry")),
        info={"kind": "public"},
    )
    op.create_index("ix_acts_outcome_due_at", "acts", ["outcome", "due_at"], unique=False)
    op.create_index(op.f("ix_acts_subject"), "acts", ["subject"], unique=False)
    op.create_table(
        "area_proposals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_proposals")),
        info={"kind": "private"},
    )
    op.create_table(
        "areas",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_areas")),
        info={"kind": "public"},
    )
    op.create_table(
        "audit_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_notes")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_audit_notes_person"), "audit_notes", ["person"], unique=False)
    op.create_table(
        "constitutions",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_constitutions")),
        sa.UniqueConstraint("version", name=op.f("uq_constitutions_version")),
        info={"kind": "public"},
    )
    op.create_table(
        "deployments",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("config", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_deployments")),
        info={"kind": "public"},
    )
    op.create_table(
        "entries",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_entries")),
        info={"kind": "public"},
    )
    op.create_index("ix_entries_type_index", "entries", ["type", "index"], unique=False)
    op.create_table(
        "found_texts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("own", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_found_texts")),
        info={"kind": "derived"},
    )
    op.create_index("ix_found_texts_name_key_id", "found_texts", ["name_key", "id"], unique=False)
    op.create_index(op.f("ix_found_texts_place"), "found_texts", ["place"], unique=False)
    op.create_table(
        "group_counts",
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("group", name=op.f("pk_group_counts")),
        info={"kind": "derived"},
    )
    op.create_table(
        "group_drafts",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "branch", name=op.f("pk_group_drafts")),
        info={"kind": "private"},
    )
    op.create_table(
        "group_seats",
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group", name=op.f("pk_group_seats")),
        info={"kind": "private"},
    )
    op.create_table(
        "holders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
        info={"kind": "public"},
    )
    op.create_table(
        "holdings",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_holdings")),
        sa.UniqueConstraint("holder", name=op.f("uq_holdings_holder")),
        info={"kind": "private"},
    )
    op.create_table(
        "hub_facts",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("log_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("continues_origin", sa.Text(), nullable=True),
        sa.Column("continues_size", sa.BigInteger(), nullable=True),
        sa.Column("continues_root", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_hub_facts")),
        info={"kind": "public"},
    )
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
        info={"kind": "private"},
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_letters_person"), "letters", ["person"], unique=False)
    op.create_index("ix_letters_sent_at_at", "letters", ["sent_at", "at"], unique=False)
    op.create_table(
        "member_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_links")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_member_links_group"), "member_links", ["group"], unique=False)
    op.create_table(
        "membership_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_requests")),
        info={"kind": "private"},
    )
    op.create_index(
        "uq_membership_requests_open",
        "membership_requests",
        ["group", "person"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_memberships_person"), "memberships", ["person"], unique=False)
    op.create_index(
        "uq_memberships_open",
        "memberships",
        ["group", "person"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry_ref", sa.Text(), nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("entry_ref", name=op.f("uq_persons_entry_ref")),
        info={"kind": "private"},
    )
    op.create_table(
        "role_powers",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("constitution", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("role", "permission", name=op.f("pk_role_powers")),
        info={"kind": "public"},
    )
    op.create_table(
        "withdrawals",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("index", "digest", name=op.f("pk_withdrawals")),
        info={"kind": "private"},
    )
    op.create_table(
        "accounts",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("shown IN ('nickname', 'member')", name=op.f("ck_accounts_shown")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_accounts_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_accounts")),
        sa.UniqueConstraint("nickname", name=op.f("uq_accounts_nickname")),
        info={"kind": "private"},
    )
    op.create_table(
        "act_hands",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("hand", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("hand IN ('submit', 'yes', 'no')", name=op.f("ck_act_hands_hand")),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_act_hands_act")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_act_hands")),
        sa.UniqueConstraint("act", "step", "holder", name=op.f("uq_act_hands_act_step_holder")),
        info={"kind": "public"},
    )
    op.create_table(
        "act_moves",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_act_moves_act")),
        sa.PrimaryKeyConstraint("act", "step", name=op.f("pk_act_moves")),
        sa.UniqueConstraint("entry", name=op.f("uq_act_moves_entry")),
        info={"kind": "public"},
    )
    op.create_table(
        "area_districts",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["areas.slug"], name=op.f("fk_area_districts_area")),
        sa.PrimaryKeyConstraint("district", name=op.f("pk_area_districts")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_area_districts_area"), "area_districts", ["area"], unique=False)
    op.create_table(
        "branches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("proposed_entry", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("registered_entry", sa.BigInteger(), nullable=True),
        sa.Column("registered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area"], ["areas.slug"], name=op.f("fk_branches_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        info={"kind": "public"},
    )
    op.create_index(
        "uq_branches_area_live",
        "branches",
        ["area"],
        unique=True,
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.create_index(
        "uq_branches_slug_live",
        "branches",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("ended_entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_entry IS NULL)", name=op.f("ck_grants_ending")),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_grants_dates")),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_grants_holder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("entry", name=op.f("uq_grants_entry")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_grants_holder"), "grants", ["holder"], unique=False)
    op.create_index("ix_grants_scope_id_until_at", "grants", ["scope_id", "until_at"], unique=False)
    op.create_table(
        "openings",
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["index"], ["entries.index"], name=op.f("fk_openings_index")),
        sa.PrimaryKeyConstraint("index", "name", name=op.f("pk_openings")),
        info={"kind": "public"},
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("proven_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_sessions_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_sessions_id")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "standings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("proved_by", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_standings_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_standings_person"), "standings", ["person"], unique=False)
    op.create_index(
        "uq_standings_person_open",
        "standings",
        ["person"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("joining", sa.Text(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("proposed_entry", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("registered_entry", sa.BigInteger(), nullable=True),
        sa.Column("registered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("joining IN ('branch', 'members', 'accept')", name=op.f("ck_groups_joining")),
        sa.ForeignKeyConstraint(["branch"], ["branches.id"], name=op.f("fk_groups_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        info={"kind": "public"},
    )
    op.create_index("ix_groups_branch_slug", "groups", ["branch", "slug"], unique=False)
    op.create_index(
        "uq_groups_slug_live",
        "groups",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.create_table(
        "group_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_group_links_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_links")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_group_links_group"), "group_links", ["group"], unique=False)
    op.create_table(
        "office_acts",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("grant", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_office_acts_group")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_office_acts")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_office_acts_group"), "office_acts", ["group"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        for statement in POSTGRES:
            op.execute(statement)


def downgrade() -> None:
    """Takes them away again: nothing was there before."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE found_texts_fts")
    op.drop_index(op.f("ix_office_acts_group"), table_name="office_acts")
    op.drop_table("office_acts")
    op.drop_index(op.f("ix_group_links_group"), table_name="group_links")
    op.drop_table("group_links")
    op.drop_index(
        "uq_groups_slug_live",
        table_name="groups",
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.drop_index("ix_groups_branch_slug", table_name="groups")
    op.drop_table("groups")
    op.drop_index(
        "uq_standings_person_open",
        table_name="standings",
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.drop_index(op.f("ix_standings_person"), table_name="standings")
    op.drop_table("standings")
    op.drop_index(op.f("ix_sessions_person"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("openings")
    op.drop_index("ix_grants_scope_id_until_at", table_name="grants")
    op.drop_index(op.f("ix_grants_holder"), table_name="grants")
    op.drop_table("grants")
    op.drop_index(
        "uq_branches_slug_live",
        table_name="branches",
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.drop_index(
        "uq_branches_area_live",
        table_name="branches",
        sqlite_where=sa.text("ended_entry IS NULL"),
        postgresql_where=sa.text("ended_entry IS NULL"),
    )
    op.drop_table("branches")
    op.drop_index(op.f("ix_area_districts_area"), table_name="area_districts")
    op.drop_table("area_districts")
    op.drop_table("act_moves")
    op.drop_table("act_hands")
    op.drop_table("accounts")
    op.drop_table("withdrawals")
    op.drop_table("role_powers")
    op.drop_table("persons")
    op.drop_index(
        "uq_memberships_open",
        table_name="memberships",
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.drop_index(op.f("ix_memberships_person"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(
        "uq_membership_requests_open",
        table_name="membership_requests",
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.drop_table("membership_requests")
    op.drop_index(op.f("ix_member_links_group"), table_name="member_links")
    op.drop_table("member_links")
    op.drop_index("ix_letters_sent_at_at", table_name="letters")
    op.drop_index(op.f("ix_letters_person"), table_name="letters")
    op.drop_table("letters")
    op.drop_table("invitations")
    op.drop_table("hub_facts")
    op.drop_table("holdings")
    op.drop_table("holders")
    op.drop_table("group_seats")
    op.drop_table("group_drafts")
    op.drop_table("group_counts")
    op.drop_index(op.f("ix_found_texts_place"), table_name="found_texts")
    op.drop_index("ix_found_texts_name_key_id", table_name="found_texts")
    op.drop_table("found_texts")
    op.drop_index("ix_entries_type_index", table_name="entries")
    op.drop_table("entries")
    op.drop_table("deployments")
    op.drop_table("constitutions")
    op.drop_index(op.f("ix_audit_notes_person"), table_name="audit_notes")
    op.drop_table("audit_notes")
    op.drop_table("areas")
    op.drop_table("area_proposals")
    op.drop_index(op.f("ix_acts_subject"), table_name="acts")
    op.drop_index("ix_acts_outcome_due_at", table_name="acts")
    op.drop_table("acts")
