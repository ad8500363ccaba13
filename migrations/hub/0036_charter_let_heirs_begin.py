"""An heir may begin charters of its own: their numbers begin again, so the entry tells one charter from another."""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Keys charters by their entry."""
    _key_by("entry")


def downgrade() -> None:
    """Keys them by their version again: refused by the database itself where two chains stand in it."""
    _key_by("version")


def _key_by(column: str) -> None:
    with op.batch_alter_table("charters") as table:
        table.drop_constraint("pk_charters", type_="primary")
        table.create_primary_key("pk_charters", [column])
