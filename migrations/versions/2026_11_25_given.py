"""What was given to somebody is found by index; the wall names no index

Row-level security lets a query use an index only for conditions that cannot leak, and `&&` may.
Whoever holds an area and was given cases beside it paid for that with a walk through the area. Two
views now show what was given to whoever the transaction acts for, and nothing else: read with
their owner's eyes, so the index of `seen_by` serves, and as a barrier, so nothing asked of them is
tried on other rows.

The planner also took the wall's own conditions for a way in, and read an area by them rather than
in the order asked for. Written with array_position they mean the same and promise it nothing.
"""

from alembic import op

revision = "given"
down_revision = "audit_entries"
branch_labels = None
depends_on = None

PLACED = (
    "case",
    "case_link",
    "case_party",
    "party_gram",
    "event",
    "deadline",
    "bed_stay",
    "notice",
    "outbox",
)
STAYING = ("event", "deadline", "case_link")
LEVELS = ("district", "town", "village")


def listed(setting: str) -> str:
    given = f"nullif(current_setting('app.{setting}', true), '')"
    return f"string_to_array({given}, ',')::bigint[]"


GIVEN = f"seen_by && {listed('holders')}"
ONE_CASE = "case_id = nullif(current_setting('app.opened_case', true), '')::uuid"
SCOPE = " or ".join(
    (*(f"array_position({listed(f'{n}s')}, {n}) is not null" for n in LEVELS), GIVEN)
)
FORMER = " or ".join((*(f"{n} = any({listed(f'{n}s')})" for n in LEVELS), GIVEN))

VIEWS = {
    "given_case": f'select * from "case" where {GIVEN}',  # noqa: S608 - our own words
    "given_clock": f"select * from deadline where {GIVEN}"  # noqa: S608 - our own words
    " and met_at is null and dropped_at is null and paused_at is null",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    policies(SCOPE)
    for view, shown in VIEWS.items():
        op.execute(f"create view {view} with (security_barrier) as {shown}")
        op.execute(
            "do $$ begin execute format("
            f"'grant select on {view} to %I', current_schema() || '_app'); end $$"
        )


def policies(scope: str) -> None:
    for table in PLACED:
        sight = f"{scope} or {ONE_CASE}" if table in STAYING else scope
        op.execute(f'alter policy sight on "{table}" using ({sight}) with check ({sight})')


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for view in VIEWS:
        op.execute(f"drop view {view}")
    policies(FORMER)
