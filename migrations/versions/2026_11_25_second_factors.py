"""Second factors of people, the moment a session last showed one, and turns for guessing

Rows of one's own are read under one's own account. Turns belong to nobody: a function takes them.
"""

import sqlalchemy as sa
from alembic import op

revision = "second_factors"
down_revision = "0004"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"

GRANTS = {
    "second_factor": "select, insert, update (key, sealed, counter, confirmed_at, removed_at)",
    "recovery_code": "select, insert, update (used_at)",
    "session": "select, update (verified_at, revoked_at)",
}

FUNCTIONS = {
    # Narrow buckets come first. If one is empty, the turns taken from those before it go back.
    "take_turns(bytea[], integer[], interval[])": """
create function take_turns(buckets bytea[], bursts integer[], pauses interval[]) returns integer
language plpgsql security definer set search_path from current as $$
declare
    present timestamptz := clock_timestamp();
begin
    for n in 1 .. cardinality(buckets) loop
        insert into guess_turn as t (bucket, free_at) values (buckets[n], present + pauses[n])
        on conflict (bucket) do update set free_at = greatest(t.free_at, present) + pauses[n]
        where t.free_at <= present + pauses[n] * (bursts[n] - 1);
        if not found then
            raise exception using errcode = 'AN429', message = (
                select extract(epoch from t.free_at - pauses[n] * (bursts[n] - 1) - present)
                from guess_turn t where t.bucket = buckets[n]);
        end if;
    end loop;
    return 0;
exception when sqlstate 'AN429' then
    return greatest(1, ceil(sqlerrm::numeric));
end $$""",
    "give_back_turns(bytea[], interval[])": """
create function give_back_turns(buckets bytea[], pauses interval[]) returns void
language sql security definer set search_path from current as $$
    update guess_turn t set free_at = t.free_at - given.pause
    from unnest(buckets, pauses) as given (bucket, pause) where t.bucket = given.bucket
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", moment),
        sa.Column("removed_at", moment),
    )
    op.create_index("ix_second_factor_account", "second_factor", ["account_id"])
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("code_index", sa.LargeBinary(), primary_key=True),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", moment),
    )
    op.create_table(
        "guess_turn",
        sa.Column("bucket", sa.LargeBinary(), primary_key=True),
        sa.Column("free_at", moment, nullable=False),
    )
    op.add_column("session", sa.Column("verified_at", moment))
    for table in ("second_factor", "recovery_code"):
        wall(table, MINE, MINE)
    wall("guess_turn", "false", "false")
    op.execute("drop policy sight on session")
    op.execute(f"create policy sight on session using ({MINE}) with check ({MINE})")
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


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    op.execute("drop policy sight on session")
    op.execute("create policy sight on session using (true) with check (true)")
    op.execute(
        "do $$ begin execute format('revoke select, update (verified_at, revoked_at) on session"
        " from %I', current_schema() || '_app'); end $$"
    )
    op.drop_column("session", "verified_at")
    for table in ("guess_turn", "recovery_code", "second_factor"):
        op.drop_table(table)
