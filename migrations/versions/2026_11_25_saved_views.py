"""Filters of lists under a name, one's own or the organisation's"""

import sqlalchemy as sa
from alembic import op

revision = "saved_views"
down_revision = "conflicts_settled"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"
OURS = (
    "shared and organisation_id = any(string_to_array("
    "nullif(current_setting('app.holders', true), ''), ',')::bigint[])"
)
GRANTS = "select, insert, update (removed_at)"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", moment),
    )
    for name in ("account", "organisation"):
        op.create_index(f"ix_saved_view_{name}", "saved_view", [f"{name}_id"])
    op.execute("alter table saved_view enable row level security")
    op.execute("alter table saved_view force row level security")
    op.execute("create policy owner on saved_view to current_user using (true) with check (true)")
    op.execute(f"create policy sight on saved_view using ({MINE} or {OURS}) with check ({MINE})")
    op.execute(f"do $$ begin execute format('grant {GRANTS} on saved_view to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("saved_view")
