"""Relying parties (public); their keys, what they asked for, consents, sign-ins, codes, tokens, logouts (private)."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

clients = table(
    "clients",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("link", sa.Text, sa.ForeignKey("group_links.id"), nullable=False, index=True),
    sa.Column("tool", sa.Text, nullable=False),
    sa.Column("tells", sa.Text, nullable=False),
    sa.Column("pkce", sa.Boolean, nullable=False),
    sa.Column("act", sa.Text, nullable=False, unique=True),
    sa.Column("proposed_entry", sa.BigInteger, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("registered_entry", sa.BigInteger),
    sa.Column("registered_at", Moment),
    sa.Column("stopped_entry", sa.BigInteger),
    kind="public",
)

# What a client proves itself with, as hashes, and where it may be answered. Made when its organisers open its recipe.
client_keys = table(
    "client_keys",
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text),
    sa.Column("auth_method", sa.Text, nullable=False),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("redirect_uris", sa.JSON, nullable=False),
    sa.Column("post_logout_uris", sa.JSON, nullable=False),
    sa.Column("backchannel_uri", sa.Text),
    sa.Column("jwks", sa.JSON),
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("offline", sa.Boolean, nullable=False),
    sa.Column("registration_hash", sa.Text),
    sa.Column("made_at", Moment, nullable=False),
    kind="private",
)

# Addresses that a tool named for itself, until they begin (OP-14).
redirect_changes = table(
    "redirect_changes",
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("redirect_uris", sa.JSON, nullable=False),
    sa.Column("post_logout_uris", sa.JSON, nullable=False),
    sa.Column("backchannel_uri", sa.Text),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("next_at", Moment, nullable=False),
    kind="private",
)

# One-use tokens for a tool that registers itself (RFC 7591), each bound to one client of one group.
registration_tokens = table(
    "registration_tokens",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    kind="private",
)

# What a client sent a browser for: pushed (RFC 9126), or kept while the member signs in or consents.
asks = table(
    "asks",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
)

consents = table(
    "consents",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("silent", sa.Boolean, nullable=False),
    # An address that the member chose to show this one site, sealed to this consent, and for its person.
    sa.Column("address_sealed", Sealed),
    sa.Column("address_confirmed", sa.Boolean, nullable=False),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
    kind="private",
)

# An address that is being confirmed for one site, sealed likewise.
address_proofs = table(
    "address_proofs",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("code_hash", sa.Text, nullable=False),
    sa.Column("sealed", Sealed, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("used_at", Moment),
    kind="private",
)

# One member at one site. what: the groups and roles it began with, as JSON: a loss is noticed.
sign_ins = table(
    "sign_ins",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False, index=True),
    sa.Column("session", sa.Text, nullable=False, index=True),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("proven_at", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("ended_at", Moment),
    kind="private",
)

codes = table(
    "codes",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("sign_in", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("nonce", sa.Text),
    sa.Column("challenge", sa.Text),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    kind="private",
)

tokens = table(
    "tokens",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sign_in", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
    kind="private",
)

# Signed assertions that were used, until they are too old to be tried again (RFC 7523 section 3).
assertions = table(
    "assertions",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
)

# Back-channel logouts that are owed, until the site took them or a day is over.
logouts = table(
    "logouts",
    sa.Column("sign_in", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("owed_at", Moment, nullable=False),
    sa.Column("next_at", Moment, nullable=False, index=True),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("done_at", Moment),
    kind="private",
)

# Up to when endings of memberships, offices and sessions were followed.
followed = table(
    "followed",
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
)
