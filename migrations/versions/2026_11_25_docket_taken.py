"""When rooms and mediators are taken, by whatever case: to arrange a sitting one has to know that,
and nothing of the case"""

from alembic import op

revision = "docket_taken"
down_revision = "holiday_moves"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
NAME = "sittings_taken(timestamptz, timestamptz)"
# No sitting is longer than four hours: an index finds where to begin.
TAKEN = """
create function sittings_taken(since timestamptz, until timestamptz)
returns table (room_id bigint, mediator_id bigint, starts_at timestamptz, ends_at timestamptz)
language sql stable security definer set search_path from current as $$
    select s.room_id, s.mediator_id, s.starts_at, s.ends_at from sitting s
    where s.district in (
            select area - area % 1000000 from account_grant
            where account_id = own_account() and role = 'mediator')
      and s.starts_at < until and s.starts_at > since - interval '4 hours' and s.ends_at > since
      and s.cancelled_at is null
    order by s.starts_at
$$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(TAKEN)
    op.execute(f"revoke all on function {NAME} from public")
    op.execute(
        f"do $$ begin execute format('grant execute on function {NAME} to %I', {ROLE}); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"drop function {NAME}")
