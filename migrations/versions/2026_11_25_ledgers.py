"""The ledgers of town and district: what each town signed, and what the district made of it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "ledgers"
down_revision = "left_cases"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"


def listed(setting: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::bigint[]"


SCOPE = " or ".join(
    f"array_position({listed(f'{n}s')}, {n}) is not null" for n in ("district", "town", "village")
)
BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
FREE = f"case_id <> all(coalesce({BARRED}, '{{}}'))"
LATEST = f"""
        select distinct on (e.town, e.case_id) e.* from ledger_entry e
        where e.district = place[1] and e.act = '%s' and e.recorded_at < until
          and (place[2] is null or e.town = place[2])
          and e.case_id <> all (coalesce((select {BARRED}), '{{}}'))
        order by e.town, e.case_id, e.recorded_at desc, e.id desc"""  # noqa: S608
SIDES = """
create function ledger_sides(place bigint[], until timestamptz)
returns table (case_id uuid, district bigint, town bigint, village bigint, signed_id bigint,
    signed_at timestamptz, said jsonb, held jsonb, returned_at timestamptz, why varchar)
language sql stable as $$
    with signed as ({signed}), taken as ({taken})
    select s.case_id, s.district, s.town, s.village, s.id, s.recorded_at, s.facts, t.facts,
        r.recorded_at, r.why
    from signed s left join taken t on t.town = s.town and t.case_id = s.case_id
    left join ledger_entry r on r.answers = s.id and r.act = 'returned' and r.recorded_at < until
    where (s.facts is not null or t.facts is not null)
      and (place[3] is null or s.village = place[3])
$$"""
FUNCTIONS = {
    # The town's line and the district's, side by side. `said` or `held` is null where she does not
    # stand in that ledger; whoever stands in neither is left out.
    "ledger_sides(bigint[], timestamptz)": SIDES.format(
        signed=LATEST % "signed", taken=LATEST % "taken"
    ),
    "members_reconciled(text, bigint[], timestamptz)": """
create function members_reconciled(level text, place bigint[], until timestamptz)
returns table (area bigint, case_id uuid, at timestamptz, counted boolean)
language sql stable as $$
    select figure_area(level, s.district, s.town, s.village), s.case_id, s.signed_at,
        s.said is not distinct from s.held
    from ledger_sides(place, until) s
$$""",
    "figures_reconciled(text, bigint[], timestamptz)": """
create function figures_reconciled(level text, place bigint[], until timestamptz)
returns table (area bigint, part bigint, whole bigint)
language plpgsql stable security definer set search_path from current as $$
begin
    return query
    select m.area, count(*) filter (where m.counted), count(*)
    from members_reconciled(level, place, until) m group by 1;
end $$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "ledger_entry",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("facts", JSONB()),
        sa.Column("answers", sa.BigInteger(), sa.ForeignKey("ledger_entry.id")),
        sa.Column("why", sa.String()),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(act = 'signed') = (answers is null) and (act = 'signed') = (why is null)",
            name="ck_ledger_entry_answers_with_a_reason",
        ),
    )
    op.create_index(
        "ix_ledger_entry_latest", "ledger_entry",
        ["district", "act", "town", "case_id", sa.text("recorded_at desc"), sa.text("id desc")],
    )  # fmt: skip
    op.create_index("ix_ledger_entry_case", "ledger_entry", ["case_id"])
    op.create_index("uq_ledger_entry_answer", "ledger_entry", ["answers", "act"], unique=True)
    op.execute("alter table ledger_entry enable row level security")
    op.execute("alter table ledger_entry force row level security")
    op.execute("create policy owner on ledger_entry to current_user using (true) with check (true)")
    op.execute(f"create policy sight on ledger_entry using ({SCOPE}) with check ({SCOPE})")
    barred = f"create policy barred on ledger_entry as restrictive to %I using ({FREE})"
    op.execute(f"do $$ begin execute format($f${barred} with check ({FREE})$f$, {ROLE}); end $$")
    allow("select, insert on ledger_entry")
    allow("usage on sequence ledger_entry_id_seq")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"revoke all on function {name} from public")
        allow(f"execute on function {name}")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    op.drop_table("ledger_entry")
