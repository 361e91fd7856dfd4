"""Events of the system itself: a table the app may only add to

Who asked a partner's system is kept with every look and every event, too: an operator code, never
a name.
"""

import sqlalchemy as sa
from alembic import op

revision = "audit_entries"
down_revision = "event_keys"
branch_labels = None
depends_on = None

APP = "current_schema() || '_app'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("operator", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_entry_recorded", "audit_entry", ["recorded_at", "id"])
    op.create_index("ix_audit_entry_account", "audit_entry", ["account_id", "recorded_at"])
    for table in ("access_log", "event"):
        op.add_column(table, sa.Column("operator", sa.String(), nullable=True))
    op.execute("alter table audit_entry enable row level security")
    op.execute("alter table audit_entry force row level security")
    op.execute("create policy owner on audit_entry to current_user using (true) with check (true)")
    op.execute("create policy sight on audit_entry using (false) with check (true)")
    op.execute(f"do $$ begin execute format('grant insert on audit_entry to %I', {APP}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in ("event", "access_log"):
        op.drop_column(table, "operator")
    op.drop_table("audit_entry")
