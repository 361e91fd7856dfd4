"""Papers: a district's own templates, and which paper was made of which case by whom"""

import sqlalchemy as sa
from alembic import op

revision = "papers"
down_revision = "figures_unbarred"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
SIGNED_IN = "nullif(current_setting('app.account', true), '') is not null"
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"
FREE = (
    "case_id <> all(coalesce("
    "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[], '{}'))"
)
SIGHT = {"paper_template": SIGNED_IN, "case_paper": ONE_CASE}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "paper_template",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", moment, server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("ix_paper_template_newest", "paper_template", ["district", "paper", "id"])
    op.create_table(
        "case_paper",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("template_sha256", sa.String(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_index("ix_case_paper_case", "case_paper", ["case_id", "made_at"])
    for table, sight in SIGHT.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy sight on {table} using ({sight}) with check ({sight})")
        allow(f"select, insert on {table}")
    allow("usage on sequence paper_template_id_seq")
    barred = f"create policy barred on case_paper as restrictive to %I using ({FREE})"
    op.execute(f"do $$ begin execute format($f${barred} with check ({FREE})$f$, {ROLE}); end $$")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("case_paper")
    op.drop_table("paper_template")
