"""Runs migrations on the connection it is given: hub.migrate opens and commits the unit of work."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
