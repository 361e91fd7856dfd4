"""Who was given what: a row for every organisation, role or area that a step shares a case with"""

import sqlalchemy as sa
from alembic import op

revision = "disclosures"
down_revision = "given"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
AREAS = " or ".join(
    f"{level} = any(string_to_array(nullif(current_setting('app.{level}s', true), ''), ',')"
    "::bigint[])"
    for level in ("district", "town", "village")
)
SIGHT = f"{AREAS} or case_id = nullif(current_setting('app.opened_case', true), '')::uuid"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("event_id", sa.Uuid(), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger()),
        sa.Column("recipient_role", sa.String()),
        sa.Column("recipient_area", sa.BigInteger()),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
        sa.CheckConstraint(
            "num_nonnulls(recipient_id, recipient_role, recipient_area) = 1",
            name="ck_disclosure_one_recipient",
        ),
    )
    op.create_index("ix_disclosure_case", "disclosure", ["case_id", "disclosed_at"])
    op.create_index("ix_disclosure_district", "disclosure", ["district", "disclosed_at", "id"])
    op.execute("alter table disclosure enable row level security")
    op.execute("alter table disclosure force row level security")
    op.execute("create policy owner on disclosure to current_user using (true) with check (true)")
    op.execute(f"create policy sight on disclosure using ({SIGHT}) with check (true)")
    op.execute(
        f"do $$ begin execute format('grant select, insert on disclosure to %I', {ROLE}); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("disclosure")
