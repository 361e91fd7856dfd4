"""That another mediator has to be found: who was named has to step back since

Said of sittings that the transaction sees; why, and of whom else, is not.
"""

from alembic import op

revision = "docket_recused"
down_revision = "unassigned_kinds"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
NAME = "sittings_recused(uuid[])"


def listed(setting: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::bigint[]"


SCOPE = " or ".join(
    (
        *(
            f"array_position({listed(f'{n}s')}, s.{n}) is not null"
            for n in ("district", "town", "village")
        ),
        f"s.seen_by && {listed('holders')}",
    )
)
RECUSED = f"""
create function sittings_recused(ids uuid[]) returns setof uuid
language sql stable security definer set search_path from current as $$
    select s.id from sitting s
    join recusal r on r.account_id = s.mediator_id and r.case_id = s.case_id and r.ended_at is null
    where s.id = any(ids) and ({SCOPE})
      and s.case_id <> all(coalesce(
        string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[], '{{}}'))
$$"""  # noqa: S608 - our own words


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(RECUSED)
    op.execute(f"revoke all on function {NAME} from public")
    op.execute(
        f"do $$ begin execute format('grant execute on function {NAME} to %I', {ROLE}); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"drop function {NAME}")
