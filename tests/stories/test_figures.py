"""What counts where, when and for whom."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.kinds import KINDS
from app.kinds.across import INDICATORS as ACROSS
from app.services.figures.catalogue import catalogue
from app.services.figures.targets import REPORTED, TARGETS
from tests.conftest import Client
from tests.kinds.test_every_kind import ids
from tests.kinds.walks.dv_warning import DELIVERY, PENALTY, TRANSFER, WARNING
from tests.stories.answers import HUSBAND, NOW, REPORT, command
from tests.stories.board import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    accepted,
    ask,
    board,
    send,
)

__all__ = ["ids"]

DAY = timedelta(days=1)
DOCS = Path(__file__).parents[2] / "docs" / "indicators.md"
WOMAN = {"name": "梁秋云", "id_number": "441802198703150028"}


async def decide(client: Client, case_id: str, action: str, form: Any, at: datetime) -> None:
    """A step of the police, its answers as a walk gives them."""
    answers = {name: value(at) if callable(value) else value for name, value in form.items()}
    await send(await client("police"), f"dv_warning/{case_id}/{action}", answers, at)


async def enrolled(client: Client) -> str:
    grid, village = await client("grid_worker"), await client("women_fed_village")
    town, kind = await client("women_fed_town"), "left_behind_visit"
    opened = {"woman": WOMAN, "channel": "survey"}
    case_id = str((await send(grid, kind, opened, NOW))["case_id"])
    away = (NOW - 300 * DAY).date().isoformat()
    verified = {"husband_away_since": away, "lives_in_village": True}
    await send(village, f"{kind}/{case_id}/nominate", {}, NOW + DAY)
    await send(village, f"{kind}/{case_id}/verify", verified, NOW + 2 * DAY)
    enrolment = {"level": "c", "consent": True}
    await send(town, f"{kind}/{case_id}/enrol", enrolment, NOW + 3 * DAY)
    return case_id


async def test_a_cohort_counts_from_its_start_decided_or_not(client: Client) -> None:
    await accepted(client)
    fed = await client("women_fed_district")
    where = {"area": DISTRICT, "period": "2026"}
    started = (await board(fed, at=NOW + timedelta(hours=2), **where))["LAW-37"]
    assert (started["numerator"], started["denominator"]) == (0, 1)


async def test_a_duty_is_missed_once_it_is_past_due_and_late_stays_late(client: Client) -> None:
    committee, police = await client("village_committee"), await client("police")
    child = {"name": "贺小满", "sex": "female", "birth_on": "2017-05-20"}
    report = REPORT | {"children_present": True, "children": [child]}
    case_id = (await send(committee, "dv_warning", report, NOW))["case_id"]
    fed = await client("women_fed_district")
    where = {"area": DISTRICT, "period": "2026"}
    assert (await board(fed, at=NOW + timedelta(hours=2), **where))["LAW-29b"]["denominator"] == 0
    missed = (await board(fed, at=NOW + 2 * DAY, **where))["LAW-29b"]
    assert (missed["numerator"], missed["denominator"], missed["value"]) == (0, 1, 0)
    reported = {
        "outcome": "reported",
        "harm": "domestic_violence",
        "receipt_no": "440000202600012",
        "reported_at": (NOW + 2 * DAY).isoformat(),
    }
    await send(police, f"dv_warning/{case_id}/mandatory_report", reported, NOW + 2 * DAY)
    late = await board(fed, at=NOW + 3 * DAY, **where)
    assert (late["LAW-29b"]["value"], late["LAW-29a"]["value"]) == (0, 1)


@pytest.mark.parametrize(("days", "missed"), [(10, 0), (100, 1)])
async def test_a_clock_dropped_after_it_was_due_was_missed(
    client: Client, days: int, missed: int
) -> None:
    case_id = await accepted(client)
    await decide(client, case_id, "issue_warning", WARNING, NOW + DAY)
    await decide(client, case_id, "transfer_out", TRANSFER, NOW + days * DAY)
    fed = await client("women_fed_district")
    line = (await board(fed, at=NOW + 200 * DAY, area=DISTRICT, period="2026"))["LAW-34"]
    assert (line["numerator"], line["denominator"]) == (0, missed)


async def test_a_referral_is_answered_by_the_end_of_the_third_working_day(
    client: Client, ids: dict[str, Any]
) -> None:
    """Sent on a Monday by a warning's case and a visit's, the last before a weekend."""
    town = await client("women_fed_town")
    violence, visits = await accepted(client), await enrolled(client)
    thursday = clock.end_of_day(clock.local_day(NOW + 3 * DAY))
    second, friday = timedelta(seconds=1), NOW + 4 * DAY
    wednesday = clock.end_of_day(clock.local_day(friday + 5 * DAY))
    told = (
        ("dv_warning", violence, "legal_aid", NOW + timedelta(hours=2), thursday - second),
        ("dv_warning", violence, "hospital", NOW + timedelta(hours=3), thursday + second),
        ("left_behind_visit", visits, "civil_affairs", friday, wednesday - second),
        ("left_behind_visit", visits, "women_fed_district", friday + second, None),
    )
    by_law = {"ground": "law", "legal_basis": "joint", "needs": ["other"]}
    for kind, case_id, to, at, _ in told:
        asked = by_law | {"organisation_id": ids[to]}
        await send(town, f"{kind}/{case_id}/refer_on", asked, at)
    fed = await client("women_fed_district")
    where: dict[str, Any] = {"area": DISTRICT, "period": "2026"}
    waiting = (await board(fed, at=friday + 2 * second, **where))["LAW-35"]
    assert (waiting["numerator"], waiting["denominator"]) == (0, 4)
    for kind, case_id, to, _, answered in told:
        if answered is not None:
            answer = {"organisation_id": ids[to]}
            await send(await client(to), f"{kind}/{case_id}/accept_referral", answer, answered)
    line = (await board(fed, at=wednesday, **where))["LAW-35"]
    assert (line["numerator"], line["denominator"], line["value"]) == (2, 4, 50)
    kept = await ask(fed, "/LAW-35/cases", at=wednesday, **where)
    assert {row["case_id"] for row in kept["items"]} == {violence, visits}
    sent = await ask(fed, "/LAW-35/cases", side="denominator", at=wednesday, **where)
    assert [row["counted"] for row in sent["items"]].count(True) == 2
    assert sorted(row["case_id"] for row in sent["items"]) == sorted([violence, visits] * 2)


async def test_a_corrected_event_counts_once(client: Client) -> None:
    case_id = await accepted(client)
    police, fed = await client("police"), await client("women_fed_district")
    with clock.at(NOW + 2 * DAY):
        listed = await ask(fed, "/LAW-01/cases", area=DISTRICT, period="2026", at=NOW + 2 * DAY)
        rows = (await police.get(f"/cases/{case_id}/timeline")).json()["items"]
        event = next(row for row in rows if row["name"] == "accept")
        change = command({"incident_no": "J20260013"}, NOW + 2 * DAY)
        change |= {"event_id": event["id"], "reason": "警情编号登记有误"}
        fixed = await police.post(f"/cases/dv_warning/{case_id}/correct", json=change)
    assert fixed.status_code == 200, fixed.text
    again = await ask(fed, "/LAW-01/cases", area=DISTRICT, period="2026", at=NOW + 2 * DAY)
    assert (listed["total"], again["total"]) == (1, 1)
    assert listed["items"] == again["items"]


async def test_a_transfer_takes_the_woman_along_but_not_what_happened(client: Client) -> None:
    case_id = await enrolled(client)
    fed = await client("women_fed_district")
    moved = {"area": OTHER_VILLAGE, "reason": "已随亲属迁居该村"}
    await send(fed, f"left_behind_visit/{case_id}/transfer", moved, NOW + 40 * DAY)
    now = NOW + 50 * DAY

    async def value(code: str, area: int, period: str = "2026-04") -> float:
        found = await board(fed, at=now, area=area, period=period)
        return float(found[code]["numerator"])

    assert [await value("SS-01", a, "2026-03") for a in (VILLAGE, OTHER_VILLAGE)] == [1, 0]
    assert [await value("SS-01", a) for a in (VILLAGE, OTHER_VILLAGE, DISTRICT)] == [0, 1, 1]
    assert [await value("SS-01c", a) for a in (TOWN, OTHER_TOWN)] == [0, 1]
    assert await value("SS-01a", DISTRICT) == 0
    there = await ask(fed, "/SS-01/cases", at=now, area=OTHER_TOWN, period="2026-04")
    assert [row["case_id"] for row in there["items"]] == [case_id]


async def test_violence_again_is_found_by_the_abuser_in_whichever_case(client: Client) -> None:
    first = await accepted(client)
    await decide(client, first, "issue_warning", WARNING, NOW + DAY)
    await decide(client, first, "deliver_warning", DELIVERY, NOW + DAY)
    other = {"name": "贺兰", "id_number": "441802199505120041"}
    again = await accepted(client, NOW + 100 * DAY, victim=other, perpetrator=HUSBAND)
    await decide(client, again, "record_penalty", PENALTY, NOW + 101 * DAY)
    fed = await client("women_fed_district")
    at = NOW + 500 * DAY
    half = (await board(fed, at=at, area=DISTRICT, period="2026"))["LAW-11b"]
    assert (half["numerator"], half["denominator"], half["value"]) == (1, 1, 100)
    year = (await board(fed, at=at, area=DISTRICT, period="2027-03"))["LAW-11a"]
    assert (year["numerator"], year["denominator"]) == (1, 1)
    victims = (await board(fed, at=at, area=DISTRICT, period="2026"))["LAW-32"]
    assert (victims["numerator"], victims["denominator"]) == (0, 2)
    early = await board(fed, at=NOW + 150 * DAY, area=DISTRICT, period="2026")
    assert early["LAW-11b"]["value"] is None


async def test_months_and_towns_add_up(client: Client) -> None:
    for number in range(3):
        await accepted(client, NOW + 20 * number * DAY)
    fed, at = await client("women_fed_district"), NOW + 60 * DAY
    trend = (await ask(fed, "/LAW-01/trend", at=at, area=DISTRICT, year=2026))["items"]
    values = [point["value"] for point in trend]
    assert values == [0, 0, 2, 1, 0] + [None] * 7
    ranked = await ask(fed, "/LAW-01/areas", at=at, area=DISTRICT, period="2026")
    first, *rest = ranked["items"]
    assert (first["key"], first["name"], first["rank"], first["value"]) == (
        str(TOWN), "源潭镇", 1, 3,
    )  # fmt: skip
    assert {(p["value"], p["rank"]) for p in rest} == {(0, 2)}
    villages = await ask(fed, "/LAW-01/areas", at=at, area=TOWN, period="2026")
    assert sum(p["value"] for p in villages["items"]) == 3


async def test_registers_name_what_they_count(client: Client) -> None:
    fed = await client("women_fed_district")
    where: dict[str, Any] = {"area": DISTRICT, "period": "2026", "at": NOW}
    lines = await board(fed, **where)
    assert lines["LAW-22"]["value"] == 1
    assert lines["LAW-22"]["target"] == {"code": "LAW-T1", "text": "≥1个", "direction": "↑"}
    levels = [
        (lines[f"FAM-01{c}"]["numerator"], lines[f"FAM-01{c}"]["denominator"]) for c in "abcd"
    ]
    assert levels == [(1, 1), (8, 8), (159, 164), (168, 173)]
    assert (lines["SS-02"]["numerator"], lines["SS-02"]["denominator"]) == (0, 71)
    behind = await ask(fed, "/FAM-01c/cases", side="denominator", **where)
    missing = [entry["name"] for entry in behind["entries"] if not entry["counted"]]
    assert (len(behind["entries"]), len(missing)) == (164, 5)


async def test_what_departments_report_is_there_with_its_target(client: Client) -> None:
    lines = await board(await client("wcwc_office"), area=DISTRICT, period="2026", at=NOW)
    for number in range(1, 6):
        line = lines[f"SOC-0{number}"]
        assert (line["text"], line["source"], line["value"]) == ("未报送", "department", None)
    assert lines["SOC-02"]["target"]["text"] == "98.5%"
    assert lines["SOC-02"]["department"] == "人社局"


def test_every_indicator_is_documented_and_every_target_known() -> None:
    known = catalogue(KINDS)
    of_kinds = sum(len(kind.indicators) for kind in KINDS.values())
    assert len(known) == of_kinds + len(ACROSS)
    documented = set(re.findall(r"`([A-Z]+-[0-9A-Za-z]+)`", DOCS.read_text(encoding="utf-8")))
    assert documented >= set(known)
    assert {b.indicator.target for b in known.values()} - {None} <= set(TARGETS)
    assert {t.code for t in REPORTED} == {*(f"SOC-0{n}" for n in range(1, 6)), "LAW-T3"}
