"""One's own password is changed, and a session knows what stands between it and its work

A password that somebody else has seen, one too old, or a second factor not yet enrolled: until
then a session is good for putting that right, and for nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision = "passwords"
down_revision = "glass"
branch_labels = None
depends_on = None

IDENTITY = """
create function session_identity(sid uuid)
returns table (account_id bigint, organisation_id bigint, version integer, username varchar,
    display_name varchar, grants jsonb{columns})
language sql stable security definer set search_path from current as $$
    select a.id, a.organisation_id, a.version, a.username, a.display_name,
        coalesce((select jsonb_agg(jsonb_build_object(
            'role', g.role, 'area', g.area, 'supervisor', g.supervisor) order by g.role, g.area)
            from account_grant g where g.account_id = a.id), '[]'){values}
    from session s join account a on a.id = s.account_id{joined}
    where s.id = sid and session_stands(s, a)
$$"""
KNOWS = IDENTITY.format(
    columns=""",
    password_since timestamptz, password_seen boolean, has_second_factor boolean""",
    values=""",
        c.changed_at, coalesce(c.seen_by_others, false), exists (
            select from second_factor f where f.account_id = a.id
              and f.confirmed_at is not null and f.removed_at is null)""",
    joined=" left join credential c on c.account_id = a.id",
)
BEFORE = IDENTITY.format(columns="", values="", joined="")

FUNCTIONS = {
    "own_account()": """
create function own_account() returns bigint language sql stable as $$
    select nullif(current_setting('app.account', true), '')::bigint
$$""",
    "own_password()": """
create function own_password() returns varchar
language sql stable security definer set search_path from current as $$
    select password_hash from credential where account_id = own_account()
$$""",
    # A new password ends what the old one opened, but for the session in which it was changed.
    "own_password_change(varchar, uuid)": """
create function own_password_change(hash varchar, staying uuid) returns void
language sql security definer set search_path from current as $$
    update credential set password_hash = hash, changed_at = now(), seen_by_others = false
    where account_id = own_account();
    update session set revoked_at = now()
    where account_id = own_account() and id <> staying and revoked_at is null;
    update known_device set ended_at = now() where account_id = own_account() and ended_at is null;
    update account set version = version + 1, changed_at = now() where id = own_account();
$$""",
    "own_account_changed()": """
create function own_account_changed() returns void
language sql security definer set search_path from current as $$
    update account set version = version + 1, changed_at = now() where id = own_account()
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column(
        "credential",
        sa.Column("seen_by_others", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _identity(KNOWS)
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        _for_the_app(name)


def _identity(definition: str) -> None:
    op.execute("drop function session_identity(uuid)")
    op.execute(definition)
    _for_the_app("session_identity(uuid)")


def _for_the_app(name: str) -> None:
    op.execute(f"revoke all on function {name} from public")
    op.execute(
        f"do $$ begin execute format('grant execute on function {name} to %I',"
        " current_schema() || '_app'); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    _identity(BEFORE)
    op.drop_column("credential", "seen_by_others")
