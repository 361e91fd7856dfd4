"""What a phone recorded and the system would not apply comes before the supervisor of the place."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import Client, Owner
from tests.e2e.woman import on_the_ledger
from tests.stories.answers import QUICK, command
from tests.stories.files import jpeg
from tests.stories.test_attachments import opened, problem
from tests.stories.test_phone_photos import photo_letter
from tests.stories.test_sync import counted, me, opening, sealed, send, statuses, step

WHY = "已与网格员电话核对"


async def waiting(who: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await who.get("/phone-conflicts", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def settle(
    who: httpx.AsyncClient, id: str, verdict: str, version: str | None = '"1"'
) -> httpx.Response:
    headers = {"If-Match": version} if version else {}
    body = {"verdict": verdict, "reason": WHY}
    return await who.post(f"/phone-conflicts/{id}/settle", json=body, headers=headers)


def visit(case_id: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
    return step(case_id, name, answers) | {"kind": "left_behind_visit"}


@pytest.fixture
async def conflict(client: Client) -> dict[str, Any]:
    """She checked while the case was put on hold."""
    case_id = await on_the_ledger(client)
    phone, town = await client("women_fed_village"), await client("women_fed_town")
    hold = command({"reason": "travelling", "since": "2026-11-01"})
    done = await town.post(f"/cases/left_behind_visit/{case_id}/suspend", json=hold)
    assert done.status_code == 200, done.text
    answers = {"husband_away": True, "lives_in_village": True, "method": "home"}
    note = visit(case_id, "check_status", answers)
    assert statuses(await send(phone, note)) == ["conflict"]
    return note


async def test_only_supervisors_of_the_place_see_it(
    client: Client, conflict: dict[str, Any]
) -> None:
    boss = await client("women_fed_district")
    (item,) = await waiting(boss)
    assert (item["id"], item["problem"]) == (conflict["id"], "wrong-state")
    assert item["problem_title"] == "案件当前状态不能这样办理"
    assert await waiting(boss, case_id=conflict["case_id"]) == [item]
    assert await waiting(boss, case_id=conflict["id"]) == []
    assert (await boss.get("/worklist/counts")).json()["phone_conflicts"]["count"] == 1
    assert item["step_title"]
    assert item["recorded_by"]
    assert "answers" not in item
    for name in ("women_fed_village", "women_fed_town"):
        answer = await (await client(name)).get("/phone-conflicts")
        assert (answer.status_code, problem(answer)) == (403, "not-allowed")
    police = await client("police")  # supervises there too, but reads no such case
    assert await waiting(police) == []
    url = f"/phone-conflicts/{conflict['id']}"
    assert (await police.get(url)).status_code == 404


async def test_both_versions_stand_side_by_side_and_the_look_is_logged(
    client: Client, conflict: dict[str, Any]
) -> None:
    boss = await client("women_fed_district")
    both = (await boss.get(f"/phone-conflicts/{conflict['id']}")).json()
    assert both["answers"] == conflict["command"]["answers"]
    assert both["state_title"] == "暂停"
    assert both["withheld"] == 0
    looks = (await boss.get(f"/cases/{conflict['case_id']}/looks")).json()["items"]
    assert "phone_conflict" in {look["what"] for look in looks}


async def test_the_systems_version_stands_and_she_is_told_that_it_was_settled(
    client: Client, owner: Owner, conflict: dict[str, Any]
) -> None:
    boss, phone = await client("women_fed_district"), await client("women_fed_village")
    assert (await settle(boss, conflict["id"], "system", None)).status_code == 428
    assert (await settle(boss, conflict["id"], "system", '"2"')).status_code == 412
    assert (await settle(boss, conflict["id"], "system")).status_code == 204
    (event, *_) = (await boss.get(f"/cases/{conflict['case_id']}/timeline")).json()["items"]
    assert event["name"] == "note"
    assert event["answers"]["text"] == f"手机记录“复核仍符合条件”\n处理：以系统为准。理由：{WHY}"
    again = await settle(boss, conflict["id"], "note")
    assert (again.status_code, problem(again)) == (409, "conflict")
    assert await waiting(boss) == []
    (done,) = await waiting(boss, settled=True)
    assert (done["verdict"], done["version"]) == ("system", 2)
    told = (await phone.get("/notices")).json()["items"]
    assert "您在手机上填写的一条记录，主管人员已经处理" in {n["text"] for n in told}
    assert conflict["id"] in (await phone.get("/sync/tasks")).json()["settled"]
    other = await client("grid_worker_2")
    assert (await other.get("/sync/tasks")).json()["settled"] == []
    async with owner() as connection:
        what = text("select about from audit_entry where what = 'phone_conflict_settled'")
        assert await connection.scalar(what) == f"phone_conflict:{conflict['id']}"


async def test_both_are_kept_as_a_note(client: Client, conflict: dict[str, Any]) -> None:
    boss = await client("women_fed_district")
    assert (await settle(boss, conflict["id"], "note")).status_code == 204
    timeline = f"/cases/{conflict['case_id']}/timeline"
    event = (await boss.get(timeline)).json()["items"][0]
    assert event["name"] == "note"
    assert "丈夫仍在外：是" in event["answers"]["text"]
    assert event["answers"]["text"].endswith(f"处理：两者都留。理由：{WHY}")


async def test_the_phones_version_is_bound_by_the_same_law(
    client: Client, conflict: dict[str, Any]
) -> None:
    """While the case is on hold nobody checks; afterwards the step is done late."""
    boss = await client("women_fed_district")
    refused = await settle(boss, conflict["id"], "phone")
    assert (refused.status_code, problem(refused)) == (409, "wrong-state")
    assert len(await waiting(boss)) == 1


async def test_what_another_wrote_is_done_in_the_supervisors_name(
    client: Client, owner: Owner
) -> None:
    """An opening, a note and a photo, left on a phone that somebody else signed in on."""
    writer, phone = await client("grid_worker"), await client("grid_worker_2")
    boss, case_id = await client("women_fed_district"), await opened(writer, QUICK)
    account_id = await me(writer)
    letters = [
        await sealed(phone, account_id, opening()),
        await sealed(phone, account_id, step(case_id, "note", {"text": "她在娘家"})),
        await photo_letter(phone, account_id, case_id, jpeg()),
    ]
    assert statuses(await send(phone, *letters)) == ["conflict"] * 3
    assert [i["problem"] for i in await waiting(boss)] == ["other-account"] * 3
    for letter in letters:
        settled = await settle(boss, letter["id"], "phone")
        assert settled.status_code == 204, settled.text
    assert await counted(owner, "case") == 2
    assert await counted(owner, "attachment") == 1
    assert await counted(owner, "event") == 4
