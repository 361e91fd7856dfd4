"""What a list showed, by digests; the record is read by the audit administrator

A look at a list is kept with a keyed digest of what was asked, how many rows were shown and a
digest of their ids: enough to show later what somebody saw, nothing to read it from.
"""

import sqlalchemy as sa
from alembic import op

revision = "looks"
down_revision = "barring"
branch_labels = None
depends_on = None

OWN = "account_id = nullif(current_setting('app.account', true), '')::bigint"
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"
AUDITOR = "current_setting('app.auditor', true) = 'on'"
APP = "current_schema() || '_app'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("access_log", sa.Column("query_digest", sa.LargeBinary(), nullable=True))
    op.add_column("access_log", sa.Column("found", sa.Integer(), nullable=True))
    op.add_column("access_log", sa.Column("found_digest", sa.LargeBinary(), nullable=True))
    op.create_index("ix_access_log_looked", "access_log", ["looked_at", "id"])
    _see("access_log", f"{OWN} or {ONE_CASE} or {AUDITOR}")
    _see("audit_entry", AUDITOR)
    op.execute(f"do $$ begin execute format('grant select on audit_entry to %I', {APP}); end $$")


def _see(table: str, using: str) -> None:
    op.execute(f"drop policy sight on {table}")
    op.execute(f"create policy sight on {table} using ({using}) with check (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    revoke = "revoke select on audit_entry from %I"
    op.execute(f"do $$ begin execute format('{revoke}', {APP}); end $$")
    _see("audit_entry", "false")
    _see("access_log", f"{OWN} or {ONE_CASE}")
    op.drop_index("ix_access_log_looked", "access_log")
    for column in ("found_digest", "found", "query_digest"):
        op.drop_column("access_log", column)
