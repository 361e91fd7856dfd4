"""A stay names its bed by a keyed index

Whoever has the rows alone, from a dump or a disk, saw which case is in which bed of which shelter.
The constraint that no bed is given twice works on the index as it did on the number.
"""

import sqlalchemy as sa
from alembic import op

from app import crypto

revision = "bed_index"
down_revision = "record_retention"
branch_labels = None
depends_on = None

ONE_AT_A_TIME = "ex_bed_stay_one_at_a_time"
TAKEN_BEDS = """
create function taken_beds(beds bytea[]) returns setof bytea
language sql stable security definer set search_path from current as $$
    select s.bed_index from bed_stay s
    where s.bed_index = any(beds) and tstzrange(s.started_at, s.ended_at, '[)') @> now()
$$"""
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


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    swap("bed_id", sa.Column("bed_index", sa.LargeBinary()))
    op.execute("drop function free_beds(bigint)")
    op.execute(TAKEN_BEDS)
    for_the_app("taken_beds(bytea[])")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop function taken_beds(bytea[])")
    swap("bed_index", sa.Column("bed_id", sa.BigInteger(), sa.ForeignKey("bed.id")))
    op.execute(FREE_BEDS)
    for_the_app("free_beds(bigint)")


def swap(old: str, new: sa.Column[object]) -> None:
    """One name of a bed for the other, in every stay."""
    op.drop_constraint(ONE_AT_A_TIME, "bed_stay")
    op.add_column("bed_stay", new)
    for bed_id in op.get_bind().execute(sa.text("select id from bed")).scalars().all():
        index = crypto.bed_index(crypto.keyring(), bed_id)
        named = {"bed_id": bed_id, "bed_index": index}
        op.get_bind().execute(
            sa.text(f"update bed_stay set {new.name} = :new where {old} = :old"),  # noqa: S608
            {"new": named[str(new.name)], "old": named[old]},
        )
    op.alter_column("bed_stay", str(new.name), nullable=False)
    op.drop_column("bed_stay", old)
    op.execute(
        f"alter table bed_stay add constraint {ONE_AT_A_TIME} exclude using gist"
        f" ({new.name} with =, tstzrange(started_at, ended_at, '[)') with &&)"
    )


def for_the_app(name: str) -> None:
    op.execute(f"revoke all on function {name} from public")
    op.execute(
        "do $$ begin execute format("
        f"'grant execute on function {name} to %I', current_schema() || '_app'); end $$"
    )
