"""The rules every policy, and every function that looks past the wall, keeps to."""

import re

from tests.conftest import Owner
from tests.security.test_walls import APP, KEYS, OWNER, SIGN_IN, WORKER, rows, tables

BARRING = {
    "account_leave",
    "account_touch",
    "bar_account",
    "bar_kin",
    "bar_parties",
    "bar_party",
    "bar_person",
    "shred_attachments",
}  # fmt: skip - only triggers and other functions call them
WORKS: dict[str, set[str]] = {
    "seal_take": {WORKER},
    "notices_send": {WORKER},
    "holidays_marked": {WORKER},
    "clocks_rolling": {WORKER},
    "clocks_move": {WORKER},
    "clear_away": {WORKER},
    "exports_expire": {WORKER},
    "record_sweep": {WORKER},
    "disclosures_sweep": {WORKER},
    "leaf_digest": set(),
    "await_seal": set(),
}
"""Functions that are not for the app, and for whom they are."""


async def test_policies_ask_no_table(owner: Owner) -> None:
    """A sub-select in a policy is slow, and cannot be pushed to a schema on another node."""
    found = await rows(
        owner,
        "select tablename, policyname, roles::text[] as roles, qual, with_check, cmd"
        " from pg_policies where schemaname = current_schema()",
    )
    assert {r.tablename for r in found} == await tables(owner)
    for row in found:
        assert row.qual, row
        assert row.with_check or row.cmd == "SELECT", row
        assert not re.search(r"\bselect\b", f"{row.qual} {row.with_check}", re.I), row
        if row.policyname == "owner":
            assert row.roles == [OWNER]
        elif row.policyname == "keys":
            assert row.roles == [KEYS]
        else:
            open_ = row.tablename in SIGN_IN or row.roles == [WORKER]
            assert row.qual != "true" or open_, row


async def test_functions_that_look_past_the_wall_are_fixed_to_it(owner: Owner) -> None:
    found = await rows(
        owner,
        "select proname, prosecdef, proconfig, proacl::text[] as acl, prosrc from pg_proc"
        " where pronamespace = current_schema()::regnamespace",
    )
    past = [r for r in found if r.prosecdef]
    assert len(past) >= 8
    for row in past:
        paths = [s for s in row.proconfig or () if s.startswith("search_path=")]
        assert [p.rpartition(", ")[2] for p in paths] == ["pg_temp"], row.proname
        assert "execute format" not in row.prosrc.lower(), row.proname
    for row in found:
        grantees = {entry.partition("=")[0].strip('"') for entry in row.acl or ("",)}
        others = set() if row.proname in BARRING else WORKS.get(row.proname, {APP})
        assert grantees == {OWNER} | others, row.proname
