"""Partners' systems: what limits them, their keys, the tokens they were given

Their limits and public keys are registers, for whoever is signed in. An assertion is single use
because its row is unique. Two functions look past the walls: one finds a key before there is an
identity, one makes the account of a new client, which has no password and no way to get one.
"""

import sqlalchemy as sa
from alembic import op

revision = "machine_clients"
down_revision = "keeper_of_keys"
branch_labels = None
depends_on = None

SIGNED_IN = "nullif(current_setting('app.account', true), '') is not null"
MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"

GRANTS = {
    "machine_client": "select, insert",
    "machine_key": "select, insert, update (confirmed_by, confirmed_at, revoked_by, revoked_at)",
    "machine_token": "select, insert",
}

FUNCTIONS = {
    "machine_key_of(varchar, varchar)": """
create function machine_key_of(client varchar, key varchar)
returns table (account_id bigint, public_pem varchar, scopes varchar[], addresses varchar[],
    per_minute integer, per_day integer, valid_until timestamptz)
language sql stable security definer set search_path from current as $$
    select a.id, k.public_pem, m.scopes, m.addresses, m.per_minute, m.per_day, m.valid_until
    from account a
    join machine_client m on m.account_id = a.id
    join machine_key k on k.account_id = a.id
    where a.username = client and k.kid = key and a.disabled_at is null
      and now() >= m.valid_from and now() < m.valid_until
      and k.confirmed_at is not null and k.revoked_at is null
$$""",
    "machine_account(varchar, varchar, bigint, jsonb)": """
create function machine_account(client varchar, title varchar, organisation bigint, held jsonb)
returns bigint
language plpgsql security definer set search_path from current as $$
declare
    made bigint;
begin
    insert into account (username, display_name, organisation_id)
    values (client, title, organisation)
    on conflict (username) do nothing returning id into made;
    insert into account_grant (account_id, role, area, supervisor)
    select made, h ->> 'role', (h ->> 'area')::bigint, false
    from jsonb_array_elements(held) h where made is not null;
    return made;
end $$""",
    "machine_changed(bigint, boolean)": """
create function machine_changed(machine bigint, shut boolean) returns void
language sql security definer set search_path from current as $$
    update account set version = version + 1, changed_at = now(),
        disabled_at = case when shut then coalesce(disabled_at, now()) else disabled_at end
    from machine_client m where account.id = machine and m.account_id = machine
$$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment, words = sa.DateTime(timezone=True), sa.ARRAY(sa.String())
    now = sa.text("now()")
    op.create_table(
        "machine_client",
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("scopes", words, nullable=False),
        sa.Column("purposes", words, nullable=False),
        sa.Column("highest", sa.String(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("addresses", words, nullable=False),
        sa.Column("valid_from", moment, nullable=False),
        sa.Column("valid_until", moment, nullable=False),
        sa.Column("registered_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("registered_at", moment, server_default=now, nullable=False),
    )
    client = "machine_client.account_id"
    op.create_table(
        "machine_key",
        sa.Column("kid", sa.String(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey(client), nullable=False),
        sa.Column("public_pem", sa.String(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("added_at", moment, server_default=now, nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("confirmed_at", moment),
        sa.Column("revoked_by", sa.BigInteger(), sa.ForeignKey("account.id")),
        sa.Column("revoked_at", moment),
        sa.CheckConstraint("confirmed_by <> added_by", "ck_machine_key_two_people"),
    )
    op.create_index("ix_machine_key_account", "machine_key", ["account_id"])
    op.create_table(
        "machine_token",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey(client), nullable=False),
        sa.Column("kid", sa.String(), sa.ForeignKey("machine_key.kid"), nullable=False),
        sa.Column("assertion", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", words, nullable=False),
        sa.Column("issued_at", moment, server_default=now, nullable=False),
    )
    op.create_index(
        "uq_machine_token_assertion", "machine_token", ["account_id", "assertion"], unique=True
    )
    op.create_index("ix_machine_token_key", "machine_token", ["kid", "issued_at"])
    wall("machine_client", SIGNED_IN, SIGNED_IN)
    wall("machine_key", SIGNED_IN, SIGNED_IN)
    wall("machine_token", SIGNED_IN, MINE)
    role = "current_schema() || '_app'"
    for table, rights in GRANTS.items():
        grant(f"{rights} on {table}", role)
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        grant(f"execute on function {name}", role)


def wall(table: str, using: str, check: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy sight on {table} using ({using}) with check ({check})")


def grant(rights: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {role}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    for table in ("machine_token", "machine_key", "machine_client"):
        op.drop_table(table)
