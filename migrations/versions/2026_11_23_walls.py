"""Row-level security, and the few functions that look past it

Policies hold no sub-select (a schema per district must run on Citus too). Identity comes from
settings local to the transaction; without them nothing is visible.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLACED = (
    "case",
    "case_link",
    "case_party",
    "party_gram",
    "event",
    "deadline",
    "bed_stay",
    "notice",
    "outbox",
)
STAYING = ("event", "deadline", "case_link")
"""Their rows stay in the area where they happened when the case moves on; whoever has the case
now reads them through it, after the case itself passed its gate."""

BY_PERSON = {"person": "id", "person_vault": "person_id", "person_match": "person_id"}
STAFF = (
    "account",
    "account_grant",
    "organisation",
    "area",
    "bed",
    "holiday",
    "survey_round",
    "partner_document",
    "case_counter",
)
SIGN_IN_ONLY = ("credential", "session", "sign_in_attempt")
WALLED = (*PLACED, *BY_PERSON, "case_vault", "access_log", *STAFF, *SIGN_IN_ONLY)


def listed(setting: str, type_: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::{type_}[]"


SCOPE = " or ".join(
    (
        f"district = any({listed('districts', 'bigint')})",
        f"town = any({listed('towns', 'bigint')})",
        f"village = any({listed('villages', 'bigint')})",
        f"seen_by && {listed('holders', 'bigint')}",
    )
)
SIGNED_IN = "nullif(current_setting('app.account', true), '') is not null"
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"

GRANTS = {
    "case": "select, insert, update",
    "case_link": "select, insert",
    "case_party": "select, insert, update (district, town, village, seen_by, relation)",
    "party_gram": "select, insert, update (district, town, village, seen_by)",
    "event": "select, insert, update (replaced_by, seen_by)",
    "deadline": "select, insert, update",
    "bed_stay": "select, insert, update (ended_at, district, town, village, seen_by)",
    "notice": "select, insert, update (read_at)",
    "outbox": "select, insert",
    "person": "select, insert, update",
    "person_vault": "select, insert",
    "person_match": "select, insert, update",
    "case_vault": "select, insert",
    "access_log": "select, insert",
    "account": "select",
    "account_grant": "select",
    "organisation": "select, insert, update",
    "area": "select, insert, update",
    "bed": "select, insert, update",
    "holiday": "select, insert, update",
    "survey_round": "select, insert",
    "partner_document": "select, insert",
    "case_counter": "select, insert, update",
    "session": "insert",
    "sign_in_attempt": "insert",
}

SEQUENCES = (
    "holder_id",
    "outbox_id_seq",
    "sign_in_attempt_id_seq",
    "survey_round_id_seq",
    "bed_id_seq",
)

FUNCTIONS = {
    "session_check(uuid, integer)": """
create function session_check(sid uuid, known integer) returns void
language plpgsql stable security definer set search_path from current as $$
begin
    perform 1 from session s join account a on a.id = s.account_id
    where s.id = sid and s.revoked_at is null and s.ends_at > now()
      and a.disabled_at is null and a.version = known;
    if not found then
        raise exception 'session' using errcode = 'AN401';
    end if;
end $$""",
    "session_identity(uuid)": """
create function session_identity(sid uuid)
returns table (account_id bigint, organisation_id bigint, version integer, username varchar,
    display_name varchar, grants jsonb)
language sql stable security definer set search_path from current as $$
    select a.id, a.organisation_id, a.version, a.username, a.display_name,
        coalesce((select jsonb_agg(jsonb_build_object(
            'role', g.role, 'area', g.area, 'supervisor', g.supervisor) order by g.role, g.area)
            from account_grant g where g.account_id = a.id), '[]')
    from session s join account a on a.id = s.account_id
    where s.id = sid and s.revoked_at is null and s.ends_at > now() and a.disabled_at is null
$$""",
    "session_end(uuid)": """
create function session_end(sid uuid) returns void
language sql security definer set search_path from current as $$
    update session set revoked_at = now() where id = sid and revoked_at is null
$$""",
    "sign_in_account(varchar, bytea, interval)": """
create function sign_in_account(name varchar, index bytea, span interval)
returns table (account_id bigint, password_hash varchar, failures bigint)
language sql stable security definer set search_path from current as $$
    select a.id, c.password_hash,
        (select count(*) from sign_in_attempt t
         where t.name_index = index and t.tried_at > now() - span)
    from (select 1) one
    left join account a on a.username = name and a.disabled_at is null
    left join credential c on c.account_id = a.id
$$""",
    "same_people(uuid, bytea, bytea, bytea)": """
create function same_people(self uuid, number bytea, tel bytea, called bytea)
returns table (id uuid, reason text)
language sql stable security definer set search_path from current as $$
    select p.id, 'id_number' from person p
    where number is not null and p.id_index = number and p.id <> self and p.same_as is null
    union
    select p.id, 'phone_and_name' from person p
    where tel is not null and called is not null and p.phone_index = tel
      and p.name_index = called and p.id <> self and p.same_as is null
      and (number is null or p.id_index is null)
$$""",
    "one_person(uuid[])": """
create function one_person(people uuid[]) returns uuid[]
language sql stable security definer set search_path from current as $$
    with them as (
        select id, coalesce(same_as, id) as root, id_index from person where id = any(people)
    )
    select coalesce(array_agg(same.id), '{}') from (
        select id from them
        union select root from them
        union select q.id from them join person q on q.same_as = them.root
        union select q.id from them join person q on q.same_as = them.id
        union select q.id from them join person q on q.id_index = them.id_index
    ) same
$$""",
    "earlier_conduct(uuid[], timestamptz, uuid)": """
create function earlier_conduct(people uuid[], before timestamptz, except_case uuid)
returns table (name varchar, times bigint, last_at timestamptz)
language sql stable security definer set search_path from current as $$
    select e.name, count(*), max(e.happened_at)
    from unnest(one_person(people)) as who (id)
    join case_party c on c.person_id = who.id and c.role = 'perpetrator'
    join event e on e.case_id = c.case_id
    where e.kind = 'dv_warning' and e.replaced_by is null
      and e.happened_at < before and e.case_id <> except_case
    group by e.name
$$""",
    "danger_of_pair(uuid[], uuid)": """
create function danger_of_pair(people uuid[], except_case uuid) returns setof varchar
language sql stable security definer set search_path from current as $$
    select k.danger
    from unnest(one_person(people)) as who (id)
    join case_party c on c.person_id = who.id
    join "case" k on k.id = c.case_id
    where k.danger is not null and k.id <> except_case and k.closed_at is null
    group by k.id, k.danger
    having count(distinct c.person_id) >= least(2, cardinality(people))
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in PLACED:
        sight = f"{SCOPE} or {ONE_CASE}" if table in STAYING else SCOPE
        wall(table, sight, sight)
    for table, column in BY_PERSON.items():
        wall(table, f"{column} = any({listed('people', 'uuid')})", "true")
    wall("case_vault", ONE_CASE, "true")
    wall(
        "access_log",
        f"account_id = nullif(current_setting('app.account', true), '')::bigint or {ONE_CASE}",
        "true",
    )
    for table in STAFF:
        wall(table, SIGNED_IN, SIGNED_IN)
    for table in SIGN_IN_ONLY:
        wall(table, "true", "true")
    role = "current_schema() || '_app'"
    for table, rights in GRANTS.items():
        grant(f'{rights} on "{table}"', role)
    for sequence in SEQUENCES:
        grant(f"usage on sequence {sequence}", role)
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        grant(f"execute on function {name}", role)


def wall(table: str, using: str, check: str) -> None:
    """Row-level security that binds the owner's own statements only through a policy of its own."""
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f'create policy owner on "{table}" to current_user using (true) with check (true)')
    op.execute(f'create policy sight on "{table}" using ({using}) with check ({check})')


def grant(rights: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    role = "current_schema() || '_app'"
    for table in WALLED:
        op.execute(
            f"do $$ begin execute format('revoke all on \"{table}\" from %I', {role}); end $$"
        )
        op.execute(f'drop policy sight on "{table}"')
        op.execute(f'drop policy owner on "{table}"')
        op.execute(f'alter table "{table}" no force row level security')
        op.execute(f'alter table "{table}" disable row level security')
