"""What became of a phone's record that was kept for the supervisor, and which version she judged"""

import sqlalchemy as sa
from alembic import op

revision = "conflicts_settled"
down_revision = "flags_by_case"
branch_labels = None
depends_on = None

RIGHTS = "update (verdict, version, changed_at) on phone_conflict"
ROLE = "current_schema() || '_app'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("phone_conflict", sa.Column("verdict", sa.String()))
    op.add_column(
        "phone_conflict",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column(
        "phone_conflict",
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_index("ix_phone_conflict_account", "phone_conflict", ["account_id", "settled_at"])
    op.execute(f"do $$ begin execute format('grant {RIGHTS} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_phone_conflict_account", "phone_conflict")
    for column in ("changed_at", "version", "verdict"):
        op.drop_column("phone_conflict", column)
