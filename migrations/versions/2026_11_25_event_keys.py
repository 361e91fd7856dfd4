"""A key for each event, under the case's; how many of its answers are in the vault

The chain covers what an event's key seals, not the key: the case's key can then be replaced, or
destroyed by law, without a break in the chain.
"""

import sqlalchemy as sa
from alembic import op

revision = "event_keys"
down_revision = "second_factors"
branch_labels = None
depends_on = None

NOTHING_SEALED = """do $$ begin
    if exists (select from event where sealed is not null) then
        raise exception '此数据库由发布前的版本建立，无法升级，请清空后重新启动'
            ' / made before the first release; empty it and start again';
    end if;
end $$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(NOTHING_SEALED)
    op.add_column("event", sa.Column("key", sa.LargeBinary(), nullable=True))
    op.add_column("event", sa.Column("locked", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("event", "locked")
    op.drop_column("event", "key")
