"""Seals over what was recorded, and the worker's role, which may do little else

The database itself puts every event, look and entry on the list of what waits for its seal, so no
door can forget to. The worker sees digests only: `seal_take` reads the records for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "seals"
down_revision = "vault_opened"
branch_labels = None
depends_on = None

WORKER = "current_schema() || '_worker'"
TABLES = ("seal", "seal_leaf", "seal_waiting")
SOURCES = ("event", "access_log", "audit_entry")

AWAIT_SEAL = """
create function await_seal() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    insert into seal_waiting (source, row_id) select tg_table_name, id from fresh;
    return null;
end $$"""

# One spelling of a record: its columns by name, those without a value left out, each value with
# its length before it, so that no two records are spelled alike.
LEAF_DIGEST = """
create function leaf_digest(source text, record jsonb, changes text[]) returns bytea
language sql immutable set search_path from current as $$
    select sha256('\\x00'::bytea || convert_to(
        source || E'\\n' || string_agg(key || ':' || octet_length(value) || ':' || value,
            E'\\n' order by key collate "C"), 'UTF8'))
    from jsonb_each_text(record) where value is not null and key <> all(changes)
$$"""

SEAL_TAKE = """
create function seal_take(most integer)
returns table ("position" integer, source varchar, row_id uuid, digest bytea)
language sql volatile security definer set search_path from current set timezone = 'UTC' as $$
    with taken as (
        delete from seal_waiting w
        where w.ctid = any(array(select ctid from seal_waiting limit most for update skip locked))
        returning w.source, w.row_id
    )
    insert into seal_leaf (seal, "position", source, row_id, digest)
    select (select coalesce(max(no), 0) + 1 from seal),
        row_number() over (order by t.source, t.row_id), t.source, t.row_id,
        coalesce(
            leaf_digest('event', to_jsonb(e), '{seen_by,replaced_by,key}'),
            leaf_digest('access_log', to_jsonb(l), '{key}'),
            leaf_digest('audit_entry', to_jsonb(a), '{key}'),
            leaf_digest(t.source, jsonb_build_object('missing', t.row_id), '{}'))
    from taken t
    left join event e on t.source = 'event' and e.id = t.row_id
    left join access_log l on t.source = 'access_log' and l.id = t.row_id
    left join audit_entry a on t.source = 'audit_entry' and a.id = t.row_id
    returning "position", source, row_id, digest
$$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "seal",
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", moment, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
    )
    op.create_table(
        "seal_leaf",
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seal", "position"),
    )
    op.create_index("uq_seal_leaf_row", "seal_leaf", ["row_id", "source"], unique=True)
    op.create_table(
        "seal_waiting",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("since", moment, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("row_id", "source"),
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
    op.execute(
        "do $$ begin execute format('create policy sight on seal to %I using (true) with check"
        f" (true)', {WORKER}); end $$"
    )
    for table in ("seal_leaf", "seal_waiting"):
        op.execute(f"create policy sight on {table} using (false) with check (false)")
    grant("select, insert on seal", WORKER)
    for statement in (AWAIT_SEAL, LEAF_DIGEST, SEAL_TAKE):
        op.execute(statement)
    for function in ("await_seal()", "leaf_digest(text, jsonb, text[])", "seal_take(integer)"):
        op.execute(f"revoke all on function {function} from public")
    grant("execute on function seal_take(integer)", WORKER)
    for table in SOURCES:
        op.execute(
            f"create trigger await_seal after insert on {table} referencing new table as fresh"
            " for each statement execute function await_seal()"
        )
        op.execute(  # only names of our own tables go in
            f"insert into seal_waiting (source, row_id) select '{table}', id from {table}"  # noqa: S608
        )


def grant(rights: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in SOURCES:
        op.execute(f"drop trigger await_seal on {table}")
    for function in ("seal_take(integer)", "leaf_digest(text, jsonb, text[])", "await_seal()"):
        op.execute(f"drop function {function}")
    for table in TABLES:
        op.drop_table(table)
