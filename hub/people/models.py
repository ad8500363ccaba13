"""Private tables about people. No address, number, postcode or name is in any of them; their words are sealed."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

persons = table(
    "persons",
    sa.Column("id", sa.Text, primary_key=True),
    # The matcher's opaque name for a roster row. One row, one person (HS-19): the vault's names hold to it.
    sa.Column("entry_ref", Sealed),
    sa.Column("seed", Sealed),
    sa.Column("made_at", Moment, nullable=False),
    kind="private",
)

accounts = table(
    "accounts",
    sa.Column("person", sa.Text, sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("nickname", Sealed, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    # Locked by its owner, from a letter: nobody signs in until a recovery. Powers rest for a week after one (AU-07).
    sa.Column("handle", sa.LargeBinary),
    sa.Column("locked_at", Moment),
    sa.Column("rests_until", Moment),
    sa.CheckConstraint("shown IN ('nickname', 'member')", name="shown"),
    kind="private",
)

# Memberships as dated spells: a return is a new row of the same person (HS-24).
standings = table(
    "standings",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("area", sa.Text),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("proved_by", sa.Text, nullable=False),
    sa.Column("proved_at", Moment, nullable=False),
    sa.Column("until_at", Moment),
    # Since when this hub knows of the spell, and of its area: its own word, whatever the roster's day says.
    sa.Column("begun_at", Moment),
    sa.Column("area_since", Moment),
    # The area before that one: a roll of an earlier moment goes by it, however late it is written.
    sa.Column("area_before", sa.Text),
    sa.Index(
        "uq_standings_person_open",
        "person",
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    ),
    # Whether anybody is, or was, in an area is asked in every round of the clock.
    sa.Index("ix_standings_area", "area"),
    sa.Index("ix_standings_area_before", "area_before"),
    kind="private",
)

# token_hash: SHA-256 of 256 random bits. Who reads this table can sign in as nobody.
sessions = table(
    "sessions",
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("proven_at", Moment, nullable=False),
    # code: no passkey yet. passkey: by one. bootstrap: a code, of an account that has a passkey (AU-03).
    sa.Column("kind", sa.Text, nullable=False, server_default="code"),
    sa.Column("passkey_at", Moment),
    sa.Column("ended_at", Moment),
    kind="private",
)

invitations = table(
    "invitations",
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("branch_id", sa.Text),
    sa.Column("act", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("by_person", sa.Text),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("used_by", sa.Text),
    kind="private",
)

# What an authenticator's signature is checked with. No attestation, no device's name beyond what its owner calls it.
passkeys = table(
    "passkeys",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", Sealed, nullable=False),
    # Whether it can never leave its device (flag BE unset). Unknown, of before it was asked, counts as no.
    sa.Column("is_device_bound", sa.Boolean),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("removed_at", Moment),
    kind="private",
)

# Challenges that were answered, until they are too old: each counts once.
challenges = table(
    "challenges",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
)

# A way back without a passkey: two proofs, three days, and anybody's notice stops it (AU-07).
recoveries = table(
    "recoveries",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("letter_at", Moment),
    sa.Column("vouched_at", Moment),
    sa.Column("passkey_at", Moment),
    sa.Column("told", sa.BigInteger, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("outcome", sa.Text),
    kind="private",
)

# Two organisers' word, each by a passkey, that they met somebody who showed them this number (HS-22).
vouches = table(
    "vouches",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("number", sa.Text, nullable=False, index=True),
    sa.Column("by_person", sa.Text, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("number", "by_person"),
    kind="private",
)

# Failed tries, by a hash of route, address and hour (AU-19).
failures = table(
    "failures",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("until_at", Moment, nullable=False, index=True),
    kind="private",
)
