"""Accounts are made by one administrator, let in by another, and read by the third."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import transaction
from app.roles import Role
from app.services import seed
from tests.conftest import Client, Owner, forget_account, step_up
from tests.security.test_walls import actor
from tests.stories.answers import HUSBAND, REPORT, WIFE, command
from tests.stories.test_accounts import sign_in, signed_in
from tests.stories.test_passwords import NEW, Setting, change, enrol, setting, type_of

__all__ = ["setting"]

NAME = "newcomer"
POLICE = {"role": "police", "area": seed.TOWN, "supervisor": False}


@pytest.fixture
async def system_admin(client: Client, owner: Owner) -> AsyncIterator[httpx.AsyncClient]:
    made = await client("system_admin")
    await step_up(made)
    yield made
    async with owner() as connection:
        await connection.execute(text("delete from recusal"))
    await forget_account(owner, NAME)


@pytest.fixture
async def security_admin(client: Client) -> httpx.AsyncClient:
    made = await client("security_admin")
    await step_up(made)
    return made


async def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def make(system_admin: httpx.AsyncClient) -> tuple[str, str]:
    """Where the new account is, and its first password."""
    typed = {"username": " ＮewComer", "display_name": "新同事", "organisation_id": None}
    made = await ok(await system_admin.post("/accounts", json=typed), 201)
    assert (made["account"]["username"], made["account"]["grants"]) == (NAME, [])
    return f"/accounts/{made['account']['id']}", made["password"]


async def let_in(
    who: httpx.AsyncClient, security_admin: httpx.AsyncClient, url: str, password: str
) -> None:
    """Sign the newcomer in with her code, and give her a password of her own."""
    code = (await ok(await security_admin.post(f"{url}/start-code")))["code"]
    typed = {"username": NAME, "password": password, "code": code}
    token = await ok(await who.post("/auth/login", json=typed))
    who.headers["authorization"] = f"Bearer {token['access_token']}"
    assert (await change(who, NEW, password)).status_code == 204


async def grant(who: httpx.AsyncClient, url: str, *held: dict[str, Any]) -> dict[str, Any]:
    headers = {"If-Match": (await who.get(url)).headers["etag"]}
    answer = await who.put(f"{url}/grants", json={"grants": held}, headers=headers)
    return await ok(answer)


async def entries(owner: Owner, url: str) -> list[str]:
    about = url.replace("/accounts/", "account:")
    async with owner() as connection:
        found = await connection.execute(
            text("select what from audit_entry where about = :about order by id"), {"about": about}
        )
        return list(found.scalars())


async def test_it_takes_two_administrators_to_let_somebody_in(
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    owner: Owner,
    setting: Setting,
) -> None:
    setting("ANLAN_SECOND_FACTOR", "sensitive")
    url, password = await make(system_admin)
    await grant(security_admin, url, POLICE)
    refused = await sign_in(anonymous, NAME, password)
    assert (type_of(refused), refused.json()["accepted"]) == (
        "second-factor-needed",
        ["start_code"],
    )
    told = await ok(await security_admin.post(f"{url}/start-code"))
    assert told["account"]["start_code_until"] == told["ends_at"]

    typed = {"username": NAME, "password": password}
    wrong = await anonymous.post("/auth/login", json=typed | {"code": "abcd-efgh-jkmn-pqrs"})
    assert type_of(wrong) == "wrong-second-factor"
    code = told["code"].replace("-", " ").upper()
    token = await ok(await anonymous.post("/auth/login", json=typed | {"code": code}))
    anonymous.headers["authorization"] = f"Bearer {token['access_token']}"
    assert type_of(await anonymous.get("/cases")) == "password-due"
    assert (await change(anonymous, NEW, password)).status_code == 204
    assert type_of(await anonymous.get("/cases")) == "enrolment-needed"
    await enrol(anonymous)
    assert (await anonymous.get("/cases")).status_code == 200
    again = await anonymous.post("/auth/login", json=typed | {"password": NEW, "code": code})
    assert type_of(again) == "wrong-second-factor"
    row = await ok(await security_admin.get(url))
    assert (row["second_factors"], row["password_seen"], row["start_code_until"]) == (
        1,
        False,
        None,
    )
    assert await entries(owner, url) == ["account_made", "grants_changed", "start_code_made"]


async def test_a_stolen_password_does_not_enrol_the_first_second_factor(
    system_admin: httpx.AsyncClient, client: Client, setting: Setting
) -> None:
    """The court has a password of its own, no second factor, and no code was handed out."""
    thief = await client("court")
    setting("ANLAN_SECOND_FACTOR", "sensitive")
    await signed_in(thief, "court", seed.PASSWORD)
    for begin in ("totp", "passkey/options"):
        refused = await thief.post(f"/auth/second-factors/{begin}", json={"name": "手机"})
        assert (refused.status_code, type_of(refused)) == (403, "start-code-needed"), begin


async def test_a_code_is_good_for_seven_days_and_the_latest_only(
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    owner: Owner,
) -> None:
    url, password = await make(system_admin)
    first, second = [
        (await ok(await security_admin.post(f"{url}/start-code")))["code"] for _ in range(2)
    ]
    typed = {"username": NAME, "password": password}
    refused = await anonymous.post("/auth/login", json=typed | {"code": first})
    assert type_of(refused) == "wrong-second-factor"
    async with owner() as connection:
        left = await connection.execute(text("select code_index, ends_at - now() from start_code"))
        kept, life = left.one()
        assert second.encode() not in kept
        assert timedelta(days=6.9) < life <= timedelta(days=7)
        await connection.execute(text("update start_code set ends_at = now()"))
    refused = await anonymous.post("/auth/login", json=typed | {"code": second})
    assert type_of(refused) == "wrong-second-factor"


async def test_each_office_has_its_part_and_nobody_her_own_account(
    system_admin: httpx.AsyncClient, security_admin: httpx.AsyncClient, client: Client
) -> None:
    url, _ = await make(system_admin)
    police, auditor = await client("police"), await client("audit_admin")
    assert (await ok(await auditor.get(url)))["username"] == NAME
    assert (await police.get(url)).status_code == 403
    for who, place, body in (
        (system_admin, "grants", {"grants": [POLICE]}),
        (system_admin, "start-code", {}),
        (system_admin, "reset-second-factors", {"reason": "遗失手机"}),
        (security_admin, "reset-password", {}),
        (security_admin, "enable", {}),
        (auditor, "disable", {}),
    ):
        method = "PUT" if place == "grants" else "POST"
        answer = await who.request(method, f"{url}/{place}", json=body, headers={"If-Match": '"1"'})
        assert (answer.status_code, type_of(answer)) == (403, "not-allowed"), place
    for who, method, place, body in (
        (security_admin, "PUT", "/grants", {"grants": [POLICE]}),
        (security_admin, "POST", "/start-code", {}),
        (system_admin, "POST", "/reset-password", {}),
        (system_admin, "POST", "/disable", {}),
        (system_admin, "PUT", "", {"display_name": "我"}),
    ):
        own = (await who.get("/me")).json()["id"]
        headers = {"If-Match": '"1"'}
        answer = await who.request(method, f"/accounts/{own}{place}", json=body, headers=headers)
        assert "另一位" in answer.text, place
    both = {"grants": [POLICE, {"role": "audit_admin", "area": seed.DISTRICT}]}
    headers = {"If-Match": (await security_admin.get(url)).headers["etag"]}
    refused = await security_admin.put(f"{url}/grants", json=both, headers=headers)
    assert (refused.status_code, type_of(refused)) == (409, "offices-apart")


async def test_the_database_asks_for_the_office_too(engine: AsyncEngine, owner: Owner) -> None:
    """Whatever the app believes: police make no accounts, and grant nothing."""
    async with owner() as connection:
        ids = {
            name: await connection.scalar(
                text("select id from account where username = :name"), {"name": name}
            )
            for name in ("police", "system_admin", "court")
        }
    for name in ("police", "system_admin"):
        async with transaction(engine, actor(Role.POLICE, seed.TOWN, ids[name]).opening) as made:
            court = ids["court"]
            for statement in (
                f"select account_grants({court}, null, '[]')",
                f"select account_start({court}, null, '', now(), true)",
            ):
                assert await made.scalar(text(statement)) is None
            if name == "police":
                for statement in (
                    "select account_make('x1', 'x', null, 'x')",
                    f"select account_password({court}, null, 'x')",
                    f"select account_shut({court}, null, true)",
                    f"select account_numbers({court}, null, null, '{{}}')",
                    f"select account_change({court}, null, 'x', null)",
                    f"select account_id from account_standing('{{{court}}}')",  # noqa: S608
                ):
                    assert not await made.scalar(text(statement)), statement


async def test_an_edit_names_its_version_and_holds_for_open_sessions_at_once(
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
) -> None:
    url, password = await make(system_admin)
    await let_in(anonymous, security_admin, url, password)
    assert (await anonymous.get("/cases")).status_code == 403

    assert (await security_admin.put(f"{url}/grants", json={"grants": []})).status_code == 428
    stale = await security_admin.put(
        f"{url}/grants", json={"grants": []}, headers={"If-Match": '"1"'}
    )
    assert (stale.status_code, type_of(stale)) == (412, "stale")
    await grant(security_admin, url, POLICE)
    assert (await anonymous.get("/cases")).status_code == 200
    own = await ok(await anonymous.get("/me"))
    assert [(g["role"], g["area"]) for g in own["roles"]] == [("police", seed.TOWN)]
    await grant(security_admin, url)
    assert (await anonymous.get("/cases")).status_code == 403

    headers = {"If-Match": (await system_admin.get(url)).headers["etag"]}
    body = {"display_name": "改了名字", "organisation_id": None}
    await ok(await system_admin.put(url, json=body, headers=headers))
    assert (await ok(await anonymous.get("/me")))["display_name"] == "改了名字"
    assert (await ok(await security_admin.post(f"{url}/disable")))["disabled_at"]
    assert (await anonymous.get("/me")).status_code == 401
    await ok(await system_admin.post(f"{url}/enable"))
    assert (await anonymous.get("/me")).status_code == 401, "what was ended stays ended"
    assert (await sign_in(anonymous, NAME, NEW)).status_code == 200


async def test_who_lost_her_devices_starts_anew(
    security_admin: httpx.AsyncClient,
    system_admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    client: Client,
    owner: Owner,
) -> None:
    url, password = await make(system_admin)
    await let_in(anonymous, security_admin, url, password)
    await enrol(anonymous)
    again = await security_admin.post(f"{url}/start-code")
    assert (again.status_code, type_of(again)) == (409, "conflict"), "she has a second factor"
    asked = (await sign_in(anonymous, NAME, NEW)).json()["accepted"]
    assert asked == ["totp", "recovery_code"]

    reset = await security_admin.post(f"{url}/reset-second-factors", json={"reason": "遗失手机"})
    code = (await ok(reset))["code"]
    assert (await anonymous.get("/me")).status_code == 401
    assert (await sign_in(anonymous, NAME, NEW)).json()["accepted"] == ["start_code"]
    typed = {"username": NAME, "password": NEW, "code": code}
    assert (await anonymous.post("/auth/login", json=typed)).status_code == 200
    async with owner() as connection:
        entry = text("select about, reason from audit_entry where what = 'second_factor_reset'")
        about, reason = (await connection.execute(entry)).one()
        assert f"/{about}".replace("account:", "accounts/") == url
        assert "遗失".encode() not in reason
    auditor = await client("audit_admin")
    shown = await ok(await auditor.get("/audit", params={"what": "second_factor_reset"}))
    assert shown["items"][0]["reason"] == "遗失手机"


async def test_what_lets_others_in_takes_a_fresh_second_factor(
    client: Client, system_admin: httpx.AsyncClient
) -> None:
    url, _ = await make(system_admin)
    unverified = await client("security_admin")
    for method, place, body in (
        ("PUT", "grants", {"grants": []}),
        ("POST", "start-code", {}),
        ("POST", "reset-second-factors", {"reason": "遗失手机"}),
    ):
        answer = await unverified.request(
            method, f"{url}/{place}", json=body, headers={"If-Match": '"1"'}
        )
        assert type_of(answer) == "second-factor-needed", place


@pytest.mark.parametrize(("whose", "why"), [("own", "party"), ("kin", "kin")])
async def test_numbers_entered_here_hide_what_touches_her(
    client: Client, system_admin: httpx.AsyncClient, owner: Owner, whose: str, why: str
) -> None:
    police, fed = await client("police"), await client("women_fed_town")
    me = (await police.get("/me")).json()["id"]
    url = f"/accounts/{me}"
    answer = await fed.post("/cases/dv_warning", json=command(REPORT, area=seed.VILLAGE))
    before = (await ok(answer, 201))["case_id"]
    assert (await police.get(f"/cases/{before}")).status_code == 200

    headers = {"If-Match": (await system_admin.get(url)).headers["etag"]}
    number = HUSBAND["id_number"].lower()
    body = {"own": number} if whose == "own" else {"kin": [number]}
    wrong = {"own": "441802199001011234"} if whose == "own" else {"kin": ["441802199001011234"]}
    refused = await system_admin.put(f"{url}/id-numbers", json=wrong, headers=headers)
    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (422, whose)
    kept = await system_admin.put(f"{url}/id-numbers", json=body, headers=headers)
    shown = await ok(kept)
    assert (shown["id_number_known"], shown["kin"]) == (whose == "own", int(whose == "kin"))
    assert number[:-1] not in kept.text
    assert (await system_admin.get(url)).headers["etag"] == kept.headers["etag"]
    answer = await fed.post("/cases/dv_warning", json=command(REPORT, area=seed.VILLAGE))
    for case_id in (before, (await ok(answer, 201))["case_id"]):
        assert (await police.get(f"/cases/{case_id}")).status_code == 404
    async with owner() as connection:
        barred = await connection.execute(text("select distinct why from recusal"))
        assert list(barred.scalars()) == [why]
        for statement in (
            "delete from recusal",
            "delete from account_kin",
            "update account set id_index = null, version = version + 1 where username = 'police'",
        ):
            await connection.execute(text(statement))
    assert WIFE["id_number"] != HUSBAND["id_number"]


async def test_the_register_is_searched_page_by_page(client: Client) -> None:
    auditor = await client("audit_admin")

    async def found(**asked: Any) -> list[str]:
        names: list[str] = []
        after: int | None = 0
        while after is not None:
            body = asked | {"after": after, "limit": 7}
            page = await ok(await auditor.post("/accounts/search", json=body))
            names += [row["username"] for row in page["items"]]
            after = page["next"]
        assert len(names) == len(set(names))
        return names

    everybody = await found()
    assert {demo.username for demo in seed.DEMO} <= set(everybody)
    assert set(await found(role="police")) == {"police", "police_2"}
    assert "police_2" in await found(area=seed.TOWN)
    assert "grid_worker" in await found(area=seed.TOWN)
    assert "police" not in await found(area=seed.TOWN)
    assert await found(role="police", area=seed.TOWN) == ["police_2"]
    assert await found(text="POLICE_") == ["police_2"], "an underscore is no wildcard"
    assert await found(text="梁建") == ["police"]
    assert await found(disabled=True) == []
    organisation = (await (await client("police")).get("/me")).json()["organisation"]["id"]
    assert await found(organisation_id=organisation) == ["police"]


async def test_what_she_would_see_is_told_before_she_is_let_in(client: Client) -> None:
    security = await client("security_admin")

    async def asked(role: str) -> dict[str, Any]:
        answer = await security.get(f"/roles/{role}/prospect", params={"area": seed.TOWN})
        return await ok(answer)

    grid, police, admin = [await asked(r) for r in ("grid_worker", "police", "system_admin")]
    kinds = {kind["kind"]: kind for kind in grid["kinds"]}
    assert (grid["area_name"], grid["comes"], grid["glass"]) == ("源潭镇", "area", False)
    assert (kinds["dv_warning"]["sight"], kinds["dv_warning"]["opens"]) == ("S0", True)
    assert (kinds["left_behind_visit"]["sight"], kinds["left_behind_visit"]["vault"]) == (
        "S2",
        False,
    )
    kinds = {kind["kind"]: kind for kind in police["kinds"]}
    warning = kinds["dv_warning"]
    assert (warning["sight"], warning["listed"], warning["vault"]) == ("S3", "S2", True)
    assert "issue_warning" in {action["name"] for action in warning["actions"]}
    assert (admin["comes"], {kind["sight"] for kind in admin["kinds"]}) == ("none", {"S0"})
    assert {"accounts.keep"} < {p["name"] for p in admin["permissions"]}
    nowhere = await security.get("/roles/police/prospect", params={"area": 441899000000})
    assert nowhere.status_code == 422


async def test_nobody_reaches_a_partners_system_this_way(
    system_admin: httpx.AsyncClient, security_admin: httpx.AsyncClient
) -> None:
    missing = 999_999_999
    for who, place in ((system_admin, "reset-password"), (security_admin, "start-code")):
        answer = await who.post(f"/accounts/{missing}/{place}")
        assert (answer.status_code, type_of(answer)) == (404, "not-found")
