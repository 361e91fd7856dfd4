"""Who waits to be named is asked of some kinds only; the others are passed over in the index"""

import sqlalchemy as sa
from alembic import op

revision = "unassigned_kinds"
down_revision = "quick_women"
branch_labels = None
depends_on = None

UNASSIGNED = sa.text("closed_at is null and account_id is null")
NEWEST = (sa.text("opened_at desc"), sa.text("id desc"))
INDEXES = {
    "ix_case_unassigned": "district",
    "ix_case_unassigned_town": "town",
    "ix_case_unassigned_village": "village",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _make("kind")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _make()


def _make(*more: str) -> None:
    for name, level in INDEXES.items():
        op.drop_index(name, "case")
        op.create_index(name, "case", [level, *NEWEST, *more], postgresql_where=UNASSIGNED)
