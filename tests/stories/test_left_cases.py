"""An account is shut when its cases are handed over, or at once: then those who answer are told."""

import httpx

from app.services import seed
from tests.conftest import Client, Owner
from tests.stories.answers import REPORT, WIFE, command
from tests.stories.test_account_register import (
    entries,
    grant,
    make,
    ok,
    security_admin,
    system_admin,
)
from tests.stories.test_passwords import type_of

__all__ = ["security_admin", "system_admin"]

WORDS = "承办人账号已停用，请另行指定承办人"


async def test_nobody_is_shut_out_of_cases_that_nobody_takes_over(
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
    client: Client,
    owner: Owner,
) -> None:
    boss, town = await client("women_fed_district"), await client("women_fed_town")
    office = (await town.get("/me")).json()["organisation"]["id"]
    url, _ = await make(system_admin)
    account_id = int(url.rpartition("/")[2])
    await grant(
        security_admin, url, {"role": "women_fed_town", "area": seed.TOWN, "supervisor": False}
    )
    row = await ok(await system_admin.get(url))
    body = {"display_name": "新同事", "organisation_id": office}
    headers = {"If-Match": f'"{row["version"]}"'}
    assert (await ok(await system_admin.put(url, json=body, headers=headers)))["cases"] == 0
    cases = []
    for _ in range(3):
        opened = await town.post("/cases/dv_warning", json=command(REPORT, area=seed.VILLAGE))
        cases.append((await ok(opened, 201))["case_id"])
        given = command({"organisation_id": office, "account_id": account_id})
        await ok(await town.post(f"/cases/dv_warning/{cases[-1]}/assign", json=given))
    over = {"organisation_id": office, "account_id": None}
    await ok(await town.post(f"/cases/dv_warning/{cases[0]}/assign", json=command(over)))

    refused = await security_admin.post(f"{url}/disable")
    assert (refused.status_code, type_of(refused)) == (409, "cases-in-hand")
    assert "2 件未结案件" in refused.json()["detail"]
    assert not {WIFE["name"], *cases} & set(refused.text.split('"'))
    still = await ok(await security_admin.get(url))
    assert (still["disabled_at"], still["cases"]) == (None, 2)
    assert WORDS not in (await boss.get("/notices")).text

    shut = await ok(await security_admin.post(f"{url}/disable", json={"at_once": True}))
    assert (shut["disabled_at"] is not None, shut["cases"]) == (True, 2)
    told = [n for n in (await boss.get("/notices")).json()["items"] if n["text"] == WORDS]
    assert {n["case_id"] for n in told} == set(cases[1:])
    assert {n["basis"] for n in told} == {"粤办法 20；妇联规程 11"}
    for name in ("women_fed_town", "women_fed_fengcheng", "police", "mediator"):
        assert WORDS not in (await (await client(name)).get("/notices")).text, name
    asked = {"in_charge": account_id, "closed": False}
    left = (await boss.get("/cases", params=asked)).json()["items"]
    assert {case["id"] for case in left} == set(cases[1:])
    for case_id in cases[1:]:
        await ok(await boss.post(f"/cases/dv_warning/{case_id}/assign", json=command(over)))
    assert (await ok(await security_admin.get(url)))["cases"] == 0
    assert (await entries(owner, url))[-1] == "account_disabled"
