"""The worker seals everything that was recorded, once, whatever happens to it."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.crypto import merkle
from app.db import transaction
from app.services.record import anchors, audit
from app.services.record.audit import What
from app.services.record.sealing import RolledBack
from tests.conftest import Client, Owner
from tests.security.recording import CHAIN_KEY, Auditor
from tests.stories.answers import REPORT, command, id_number

MANY = int(os.environ.get("ANLAN_CASES", "400"))
pytestmark = pytest.mark.usefixtures("app")


async def note(engine: AsyncEngine, times: int = 1) -> None:
    async with transaction(engine) as connection:
        for _ in range(times):
            await audit.note(connection, What.KEY_ROTATED, about="ring:data")


async def write(client: Client, auditor: Auditor, writers: int, cases: int) -> tuple[int, float]:
    """Writers who open cases, each of two people of its own, act and look, while two workers seal;
    events written, seconds."""
    fed = await client("women_fed_district")
    left, events = list(range(cases)), 0
    writing = True

    async def ask(send: Callable[[], Awaitable[httpx.Response]], status: int) -> httpx.Response:
        # A pool that is in use is told with 503: whoever is told so tries again.
        while (answer := await send()).status_code == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        assert answer.status_code == status, answer.text
        return answer

    async def writer() -> None:
        nonlocal events
        while left:
            people = {role: _person(left[-1], role) for role in ("victim", "perpetrator")}
            left.pop()
            report = command(REPORT | people, area=441802103201)
            text_ = command({"text": "电话"})
            opened = await ask(lambda: fed.post("/cases/dv_warning", json=report), 201)  # noqa: B023
            url = f"/cases/dv_warning/{opened.json()['case_id']}"
            await ask(lambda: fed.post(f"{url}/note", json=text_), 200)  # noqa: B023
            await ask(lambda: fed.get(f"/cases/{opened.json()['case_id']}"), 200)  # noqa: B023
            events += 2

    async def worker() -> None:
        while writing:
            await auditor.seal()
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    workers = [asyncio.create_task(worker()) for _ in range(2)]
    try:
        await asyncio.gather(*(writer() for _ in range(writers)))
    finally:
        writing = False
    seconds = time.monotonic() - begun
    await asyncio.gather(*workers)
    await auditor.seal()
    return events, seconds


def _person(number: int, role: str) -> dict[str, str]:
    sex = 2 if role == "victim" else 1
    return {"name": f"演示{number}", "id_number": id_number(number, sex)}


async def complete(owner: Owner, auditor: Auditor) -> int:
    """Nothing waits, nothing is left out, nothing is under two seals; how many records are kept."""
    report = auditor.check(chain_key=CHAIN_KEY)
    assert report.findings == []
    assert (report.waiting, report.later) == (0, 0)
    async with owner() as connection:
        leaves: int = (
            await connection.execute(text("select count(*) from seal_leaf"))
        ).scalar_one()
    assert leaves == report.records
    return leaves


async def test_many_writers_and_two_workers_leave_nothing_out(
    client: Client, owner: Owner, auditor: Auditor
) -> None:
    events, _ = await write(client, auditor, writers=8, cases=24)
    assert events == 48
    assert await complete(owner, auditor) >= events + 24


@pytest.mark.prove
async def test_thirty_two_writers_leave_nothing_out(
    client: Client, owner: Owner, auditor: Auditor
) -> None:
    events, seconds = await write(client, auditor, writers=32, cases=MANY)
    records = await complete(owner, auditor)
    print(  # noqa: T201 - make prove shows its figures
        f"\n{events} events by 32 writers in {seconds:.0f} s ({events / seconds:.0f}/s):"
        f" {records} records, 0 gaps, 0 unsealed"
    )


async def test_what_is_left_open_is_sealed_when_it_commits(
    engine: AsyncEngine, owner: Owner, auditor: Auditor
) -> None:
    """The entry that commits last was written first: a seal "up to the last id" would skip it."""
    async with transaction(engine) as late:
        await audit.note(late, What.KEY_ROTATED, about="ring:late")
        await note(engine, 2)
        assert await auditor.seal() == 2
    assert await auditor.seal() == 1
    assert await complete(owner, auditor) == 3


async def test_the_file_is_made_whole_after_a_crash(engine: AsyncEngine, auditor: Auditor) -> None:
    for _ in range(3):
        await note(engine)
        await auditor.seal()
    whole = auditor.anchors.read_text()
    auditor.anchors.write_text(whole[: whole.rindex("\n", 0, -1) + 40])  # cut short in the third
    await note(engine)
    await auditor.seal()
    assert [seal.no for seal in anchors.read(auditor.anchors)] == [1, 2, 3, 4]
    assert auditor.flaws() == set()
    auditor.anchors.unlink()
    await auditor.seal()
    assert auditor.anchors.read_text().startswith(whole)


async def test_a_worker_that_comes_late_to_the_file_leaves_it_in_order(
    engine: AsyncEngine, auditor: Auditor
) -> None:
    """It read what the file lacks, and another worker wrote that and more before it did."""
    for _ in range(3):
        await note(engine)
        await auditor.seal()
    first, second, third = anchors.read(auditor.anchors)
    anchors.append(auditor.anchors, [second])
    assert list(anchors.read(auditor.anchors)) == [first, second, third]
    assert auditor.flaws() == set()


async def test_an_older_database_is_not_sealed_on(engine: AsyncEngine, auditor: Auditor) -> None:
    for _ in range(2):
        await note(engine)
        await auditor.seal()
    await auditor.tamper("delete from seal where no = 2")
    await note(engine)
    with pytest.raises(RolledBack):
        await auditor.seal()


async def test_a_quiet_hour_is_sealed_too(engine: AsyncEngine, auditor: Auditor) -> None:
    await note(engine)
    assert await auditor.seal() == 1
    assert await auditor.seal() == 0
    assert await auditor.seal(quiet=timedelta()) == 0
    assert [(s.no, s.entries) for s in anchors.read(auditor.anchors)] == [(1, 1), (2, 0)]
    assert auditor.flaws() == set()


def test_the_tree_is_that_of_rfc_6962() -> None:
    """The roots that the authors of Certificate Transparency publish with their code."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    leaves = [merkle.leaf(bytes.fromhex(text)) for text in data]
    assert {n: merkle.root(leaves[:n]).hex() for n in roots} == roots
