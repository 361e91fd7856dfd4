"""What was known of a person before stays when it is changed

Each change is a row of its own, sealed under a key of its own, for ever; so is what somebody said
who may only add. Whoever carries another case of hers is told when the way to call her changes:
one function looks past the wall for these cases, of people the transaction has opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "person_changes"
down_revision = "docket"
branch_labels = None
depends_on = None

OPENED = (
    "person_id = any(string_to_array(nullif(current_setting('app.people', true), ''), ',')::uuid[])"
)
TELL = """
create function tell_carriers(
    who uuid, but uuid, carried jsonb, told varchar, why varchar, at timestamptz) returns void
language sql security definer set search_path from current as $$
    insert into notice (id, case_id, event_id, role, text, basis, sent_at, district, town, village,
        seen_by)
    select gen_random_uuid(), k.id, k.id, r.role, told, why, at, k.district, k.town, k.village,
        k.seen_by
    from (select distinct p.case_id from case_party p where p.person_id = who) o
    join "case" k on k.id = o.case_id and k.id <> but and k.closed_at is null
    cross join lateral jsonb_array_elements_text(carried -> k.kind) r (role)
    where who = any(
        string_to_array(nullif(current_setting('app.people', true), ''), ',')::uuid[])
$$"""

# As in the migration `conflicts_of_a_case`, and the last update.
ERASE = """
create or replace function erase_case(of_case uuid) returns integer
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
    update phone_conflict set key = '' where case_id = of_case;%s
    return cardinality(gone);
end $$"""
CHANGES = """
    update person_change set key = '' where person_id = any(gone);"""


def to(role: str, statement: str) -> None:
    """Run a statement in which %I stands for one of our roles."""
    op.execute(
        "do $do$ begin execute format($format$"
        + statement
        + f"$format$, current_schema() || '_{role}'); end $do$"
    )


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "person_change",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger()),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_index("ix_person_change_person", "person_change", ["person_id", "recorded_at"])
    op.execute("alter table person_change enable row level security")
    op.execute("alter table person_change force row level security")
    op.execute(
        "create policy owner on person_change to current_user using (true) with check (true)"
    )
    op.execute(f"create policy sight on person_change using ({OPENED}) with check ({OPENED})")
    to("app", "grant select, insert on person_change to %I")
    to("keys", "grant select (id, key), update (key) on person_change to %I")
    to("keys", "create policy keys on person_change to %I using (true) with check (true)")
    op.execute(TELL)
    op.execute("revoke all on function tell_carriers from public")
    to("app", "grant execute on function tell_carriers to %I")
    op.execute(ERASE % CHANGES)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(ERASE % "")
    op.execute("drop function tell_carriers")
    op.drop_table("person_change")
