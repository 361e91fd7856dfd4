"""What phones recorded about a case is barred with it, and erased with it

Who is barred from a case may still have recorded something in it: that is kept, and not shown.
"""

from alembic import op

revision = "conflicts_of_a_case"
down_revision = "own_tables_first"
branch_labels = None
depends_on = None

BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
FREE = f"array_position({BARRED}, case_id) is null"

# As in the migration `rights`, and the last update.
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
    update person_vault set key = '' where person_id = any(gone);%s
    return cardinality(gone);
end $$"""
CONFLICTS = """
    update phone_conflict set key = '' where case_id = of_case;"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "do $do$ begin execute format($format$create policy barred on phone_conflict"
        f" as restrictive to %I using ({FREE}) with check (true)$format$,"
        " current_schema() || '_app'); end $do$"
    )
    op.execute(ERASE % CONFLICTS)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(ERASE % "")
    op.execute("drop policy barred on phone_conflict")
