"""What somebody could break, or an honest hand forget, and the test that must notice."""

from tests.sabotage.identity import IDENTITY
from tests.sabotage.sight import SIGHT
from tests.sabotage.switch import Sabotage

WALLS = "migrations/versions/2026_11_23_walls.py"

SWITCHES = (
    # The wall
    Sabotage(
        "no row-level security",
        WALLS,
        "op.execute(f'alter table \"{table}\" enable row level security')",
        "pass",
        "tests/security/test_walls.py::test_every_table_is_walled_and_accounted_for",
    ),
    Sabotage(
        "the owner sees past the wall",
        WALLS,
        "op.execute(f'alter table \"{table}\" force row level security')",
        "pass",
        "tests/security/test_walls.py::test_every_table_is_walled_and_accounted_for",
    ),
    Sabotage(
        "the wall lets everybody see",
        WALLS,
        'create policy sight on "{table}" using ({using})',
        'create policy sight on "{table}" using (true)',
        "tests/security/test_walls.py::test_without_an_identity_there_is_nothing",
    ),
    Sabotage(
        "identity outlives its transaction",
        "app/actor.py",
        "set local app.villages",
        "set app.villages",
        "tests/stories/test_writing.py::test_no_identity_is_left_over_for_the_next_request",
    ),
    Sabotage(
        "the app may rewrite events",
        WALLS,
        '"event": "select, insert, update (replaced_by, seen_by)"',
        '"event": "select, insert, update"',
        "tests/security/test_forbidden.py",
    ),
    Sabotage(
        "a function that looks past the wall takes its tables from whoever calls",
        "migrations/versions/2026_11_25_person_changes.py",
        "language plpgsql security definer set search_path from current as",
        "language plpgsql security definer as",
        "tests/security/test_wall_rules.py::test_functions_that_look_past_the_wall_are_fixed_to_it",
    ),
    # Sight
    Sabotage(
        "a route's permission is not asked",
        "app/deps.py",
        "    if missing or not named:",
        "    if False:",
        "tests/security/test_permissions.py::"
        "test_a_role_is_served_what_it_holds_and_nothing_else[grid_worker]",
    ),
    Sabotage(
        "a bar is one opinion among others",
        "migrations/versions/2026_11_25_recusals.py",
        "as restrictive to %I",
        "as permissive to %I",
        "tests/security/test_recusals.py::test_the_database_holds_it_whatever_the_app_asks",
    ),
    Sabotage(
        "a look is not logged",
        "app/services/seeing/looks.py",
        "    await batch.write(work.connection)\n",
        "",
        "tests/security/test_sight.py::test_every_search_for_people_leaves_a_trace",
    ),
    Sabotage(
        "numbers are shown whole",
        "app/services/persons/parties.py",
        '    facts["phone"] = people.masked(facts["phone"])\n',
        "",
        "tests/security/test_vault.py::test_a_number_is_masked_until_somebody_says_why",
    ),
    Sabotage(
        "who declines a referral keeps the case",
        "app/services/acting/cases.py",
        "    if any(isinstance(e, AnswerReferral) and not e.accepts for e in action.effects):",
        "    if False:",
        "tests/stories/test_referrals.py::"
        "test_who_declines_names_the_right_body_and_lets_the_case_go",
    ),
    Sabotage(
        "a consent to one organisation serves for another",
        "app/kinds/referral.py",
        "    if facts.subject and asked in consents_in_force(facts.answers):",
        "    if facts.subject and consents_in_force(facts.answers):",
        "tests/stories/test_referrals.py::test_without_her_consent_it_takes_a_duty",
    ),
    Sabotage(
        "a paper may say where she hides",
        "app/services/papers/secrets.py",
        "    if any(len(_bare(s)) >= SHORTEST and _bare(s) in whole for s in secrets):",
        "    if False:",
        "tests/stories/test_papers.py::test_where_she_hides_gets_into_none",
    ),
    Sabotage(
        "what somebody typed may be a formula",
        "app/services/exports/sheet.py",
        "sheet.write_string(at, column, text, form)",
        "sheet.write_formula(at, column, text, form)",
        "tests/stories/test_exports.py::test_the_file_has_the_rows_of_the_list",
    ),
    Sabotage(
        "an exported file may be taken twice",
        "app/services/exports/asking.py",
        "    if row.fetched_at is not None or row.expires_at < clock.now():",
        "    if row.expires_at < clock.now():",
        "tests/stories/test_exports.py::test_it_is_handed_out_once_and_not_for_long",
    ),
    Sabotage(
        "the docket asks nobody whether it is dangerous",
        "app/services/acting/sittings.py",
        "    if refusal := dangerous.check(known, Empty()):",
        "    if refusal := None:",
        "tests/stories/test_docket.py::test_where_violence_showed_they_come_apart",
    ),
    *SIGHT,
    # Secrets
    Sabotage(
        "one nonce for all",
        "app/crypto/sealed.py",
        "    nonce = os.urandom(_NONCE)",
        "    nonce = bytes(_NONCE)",
        "tests/security/test_crypto.py::test_no_nonce_comes_twice",
    ),
    Sabotage(
        "a sealed value may be moved to another row",
        "app/crypto/sealed.py",
        '        return f"v{_FORMAT}|{self.table}|{self.column}|{self.row}".encode()',
        '        return f"v{_FORMAT}|{self.table}|{self.column}".encode()',
        "tests/security/test_crypto.py::test_a_value_opens_nowhere_else_and_with_no_other_key",
    ),
    Sabotage(
        "blind indexes without a key",
        "app/crypto/indexes.py",
        '    return hmac.digest(key, text.encode(), "sha256")[:INDEX_BYTES]',
        '    return hmac.digest(b"", text.encode(), "sha256")[:INDEX_BYTES]',
        "tests/security/test_index_and_chain.py::"
        "test_an_index_is_worth_nothing_in_another_column_or_with_another_key",
    ),
    Sabotage(
        "production starts with development keys",
        "app/keyrings.py",
        "    wrong = [name for name, values in secrets.items() if not known.isdisjoint(values)]",
        "    wrong: list[str] = []",
        "tests/security/test_settings.py::test_production_given_the_development_keys_is_refused",
    ),
    # Signing in
    Sabotage(
        "any algorithm a token names",
        "app/tokens.py",
        '    if verifier is None:\n        raise BadToken("unknown header")\n',
        "    verifier = verifier or next(iter(keys.verifiers.values()))\n",
        "tests/security/test_tokens.py::test_a_forged_token_is_refused",
    ),
    Sabotage(
        "a token for somebody else's ears",
        "app/tokens.py",
        ' or claims["aud"] != audience:',
        ":",
        "tests/security/test_tokens.py::test_a_forged_token_is_refused",
    ),
    Sabotage(
        "a token that lives for ever",
        "app/tokens.py",
        "    if not issued <= starts < ends <= issued + MAX_LIFE.total_seconds():",
        "    if not issued <= starts < ends:",
        "tests/security/test_tokens.py::test_a_forged_token_is_refused",
    ),
    Sabotage(
        "a code of the moment opens twice",
        "app/services/identity/second_factors.py",
        "or_(FACTORS.c.counter < counter, and_(FACTORS.c.counter == 0, literal(counter) == 0)),",
        "",
        "tests/stories/test_second_factors.py::test_a_code_opens_once_and_older_ones_no_more",
    ),
    Sabotage(
        "a recovery code opens twice",
        "app/services/identity/second_factors.py",
        "_CODES.c.used_at.is_(None))\n        .values(used_at=func.now())",
        "true())\n        .values(used_at=func.now())",
        "tests/stories/test_second_factors.py::test_a_recovery_code_opens_once",
    ),
    Sabotage(
        "a second factor of yesterday is fresh",
        "app/services/identity/second_factors.py",
        "    if not (await work.connection.execute(recent)).scalar_one_or_none():",
        "    if False:",
        "tests/stories/test_second_factors.py::"
        "test_what_needs_a_second_factor_asks_again_after_five_minutes",
    ),
    Sabotage(
        "guesses are not counted",
        "app/services/identity/limits.py",
        "    if wait:\n        raise TooManyAttempts",
        "    if False:\n        raise TooManyAttempts",
        "tests/stories/test_second_factors.py::test_guessing_ends_after_five",
    ),
    Sabotage(
        "a partner's assertion is good for another server",
        "app/services/identity/assertions.py",
        '    if not isinstance(claims["aud"], str) or claims["aud"] not in audiences:',
        "    if False:",
        "tests/security/test_machine_tokens.py::test_no_forged_assertion_is_accepted",
    ),
    Sabotage(
        "a partner's assertion may be shown again",
        "app/services/identity/machines.py",
        "        if (await connection.execute(_GIVEN, given)).rowcount != 1:",
        "        if (await connection.execute(_GIVEN, given)).rowcount > 1:",
        "tests/security/test_machine_tokens.py::test_one_assertion_opens_once_even_fifty_times_at_once",
    ),
    *IDENTITY,
    # Work
    Sabotage(
        "two act at once on the same state",
        "app/access.py",
        "_LOCKED = select(*table_of(Case).c).where(*_ONE).with_for_update()",
        "_LOCKED = select(*table_of(Case).c).where(*_ONE)",
        "tests/faults/test_races.py::test_acting_and_handing_over_at_once_keep_every_copy_true",
    ),
    Sabotage(
        "a commit that failed is a success",
        "app/db.py",
        'if await driver.execute("COMMIT") != "COMMIT":',
        'if not await driver.execute("COMMIT"):',
        "tests/faults/test_cancelled.py::test_an_error_that_was_swallowed_is_no_success",
    ),
    Sabotage(
        "one id serves for two commands",
        "app/services/rows/commands.py",
        "    if row.fingerprint != print_:\n        raise IdReused(REUSED)\n",
        "",
        "tests/stories/test_writing.py::test_an_id_used_for_something_else_is_refused",
    ),
    Sabotage(
        "a step is possible in any state",
        "app/services/acting/cases.py",
        "    if case.state not in possible:",
        "    if False:",
        "tests/stories/test_privacy.py::test_rights_and_duties_outlive_the_case",
    ),
    Sabotage(
        "anybody may take any step",
        "app/services/acting/cases.py",
        "    if not roles & action.by:",
        "    if False:",
        "tests/kinds/test_whose_step.py",
    ),
    # The record
    Sabotage(
        "whatever is marked as swept was",
        "app/services/record/verify.py",
        '        if found.stated.get(entry) != f"records:{hashlib.sha256(digests).hexdigest()}":\n'
        "            continue\n",
        "",
        "tests/security/test_record_retention.py::"
        "test_what_somebody_took_is_told_from_what_was_swept",
    ),
    Sabotage(
        "young records may be swept",
        "app/services/record/verify.py",
        "seal.sealed_at <= at - TERM for seal in seals",
        "seal.sealed_at <= at for seal in seals",
        "tests/security/test_record_retention.py::"
        "test_an_entry_forged_in_time_takes_no_young_record",
    ),
    Sabotage(
        "looks at a kept case are swept",
        "migrations/versions/2026_11_25_record_retention.py",
        "              select from \"case\" c where c.key <> ''::bytea\n",
        '              select from "case" c where false\n',
        "tests/security/test_record_retention.py::test_what_is_of_a_kept_case_outlives_its_years",
    ),
    Sabotage(
        "two women in one bed",
        "migrations/versions/2026_11_25_bed_index.py",
        "({new.name} with =, tstzrange",
        "(id with =, tstzrange",
        "tests/stories/test_beds.py::test_two_hundred_claim_the_last_bed_and_one_gets_it",
    ),
    Sabotage(
        "links of a chain that do not hold each other",
        "app/crypto/chain.py",
        'hmac.digest(key, previous + seq.to_bytes(8, "big") + stated, "sha256")',
        'hmac.digest(key, seq.to_bytes(8, "big") + stated, "sha256")',
        "tests/security/test_index_and_chain.py::"
        "test_a_link_depends_on_the_case_the_number_the_forerunner_and_the_key",
    ),
    # People's rights
    Sabotage(
        "what is held is erased",
        "migrations/versions/2026_11_25_rights.py",
        "exists (select from legal_hold where case_id = of_case and lifted_at is null)",
        "false",
        "tests/stories/test_rights.py::test_what_is_held_is_not_erased",
    ),
    Sabotage(
        "names outlive their case",
        "migrations/versions/2026_11_25_person_changes.py",
        "    delete from party_gram where case_id = of_case;\n",
        "",
        "tests/stories/test_rights.py::test_an_erased_case_says_so_and_names_nobody",
    ),
    Sabotage(
        "an abuser is asked for his child",
        "app/kinds/privacy.py",
        "    if any(g.could_be(a) for g in guardians for a in abusers):",
        "    if False:",
        "tests/stories/test_privacy.py::"
        "test_a_child_is_asked_through_a_guardian_who_is_not_the_abuser",
    ),
    Sabotage(
        "a giving leaves no record",
        "app/services/acting/steps.py",
        "    disclosures.note(work, case, happened, basis, plan.effects, form, had, batch)\n",
        "",
        "tests/stories/test_privacy.py::test_whoever_was_given_a_case_is_on_record",
    ),
    # The door
    Sabotage(
        "bodies of any size",
        "app/routers/door.py",
        '                if size > most:\n                    raise TooLarge("提交的内容太大")',
        "",
        "tests/security/test_door.py::test_a_body_has_a_size",
    ),
    Sabotage(
        "any token gets past the rate of addresses",
        "app/routers/door.py",
        "        if path in UNSIGNED or (not signed_in",
        "        if (not signed_in",
        "tests/security/test_rates.py::test_a_made_up_token_is_no_way_around_the_rate",
    ),
    Sabotage(
        "anybody says where he comes from",
        "app/cli/serving.py",
        "        forwarded_allow_ips=settings.proxies,",
        '        forwarded_allow_ips="*",',
        "tests/security/test_rates.py::test_only_a_configured_proxy_says_where_a_request_came_from",
    ),
    Sabotage(
        "the demo goes into any database",
        "app/services/seed.py",
        "    await _refuse_real(connection)\n",
        "",
        "tests/stories/test_accounts.py::test_the_demo_is_there_once_and_never_in_production",
    ),
)
