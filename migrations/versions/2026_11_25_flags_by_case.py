"""The index of the flagged has their cases: figures leave out those that are not their reader's"""

import sqlalchemy as sa
from alembic import op

revision = "flags_by_case"
down_revision = "person_changes"
branch_labels = None
depends_on = None

HAS = ["kind", "name", "outcome", "sex", "town", "village", "flags"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    index([*HAS, "case_id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    index(HAS)


def index(has: list[str]) -> None:
    op.drop_index("ix_event_flags", table_name="event")
    op.create_index(
        "ix_event_flags",
        "event",
        ["district", "happened_at"],
        postgresql_include=has,
        postgresql_where=sa.text("replaced_by is null and flags <> '{}'"),
    )
