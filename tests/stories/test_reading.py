"""Reading cases: who sees which, how deep, in which order, and what the log keeps of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.kinds import KINDS
from app.services import seed
from tests.conftest import Client, Owner
from tests.stories.answers import HUSBAND, NOW, REPORT, WIFE, command

ACCEPTED = {
    "accepted_at": NOW.isoformat(),
    "incident_no": "J20260012",
    "officers": "周明、郑立",
    "victim_wish": "undecided",
    "scene": "到场时双方仍在争吵",
}
SECRETS = {"reporter_name": "邻居吴某", "reporter_phone": "13800000077"}
HIDDEN = {"present_address": "某招待所三楼", "safe_phone": "13800000088", "school": "某小学"}
CAREFUL = WIFE | HIDDEN | {"safe_contact": "工作日上午可打，自称社区", "home_address": "城中一巷"}


async def opened(who: httpx.AsyncClient, answers: dict[str, Any], **more: Any) -> str:
    answer = await who.post("/cases/dv_warning", json=command(answers, **more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def listed(who: httpx.AsyncClient, **asked: Any) -> list[str]:
    answer = await who.get("/cases", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.fixture
async def case_id(client: Client) -> str:
    """A report of the town's women's federation, accepted by the police."""
    fed, police = await client("women_fed_town"), await client("police")
    with clock.at(NOW):
        case_id = await opened(fed, REPORT | SECRETS | {"victim": CAREFUL}, area=seed.VILLAGE)
        url = f"/cases/dv_warning/{case_id}/accept"
        answer = await police.post(url, json=command(ACCEPTED))
        assert answer.status_code == 200, answer.text
    return case_id


async def test_the_case_page_tells_each_role_what_it_may_read(client: Client, case_id: str) -> None:
    pages = {}
    for name in ("police", "village_committee", "zongzhi"):
        answer = await (await client(name)).get(f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        pages[name] = answer.json()
    deep, middle, shallow = pages["police"], pages["village_committee"], pages["zongzhi"]

    victim = {name: page["parties"][0] for name, page in pages.items()}
    assert victim["police"]["name"] == "林秋禾"
    assert victim["police"]["id_number"] == WIFE["id_number"]
    assert victim["police"]["home_address"] == "城中一巷"
    assert victim["village_committee"]["name"] == "林秋禾"
    assert victim["village_committee"]["id_number"] is None
    assert victim["village_committee"]["birth_on"] is None
    assert (victim["zongzhi"]["name"], victim["zongzhi"]["phone"]) == (None, None)
    assert victim["zongzhi"]["role_title"] == "受害人"

    assert deep["safe_contact"][0]["rule"] == "工作日上午可打，自称社区"
    assert middle["safe_contact"] == deep["safe_contact"]
    assert shallow["safe_contact"] == []

    said = {name: {e["name"]: e for e in page["events"]} for name, page in pages.items()}
    assert said["police"]["opened"]["answers"]["what_happened"] == REPORT["what_happened"]
    assert "what_happened" not in said["village_committee"]["opened"]["answers"]
    assert said["village_committee"]["accept"]["answers"]["officers"] == "周明、郑立"
    assert "officers" not in said["zongzhi"]["accept"]["answers"]
    # The reporter's name and telephone are in the vault: nobody reads them here.
    assert said["police"]["opened"]["withheld"] == 2
    assert said["village_committee"]["opened"]["withheld"] == 3

    assert {"出具告诫书"} <= {d["title"] for d in deep["deadlines"]}
    assert {d["status"] for d in deep["deadlines"]} == {"running"}
    assert deep["card"]["state_title"] == KINDS["dv_warning"].states["accepted"]
    assert "issue_warning" in {a["name"] for a in deep["actions"]}
    assert "issue_warning" not in {a["name"] for a in middle["actions"]}


async def test_what_is_in_the_vault_leaves_by_no_door(client: Client, case_id: str) -> None:
    doors = ("", "/timeline", "/parties", "/deadlines", "/axis")
    for name in ("police", "women_fed_district", "women_fed_town", "village_committee"):
        reader = await client(name)
        for door in doors:
            answer = await reader.get(f"/cases/{case_id}{door}")
            for secret in (*SECRETS.values(), *HIDDEN.values()):
                assert secret not in answer.text, (name, door)


async def test_every_look_at_sensitive_facts_is_logged_once(
    client: Client, owner: Owner, case_id: str
) -> None:
    for name in ("police", "village_committee", "zongzhi"):
        await (await client(name)).get(f"/cases/{case_id}")
    async with owner() as connection:
        rows = (
            await connection.execute(
                text(
                    "select a.username, l.what, l.sight, l.case_id::text as case_id"
                    " from access_log l join account a on a.id = l.account_id"
                )
            )
        ).all()
    assert [tuple(row) for row in rows] == [("police", "case_page", "S3", case_id)]


async def test_a_case_out_of_sight_looks_like_none(client: Client, case_id: str) -> None:
    unknown = "01958a00-0000-7000-8000-000000000000"
    for name in ("system_admin", "wcwc_office"):
        for door in (f"/{case_id}", f"/{unknown}", ""):
            assert (await (await client(name)).get(f"/cases{door}")).status_code == 403
    for name in ("women_fed_feilaixia", "grid_worker_2", "court"):
        reader = await client(name)
        for door in ("", "/timeline", "/parties", "/deadlines", "/axis"):
            hidden = await reader.get(f"/cases/{case_id}{door}")
            missing = await reader.get(f"/cases/{unknown}{door}")
            assert hidden.status_code == missing.status_code == 404, (name, door)
            assert hidden.json() == missing.json()
        assert await listed(reader) == []


async def test_the_list_is_newest_first_and_pages_through_everything(client: Client) -> None:
    fed, district = await client("women_fed_town"), await client("women_fed_district")
    ids = []
    for hours in range(7):
        with clock.at(NOW + timedelta(hours=hours)):
            at = clock.now()
            ids.append(await opened(fed, REPORT, at=at, area=seed.VILLAGE))
    for reader in (fed, district, await client("village_committee")):
        seen: list[str] = []
        cursor: dict[str, Any] = {}
        while True:
            page = (await reader.get("/cases", params={"limit": 3} | cursor)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == list(reversed(ids))
    cursor |= {"limit": 3, "kind": "mediation"}
    other = await fed.get("/cases", params=cursor)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/invalid")
    broken = await fed.get("/cases", params={"cursor": "abc"})
    assert broken.status_code == 422


async def test_the_list_masks_names_and_shows_what_is_due_next(
    client: Client, case_id: str
) -> None:
    shown = {}
    with clock.at(NOW + timedelta(hours=80)):
        for name in ("police", "village_committee", "zongzhi"):
            answer = await (await client(name)).get("/cases")
            assert "林秋禾" not in answer.text
            (shown[name],) = answer.json()["items"]
    assert shown["police"]["subject"] == shown["village_committee"]["subject"] == "林*"
    assert shown["zongzhi"]["subject"] is None
    clocks = (await (await client("police")).get(f"/cases/{case_id}/deadlines")).json()["items"]
    first = next(d for d in clocks if d["status"] == "running")
    assert shown["police"]["next_due"]["title"] == first["title"]
    assert shown["police"]["next_due"]["due_at"] == first["due_at"]
    assert shown["police"]["next_due"]["overdue"] is True


async def test_the_list_can_be_narrowed(client: Client, case_id: str) -> None:
    fed = await client("women_fed_town")
    with clock.at(NOW):
        other = await opened(fed, REPORT, area=seed.TOWN)
    number = (await fed.get(f"/cases/{case_id}")).json()["card"]["number"]
    both = sorted([case_id, other])
    with clock.at(NOW + timedelta(hours=30)):
        assert await listed(fed, area=seed.VILLAGE) == [case_id]
        assert sorted(await listed(fed, area=seed.DISTRICT)) == both
        assert await listed(fed, area=seed.SECOND_VILLAGE) == []
        assert await listed(fed, state="accepted") == [case_id]
        assert await listed(fed, overdue="true") == [other]
        assert await listed(fed, overdue="false") == [case_id]
        assert await listed(fed, text=number) == [case_id]
        assert sorted(await listed(fed, text="告诫〔2026〕", kind="dv_warning")) == both
        assert await listed(fed, kind="mediation") == []
        assert await listed(fed, closed="true") == []
        assert sorted(await listed(fed, closed="false")) == both
        assert await listed(fed, danger="high") == []
        assert await listed(fed, in_charge="me") == []
        assert await listed(fed, text="林秋禾") == []


async def test_whoever_was_given_a_case_finds_it_in_the_list(
    client: Client, owner: Owner, case_id: str
) -> None:
    fed = await client("women_fed_district")
    court = await client("court")
    async with owner() as connection:
        court_id, organisation_id = (
            await connection.execute(
                text("select id, organisation_id from account where username = 'court'")
            )
        ).one()
    assert await listed(court) == []
    given = command({"organisation_id": organisation_id, "account_id": court_id})
    answer = await fed.post(f"/cases/dv_warning/{case_id}/assign", json=given)
    assert answer.status_code == 200, answer.text
    assert await listed(court) == await listed(court, in_charge="me") == [case_id]
    assert await listed(fed, in_charge=court_id) == [case_id]
    card = (await court.get(f"/cases/{case_id}")).json()["card"]
    assert (card["organisation_id"], card["account"]) == (organisation_id, "周静仪")


async def test_the_timeline_keeps_what_was_corrected(client: Client, case_id: str) -> None:
    police = await client("police")
    accepted = (await police.get(f"/cases/{case_id}/timeline")).json()["items"][0]
    body = command({"incident_no": "J20260013"})
    body |= {"event_id": accepted["id"], "reason": "编号抄错"}
    answer = await police.post(f"/cases/dv_warning/{case_id}/correct", json=body)
    assert answer.status_code == 200, answer.text
    first = (await police.get(f"/cases/{case_id}/timeline", params={"limit": 2})).json()
    assert [e["seq"] for e in first["items"]] == [3, 2]
    assert first["items"][0]["replaces"] == accepted["id"]
    assert first["items"][0]["correction_reason"] == "编号抄错"
    assert first["items"][1]["replaced_by"] == first["items"][0]["id"]
    cursor = {"cursor": first["next"]}
    rest = (await police.get(f"/cases/{case_id}/timeline", params=cursor)).json()
    assert ([e["seq"] for e in rest["items"]], rest["next"]) == ([1], None)
    page = (await police.get(f"/cases/{case_id}")).json()
    current = next(e for e in page["events"] if e["name"] == "accept")
    assert current["answers"]["incident_no"] == "J20260013"


async def test_deadlines_say_whether_they_are_alert_overdue_or_were_met(
    client: Client, case_id: str
) -> None:
    police = await client("police")
    states = {}
    for hours in (1, 30, 80):
        with clock.at(NOW + timedelta(hours=hours)):
            clocks = (await police.get(f"/cases/{case_id}/deadlines")).json()["items"]
        warning = next(d for d in clocks if d["rule"] == "warning")
        states[hours] = (warning["alert"], warning["overdue"])
    assert states == {1: (False, False), 30: (True, False), 80: (True, True)}
    assert next(d for d in clocks if d["rule"] == "acceptance")["status"] == "met"
    assert warning["basis"] == "粤办法 26；34号 8"
    assert warning["due_at"].endswith("Z")


async def test_a_second_case_within_a_year_is_pointed_out(client: Client, case_id: str) -> None:
    police, committee = await client("police"), await client("village_committee")
    parties = (await police.get(f"/cases/{case_id}/parties")).json()["items"]
    (victim,) = [p["person_id"] for p in parties if p["role"] == "victim"]
    once = (await police.get(f"/cases/{case_id}")).json()["repeated"]
    assert once == {"victim": False, "perpetrator": False}
    with clock.at(NOW + timedelta(days=100)):
        report = REPORT | {"victim": {"person_id": victim}}
        again = await opened(police, report, at=clock.now(), area=seed.VILLAGE)
    twice = (await police.get(f"/cases/{again}")).json()["repeated"]
    # He was typed in anew; his identity number tells that he is the same.
    assert twice == {"victim": True, "perpetrator": True}
    assert (await committee.get(f"/cases/{again}")).json()["repeated"]["victim"] is False
    with clock.at(NOW + timedelta(days=800)):
        report = REPORT | {"victim": {"person_id": victim}, "perpetrator": HUSBAND}
        late = await opened(police, report, at=clock.now(), area=seed.VILLAGE)
    assert (await police.get(f"/cases/{late}")).json()["repeated"]["victim"] is False


async def test_linked_cases_out_of_sight_are_only_counted(client: Client, case_id: str) -> None:
    district, town = await client("women_fed_district"), await client("women_fed_town")
    with clock.at(NOW):
        far = await opened(district, REPORT, area=seed.SECOND_VILLAGE)
        near = await opened(district, REPORT, area=seed.VILLAGE)
    for other in (far, near):
        body = command({"case_id": other, "why": "同一对夫妻"})
        answer = await district.post(f"/cases/dv_warning/{case_id}/link", json=body)
        assert answer.status_code == 200, answer.text
    links = (await district.get(f"/cases/{case_id}")).json()["links"]
    assert ({item["id"] for item in links["items"]}, links["hidden"]) == ({far, near}, 0)
    links = (await town.get(f"/cases/{case_id}")).json()["links"]
    assert ([item["id"] for item in links["items"]], links["hidden"]) == ([near], 1)
    assert far not in str(links)


async def test_the_axis_has_the_clocks_of_the_household_as_far_as_one_sees(
    client: Client, case_id: str
) -> None:
    """Hers again, his against another woman in another town, and the linked one."""
    names = ("women_fed_district", "women_fed_town", "zongzhi", "police")
    fed, town, zongzhi, police = [await client(name) for name in names]
    with clock.at(NOW + timedelta(days=2)):
        at = clock.now()
        far = await opened(
            fed, REPORT | {"victim": {"name": "欧阳雪"}}, at=at, area=seed.SECOND_VILLAGE
        )
        again = await opened(fed, REPORT, at=at, area=seed.VILLAGE)
        other = REPORT | {"victim": {"name": "欧阳雪"}, "perpetrator": {"name": "路人"}}
        linked = await opened(fed, other, at=at, area=seed.VILLAGE)
        body = command({"case_id": linked, "why": "同一现场"}, at)
        assert (await fed.post(f"/cases/dv_warning/{case_id}/link", json=body)).status_code == 200

    seen = {}
    for name, who in (("fed", fed), ("town", town), ("zongzhi", zongzhi), ("police", police)):
        answer = await who.get(f"/cases/{case_id}/axis")
        assert answer.status_code == 200, answer.text
        own, *beside = answer.json()["lanes"]
        assert (own["id"], answer.json()["more"]) == (case_id, 0)
        assert {due["title"] for due in own["deadlines"]} >= {"出具告诫书"}
        assert all(lane["deadlines"] for lane in beside)
        seen[name] = {lane["id"]: (lane["why"], lane["people"]) for lane in beside}
    near = {again: (None, ["加害人", "受害人"]), linked: ("人工关联", [])}
    assert seen["fed"] == seen["police"] == near | {far: (None, ["加害人"])}
    assert seen["town"] == near
    # Who is told no names is not told either that two cases are of the same people.
    assert seen["zongzhi"] == {linked: (None, [])}

    # A mediator reads who quarrels, and of violence no name: nor that both are of one couple.
    mediator = await client("mediator")
    told = await opened(mediator, REPORT)
    dispute = {"immediate_danger": False, "dispute": "divorce", "party_a": WIFE, "party_b": HUSBAND}
    answer = await mediator.post("/cases/mediation", json=command(dispute))
    assert answer.status_code == 201, answer.text
    for one in (told, answer.json()["case_id"]):
        (lane,) = (await mediator.get(f"/cases/{one}/axis")).json()["lanes"]
        assert lane["id"] == one


async def test_definitions_come_whole_and_once(client: Client) -> None:
    grid = await client("grid_worker")
    answer = await grid.get("/kinds")
    told = answer.json()
    assert [kind["name"] for kind in told["kinds"]] == list(KINDS)
    schemas = told["schemas"]
    for kind in told["kinds"]:
        assert kind["form"] in schemas
        assert {action["form"] for action in kind["actions"]} <= set(schemas)
        for rule in kind["deadlines"]:
            assert rule["due"]["words"]
    report = schemas[told["kinds"][0]["form"]]["properties"]
    assert report["what_happened"]["x-sight"] == "S3"
    assert "x-labels" in schemas["Sex"]
    assert "app__" not in answer.text
    warning = next(r for r in told["kinds"][0]["deadlines"] if r["name"] == "warning")
    assert (warning["due"]["words"], warning["alert"]["words"]) == ("72小时", "24小时")
    plain = await grid.get("/kinds", headers={"accept-encoding": "identity"})
    assert (answer.headers["content-encoding"], plain.json()) == ("gzip", told)
    same = await grid.get("/kinds", headers={"if-none-match": answer.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


async def test_definitions_are_for_those_who_signed_in(anonymous: httpx.AsyncClient) -> None:
    for door in ("/kinds", "/cases", "/worklist", "/notices"):
        assert (await anonymous.get(door)).status_code == 401


async def test_notices_reach_a_role_in_its_area_and_are_read_once(
    client: Client, case_id: str
) -> None:
    police, committee = await client("police"), await client("village_committee")
    elsewhere, second = await client("women_fed_feilaixia"), await client("police_2")
    with clock.at(NOW + timedelta(hours=5)):
        newer = await opened(await client("women_fed_town"), REPORT, at=clock.now(),
                             area=seed.VILLAGE)  # fmt: skip
    first = (await police.get("/notices", params={"limit": 1})).json()
    assert [n["case_id"] for n in first["items"]] == [newer]
    rest = (await police.get("/notices", params={"cursor": first["next"]})).json()
    assert [n["case_id"] for n in rest["items"]] == [case_id]
    assert "林秋禾" not in str(first) + str(rest)
    url = f"/notices/{first['items'][0]['id']}/read"
    for stranger in (committee, elsewhere):
        assert (await stranger.post(url)).status_code == 404
        assert (await stranger.get("/notices")).json()["items"] == []
    assert [(await police.post(url)).status_code for _ in range(2)] == [204, 204]
    seen = (await second.get("/notices")).json()["items"]
    assert [n["case_id"] for n in seen] == [case_id, newer]
    assert [n["read_at"] is None for n in seen] == [True, False]
    pages = [await second.get("/notices", params={"limit": 1})]
    pages.append(await second.get("/notices", params={"cursor": pages[0].json()["next"]}))
    assert [p.json()["items"][0]["case_id"] for p in pages] == [case_id, newer]
