"""Challenges for passkeys: each is answered once, within minutes"""

import sqlalchemy as sa
from alembic import op

revision = "passkeys"
down_revision = "passwords"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('app.account', true), '')::bigint"
RIGHTS = "select, insert, update (used_at) on passkey_challenge"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge", sa.LargeBinary(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", moment),
    )
    op.execute("alter table passkey_challenge enable row level security")
    op.execute("alter table passkey_challenge force row level security")
    op.execute(
        "create policy owner on passkey_challenge to current_user using (true) with check (true)"
    )
    op.execute(f"create policy sight on passkey_challenge using ({MINE}) with check ({MINE})")
    op.execute(
        f"do $$ begin execute format('grant {RIGHTS} to %I', current_schema() || '_app'); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("passkey_challenge")
