"""What the worker may send and clear away

One notice per clock, level and addressee: its id follows from them, so sending again changes
nothing. Clearing away takes what only guarded against guessing and against repeats.
"""

from alembic import op

revision = "worker_chores"
down_revision = "looks"
branch_labels = None
depends_on = None

WORKER = "current_schema() || '_worker'"

# `words` are the titles of clocks and who supervises them, by kind: {kind: {"titles": {rule:
# title}, "told": [role, …]}}. `level` is alert or due; supervisors hear of what is due only.
NOTICES_SEND = """
create function notices_send(words jsonb, present timestamptz, most integer) returns integer
language sql volatile security definer set search_path from current as $$
    with late as (
        select d.*, case when d.due_at <= present then 'due' else 'alert' end as level,
            coalesce(words -> d.kind -> 'titles' ->> d.rule, '期限') as title
        from deadline d
        where d.met_at is null and d.dropped_at is null and d.paused_at is null
          and least(d.alert_at, d.due_at) <= present
    ), told as (
        select late.*, late.owner as role, false as supervisors from late
        union
        select late.*, late.owner, true from late where level = 'due'
        union
        select late.*, r.role, true from late
        cross join lateral jsonb_array_elements_text(
            coalesce(words -> late.kind -> 'told', '[]')) as r (role)
        where level = 'due'
    ), named as (
        select told.*, md5(concat_ws(' ', told.id, level, role, supervisors))::uuid as notice_id
        from told
    ), sent as (
        insert into notice (id, case_id, event_id, role, text, basis, sent_at, supervisors,
            district, town, village, seen_by)
        select notice_id, case_id, started_by, role,
            title || case when level = 'due' then '：已逾期' else '：即将到期' end,
            basis, present, supervisors, district, town, village,
            case when supervisors then '{}' else seen_by end
        from named
        where not exists (select from notice n where n.id = notice_id)
        order by due_at, notice_id limit most
        on conflict (id) do nothing
        returning 1
    )
    select count(*)::integer from sent
$$"""

CLEAR_AWAY = """
create function clear_away(most integer) returns integer
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
    get diagnostics gone = row_count;
    return total + gone;
end $$"""

FUNCTIONS = {
    "notices_send(jsonb, timestamptz, integer)": NOTICES_SEND,
    "clear_away(integer)": CLEAR_AWAY,
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        op.execute(
            "do $$ begin execute format("
            f"'grant execute on function {name} to %I', {WORKER}); end $$"
        )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
