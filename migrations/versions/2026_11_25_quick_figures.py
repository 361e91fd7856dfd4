"""A year's board in less than a second at a million cases

What counts stays what it was; how it is found is cheaper. Stocks no longer sort all history to tell
the last event of each case, figures that ask for people read an index that has them, and events
without flags, most of them, are not looked at for flags.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "quick_figures"
down_revision = "attachments"
branch_labels = None
depends_on = None

# `extract` reckons in numerics, which costs more than all the rest of the pass.
CLOCK = """
create or replace view figure_clock with (security_invoker = true) as
select id, case_id, kind, rule, round = 1 as first, met_at is not null as was_met, met_outcome,
    coalesce(met_at <= alert_at, false) as in_alert, coalesce(met_at <= due_at, false) as in_due,
    date_part('epoch', met_at - started_at) / 86400 as days,
    case when met_at is not null then '-infinity' when paused_at is not null then 'infinity'
        else due_at end as settled_at,
    started_at, due_at, met_at, district, town, village
from deadline
where dropped_at is null or dropped_at > due_at and dropped_reason <> 'corrected'"""

# The rows with none after them, not the first of each sorted case: whoever asks for some names only
# has these chosen first.
LAST = """
create or replace function members_last(
    of_kinds text[], names text[], moves text[], place bigint[], until timestamptz)
returns table (case_id uuid, at timestamptz, name text, outcome text,
    district bigint, town bigint, village bigint)
language sql stable as $$
    select l.case_id, l.at, l.name, l.outcome, l.district,
        case when m.case_id is null then l.town else m.town end,
        case when m.case_id is null then l.village else m.village end
    from figure_chosen((of_kinds, names, null, false, null)::figure_choice,
        place[1:1], '-infinity', until) l
    left join (
        select distinct on (e.case_id) e.case_id, e.at, e.seq, e.town, e.village
        from figure_chosen((of_kinds, moves, null, false, null)::figure_choice,
            place[1:1], '-infinity', until) e
        order by e.case_id, e.at desc, e.seq desc
    ) m on m.case_id = l.case_id and (m.at, m.seq) > (l.at, l.seq)
    where not exists (
        select from figure_chosen((of_kinds, names, null, false, null)::figure_choice,
            place[1:1], '-infinity', until) x
        where x.case_id = l.case_id and (x.at, x.seq) > (l.at, l.seq))
      and figure_within(place, l.district,
        case when m.case_id is null then l.town else m.town end,
        case when m.case_id is null then l.village else m.village end)
$$"""

DISTINCT = """
create or replace function members_distinct(c figure_choice, person boolean, level text,
    place bigint[], since timestamptz, until timestamptz)
returns table (area bigint, id uuid, case_id uuid, at timestamptz)
language sql stable as $$
    with e as materialized (
        select e.id, e.case_id, e.subject, e.at,
            figure_area(level, e.district, e.town, e.village) as area
        from figure_chosen(c, place, since, until) e),
    who as (select * from figure_identities(
        (select array_agg(distinct e.subject) from e where person and e.subject is not null)))
    select distinct on (e.area, coalesce(who.identity, e.case_id)) e.area, e.id, e.case_id, e.at
    from e left join who on who.person_id = e.subject
    order by e.area, coalesce(who.identity, e.case_id), e.at, e.id
$$"""

REPEATED = """
create or replace function members_repeated(
    c figure_choice, days integer, level text, place bigint[], until timestamptz)
returns table (area bigint, id uuid, case_id uuid, at timestamptz, counted boolean)
language sql stable as $$
    with e as materialized (
        select e.id, e.case_id, e.subject, e.at,
            figure_area(level, e.district, e.town, e.village) as area
        from figure_chosen(c, place, until - make_interval(days => days), until) e),
    who as (select * from figure_identities(
        (select array_agg(distinct e.subject) from e where e.subject is not null)))
    select distinct on (f.area, f.who) f.area, f.id, f.case_id, f.at,
        count(*) over (partition by f.area, f.who) > 1
    from (select e.*, coalesce(who.identity, e.case_id) as who
        from e left join who on who.person_id = e.subject) f
    order by f.area, f.who, f.at desc, f.id
$$"""

# As in 0003, without those who had left before the period.
AMONG = """
create or replace function members_among(of_kinds text[], enter text[], leave text[],
    outcomes text[], moves text[], having_c figure_choice, level text, place bigint[],
    since timestamptz, until timestamptz)
returns table (area bigint, case_id uuid, at timestamptz, counted boolean)
language sql stable set enable_nestloop = off as $$
    with stood as materialized (
        select l.*, l.name = any(enter) and (outcomes is null or l.outcome = any(outcomes)) as here
        from members_last(of_kinds, enter || leave, moves, place, until) l
        where l.name = any(enter) or l.at >= since),
    present as (
        select b.case_id from (
            select distinct on (e.case_id) e.case_id, e.name, e.outcome
            from figure_chosen((of_kinds, enter || leave, null, false, null)::figure_choice,
                place[1:1], '-infinity', since) e
            where e.case_id in (select s.case_id from stood s where not s.here and s.at >= since)
            order by e.case_id, e.at desc, e.seq desc) b
        where b.name = any(enter) and (outcomes is null or b.outcome = any(outcomes))
        union
        select e.case_id from figure_chosen(
            (of_kinds, enter, outcomes, false, null)::figure_choice, place[1:1], since, until) e),
    had as (
        select distinct e.case_id from figure_chosen(having_c, place[1:1], since, until) e)
    select figure_area(level, s.district, s.town, s.village), s.case_id, s.at,
        had.case_id is not null
    from stood s left join present on present.case_id = s.case_id
    left join had on had.case_id = s.case_id
    where s.here or s.at >= since and present.case_id is not null
$$"""

# Whom nobody decided to be another is not looked up twice.
IDENTITIES = """
create or replace function figure_identities(people uuid[])
returns table (person_id uuid, identity uuid)
language sql stable security definer set search_path from current as $$
    select p.id, md5(coalesce(p.id_index, r.id_index,
        (select s.id_index from person s
         where s.same_as = coalesce(r.id, p.id) and s.id_index is not null
         order by s.id_index limit 1), uuid_send(coalesce(r.id, p.id))))::uuid
    from person p left join person r on r.id = p.same_as
    where p.id = any(people)
$$"""

FLAGS = """
create or replace function figures_of_flags(level text, place bigint[], since timestamptz,
    until timestamptz, kinds text[], names text[])
returns table (area bigint, kind text, name text, outcome text, female boolean, flag text,
    n bigint)
language plpgsql stable security definer set search_path from current as $$
begin
    return query
    select figure_area(level, e.district, e.town, e.village), e.kind::text, e.name::text,
        e.outcome::text, e.female, f.flag, count(*)
    from figure_chosen((kinds, names, null, false, null)::figure_choice, place, since, until) e,
        unnest(e.flags) f (flag)
    where e.flags <> '{}'
    group by 1, 2, 3, 4, 5, 6;
end $$"""

# Only what is in stock: who left is not counted.
STOCK = """
create function figures_of_stock(of_kinds text[], enter text[], leave text[], moves text[],
    level text, place bigint[], until timestamptz)
returns table (area bigint, name text, outcome text, n bigint)
language plpgsql stable security definer set search_path from current set work_mem = '64MB' as $$
begin
    return query
    select figure_area(level, l.district, l.town, l.village), l.name, l.outcome, count(*)
    from members_last(of_kinds, enter || leave, moves, place, until) l
    where l.name = any(enter)
    group by 1, 2, 3;
end $$"""
STOCK_TAKES = "figures_of_stock(text[], %stext[], text[], text, bigint[], timestamptz)"

STANDING = sa.text("replaced_by is null")
MORE = ["id", "sex", "subject"]
STOCK_HAS = ["case_id", "seq", "outcome", "town", "village"]
FLAGS_HAS = ["kind", "name", "outcome", "sex", "town", "village", "flags"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for function in (CLOCK, LAST, DISTINCT, REPEATED, AMONG, IDENTITIES, FLAGS):
        op.execute(function)
    op.execute("drop function " + STOCK_TAKES % "")
    op.execute(STOCK)
    grant_stock("text[], ")
    op.drop_index("ix_event_stock", table_name="event")
    index_stock([*STOCK_HAS, *MORE])
    op.create_index(
        "ix_event_flags",
        "event",
        ["district", "happened_at"],
        postgresql_include=FLAGS_HAS,
        postgresql_where=sa.text("replaced_by is null and flags <> '{}'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_event_flags", table_name="event")
    op.drop_index("ix_event_stock", table_name="event")
    index_stock(STOCK_HAS)
    former = context.script.get_revision("0003").module
    op.execute("drop function " + STOCK_TAKES % "text[], ")
    functions = former.INVOKER | former.DEFINER
    for name in (
        "members_last", "members_distinct", "members_repeated", "members_among",
        "figure_identities", "figures_of_flags", "figures_of_stock",
    ):  # fmt: skip
        op.execute(functions[name].replace("create function", "create or replace function"))
    grant_stock("")
    view = former.VIEWS["figure_clock"]
    op.execute(f"create or replace view figure_clock with (security_invoker = true) as {view}")


def index_stock(has: list[str]) -> None:
    op.create_index(
        "ix_event_stock",
        "event",
        ["district", "kind", "name", "happened_at"],
        postgresql_include=has,
        postgresql_where=STANDING,
    )


def grant_stock(more: str) -> None:
    takes = STOCK_TAKES % more
    op.execute(f"revoke all on function {takes} from public")
    op.execute(
        f"do $$ begin execute format('grant execute on function {takes} to %I',"
        " current_schema() || '_app'); end $$"
    )
