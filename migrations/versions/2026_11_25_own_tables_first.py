"""Functions that act as the owner look for tables of the moment last

Unless it is named, PostgreSQL looks in a session's temporary schema before any other. Whoever signs
in as the app could have put a table there under the name of one of ours, with a trigger of his own,
and a function that acts as the owner would have run that trigger as the owner.
"""

from alembic import op

revision = "own_tables_first"
down_revision = "worker_chores"
branch_labels = None
depends_on = None


LOOK = """do $do$ declare f regprocedure; begin
    for f in select oid from pg_proc
        where prosecdef and pronamespace = current_schema()::regnamespace loop
        execute format('alter function %%s set search_path = %s', f, current_schema());
    end loop;
end $do$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    look_in("%I, public, pg_temp")


def look_in(path: str) -> None:
    op.execute(LOOK % path)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    look_in("%I, public")
