"""Lists on their way out as files: for whoever asked, once, and not for long"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "exports"
down_revision = "papers"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
WORKER = "current_schema() || '_worker'"
MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"
GRANTS = (
    "select, insert, update (written, seen_at, finished_at, failed, sha256, content, expires_at,"
    " fetched_at)"
)
EXPIRED = "exports_expire(integer)"
FUNCTION = """
create function exports_expire(most integer) returns integer
language plpgsql volatile security definer set search_path from current as $$
declare
    gone integer;
begin
    update export set content = null where id = any(array(
        select id from export where content is not null and expires_at < now() limit most));
    get diagnostics gone = row_count;
    return gone;
end $$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.Column("failed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("expires_at", moment),
        sa.Column("fetched_at", moment),
    )
    op.create_index("ix_export_account", "export", ["account_id", "asked_at"])
    op.execute("alter table export enable row level security")
    op.execute("alter table export force row level security")
    op.execute("create policy owner on export to current_user using (true) with check (true)")
    op.execute(f"create policy sight on export using ({MINE}) with check ({MINE})")
    allow(f"{GRANTS} on export", ROLE)
    op.execute(FUNCTION)
    op.execute(f"revoke all on function {EXPIRED} from public")
    allow(f"execute on function {EXPIRED}", WORKER)


def allow(rights: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"drop function {EXPIRED}")
    op.drop_table("export")
