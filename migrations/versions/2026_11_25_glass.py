"""In an emergency one case is read for an hour by somebody out of whose sight it is

The wall lets such a case be read, never changed, while the transaction says so; for how long is in
the row, and every transaction is told anew. Two functions look past the wall: one finds the case,
one writes the grant, its notice to supervisors, and the account's new version at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "glass"
down_revision = "conflicts_of_a_case"
branch_labels = None
depends_on = None

READ = {
    "case": "id",
    "case_party": "case_id",
    "case_link": "case_id",
    "event": "case_id",
    "deadline": "case_id",
}


def listed(setting: str, type_: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::{type_}[]"


ACCOUNT = "nullif(current_setting('app.account', true), '')::bigint"
SCOPE = " or ".join(
    f"array_position({listed(f'{level}s', 'bigint')}, {level}) is not null"
    for level in ("district", "town", "village")
)
UNBARRED = f"array_position({listed('barred', 'uuid')}, case_id) is null"

FUNCTIONS = {
    "account_glass": """
create function account_glass(who bigint) returns jsonb
language sql stable security definer set search_path from current as $$
    select coalesce(jsonb_agg(jsonb_build_array(case_id, ends_at)), '[]') from glass
    where account_id = who and ends_at > now()
$$""",
    # The newest open case of the number, or in which somebody has the ID number.
    "glass_case": """
create function glass_case(numbered varchar, mark bytea, districts bigint[], kinds text[])
returns setof "case"
language sql stable security definer set search_path from current as $$
    select k.* from "case" k
    where k.district = any(districts) and k.kind = any(kinds)
      and (k.number = numbered
        or k.id in (select p.case_id from case_party p where p.id_index = mark))
      and array_position(string_to_array(
          nullif(current_setting('app.barred', true), ''), ',')::uuid[], k.id) is null
    order by k.closed_at is not null, k.opened_at desc, k.id desc limit 1
$$""",
    "break_glass": """
create function break_glass(which uuid, of_case uuid, by_organisation bigint, as_role varchar,
    at timestamptz, until timestamptz, tell varchar[], told varchar, why varchar) returns void
language plpgsql security definer set search_path from current as $$
declare
    k "case"%rowtype;
    who bigint := nullif(current_setting('app.account', true), '')::bigint;
begin
    select * into strict k from "case" where id = of_case;
    insert into glass (id, case_id, account_id, organisation_id, role, broken_at, ends_at,
        district, town, village)
    values (which, of_case, who, by_organisation, as_role, at, until,
        k.district, k.town, k.village);
    insert into notice (id, case_id, event_id, role, text, basis, sent_at, supervisors,
        district, town, village)
    select gen_random_uuid(), of_case, of_case, r, told, why, at, true,
        k.district, k.town, k.village from unnest(tell) r;
    update account set version = version + 1 where id = who;
end $$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    account = sa.ForeignKey("account.id")
    op.create_table(
        "glass",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), account, nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("broken_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("verdict", sa.String()),
        sa.Column("reviewed_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("reviewed_at", moment),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
    )
    op.create_index("ix_glass_account", "glass", ["account_id", "ends_at"])
    op.create_index("ix_glass_district", "glass", ["district", "broken_at"])
    op.execute("alter table glass enable row level security")
    op.execute("alter table glass force row level security")
    op.execute("create policy owner on glass to current_user using (true) with check (true)")
    op.execute(
        f"create policy sight on glass using ({SCOPE} or account_id = {ACCOUNT})"
        f" with check ({SCOPE})"
    )
    for_app(
        f"create policy barred on glass as restrictive to %I using ({UNBARRED})"
        f" with check ({UNBARRED})"
    )
    for_app("grant select, update (verdict, reviewed_by, reviewed_at) on glass to %I")
    for table, column in READ.items():
        broken = f"array_position({listed('glass', 'uuid')}, {column}) is not null"
        for_app(f'create policy glass on "{table}" for select to %I using ({broken})')
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        for_app(f"grant execute on function {name} to %I")


def for_app(statement: str) -> None:
    """Run a statement in which %I stands for the app's role."""
    op.execute(
        "do $do$ begin execute format($format$"
        + statement
        + "$format$, current_schema() || '_app'); end $do$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    for table in READ:
        op.execute(f'drop policy glass on "{table}"')
    op.drop_table("glass")
