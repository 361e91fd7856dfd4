"""A district's template of a paper counts from a day on; what it had before stays as it was"""

import sqlalchemy as sa
from alembic import op

revision = "templates_from"
down_revision = "ledgers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("paper_template", sa.Column("effective_on", sa.Date()))
    op.execute(
        "update paper_template set effective_on = (uploaded_at at time zone 'Asia/Shanghai')::date"
    )
    op.alter_column("paper_template", "effective_on", nullable=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("paper_template", "effective_on")
