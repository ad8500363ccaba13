"""Files that people sent (private): a row each; the bytes lie sealed in a folder, named by the row's id."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

# place: 1, 2, ... of those about one thing: of two that come at once, the constraint lets one through, which then looks
# at what there is by now. name: as its sender called it, sealed for them. media, size, sha256: of the clean bytes.
files = table(
    "files",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.UniqueConstraint("about", "place"),
    kind="private",
)
