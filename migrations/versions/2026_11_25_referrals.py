"""Referrals: who was asked to help in a case, and whether the right body was named

Both organisations see a referral to its end, whatever became of the case. Whoever declines lets
the case go: the row that gave it to them cannot be taken back by themselves, because a wall that
lets nobody write what they may not see lets nobody give away their own sight. One function does.
"""

import sqlalchemy as sa
from alembic import op

revision = "referrals"
down_revision = "requests_follow"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"


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
        "case_id = nullif(current_setting('app.opened_case', true), '')::uuid",
    )
)
FREE = (
    "case_id <> all(coalesce("
    "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[], '{}'))"
)
GRANTS = "select, insert, update (answered_at, answered_by, accepted, why, right_id)"
HELD = ("case", "case_party", "party_gram", "case_link", "event", "deadline", "bed_stay")
LET_GO = "referral_let_go(uuid, bigint)"
GIVEN_UP = "\n    ".join(
    f'update "{table}" set seen_by = array_remove(seen_by, organisation)'  # noqa: S608
    f" where {'id' if table == 'case' else 'case_id'} = of_case;"
    for table in HELD
)
FUNCTION = f"""
create function referral_let_go(of_case uuid, organisation bigint) returns void
language plpgsql security definer set search_path from current as $$
begin
    if of_case is distinct from nullif(current_setting('app.opened_case', true), '')::uuid
       or organisation <> all({listed("holders")}) then
        raise exception 'this case is not theirs to let go';
    end if;
    perform from referral where case_id = of_case and to_id = organisation
        having bool_and(accepted is false and not had);
    if not found or exists (
        select from "case" where id = of_case and organisation_id = organisation) then
        return;
    end if;
    {GIVEN_UP}
end $$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("needs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String()),
        sa.Column("had", sa.Boolean(), nullable=False),
        sa.Column("declined_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("why", sa.String()),
        sa.Column("right_id", sa.BigInteger()),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
        sa.Column(
            "seen_by", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "(accepted is false) = (right_id is not null and why is not null)",
            name="ck_referral_declined_names_the_right_body",
        ),
    )
    newest = [sa.literal_column("sent_at desc"), sa.literal_column("id desc")]
    op.create_index("ix_referral_case", "referral", ["case_id"])
    op.create_index(
        "uq_referral_open", "referral", ["case_id", "to_id"],
        unique=True, postgresql_where=sa.text("accepted is null"),
    )  # fmt: skip
    op.create_index("ix_referral_from", "referral", ["from_id", *newest])
    op.create_index("ix_referral_to", "referral", ["to_id", *newest])
    op.create_index(
        "ix_referral_declined", "referral", ["district", *newest],
        postgresql_where=sa.text("accepted is false"),
    )  # fmt: skip
    op.execute("alter table referral enable row level security")
    op.execute("alter table referral force row level security")
    op.execute("create policy owner on referral to current_user using (true) with check (true)")
    op.execute(f"create policy sight on referral using ({SCOPE}) with check ({SCOPE})")
    barred = f"create policy barred on referral as restrictive to %I using ({FREE})"
    op.execute(f"do $$ begin execute format($f${barred} with check ({FREE})$f$, {ROLE}); end $$")
    allow(f"{GRANTS} on referral")
    op.execute(FUNCTION)
    op.execute(f"revoke all on function {LET_GO} from public")
    allow(f"execute on function {LET_GO}")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"drop function {LET_GO}")
    op.drop_table("referral")
