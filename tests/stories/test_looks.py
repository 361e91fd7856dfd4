"""Who looked at a case is read by those who answer for it, the record by the audit admin."""

import ast
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.services.record.audit import What
from app.services.record.reading import LOOKED
from tests.conftest import Client, Owner, step_up
from tests.stories.answers import REPORT, command

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def case_id(client: Client) -> str:
    """A case of 源潭 at which the police of the town looked twice."""
    fed, police = await client("women_fed_district"), await client("police_2")
    opened = await fed.post("/cases/dv_warning", json=command(REPORT, area=441802103201))
    case_id: str = opened.json()["case_id"]
    for part in ("", "/timeline"):
        assert (await police.get(f"/cases/{case_id}{part}")).status_code == 200
    return case_id


async def pages(client: httpx.AsyncClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All items, two a page."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        given = {"limit": 2, **asked, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(path, params=given)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


async def test_supervisors_read_who_looked_at_a_case(client: Client, case_id: str) -> None:
    fed, police = await client("women_fed_district"), await client("police")
    for supervisor in (fed, police):
        looks = await pages(supervisor, f"/cases/{case_id}/looks")
        assert (await supervisor.get(f"/cases/{case_id}")).json()["supervised"]
        assert [(x["account"], x["what"], x["sight"]) for x in looks][-2:] == [
            ("何卫东", "case_timeline", "S3"),
            ("何卫东", "case_page", "S3"),
        ]
        assert {x["what_title"] for x in looks} <= {"案件", "案件经过", "查看记录"}
        assert all(x["case_id"] == case_id for x in looks)
    # Each page of the supervisors' own reading is kept, too.
    assert {x["account"] for x in looks} == {"何卫东", "谭慧敏", "梁建锋"}


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("police_2", 403),  # sees the case, supervises nobody
        ("women_fed_village", 403),
        ("women_fed_fengcheng", 404),
        ("court", 404),
        ("audit_admin", 403),
        ("wcwc_office", 403),
    ],
)
async def test_nobody_else_does(client: Client, case_id: str, username: str, status: int) -> None:
    other = await client(username)
    assert (await other.get(f"/cases/{case_id}/looks")).status_code == status
    page = await other.get(f"/cases/{case_id}")
    assert page.status_code != 200 or page.json()["supervised"] is False


async def test_the_audit_administrator_reads_every_look_and_no_case(
    client: Client, case_id: str
) -> None:
    auditor = await client("audit_admin")
    assert (await auditor.get(f"/cases/{case_id}")).status_code in (403, 404)
    looks = await pages(auditor, "/audit/looks", case_id=case_id)
    assert [x["what"] for x in looks] == ["case_timeline", "case_page"]
    assert "reason" not in looks[0]
    by = looks[0]["account_id"]
    assert len(await pages(auditor, "/audit/looks", account_id=by, what="case_page")) == 1
    assert await pages(auditor, "/audit/looks", since="2999-01-01T00:00:00Z") == []
    for username in ("system_admin", "security_admin", "police", "women_fed_district"):
        other = await client(username)
        for path in ("/audit", "/audit/looks", "/audit/words"):
            assert (await other.get(path)).status_code == 403


async def test_every_word_of_the_record_is_offered_and_finds_its_own(
    client: Client, case_id: str
) -> None:
    auditor, police = await client("audit_admin"), await client("police_2")
    her = (await police.get(f"/cases/{case_id}/parties")).json()["items"][0]["person_id"]
    shown = await police.post(f"/people/{her}/reveal", json={"reason": "联系她确认明日上门的时间"})
    assert shown.status_code == 200, shown.text
    await step_up(police)
    words = (await auditor.get("/audit/words")).json()
    entry = (await pages(auditor, "/audit", what="second_factor_added"))[0]
    assert entry["about_title"] == entry["about"].replace("second_factor:", "第二验证方式 ")
    offered = {w["name"]: w["title"] for w in words["entries"]}
    assert set(offered) == set(What)
    told = {w["name"]: w["title"] for w in words["looks"]}
    for list_, titles in (("/audit", offered), ("/audit/looks", told)):
        for row in await pages(auditor, list_):
            word = row["what"].partition(":")[0]
            assert titles[word] == row["what_title"]
            assert row in await pages(auditor, list_, what=word)


async def test_reading_the_record_is_kept_in_it(client: Client, owner: Owner, case_id: str) -> None:
    auditor = await client("audit_admin")
    me = (await auditor.get("/me")).json()["id"]
    await auditor.get("/audit/looks", params={"case_id": case_id})
    await auditor.get("/audit")
    kept = await pages(auditor, "/audit", what="record_read", account_id=me)
    assert [x["about"] for x in kept[-2:]] == [None, f"case:{case_id}"]
    assert kept[0]["what_title"] == "查阅审计记录"


async def test_why_somebody_stepped_back_stays_between_those_of_the_case(
    client: Client, case_id: str
) -> None:
    """妇保法 28: the audit administrator sees no case, not even in the words of a reason."""
    auditor, village = await client("audit_admin"), await client("women_fed_village")
    own = {"case_id": case_id, "reason": "受害人林秋禾是本人表妹"}
    assert (await village.post("/recusals", json=own)).status_code == 204
    entry = (await pages(auditor, "/audit", what="conflict_changed"))[0]
    assert entry["account"] == "李桂香"
    assert entry["reason"] is None


async def test_a_cursor_is_good_for_its_own_question_only(client: Client, case_id: str) -> None:
    auditor = await client("audit_admin")
    asked: dict[str, str | int] = {"case_id": case_id, "limit": 1}
    cursor = (await auditor.get("/audit/looks", params=asked)).json()["next"]
    for path in ("/audit/looks", "/audit"):
        answer = await auditor.get(path, params={"cursor": cursor})
        assert answer.status_code == 422


async def test_a_search_is_kept_as_digests(client: Client, owner: Owner, case_id: str) -> None:
    police = await client("police_2")
    name = REPORT["victim"]["name"]  # type: ignore[index]
    found = (await police.post("/people/search", json={"name": name})).json()["items"]
    assert found
    for _ in range(2):
        await police.post("/people/search", json={"name": "无此人"})
    async with owner() as connection:
        rows = (
            await connection.execute(
                text("select * from access_log where what = 'people_search' order by looked_at, id")
            )
        ).all()
    assert [row.found for row in rows] == [len(found), 0, 0]
    one, two, three = rows
    assert two.query_digest == three.query_digest != one.query_digest
    assert two.found_digest == three.found_digest != one.found_digest
    assert name not in str(rows)


def test_every_look_has_a_title() -> None:
    """Whatever `looks` is told was looked at, read from the source."""
    said: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and (node.func.value.id, node.func.attr)
                in {("looks", "open_for"), ("looks", "log")}
            ):
                said |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}
    assert len(said) > 8
    assert {word for word in said if not word.startswith("reveal:")} <= set(LOOKED)
