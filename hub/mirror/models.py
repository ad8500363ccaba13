"""Which software and public settings this hub ran, since when. Public."""

import sqlalchemy as sa

from hub.db import Moment, table

deployments = table(
    "deployments",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("release", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("config", sa.Text),
    sa.Column("since", Moment, nullable=False),
    kind="public",
)
NEWEST = sa.select(deployments).order_by(deployments.c.entry.desc()).limit(1)
