"""Figures do not count what is not there for their reader

A figure that counts a case its reader is barred from says that the case exists: the list behind it
is shorter by one. Whoever is barred from nothing is served from the same indexes as before.
"""

from alembic import op

revision = "figures_unbarred"
down_revision = "quick_figures"
branch_labels = None
depends_on = None

BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
# A sub-select of its own is worked out once a statement, not once a row.
ALL_BUT = f" and e.case_id <> all (coalesce((select {BARRED}), '{{}}'))"

CHOSEN = """
create or replace function figure_chosen(
    c figure_choice, place bigint[], since timestamptz, until timestamptz)
returns setof figure_event language sql stable parallel safe as $$
    select * from figure_event e
    where e.district = place[1] and e.at >= since and e.at < until
      and figure_counts(c, e.kind, e.name, e.outcome, e.female, e.flags)
      and figure_within(place, e.district, e.town, e.village){all_but}
$$"""
FOLLOWED = """
create or replace function members_followed(first_c figure_choice, then_c figure_choice,
    days integer, level text, place bigint[], since timestamptz, until timestamptz)
returns table (area bigint, id uuid, case_id uuid, at timestamptz, counted boolean)
language sql stable set enable_nestloop = off as $$
    with f as materialized (
        select * from figure_chosen(first_c, place, since - make_interval(days => days),
            until - make_interval(days => days))),
    abuser as materialized (
        select p.case_id, p.person_id from case_party p
        where p.role = 'perpetrator' and p.case_id = any(array(select f.case_id from f))),
    same as materialized (
        select * from figure_same(array(select distinct a.person_id from abuser a))),
    other as materialized (
        select p.case_id, p.person_id from case_party p
        where p.role = 'perpetrator' and p.person_id = any(array(select s.same_id from same s))),
    related as materialized (
        select f.id, f.at, f.case_id from f
        union
        select f.id, f.at, o.case_id from f join abuser a on a.case_id = f.case_id
        join same s on s.person_id = a.person_id join other o on o.person_id = s.same_id),
    then_e as (
        select e.case_id, e.at from figure_event e
        where e.case_id = any(array(select distinct r.case_id from related r))
          and figure_counts(then_c, e.kind, e.name, e.outcome, e.female, e.flags){all_but}),
    followed as (
        select distinct r.id from related r join then_e e on e.case_id = r.case_id
        where e.at > r.at and e.at <= r.at + make_interval(days => days))
    select figure_area(level, f.district, f.town, f.village), f.id, f.case_id, f.at,
        followed.id is not null
    from f left join followed on followed.id = f.id
$$"""
EVENTS = """
create or replace function figures_of_events(
    level text, place bigint[], since timestamptz, until timestamptz, names text[])
returns table (area bigint, kind text, name text, outcome text, female boolean, n bigint)
language plpgsql stable security definer set search_path from current as $$
{body}
$$"""
EVENTS_ROWS = """
    return query
    select figure_area(level, e.district, e.town, e.village), e.kind::text, e.name::text,
        e.outcome::text, e.female, count(*)
    from figure_event e
    where e.district = place[1] and e.at >= since and e.at < until
      and (names is null or e.name = any(names))
      and figure_within(place, e.district, e.town, e.village){all_but}
    group by 1, 2, 3, 4, 5;"""
CLOCKS = """
create or replace function figures_of_clocks(level text, place bigint[], since timestamptz,
    until timestamptz, asked_at timestamptz, rules text[])
returns table (area bigint, kind text, rule text, first boolean, was_met boolean,
    met_outcome text, in_alert boolean, in_due boolean, started_in boolean, due_in boolean,
    met_in boolean, n bigint, days float8)
language plpgsql stable security definer set search_path from current as $$
{body}
$$"""
CLOCKS_ROWS = """
    return query
    select figure_area(level, e.district, e.town, e.village), e.kind::text, e.rule::text,
        e.first, e.was_met, e.met_outcome::text, e.in_alert, e.in_due,
        e.started_at >= since and e.started_at < until,
        e.due_at >= since and e.due_at < until and e.settled_at < asked_at,
        coalesce(e.met_at >= since and e.met_at < until, false),
        count(*), sum(e.days)
    from figure_clock e
    where e.district = place[1] and e.rule = any(rules)
      and (e.started_at >= since and e.started_at < until
        or e.due_at >= since and e.due_at < until
        or e.met_at >= since and e.met_at < until)
      and figure_within(place, e.district, e.town, e.village){all_but}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for whole in (CHOSEN, FOLLOWED):
        op.execute(whole.format(all_but=ALL_BUT))
    for whole, rows in ((EVENTS, EVENTS_ROWS), (CLOCKS, CLOCKS_ROWS)):
        plain, less = rows.format(all_but=""), rows.format(all_but=ALL_BUT)
        body = f"begin\n    if {BARRED} is null then{plain}\n    else{less}\n    end if;\nend"
        op.execute(whole.format(body=body))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for whole in (CHOSEN, FOLLOWED):
        op.execute(whole.format(all_but=""))
    for whole, rows in ((EVENTS, EVENTS_ROWS), (CLOCKS, CLOCKS_ROWS)):
        op.execute(whole.format(body=f"begin{rows.format(all_but='')}\nend"))
