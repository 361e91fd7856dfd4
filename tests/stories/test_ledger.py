"""Two ledgers of women left behind: the town signs, the district reconciles, figures follow."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from app import clock
from app.services.exports.lists import PLAIN, WOMEN
from tests.conftest import Client, step_up
from tests.stories.answers import NOW, id_number
from tests.stories.board import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, board, send
from tests.stories.test_exports import exported, heads

DAY = timedelta(days=1)
KIND = "left_behind_visit"
NAMES = "梁秋云", "何月英", "谢春兰"
WELL = {"method": "home", "dv_suspected": False}


async def enrolled(client: Client, number: int, level: str = "c") -> str:
    """The case of an invented woman of the village, in the ledger since the fourth day."""
    village, town = await client("women_fed_village"), await client("women_fed_town")
    woman = {"name": NAMES[number], "id_number": id_number(40 + number, 2)}
    opened = {"woman": woman, "channel": "survey"}
    case_id = str((await send(village, KIND, opened, NOW + timedelta(minutes=number)))["case_id"])
    away = (NOW - 300 * DAY).date().isoformat()
    verified = {"husband_away_since": away, "lives_in_village": True}
    enrolment = {"level": level, "consent": True} | ({"reasons": ["poor"]} if level == "a" else {})
    await send(village, f"{KIND}/{case_id}/nominate", {}, NOW + DAY)
    await send(village, f"{KIND}/{case_id}/verify", verified, NOW + 2 * DAY)
    await send(town, f"{KIND}/{case_id}/enrol", enrolment, NOW + 3 * DAY)
    return case_id


async def got(who: httpx.AsyncClient, path: str, at: datetime, **query: Any) -> dict[str, Any]:
    with clock.at(at):
        answer = await who.get(f"/ledger/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def posted(
    who: httpx.AsyncClient, path: str, at: datetime, body: Any = None
) -> httpx.Response:
    with clock.at(at):
        return await who.post(f"/ledger/{path}", json=body)


async def settled(
    who: httpx.AsyncClient, items: list[Any], verdict: str, why: str, at: datetime
) -> httpx.Response:
    lines = [{name: one[name] for name in ("case_id", "signed_id")} for one in items]
    body = {"area": TOWN, "lines": lines, "verdict": verdict, "why": why}
    return await posted(who, "settle", at, body)


async def test_the_town_signs_and_the_district_takes_over_line_by_line(client: Client) -> None:
    first, second = await enrolled(client, 0), await enrolled(client, 1, "a")
    town, fed = await client("women_fed_town"), await client("women_fed_district")
    at = NOW + 10 * DAY

    async def alike(moment: datetime, area: int = DISTRICT) -> tuple[Any, Any]:
        line = (await board(fed, at=moment, area=area, period="2026"))["SS-06"]
        return line["numerator"], line["denominator"]

    assert await alike(at) == (0, 0)
    signed = await posted(town, f"towns/{TOWN}/sign", at)
    assert (signed.status_code, signed.json()) == (200, {"women": 2}), signed.text
    new = (await got(fed, "differences", at, area=DISTRICT))["items"]
    assert {one["case_id"] for one in new} == {first, second}
    assert [(one["held"], one["fields"]) for one in new] == [(None, [])] * 2
    assert {one["subject"] for one in new} == {"梁*", "何*"}

    # A reason belongs to its verdict; what was settled once stays settled.
    assert (await settled(fed, new, "taken", "not_found", at)).status_code == 422
    for _ in range(2):
        taken = await settled(fed, new, "taken", "town_right", at + DAY)
        assert (taken.status_code, taken.json()) == (200, {"settled": 2}), taken.text
    assert await alike(at + DAY) == (2, 2)
    assert (await got(town, "differences", at + DAY, area=TOWN))["items"] == []

    # What moves in the register moves in the town's ledger when the town signs again.
    change = {"level": "b"}
    await send(town, f"{KIND}/{first}/change_level", change, at + 20 * DAY)
    left = {"reason": "moved_away"}
    await send(town, f"{KIND}/{second}/exit", left, at + 20 * DAY)
    assert await alike(at + 20 * DAY) == (2, 2)
    await posted(town, f"towns/{TOWN}/sign", at + 21 * DAY)
    assert await alike(at + 21 * DAY) == (0, 2)
    moved = (await got(fed, "differences", at + 21 * DAY, area=TOWN))["items"]
    by_case = {one["case_id"]: one for one in moved}
    changed, gone = by_case[first], by_case[second]
    assert (changed["fields"], changed["said"]["level"], changed["held"]["level"]) == (
        ["level"], "b", "c",
    )  # fmt: skip
    assert (gone["said"], gone["held"]["level"]) == (None, "a")

    # An old signature is nobody's any more; one line taken, one sent back for a reason.
    stale = await settled(fed, new, "taken", "town_right", at + 22 * DAY)
    assert stale.status_code == 409
    await settled(fed, [gone], "taken", "visited", at + 22 * DAY)
    back = await settled(fed, [changed], "returned", "wrong_level", at + 22 * DAY)
    assert back.status_code == 200, back.text
    (open_,) = (await got(town, "differences", at + 22 * DAY, area=TOWN))["items"]
    assert (open_["why"], open_["case_id"]) == ("wrong_level", first)
    (line,) = (await got(fed, "compared", at + 22 * DAY, area=DISTRICT))["items"]
    assert (line["town"], line["union"], line["identical"], line["returned"]) == (TOWN, 1, 0, 1)
    assert await alike(at + 22 * DAY) == (0, 1)
    assert await alike(at + 22 * DAY, OTHER_TOWN) == (0, 0)


async def test_each_keeps_its_own_ledger_and_sees_no_further(client: Client) -> None:
    case_id = await enrolled(client, 0)
    town, fed = await client("women_fed_town"), await client("women_fed_district")
    village, other = await client("women_fed_village"), await client("grid_worker_2")
    at = NOW + 10 * DAY
    for who, path in ((fed, f"towns/{TOWN}/sign"), (village, f"towns/{TOWN}/sign")):
        assert (await posted(who, path, at)).status_code == 403
    assert (await posted(town, f"towns/{OTHER_TOWN}/sign", at)).status_code == 403
    assert (await posted(town, f"towns/{VILLAGE}/sign", at)).status_code == 422
    await posted(town, f"towns/{TOWN}/sign", at)
    (line,) = (await got(village, "differences", at, area=VILLAGE))["items"]
    assert line["case_id"] == case_id
    assert (await settled(town, [line], "taken", "town_right", at)).status_code == 403
    lines = [{name: line[name] for name in ("case_id", "signed_id")}]
    beyond = {"area": 441803000000, "lines": lines, "verdict": "taken", "why": "town_right"}
    assert (await posted(fed, "settle", at, beyond)).status_code == 403, "another district"
    for path, query in (
        ("women", {}),
        ("differences", {"area": DISTRICT}),
        ("compared", {"area": DISTRICT}),
        ("villages", {"area": DISTRICT, "year": 2026}),
    ):
        assert (await got(other, path, at, **query))["items"] == [], path
    assert (await (await client("police")).get("/ledger/women")).status_code == 403


async def test_the_list_shows_whom_nobody_visited(client: Client) -> None:
    first, second = await enrolled(client, 0), await enrolled(client, 1, "a")
    village, fed = await client("women_fed_village"), await client("women_fed_district")
    await send(village, f"{KIND}/{first}/record_visit", WELL, NOW + 90 * DAY)
    at = NOW + 120 * DAY

    async def who(**query: Any) -> list[str]:
        return [one["id"] for one in (await got(fed, "women", at, **query))["items"]]

    assert await who() == [second, first]
    assert await who(unvisited=3) == [second]
    assert await who(level="c") == [first]
    assert await who(overdue=True) == [second]
    assert await who(abnormal=True) == []
    assert await who(area=OTHER_VILLAGE) == []
    one = (await got(fed, "women", at, level="c"))["items"][0]
    assert (one["subject"], one["level"], one["overdue"]) == ("梁*", "c", False)
    assert datetime.fromisoformat(one["last_visit"]) == NOW + 90 * DAY
    assert one["next_visit"].startswith("2026-1")
    both = await got(fed, "totals", at)
    assert both == {
        "women": 2, "level_a": 1, "level_b": 0, "level_c": 1, "suspended": 0, "overdue": 1,
        "abnormal": 0,
    }  # fmt: skip
    assert (await got(fed, "totals", at, unvisited=3))["women"] == 1
    page = await got(fed, "women", at, limit=1)
    rest = await got(fed, "women", at, limit=1, cursor=page["next"])
    assert [one["id"] for one in page["items"] + rest["items"]] == [second, first]
    assert rest["next"] is None


async def test_her_page_says_when_she_was_visited(client: Client) -> None:
    case_id = await enrolled(client, 0)
    village, fed = await client("women_fed_village"), await client("women_fed_district")
    town = await client("women_fed_town")
    for days in (10, 90):
        await send(village, f"{KIND}/{case_id}/record_visit", WELL, NOW + days * DAY)
    (line,) = (await got(fed, "women", NOW + 91 * DAY))["items"]
    await posted(town, f"towns/{TOWN}/sign", NOW + 91 * DAY)
    (differing,) = (await got(fed, "differences", NOW + 91 * DAY, area=TOWN))["items"]
    assert line["person_id"] == differing["person_id"]
    page = (await fed.get(f"/people/{line['person_id']}")).json()
    assert page["name"] == NAMES[0]
    assert [one["case_id"] for one in page["visits"]] == [case_id] * 2
    assert page["visits"][0]["title"] == "探访登记"
    assert datetime.fromisoformat(page["visits"][0]["happened_at"]) == NOW + 90 * DAY
    assert page["more_visits"] is False


async def test_the_ledger_leaves_as_it_stands_on_the_screen(client: Client) -> None:
    await enrolled(client, 0)
    await enrolled(client, 1, "a")
    town, police = await client("women_fed_town"), await client("police")
    await step_up(town)
    await step_up(police)
    wanted = {"ledger": {"area": VILLAGE, "level": "a"}}
    masked = (await exported(town, **wanted))["台账"]
    assert masked[0] == heads(WOMEN)
    assert [(row[1], row[5], row[8]) for row in masked[1:]] == [("何*", "A 重点", None)]
    plain = (await exported(town, **wanted, plain=True))["台账"]
    assert plain[0] == (*heads(WOMEN), *PLAIN)
    assert [(row[1], row[-2]) for row in plain[1:]] == [("何月英", id_number(41, 2))]
    assert (await exported(police, ledger={}))["台账"][1:] == []


async def test_a_round_is_a_year_in_which_villages_survey_and_sign(client: Client) -> None:
    case_id = await enrolled(client, 0)
    village, fed = await client("women_fed_village"), await client("women_fed_district")

    async def round_(year: int, at: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await got(fed, "villages", at, area=DISTRICT, year=year)
        )["items"]  # fmt: skip
        return found

    next_year = NOW + 330 * DAY
    for who, area in ((village, VILLAGE), (fed, DISTRICT), (await client("grid_worker"), None)):
        page = await got(who, "villages", NOW, area=VILLAGE, year=2026)
        assert page["signs_in"] == ([area] if area else [])
    (line,) = await round_(2026, NOW + 5 * DAY)
    assert (line["village"], line["women"], line["surveyed"], line["signed_on"]) == (
        VILLAGE, 1, 1, None,
    )  # fmt: skip
    assert [one["surveyed"] for one in await round_(2027, next_year)] == [0]
    await send(village, f"{KIND}/{case_id}/resurvey", {"found": "无变化"}, next_year)
    body = {"village": VILLAGE, "signed_on": clock.local_day(next_year).isoformat()}
    with clock.at(next_year + DAY):
        assert (await village.post("/registers/surveys", json=body)).status_code == 201
    (done,) = await round_(2027, next_year + DAY)
    assert (done["surveyed"], done["signed_on"]) == (1, body["signed_on"])
    line = (await board(fed, at=next_year + DAY, area=VILLAGE, period="2027"))["SS-02"]
    assert (line["numerator"], line["denominator"]) == (1, 1)
