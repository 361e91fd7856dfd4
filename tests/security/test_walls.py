"""The second wall: what the database lets the app's role see, whatever the app asks."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.access import Actor, Held
from app.config import get_settings
from app.db import app_role, keys_role, owner_role, transaction, worker_role
from app.ids import uuid7
from app.models import Case, Person
from app.models.columns import table_of
from app.roles import Role
from app.services.seed import DISTRICT, SECOND_VILLAGE, TOWN, VILLAGE
from tests.conftest import Client, Owner
from tests.stories.answers import REPORT, command, wish
from tests.stories.files import photo

REGISTERS = {
    "account", "account_grant", "area", "bed", "case_counter", "holiday", "machine_client",
    "machine_key", "machine_token", "organisation", "paper_template", "partner_document",
    "room",
    "survey_round",
}  # fmt: skip
"""No personal data of those protected: for everybody who is signed in."""

SIGN_IN = {"account_kin", "credential", "guess_turn", "refresh_token"}
"""Read through functions only."""

RECORD = {"seal", "seal_leaf", "seal_waiting"}
"""Not for the app: the worker seals."""

OWN = {
    "export",
    "known_device",
    "passkey_challenge",
    "recovery_code",
    "second_factor",
    "session",
    "start_code",
}
"""An account's own, for nobody else."""

PLACED = {
    "bed_stay", "case", "case_link", "case_party", "deadline", "disclosure", "event", "notice",
    "outbox", "party_gram", "referral", "subject_request",
}  # fmt: skip
BEHIND = {
    "access_log", "attachment", "audit_entry", "case_paper", "case_vault", "glass", "legal_hold",
    "person", "person_change", "person_match", "person_vault", "recusal",
}  # fmt: skip
"""Opened for one case, for named people or one account, after the gate."""

SENT = {"ledger_entry", "phone_conflict", "saved_view", "sitting"}  # each by a rule of its own
# Views past the wall, held by their own condition.
GIVEN = {"given_case", "given_clock", "given_notice"}

CHANGED: dict[str, set[str]] = {
    "export": {
        "written", "seen_at", "finished_at", "failed", "sha256", "content", "expires_at",
        "fetched_at",
    },
    "glass": {"verdict", "reviewed_by", "reviewed_at"},
    "area": {"*"},
    "attachment": {"withdrawn_at", "withdrawn_by"},
    "bed": {"*"},
    "bed_stay": {"ended_at", "district", "town", "village", "seen_by"},
    "case": {c.name for c in table_of(Case).c} - {"id", "kind", "key", "recorded_at"},
    "case_counter": {"*"},
    "case_party": {"district", "town", "village", "seen_by", "relation"},
    "deadline": {"*"},
    "event": {"replaced_by", "seen_by"},
    "holiday": {"*"},
    "machine_key": {"confirmed_by", "confirmed_at", "revoked_by", "revoked_at"},
    "legal_hold": {"lifted_at", "lifted_by", "version", "changed_at"},
    "known_device": {"ended_at", "lost_at"}, "notice": {"read_at"},
    "organisation": {"*"},
    "party_gram": {"district", "town", "village", "seen_by"},
    "person": {c.name for c in table_of(Person).c} - {"id", "key", "recorded_at"},
    "person_match": {"*"},
    "phone_conflict": {"settled_at", "settled_by", "verdict", "version", "changed_at"},
    "referral": {"answered_at", "answered_by", "accepted", "why", "right_id"},
    "subject_request": {
        "granted", "refusing", "answer", "answered_at", "answered_by", "version", "changed_at",
        "district", "town", "village",
    },
    "passkey_challenge": {"used_at"}, "recovery_code": {"used_at"}, "start_code": {"used_at"},
    "second_factor": {"name", "key", "sealed", "counter", "confirmed_at", "removed_at"},
    "room": {"closed_at"},
    "saved_view": {"removed_at"},
    "sitting": {"cancelled_at", "district", "town", "village", "seen_by"},
    "session": {"verified_at", "revoked_at"},
}  # fmt: skip
"""What the app may update. Nothing may be deleted or truncated."""

_SCHEMA = get_settings().schema
APP, OWNER = app_role(_SCHEMA), owner_role(_SCHEMA)
KEYS, WORKER = keys_role(_SCHEMA), worker_role(_SCHEMA)


async def rows(owner: Owner, statement: str, **values: Any) -> list[Any]:
    async with owner() as connection:
        return list((await connection.execute(text(statement), values)).all())


async def tables(owner: Owner) -> set[str]:
    found = await rows(
        owner,
        "select relname from pg_class where relkind in ('r', 'p')"
        " and relnamespace = current_schema()::regnamespace and relname <> 'alembic_version'",
    )
    return {row.relname for row in found}


def actor(role: Role, area: int, account_id: int = 0, organisation_id: int | None = None) -> Actor:
    """Somebody the database is told of; there is no session behind it."""
    return Actor(account_id, organisation_id, None, 1, "x", "某人", (Held(role, area),))


async def test_every_table_is_walled_and_accounted_for(owner: Owner) -> None:
    assert await tables(owner) == REGISTERS | SIGN_IN | RECORD | OWN | PLACED | BEHIND | SENT
    open_ = await rows(
        owner,
        "select relname from pg_class where relkind in ('r', 'p')"
        " and relnamespace = current_schema()::regnamespace and relname <> 'alembic_version'"
        " and not (relrowsecurity and relforcerowsecurity)",
    )
    assert open_ == []
    lax = await rows(
        owner,
        "select relname from pg_class where relkind = 'v'"
        " and relnamespace = current_schema()::regnamespace"
        " and not coalesce('security_invoker=true' = any(reloptions), false)",
    )
    assert {r.relname for r in lax} == GIVEN


async def test_the_app_signs_in_as_somebody_weak(owner: Owner, engine: AsyncEngine) -> None:
    strong = "rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
    found = await rows(
        owner,
        f"select rolname, {strong} as strong, rolcanlogin from pg_roles"  # noqa: S608
        " where rolname = any(:roles)",
        roles=[APP, OWNER, KEYS, WORKER],
    )
    assert {(r.rolname, r.strong, r.rolcanlogin) for r in found} == {
        (APP, False, True),
        (OWNER, False, False),
        (KEYS, False, False),
        (WORKER, False, True),
    }
    owned = await rows(
        owner,
        "select 1 from pg_shdepend d join pg_roles r on r.oid = d.refobjid"
        " where r.rolname = any(:roles) and d.deptype = 'o'",
        roles=[APP, WORKER],
    )
    assert owned == []
    memberships = "select 1 from pg_auth_members m join pg_roles r on r.oid = m.member"
    assert await rows(owner, f"{memberships} where r.rolname = any(:r)", r=[APP, WORKER]) == []
    async with transaction(engine) as connection:
        assert await connection.scalar(text("select current_user")) == APP
    for statement in (
        "create table sneak ()",
        "create table public.sneak ()",
        f'set role "{OWNER}"',
    ):
        with pytest.raises(Exception, match=r"permission denied"):
            async with transaction(engine) as connection:
                await connection.exec_driver_sql(statement)


async def test_nothing_is_granted_beyond_the_list(owner: Owner) -> None:
    whole = await rows(
        owner,
        "select table_name as name, privilege_type as may, grantee from"
        " information_schema.role_table_grants where table_schema = current_schema()"
        " and grantee in (:app, 'PUBLIC')",
        app=APP,
    )
    assert {r.may for r in whole} == {"SELECT", "INSERT", "UPDATE"}
    assert {r.grantee for r in whole} == {APP}
    views = {"figure_clock", "figure_event", *GIVEN}
    readable = REGISTERS | OWN | PLACED | BEHIND | SENT | views
    assert {r.name for r in whole if r.may == "SELECT"} == readable
    found: dict[str, set[str]] = {r.name: {"*"} for r in whole if r.may == "UPDATE"}
    columns = await rows(
        owner,
        "select table_name as name, column_name as field from"
        " information_schema.column_privileges where table_schema = current_schema()"
        " and grantee = :app and privilege_type = 'UPDATE'",
        app=APP,
    )
    for row in columns:
        if found.get(row.name) != {"*"}:
            found.setdefault(row.name, set()).add(row.field)
    assert found == CHANGED


async def ok(answer: Any) -> dict[str, Any]:
    response = await answer
    assert response.status_code in (200, 201), response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
async def shelter_id(client: Client, owner: Owner) -> int:
    """Two villages, in each of which every table has rows. The shelter that gave its beds."""
    fed, shelter = await client("women_fed_district"), await client("shelter")
    beds = await rows(
        owner, "select id, shelter_id from bed where zone = 'women' order by id limit 2"
    )
    (clinic,) = await rows(owner, "select min(id) as id from organisation where kind = 'hospital'")
    victim = {**REPORT["victim"], "present_address": "某处三楼"}  # type: ignore[dict-item]
    report = {**REPORT, "reporter_phone": "13800000099", "victim": victim}
    for village, bed in zip((VILLAGE, SECOND_VILLAGE), beds, strict=True):
        first = await ok(fed.post("/cases/dv_warning", json=command(report, area=village)))
        second = await ok(
            fed.post(
                "/cases/shelter_placement",
                json=command({"in_danger": False, "victim": victim}, area=village),
            )
        )
        link = {"case_id": second["case_id"], "why": "同一受害人"}
        await ok(fed.post(f"/cases/dv_warning/{first['case_id']}/link", json=command(link)))
        url = f"/cases/shelter_placement/{second['case_id']}"
        assessed = {"threatened": True, "no_place_to_stay": True}
        await ok(shelter.post(f"{url}/assess", json=command(assessed)))
        admission = {
            "age_group": "adult",
            "shelter_id": bed.shelter_id,
            "bed_id": bed.id,
            "arrived_at": command({})["happened_at"],
        }
        await ok(shelter.post(f"{url}/admit", json=command(admission)))
        await ok(fed.get(f"/cases/{first['case_id']}"))
        parties = (await ok(fed.get(f"/cases/{first['case_id']}/parties")))["items"]
        again = {"person_id": parties[0]["person_id"], "phone": "13800000023"}
        joins = {"role": "witness", "person": again}
        await ok(fed.post(f"/cases/dv_warning/{first['case_id']}/add_party", json=command(joins)))
        asked = wish(first["case_id"], parties[0]["person_id"])
        await ok(fed.post("/subject-requests", json=asked))
        await ok(fed.post(f"/cases/{first['case_id']}/attachments", json=photo()))
        hold = {"id": str(uuid7()), "ground": "lawsuit", "reason": "已起诉离婚"}
        await ok(fed.post(f"/cases/{first['case_id']}/holds", json=hold))
        refer = {"ground": "law", "legal_basis": "shelter", "needs": ["shelter"]}
        answers = refer | {"organisation_id": clinic.id}
        await ok(fed.post(f"/cases/dv_warning/{first['case_id']}/refer_on", json=command(answers)))
    found: int = beds[0].shelter_id
    return found


async def seen(connection: AsyncConnection, table: str) -> list[Any]:
    return list((await connection.execute(text(f'select * from "{table}"'))).all())  # noqa: S608


@pytest.mark.usefixtures("shelter_id")
async def test_without_an_identity_there_is_nothing(owner: Owner, engine: AsyncEngine) -> None:
    for table in PLACED | BEHIND - {"audit_entry", "case_paper", "glass", "recusal"}:
        async with owner() as connection:
            assert await seen(connection, table), f"the story left {table} empty"
    for table in REGISTERS | OWN | PLACED | BEHIND | GIVEN:
        async with transaction(engine) as connection:
            assert await seen(connection, table) == [], table
    for table in SIGN_IN | RECORD:
        with pytest.raises(Exception, match="permission denied") as refused:
            async with transaction(engine) as connection:
                await seen(connection, table)
        cause = getattr(refused.value, "orig", None)
        assert getattr(cause, "sqlstate", None) == asyncpg.InsufficientPrivilegeError.sqlstate


@pytest.mark.usefixtures("shelter_id")
@pytest.mark.parametrize(
    ("role", "area", "villages"),
    [
        (Role.VILLAGE_COMMITTEE, VILLAGE, {VILLAGE}),
        (Role.WOMEN_FED_TOWN, TOWN, {VILLAGE}),
        (Role.WOMEN_FED_VILLAGE, SECOND_VILLAGE, {SECOND_VILLAGE}),
        (Role.POLICE, DISTRICT, {VILLAGE, SECOND_VILLAGE}),
        (Role.COURT, DISTRICT, set()),
        (Role.SYSTEM_ADMIN, DISTRICT, set()),
        (Role.SECURITY_ADMIN, DISTRICT, set()),
        (Role.AUDIT_ADMIN, DISTRICT, set()),
        (Role.WCWC_OFFICE, DISTRICT, set()),
    ],
)
async def test_an_area_ends_where_it_ends(
    engine: AsyncEngine, role: Role, area: int, villages: set[int]
) -> None:
    async with transaction(engine, actor(role, area).opening) as connection:
        for table in PLACED:
            assert {row.village for row in await seen(connection, table)} == villages, table
        record = {"access_log", "audit_entry"} if role is Role.AUDIT_ADMIN else set()
        for table in (BEHIND | GIVEN) - record:
            assert await seen(connection, table) == [], table


async def test_who_is_given_a_case_sees_that_case_only(
    owner: Owner, engine: AsyncEngine, shelter_id: int
) -> None:
    async with owner() as connection:
        await connection.execute(
            text("update \"case\" set seen_by = '{}' where village = :v"), {"v": SECOND_VILLAGE}
        )
    holder = actor(Role.SHELTER, DISTRICT, organisation_id=shelter_id)
    async with transaction(engine, holder.opening) as connection:
        found = await seen(connection, "case")
        assert [(row.kind, row.village) for row in found] == [("shelter_placement", VILLAGE)]
    administrator = actor(Role.SYSTEM_ADMIN, DISTRICT, organisation_id=shelter_id)
    async with transaction(engine, administrator.opening) as connection:
        assert await seen(connection, "case") == []


@pytest.mark.usefixtures("shelter_id")
async def test_what_hangs_on_a_case_opens_with_that_case(owner: Owner, engine: AsyncEngine) -> None:
    """And only that: one case, the named people."""
    cases = await rows(owner, "select distinct case_id from case_vault")
    people = await rows(owner, "select distinct person_id from person_vault")
    assert len(cases) > 1
    assert len(people) > 1
    one, person = cases[0].case_id, people[0].person_id
    identity = actor(Role.POLICE, DISTRICT).opening
    opened = f"{identity} set local app.opened_case = '{one}'; set local app.people = '{person}';"
    vault = f"set local app.vault_case = '{one}'; set local app.vault_people = '{person}';"
    async with transaction(engine, opened) as connection:
        assert await seen(connection, "case_vault") == []
        assert await seen(connection, "person_vault") == []
    async with transaction(engine, opened + vault) as connection:
        assert {row.case_id for row in await seen(connection, "case_vault")} == {one}
        assert {row.case_id for row in await seen(connection, "access_log")} <= {one}
        assert {row.person_id for row in await seen(connection, "person_vault")} == {person}
        assert {row.id for row in await seen(connection, "person")} == {person}


@pytest.mark.usefixtures("shelter_id")
async def test_nobody_writes_into_another_village(engine: AsyncEngine) -> None:
    identity = actor(Role.VILLAGE_COMMITTEE, VILLAGE).opening
    async with transaction(engine, identity) as connection:
        moved = await connection.execute(
            text("update deadline set due_at = now() where village = :v"), {"v": SECOND_VILLAGE}
        )
        assert moved.rowcount == 0
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(engine, identity) as connection:
            await connection.execute(
                text("update \"case\" set village = :v, town = 1, seen_by = '{}'"),
                {"v": SECOND_VILLAGE},
            )
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(engine, identity) as connection:
            await connection.execute(
                text(
                    "insert into notice (id, case_id, event_id, role, text, basis, sent_at,"
                    " district, village) select :id, id, id, 'police', 'x', 'x', now(),"
                    ' district, :v from "case" limit 1'
                ),
                {"id": uuid7(), "v": SECOND_VILLAGE},
            )
