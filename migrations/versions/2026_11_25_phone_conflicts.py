"""What phones recorded and the server would not apply, for the supervisor to settle"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "phone_conflicts"
down_revision = "sealed_under_a_case"
branch_labels = None
depends_on = None

APP = "current_schema() || '_app'"
KEEPER = "current_schema() || '_keys'"
GRANTS = "select, insert, update (settled_at, settled_by)"


def listed(setting: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::bigint[]"


SIGHT = " or ".join(
    (
        f"district = any({listed('districts')})",
        f"town = any({listed('towns')})",
        f"village = any({listed('villages')})",
        f"seen_by && {listed('holders')}",
        "account_id = nullif(current_setting('app.account', true), '')::bigint",
    )
)


def say(statement: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', {role}); end $$")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "phone_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", moment, nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by", ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_phone_conflict_place", "phone_conflict", ["district", "settled_at", "received_at"]
    )
    op.execute("alter table phone_conflict enable row level security")
    op.execute("alter table phone_conflict force row level security")
    every = "using (true) with check (true)"
    op.execute(f"create policy owner on phone_conflict to current_user {every}")
    op.execute(f"create policy sight on phone_conflict using ({SIGHT}) with check ({SIGHT})")
    say(f"grant {GRANTS} on phone_conflict to %I", APP)
    say("grant select (id, key), update (key) on phone_conflict to %I", KEEPER)
    say(f"create policy keys on phone_conflict to %I {every}", KEEPER)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("phone_conflict")
