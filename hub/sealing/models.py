"""The vault's own tables: a store apart from the hub's."""

import sqlalchemy as sa

from hub.db import NAMING, Moment, table

metadata = sa.MetaData(naming_convention=NAMING)

# The row goes when its subject is erased: that is the erasing.
keys = table(
    "keys",
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    kind="private",
    of=metadata,
)

# Whose key was destroyed: a database that was restored from before holds their rows again, and they are erased anew.
erased = table(
    "erased",
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    kind="private",
    of=metadata,
)

# Whose a sealed word is, where it must be found: a nickname, say. digest: HMAC-SHA-256 with the vault's own key. It
# stands here and not beside the sealed word: whoever has an old copy of the hub's database could try names by it.
names = table(
    "names",
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    kind="private",
    of=metadata,
)
