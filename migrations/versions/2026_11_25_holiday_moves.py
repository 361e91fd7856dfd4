"""Clocks that run follow the calendar

What the worker needs to move their ends. A mark is taken back without being deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "holiday_moves"
down_revision = "templates_from"
branch_labels = None
depends_on = None

WORKER = "current_schema() || '_worker'"

FUNCTIONS = {
    "holidays_marked()": """
create function holidays_marked() returns table (day date, is_working boolean)
language sql stable security definer set search_path from current as $$
    select day, is_working from holiday where removed_at is null
$$""",
    # What has run out stays so, whatever is marked afterwards.
    "clocks_rolling(text[], timestamptz, timestamptz, uuid, integer)": """
create function clocks_rolling(
    rules text[], present timestamptz, after timestamptz, last uuid, most integer)
returns table (id uuid, kind varchar, rule varchar, round integer, started_at timestamptz,
    ends_on date, alert_at timestamptz, due_at timestamptz)
language sql stable security definer set search_path from current as $$
    select d.id, d.kind, d.rule, d.round, d.started_at, d.ends_on, d.alert_at, d.due_at
    from deadline d
    where d.met_at is null and d.dropped_at is null and d.paused_at is null
      and d.rule = any(rules) and d.due_at > present and (d.due_at, d.id) > (after, last)
    order by d.due_at, d.id limit most
$$""",
    # Their cases are locked, as whoever acts on one does: an end is not written over by who read
    # the one before.
    "clocks_move(jsonb)": """
create function clocks_move(moves jsonb) returns integer
language sql volatile security definer set search_path from current as $$
    with asked as (
        select m.*, d.case_id from jsonb_to_recordset(moves)
            as m (id uuid, before timestamptz, alert_at timestamptz, due_at timestamptz)
        join deadline d on d.id = m.id
    ), locked as (
        select c.id from "case" c where c.id in (select case_id from asked)
        order by c.id for no key update
    ), moved as (
        update deadline d set due_at = a.due_at, alert_at = a.alert_at
        from asked a join locked on locked.id = a.case_id
        where d.id = a.id and d.due_at = a.before
          and d.met_at is null and d.dropped_at is null and d.paused_at is null
        returning d.id, d.rule, d.started_by, a.before, d.due_at
    ), referrals as (
        update referral r set due_at = moved.due_at from moved
        where r.id = moved.started_by and moved.rule = 'referral_reply'
    ), said as (
        insert into audit_entry (id, what, operator, about)
        select gen_random_uuid(), 'clock_moved', 'worker', concat('deadline:', id, '.',
            (before at time zone 'Asia/Shanghai')::date, '.',
            (due_at at time zone 'Asia/Shanghai')::date)
        from moved
    )
    select count(*)::integer from moved
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("deadline", sa.Column("ends_on", sa.Date()))
    op.add_column("holiday", sa.Column("removed_at", sa.DateTime(timezone=True)))
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
    op.drop_column("holiday", "removed_at")
    op.drop_column("deadline", "ends_on")
