"""The people of a town or a village are found in order, and so are a village's unassigned cases

They were sorted anew for every page, or looked for among everybody else's.
"""

import sqlalchemy as sa
from alembic import op

revision = "quick_people"
down_revision = "quick_notices"
branch_labels = None
depends_on = None

# With the end of the case, so that who has an open one is found without reading the others.
PEOPLE = {
    "ix_case_subject": ["subject", "closed_at"],
    "ix_case_subject_town": ["town", "subject", "closed_at"],
    "ix_case_subject_village": ["village", "subject", "closed_at"],
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_case_subject", "case")
    for name, columns in PEOPLE.items():
        op.create_index(name, "case", columns)
    op.create_index(
        "ix_case_unassigned_village", "case",
        ["village", sa.text("opened_at desc"), sa.text("id desc")],
        postgresql_where=sa.text("closed_at is null and account_id is null"),
    )  # fmt: skip


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_case_unassigned_village", "case")
    for name in PEOPLE:
        op.drop_index(name, "case")
    op.create_index("ix_case_subject", "case", ["subject"])
