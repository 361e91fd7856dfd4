"""What lies beside the invented cases: who is in charge, visits, notices, sittings, what phones
could not deliver, signed ledgers. Made from the loaded cases in SQL; nothing here is sealed."""

from collections.abc import Mapping
from typing import Any

import asyncpg

_AMONG = "abs(hashtext({id}::text)) % {n}"
STATEMENTS: Mapping[str, str] = {
    # Nine open cases in ten are in somebody's hands, so many in those of the demo's own accounts.
    "in charge": f"""
update "case" c set account_id = coalesce(
    (select g.account_id from account_grant g join account a on a.id = g.account_id
      where a.username = any($1) and g.area in (c.village, c.town, c.district)
      and {_AMONG.format(id="c.id", n=400)} = a.id % 400 limit 1), -1)
where closed_at is null and {_AMONG.format(id="id", n=10)} > 0""",
    # A year's visits to every woman in the ledger, and to every open case of violence.
    "visits": """
insert into event (id, case_id, seq, kind, name, subject, sex, age_band, happened_at, claimed_at,
    recorded_at, account_id, organisation_id, channel, details, fingerprint, state, version, hash,
    district, town, village, seen_by)
select gen_random_uuid(), c.id, 4 + n, c.kind, 'record_visit', c.subject, c.sex, null, at, at, at,
    e.account_id, e.organisation_id, 'web', '{}', '\\x00', c.state, 4 + n, '\\x00',
    c.district, c.town, c.village, c.seen_by
from "case" c join event e on e.case_id = c.id and e.seq = 1, generate_series(1, 4) n,
    lateral (select greatest(c.opened_at, now() - make_interval(days => 400 - 90 * n)) at) moment
where c.closed_at is null and c.kind in ('left_behind_visit', 'dv_warning')""",
    "versions": """
update "case" set version = 8
where closed_at is null and kind in ('left_behind_visit', 'dv_warning')""",
    # One notice a case; what is older than a month is read, but for one in a thousand.
    "notices": f"""
insert into notice (id, case_id, event_id, role, text, basis, sent_at, read_at, supervisors,
    district, town, village, seen_by)
select gen_random_uuid(), id, id,
    (array['women_fed_village', 'women_fed_village', 'women_fed_town', 'women_fed_district',
        'police', 'village_committee'])[1 + {_AMONG.format(id="id", n=6)}],
    '有一件新的案件，请及时办理', '设计', opened_at,
    case when {_AMONG.format(id="number", n=1000)} = 0 or
        opened_at > now() - interval '30 days' and {_AMONG.format(id="number", n=2)} = 0
        then null else opened_at + interval '1 day' end,
    {_AMONG.format(id="number", n=20)} = 0, district, town, village, seen_by
from "case" order by opened_at""",
    "rooms": """
insert into room (organisation_id, name)
select id, '调解室' from organisation where kind = 'mediation_committee'""",
    # Every third dispute met once, a committee's at even distances over ten years: ten minutes
    # each, so that no mediator is in two rooms at once.
    "sittings": f"""
insert into sitting (id, case_id, kind, room_id, mediator_id, starts_at, ends_at, arrives_a,
    arrives_b, apart, account_id, fingerprint, district, town, village, seen_by)
select gen_random_uuid(), c.id, c.kind, r.id, a.id, at, at + interval '10 minutes', at, at, false,
    a.id, '\\x00', c.district, c.town, c.village, c.seen_by
from (select *, row_number() over (partition by organisation_id order by opened_at desc) as k,
            count(*) over (partition by organisation_id) as all
        from "case" where kind = 'mediation' and {_AMONG.format(id="id", n=3)} = 0) c
    join (select *, row_number() over (order by id) as n from room) r using (organisation_id)
    join (select id, row_number() over (order by id) as n, count(*) over () as all from account) a
        on a.n = 1 + r.n % a.all,
    lateral (select date_trunc('hour', now()) + make_interval(days => 28,
        hours => -(24 * 3650 * c.k / c.all)::int, mins => 10 * (r.n / a.all)::int) as at) s
where r.n / a.all < 6 order by at""",
    "phones": f"""
insert into phone_conflict (id, account_id, recorded_by, case_id, kind, name, problem, fingerprint,
    key, sealed, received_at, settled_at, verdict, district, town, village, seen_by)
select gen_random_uuid(), -1, -1, id, kind, 'note', 'wrong-state', '\\x00', '\\x00', '\\x00',
    opened_at, case when opened_at < now() - interval '60 days' then opened_at end,
    case when opened_at < now() - interval '60 days' then 'system' end,
    district, town, village, seen_by
from "case" where {_AMONG.format(id="id", n=200)} = 0""",
    "surveys": """
insert into survey_round (district, town, village, signed_on)
select distinct district, town, village, make_date(extract(year from opened_at)::int, 6, 1)
from "case" where kind = 'left_behind_visit'""",
    # Every year the towns sign and the district takes over; a line in forty is not answered yet.
    "signed": """
insert into ledger_entry (case_id, act, facts, account_id, recorded_at, district, town, village)
select id, 'signed', jsonb_build_object('state', state, 'level', 'b', 'village', village,
    'birth_year', birth_year), -1, at, district, town, village
from "case", generate_series(opened_at + interval '30 days', now(), interval '1 year') at
where kind = 'left_behind_visit' and state = 'active' order by at""",
    "taken": f"""
insert into ledger_entry (case_id, act, facts, answers, why, account_id, recorded_at, district,
    town, village)
select case_id, 'taken', facts, id, 'materials', -1, recorded_at + interval '2 days', district,
    town, village
from ledger_entry where {_AMONG.format(id="id", n=40)} > 0 order by recorded_at""",
}  # fmt: skip
DEMO = ("women_fed_village", "women_fed_town", "women_fed_district", "police")


async def fill(connection: "asyncpg.Connection[Any]") -> None:
    """All of it, as the superuser, into a database of loaded cases. The order matters."""
    for statement in STATEMENTS.values():
        await connection.execute(statement, *([list(DEMO)] if "$1" in statement else []))
