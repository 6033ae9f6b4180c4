"""Reports have a photo, may be shown to everybody, and keep the day that was promised."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; of older reports only the present due date is known."""
    op.add_column("reports", sa.Column("promised", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("reports", sa.Column("photo", sa.String(length=32), nullable=True))
    op.add_column("reports", sa.Column("lon_deg", sa.Float(), nullable=True))
    op.add_column("reports", sa.Column("lat_deg", sa.Float(), nullable=True))
    op.add_column(
        "reports", sa.Column("shown", sa.String(length=10), nullable=False, server_default="nothing")
    )
    op.execute("UPDATE reports SET promised = due")


def downgrade() -> None:
    """Drop them."""
    for name in ("shown", "lat_deg", "lon_deg", "photo", "promised"):
        op.drop_column("reports", name)
