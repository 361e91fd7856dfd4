"""A file's way into a case, to who may see it, and back out."""

import asyncio
import hashlib
import io
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from app.ids import uuid7
from app.services.seed import VILLAGE
from tests.conftest import Client, Owner, step_up
from tests.e2e.woman import on_the_ledger
from tests.security.rings import Rings, anlan, rings
from tests.security.test_chain import broken
from tests.stories.answers import QUICK, REPORT, command
from tests.stories.files import GPS, attached, jpeg, photo

__all__ = ["rings"]

WHY = "核对伤情照片原件后提交法院"


async def opened(client: httpx.AsyncClient, answers: dict[str, Any] = REPORT) -> str:
    made = await client.post("/cases/dv_warning", json=command(answers, area=VILLAGE))
    assert made.status_code == 201, made.text
    return str(made.json()["case_id"])


def url(case_id: str, id: str = "", what: str = "") -> str:
    return "/".join(["/cases", case_id, "attachments", *filter(None, (id, what))])


def problem(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def test_a_photo_is_kept_as_it_came_and_shown_without_where_it_was_taken(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    case_id, sent = await opened(police), photo(title="左臂淤青")
    done = await police.post(url(case_id), json=sent)
    assert done.status_code == 201, done.text
    assert done.json()["state"] == "reported"
    (item,) = (await police.get(url(case_id))).json()["items"]
    content = jpeg()
    assert item | {
        "id": sent["id"], "what": "injury", "title": "左臂淤青", "media_type": "image/jpeg",
        "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "width": 64,
        "height": 32, "open": True, "has_picture": True, "withdrawn_at": None,
    } == item  # fmt: skip
    shown = await police.get(url(case_id, sent["id"], "picture"))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("attachment; ")
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"] == "no-store"
    with Image.open(io.BytesIO(shown.content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (64, 32), {})
    assert GPS in content
    assert GPS not in shown.content
    await step_up(police)
    came = await police.post(url(case_id, sent["id"], "original"), json={"reason": WHY})
    assert came.content == content
    assert came.headers["content-type"] == "application/octet-stream"
    assert "淤青" not in came.headers["content-disposition"]
    timeline = (await police.get(f"/cases/{case_id}/timeline")).json()["items"]
    assert timeline[0]["title"] == "提交附件"
    assert timeline[0]["answers"]["sha256"] == item["sha256"]
    assert not await broken(owner, case_id)


async def test_every_look_is_logged_and_an_original_with_its_reason(client: Client) -> None:
    police = await client("police")
    case_id, sent = await opened(police), photo()
    await police.post(url(case_id), json=sent)
    refused = await police.post(url(case_id, sent["id"], "original"), json={"reason": WHY})
    assert (refused.status_code, problem(refused)) == (403, "second-factor-needed")
    await step_up(police)
    await police.get(url(case_id, sent["id"], "picture"))
    await police.post(url(case_id, sent["id"], "original"), json={"reason": WHY})
    looks = (await police.get(f"/cases/{case_id}/looks")).json()["items"]
    found = {look["what"]: (look["what_title"], look["reason"]) for look in looks}
    assert found[f"attachment:{sent['id']}"] == ("附件", None)
    assert found[f"original:{sent['id']}"] == ("附件原件", WHY)


async def test_sent_again_it_is_kept_once(client: Client, owner: Owner) -> None:
    police = await client("police")
    case_id, sent = await opened(police), photo()
    answers = await asyncio.gather(*(police.post(url(case_id), json=sent) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 201]
    assert len({a.json()["recorded_at"] for a in answers}) == 1
    other = attached(jpeg(colour="navy")) | {"id": sent["id"]}
    reused = await police.post(url(case_id), json=other)
    assert (reused.status_code, problem(reused)) == (409, "id-reused")
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from attachment")) == 1
        assert await connection.scalar(text("select count(*) from event")) == 2


async def test_who_reported_may_add_a_photo_and_not_look_at_it(client: Client) -> None:
    worker, police = await client("grid_worker"), await client("police")
    case_id, sent = await opened(worker, QUICK), photo()
    assert (await worker.post(url(case_id), json=sent)).status_code == 201
    for asked in (url(case_id), url(case_id, sent["id"], "picture")):
        assert (await worker.get(asked)).status_code == 404
    assert (await police.get(url(case_id, sent["id"], "picture"))).status_code == 200
    elsewhere = await client("women_fed_fengcheng")
    assert (await elsewhere.post(url(case_id), json=photo())).status_code == 404
    assert (await elsewhere.get(url(case_id))).status_code == 404


async def test_what_goes_beyond_the_readers_class_is_not_shown(client: Client) -> None:
    case_id = await on_the_ledger(client)
    town, village = await client("women_fed_town"), await client("women_fed_village")
    secret, visit = photo("evidence", title="录音整理"), photo("visit", title="门前")
    for sent in (secret, visit):
        assert (await town.post(url(case_id), json=sent)).status_code == 201
    items = {i["id"]: i for i in (await village.get(url(case_id))).json()["items"]}
    assert [items[secret["id"]][k] for k in ("title", "sha256", "open")] == [None, None, False]
    assert [items[visit["id"]][k] for k in ("title", "open")] == ["门前", True]
    assert (await village.get(url(case_id, secret["id"], "picture"))).status_code == 404
    assert (await village.get(url(case_id, visit["id"], "picture"))).status_code == 200
    await step_up(village)
    asked = {"reason": WHY}
    hidden = await village.post(url(case_id, secret["id"], "original"), json=asked)
    assert hidden.status_code == 404


async def test_withdrawn_it_is_shown_to_nobody_and_still_there(
    client: Client, owner: Owner
) -> None:
    police, other = await client("police"), await client("women_fed_town")
    case_id, sent = await opened(police), photo()
    await police.post(url(case_id), json=sent)
    wrong = {"id": str(uuid7()), "happened_at": sent["happened_at"], "reason": "传错了案件"}
    asked = url(case_id, sent["id"], "withdraw")
    assert (await other.post(asked, json=wrong)).status_code == 403
    for status in (200, 200):
        assert (await police.post(asked, json=wrong)).status_code == status
    again = await police.post(asked, json=wrong | {"id": str(uuid7())})
    assert (again.status_code, problem(again)) == (409, "already-withdrawn")
    assert (await police.get(url(case_id, sent["id"], "picture"))).status_code == 404
    (item,) = (await police.get(url(case_id))).json()["items"]
    assert item["withdrawn_at"]
    assert not item["open"]
    event = (await police.get(f"/cases/{case_id}/timeline")).json()["items"][0]
    assert (event["title"], event["answers"]["reason"]) == ("撤回附件", "传错了案件")
    async with owner() as connection:
        assert await connection.scalar(text("select length(original) > 100 from attachment"))
    assert not await broken(owner, case_id)


async def test_an_attachment_is_withdrawn_not_corrected(client: Client) -> None:
    police = await client("police")
    case_id, sent = await opened(police), photo()
    await police.post(url(case_id), json=sent)
    body = command({"sha256": "0" * 64}, event_id=sent["id"], reason="改一下")
    answer = await police.post(f"/cases/dv_warning/{case_id}/correct", json=body)
    assert (answer.status_code, problem(answer)) == (409, "wrong-state")


async def test_the_list_comes_in_pages(client: Client) -> None:
    police = await client("police")
    case_id = await opened(police)
    ids = []
    for _ in range(3):
        sent = photo()
        ids.append(sent["id"])
        await police.post(url(case_id), json=sent)
    first = (await police.get(url(case_id), params={"limit": 2})).json()
    rest = (await police.get(url(case_id), params={"cursor": first["next"]})).json()
    assert [i["id"] for i in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None


async def test_the_door_lets_in_ten_megabytes_of_who_signed_in_and_no_more(
    client: Client, anonymous: httpx.AsyncClient
) -> None:
    police = await client("police")
    case_id = await opened(police)
    big = attached(b"ID3" + bytes(9_000_000), "evidence")
    assert (await police.post(url(case_id), json=big)).status_code == 201
    for size, status in ((10_500_000, 413), (12_000_000, 413)):
        answer = await police.post(url(case_id), json=attached(b"ID3" + bytes(size)))
        assert (answer.status_code, problem(answer)) == (status, "too-large")
    for token in ("", "Bearer a.b.c"):
        headers = {"authorization": token} if token else {}
        answer = await anonymous.post(url(case_id), json=big, headers=headers)
        assert answer.status_code == 413
    elsewhere = await police.post("/people/search", json={"name": "x" * 300_000})
    assert elsewhere.status_code == 413


async def test_it_is_renewed_with_its_case_and_erased_with_it(
    client: Client, owner: Owner, rings: Rings
) -> None:
    police = await client("police")
    rings.take_in(1, wraps=1)
    case_id, sent = await opened(police), photo(title="左臂淤青")
    await police.post(url(case_id), json=sent)
    await anlan("keys", "renew-case", case_id)
    asked = url(case_id, sent["id"], "picture")
    assert (await police.get(asked)).status_code == 200
    async with owner() as connection:
        for statement in (
            "update \"case\" set closed_at = '2020-01-01'",
            "update deadline set dropped_at = now()",
            f"set local app.opened_case = '{case_id}'",
            f"select erase_case('{case_id}')",
        ):
            await connection.execute(text(statement))
        left = await connection.execute(text("select key, original, picture from attachment"))
        assert [tuple(row) for row in left] == [(b"", b"", None)]
    gone = await police.get(asked)
    assert (gone.status_code, problem(gone)) == (410, "shredded")
    (item,) = (await police.get(url(case_id))).json()["items"]
    assert [item[k] for k in ("title", "sha256", "open")] == [None, None, False]
    late = await police.post(url(case_id), json=photo())
    assert (late.status_code, problem(late)) == (410, "shredded")


async def test_a_decoder_that_dies_takes_nobody_along(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    police = await client("police")
    case_id = await opened(police)
    monkeypatch.setattr("app.services.files.apart.sys.executable", "/bin/false")
    died = await police.post(url(case_id), json=photo())
    assert (died.status_code, problem(died)) == (422, "file-too-complex")
    monkeypatch.undo()
    assert (await police.post(url(case_id), json=photo())).status_code == 201
