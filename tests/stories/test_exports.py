"""Lists that leave as files: with a purpose, masked, sealed, counted, and handed out once."""

import asyncio
import io
import resource
import time
from datetime import timedelta
from typing import Any

import httpx
import msoffcrypto
import openpyxl
import pytest
from sqlalchemy import text

from app import clock, jobs
from app.ids import uuid7
from app.services.exports import sheet
from app.services.exports.lists import CASES, PLAIN, Leaving
from app.services.seed import SECOND_VILLAGE, VILLAGE
from tests.conftest import Client, Owner, step_up
from tests.stories.answers import NOW, REPORT, WIFE, command

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x", "007")
HIDDEN = {"present_address": "某处三楼东", "safe_phone": "13900000077"}


def order(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()), "filters": {}, "purpose": "report", "reason": "报送季度数据", **more,
    }  # fmt: skip


async def opened(fed: httpx.AsyncClient, name: str, area: int = VILLAGE) -> str:
    victim = {**WIFE, **HIDDEN, "name": name}
    del victim["id_number"]
    with clock.at(NOW + timedelta(minutes=1)):
        answer = await fed.post(
            "/cases/dv_warning", json=command({**REPORT, "victim": victim}, area=area)
        )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def finished(who: httpx.AsyncClient, id: str, seconds: float = 20) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while (found := (await who.get(f"/exports/{id}")).json())["status"] == "running":
        assert time.monotonic() < until, found
        await asyncio.sleep(0.02)
    return dict(found)


def read(content: bytes, password: str) -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of a file by name, opened anew as an office program would."""
    plain = io.BytesIO()
    sealed = msoffcrypto.OfficeFile(io.BytesIO(content))
    sealed.load_key(password=password)
    sealed.decrypt(plain)
    book = openpyxl.load_workbook(plain, read_only=True)
    found = {s.title: list(s.iter_rows(values_only=True)) for s in book.worksheets}
    types = {cell.data_type for row in book["台账"].iter_rows() for cell in row}
    assert types <= {"s", "n"}, "nothing is a formula"
    assert all(c.value is None for r in book["台账"].iter_rows() for c in r if c.data_type == "n")
    return found


def heads(one: Leaving) -> tuple[str, ...]:
    return tuple(title for _, title in one.titles)


async def exported(who: httpx.AsyncClient, **more: Any) -> dict[str, list[tuple[Any, ...]]]:
    asked = await who.post("/exports", json=order(**more))
    assert asked.status_code == 202, asked.text
    id, password = asked.json()["id"], asked.json()["password"]
    assert (await finished(who, id))["status"] == "ready"
    file = await who.post(f"/exports/{id}/file")
    assert file.status_code == 200, file.text
    assert file.headers["content-disposition"].startswith("attachment")
    return read(file.content, password)


async def test_the_file_has_the_rows_of_the_list(client: Client) -> None:
    fed, town = await client("women_fed_district"), await client("women_fed_town")
    numbers = {await opened(fed, f"林{n}") for n in FORMULAS}
    other = await opened(fed, "林秋禾", SECOND_VILLAGE)
    refused = (await fed.post("/exports", json=order())).json()
    assert refused["type"] == "/problems/second-factor-needed"
    await step_up(fed)
    await step_up(town)
    whole, hers = await exported(fed), await exported(town)
    assert whole["台账"][0] == heads(CASES)
    assert {row[0] for row in whole["台账"][1:]} == numbers | {other}
    assert {row[0] for row in hers["台账"][1:]} == numbers, "her own town's, as in her list"
    assert (await town.get("/exports/count")).json() == {"count": len(numbers)}
    assert {row[5] for row in whole["台账"][1:]} == {"林*"}
    about = dict(whole["说明"])
    assert about["行数"] == str(len(numbers) + 1)
    assert (about["用途"], about["内容"]) == ("向上级报送", "脱敏")
    columns = ["number", "due"]
    narrowed = await exported(
        fed, filters={"area": SECOND_VILLAGE, "kind": "dv_warning"}, columns=columns
    )
    assert narrowed["台账"][0] == ("案号", "案件类型", "最近期限", "到期时间", "是否逾期")
    assert [row[:2] for row in narrowed["台账"][1:]] == [(other, "家庭暴力告诫书")]
    unknown = await fed.post("/exports", json=order(columns=["number", "level"]))
    assert (unknown.status_code, unknown.json()["problems"][0]["field"]) == (422, "columns")


async def test_in_plain_words_what_was_typed_stays_text_and_is_on_record(
    client: Client, owner: Owner
) -> None:
    fed = await client("women_fed_district")
    for name in FORMULAS:
        await opened(fed, name)
    await step_up(fed)
    found = await exported(fed, plain=True)
    assert found["台账"][0] == (*heads(CASES), *PLAIN)
    assert {row[5] for row in found["台账"][1:]} == {name.strip() for name in FORMULAS}
    assert {row[-1] for row in found["台账"][1:]} == {WIFE["phone"]}
    whole = str(found)
    assert not any(secret in whole for secret in HIDDEN.values())
    async with owner() as connection:
        looks = await connection.execute(
            text("select found, sight from access_log where what = 'export'")
        )
        assert [(row.found, row.sight) for row in looks] == [(len(FORMULAS), "S3")]
        noted = await connection.scalars(
            text("select what from audit_entry where what like 'export%' order by id")
        )
        assert list(noted) == ["export_made", "export_taken"]


async def test_it_is_handed_out_once_and_not_for_long(
    client: Client, owner: Owner, worker_engine: Any
) -> None:
    fed, police = await client("women_fed_district"), await client("police")
    await opened(fed, "林秋禾")
    await step_up(fed)
    wanted = order()
    asked = (await fed.post("/exports", json=wanted)).json()
    again = await fed.post("/exports", json=wanted)
    assert (again.status_code, again.json()["password"]) == (200, None)
    assert (await fed.post("/exports", json=wanted | {"plain": True})).status_code == 409
    await finished(fed, asked["id"])
    url = f"/exports/{asked['id']}"
    assert (await police.get(url)).status_code == 404, "nobody else's"
    assert (await police.post(f"{url}/file")).status_code == 404
    file = await fed.post(f"{url}/file")
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        read(file.content, "AAAAA-AAAAA-AAAAA-AAAAA")
    assert (await fed.post(f"{url}/file")).status_code == 410
    assert (await fed.get(url)).json()["status"] == "taken"
    late = (await fed.post("/exports", json=order())).json()
    await finished(fed, late["id"])
    async with owner() as connection:
        await connection.execute(text("update export set expires_at = now() - interval '1 second'"))
    assert (await fed.post(f"/exports/{late['id']}/file")).status_code == 410
    bench = jobs.Bench(worker_engine, None, None)  # type: ignore[arg-type]
    assert await jobs._expire(bench) == 1
    async with owner() as connection:
        kept = await connection.scalars(text("select content from export"))
        assert list(kept) == [None, None]


async def test_what_goes_wrong_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = await client("women_fed_district")
    await step_up(fed)

    def full(*_: Any) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(sheet, "sealed", full)
    asked = (await fed.post("/exports", json=order())).json()
    assert (await finished(fed, asked["id"]))["status"] == "failed"
    refused = await fed.post(f"/exports/{asked['id']}/file")
    assert "重新导出" in refused.json()["detail"]
    monkeypatch.undo()
    assert (await exported(fed))["台账"] == [heads(CASES)]


ROWS = 100_000
MEGABYTES = 60
"""What the process may grow by while it writes them: a page, the file sealed, and no more."""

_MANY = """
insert into "case" (id, number, kind, state, subject, opened_at, recorded_at, version, key, head,
                    district, town, village, seen_by, flags, sex, birth_year)
select gen_random_uuid(), 'x' || n, kind, state, subject, opened_at + n * interval '1 second',
       recorded_at, version, key, head, district, town, village, seen_by, flags, sex, birth_year
from "case", generate_series(1, :rows) n where number = :number
"""


@pytest.mark.prove
async def test_a_hundred_thousand_rows_in_bounded_memory(client: Client, owner: Owner) -> None:
    fed = await client("women_fed_district")
    number = await opened(fed, "林秋禾")
    async with owner() as connection:
        await connection.execute(text(_MANY), {"rows": ROWS - 1, "number": number})
        await connection.execute(text('analyze "case"'))
    await step_up(fed)
    assert (await fed.get("/exports/count")).json() == {"count": ROWS}
    before, since = peak(), time.monotonic()
    asked = (await fed.post("/exports", json=order())).json()
    done = await finished(fed, asked["id"], seconds=600)
    took, grown = time.monotonic() - since, peak() - before
    assert (done["status"], done["written"], done["total"]) == ("ready", ROWS, ROWS)
    file = (await fed.post(f"/exports/{asked['id']}/file")).content
    found = read(file, asked["password"])
    assert len(found["台账"]) == ROWS + 1
    assert len({row[0] for row in found["台账"]}) == ROWS + 1, "each once"
    print(  # noqa: T201 - make prove shows its figures
        f"\nexport: {ROWS:,} rows in {took:.0f} s, {len(file) / 1e6:.1f} MB,"
        f" the process grew by {grown:.0f} MB"
    )
    assert grown < MEGABYTES


def peak() -> float:
    """The most memory the process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
