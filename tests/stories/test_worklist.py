"""The worklist: what is mine, what is late, and that it is read through the right indexes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.access import Actor, Held, Work
from app.db import transaction
from app.kinds import KINDS
from app.models import Case, Deadline
from app.models.columns import table_of
from app.places import Place
from app.roles import Role
from app.services import seed
from app.services.seeing import listing, worklist
from app.services.seeing.worklist import Filters
from tests.conftest import Client, Owner
from tests.stories.answers import NOW, REPORT, command
from tests.stories.test_reading import opened


def cases_of(items: list[dict[str, Any]], rule: str = "acceptance") -> list[str]:
    return [item["case_id"] for item in items if item["rule"] == rule]


async def due(who: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await who.get("/worklist", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
async def cases(client: Client) -> list[str]:
    """Five reports an hour apart: four in one village, the last in another town.

    Each starts two clocks of the police: acceptance in 24 hours, informing her of her rights in 72.
    """
    fed = await client("women_fed_district")
    found = []
    for hours in range(5):
        with clock.at(NOW + timedelta(hours=hours)):
            area = seed.SECOND_VILLAGE if hours == 4 else seed.VILLAGE
            found.append(await opened(fed, REPORT, at=clock.now(), area=area))
    return found


async def test_the_most_overdue_comes_first_with_its_title_and_article(
    client: Client, cases: list[str]
) -> None:
    police = await client("police")
    with clock.at(NOW + timedelta(hours=26)):
        items = await due(police)
    assert [item["case_id"] for item in items] == cases * 2
    assert [item["overdue"] for item in items] == [True, True] + [False] * 8
    assert [item["alert"] for item in items] == [True] * 8 + [False] * 2
    first = items[0]
    assert (first["title"], first["basis"]) == ("接报后受理出警", "反家暴法 15；粤办法 23（及时）")
    assert first["number"] == "告诫〔2026〕00001号"
    assert (first["state_title"], first["area"]) == ("已接报，待受理", seed.VILLAGE)
    assert first["due_at"].endswith("Z")


async def test_everyone_sees_what_their_role_owes_in_their_area(
    client: Client, cases: list[str]
) -> None:
    town = await due(await client("police_2"))
    assert cases_of(town) == cases[:4]
    for name in ("women_fed_village", "court", "grid_worker"):
        assert await due(await client(name)) == [], name


async def test_those_who_answer_for_an_area_see_all_clocks_in_it(
    client: Client, cases: list[str]
) -> None:
    fed = await client("women_fed_town")
    assert cases_of(await due(fed, scope="area")) == cases[:4]
    committee = await client("village_committee")
    answer = await committee.get("/worklist", params={"scope": "area"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")
    assert (await committee.get("/worklist/counts")).json()["area"] is None


async def test_filters_and_pages(client: Client, cases: list[str]) -> None:
    police = await client("police")
    with clock.at(NOW + timedelta(hours=26)):
        late = await due(police, due="overdue")
        assert cases_of(late) == cases[:2]
        assert len(late) == 2
        # 11:00 on Tuesday in Qingcheng: what has run out today is overdue, not due.
        today = await due(police, due="today", area=seed.VILLAGE)
        assert [(i["case_id"], i["rule"]) for i in today] == [
            (case_id, "acceptance") for case_id in cases[2:4]
        ]
        assert cases_of(await due(police, due="week", area=seed.VILLAGE)) == cases[2:4]
        assert await due(police, area=seed.SECOND_VILLAGE, kind="dv_warning") != []
        assert await due(police, kind="mediation") == []
        assert await due(police, area=441803000000) == []
        seen: list[str] = []
        cursor: dict[str, Any] = {}
        while True:
            page = (await police.get("/worklist", params={"limit": 2} | cursor)).json()
            seen += [item["case_id"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == cases * 2
        wrong = await police.get("/worklist", params=cursor | {"due": "overdue"})
        assert wrong.status_code == 422


async def test_counts(client: Client, cases: list[str]) -> None:
    police = await client("police")
    # 11:00 on Tuesday in Qingcheng: two are late, three fall due within the next three hours.
    with clock.at(NOW + timedelta(hours=26)):
        told = await police.get("/worklist/counts")
        counts = told.json()
        again = {"If-None-Match": told.headers["etag"]}
        same = await police.get("/worklist/counts", headers=again)
    assert (same.status_code, same.content) == (304, b"")
    found = {name: count["count"] for name, count in counts["mine"].items()}
    assert found == {"overdue": 2, "today": 3, "week": 8, "all": 10}
    assert counts["area"] == counts["mine"]
    assert not any(count["capped"] for count in counts["mine"].values())
    assert (counts["unassigned"]["count"], counts["phone_conflicts"]["count"]) == (5, 0)
    with clock.at(NOW + timedelta(hours=27, minutes=30)):
        assert (await police.get("/worklist/counts", headers=again)).status_code == 200
    nobody = (await (await client("court")).get("/worklist/counts")).json()
    assert {count["count"] for count in nobody["mine"].values()} == {0}
    # It reads nothing as a whole, carries protection orders, and supervises nobody.
    assert (nobody["area"], nobody["unassigned"]["count"]) == (None, 0)
    assert nobody["phone_conflicts"] is None


async def test_who_is_in_charge_sees_every_clock_of_the_case(
    client: Client, owner: Owner, cases: list[str]
) -> None:
    committee = await client("village_committee")
    assert await due(committee) == []
    async with owner() as connection:
        query = "select id, organisation_id from account where username = 'village_committee'"
        account_id, organisation_id = (await connection.execute(text(query))).one()
    fed = await client("women_fed_town")
    body = command({"organisation_id": organisation_id, "account_id": account_id})
    answer = await fed.post(f"/cases/dv_warning/{cases[1]}/assign", json=body)
    assert answer.status_code == 200, answer.text
    async with owner() as connection:
        await connection.execute(text(LEFT_BEHIND))
    waiting = (await fed.get("/cases", params={"unassigned": "true"})).json()["items"]
    # The village visits those left behind between them; nobody waits to be named.
    assert [row["id"] for row in waiting] == [cases[3], cases[2], cases[0]]
    assert (await fed.get("/worklist/counts")).json()["unassigned"]["count"] == 3
    # The village's federation reads them, and puts nobody in charge of them.
    village = await client("women_fed_village")
    assert len((await village.get("/cases")).json()["items"]) == 8
    assert (await village.get("/cases", params={"unassigned": "true"})).json()["items"] == []
    assert (await village.get("/worklist/counts")).json()["unassigned"] is None
    items = await due(committee)
    assert {(item["case_id"], item["owner"]) for item in items} == {(cases[1], "police")}
    assert len(items) == 2


async def test_a_given_case_brings_its_clocks_once(
    client: Client, owner: Owner, cases: list[str]
) -> None:
    police = await client("police_2")
    async with owner() as connection:
        query = "select id, organisation_id from account where username = 'police_2'"
        account_id, organisation_id = (await connection.execute(text(query))).one()
    for case_id in (cases[0], cases[4]):
        body = command({"organisation_id": organisation_id, "account_id": account_id})
        fed = await client("women_fed_district")
        answer = await fed.post(f"/cases/dv_warning/{case_id}/assign", json=body)
        assert answer.status_code == 200, answer.text
    assert [item["case_id"] for item in await due(police)] == cases * 2


async def test_a_clock_that_was_met_leaves_the_worklist(client: Client, cases: list[str]) -> None:
    police = await client("police")
    accepted = {
        "accepted_at": NOW.isoformat(),
        "incident_no": "J1",
        "officers": "周明",
        "victim_wish": "undecided",
    }
    await police.post(f"/cases/dv_warning/{cases[0]}/accept", json=command(accepted))
    items = [i for i in await due(police, limit=100) if i["case_id"] == cases[0]]
    assert items
    assert "acceptance" not in {i["rule"] for i in items}


MANY_CASES = """
insert into "case" (id, kind, state, opened_at, recorded_at, version, key, head, district, town,
    village, account_id)
select gen_random_uuid(), 'dv_warning', 'reported', k.opened_at - make_interval(mins => n),
    k.recorded_at, 1, '', '', k.district, k.town, k.village, nullif(n % 3, 0)
from "case" k, generate_series(1, 2500) n
"""
LEFT_BEHIND = """
insert into "case" (id, kind, state, opened_at, recorded_at, version, key, head, district, town,
    village)
select gen_random_uuid(), 'left_behind_visit', 'active', opened_at, recorded_at, 1, '', '',
    district, town, village
from "case" where town = 441802103000
"""
MANY_CLOCKS = """
insert into deadline (id, case_id, kind, rule, round, started_by, started_at, due_at, owner, basis,
    district, town, village)
select gen_random_uuid(), id, kind, 'acceptance', 1, id, opened_at, opened_at,
    case when get_byte(uuid_send(id), 15) % 4 = 0 then 'police' else 'women_fed_town' end, '',
    district, town, village
from "case" where number is null
"""


@pytest.fixture
async def crowd(owner: Owner, cases: list[str]) -> None:
    """Twelve thousand more overdue clocks, most in one village, of cases mostly assigned."""
    async with owner() as connection:
        for statement in (MANY_CASES, MANY_CLOCKS, 'analyze "case"', "analyze deadline"):
            await connection.execute(text(statement))


Plan = Callable[[Held, Callable[[Work], Awaitable[Any]]], Awaitable[str]]


@pytest.fixture
def plan(engine: AsyncEngine) -> Plan:
    """How the database carries out the first statement of a read, for somebody with this role."""

    async def explained(held: Held, read: Callable[[Work], Awaitable[Any]]) -> str:
        actor = Actor(1, None, None, 1, "x", "x", (held,))
        sent: list[tuple[str, Any]] = []

        async with transaction(engine, actor.opening) as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            with driver.query_logger(lambda asked: sent.append((asked.query, asked.args))):
                await read(Work(connection, actor, KINDS, clock.HOLIDAYS))
                await asyncio.sleep(0)  # the logger is told at the next turn of the loop
            statement, given = sent[0]
            rows = await driver.fetch(f"explain (costs off) {statement}", *given)
        return "\n".join(row[0] for row in rows)

    return explained


async def test_the_worklist_reads_an_index_in_order(plan: Plan, crowd: None) -> None:
    found = await plan(
        Held(Role.POLICE, seed.VILLAGE), lambda work: worklist.page(work, Filters(), None, 20)
    )
    assert "Index Scan using ix_deadline_village on deadline" in found, found
    assert "Seq Scan" not in found
    found = await plan(
        Held(Role.WOMEN_FED_DISTRICT, seed.DISTRICT),
        lambda work: worklist.page(work, Filters(scope="area"), None, 20),
    )
    assert "Index Scan using ix_deadline_all on deadline" in found, found
    assert "Seq Scan" not in found


async def test_counts_and_what_is_due_today_read_indexes(plan: Plan, crowd: None) -> None:
    fed, town = Held(Role.WOMEN_FED_DISTRICT, seed.DISTRICT), Held(Role.WOMEN_FED_TOWN, seed.TOWN)
    area, today = Filters(scope="area"), Filters(scope="area", due="today")
    for who, read, index in (
        (fed, lambda work: worklist.page(work, today, None, 20), "ix_deadline_all"),
        (fed, lambda work: worklist.counts(work, area), "ix_deadline_all"),
        (fed, listing.unassigned, "ix_case_unassigned"),
        (town, listing.unassigned, "ix_case_unassigned_town"),
    ):
        found = await plan(who, read)
        assert f"using {index} on" in found, found
        assert "Seq Scan" not in found, found


async def test_the_list_of_cases_reads_an_index_in_order(plan: Plan, crowd: None) -> None:
    for level, area in (
        ("village", seed.VILLAGE),
        ("town", seed.TOWN),
        ("district", seed.DISTRICT),
    ):
        found = await plan(
            Held(Role.POLICE, area),
            lambda work: listing.page(work, listing.Filters(), None, 20),
        )
        assert f"using ix_case_{level} on" in found, found
        assert "Seq Scan" not in found, found


async def test_counts_stop_at_a_thousand(client: Client, crowd: None) -> None:
    counts = (await (await client("police")).get("/worklist/counts")).json()
    assert counts["mine"]["overdue"] == {"count": 1000, "capped": True}
    assert counts["mine"]["all"] == {"count": 1000, "capped": True}
    assert counts["unassigned"] == {"count": 1000, "capped": True}


SCATTERED = """
insert into "case" (id, kind, state, opened_at, recorded_at, version, key, head, district, town,
    village, seen_by)
select gen_random_uuid(), k, 'reported', now() - make_interval(mins => (random() * 500)::int),
    now(), 1, '', '', a.parent / 1000000 * 1000000, a.parent, a.code,
    case n when 1 then array[101] when 2 then array[102, 7] else '{}'::bigint[] end
from area a, unnest(cast(:kinds as text[])) k, generate_series(1, 4) n
where a.level = 'village' and a.code % 10 = 1
"""
SCATTERED_CLOCKS = """
insert into deadline (id, case_id, kind, rule, round, started_by, started_at, due_at, owner, basis,
    district, town, village, seen_by)
select gen_random_uuid(), k.id, k.kind, 'mandatory_report', 1, k.id, k.opened_at, k.opened_at, o,
    '', k.district, k.town, k.village, k.seen_by
from "case" k, unnest(cast(:owners as text[])) o
"""
GRANTS: tuple[tuple[Held, ...], ...] = (
    (Held(Role.WOMEN_FED_VILLAGE, seed.VILLAGE),),
    (Held(Role.ZONGZHI, seed.TOWN), Held(Role.MEDIATOR, seed.TOWN)),
    (Held(Role.POLICE, seed.DISTRICT), Held(Role.MEDIATOR, seed.TOWN)),
    (Held(Role.WOMEN_FED_TOWN, seed.TOWN), Held(Role.WOMEN_FED_VILLAGE, seed.VILLAGE)),
    (Held(Role.POLICE, seed.VILLAGE), Held(Role.VILLAGE_COMMITTEE, seed.SECOND_VILLAGE)),
    (Held(Role.COURT, seed.DISTRICT),),
    (Held(Role.GRID_WORKER, seed.VILLAGE), Held(Role.HOSPITAL, seed.DISTRICT)),
    (Held(Role.WOMEN_FED_DISTRICT, seed.DISTRICT, supervisor=True),),
    (Held(Role.WCWC_OFFICE, seed.DISTRICT), Held(Role.SYSTEM_ADMIN, seed.DISTRICT)),
)


async def everything(page: Callable[[str | None], Awaitable[listing.Page]]) -> list[UUID]:
    found = await page(None)
    ids = [item["id"] for item in found.items]
    while found.next is not None:
        found = await page(found.next)
        ids += [item["id"] for item in found.items]
    return ids


@pytest.mark.parametrize("held", GRANTS, ids=lambda held: "+".join(h.role.value for h in held))
async def test_lists_hold_exactly_what_may_be_read(
    engine: AsyncEngine, owner: Owner, client: Client, held: tuple[Held, ...]
) -> None:
    async with owner() as connection:
        await connection.execute(text(SCATTERED), {"kinds": list(KINDS)})
        await connection.execute(text(SCATTERED_CLOCKS), {"owners": ["police", "mediator"]})
        cases = (await connection.execute(select(table_of(Case)))).all()
        clocks = (await connection.execute(select(table_of(Deadline)))).all()
    actor = Actor(7, 101, None, 1, "x", "x", held)

    def roles(row: Any) -> frozenset[Role]:
        if not actor.sees_cases:
            return frozenset()
        found = actor.roles_in(Place(row.district, row.town, row.village), row.seen_by)
        return found if found & KINDS[row.kind].read_by else frozenset()

    async with transaction(engine, actor.opening) as connection:
        work = Work(connection, actor, KINDS, clock.HOLIDAYS)
        listed = await everything(lambda c: listing.page(work, listing.Filters(), c, 90))
        mine = await everything(lambda c: worklist.page(work, Filters(), c, 90))
    assert sorted(listed) == sorted(row.id for row in cases if roles(row))
    # Each owner's clocks belong to the roles held where the case is, or by which it was given.
    assert sorted(mine) == sorted(row.id for row in clocks if row.owner in roles(row))
