"""What time brings is told once: to who owes it, and to the supervisors when it has run out."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock, jobs
from app.kinds import KINDS
from app.services import reminders
from tests.conftest import Client, Owner
from tests.security.recording import SIGNER, Auditor
from tests.stories.answers import NOW, REPORT, command


async def told(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/notices", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    return [n["text"] for n in answer.json()["items"] if "到期" in n["text"] or "逾期" in n["text"]]


@pytest.fixture
async def case_id(client: Client) -> str:
    """A report whose clocks run from NOW on."""
    fed = await client("women_fed_district")
    with clock.at(NOW):
        body = command(REPORT, area=441802103201)
        opened = await fed.post("/cases/dv_warning", json=body)
    assert opened.status_code == 201, opened.text
    case_id: str = opened.json()["case_id"]
    return case_id


@pytest.mark.usefixtures("case_id")
async def test_a_clock_that_ran_out_is_told_once_to_each(
    client: Client, worker_engine: AsyncEngine, owner: Owner
) -> None:
    assert await reminders.send(worker_engine, KINDS, NOW) == 0
    late = NOW + timedelta(days=400)
    sent = await reminders.send(worker_engine, KINDS, late)
    assert sent > 0
    assert await reminders.send(worker_engine, KINDS, late + timedelta(days=1)) == 0
    async with owner() as connection:
        rows = (
            await connection.execute(
                text("select role, supervisors, text from notice where text like '%已逾期'")
            )
        ).all()
        owed = (await connection.execute(text("select distinct owner from deadline"))).scalars()
        assert {r.role for r in rows if not r.supervisors} == set(owed)
    assert len(rows) == sent == len({(r.role, r.supervisors, r.text) for r in rows})
    assert {"police", "women_fed_district"} <= {r.role for r in rows if r.supervisors}
    # 梁建锋 supervises the police of the district, 何卫东 does not.
    chief, officer = await client("police"), await client("police_2")
    mine = [r.text for r in rows if r.role == "police"]
    assert sorted(await told(chief)) == sorted(mine)
    assert sorted(await told(officer)) == sorted(
        r.text for r in rows if r.role == "police" and not r.supervisors
    )
    assert await told(await client("police_2")) != []
    tag = (await chief.get("/notices")).headers["etag"]
    assert (await chief.get("/notices", headers={"If-None-Match": tag})).status_code == 304


@pytest.mark.usefixtures("case_id")
async def test_the_stricter_term_warns_before_the_other_is_breached(
    worker_engine: AsyncEngine, owner: Owner
) -> None:
    async with owner() as connection:
        alert, due = (
            await connection.execute(
                text(
                    "select alert_at, due_at from deadline where alert_at < due_at"
                    " order by alert_at limit 1"
                )
            )
        ).one()
        await connection.execute(
            text("delete from deadline where alert_at is null or due_at <> :due"), {"due": due}
        )
    await reminders.send(worker_engine, KINDS, alert)
    async with owner() as connection:
        texts = (await connection.execute(text("select text, supervisors from notice"))).all()
    warned = [t for t in texts if "即将到期" in t.text]
    assert warned
    assert not any(t.supervisors for t in warned)


async def test_the_worker_does_all_its_chores(
    worker_engine: AsyncEngine, auditor: Auditor, owner: Owner, case_id: str
) -> None:
    async with owner() as connection:
        await connection.execute(
            text(
                "insert into guess_turn (bucket, free_at) values ('\\x01', now() - interval '1 y')"
            )
        )
    bench = jobs.Bench(worker_engine, SIGNER, auditor.anchors)
    done = {chore.name: await chore.run(bench) for chore in jobs.CHORES}
    assert done["seal"] >= 1
    assert done["remind"] >= 1
    assert done["clear away"] == 1
    assert {await chore.run(bench) for chore in jobs.CHORES} == {0}
