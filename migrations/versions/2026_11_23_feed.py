"""What partners and shelters ask: an index for the feed of changes, and which beds are free

Who has a bed is under the policy of her case; that a bed is free must be known to whoever brings
somebody, so one function looks past it and gives beds, never stays.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FREE_BEDS = """
create function free_beds(in_district bigint)
returns table (bed_id bigint, shelter_id bigint, shelter varchar, label varchar, zone varchar)
language sql stable security definer set search_path from current as $$
    select b.id, o.id, o.name, b.label, b.zone
    from organisation o join bed b on b.shelter_id = o.id
    where o.district = in_district and o.kind = 'shelter' and o.closed_on is null
      and not exists (select 1 from bed_stay s
          where s.bed_id = b.id and tstzrange(s.started_at, s.ended_at, '[)') @> now())
$$"""
SIGNATURE = "free_beds(bigint)"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(FREE_BEDS)
    op.execute(f"revoke all on function {SIGNATURE} from public")
    op.execute(
        "do $$ begin execute format("
        f"'grant execute on function {SIGNATURE} to %I', current_schema() || '_app'); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"drop function {SIGNATURE}")
