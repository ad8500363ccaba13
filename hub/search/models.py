"""The derived index.

On SQLite an FTS5 table follows it by triggers; on PostgreSQL a stored tsvector stands in it, under a GIN index.
"""

import sqlalchemy as sa

from hub.db import table

# Sorted by bytes on both databases, so that a page begins where the last one ended on either.
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# own: the thing's own words; text: those, and the words of the place it lies in. All of it is folded.
found_texts = table(
    "found_texts",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False, index=True),
    sa.Column("name_key", _KEY, nullable=False),
    sa.Column("own", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("ix_found_texts_name_key_id", "name_key", "id"),
    kind="derived",
)

_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS found_texts_fts USING fts5("
    "text, content='found_texts', content_rowid='rowid', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')",
    "CREATE TRIGGER IF NOT EXISTS found_texts_ai AFTER INSERT ON found_texts BEGIN "
    "INSERT INTO found_texts_fts(rowid, text) VALUES (new.rowid, new.text); END",
    "CREATE TRIGGER IF NOT EXISTS found_texts_ad AFTER DELETE ON found_texts BEGIN "
    "INSERT INTO found_texts_fts(found_texts_fts, rowid, text) VALUES ('delete', old.rowid, old.text); END",
    "CREATE TRIGGER IF NOT EXISTS found_texts_au AFTER UPDATE ON found_texts BEGIN "
    "INSERT INTO found_texts_fts(found_texts_fts, rowid, text) VALUES ('delete', old.rowid, old.text); "
    "INSERT INTO found_texts_fts(rowid, text) VALUES (new.rowid, new.text); END",
)
# The words are ours, divided by single spaces: PostgreSQL's own parser has nothing to decide.
_POSTGRES = (
    "ALTER TABLE found_texts ADD COLUMN IF NOT EXISTS words tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(text, ' '))) STORED",
    "CREATE INDEX IF NOT EXISTS ix_found_texts_words ON found_texts USING gin (words)",
)


def _ddl(statement: str, dialect: str) -> sa.ExecutableDDLElement:
    made: sa.DDL = sa.DDL(statement)  # type: ignore[no-untyped-call]  # the library leaves it unannotated
    return made.execute_if(dialect=dialect)


for _statement in _SQLITE:
    sa.event.listen(found_texts, "after_create", _ddl(_statement, "sqlite"))
for _statement in _POSTGRES:
    sa.event.listen(found_texts, "after_create", _ddl(_statement, "postgresql"))
