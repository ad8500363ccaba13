"""The matcher's store. It holds no number, postcode, name or address in clear: keyed digests and sealed contacts.

Who takes this store without the keys beside it can confirm nobody's membership.
"""

import sqlalchemy as sa

from hub.db import NAMING, Moment, table

metadata = sa.MetaData(naming_convention=NAMING)

roster_entries = table(
    "roster_entries",
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("id_digest", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("pair_digest", sa.LargeBinary(32), index=True),
    sa.Column("contact_digest", sa.LargeBinary(32)),
    sa.Column("contact", sa.LargeBinary),
    sa.Column("area", sa.Text),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("ends_at", Moment, index=True),
    sa.Column("missing_since", Moment),
    sa.Column("renewal", sa.Text),
    sa.Column("first_seen", sa.Date, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("first_import", sa.Text),
    sa.Column("last_import", sa.Text, nullable=False),
    sa.Column("redeemed_at", Moment),
    sa.Column("letter_asked_at", Moment),
    kind="private",
    of=metadata,
)

# Domains that contacts are in: by a keyed digest, the name itself sealed. ending: digest of what follows the last dot.
# said, said_at: what the registry says of it, and since which look; seen_at: when it was last seen registered.
mail_domains = table(
    "mail_domains",
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("ending", sa.LargeBinary(32), nullable=False, index=True),
    sa.Column("is_sure", sa.Boolean, nullable=False),
    sa.Column("seen_at", Moment),
    sa.Column("said", sa.Text),
    sa.Column("said_at", Moment),
    sa.Column("next_at", Moment, nullable=False, index=True),
    kind="private",
    of=metadata,
)

# One contact of one row, since the import that brought it; un-verified once its domain lapsed or changed hands.
contact_spells = table(
    "contact_spells",
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("contact_digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("domain_digest", sa.LargeBinary(32), index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("unverified_at", Moment),
    sa.Column("why", sa.Text),
    kind="private",
    of=metadata,
)

# A former postcode still matches for a while; the code goes to the contact of today.
former_pairs = table(
    "former_pairs",
    sa.Column("pair_digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, index=True),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
    of=metadata,
)

# How each source writes its numbers: whether capitals count, how many digits they are padded to.
sources = table(
    "sources",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("id_case", sa.Text, nullable=False),
    sa.Column("id_pad_to", sa.Integer),
    sa.Column("headers", sa.Text),
    kind="private",
    of=metadata,
)

codes = table(
    "codes",
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("nonce_digest", sa.Text),
    sa.Column("seed", sa.LargeBinary),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("used_at", Moment),
    kind="private",
    of=metadata,
)

# A right pair of a row without a contact, for the day in which two organisers may vouch for who typed it (HS-22).
contactless = table(
    "contactless",
    sa.Column("nonce_digest", sa.Text, primary_key=True),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("seed", sa.LargeBinary, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
    of=metadata,
)

# A browser's tries, counted alike whether a code was ever sent to it or not.
nonces = table(
    "nonces",
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    kind="private",
    of=metadata,
)

# key: HMAC of what is counted, under a key of its day or month; the row goes when the key goes.
counters = table(
    "counters",
    sa.Column("key", sa.LargeBinary(32), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("until_at", Moment, nullable=False, index=True),
    kind="private",
    of=metadata,
)

counter_keys = table(
    "counter_keys",
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("key", sa.LargeBinary(32), nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
    of=metadata,
)

sendings = table(
    "sendings",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Index("ix_sendings_ref_template_at", "ref", "template", "at"),
    kind="private",
    of=metadata,
)

evaluations = table(
    "evaluations",
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("sent", sa.Integer, nullable=False),
    sa.Column("published_at", Moment),
    kind="private",
    of=metadata,
)

# One line for each import that was applied: counts and the file's hash, never a row of it.
imports = table(
    "imports",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("headers_before", sa.Text),
    sa.Column("undone_at", Moment),
    kind="private",
    of=metadata,
)

# An area's figures in each import, for the stops that look back 30 days.
area_counts = table(
    "area_counts",
    sa.Column("import_id", sa.Text, primary_key=True),
    sa.Column("area", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("left", sa.Integer, nullable=False),
    sa.Column("joined", sa.Integer, nullable=False),
    kind="private",
    of=metadata,
)

# What an import found in the rows that it changed, so that it can be taken back for 30 days.
priors = table(
    "priors",
    sa.Column("import_id", sa.Text, primary_key=True),
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("pair_digest", sa.LargeBinary(32)),
    sa.Column("contact_digest", sa.LargeBinary(32)),
    sa.Column("contact", sa.LargeBinary),
    sa.Column("area", sa.Text),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("ends_at", Moment),
    sa.Column("missing_since", Moment),
    sa.Column("renewal", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("last_import", sa.Text, nullable=False),
    kind="private",
    of=metadata,
)

# Imports and undoings that one operator has asked for, and that wait for a second one.
waiting = table(
    "waiting",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    kind="private",
    of=metadata,
)

waiting_rows = table(
    "waiting_rows",
    sa.Column("waiting_id", sa.Text, primary_key=True),
    sa.Column("line", sa.BigInteger, primary_key=True),
    sa.Column("id_digest", sa.LargeBinary(32), nullable=False),
    sa.Column("pair_digest", sa.LargeBinary(32)),
    sa.Column("contact_digest", sa.LargeBinary(32)),
    sa.Column("contact", sa.LargeBinary),
    sa.Column("area", sa.Text),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("renewal", sa.Text, nullable=False),
    sa.Column("updated", sa.Text, nullable=False),
    sa.Column("bits", sa.Integer, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("former_digest", sa.LargeBinary(32)),
    kind="private",
    of=metadata,
)

# Who works the roster. A key is shown once and kept as its hash: a second operator is somebody with another key.
operators = table(
    "operators",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("since", Moment, nullable=False),
    kind="private",
    of=metadata,
)

# What the hub is to be told, written with what it is about; the row goes when it has been stated.
tellings = table(
    "tellings",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("fact", sa.JSON, nullable=False),
    kind="private",
    of=metadata,
)
