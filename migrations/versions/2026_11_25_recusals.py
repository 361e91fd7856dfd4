"""A case is not there for those whose interests it touches

Who is a party of a case is barred from it by the database itself, whichever door the party, the
account or the ID number came in by: one function, called by triggers on all three. The rest is
declared. The wall asks first whether the transaction's account is barred, then whether it may see.
"""

import sqlalchemy as sa
from alembic import op

revision = "recusals"
down_revision = "seals"
branch_labels = None
depends_on = None

CASES = {
    "case": ("id",),
    "case_link": ("case_id", "other_id"),
    "case_party": ("case_id",),
    "party_gram": ("case_id",),
    "event": ("case_id",),
    "deadline": ("case_id",),
    "bed_stay": ("case_id",),
    "notice": ("case_id",),
    "outbox": ("case_id",),
    "case_vault": ("case_id",),
    "access_log": ("case_id",),
    "partner_document": ("case_id",),
    "disclosure": ("case_id",),
    "subject_request": ("case_id",),
    "legal_hold": ("case_id",),
    "recusal": ("case_id",),
}
"""Tables with rows of a case, and where they name it."""

BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
HELD = "seen_by && string_to_array(nullif(current_setting('app.holders', true), ''), ',')::bigint[]"
ALL = "select * from"
GIVEN = {
    "given_case": ('"case"', "id", ""),
    "given_clock": (
        "deadline",
        "case_id",
        " and met_at is null and dropped_at is null and paused_at is null",
    ),
}
"""What was given to somebody is shown past the wall, so its views ask the same themselves."""

SIGHT = (
    "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"
    " or account_id = nullif(current_setting('app.recused', true), '')::bigint"
)

FUNCTIONS = {
    "account_bars(bigint)": """
create function account_bars(who bigint) returns uuid[]
language sql stable security definer set search_path from current as $$
    select coalesce(array_agg(case_id order by case_id), '{}') from recusal
    where account_id = who and ended_at is null
$$""",
    "recuse(bigint, uuid, varchar, bigint)": """
create function recuse(who bigint, of_case uuid, why varchar, by_account bigint) returns boolean
language plpgsql security definer set search_path from current as $$
begin
    perform from "case" where id = of_case;
    if not found then
        return false;
    end if;
    insert into recusal (account_id, case_id, why, recorded_by)
    values (who, of_case, why, by_account) on conflict do nothing;
    if found then
        update account set version = version + 1 where id = who;
    end if;
    return true;
end $$""",
    "end_recusal(uuid, bigint)": """
create function end_recusal(which uuid, by_account bigint) returns boolean
language sql security definer set search_path from current as $$
    with ended as (
        update recusal set ended_by = by_account, ended_at = now()
        where id = which and ended_at is null returning account_id)
    update account set version = version + 1 from ended where account.id = ended.account_id
    returning true
$$""",
}

# What is not for the app to call.
OWN = {
    # One that was ended stays ended: somebody looked at it.
    "bar_parties(uuid[])": """
create function bar_parties(people uuid[]) returns void
language sql security definer set search_path from current as $$
    with barred as (
        insert into recusal (account_id, case_id, why)
        select distinct a.id, c.case_id, 'party'
        from person p
        join account a on a.id_index = p.id_index
        join case_party c on c.person_id = any(people)
        where p.id = any(people)
          and not exists (
              select from recusal r where r.account_id = a.id and r.case_id = c.case_id)
        on conflict do nothing returning account_id)
    update account set version = version + 1 where id in (select account_id from barred)
$$""",
    "bar_party()": """
create function bar_party() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    perform bar_parties(one_person(array[new.person_id]));
    return null;
end $$""",
    "bar_person()": """
create function bar_person() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    perform bar_parties(one_person(array[new.id]));
    return null;
end $$""",
    "bar_account()": """
create function bar_account() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    perform bar_parties(one_person(array(
        select p.id from person p where p.id_index = new.id_index)));
    return null;
end $$""",
}
TRIGGERS = {
    "case_party": "after insert on case_party for each row execute function bar_party()",
    "person": "after update of id_index, same_as on person for each row"
    " when (new.id_index is distinct from old.id_index or new.same_as is distinct from old.same_as)"
    " execute function bar_person()",
    "account": "after insert or update of id_index on account for each row"
    " when (new.id_index is not null) execute function bar_account()",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("account", sa.Column("id_index", sa.LargeBinary()))
    op.create_index("ix_account_id_index", "account", ["id_index"])
    moment = sa.DateTime(timezone=True)
    account = sa.ForeignKey("account.id")
    op.create_table(
        "recusal",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), account, nullable=False),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("recorded_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("ended_at", moment),
    )
    op.create_index(
        "uq_recusal_standing",
        "recusal",
        ["account_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("ix_recusal_case", "recusal", ["case_id"])
    op.execute("alter table recusal enable row level security")
    op.execute("alter table recusal force row level security")
    op.execute("create policy owner on recusal to current_user using (true) with check (true)")
    op.execute(f"create policy sight on recusal using ({SIGHT}) with check (false)")
    for table, columns in CASES.items():
        free = " and ".join(f"array_position({BARRED}, {c}) is null" for c in columns)
        for_app(
            f'create policy barred on "{table}" as restrictive to %I'
            f" using ({free}) with check ({free})"
        )
    for_app("grant select on recusal to %I")
    show_given(barring=True)
    for name, definition in (FUNCTIONS | OWN).items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
    for name in FUNCTIONS:
        for_app(f"grant execute on function {name} to %I")
    for table, when in TRIGGERS.items():
        op.execute(f"create trigger bar_{table} {when}")


def show_given(*, barring: bool) -> None:
    for view, (table, column, more) in GIVEN.items():
        free = f" and array_position({BARRED}, {column}) is null" if barring else ""
        op.execute(
            f"create or replace view {view} with (security_barrier) as {ALL} {table}"
            f" where {HELD}{more}{free}"
        )


def for_app(statement: str) -> None:
    """Run a statement in which %I stands for the app's role."""
    op.execute(
        "do $do$ begin execute format($format$"
        + statement
        + "$format$, current_schema() || '_app'); end $do$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TRIGGERS:
        op.execute(f"drop trigger bar_{table} on {table}")
    for name in reversed(FUNCTIONS | OWN):
        op.execute(f"drop function {name}")
    show_given(barring=False)
    for table in CASES:
        op.execute(f'drop policy barred on "{table}"')
    op.drop_table("recusal")
    op.drop_index("ix_account_id_index", "account")
    op.drop_column("account", "id_index")
