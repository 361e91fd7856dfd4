"""What somebody asks about her data goes with her case, to whoever has to answer now"""

from alembic import op

revision = "requests_follow"
down_revision = "passkeys"
branch_labels = None
depends_on = None

RIGHTS = "update (district, town, village) on subject_request"
ROLE = "current_schema() || '_app'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"do $$ begin execute format('grant {RIGHTS} to %I', {ROLE}); end $$")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"do $$ begin execute format('revoke {RIGHTS} from %I', {ROLE}); end $$")
