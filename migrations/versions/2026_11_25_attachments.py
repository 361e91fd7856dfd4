"""Files of cases, sealed under the case's key and gone with it

They lie in the database: one backup, one transaction, one wall for all. Sealed bytes cannot be
packed, so the database does not try.
"""

import sqlalchemy as sa
from alembic import op

revision = "attachments"
down_revision = "account_register"
branch_labels = None
depends_on = None

APP = "current_schema() || '_app'"
KEEPER = "current_schema() || '_keys'"
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"

SHRED = """
create function shred_attachments() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    update attachment set key = '', original = '', picture = null where case_id = new.id;
    return null;
end $$"""


def say(statement: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', {role}); end $$")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary()),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment),
        sa.Column("withdrawn_by", sa.Uuid(), sa.ForeignKey("event.id")),
    )
    op.create_index("ix_attachment_case", "attachment", ["case_id", "recorded_at", "id"])
    for column in ("original", "picture"):
        op.execute(f"alter table attachment alter column {column} set storage external")
    op.execute("alter table attachment enable row level security")
    op.execute("alter table attachment force row level security")
    every = "using (true) with check (true)"
    op.execute(f"create policy owner on attachment to current_user {every}")
    op.execute(f"create policy sight on attachment using ({ONE_CASE}) with check ({ONE_CASE})")
    say("grant select, insert, update (withdrawn_at, withdrawn_by) on attachment to %I", APP)
    say("grant select (id, case_id, key), update (key) on attachment to %I", KEEPER)
    say(f"create policy keys on attachment to %I {every}", KEEPER)
    op.execute(SHRED)
    op.execute("revoke all on function shred_attachments() from public")
    op.execute(
        'create trigger shred_attachments after update of key on "case" for each row'
        " when (new.key = ''::bytea) execute function shred_attachments()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute('drop trigger shred_attachments on "case"')
    op.execute("drop function shred_attachments()")
    op.drop_table("attachment")
