"""How long the record is kept, and what only guarded the door

Looks and entries are swept three years after they were sealed (网数条例 12), unless the case they
speak of is still kept, so never while a legal hold stands. Their leaves stay, each naming the entry
that says so: a digest over all it swept, itself sealed and never swept. Who only deletes rows
leaves leaves that name no such entry.
"""

import sqlalchemy as sa
from alembic import op

revision = "record_retention"
down_revision = "lost_devices"
branch_labels = None
depends_on = None

WORKER = "current_schema() || '_worker'"

RECORD_SWEEP = """
create function record_sweep(term interval, most integer) returns integer
language plpgsql volatile security definer set search_path from current as $$
declare
    entry uuid := gen_random_uuid();
    gone integer;
    stated text;
begin
    if term < interval '3 years' then
        raise exception 'the record is kept for three years at least';
    end if;
    with old as (
        select l.seal, l."position"
        from seal s
        join seal_leaf l on l.seal = s.no and l.swept_by is null and l.source <> 'event'
        left join access_log k on l.source = 'access_log' and k.id = l.row_id
        left join audit_entry a on l.source = 'audit_entry' and a.id = l.row_id
        where s.sealed_at < now() - term
          and (k.id is not null or a.what <> 'record_swept')
          and not exists (
              select from "case" c where c.key <> ''::bytea
                and c.id = coalesce(k.case_id,
                    case when a.about like 'case:%' then substr(a.about, 6)::uuid end))
        order by l.seal, l."position" limit most
    ), marked as (
        update seal_leaf l set swept_by = entry from old
        where l.seal = old.seal and l."position" = old."position"
        returning l.source, l.row_id, l.digest
    ), looks as (
        delete from access_log
        where id in (select row_id from marked where source = 'access_log')
    ), entries as (
        delete from audit_entry
        where id in (select row_id from marked where source = 'audit_entry')
    )
    select count(*), encode(sha256(string_agg(digest, ''::bytea order by digest)), 'hex')
    into gone, stated from marked;
    if gone > 0 then
        insert into audit_entry (id, what, operator, about)
        values (entry, 'record_swept', 'worker', 'records:' || stated);
    end if;
    return gone;
end $$"""

DISCLOSURES_SWEEP = """
create function disclosures_sweep(term interval, most integer) returns integer
language plpgsql volatile security definer set search_path from current as $$
declare
    gone integer;
begin
    if term < interval '3 years' then
        raise exception 'the record is kept for three years at least';
    end if;
    delete from disclosure where ctid = any(array(
        select d.ctid from disclosure d join "case" c on c.id = d.case_id
        where d.disclosed_at < now() - term and c.key = ''::bytea limit most));
    get diagnostics gone = row_count;
    return gone;
end $$"""

# The latest token of a partner's key and the latest session of an account say when it was last
# used, and stay.
CLEAR_AWAY = """
create or replace function clear_away(most integer) returns integer
language plpgsql volatile security definer set search_path from current as $$
declare
    gone integer;
    total integer := 0;
begin
    delete from guess_turn where ctid = any(array(
        select ctid from guess_turn where free_at < now() - interval '1 day' limit most));
    get diagnostics gone = row_count;
    total := total + gone;
    delete from refresh_token where ctid = any(array(
        select t.ctid from refresh_token t join session s on s.id = t.session_id
        where s.ends_at < now() - interval '30 days' limit most));
    get diagnostics gone = row_count;{more}
    return total + gone;
end $$"""
MORE = """
    total := total + gone;
    delete from passkey_challenge where ctid = any(array(
        select ctid from passkey_challenge where made_at < now() - interval '1 day' limit most));
    get diagnostics gone = row_count;
    total := total + gone;
    delete from start_code where ends_at < now() - interval '30 days';
    get diagnostics gone = row_count;
    total := total + gone;
    delete from machine_token where ctid = any(array(
        select t.ctid from machine_token t
        where t.issued_at < now() - interval '1 day' and exists (
            select from machine_token n where n.kid = t.kid and n.issued_at > t.issued_at)
        limit most));
    get diagnostics gone = row_count;
    total := total + gone;
    delete from session where ctid = any(array(
        select s.ctid from session s
        where s.ends_at < now() - interval '30 days'
          and not exists (select from refresh_token r where r.session_id = s.id)
          and not exists (select from machine_token t where t.session_id = s.id)
          and exists (
              select from session n where n.account_id = s.account_id and n.seen_at > s.seen_at)
        limit most));
    get diagnostics gone = row_count;"""

FUNCTIONS = {
    "record_sweep(interval, integer)": RECORD_SWEEP,
    "disclosures_sweep(interval, integer)": DISCLOSURES_SWEEP,
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("seal_leaf", sa.Column("swept_by", sa.Uuid()))
    op.create_index(
        "ix_seal_leaf_kept",
        "seal_leaf",
        ["seal", "position"],
        postgresql_where=sa.text("swept_by is null and source <> 'event'"),
    )
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        op.execute(
            "do $$ begin execute format("
            f"'grant execute on function {name} to %I', {WORKER}); end $$"
        )
    op.execute(CLEAR_AWAY.format(more=MORE))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(CLEAR_AWAY.format(more=""))
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
    op.drop_index("ix_seal_leaf_kept", table_name="seal_leaf")
    op.drop_column("seal_leaf", "swept_by")
