"""Legal clocks at their edges, over HTTP under the demo clock: in time is in time to the last."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.clock import LOCAL, end_of_day
from app.roles import Role
from app.services.seed import VILLAGE
from tests.conftest import Client, Owner
from tests.kinds.journey import START, Journey
from tests.kinds.walks import DAY, HOUR, Step, dv_warning, left_behind_visit, legal_aid_referral
from tests.kinds.walks import shelter_placement as shelter
from tests.kinds.walks.dv_answers import DISMISSAL
from tests.kinds.walks.protection_order import steps as order

EDGE = timedelta(microseconds=1)
AT_ONCE = timedelta()
POLICE = Role.POLICE


@pytest.fixture
async def ids(owner: Owner, app: object) -> dict[str, Any]:
    async with owner() as connection:
        bed = await connection.execute(
            text("select id, shelter_id from bed where zone = 'women' order by id limit 1")
        )
        found = bed.one()
    return {"village": VILLAGE, "shelter": found.shelter_id, "bed": found.id}


class Watched:
    """A case on its way, and its clocks as the district's federation sees them."""

    def __init__(
        self, client: Client, kind: str, ids: Mapping[str, Any], moment: datetime = START
    ) -> None:
        self._client = client
        self.journey = Journey(client, kind, ids, moment)

    async def do(self, *steps: Step, refused: str | None = None) -> None:
        for step in steps:
            answer = await self.journey.take(step)
            told = answer.json().get("type", "").removeprefix("/problems/")
            assert told == (refused or ""), f"{step.action}: {answer.text}"

    async def listed(self, rule: str, at: datetime, **filters: Any) -> list[dict[str, Any]]:
        """The rule's entries in the worklist at a moment."""
        fed = await self._client("women_fed_district")
        with clock.at(at):
            page = await fed.get("/worklist", params={"scope": "area", "limit": 100, **filters})
        assert page.status_code == 200, page.text
        return [
            item
            for item in page.json()["items"]
            if (item["case_id"], item["rule"]) == (self.journey.case_id, rule)
        ]

    async def clocks(self, rule: str) -> list[dict[str, Any]]:
        """Every clock of the rule that ever ran, in the order of their starts."""
        fed = await self._client("women_fed_district")
        found = await fed.get(f"/cases/{self.journey.case_id}/deadlines")
        assert found.status_code == 200, found.text
        mine = [c for c in found.json()["items"] if c["rule"] == rule]
        return sorted(mine, key=lambda c: (c["started_at"], c["round"]))

    async def runs_out(self, rule: str, due: datetime) -> None:
        """In time at the moment itself, overdue an instant later."""
        for at, late in ((due, False), (due + EDGE, True)):
            found = await self.listed(rule, at)
            assert [moment(i["due_at"]) for i in found] == [due]
            assert [i["overdue"] for i in found] == [late]
            assert bool(await self.listed(rule, at, due="overdue")) is late
            assert bool(await self.listed(rule, at, due="week")) is not late
        assert await self._overdue(due) < await self._overdue(due + EDGE)

    async def _overdue(self, at: datetime) -> int:
        fed = await self._client("women_fed_district")
        with clock.at(at):
            counts = await fed.get("/worklist/counts")
        found: int = counts.json()["area"]["overdue"]["count"]
        return found

    async def alerts(self, rule: str, at: datetime) -> None:
        told = [await self.listed(rule, m) for m in (at - EDGE, at)]
        assert [[i["alert"] for i in found] for found in told] == [[False], [True]]


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def last_of(year: int, month: int, day: int) -> datetime:
    return end_of_day(date(year, month, day))


async def test_guangdongs_day_alerts_and_the_nations_three_are_breached(
    client: Client, ids: dict[str, Any]
) -> None:
    accepted = START + HOUR + timedelta(seconds=7, microseconds=3)
    case = Watched(client, "dv_warning", ids)
    await case.do(dv_warning.opened())
    at = HOUR + timedelta(seconds=8)
    step = dv_warning.accept(accepted_at=(accepted + HOUR).isoformat())
    await case.do(Step(step.action, step.by, step.answers, after=at))
    begun = accepted + HOUR
    await case.alerts("warning", begun + 24 * HOUR)
    await case.runs_out("warning", begun + 72 * HOUR)
    await case.do(dv_warning.warn())
    assert await case.listed("warning", begun + 72 * HOUR) == []


async def test_a_court_does_not_count_the_hour_in_which_it_was_asked(
    client: Client, ids: dict[str, Any]
) -> None:
    half_past = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
    case = Watched(client, order.KIND, ids, half_past - 3 * HOUR)
    await case.do(order.opened(), order.filed(), order.accepted("urgent"))
    assert case.journey.moment == half_past
    await case.alerts("ruling", half_past + 24 * HOUR)
    await case.runs_out("ruling", half_past + 24 * HOUR + HOUR / 2)


async def test_a_term_that_ends_on_a_holiday_rolls_to_the_next_working_day(
    client: Client, ids: dict[str, Any]
) -> None:
    """Seven days from Thursday, 24 September 2026 end on National Day; 8 October is worked."""
    aid = legal_aid_referral
    case = Watched(client, aid.KIND, ids, datetime(2026, 9, 23, 22, 0, tzinfo=UTC))
    await case.do(aid.opened(), aid.consent(), aid.refer(), aid.acknowledge())
    assert clock.local_day(case.journey.moment) == date(2026, 9, 24)
    await case.alerts("decision", last_of(2026, 10, 6))
    await case.runs_out("decision", last_of(2026, 10, 8))
    await case.do(aid.APPROVE)
    assert [moment(c["due_at"]) for c in await case.clocks("assignment")] == [
        last_of(2026, 9, 28)
    ], "three days end on Sunday the 27th, a day off"


async def test_a_notice_to_supplement_stops_the_clock_for_as_long_as_it_takes(
    client: Client, ids: dict[str, Any]
) -> None:
    aid = legal_aid_referral
    case = Watched(client, aid.KIND, ids)
    await case.do(aid.opened(), aid.consent(), aid.refer(), aid.acknowledge())
    await case.runs_out("decision", last_of(2026, 3, 9))
    await case.do(aid.require())
    for at in (case.journey.moment, last_of(2026, 3, 9) + DAY):
        assert await case.listed("decision", at) == []
    assert [c["status"] for c in await case.clocks("decision")] == ["paused"]
    await case.do(Step("supply", Role.WOMEN_FED_TOWN, {"supplied_on": aid.day()}, after=2 * DAY))
    await case.runs_out("decision", last_of(2026, 3, 11))


@pytest.mark.parametrize(
    ("received", "stood", "due"),
    [
        (date(2026, 9, 24), 2, date(2026, 10, 8)),  # 3 October, not 8 October and two days
        (date(2026, 3, 2), 5, date(2026, 3, 16)),  # 14 March is a Saturday
    ],
)
async def test_a_clock_that_stood_still_ends_on_a_working_day_too(
    client: Client, ids: dict[str, Any], received: date, stood: int, due: date
) -> None:
    aid = legal_aid_referral
    morning = datetime(received.year, received.month, received.day, 8, tzinfo=LOCAL)
    case = Watched(client, aid.KIND, ids, morning)
    await case.do(aid.opened(), aid.consent(), aid.refer(), aid.acknowledge(), aid.require(9))
    supply = {"supplied_on": aid.day()}
    await case.do(Step("supply", Role.WOMEN_FED_TOWN, supply, after=stood * DAY))
    assert [moment(c["due_at"]) for c in await case.clocks("decision")] == [end_of_day(due)]


async def test_a_clock_stands_still_from_the_day_of_the_notice_not_of_its_typing(
    client: Client, ids: dict[str, Any]
) -> None:
    aid = legal_aid_referral
    case = Watched(client, aid.KIND, ids)
    await case.do(aid.opened(), aid.consent(), aid.refer(), aid.acknowledge())
    notice = {**aid.require(9).answers, "told_on": aid.day(-2)}
    await case.do(Step("require_supplement", Role.LEGAL_AID, notice, after=3 * DAY))
    supply = {"supplied_on": aid.day(-1)}
    await case.do(Step("supply", Role.WOMEN_FED_TOWN, supply, after=2 * DAY))
    assert clock.local_day(case.journey.moment) == date(2026, 3, 7)
    await case.runs_out("decision", last_of(2026, 3, 12))


async def test_a_protection_order_of_six_months_ends_with_february(
    client: Client, ids: dict[str, Any]
) -> None:
    """Made on 31 August; 28 February 2027 is a Sunday, and an order does not wait for Monday."""
    case = Watched(client, order.KIND, ids, datetime(2026, 8, 30, 23, 0, tzinfo=UTC))
    await case.do(order.opened(), order.filed(), order.accepted(), order.granted())
    assert clock.local_day(case.journey.moment) == date(2026, 8, 31)
    ends = last_of(2027, 2, 28)
    await case.runs_out("renewal", ends)
    await case.alerts("renewal", ends - 30 * DAY)
    fed = await client("women_fed_district")
    titles = []
    for at in (ends, ends + EDGE):
        with clock.at(at):
            card = (await fed.get(f"/cases/{case.journey.case_id}")).json()["card"]
        titles.append((card["state"], card["state_title"]))
        assert moment(card["valid_until"]) == ends
    assert {state for state, _ in titles} == {"granted"}
    assert len({title for _, title in titles}) == 2, "what only time brings is computed, not stored"


async def delivered(client: Client, ids: dict[str, Any]) -> Watched:
    """A warning delivered on Monday, 2 March 2026 at 13:00 in Qingcheng."""
    case = Watched(client, "dv_warning", ids)
    await case.do(*dv_warning.WARNED)
    assert case.journey.moment == START + 4 * HOUR
    return case


async def rounds(case: Watched) -> list[tuple[int, str, datetime]]:
    return [(c["round"], c["status"], moment(c["due_at"])) for c in await case.clocks("visit")]


async def test_three_clean_visits_end_the_series(client: Client, ids: dict[str, Any]) -> None:
    case = await delivered(client, ids)
    await case.runs_out("visit", last_of(2026, 3, 9))
    await case.do(dv_warning.visit(5 * DAY))
    assert clock.local_day(case.journey.moment) == date(2026, 3, 7)
    await case.runs_out("visit", last_of(2026, 6, 7))
    await case.do(dv_warning.visit(85 * DAY))
    await case.runs_out("visit", last_of(2026, 8, 31))
    await case.do(Step("record_visit", POLICE, dv_warning.MISSED, after=80 * DAY))
    await case.runs_out("visit", last_of(2026, 8, 31))
    await case.do(dv_warning.visit(5 * DAY))
    assert clock.local_day(case.journey.moment) == date(2026, 8, 24)
    assert (await rounds(case))[-1] == (4, "running", last_of(2026, 11, 24))
    await case.do(Step("confirm_no_recurrence", POLICE), refused="not-three-clean-visits")
    await case.do(dv_warning.visit(85 * DAY))
    assert [(number, status) for number, status, _ in await rounds(case)] == [
        (number, "met") for number in (1, 2, 3, 4)
    ]
    assert await case.listed("visit", case.journey.moment + 300 * DAY) == []
    await case.do(Step("confirm_no_recurrence", POLICE))


async def test_a_visit_that_finds_violence_begins_the_three_anew(
    client: Client, ids: dict[str, Any]
) -> None:
    case = await delivered(client, ids)
    violent: dict[str, Any] = {"outcome": "confirmed", "violence_types": ["threat"]}
    await case.do(dv_warning.visit(5 * DAY), dv_warning.visit(85 * DAY), dv_warning.visit(85 * DAY))
    await case.do(dv_warning.visit(85 * DAY, **violent))
    await case.runs_out("recurrence_check", case.journey.moment + 24 * HOUR)
    await case.do(Step("dismiss_recurrence", POLICE, DISMISSAL))
    for _ in range(2):
        await case.do(dv_warning.visit(85 * DAY))
        assert (await rounds(case))[-1][1] == "running"
        await case.do(Step("confirm_no_recurrence", POLICE), refused="not-three-clean-visits")
    await case.do(dv_warning.visit(85 * DAY))
    assert len(await rounds(case)) == 7
    await case.do(Step("confirm_no_recurrence", POLICE))


async def test_a_second_warning_begins_with_a_first_visit(
    client: Client, ids: dict[str, Any]
) -> None:
    case = await delivered(client, ids)
    await case.do(dv_warning.visit(5 * DAY), dv_warning.visit(85 * DAY))
    await case.do(Step("record_recurrence", POLICE, dv_warning.RECURRENCE, after=DAY))
    assert (await rounds(case))[-1][1] == "running", "she is looked after until there is a decision"
    again = {"document_no": "清城公（东）告〔2026〕19号", "justification": "推搡未造成伤害"}
    await case.do(dv_warning.warn(**again))
    assert [c["dropped_reason"] for c in await case.clocks("visit")] == [None, None, "dropped"]
    await case.do(dv_warning.deliver())
    day = clock.local_day(case.journey.moment)
    await case.runs_out("visit", end_of_day(day + 7 * DAY))
    await case.do(*(dv_warning.visit(after * DAY) for after in (6, 85, 85)))
    await case.do(Step("confirm_no_recurrence", POLICE), refused="not-three-clean-visits")
    assert (await rounds(case))[-1][:2] == (4, "running")


async def test_violence_after_the_third_clean_visit_begins_new_visits(
    client: Client, ids: dict[str, Any]
) -> None:
    """The series had ended, but the case was still open: it must not drop out of sight."""
    case = await delivered(client, ids)
    await case.do(dv_warning.visit(5 * DAY), *(dv_warning.visit(85 * DAY) for _ in range(3)))
    assert (await rounds(case))[-1][1] == "met"
    suspected: dict[str, Any] = {"outcome": "suspected", "violence_types": ["threat"]}
    await case.do(dv_warning.visit(85 * DAY, **suspected))
    await case.do(Step("dismiss_recurrence", POLICE, DISMISSAL))
    await case.do(Step("confirm_no_recurrence", POLICE), refused="not-three-clean-visits")
    assert (await rounds(case))[-1][1] == "running"


async def test_a_new_level_drops_the_old_series_and_begins_its_own(
    client: Client, ids: dict[str, Any]
) -> None:
    woman = left_behind_visit
    case = Watched(client, woman.KIND, ids)
    await case.do(woman.opened(), woman.nominate(), woman.verify(), woman.enrol("c"))
    enrolled = clock.local_day(case.journey.moment)
    assert enrolled == date(2026, 3, 7)
    await case.runs_out("visits_c", last_of(2026, 9, 7))
    await case.runs_out("first_visit", last_of(2026, 3, 22))
    await case.do(woman.visit(10 * DAY, method="phone"))
    await case.runs_out("first_visit", last_of(2026, 3, 22))
    await case.runs_out("visits_c", last_of(2026, 9, 17))
    await case.do(woman.act("change_level", Role.WOMEN_FED_TOWN, DAY, level="a", reasons=["poor"]))
    assert await case.listed("visits_c", last_of(2026, 9, 18)) == []
    assert [(c["round"], c["dropped_reason"]) for c in await case.clocks("visits_c")] == [
        (1, None),
        (2, "dropped"),
    ]
    await case.alerts("visits_a", last_of(2026, 4, 11))
    await case.runs_out("visits_a", last_of(2026, 4, 18))
    await case.do(woman.visit(14 * DAY - HOUR))
    assert clock.local_day(case.journey.moment) == date(2026, 4, 1)
    await case.runs_out("visits_a", last_of(2026, 5, 1))


async def test_ten_days_of_shelter_are_told_on_the_eighth(
    client: Client, ids: dict[str, Any]
) -> None:
    """Admitted on Wednesday the 4th; the 14th is a Saturday, and shelter does not wait."""
    case = Watched(client, shelter.KIND, ids, START + 2 * DAY)
    await case.do(shelter.opened(shelter.YOUNG_WOMAN, Role.SHELTER), shelter.assess())
    await case.do(shelter.admit())
    assert clock.local_day(case.journey.moment) == date(2026, 3, 4)
    await case.alerts("stay_limit", last_of(2026, 3, 12))
    await case.runs_out("stay_limit", last_of(2026, 3, 14))
    await case.do(shelter.register())
    extension = shelter.extend(10, after=last_of(2026, 3, 14) - case.journey.moment)
    await case.do(extension)
    assert [(c["status"], c["late"]) for c in await case.clocks("stay_limit")] == [("met", False)]
    await case.alerts("extended_stay", last_of(2026, 3, 22))
    await case.runs_out("extended_stay", last_of(2026, 3, 24))
