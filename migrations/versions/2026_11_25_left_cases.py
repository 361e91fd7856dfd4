"""An account that is shut leaves no case behind that nobody knows of

Administrators see no case. They are told how many open cases an account has in hand, not which.
"""

from alembic import op

revision = "left_cases"
down_revision = "unassigned"
branch_labels = None
depends_on = None

FUNCTIONS = {
    "account_cases(bigint[])": """
create function account_cases(whose bigint[]) returns table (account_id bigint, cases bigint)
language sql stable security definer set search_path from current as $$
    select c.account_id, count(*) from "case" c
    where c.account_id = any(whose) and c.closed_at is null
      and holds_office('{system_admin,security_admin,audit_admin}')
    group by c.account_id
$$""",
    # The supervisors of the role in which she had the case, and whoever else `words` names.
    "account_left(bigint, jsonb, timestamptz)": """
create function account_left(whose bigint, words jsonb, present timestamptz) returns integer
language sql volatile security definer set search_path from current as $$
    with told as (
        select c.*, r.role from "case" c
        cross join lateral (
            select g.role from account_grant g
            where g.account_id = whose and words -> c.kind -> 'carried_by' ? g.role
            union
            select jsonb_array_elements_text(words -> c.kind -> 'told')) as r (role)
        where c.account_id = whose and c.closed_at is null
          and holds_office('{system_admin,security_admin}')
    ), sent as (
        insert into notice (id, case_id, event_id, role, text, basis, sent_at, supervisors,
            district, town, village, seen_by)
        select gen_random_uuid(), id, id, role, words ->> 'text', words ->> 'basis', present, true,
            district, town, village, seen_by
        from told returning case_id
    )
    select count(distinct case_id)::integer from sent
$$""",
}

APP = "current_schema() || '_app'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        op.execute(
            f"do $$ begin execute format('grant execute on function {name} to %I', {APP}); end $$"
        )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
