"""What letters say, why the private trail notes something, names of passkeys and drafts: sealed for their person.

Nothing is lost either way, as long as the vault is there. The room that clear words took in the file is another
matter: deploy/README.md, "The vault".
"""

import json

import sqlalchemy as sa
from alembic import op

from hub import sealing

revision = "0056"
down_revision = "0059"

# Table, its key, its column, and what the column was before.
COLUMNS = (
    ("letters", ("id",), "params", sa.JSON()),
    ("audit_notes", ("id",), "why", sa.Text()),
    ("passkeys", ("id",), "name", sa.Text()),
    ("group_drafts", ("person", "branch"), "fields", sa.JSON()),
)
TOGETHER = 500


def upgrade() -> None:
    """Seals each value for the person of its row."""
    for name, key, column, _clear in COLUMNS:
        _change(name, key, column, sa.LargeBinary(), _seal)


def downgrade() -> None:
    """Opens each; what nobody can open is empty."""
    for name, key, column, clear in COLUMNS:
        _change(name, key, column, clear, _open)


def _change(name, key, column, kind, turned) -> None:
    """Gives a column another type: a second one is filled, takes the first one's place, and must not be empty."""
    tx, anew = op.get_bind(), f"{column}_anew"
    op.add_column(name, sa.Column(anew, kind))
    before = sa.LargeBinary() if turned is _open else next(one[3] for one in COLUMNS if one[0] == name)
    kinds = {column: before, anew: kind}
    rows = sa.table(name, *(sa.column(one, kinds.get(one)) for one in {*key, "person", column, anew}))
    left = sa.select(*(rows.c[one] for one in (*key, "person", column))).where(rows.c[anew].is_(None)).limit(TOGETHER)
    while some := tx.execute(left).mappings().all():
        sealing.new(tx, [row["person"] for row in some])
        for row in some:
            mine = sa.and_(*(rows.c[one] == row[one] for one in key))
            value = turned(tx, row["person"], f"{name}.{column}", row[column], kind)
            tx.execute(sa.update(rows).where(mine).values({anew: value}))
    with op.batch_alter_table(name) as table:
        table.drop_column(column)
    with op.batch_alter_table(name) as table:
        table.alter_column(anew, new_column_name=column, existing_type=kind, nullable=False)


def _seal(tx, person, place, value, _kind) -> bytes:
    words = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return sealing.write(tx, person, place, words)


def _open(tx, person, place, value, kind) -> object:
    words = sealing.read(tx, person, place, value)
    if isinstance(kind, sa.JSON):
        return json.loads(words or "{}")
    return words or ""
