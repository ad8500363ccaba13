"""The derived index. ``text`` is folded; on PostgreSQL a GIN index reads it, on SQLite an FTS5 table follows it."""

import sqlalchemy as sa

from hub.db import table

found_texts = table(
    "found_texts",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
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
_POSTGRES = ("CREATE INDEX IF NOT EXISTS ix_found_texts_words ON found_texts USING gin (to_tsvector('simple', text))",)


def _ddl(statement: str, dialect: str) -> sa.ExecutableDDLElement:
    made: sa.DDL = sa.DDL(statement)  # type: ignore[no-untyped-call]  # the library leaves it unannotated
    return made.execute_if(dialect=dialect)


for _statement in _SQLITE:
    sa.event.listen(found_texts, "after_create", _ddl(_statement, "sqlite"))
for _statement in _POSTGRES:
    sa.event.listen(found_texts, "after_create", _ddl(_statement, "postgresql"))
