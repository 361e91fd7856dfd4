"""Switches for accounts: who keeps them, and how somebody comes in for the first time."""

from tests.sabotage.switch import Sabotage

IDENTITY = (
    Sabotage(
        "the database does not ask who changes an account",
        "migrations/versions/2026_11_25_account_register.py",
        "      and id is distinct from own_account() and holds_office(offices)\n",
        "",
        "tests/stories/test_account_register.py::test_the_database_asks_for_the_office_too",
    ),
    Sabotage(
        "a password that was handed out opens alone",
        "app/services/identity/second_factors.py",
        "        return await start_codes.asked(connection)\n",
        "        return None\n",
        "tests/stories/test_account_register.py::"
        "test_it_takes_two_administrators_to_let_somebody_in",
    ),
    Sabotage(
        "a stolen password enrols the first second factor",
        "app/services/identity/enrolling.py",
        "    elif not await _started(work):",
        "    elif False:",
        "tests/stories/test_account_register.py::"
        "test_a_stolen_password_does_not_enrol_the_first_second_factor",
    ),
    Sabotage(
        "a start code is good for ever",
        "app/services/identity/start_codes.py",
        "            _CODES.c.ends_at > func.now(),\n",
        "",
        "tests/stories/test_account_register.py::"
        "test_a_code_is_good_for_seven_days_and_the_latest_only",
    ),
    Sabotage(
        "one account holds two offices",
        "app/services/identity/accounts.py",
        "    if roles & ADMINS and len(roles) > 1:",
        "    if False:",
        "tests/stories/test_account_register.py::"
        "test_each_office_has_its_part_and_nobody_her_own_account",
    ),
    Sabotage(
        "relatives are not barred",
        "migrations/versions/2026_11_25_account_register.py",
        "              union all select account_id, id_index, 'kin' from account_kin) a",
        "              ) a",
        "tests/stories/test_account_register.py::test_numbers_entered_here_hide_what_touches_her",
    ),
    Sabotage(
        "the last second factor is removed",
        "app/services/identity/enrolling.py",
        "        if second_factors.demanded(work.actor.roles):\n            raise Conflict",
        "        if False:\n            raise Conflict",
        "tests/stories/test_second_factors.py::test_whoever_must_have_one_keeps_the_last",
    ),
)
