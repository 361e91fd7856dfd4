"""What counts where, when and for whom."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.db import transaction
from app.kinds import KINDS
from app.services import indicators
from app.services.figures.targets import REPORTED, TARGETS
from tests.conftest import Client
from tests.stories.answers import HUSBAND, NOW, QUICK, REPORT, command
from tests.stories.board import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, ask, board

DAY = timedelta(days=1)
DOCS = Path(__file__).parents[2] / "docs" / "indicators.md"
ACCEPTED = {"incident_no": "J20260012", "officers": "周明、郑立", "victim_wish": "undecided"}
WOMAN = {"name": "梁秋云", "id_number": "441802198703150028"}


async def send(client: httpx.AsyncClient, path: str, answers: Any, at: datetime) -> dict[str, Any]:
    """Carry out a command at a moment; the opening of a case in the second village names it."""
    more = {"area": OTHER_VILLAGE} if path.endswith("@other") else {}
    with clock.at(at):
        body = command(answers, at, **more)
        answer = await client.post(f"/cases/{path.removesuffix('@other')}", json=body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def accepted(client: Client, at: datetime = NOW, **report: Any) -> str:
    """A report that the police accepted an hour later."""
    grid, police = await client("grid_worker"), await client("police")
    case_id = (await send(grid, "dv_warning", REPORT | report, at))["case_id"]
    later = at + timedelta(hours=1)
    answers = ACCEPTED | {"accepted_at": later.isoformat()}
    await send(police, f"dv_warning/{case_id}/accept", answers, later)
    return str(case_id)


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


async def test_an_unmet_clock_counts_from_the_moment_it_is_due(client: Client) -> None:
    await accepted(client)
    fed = await client("women_fed_district")
    where = {"area": DISTRICT, "period": "2026"}
    early = (await board(fed, at=NOW + 2 * timedelta(hours=1), **where))["LAW-37"]
    assert (early["numerator"], early["denominator"]) == (0, 1)
    code = "LAW-34"
    assert (await board(fed, at=NOW + DAY, **where))[code]["value"] is None
    report = {"area": DISTRICT, "period": "2026"}
    duty = await board(fed, at=NOW + 5 * DAY, **report)
    assert (duty["LAW-08a"]["denominator"], duty["LAW-01"]["value"]) == (0, 1)


async def test_a_duty_missed_counts_as_missed_even_if_the_case_goes_away(client: Client) -> None:
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


async def test_a_corrected_event_counts_once(client: Client) -> None:
    case_id = await accepted(client)
    police, fed = await client("police"), await client("women_fed_district")
    with clock.at(NOW + 2 * DAY):
        listed = await ask(fed, "/LAW-01/cases", area=DISTRICT, period="2026", at=NOW + 2 * DAY)
        rows = (await police.get(f"/cases/{case_id}/events")).json()["items"]
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


async def test_who_lost_a_case_by_transfer_is_not_shown_how_many(client: Client) -> None:
    """The event stays in the town where it happened, the case does not."""
    case_id = await accepted(client)
    town, district = await client("women_fed_town"), await client("women_fed_district")
    where = {"area": TOWN, "period": "2026", "at": NOW + 3 * DAY}
    assert (await board(town, **where))["LAW-01"]["value"] == 1
    moved = {"area": OTHER_VILLAGE, "reason": "受害人已搬至该村"}
    await send(district, f"dv_warning/{case_id}/transfer", moved, NOW + 2 * DAY)
    assert (await board(town, **where))["LAW-01"]["text"] == "<5"
    assert (await board(district, **where))["LAW-01"]["value"] == 1
    lost = await ask(town, "/LAW-01/cases", **where)
    assert (lost["total"], lost["suppressed"], lost["yours"], lost["items"]) == (None, True, 0, [])


async def test_violence_again_is_found_by_the_abuser_in_whichever_case(client: Client) -> None:
    police = await client("police")
    first = await accepted(client)
    found = {
        "decided_at": (NOW + DAY).isoformat(),
        "officers": "周明、郑立",
        "facts": "当日二十时许在家中打了妻子两个耳光，面部红肿",
        "violence_types": ["physical"],
        "perpetrator_admits": True,
        "statements": ["perpetrator", "victim"],
        "victim_wish": "warning",
        "victim_forgives": False,
        "on_the_spot": True,
        "recording_ref": "ZF20260012",
        "document_no": "清城公（东）告〔2026〕12号",
        "issuing_unit": "东城派出所",
        "law_cited": "《中华人民共和国反家庭暴力法》第十六条",
        "consequences_stated": True,
    }
    await send(police, f"dv_warning/{first}/issue_warning", found, NOW + DAY)
    delivered = {
        "delivered_at": (NOW + DAY).isoformat(),
        "place": "东城派出所",
        "officers": "周明、郑立",
        "read_aloud": True,
        "signature": "signed",
        "victim_copy": True,
    }
    await send(police, f"dv_warning/{first}/deliver_warning", delivered, NOW + DAY)
    other = {"name": "贺兰", "id_number": "441802199505120043"}
    again = await accepted(client, NOW + 100 * DAY, victim=other, perpetrator=HUSBAND)
    second = found | {"decided_at": (NOW + 101 * DAY).isoformat(), "document_no": "告〔2026〕40号"}
    await send(police, f"dv_warning/{again}/issue_warning", second, NOW + 101 * DAY)
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


async def test_few_are_shown_only_to_those_who_may_open_every_case(client: Client) -> None:
    await accepted(client)
    where = {"area": VILLAGE, "period": "2026", "at": NOW + DAY}
    for who in ("women_fed_district", "women_fed_town", "women_fed_village", "police"):
        assert (await board(await client(who), **where))["LAW-01"]["value"] == 1, who
    for who in ("wcwc_office", "court", "justice_bureau", "civil_affairs"):
        line = (await board(await client(who), **where))["LAW-01"]
        shown = [line[n] for n in ("numerator", "denominator", "value", "suppressed", "text")]
        assert shown == [None, None, None, True, "<5"], who
        behind = await ask(await client(who), "/LAW-01/cases", **where)
        assert (behind["total"], behind["yours"], behind["items"]) == (None, 0, []), who


async def test_the_office_reads_figures_of_many_but_never_their_cases(client: Client) -> None:
    for number in range(5):
        await accepted(client, NOW + number * DAY)
    office = await client("wcwc_office")
    where = {"area": DISTRICT, "period": "2026Q1", "at": NOW + 9 * DAY}
    assert (await board(office, **where))["LAW-01"]["value"] == 5
    behind = await ask(office, "/LAW-01/cases", **where)
    assert (behind["total"], behind["yours"], behind["items"]) == (5, 0, [])


async def test_who_was_given_every_case_sees_how_few_they_are(client: Client) -> None:
    hospital = await client("hospital")
    await send(hospital, "dv_warning@other", QUICK, NOW)
    where = {"area": DISTRICT, "period": "2026", "at": NOW + DAY}
    assert (await board(hospital, **where))["LAW-37"]["denominator"] == 1
    await accepted(client)
    assert (await board(hospital, **where))["LAW-37"]["suppressed"]
    mine = await ask(hospital, "/LAW-37/cases", side="denominator", **where)
    assert (mine["total"], mine["yours"], len(mine["items"])) == (None, 1, 1)


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        ("women_fed_village", VILLAGE, 200),
        ("women_fed_village", TOWN, 403),
        ("women_fed_town", VILLAGE, 200),
        ("women_fed_town", OTHER_TOWN, 403),
        ("women_fed_town", DISTRICT, 403),
        ("court", OTHER_VILLAGE, 200),
        ("mediator", TOWN, 200),
        ("system_admin", DISTRICT, 403),
        ("police", 441802999000, 404),
    ],
)
async def test_figures_are_asked_for_ones_own_areas(
    client: Client, who: str, area: int, status: int
) -> None:
    for path in ("", "/LAW-01/cases", "/LAW-01/areas"):
        answer = await (await client(who)).get(
            f"/indicators{path}", params={"area": area, "period": "2026"}
        )
        assert answer.status_code == status, (path, answer.text)


async def test_wrong_questions_are_refused(client: Client) -> None:
    fed = await client("women_fed_district")
    for path, query, status in (
        ("", {"period": "2026-13"}, 422),
        ("", {"period": "2026", "area": 12}, 422),
        ("/LAW-99/cases", {"period": "2026"}, 404),
        ("/SOC-01/cases", {"period": "2026"}, 404),
        ("/LAW-01/cases", {"period": "2026", "side": "denominator"}, 422),
        ("/LAW-01/cases", {"period": "2026", "cursor": "nonsense"}, 422),
        ("/LAW-01/trend", {"year": 1999}, 422),
    ):
        answer = await fed.get(f"/indicators{path}", params={"area": DISTRICT} | query)
        assert answer.status_code == status, (path, answer.text)


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
    where = {"area": DISTRICT, "period": "2026", "at": NOW}
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


async def test_the_app_itself_sees_numbers_and_no_rows(client: Client, engine: AsyncEngine) -> None:
    await accepted(client)
    place = "array[441802000000, null, null]::bigint[], '2026-01-01', '2027-01-01'"
    choice = "(array['dv_warning'], array['accept'], null, false, null)::figure_choice"
    counts = f"select n from figures_of_events('district', {place}, array['accept'])"
    async with transaction(engine) as connection:
        assert (await connection.execute(text(counts))).scalar_one() == 1
        for rows in (
            "figure_event",
            "figure_clock",
            f"figure_chosen({choice}, {place})",
            f"members_distinct({choice}, true, 'district', {place})",
        ):
            found = await connection.execute(text(f"select count(*) from {rows}"))
            assert found.scalar_one() == 0, rows


def test_every_indicator_is_documented_and_every_target_known() -> None:
    known = indicators.catalogue(KINDS)
    of_kinds = sum(len(kind.indicators) for kind in KINDS.values())
    assert len(known) == of_kinds + len(indicators.ACROSS)
    documented = set(re.findall(r"`([A-Z]+-[0-9A-Za-z]+)`", DOCS.read_text(encoding="utf-8")))
    assert documented >= set(known)
    assert {b.indicator.target for b in known.values()} - {None} <= set(TARGETS)
    assert {t.code for t in REPORTED} == {*(f"SOC-0{n}" for n in range(1, 6)), "LAW-T3"}
