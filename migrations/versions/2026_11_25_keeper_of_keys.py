"""A role that replaces keys and sees no sealed answer; the app replaces none

The one exception is a person, whose facts are sealed anew under her new key.
"""

from alembic import op

revision = "keeper_of_keys"
down_revision = "disclosures"
branch_labels = None
depends_on = None

KEEPER = {
    "person": "select (id, key, sealed), update (key, sealed)",
    "case": "select (id, key), update (key)",
    "event": "select (id, case_id, key), update (key)",
    "person_vault": "select (id, key), update (key)",
    "case_vault": "select (id, key), update (key)",
    "second_factor": "select (id, key), update (key)",
    "audit_entry": "select (id, key), insert, update (key)",
}
APP = {
    "case": "moved, number, state, subject, sex, birth_year, flags, organisation_id, account_id,"
    " danger, opened_at, closed_at, outcome, valid_until, version, head, district, town, village,"
    " seen_by",
    "person": "sealed, id_index, phone_index, name_index, sex, birth_year, flags, same_as, version",
}
"""What the app changes of these two: all but their keys, and what is true for ever."""

KEEPERS = "current_schema() || '_keys'"
APPS = "current_schema() || '_app'"


def say(statement: str, role: str) -> None:
    op.execute(f"do $$ begin execute format('{statement}', {role}); end $$")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, rights in KEEPER.items():
        say(f'grant {rights} on "{table}" to %I', KEEPERS)
        say(f'create policy keys on "{table}" to %I using (true) with check (true)', KEEPERS)
    for table, columns in APP.items():
        say(f'revoke update on "{table}" from %I', APPS)
        say(f'grant update ({columns}) on "{table}" to %I', APPS)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, columns in APP.items():
        say(f'revoke update ({columns}) on "{table}" from %I', APPS)
        say(f'grant update on "{table}" to %I', APPS)
    for table in KEEPER:
        op.execute(f'drop policy keys on "{table}"')
        say(f'revoke all on "{table}" from %I', KEEPERS)
