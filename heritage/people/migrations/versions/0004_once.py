"""Reports have a revision, and a retry of one is known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; NULLs do not clash with each other."""
    with op.batch_alter_table("reports") as table:
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("once", sa.String(length=64), nullable=True))
        table.create_unique_constraint("uq_reports_once", ["once"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("reports") as table:
        table.drop_constraint("uq_reports_once", type_="unique")
        table.drop_column("once")
        table.drop_column("revision")
