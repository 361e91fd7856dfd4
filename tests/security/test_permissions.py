"""What it takes to be served: every route names one word, and a role holds some of the words."""

import re
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from app.permissions import LABELS, Permission
from app.roles import Role
from app.routers.permitted import PUBLIC, check_permitted
from tests.conftest import Client

WOMEN_FED = {"women_fed_village", "women_fed_town", "women_fed_district"}
ADMINS = {"system_admin", "security_admin", "audit_admin"}
WORKING = WOMEN_FED | {
    "grid_worker", "village_committee", "police", "court", "mediator", "shelter", "civil_affairs",
    "legal_aid", "justice_bureau", "zongzhi", "hospital", "school",
}  # fmt: skip
ALL = WORKING | ADMINS | {"wcwc_office"}
EXPECTED: dict[str, set[str]] = {
    "self": ALL,
    "definitions.read": ALL,
    "cases.read": WORKING,
    "cases.write": WORKING,
    "worklist.read": WORKING,
    "notices.read": WORKING,
    "changes.read": WORKING,
    "people.find": WORKING - {"zongzhi"},
    "vault.reveal": WORKING - {"zongzhi"},
    "people.match": {"women_fed_town", "women_fed_district", "police"},
    "indicators.read": ALL - ADMINS,
    "accounts.read": ALL,
    "accounts.inspect": ADMINS,
    "accounts.keep": {"system_admin"},
    "accounts.grant": {"security_admin"},
    "accounts.shut": {"system_admin", "security_admin"},
    "registers.read": ALL,
    "organisations.keep": {"women_fed_district", "justice_bureau", "civil_affairs"},
    "beds.read": {"women_fed_district", "police", "civil_affairs", "shelter"},
    "beds.keep": {"women_fed_district", "civil_affairs"},
    "surveys.sign": WOMEN_FED | {"village_committee", "civil_affairs"},
    "ledger.read": WOMEN_FED | {"village_committee", "grid_worker", "civil_affairs"},
    "ledger.sign": {"women_fed_town"},
    "ledger.settle": {"women_fed_district", "civil_affairs"},
    "holidays.keep": {"system_admin"},
    "recusals.declare": WORKING | {"security_admin"},
    "recusals.keep": WORKING | {"security_admin"},
    "glass.break": {"police", "women_fed_district", "women_fed_town", "civil_affairs"},
    "glass.review": {"police", "women_fed_district", "women_fed_town", "civil_affairs"},
    "papers.police": {"police"},
    "papers.court": {"court"},
    "rooms.keep": {"mediator", "justice_bureau"},
    "exports.make": {
        "women_fed_district",
        "women_fed_town",
        "police",
        "civil_affairs",
        "justice_bureau",
        "legal_aid",
    },
    "papers.make": {"women_fed_district", "women_fed_town", "police"},
    "templates.keep": {"system_admin"},
    "rights.keep": WOMEN_FED | {"police", "civil_affairs", "justice_bureau"},
    "retention.keep": {"women_fed_district", "police", "civil_affairs"},
    "disclosures.read": ALL - ADMINS - {"wcwc_office", "grid_worker", "hospital", "school"},
    "devices.lose": WORKING | {"system_admin"},
    "phone_conflicts.settle": WORKING,
    "looks.read": WORKING,
    "record.read": {"audit_admin"},
    "clients.read": ADMINS,
    "clients.register": {"system_admin"},
    "clients.confirm": {"security_admin"},
    "clients.revoke": {"system_admin", "security_admin"},
}
"""Word → roles, as reviewed."""


NOBODY = "00000000-0000-7000-8000-000000000000"
FILLED = {
    "code": "X", "day": "2026-11-24", "organisation_id": "1", "shelter_id": "1",
    "account_id": "1", "role": "police",
}  # fmt: skip


def named(app: FastAPI) -> dict[tuple[str, str], str | None]:
    """Method and path of every operation → the word it names."""
    found: dict[tuple[str, str], str | None] = {}
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            words = [w for one in operation.get("security", []) for ws in one.values() for w in ws]
            found[method, path] = words[0] if words else None
    return found


def test_every_word_has_its_roles_and_its_chinese() -> None:
    assert set(EXPECTED) == {p.value for p in Permission} == {p.value for p in LABELS}
    assert {role.value for role in Role} == ALL


def in_schema(route: Any) -> bool:
    return bool(getattr(route, "include_in_schema", False))


def test_what_is_answered_to_anybody_is_a_short_list(whole_app: FastAPI) -> None:
    operations = named(whole_app)
    assert {p for p, word in operations.items() if word is None} == {
        ("get", "/api/health"),
        ("post", "/api/v1/auth/login"),
        ("post", "/api/v1/oauth/token"),
        ("post", "/api/v1/auth/refresh"),
    }
    assert {word for word in operations.values() if word} <= set(EXPECTED)
    apart = {getattr(r, "path", None) for r in whole_app.routes if not in_schema(r)} - {None}
    assert apart == {"/api/openapi.json", "/api/docs", "/api/docs/assets", "/m/{path:path}"}
    assert {
        "GET /api/health",
        "POST /auth/login",
        "POST /auth/refresh",
        "POST /oauth/token",
    } == PUBLIC


def test_a_route_that_names_nothing_does_not_start() -> None:
    router = APIRouter()

    @router.get("/open")
    async def open_to_all() -> dict[str, Any]:
        return {}

    with pytest.raises(RuntimeError, match="GET /open"):
        check_permitted([router])


@pytest.mark.parametrize("role", Role)
async def test_a_role_is_served_what_it_holds_and_nothing_else(
    client: Client, whole_app: FastAPI, role: Role
) -> None:
    """Asked with nothing in hand: who holds the word is told what is missing, never 403."""
    who = await client(role.value)
    me = (await who.get("/me")).json()
    assert set(me["permissions"]) == {w for w, roles in EXPECTED.items() if role.value in roles}
    skipped = {"/api/v1/auth/logout", "/api/health", "/api/v1/auth/login"}
    for (method, path), word in named(whole_app).items():
        if path in skipped or word is None:
            continue
        url = re.sub(r"{(\w+)}", lambda name: FILLED.get(name[1], NOBODY), path)
        answer = await who.request(
            method, f"http://test{url}", json={} if method != "get" else None
        )
        held = role.value in EXPECTED[word]
        refused = "没有“" in answer.text and answer.status_code == 403
        assert refused is not held, (method, url, answer.text)
