"""Filters under a name: her own, or her organisation's; never anything about anybody."""

from typing import Any

import pytest

from app.ids import uuid7
from tests.conftest import Client


def view(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()), "page": "worklist", "name": "逾期回访", "shared": False,
        "asked": "overdue=true&kind=dv_warning", **more,
    }  # fmt: skip


async def test_ones_own_and_the_organisations(client: Client) -> None:
    fed, other = await client("women_fed_town"), await client("women_fed_fengcheng")
    own, shared = view(), view(name="本镇高危", asked="danger=high", shared=True)
    for body in (own, shared):
        assert (await fed.post("/views", json=body)).status_code == 201
        assert (await fed.post("/views", json=body)).status_code == 200
    changed = await fed.post("/views", json=own | {"name": "别的"})
    assert changed.json()["type"] == "/problems/id-reused"
    found = (await fed.get("/views?page=worklist")).json()["items"]
    assert [(v["name"], v["shared"], v["own"]) for v in found] == [
        ("本镇高危", True, True),
        ("逾期回访", False, True),
    ]
    assert (await fed.get("/views?page=cases")).json()["items"] == []
    assert (await other.get("/views?page=worklist")).json()["items"] == []
    assert (await other.post(f"/views/{shared['id']}/remove")).status_code == 404
    assert (await fed.post(f"/views/{own['id']}/remove")).status_code == 204
    left = (await fed.get("/views?page=worklist")).json()["items"]
    assert [v["name"] for v in left] == ["本镇高危"]


async def test_a_colleague_sees_what_is_shared_and_cannot_take_it_away(client: Client) -> None:
    worker, committee = await client("grid_worker"), await client("village_committee")
    own, shared = view(), view(name="今日探访", shared=True)
    for body in (own, shared):
        assert (await worker.post("/views", json=body)).status_code == 201
    found = (await committee.get("/views?page=worklist")).json()["items"]
    assert [(v["name"], v["own"], v["account"]) for v in found] == [("今日探访", False, "陈晓岚")]
    assert (await committee.post(f"/views/{shared['id']}/remove")).status_code == 404


@pytest.mark.parametrize(
    "asked", ["text=林秋禾", "q=441802198805120022", "q=13800000021", "a", "a=b&&c=%3Cx%3E"]
)
async def test_nothing_but_filters_is_kept(client: Client, asked: str) -> None:
    fed = await client("women_fed_town")
    refused = await fed.post("/views", json=view(asked=asked))
    assert refused.status_code == 422, refused.text
