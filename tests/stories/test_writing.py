"""One door for change: repeats, refusals, two at once, corrections, and nothing by halves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from tests.conftest import Client, Owner
from tests.stories.answers import HUSBAND, NOW, QUICK, REPORT, command


async def count(owner: Owner, table: str) -> int:
    async with owner() as connection:
        found = await connection.scalar(text(f'select count(*) from "{table}"'))  # noqa: S608
        return int(found or 0)


@pytest.fixture
async def case_id(client: Client) -> str:
    grid = await client("grid_worker")
    with clock.at(NOW):
        answer = await grid.post("/cases/dv_warning", json=command(REPORT))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def test_a_quick_report_needs_two_answers_and_gets_a_number(client: Client) -> None:
    grid = await client("grid_worker")
    with clock.at(NOW):
        answer = await grid.post("/cases/dv_warning", json=command(QUICK))
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["number"] == "告诫〔2026〕00001号"
    assert receipt["state"] == "reported"
    assert receipt["id"] == receipt["case_id"]


async def test_fifty_equal_requests_at_once_leave_one_case(client: Client, owner: Owner) -> None:
    grid = await client("grid_worker")
    body = command(REPORT)
    answers = await asyncio.gather(*(grid.post("/cases/dv_warning", json=body) for _ in range(50)))
    assert {a.status_code for a in answers} <= {200, 201}
    assert len({a.json()["case_id"] for a in answers}) == 1
    assert [await count(owner, t) for t in ("case", "event", "person")] == [1, 1, 2]


async def test_fifty_equal_actions_at_once_leave_one_event(
    client: Client, owner: Owner, case_id: str
) -> None:
    fed = await client("women_fed_town")
    body = command({"text": "已电话联系村妇联主席"})
    url = f"/cases/dv_warning/{case_id}/note"
    answers = await asyncio.gather(*(fed.post(url, json=body) for _ in range(50)))
    assert {a.status_code for a in answers} == {200}
    assert sorted(a.json()["repeated"] for a in answers) == [False] + [True] * 49
    assert await count(owner, "event") == 2


async def test_an_id_used_for_something_else_is_refused(client: Client, case_id: str) -> None:
    grid = await client("grid_worker")
    again = await grid.post("/cases/dv_warning", json=command(QUICK) | {"id": case_id})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/id-reused")


async def test_an_id_of_a_case_out_of_sight_gives_nothing_away(
    client: Client, case_id: str
) -> None:
    other = await client("grid_worker_2")
    taken = await other.post("/cases/dv_warning", json=command(QUICK) | {"id": case_id})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/id-reused")
    hidden = await other.get(f"/cases/{case_id}")
    unknown = await other.get("/cases/01900000-0000-7000-8000-000000000000")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()


async def test_two_who_decide_at_once_cannot_both_win(client: Client, case_id: str) -> None:
    police = await client("police")
    accept = {
        "accepted_at": NOW.isoformat(),
        "incident_no": "J20260012",
        "officers": "周明、郑立",
        "victim_wish": "undecided",
    }
    url = f"/cases/dv_warning/{case_id}/accept"
    answers = await asyncio.gather(*(police.post(url, json=command(accept)) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409, 409]
    refused = next(a for a in answers if a.status_code == 409)
    assert refused.json()["type"] == "/problems/wrong-state"


async def test_bad_answers_are_named_in_chinese_and_leave_nothing(
    client: Client, owner: Owner
) -> None:
    grid = await client("grid_worker")
    wrong = {"immediate_danger": "no", "victim": {"id_number": "441802198805120023"}, "extra": 1}
    answer = await grid.post("/cases/dv_warning", json=command(wrong))
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = {p["field"]: p["message"] for p in problem["problems"]}
    assert told["answers.immediate_danger"] == "应为是或否"
    assert told["answers.what_happened"] == "必填"
    assert "身份证号有误" in told["answers.victim.id_number"]
    assert told["answers.extra"] == "没有这一项"
    assert "441802198805120023" not in answer.text
    assert await count(owner, "case") == 0


async def test_a_commit_that_fails_is_never_a_success(client: Client, owner: Owner) -> None:
    async with owner() as connection:
        await connection.execute(
            text(
                "create function refuse() returns trigger language plpgsql as"
                " $$ begin raise exception 'disk full'; end $$"
            )
        )
        await connection.execute(
            text(
                "create constraint trigger refuse after insert on event"
                " deferrable initially deferred for each row execute function refuse()"
            )
        )
    try:
        grid = await client("grid_worker")
        answer = await grid.post("/cases/dv_warning", json=command(QUICK))
    finally:
        async with owner() as connection:
            await connection.execute(text("drop trigger refuse on event"))
            await connection.execute(text("drop function refuse()"))
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/failure"
    assert await count(owner, "case") == 0


async def test_a_phone_a_year_ahead_or_behind_is_set_right(client: Client, owner: Owner) -> None:
    grid = await client("grid_worker")
    year = timedelta(days=365)
    with clock.at(NOW):
        for off in (year, -year):
            body = command(QUICK, at=NOW - timedelta(hours=1) + off)
            body["clock_offset"] = int(off.total_seconds())
            assert (await grid.post("/cases/dv_warning", json=body)).status_code == 201
        unmeasured = await grid.post("/cases/dv_warning", json=command(QUICK, at=NOW + year))
    assert unmeasured.status_code == 201
    async with owner() as connection:
        moments = await connection.execute(
            text("select happened_at from event order by recorded_at, happened_at")
        )
        assert list(moments.scalars()) == [NOW - timedelta(hours=1)] * 2 + [NOW]


async def test_a_correction_replaces_the_event_and_starts_its_clocks_anew(
    client: Client, owner: Owner, case_id: str
) -> None:
    police = await client("police")
    answers = {
        "accepted_at": (NOW + timedelta(hours=5)).isoformat(),
        "incident_no": "J20260012",
        "officers": "周明、郑立",
        "victim_wish": "undecided",
    }
    with clock.at(NOW + timedelta(hours=6)):
        done = await police.post(f"/cases/dv_warning/{case_id}/accept", json=command(answers))
        assert done.status_code == 200, done.text
        right = (NOW + timedelta(hours=2)).isoformat()
        change: dict[str, Any] = {
            **command({"accepted_at": right}),
            "event_id": done.json()["id"],
            "reason": "受理时间登记有误",
        }
        fixed = await police.post(f"/cases/dv_warning/{case_id}/correct", json=change)
        assert fixed.status_code == 200, fixed.text
        again = await police.post(f"/cases/dv_warning/{case_id}/correct", json=change)
        assert again.json() == fixed.json() | {"repeated": True}
        twice = await police.post(
            f"/cases/dv_warning/{case_id}/correct", json=change | command({"incident_no": "J1"})
        )
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/already-replaced")
    async with owner() as connection:
        rows = await connection.execute(
            text(
                "select due_at, dropped_reason from deadline"
                " where rule = 'warning' order by due_at desc"
            )
        )
        assert [tuple(r) for r in rows] == [
            (NOW + timedelta(hours=77), "corrected"),
            (NOW + timedelta(hours=74), None),
        ]


async def test_danger_goes_up_by_anyone_and_down_by_a_supervisor_with_reasons(
    client: Client, case_id: str
) -> None:
    items = [
        "threatened_to_kill", "able_to_kill", "controls_life", "nobody_else", "suicide_threat",
        "die_together", "threatened_family", "will_hurt_soon", "stalked", "suffocated",
        "other_lethal",
    ]  # fmt: skip
    calm = dict.fromkeys(items, False)
    url = f"/cases/dv_warning/{case_id}/assess_danger"
    fed = await client("women_fed_town")
    assert (await fed.post(url, json=command(calm | {"suffocated": True}))).status_code == 200
    lower = await fed.post(url, json=command(calm))
    assert lower.json()["type"] == "/problems/danger-lowered-by-supervisor-only"
    boss = await client("women_fed_district")
    silent = await boss.post(url, json=command(calm))
    assert silent.json()["type"] == "/problems/danger-lowered-without-reason"
    told = calm | {"judged": "low", "judged_reason": "加害人已被羁押"}
    assert (await boss.post(url, json=command(told))).status_code == 200

    asked: dict[str, Any] = {"step": "assess_danger", "limit": 1}
    history = []
    while True:
        page = (await fed.get(f"/cases/{case_id}/timeline", params=asked)).json()
        (event,) = page["items"]
        history.append((event["account"], event["outcome"], event["answers"]["suffocated"]))
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert history == [("谭慧敏", "low", False), ("朱丽珍", "high", True)]
    other = {"cursor": asked["cursor"], "limit": 1}
    assert (await fed.get(f"/cases/{case_id}/timeline", params=other)).status_code == 422


async def test_the_duty_to_report_closes_only_with_a_receipt_or_a_supervisors_reason(
    client: Client, owner: Owner
) -> None:
    committee = await client("village_committee")
    child = {"name": "贺小满", "sex": "female", "birth_on": "2017-05-20"}
    report = REPORT | {"children_present": True, "children": [child]}
    with clock.at(NOW):
        opened = (await committee.post("/cases/dv_warning", json=command(report))).json()
        url = f"/cases/dv_warning/{opened['case_id']}/mandatory_report"
        bare = await committee.post(
            url, json=command({"outcome": "reported", "harm": "domestic_violence"})
        )
        assert bare.status_code == 422
        exempt = {"outcome": "not_required", "harm": "other", "reason": "已由学校报告"}
        refused = await committee.post(url, json=command(exempt))
        assert refused.json()["type"] == "/problems/report-duty-exempted-by-supervisor-only"
        done = {
            "outcome": "reported",
            "harm": "domestic_violence",
            "receipt_no": "440000202600012",
            "reported_at": NOW.isoformat(),
        }
        assert (await committee.post(url, json=command(done))).status_code == 200
    async with owner() as connection:
        rows = await connection.execute(
            text(
                "select owner, alert_at, due_at, met_at from deadline"
                " where rule = 'mandatory_report'"
            )
        )
        hour = timedelta(hours=1)
        assert [tuple(r) for r in rows] == [("village_committee", NOW + hour, NOW + 24 * hour, NOW)]


async def test_a_transfer_moves_the_case_but_not_its_past(
    client: Client, owner: Owner, case_id: str
) -> None:
    fed = await client("women_fed_district")
    async with owner() as connection:
        there = await connection.scalar(
            text(
                "select area from account_grant g join account a on a.id = g.account_id"
                " where a.username = 'grid_worker_2'"
            )
        )
    url = f"/cases/dv_warning/{case_id}/transfer"
    moved = await fed.post(url, json=command({"area": there, "reason": "受害人已搬至该村"}))
    assert moved.status_code == 200, moved.text
    other, former = await client("village_committee_2"), await client("village_committee")
    assert (await other.get(f"/cases/{case_id}")).status_code == 200
    assert (await former.get(f"/cases/{case_id}")).status_code == 404
    past = (await other.get(f"/cases/{case_id}/timeline")).json()["items"]
    assert [event["name"] for event in past] == ["transfer", "opened"]
    async with owner() as connection:
        villages = await connection.execute(text("select village from event order by seq"))
        assert next(iter(villages.scalars())) != there
        copies = await connection.execute(
            text(
                "select village from case_party union all select village from deadline"
                " where met_at is null and dropped_at is null"
            )
        )
        assert set(copies.scalars()) == {there}


async def test_the_same_person_again_is_offered_not_merged(client: Client, owner: Owner) -> None:
    grid = await client("grid_worker")
    for _ in range(2):
        await grid.post("/cases/dv_warning", json=command(REPORT))
    assert await count(owner, "person") == 4
    async with owner() as connection:
        reasons = await connection.execute(text("select reason, verdict from person_match"))
        assert [tuple(r) for r in reasons] == [("id_number", None)] * 2


async def test_a_picked_person_stays_one_person(client: Client, owner: Owner) -> None:
    grid = await client("village_committee")
    await grid.post("/cases/dv_warning", json=command(REPORT))
    async with owner() as connection:
        known = await connection.scalar(
            text("select person_id from case_party where role = 'victim'")
        )
    again = REPORT | {
        "victim": {"person_id": str(known), "flags": ["pregnant"]},
        "perpetrator": HUSBAND,
    }
    answer = await grid.post("/cases/dv_warning", json=command(again))
    assert answer.status_code == 201, answer.text
    async with owner() as connection:
        row = (
            await connection.execute(
                text("select flags, version from person where id = :i"), {"i": known}
            )
        ).one()
        assert tuple(row) == (["pregnant"], 2)
    other = await client("village_committee_2")
    stolen = await other.post("/cases/dv_warning", json=command(again))
    assert stolen.status_code == 422


async def test_no_identity_is_left_over_for_the_next_request(
    client: Client, app: Any, case_id: str
) -> None:
    grid, other = await client("village_committee"), await client("village_committee_2")
    for _ in range(20):
        mine, theirs = await asyncio.gather(
            grid.get(f"/cases/{case_id}"), other.get(f"/cases/{case_id}")
        )
        assert (mine.status_code, theirs.status_code) == (200, 404)
    async with app.state.engine.connect() as connection:
        for _ in range(5):
            assert await connection.scalar(text('select count(*) from "case"')) == 0


async def test_nothing_in_the_database_can_be_read_without_a_key(
    client: Client, owner: Owner
) -> None:
    grid = await client("grid_worker")
    secret = {"reporter_name": "知情人甲", "reporter_phone": "13800000099"}
    victim = REPORT["victim"] | {"present_address": "北江路某号三楼", "safe_phone": "13800000077"}  # type: ignore[operator]
    await grid.post("/cases/dv_warning", json=command(REPORT | secret | {"victim": victim}))
    async with owner() as connection:
        whole = ""
        for table in (
            "case",
            "event",
            "person",
            "person_vault",
            "case_vault",
            "case_party",
            "deadline",
            "outbox",
        ):
            rows = await connection.execute(text(f'select to_jsonb(t)::text from "{table}" t'))  # noqa: S608
            whole += "".join(rows.scalars())
    for word in (
        "林秋禾",
        "441802198805120022",
        "13800000021",
        "耳光",
        "知情人甲",
        "北江路",
        "13800000077",
    ):
        assert word not in whole
        assert word.encode().hex() not in whole
