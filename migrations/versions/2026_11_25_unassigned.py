"""Open cases that nobody is in charge of are found in order, however many others there are

Those of a village are few enough to be found among its cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "unassigned"
down_revision = "quick_bars"
branch_labels = None
depends_on = None

UNASSIGNED = sa.text("closed_at is null and account_id is null")
NEWEST = (sa.text("opened_at desc"), sa.text("id desc"))
INDEXES = {"ix_case_unassigned": "district", "ix_case_unassigned_town": "town"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name, level in INDEXES.items():
        op.create_index(name, "case", [level, *NEWEST], postgresql_where=UNASSIGNED)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in INDEXES:
        op.drop_index(name, "case")
