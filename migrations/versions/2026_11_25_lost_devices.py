"""A device that was lost: it is told so when it asks, and forgets what it keeps

Whoever asks on it has no session any more, so a function looks past the wall, at one device.
"""

import sqlalchemy as sa
from alembic import op

revision = "lost_devices"
down_revision = "saved_views"
branch_labels = None
depends_on = None

ROLE = "current_schema() || '_app'"
FUNCTIONS = {
    "device_lost(bytea)": """
create function device_lost(shown bytea) returns boolean
language sql stable security definer set search_path from current as $$
    select exists (select from known_device where device_index = shown and lost_at is not null)
$$""",
    "lose_devices(bigint)": """
create function lose_devices(who bigint) returns integer
language plpgsql security definer set search_path from current as $$
declare
    lost integer;
begin
    update session set revoked_at = now() where account_id = who and revoked_at is null;
    update known_device set lost_at = now(), ended_at = coalesce(ended_at, now())
    where account_id = who;
    get diagnostics lost = row_count;
    return lost;
end $$""",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("known_device", sa.Column("lost_at", sa.DateTime(timezone=True)))
    allow("update (lost_at) on known_device")
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"revoke all on function {name} from public")
        allow(f"execute on function {name}")


def allow(rights: str) -> None:
    op.execute(f"do $$ begin execute format('grant {rights} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
    op.drop_column("known_device", "lost_at")
