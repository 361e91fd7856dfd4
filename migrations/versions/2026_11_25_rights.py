"""What people ask about their data, what keeps a case, and the end of one

Erasing destroys the keys of a case, of its events and of those people who are in no other case, and
all by which they could be found. What is counted stays: it names nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "rights"
down_revision = "sessions"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
AREAS = " or ".join(
    f"{level} = any(string_to_array(nullif(current_setting('app.{level}s', true), ''), ',')"
    "::bigint[])"
    for level in ("district", "town", "village")
)
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"
SIGHT = {"subject_request": f"{AREAS} or {ONE_CASE}", "legal_hold": ONE_CASE}
GRANTS = {
    "subject_request": "select, insert, update (granted, refusing, answer, answered_at,"
    " answered_by, version, changed_at)",
    "legal_hold": "select, insert, update (lifted_at, lifted_by, version, changed_at)",
}

FUNCTIONS = {
    "cases_to_erase(bigint, jsonb, timestamptz, timestamptz, uuid, integer)": """
create function cases_to_erase(
    area bigint, kept jsonb, at timestamptz, after_closed timestamptz, after_id uuid, most integer)
returns table (id uuid, number varchar, kind varchar, closed_at timestamptz)
language sql stable set search_path from current as $$
    select c.id, c.number, c.kind, c.closed_at from "case" c
    where (c.district = area or c.town = area or c.village = area)
      and (c.closed_at at time zone 'Asia/Shanghai')::date
            + make_interval(years => (kept ->> c.kind)::integer)
          < (at at time zone 'Asia/Shanghai')::date
      and c.key <> ''::bytea
      and not held(c.id)
      and (after_id is null or (c.closed_at, c.id) > (after_closed, after_id))
    order by c.closed_at, c.id
    limit most
$$""",
    "held(uuid)": """
create function held(of_case uuid) returns boolean
language sql stable security definer set search_path from current as $$
    select exists (select from legal_hold where case_id = of_case and lifted_at is null)
        or exists (select from deadline where case_id = of_case
            and met_at is null and dropped_at is null)
        or exists (select from subject_request where case_id = of_case and granted is null)
$$""",
    "erase_case(uuid)": """
create function erase_case(of_case uuid) returns integer
language plpgsql security definer set search_path from current as $$
declare
    gone uuid[];
begin
    if of_case is distinct from nullif(current_setting('app.opened_case', true), '')::uuid then
        raise exception 'this case was not opened';
    end if;
    perform from "case" where id = of_case and closed_at is not null for update;
    if not found then
        raise exception 'only a closed case is erased';
    end if;
    if held(of_case) then
        raise exception 'this case is held';
    end if;
    select coalesce(array_agg(distinct p.person_id), '{}') into gone from case_party p
    where p.case_id = of_case and not exists (
        select from case_party o join "case" k on k.id = o.case_id
        where o.person_id = p.person_id and o.case_id <> of_case and k.key <> ''::bytea);
    update "case" set key = '' where id = of_case;
    update event set key = '' where case_id = of_case and key is not null;
    update case_vault set key = '' where case_id = of_case;
    delete from party_gram where case_id = of_case;
    update case_party set id_index = null, phone_index = null where case_id = of_case;
    update person set key = '', id_index = null, phone_index = null, name_index = null
    where id = any(gone);
    update person_vault set key = '' where person_id = any(gone);
    return cardinality(gone);
end $$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    versioned = (
        ("version", sa.Integer(), {"server_default": sa.text("1"), "nullable": False}),
        ("changed_at", moment, {"server_default": sa.text("now()"), "nullable": False}),
    )
    op.create_table(
        "subject_request",
        *(sa.Column(name, type_, **more) for name, type_, more in versioned),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("granted", sa.Boolean()),
        sa.Column("refusing", sa.String()),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("answered_at", moment),
        sa.Column("answered_by", sa.BigInteger()),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger()),
        sa.Column("village", sa.BigInteger()),
        sa.CheckConstraint(
            "(refusing is not null) = (granted is not distinct from false)",
            name="ck_subject_request_refused_with_a_ground",
        ),
    )
    op.create_index("ix_subject_request_case", "subject_request", ["case_id"])
    op.create_index("ix_subject_request_district", "subject_request", ["district", "due_at", "id"])
    op.create_table(
        "legal_hold",
        *(sa.Column(name, type_, **more) for name, type_, more in versioned),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("placed_at", moment, nullable=False),
        sa.Column("placed_by", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", moment),
        sa.Column("lifted_by", sa.BigInteger()),
    )
    op.create_index("ix_legal_hold_case", "legal_hold", ["case_id"])
    op.create_index(
        "ix_case_closed", "case", ["district", "closed_at", "id"],
        postgresql_where=sa.text("closed_at is not null"),
    )  # fmt: skip
    for table, sight in SIGHT.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy sight on {table} using ({sight}) with check (true)")
        allow(f"{GRANTS[table]} on {table}")
    for name in ("held(uuid)", *(n for n in FUNCTIONS if n != "held(uuid)")):
        op.execute(FUNCTIONS[name])
        op.execute(f"revoke all on function {name} from public")
        allow(f"execute on function {name}")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    op.drop_index("ix_case_closed", "case")
    op.drop_table("legal_hold")
    op.drop_table("subject_request")
