"""How the tables of accounts came to be, version by version (Alembic). A published version never changes."""
