"""A day marked later moves the clocks that run, as was told before; the mark taken back, back again
(民法典 203)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.clock import HOLIDAYS, Term
from app.kinds import KINDS
from app.kinds.mediation.terms import CONCLUSION, JOINT_APPLICATION
from app.kinds.protection_order.order_guards import RECONSIDERATION
from app.roles import Role
from app.services import rolling
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks import DAY, HOUR, Step, legal_aid_referral
from tests.kinds.walks.mediation import steps as talks
from tests.kinds.walks.protection_order import ACCEPTED
from tests.kinds.walks.protection_order.steps import closed, dismissed, reconsider

__all__ = ["ids"]

THURSDAY, MONDAY = date(2026, 3, 5), date(2026, 3, 9)
APPLIED = (talks.opened(**talks.COUPLE), talks.apply(), *talks.BOTH_SCREENED)
IN_COURT = talks.accept(
    court_procedure="court_referral_summary", court_case_no="（2026）粤1802民初9号"
)
AGREED = (*APPLIED, talks.accept(), talks.session(), talks.agree())
OFF = {"is_working": False, "name": "停工", "source": "通告"}


def day_of(moment: str) -> date:
    return clock.local_day(datetime.fromisoformat(moment))


def holiday(day: date) -> str:
    return f"/registers/holidays/{day}"


@pytest.fixture(autouse=True)
async def as_announced(app: FastAPI, owner: Owner) -> AsyncIterator[None]:
    before = app.state.holidays
    yield
    app.state.holidays = before
    async with owner() as connection:
        await connection.execute(text("delete from holiday"))


async def test_a_marked_day_moves_what_runs_and_taken_back_moves_it_back(
    client: Client, ids: dict[str, Any], worker_engine: AsyncEngine, owner: Owner
) -> None:
    aid = legal_aid_referral
    case = Journey(client, aid.KIND, ids)
    asked = {"needs": ["shelter"], "ground": "law", "legal_basis": "shelter"}
    to = {"organisation_id": ids["civil_affairs"]}
    steps = (aid.opened(), aid.consent(), aid.refer(), aid.acknowledge())
    for step in (*steps, Step("refer_on", Role.WOMEN_FED_TOWN, asked | to, after=2 * DAY)):
        answer = await case.take(step)
        assert answer.status_code in (200, 201), answer.text
    admin, fed = await client("system_admin"), await client("women_fed_town")

    async def ends() -> dict[tuple[str, date], date]:
        found = (await fed.get(f"/cases/{case.case_id}/deadlines")).json()["items"]
        running = [c for c in found if c["status"] == "running"]
        return {(c["title"], day_of(c["started_at"])): day_of(c["due_at"]) for c in running}

    async def follow(at: datetime = case.moment) -> int:
        return await rolling.follow(worker_engine, KINDS, at)

    async def told(day: date, **asked: bool) -> dict[tuple[str, date], date]:
        moves = await admin.get(f"{holiday(day)}/moves", params=asked)
        return {
            (i["title"], date.fromisoformat(i["starts_on"])): date.fromisoformat(i["after"])
            for i in moves.json()["items"]
            if i["kind"] == KINDS[aid.KIND].title
        }

    async def mark(day: date) -> None:
        marked = await admin.put(holiday(day), json=OFF, headers={"If-None-Match": "*"})
        assert marked.status_code == 200, marked.text

    async def take_back(day: date) -> None:
        for stale, status in (({}, 428), ({"If-Match": '"x"'}, 412)):
            assert (await admin.post(f"{holiday(day)}/remove", headers=stale)).status_code == status
        seen = (await admin.get(holiday(day))).headers["etag"]
        gone = await admin.post(f"{holiday(day)}/remove", headers={"If-Match": seen})
        assert gone.status_code == 204, gone.text
        assert (await admin.get(holiday(day))).status_code == 404

    before = await ends()
    assert await follow() == 0
    reply, decision = ("转介答复", date(2026, 3, 4)), ("审查决定", date(2026, 3, 2))
    assert (before[reply], before[decision]) == (MONDAY, MONDAY)
    assert (await told(MONDAY, is_working=False))[decision] == MONDAY + DAY
    await mark(MONDAY)
    assert [await follow(), await follow()] == [2, 0]
    assert await ends() == before | {reply: MONDAY + DAY, decision: MONDAY + DAY}
    assert (await told(THURSDAY, is_working=False))[reply] == MONDAY + 2 * DAY
    await mark(THURSDAY)
    assert [await follow(), await follow()] == [1, 0]
    assert await ends() == before | {reply: MONDAY + 2 * DAY, decision: MONDAY + DAY}
    (sent,) = (await fed.get("/referrals", params={"side": "sent"})).json()["items"]
    assert day_of(sent["due_at"]) == MONDAY + 2 * DAY
    async with owner() as connection:
        said = text("select about from audit_entry where what = 'clock_moved'")
        about = (await connection.execute(said)).scalars().all()
    assert sorted(a.partition(".")[2] for a in about) == [
        "2026-03-09.2026-03-10",
        "2026-03-09.2026-03-10",
        "2026-03-10.2026-03-11",
    ]

    assert (await told(THURSDAY))[reply] == MONDAY + DAY
    await take_back(THURSDAY)
    assert [await follow(), await follow()] == [1, 0]
    await take_back(MONDAY)
    assert await follow(clock.end_of_day(MONDAY)) == 0, "a late mark moves nothing into the past"
    assert [await follow(), await follow()] == [2, 0]
    assert await ends() == before
    assert (await admin.get("/registers/holidays")).json() == {"items": []}
    await mark(MONDAY)
    assert await follow(clock.end_of_day(MONDAY)) == 0, "nor does it excuse what has run out"
    assert await ends() == before


async def test_a_clock_that_stood_still_moves_from_where_it_ends(
    client: Client, ids: dict[str, Any], worker_engine: AsyncEngine
) -> None:
    aid = legal_aid_referral
    case = Journey(client, aid.KIND, ids)
    supply = Step("supply", Role.WOMEN_FED_TOWN, {"supplied_on": aid.day()}, after=2 * DAY)
    steps = (aid.opened(), aid.consent(), aid.refer(), aid.acknowledge(), aid.require(), supply)
    for step in steps:
        answer = await case.take(step)
        assert answer.status_code in (200, 201), answer.text
    admin, fed = await client("system_admin"), await client("women_fed_town")
    first, url = {"If-None-Match": "*"}, "/registers/holidays/2026-03-11"

    async def due() -> date:
        found = (await fed.get(f"/cases/{case.case_id}/deadlines")).json()["items"]
        (at,) = (c["due_at"] for c in found if c["rule"] == "decision")
        return day_of(at)

    assert await due() == date(2026, 3, 11), "seven days, and the two it stood still"
    marked = await admin.put(url, json=OFF, headers=first)
    assert marked.status_code == 200, marked.text
    assert await rolling.follow(worker_engine, KINDS, case.moment) == 1
    assert await due() == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("kind", "until", "term", "step", "problem"),
    [
        (
            "protection_order",
            (*ACCEPTED, dismissed()),
            RECONSIDERATION,
            reconsider("applicant", effective_on="2026-03-02"),
            "reconsideration-too-late",
        ),
        ("mediation", AGREED, JOINT_APPLICATION, talks.confirm(), "confirmation-too-late"),
        (
            "mediation",
            (*APPLIED, IN_COURT),
            CONCLUSION["court_referral_summary"],
            talks.extend(90),
            "extension-too-late",
        ),
    ],
    ids=["复议", "司法确认", "延长调解期限"],
)
async def test_what_may_still_be_done_follows_the_marks_too(
    client: Client, ids: dict[str, Any], kind: str, until: tuple[Step, ...], term: Term, step: Step,
    problem: str,
) -> None:  # fmt: skip
    """A last day marked off allows the next working one, and nothing beyond."""
    case = Journey(client, kind, ids)
    for one in until:
        assert (await case.take(one)).status_code in (200, 201)
    last = clock.local_day(clock.due(term, case.moment, HOLIDAYS))
    then = HOLIDAYS.next_working(last + DAY)

    async def tried(one: Step, day: date) -> str:
        case.moment = clock.end_of_day(day) - HOUR
        answer = await case.take(replace(one, after=timedelta()))
        return str(answer.json().get("type", "")).removeprefix("/problems/")

    assert await tried(step, then) == problem
    marked = await (await client("system_admin")).put(
        holiday(last), json=OFF, headers={"If-None-Match": "*"}
    )
    assert marked.status_code == 200, marked.text
    if kind == "protection_order":
        assert await tried(closed("dismissed"), then) == "reconsideration-still-open"
    assert await tried(step, then + DAY) == problem
    assert await tried(step, then) == ""
