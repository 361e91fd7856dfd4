"""Sabotages of sight: who reads, who hands on, what figures tell."""

from tests.sabotage.switch import Sabotage

SIGHT = (
    Sabotage(
        "a barred case is counted",
        "migrations/versions/2026_11_25_figures_unbarred.py",
        """ALL_BUT = f" and e.case_id <> all (coalesce((select {BARRED}), '{{}}'))\"""",
        'ALL_BUT = ""',
        "tests/stories/test_figure_differences.py::test_a_barred_case_is_in_no_figure[dv_warning]",
    ),
    Sabotage(
        "a small figure is hidden alone",
        "app/services/figures/trees.py",
        "    if len(hidden) + whole_hidden != 1 or not others:",
        "    if True:",
        "tests/stories/test_figure_differences.py::"
        "test_no_small_count_is_left_when_all_else_is_subtracted",
    ),
    Sabotage(
        "whoever reads a case gives it away",
        "app/kinds/common.py",
        "        return replace(action, by=kind.carried_by)",
        "        return replace(action, by=kind.read_by)",
        "tests/security/test_handing_on.py::"
        "test_who_reads_little_of_a_case_does_not_give_it_away[zongzhi]",
    ),
    Sabotage(
        "a case is given to any house",
        "app/services/acting/effects.py",
        '    col(Organisation.kind) == any_(bindparam("kinds", type_=ARRAY(Text))),\n',
        "",
        "tests/security/test_handing_on.py::test_a_case_is_given_to_those_who_work_on_such_cases",
    ),
    Sabotage(
        "a case is given to somebody of another house",
        "app/services/acting/effects.py",
        '    col(Account.organisation_id) == bindparam("organisation"),\n',
        "",
        "tests/security/test_handing_on.py::test_a_case_is_given_to_those_who_work_on_such_cases",
    ),
    Sabotage(
        "a link opens the case it names",
        "app/services/acting/effects.py",
        "    await access.check_reached(work, other)",
        "    await access.load_case(work, other)",
        "tests/security/test_handing_on.py::test_linking_leaves_the_case_at_hand_open",
    ),
    Sabotage(
        "a mark in one office is one in all",
        "app/actor.py",
        "g.supervisor and g.role in roles and g.covers(place)",
        "g.supervisor and g.covers(place)",
        "tests/security/test_handing_on.py::test_a_mark_in_one_office_is_none_in_another",
    ),
    Sabotage(
        "a worklist of cases one does not read",
        "app/services/seeing/running.py",
        "        if shape.some_kinds:\n            wanted = wanted",
        "        if False:\n            wanted = wanted",
        "tests/security/test_handing_on.py::"
        "test_who_no_longer_reads_such_cases_has_none_of_their_clocks",
    ),
    Sabotage(
        "whoever picks her overwrites what is known of her",
        "app/services/persons/people.py",
        "taken = said if carries else changes.additions(before, said)",
        "taken = said",
        "tests/stories/test_person_history.py::"
        "test_who_carries_no_case_of_hers_adds_and_overwrites_nothing",
    ),
    Sabotage(
        "her way to be called changes in silence",
        "app/services/persons/people.py",
        '    if "safe_contact" in taken and before.get("safe_contact"):',
        "    if False:",
        "tests/stories/test_person_history.py::"
        "test_what_was_overwritten_stays_and_her_other_cases_are_told",
    ),
    Sabotage(
        "a masked number is taken for a number",
        "app/kinds/people.py",
        "    if not phone_valid(value):",
        "    if False:",
        "tests/security/test_round_trips.py",
    ),
    Sabotage(
        "who only looks through broken glass writes",
        "app/services/walls/vault.py",
        "    if not opened.roles:\n",
        "    if False:\n",
        "tests/security/test_glass.py::test_what_the_vault_keeps_is_shown_for_a_reason_of_its_own",
    ),
    Sabotage(
        "who reported is an emergency's business",
        "app/services/walls/vault.py",
        "            return Role.POLICE in roles and (in_charge or supervisor)",
        "            return near or Role.POLICE in roles and supervisor",
        "tests/security/test_glass.py::test_what_the_vault_keeps_is_shown_for_a_reason_of_its_own",
    ),
    Sabotage(
        "glass breaks without a look on record",
        "app/services/walls/glass.py",
        '    await looks.log(work, "glass", Sight.S3, case_id=case.id, id=id, reason=reason)\n',
        "",
        "tests/security/test_same_transaction.py::"
        "test_killed_while_the_glass_breaks_there_is_neither_grant_nor_record",
    ),
    Sabotage(
        "ID numbers are shown with names",
        "app/services/persons/parties.py",
        '    "id_number": Sight.S3,',
        '    "id_number": Sight.S2,',
        "tests/security/test_golden_sight.py",
    ),
    Sabotage(
        "a refusal says that the case is there",
        "app/services/acting/cases.py",
        "    if not roles & (action.by | kind.read_by):\n        raise NotFound(",
        "    if not roles & (action.by | kind.read_by):\n        raise NotAllowed(",
        "tests/security/test_matrix.py::test_a_sample_of_all_attempts",
    ),
)
