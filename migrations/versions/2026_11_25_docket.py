"""The docket of mediation: rooms, and who sits with whom when, never two at once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "docket"
down_revision = "exports"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
SIGNED_IN = "nullif(current_setting('app.account', true), '') is not null"


def listed(setting: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::bigint[]"


SCOPE = " or ".join(
    (
        *(
            f"array_position({listed(f'{n}s')}, {n}) is not null"
            for n in ("district", "town", "village")
        ),
        f"seen_by && {listed('holders')}",
    )
)
FREE = (
    "case_id <> all(coalesce("
    "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[], '{}'))"
)
WALLS = {"room": SIGNED_IN, "sitting": SCOPE}
GRANTS = {
    "room": "select, insert, update (closed_at)",
    "sitting": "select, insert, update (cancelled_at, district, town, village, seen_by)",
}
ONCE = ("room_id", "mediator_id", "case_id")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "room",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "organisation_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("closed_at", moment),
    )
    op.create_index("uq_room_name", "room", ["organisation_id", "name"], unique=True)
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), sa.ForeignKey("room.id"), nullable=False),
        sa.Column("mediator_id", sa.BigInteger(), sa.ForeignKey("account.id"), nullable=False),
        *(
            sa.Column(name, moment, nullable=False)
            for name in ("starts_at", "ends_at", "arrives_a", "arrives_b")
        ),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("cancelled_at", moment),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
        sa.Column(
            "seen_by", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint("starts_at < ends_at", name="ck_sitting_ends_after_it_starts"),
        *(
            ExcludeConstraint(
                (sa.column(name), "="),
                (sa.text("tstzrange(starts_at, ends_at, '[)')"), "&&"),
                name=f"ex_sitting_{name.removesuffix('_id')}",
                using="gist",
                where=sa.text("cancelled_at is null"),
            )
            for name in ONCE
        ),
    )
    op.create_index("ix_sitting_case", "sitting", ["case_id"])
    op.create_index("ix_sitting_district", "sitting", ["district", "starts_at"])
    op.create_index("ix_sitting_seen_by", "sitting", ["seen_by"], postgresql_using="gin")
    for table, sight in WALLS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy sight on {table} using ({sight}) with check ({sight})")
        allow(f"{GRANTS[table]} on {table}")
    allow("usage on sequence room_id_seq")
    barred = f"create policy barred on sitting as restrictive to %I using ({FREE})"
    op.execute(f"do $$ begin execute format($f${barred} with check ({FREE})$f$, {ROLE}); end $$")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("sitting")
    op.drop_table("room")
