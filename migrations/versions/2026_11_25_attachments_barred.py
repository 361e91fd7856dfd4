"""Who is barred from a case is barred from its files, before all else"""

from alembic import op

revision = "attachments_barred"
down_revision = "bed_index"
branch_labels = None
depends_on = None

BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
FREE = f"case_id <> all(coalesce({BARRED}, '{{}}'))"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "do $do$ begin execute format($format$create policy barred on attachment"
        f" as restrictive to %I using ({FREE}) with check ({FREE})$format$,"
        " current_schema() || '_app'); end $do$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop policy barred on attachment")
