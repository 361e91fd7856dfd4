"""Figures: what counts, and the functions that count past everybody's sight

A figure is counted over all cases of an area, a list shows the reader's own: both read the same
views and the same `members_…` functions. These run with the rights of who calls them. Only the
`figures_…` functions, which call them as the owner, see past row-level security, and they give
numbers by area, never a case.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TYPE = """
create type figure_choice as (
    kinds text[], names text[], outcomes text[], female boolean, flag text)
"""

VIEWS = {
    # A replaced event never counts.
    "figure_event": """
select id, case_id, seq, kind, name, outcome, coalesce(sex = 'female', false) as female, flags,
    amount, subject, happened_at as at, district, town, village
from event where replaced_by is null""",
    # A dropped clock counts only if it was past due by then, and not if a correction put another
    # in its place. By its due moment, one still running counts from then on.
    "figure_clock": """
select id, case_id, kind, rule, round = 1 as first, met_at is not null as was_met, met_outcome,
    coalesce(met_at <= alert_at, false) as in_alert, coalesce(met_at <= due_at, false) as in_due,
    (extract(epoch from met_at - started_at) / 86400)::float8 as days,
    case when met_at is not null then '-infinity' when paused_at is not null then 'infinity'
        else due_at end as settled_at,
    started_at, due_at, met_at, district, town, village
from deadline
where dropped_at is null or dropped_at > due_at and dropped_reason <> 'corrected'""",
}

INVOKER = {
    "figure_area": """
create function figure_area(level text, district bigint, town bigint, village bigint)
returns bigint language sql immutable parallel safe as $$
    select case level when 'village' then village when 'town' then town else district end
$$""",
    "figure_within": """
create function figure_within(place bigint[], district bigint, town bigint, village bigint)
returns boolean language sql immutable parallel safe as $$
    select district = place[1] and (place[2] is null or town = place[2])
        and (place[3] is null or village = place[3])
$$""",
    "figure_counts": """
create function figure_counts(c figure_choice, kind varchar, name varchar, outcome varchar,
    female boolean, flags text[])
returns boolean language sql immutable parallel safe as $$
    select kind = any((c).kinds) and name = any((c).names)
        and ((c).outcomes is null or outcome = any((c).outcomes))
        and (not (c).female or female) and ((c).flag is null or flags @> array[(c).flag])
$$""",
    "figure_chosen": """
create function figure_chosen(
    c figure_choice, place bigint[], since timestamptz, until timestamptz)
returns setof figure_event language sql stable parallel safe as $$
    select * from figure_event e
    where e.district = place[1] and e.at >= since and e.at < until
      and figure_counts(c, e.kind, e.name, e.outcome, e.female, e.flags)
      and figure_within(place, e.district, e.town, e.village)
$$""",
    # The last event of a case decides whether it is in stock; where it belongs, that or a later
    # transfer.
    "members_last": """
create function members_last(
    of_kinds text[], names text[], moves text[], place bigint[], until timestamptz)
returns table (case_id uuid, at timestamptz, name text, outcome text,
    district bigint, town bigint, village bigint)
language sql stable as $$
    select l.case_id, l.at, l.name, l.outcome, l.district,
        case when m.case_id is null then l.town else m.town end,
        case when m.case_id is null then l.village else m.village end
    from (
        select distinct on (e.case_id)
            e.case_id, e.at, e.seq, e.name, e.outcome, e.district, e.town, e.village
        from figure_chosen((of_kinds, names, null, false, null)::figure_choice,
            place[1:1], '-infinity', until) e
        order by e.case_id, e.at desc, e.seq desc
    ) l left join (
        select distinct on (e.case_id) e.case_id, e.at, e.seq, e.town, e.village
        from figure_chosen((of_kinds, moves, null, false, null)::figure_choice,
            place[1:1], '-infinity', until) e
        order by e.case_id, e.at desc, e.seq desc
    ) m on m.case_id = l.case_id and (m.at, m.seq) > (l.at, l.seq)
    where figure_within(place, l.district,
        case when m.case_id is null then l.town else m.town end,
        case when m.case_id is null then l.village else m.village end)
$$""",
    "members_distinct": """
create function members_distinct(c figure_choice, person boolean, level text, place bigint[],
    since timestamptz, until timestamptz)
returns table (area bigint, id uuid, case_id uuid, at timestamptz)
language sql stable as $$
    with e as materialized (select * from figure_chosen(c, place, since, until)),
    who as (select * from figure_identities(
        (select array_agg(distinct e.subject) from e where person and e.subject is not null)))
    select distinct on (1, coalesce(who.identity, e.case_id))
        figure_area(level, e.district, e.town, e.village), e.id, e.case_id, e.at
    from e left join who on who.person_id = e.subject
    order by 1, coalesce(who.identity, e.case_id), e.at, e.id
$$""",
    "members_repeated": """
create function members_repeated(
    c figure_choice, days integer, level text, place bigint[], until timestamptz)
returns table (area bigint, id uuid, case_id uuid, at timestamptz, counted boolean)
language sql stable as $$
    with e as materialized (
        select * from figure_chosen(c, place, until - make_interval(days => days), until)),
    who as (select * from figure_identities(
        (select array_agg(distinct e.subject) from e where e.subject is not null)))
    select distinct on (f.area, f.who) f.area, f.id, f.case_id, f.at,
        count(*) over (partition by f.area, f.who) > 1
    from (select e.*, figure_area(level, e.district, e.town, e.village) as area,
            coalesce(who.identity, e.case_id) as who
        from e left join who on who.person_id = e.subject) f
    order by f.area, f.who, f.at desc, f.id
$$""",
    # In stock at some time: at the end; or gone within the period, having been there before or
    # entered in it.
    "members_among": """
create function members_among(of_kinds text[], enter text[], leave text[], outcomes text[],
    moves text[], having_c figure_choice, level text, place bigint[],
    since timestamptz, until timestamptz)
returns table (area bigint, case_id uuid, at timestamptz, counted boolean)
language sql stable set enable_nestloop = off as $$
    with stood as materialized (
        select l.*, l.name = any(enter) and (outcomes is null or l.outcome = any(outcomes)) as here
        from members_last(of_kinds, enter || leave, moves, place, until) l),
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
$$""",
    # Rows are fetched by lists of keys and then hashed together: what is known of the lists' sizes
    # is too little for nested loops.
    "members_followed": """
create function members_followed(first_c figure_choice, then_c figure_choice, days integer,
    level text, place bigint[], since timestamptz, until timestamptz)
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
          and figure_counts(then_c, e.kind, e.name, e.outcome, e.female, e.flags)),
    followed as (
        select distinct r.id from related r join then_e e on e.case_id = r.case_id
        where e.at > r.at and e.at <= r.at + make_interval(days => days))
    select figure_area(level, f.district, f.town, f.village), f.id, f.case_id, f.at,
        followed.id is not null
    from f left join followed on followed.id = f.id
$$""",
}

SPAN = {"since": "timestamptz", "until": "timestamptz"}
UNTIL = {"until": "timestamptz"}


def counting(
    name: str, parameters: str, arguments: str, span: dict[str, str], part: str = "m.counted"
) -> str:
    """The function that counts, by area, what `members_<name>` lists."""
    declared = ", ".join(f"{moment} {type_}" for moment, type_ in span.items())
    return f"""
create function figures_{name}({parameters}, level text, place bigint[], {declared})
returns table (area bigint, part bigint, whole bigint)
language plpgsql stable security definer set search_path from current set work_mem = '64MB' as $$
begin
    return query
    select m.area, count(*) filter (where {part}), count(*)
    from members_{name}({arguments}, level, place, {", ".join(span)}) m group by 1;
end $$"""  # noqa: S608


DEFINER = {
    # Who is the same person as whom (by a decided match, or by the same ID number): asked by the
    # members' functions, of people they came upon.
    "figure_identities": """
create function figure_identities(people uuid[]) returns table (person_id uuid, identity uuid)
language sql stable security definer set search_path from current as $$
    select p.id, md5(coalesce(p.id_index, r.id_index,
        (select s.id_index from person s where s.same_as = r.id and s.id_index is not null
         order by s.id_index limit 1), uuid_send(r.id)))::uuid
    from person p join person r on r.id = coalesce(p.same_as, p.id)
    where p.id = any(people)
$$""",
    "figure_same": """
create function figure_same(people uuid[]) returns table (person_id uuid, same_id uuid)
language sql stable security definer set search_path from current set enable_nestloop = off as $$
    with p as materialized (
        select p.id, p.same_as, p.id_index from person p where p.id = any(people)),
    q as materialized (
        select q.id, q.same_as, q.id_index from person q
        where q.same_as = any(array(select p.id from p union select p.same_as from p))
           or q.id_index = any(array(select p.id_index from p)))
    select p.id, p.id from p
    union select p.id, p.same_as from p where p.same_as is not null
    union select p.id, q.id from p join q on q.same_as = p.id
    union select p.id, q.id from p join q on q.same_as = p.same_as
    union select p.id, q.id from p join q on q.id_index = p.id_index
$$""",
    "figures_of_events": """
create function figures_of_events(
    level text, place bigint[], since timestamptz, until timestamptz, names text[])
returns table (area bigint, kind text, name text, outcome text, female boolean, n bigint)
language plpgsql stable security definer set search_path from current as $$
begin
    return query
    select figure_area(level, e.district, e.town, e.village), e.kind::text, e.name::text,
        e.outcome::text, e.female, count(*)
    from figure_event e
    where e.district = place[1] and e.at >= since and e.at < until
      and (names is null or e.name = any(names))
      and figure_within(place, e.district, e.town, e.village)
    group by 1, 2, 3, 4, 5;
end $$""",
    "figures_of_flags": """
create function figures_of_flags(level text, place bigint[], since timestamptz,
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
    group by 1, 2, 3, 4, 5, 6;
end $$""",
    "figures_of_amounts": """
create function figures_of_amounts(level text, place bigint[], since timestamptz,
    until timestamptz, kinds text[], names text[])
returns table (area bigint, kind text, name text, outcome text, female boolean, n bigint,
    total numeric)
language plpgsql stable security definer set search_path from current as $$
begin
    return query
    select figure_area(level, e.district, e.town, e.village), e.kind::text, e.name::text,
        e.outcome::text, e.female, count(*), sum(e.amount)
    from figure_chosen((kinds, names, null, false, null)::figure_choice, place, since, until) e
    group by 1, 2, 3, 4, 5;
end $$""",
    "figures_of_clocks": """
create function figures_of_clocks(level text, place bigint[], since timestamptz,
    until timestamptz, asked_at timestamptz, rules text[])
returns table (area bigint, kind text, rule text, first boolean, was_met boolean,
    met_outcome text, in_alert boolean, in_due boolean, started_in boolean, due_in boolean,
    met_in boolean, n bigint, days float8)
language plpgsql stable security definer set search_path from current as $$
begin
    return query
    select figure_area(level, c.district, c.town, c.village), c.kind::text, c.rule::text,
        c.first, c.was_met, c.met_outcome::text, c.in_alert, c.in_due,
        c.started_at >= since and c.started_at < until,
        c.due_at >= since and c.due_at < until and c.settled_at < asked_at,
        coalesce(c.met_at >= since and c.met_at < until, false),
        count(*), sum(c.days)
    from figure_clock c
    where c.district = place[1] and c.rule = any(rules)
      and (c.started_at >= since and c.started_at < until
        or c.due_at >= since and c.due_at < until
        or c.met_at >= since and c.met_at < until)
      and figure_within(place, c.district, c.town, c.village)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
end $$""",
    "figures_of_stock": """
create function figures_of_stock(of_kinds text[], names text[], moves text[], level text,
    place bigint[], until timestamptz)
returns table (area bigint, name text, outcome text, n bigint)
language plpgsql stable security definer set search_path from current set work_mem = '64MB' as $$
begin
    return query
    select figure_area(level, l.district, l.town, l.village), l.name, l.outcome, count(*)
    from members_last(of_kinds, figures_of_stock.names, moves, place, until) l
    group by 1, 2, 3;
end $$""",
    "figures_distinct": counting(
        "distinct", "c figure_choice, person boolean", "c, person", SPAN, "true"
    ),
    "figures_repeated": counting("repeated", "c figure_choice, days integer", "c, days", UNTIL),
    "figures_followed": counting(
        "followed",
        "first_c figure_choice, then_c figure_choice, days integer",
        "first_c, then_c, days",
        SPAN,
    ),
    "figures_among": counting(
        "among",
        "of_kinds text[], enter text[], leave text[], outcomes text[], moves text[],"
        " having_c figure_choice",
        "of_kinds, enter, leave, outcomes, moves, having_c",
        SPAN,
    ),
    # Whether events of the area belong to cases that are no longer there: then even who sees the
    # whole area cannot open every case behind its figures.
    "figure_strays": """
create function figure_strays(place bigint[], moves text[]) returns boolean
language sql stable security definer set search_path from current as $$
    select exists (
        select 1 from "case" k join event e on e.case_id = k.id
        where (k.district < place[1] or k.district > place[1]) and e.district = place[1]
          and figure_within(place, e.district, e.town, e.village))
    or exists (
        select 1 from event m join "case" k on k.id = m.case_id join event e on e.case_id = k.id
        where m.district = place[1] and m.name = any(moves)
          and figure_within(place, k.district, k.town, k.village) is not true
          and figure_within(place, e.district, e.town, e.village))
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(TYPE)
    for name, query in VIEWS.items():
        op.execute(f"create view {name} with (security_invoker = true) as {query}")
        grant(f"select on {name}")
    order = list(DEFINER)[:2], list(INVOKER), list(DEFINER)[2:]
    functions = DEFINER | INVOKER
    for name in [n for part in order for n in part]:
        op.execute(functions[name])
        op.execute(f"revoke all on function {name} from public")
        grant(f"execute on function {name}")


def grant(rights: str) -> None:
    role = "current_schema() || '_app'"
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in [*list(DEFINER)[2:], *INVOKER, *list(DEFINER)[:2]]:
        op.execute(f"drop function {name}")
    for name in reversed(VIEWS):
        op.execute(f"drop view {name}")
    op.execute("drop type figure_choice")
