"""Notices are found in order at every level, unread ones first, however many there were

They were looked for among all that a role was ever told in the district: half a second for a
village after ten years. What was given to somebody is shown past the wall, as cases and clocks are.
"""

import sqlalchemy as sa
from alembic import op

revision = "quick_notices"
down_revision = "docket_taken"
branch_labels = None
depends_on = None

LEVELS = ("district", "town", "village")
# Unread before read, then the newest.
ORDER = (sa.text("(read_at is not null)"), sa.text("sent_at desc"), sa.text("id desc"))
HOLDERS = "string_to_array(nullif(current_setting('app.holders', true), ''), ',')::bigint[]"
BARRED = "string_to_array(nullif(current_setting('app.barred', true), ''), ',')::uuid[]"
VIEW = f"""
create view given_notice with (security_barrier) as select * from notice
where seen_by && {HOLDERS} and seen_by <> '{{}}' and array_position({BARRED}, case_id) is null"""  # noqa: S608


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_notice_place", "notice")
    for level in LEVELS:
        op.create_index(f"ix_notice_{level}", "notice", [level, "role", *ORDER])
    op.create_index(
        "ix_notice_given", "notice", ["seen_by"],
        postgresql_using="gin", postgresql_where=sa.text("seen_by <> '{}'"),
    )  # fmt: skip
    op.execute(VIEW)
    op.execute(
        "do $$ begin execute format('grant select on given_notice to %I',"
        " current_schema() || '_app'); end $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop view given_notice")
    op.drop_index("ix_notice_given", "notice")
    for level in LEVELS:
        op.drop_index(f"ix_notice_{level}", "notice")
    op.create_index("ix_notice_place", "notice", ["district", "role", "sent_at"])
