"""Alembic runs this: the migrations, over the connection that `database.migrations` was given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
