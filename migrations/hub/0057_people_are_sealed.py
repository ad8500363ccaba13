"""Nicknames, the names and seeds of rows of the list, addresses for sites: sealed for their person.

Whose a nickname or a row is, the vault says from now on. Addresses were sealed with a key of the hub's, and still are.
"""

import sqlalchemy as sa
from alembic import op

from hub import sealing

revision = "0057"
down_revision = "0056"

PERSONS = sa.table(
    "persons", sa.column("id"), sa.column("entry_ref"), sa.column("seed", sa.LargeBinary),
    sa.column("entry_ref_anew"), sa.column("seed_anew", sa.LargeBinary),
)  # fmt: skip
ACCOUNTS = sa.table("accounts", sa.column("person"), sa.column("nickname"), sa.column("nickname_anew"))
ADDRESSES = (("consents", ("person", "client"), "address_sealed"), ("address_proofs", ("id",), "sealed"))
TOGETHER = 500


def upgrade() -> None:
    """Seals each, and tells the vault whose it is."""
    tx = op.get_bind()
    _second(sa.LargeBinary())
    for some in _each(tx, PERSONS, PERSONS.c.id):
        for row in some:
            values = {
                "entry_ref_anew": _sealed(tx, row.id, "persons.entry_ref", row.entry_ref),
                "seed_anew": _sealed(tx, row.id, "persons.seed", row.seed),
            }
            tx.execute(sa.update(PERSONS).where(PERSONS.c.id == row.id).values(values))
        sealing.name(tx, "row", {row.entry_ref: row.id for row in some if row.entry_ref is not None})
    for some in _each(tx, ACCOUNTS, ACCOUNTS.c.person):
        for row in some:
            nickname = _sealed(tx, row.person, "accounts.nickname", row.nickname)
            tx.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.person == row.person).values(nickname_anew=nickname))
        sealing.name(tx, "nickname", {row.nickname: row.person for row in some})
    with op.batch_alter_table("persons") as table:
        table.drop_constraint("uq_persons_entry_ref", type_="unique")
    with op.batch_alter_table("accounts") as table:
        table.drop_constraint("uq_accounts_nickname", type_="unique")
    _instead(sa.LargeBinary(), sa.LargeBinary())
    _addresses(tx, sealing.seal)


def downgrade() -> None:
    """Opens each. Whose nickname nobody can open gets the random name of their row; the list names them no more."""
    tx = op.get_bind()
    _addresses(tx, sealing.read_bytes)
    _second(sa.Text())
    for row in (row for some in _each(tx, PERSONS, PERSONS.c.id) for row in some):
        values = {
            "entry_ref_anew": sealing.read(tx, row.id, "persons.entry_ref", row.entry_ref),
            "seed_anew": sealing.read_bytes(tx, row.id, "persons.seed", row.seed),
        }
        tx.execute(sa.update(PERSONS).where(PERSONS.c.id == row.id).values(values))
    for row in (row for some in _each(tx, ACCOUNTS, ACCOUNTS.c.person) for row in some):
        nickname = sealing.read(tx, row.person, "accounts.nickname", row.nickname) or row.person
        tx.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.person == row.person).values(nickname_anew=nickname))
    _instead(sa.Text(), sa.LargeBinary())
    with op.batch_alter_table("persons") as table:
        table.create_unique_constraint("uq_persons_entry_ref", ["entry_ref"])
    with op.batch_alter_table("accounts") as table:
        table.create_unique_constraint("uq_accounts_nickname", ["nickname"])


def _addresses(tx, turned) -> None:
    """Turns each address; a row whose address nobody can open asks for none any more."""
    for name, key, column in ADDRESSES:
        rows = sa.table(name, *map(sa.column, {*key, "person"}), sa.column(column, sa.LargeBinary))
        for row in tx.execute(sa.select(rows).where(rows.c[column].is_not(None))).mappings().all():
            mine = sa.and_(*(rows.c[one] == row[one] for one in key))
            address = turned(tx, row["person"], f"{name}.{column}", bytes(row[column]))
            if address is None and name == "address_proofs":
                tx.execute(sa.delete(rows).where(mine))
            else:
                tx.execute(sa.update(rows).where(mine).values({column: address}))


def _second(words) -> None:
    op.add_column("persons", sa.Column("entry_ref_anew", words))
    op.add_column("persons", sa.Column("seed_anew", sa.LargeBinary()))
    op.add_column("accounts", sa.Column("nickname_anew", words))


def _each(tx, rows, key):
    """Yields some hundred rows after others, with their keys at hand."""
    after = ""
    while some := tx.execute(sa.select(rows).where(key > after).order_by(key).limit(TOGETHER)).all():
        sealing.new(tx, [row[0] for row in some])
        yield some
        after = some[-1][0]


def _sealed(tx, person, place, value) -> bytes | None:
    if value is None:
        return None
    return sealing.seal(tx, person, place, value.encode() if isinstance(value, str) else bytes(value))


def _instead(words, octets) -> None:
    """Puts the second columns in the place of the first."""
    with op.batch_alter_table("persons") as table:
        table.drop_column("entry_ref")
        table.drop_column("seed")
    with op.batch_alter_table("persons") as table:
        table.alter_column("entry_ref_anew", new_column_name="entry_ref", existing_type=words)
        table.alter_column("seed_anew", new_column_name="seed", existing_type=octets)
    with op.batch_alter_table("accounts") as table:
        table.drop_column("nickname")
    with op.batch_alter_table("accounts") as table:
        table.alter_column("nickname_anew", new_column_name="nickname", existing_type=words, nullable=False)
