"""Administrators keep the register of accounts, each only her own part of it (三员分立)

Who an account belongs to is the system administrator's, what it may do the security administrator's
(GB/T 22239-2019, 8.1.5.1 and 8.1.5.3). The app still cannot write to accounts or roles: functions
do, and ask themselves which office the transaction's account holds. Nobody changes her own account.

A password that somebody else set opens nothing without the start code that another administrator
hands out, nor can a first second factor be enrolled without one where one is demanded.
"""

import sqlalchemy as sa
from alembic import op

revision = "account_register"
down_revision = "referrals"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"

FUNCTIONS = {
    # Who signed in as the owner works at the machine itself.
    "holds_office(varchar[])": """
create function holds_office(offices varchar[]) returns boolean
language sql stable security definer set search_path from current as $$
    select session_user <> current_schema() || '_app' or exists (
        select from account_grant where account_id = own_account() and role = any(offices))
$$""",
    "account_standing(bigint[])": """
create function account_standing(whose bigint[])
returns table (account_id bigint, second_factors bigint, start_code_until timestamptz,
    password_since timestamptz, password_seen boolean, seen_at timestamptz, id_number_known boolean,
    kin bigint)
language sql stable security definer set search_path from current as $$
    select a.id,
        (select count(*) from second_factor f where f.account_id = a.id
            and f.confirmed_at is not null and f.removed_at is null),
        (select s.ends_at from start_code s where s.account_id = a.id
            and s.used_at is null and s.ends_at > now()),
        c.changed_at, coalesce(c.seen_by_others, false),
        (select max(s.seen_at) from session s where s.account_id = a.id),
        a.id_index is not null,
        (select count(*) from account_kin k where k.account_id = a.id)
    from account a left join credential c on c.account_id = a.id
    where a.id = any(whose)
      and holds_office('{system_admin,security_admin,audit_admin}')
$$""",
    "account_make(varchar, varchar, bigint, varchar)": """
create function account_make(name varchar, title varchar, organisation bigint, hash varchar)
returns bigint
language plpgsql security definer set search_path from current as $$
declare
    made bigint;
begin
    if holds_office('{system_admin}') then
        insert into account (username, display_name, organisation_id)
        values (name, title, organisation) on conflict (username) do nothing returning id into made;
        insert into credential (account_id, password_hash, seen_by_others)
        select made, hash, true where made is not null;
    end if;
    return made;
end $$""",
    "account_change(bigint, integer, varchar, bigint)": """
create function account_change(whose bigint, known integer, title varchar, organisation bigint)
returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch('{system_admin}', whose, known);
begin
    update account set display_name = title, organisation_id = organisation
    where id = whose and now_at is not null;
    return now_at;
end $$""",
    "account_shut(bigint, integer, boolean)": """
create function account_shut(whose bigint, known integer, shut boolean) returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch(case when shut then '{system_admin,security_admin}'::varchar[]
        else '{system_admin}' end, whose, known);
begin
    if now_at is not null then
        update account set disabled_at = case when shut then coalesce(disabled_at, now()) end
        where id = whose;
        perform account_leave(whose);
    end if;
    return now_at;
end $$""",
    # A number that was given stays unless a new one is.
    "account_numbers(bigint, integer, bytea, bytea[])": """
create function account_numbers(whose bigint, known integer, own bytea, others bytea[])
returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch('{system_admin}', whose, known);
begin
    if now_at is not null then
        update account set id_index = own where id = whose and own is not null;
        delete from account_kin where account_id = whose and id_index <> all(others);
        insert into account_kin (account_id, id_index)
        select whose, number from unnest(others) as given (number) on conflict do nothing;
        select version into now_at from account where id = whose;
    end if;
    return now_at;
end $$""",
    "account_grants(bigint, integer, jsonb)": """
create function account_grants(whose bigint, known integer, held jsonb) returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch('{security_admin}', whose, known);
begin
    if now_at is not null then
        delete from account_grant where account_id = whose;
        insert into account_grant (account_id, role, area, supervisor)
        select whose, h ->> 'role', (h ->> 'area')::bigint, (h ->> 'supervisor')::boolean
        from jsonb_array_elements(held) h;
    end if;
    return now_at;
end $$""",
    "account_password(bigint, integer, varchar)": """
create function account_password(whose bigint, known integer, hash varchar) returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch('{system_admin}', whose, known);
begin
    if now_at is not null then
        insert into credential (account_id, password_hash, seen_by_others)
        values (whose, hash, true)
        on conflict (account_id) do update
        set password_hash = hash, changed_at = now(), seen_by_others = true;
        perform account_leave(whose);
    end if;
    return now_at;
end $$""",
    # With `anew` whatever second factors there were are gone, and so is whoever used them.
    "account_start(bigint, integer, bytea, timestamptz, boolean)": """
create function account_start(whose bigint, known integer, code bytea, until timestamptz,
    anew boolean) returns integer
language plpgsql security definer set search_path from current as $$
declare
    now_at integer := account_touch('{security_admin}', whose, known);
begin
    if now_at is null then
        return null;
    end if;
    if anew then
        update second_factor set removed_at = now() where account_id = whose and removed_at is null;
        update recovery_code set used_at = now() where account_id = whose and used_at is null;
        perform account_leave(whose);
    end if;
    insert into start_code (account_id, code_index, made_by, ends_at)
    values (whose, code, own_account(), until)
    on conflict (account_id) do update set code_index = code, made_at = now(),
        made_by = own_account(), ends_at = until, used_at = null;
    return now_at;
end $$""",
    "own_start_code_asked()": """
create function own_start_code_asked() returns boolean
language sql stable security definer set search_path from current as $$
    select exists (select from credential where account_id = own_account() and seen_by_others)
        or exists (select from start_code
            where account_id = own_account() and used_at is null and ends_at > now())
$$""",
}

# Not for the app to call.
INNER = {
    # Null where the office is another, the account somebody's system or one's own, or the version
    # one that it no longer has.
    "account_touch(varchar[], bigint, integer)": """
create function account_touch(offices varchar[], whose bigint, known integer) returns integer
language sql security definer set search_path from current as $$
    update account set version = version + 1, changed_at = now()
    where id = whose and (known is null or version = known)
      and id is distinct from own_account() and holds_office(offices)
      and not exists (select from machine_client where account_id = whose)
    returning version
$$""",
    "account_leave(bigint)": """
create function account_leave(whose bigint) returns void
language sql security definer set search_path from current as $$
    update session set revoked_at = now() where account_id = whose and revoked_at is null;
    update known_device set ended_at = now() where account_id = whose and ended_at is null;
$$""",
    "bar_kin()": """
create function bar_kin() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    perform bar_parties(one_person(array(
        select p.id from person p where p.id_index = new.id_index)));
    return null;
end $$""",
}

BAR_PARTIES = """
create or replace function bar_parties(people uuid[]) returns void
language sql security definer set search_path from current as $$
    with barred as (
        insert into recusal (account_id, case_id, why)
        select {known}
        join case_party c on c.person_id = any(people)
        where p.id = any(people)
          and not exists (
              select from recusal r where r.account_id = a.id and r.case_id = c.case_id){order}
        on conflict do nothing returning account_id)
    update account set version = version + 1 where id in (select account_id from barred)
$$"""
OWN_NUMBERS = """distinct a.id, c.case_id, 'party'
        from person p
        join account a on a.id_index = p.id_index"""
KIN_TOO = """distinct on (a.id, c.case_id) a.id, c.case_id, a.why
        from person p
        join (select id, id_index, 'party' as why from account
              union all select account_id, id_index, 'kin' from account_kin) a
            on a.id_index = p.id_index"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment, now = sa.DateTime(timezone=True), sa.text("now()")
    account = sa.ForeignKey("account.id")
    op.create_table(
        "start_code",
        sa.Column("account_id", sa.BigInteger(), account, primary_key=True),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", moment, server_default=now, nullable=False),
        sa.Column("made_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("used_at", moment),
    )
    op.create_table(
        "account_kin",
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("id_index", sa.LargeBinary(), primary_key=True),
    )
    op.create_index("ix_account_kin_id_index", "account_kin", ["id_index"])
    op.add_column("session", sa.Column("started_at", moment))
    wall("start_code", MINE)
    wall("account_kin", "true")
    grant("select, update (used_at) on start_code")
    grant("update (name) on second_factor")
    for name, definition in (FUNCTIONS | INNER).items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        if name in FUNCTIONS:
            grant(f"execute on function {name}")
    op.execute(
        BAR_PARTIES.format(known=KIN_TOO, order="\n        order by a.id, c.case_id, a.why desc")
    )
    op.execute(
        "create trigger account_kin after insert on account_kin for each row"
        " execute function bar_kin()"
    )


def wall(table: str, using: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy sight on {table} using ({using}) with check ({using})")


def grant(rights: str) -> None:
    role = "current_schema() || '_app'"
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop trigger account_kin on account_kin")
    op.execute(BAR_PARTIES.format(known=OWN_NUMBERS, order=""))
    for name in reversed([*FUNCTIONS, *INNER]):
        op.execute(f"drop function {name}")
    role = "current_schema() || '_app'"
    op.execute(
        "do $$ begin execute format("
        f"'revoke update (name) on second_factor from %I', {role}); end $$"
    )
    op.drop_column("session", "started_at")
    for table in ("account_kin", "start_code"):
        op.drop_table(table)
