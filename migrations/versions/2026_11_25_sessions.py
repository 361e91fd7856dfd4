"""Sessions that are refreshed and end when idle; known devices; guesses counted in turns

A session lives on by refresh tokens, each used once. Whoever shows one a second time has stolen it,
or lost it to a thief: the session ends, for both.
"""

import sqlalchemy as sa
from alembic import op

revision = "sessions"
down_revision = "machine_clients"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"
GRANTS = {
    "known_device": "select, insert, update (ended_at)",
    "refresh_token": "insert",
}

FUNCTIONS = {
    "session_stands(session, account)": """
create function session_stands(s session, a account) returns boolean
language sql stable as $$
    select s.revoked_at is null and s.ends_at > now() and s.seen_at > now() - s.idle
        and a.disabled_at is null
$$""",
    # A request a minute is written down, not every one; of many at once one writes.
    "session_check(uuid, integer)": """
create or replace function session_check(sid uuid, known integer) returns void
language plpgsql volatile security definer set search_path from current as $$
declare
    seen timestamptz;
begin
    select s.seen_at into seen from session s join account a on a.id = s.account_id
    where s.id = sid and session_stands(s, a) and a.version = known;
    if not found then
        raise exception 'session' using errcode = 'AN401';
    end if;
    if seen < now() - interval '1 minute' then
        update session set seen_at = now() where id in (
            select id from session where id = sid for no key update skip locked);
    end if;
end $$""",
    "session_identity(uuid)": """
create or replace function session_identity(sid uuid)
returns table (account_id bigint, organisation_id bigint, version integer, username varchar,
    display_name varchar, grants jsonb)
language sql stable security definer set search_path from current as $$
    select a.id, a.organisation_id, a.version, a.username, a.display_name,
        coalesce((select jsonb_agg(jsonb_build_object(
            'role', g.role, 'area', g.area, 'supervisor', g.supervisor) order by g.role, g.area)
            from account_grant g where g.account_id = a.id), '[]')
    from session s join account a on a.id = s.account_id
    where s.id = sid and session_stands(s, a)
$$""",
    "sign_in_account(varchar, bytea)": """
create function sign_in_account(name varchar, device bytea)
returns table (account_id bigint, password_hash varchar, known boolean)
language sql stable security definer set search_path from current as $$
    select a.id, c.password_hash, exists (
        select from known_device d
        where d.account_id = a.id and d.device_index = device and d.ended_at is null)
    from (select 1) one
    left join account a on a.username = name and a.disabled_at is null
    left join credential c on c.account_id = a.id
$$""",
    # Lock, then read: whoever waited must see what the one before did.
    "session_refresh(bytea, bytea, interval)": """
create function session_refresh(shown bytea, following bytea, grace interval)
returns table (outcome varchar, session_id uuid, account_id bigint)
language plpgsql security definer set search_path from current as $$
declare
    sid uuid := (select r.session_id from refresh_token r where r.token_hash = shown);
    owner bigint;
    token refresh_token;
begin
    perform from session where id = sid for update;
    select s.account_id into owner from session s join account a on a.id = s.account_id
    where s.id = sid and session_stands(s, a);
    if not found then
        return query select 'ended'::varchar, sid, owner;
        return;
    end if;
    select * into token from refresh_token r where r.token_hash = shown;
    if token.used_at is not null or token.voided_at is not null then
        update refresh_token r set voided_at = clock_timestamp()
        where token.voided_at is null and token.used_at > clock_timestamp() - grace
          and r.token_hash = token.successor and r.used_at is null and r.voided_at is null;
        if not found then
            update session set revoked_at = now() where id = sid;
            return query select 'reused'::varchar, sid, owner;
            return;
        end if;
    end if;
    insert into refresh_token (token_hash, session_id) values (following, sid);
    -- The grace runs from the first use: it cannot be prolonged by asking again.
    update refresh_token r set used_at = coalesce(r.used_at, clock_timestamp()),
        successor = following
    where r.token_hash = shown;
    return query select 'next'::varchar, sid, owner;
end $$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.add_column("session", sa.Column("seen_at", moment, server_default=sa.text("now()")))
    op.add_column("session", sa.Column("idle", sa.Interval(), server_default="15 minutes"))
    op.add_column("session", sa.Column("user_agent", sa.String(), server_default=""))
    for column in ("seen_at", "idle", "user_agent"):
        op.alter_column("session", column, nullable=False)
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", moment),
        sa.Column("voided_at", moment),
        sa.Column("successor", sa.LargeBinary()),
    )
    op.create_index("ix_refresh_token_session", "refresh_token", ["session_id"])
    op.create_table(
        "known_device",
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("device_index", sa.LargeBinary(), primary_key=True),
        sa.Column("since", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", moment),
    )
    op.execute("drop function session_end(uuid)")
    op.execute("drop function sign_in_account(varchar, bytea, interval)")
    op.drop_table("sign_in_attempt")
    wall("known_device", MINE, MINE)
    wall("refresh_token", "true", "true")
    role = "current_schema() || '_app'"
    for table, rights in GRANTS.items():
        grant(f"{rights} on {table}", role)
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        grant(f"execute on function {name}", role)


def wall(table: str, using: str, check: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy sight on {table} using ({using}) with check ({check})")


def grant(rights: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


BEFORE = {
    "session_check(uuid, integer)": """
create or replace function session_check(sid uuid, known integer) returns void
language plpgsql stable security definer set search_path from current as $$
begin
    perform 1 from session s join account a on a.id = s.account_id
    where s.id = sid and s.revoked_at is null and s.ends_at > now()
      and a.disabled_at is null and a.version = known;
    if not found then
        raise exception 'session' using errcode = 'AN401';
    end if;
end $$""",
    "session_identity(uuid)": """
create or replace function session_identity(sid uuid)
returns table (account_id bigint, organisation_id bigint, version integer, username varchar,
    display_name varchar, grants jsonb)
language sql stable security definer set search_path from current as $$
    select a.id, a.organisation_id, a.version, a.username, a.display_name,
        coalesce((select jsonb_agg(jsonb_build_object(
            'role', g.role, 'area', g.area, 'supervisor', g.supervisor) order by g.role, g.area)
            from account_grant g where g.account_id = a.id), '[]')
    from session s join account a on a.id = s.account_id
    where s.id = sid and s.revoked_at is null and s.ends_at > now() and a.disabled_at is null
$$""",
    "session_end(uuid)": """
create function session_end(sid uuid) returns void
language sql security definer set search_path from current as $$
    update session set revoked_at = now() where id = sid and revoked_at is null
$$""",
    "sign_in_account(varchar, bytea, interval)": """
create function sign_in_account(name varchar, index bytea, span interval)
returns table (account_id bigint, password_hash varchar, failures bigint)
language sql stable security definer set search_path from current as $$
    select a.id, c.password_hash,
        (select count(*) from sign_in_attempt t
         where t.name_index = index and t.tried_at > now() - span)
    from (select 1) one
    left join account a on a.username = name and a.disabled_at is null
    left join credential c on c.account_id = a.id
$$""",
}


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    role = "current_schema() || '_app'"
    op.execute("drop function session_refresh(bytea, bytea, interval)")
    op.execute("drop function sign_in_account(varchar, bytea)")
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column(
            "tried_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.create_index("ix_sign_in_attempt_name", "sign_in_attempt", ["name_index", "tried_at"])
    wall("sign_in_attempt", "true", "true")
    grant("insert on sign_in_attempt", role)
    grant("usage on sequence sign_in_attempt_id_seq", role)
    for name, definition in BEFORE.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        grant(f"execute on function {name}", role)
    op.execute("drop function session_stands(session, account)")
    for table in ("known_device", "refresh_token"):
        op.drop_table(table)
    for column in ("user_agent", "idle", "seen_at"):
        op.drop_column("session", column)
