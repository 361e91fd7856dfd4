"""The keeper of keys seals anew what is sealed under the key of a case itself"""

from alembic import op

revision = "sealed_under_a_case"
down_revision = "recusals"
branch_labels = None
depends_on = None

SEALED = {"legal_hold": "reason", "subject_request": "wish, answer"}
KEEPER = "current_schema() || '_keys'"


def say(statement: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', {KEEPER}); end $$")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, columns in SEALED.items():
        say(f"grant select (id, case_id, {columns}), update ({columns}) on {table} to %I")
        say(f"create policy keys on {table} to %I using (true) with check (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in SEALED:
        op.execute(f"drop policy keys on {table}")
        say(f"revoke all on {table} from %I")
