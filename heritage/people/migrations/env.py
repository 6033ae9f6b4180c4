"""Alembic runs this: the migrations, over the connection that `database.migrations` was given."""

from alembic import context

from heritage.people.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters few things in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
