"""The vault opens on its own: for one case or for named people, after a decision of its own

Reading a case no longer opens its vault. A look may have its reason, sealed; some notices are for
supervisors only.
"""

import sqlalchemy as sa
from alembic import op

revision = "vault_opened"
down_revision = "rights"
branch_labels = None
depends_on = None


def setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')"


def people(name: str) -> str:
    return f"person_id = any(string_to_array({setting(name)}, ',')::uuid[])"


NOW = {
    "case_vault": f"case_id = {setting('vault_case')}::uuid",
    "person_vault": people("vault_people"),
}
BEFORE = {
    "case_vault": f"case_id = {setting('opened_case')}::uuid",
    "person_vault": people("people"),
}
KEEPER = "current_schema() || '_keys'"


def say(statement: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', {KEEPER}); end $$")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, using in NOW.items():
        op.execute(f"alter policy sight on {table} using ({using})")
    op.add_column("access_log", sa.Column("key", sa.LargeBinary(), nullable=True))
    op.add_column("access_log", sa.Column("reason", sa.LargeBinary(), nullable=True))
    say("grant select (id, key), update (key) on access_log to %I")
    say("create policy keys on access_log to %I using (true) with check (true)")
    op.add_column(
        "notice",
        sa.Column("supervisors", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("notice", "supervisors")
    op.execute("drop policy keys on access_log")
    say("revoke all on access_log from %I")
    op.drop_column("access_log", "reason")
    op.drop_column("access_log", "key")
    for table, using in BEFORE.items():
        op.execute(f"alter policy sight on {table} using ({using})")
