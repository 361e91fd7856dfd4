"""Areas: the district as it is, and as it was before a list changed it."""

from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.errors import Conflict, Invalid
from app.ids import uuid7
from app.services.district import areas
from app.services.district.areas import Imported
from tests.conftest import Client, Owner

TOWN, VILLAGE = 991802103000, 991802103201
FIRST, LATER = date(2024, 1, 1), date(2026, 3, 1)
HEAD = "code,name,level,parent\n99,某省,1,\n9918,某市,2,99\n991802,某区,3,9918\n"
TOWNS = "991802103,甲镇,4,991802\n991802104,乙镇,4,991802\n"


def listed(folder: Path, *villages: str) -> Path:
    path = folder / f"{uuid7()}.csv"
    path.write_text(HEAD + TOWNS + "".join(f"{village}\n" for village in villages), "utf-8")
    return path


async def names(client: httpx.AsyncClient, **query: str | int) -> list[str]:
    answer = await client.get("/areas", params=query)
    assert answer.status_code == 200, answer.text
    return [area["name"] for area in answer.json()["items"]]


async def test_the_district_has_its_towns_and_villages(client: Client) -> None:
    police = await client("police")
    towns = (await police.get("/areas", params={"level": "town", "parent": 441802000000})).json()
    real = [area["name"] for area in towns["items"] if not area["is_virtual"]]
    assert real == [
        "凤城街道", "东城街道", "洲心街道", "横荷街道", "源潭镇", "龙塘镇", "石角镇", "飞来峡镇",
    ]  # fmt: skip
    assert len(towns["items"]) == 10
    villages = (await police.get("/areas", params={"level": "village"})).json()["items"]
    villages = [area for area in villages if area["code"] // 10**6 == 441802]
    counted = [area for area in villages if not area["is_virtual"]]
    assert (len(villages), len(counted)) == (166, 164)
    assert sum(area["is_rural"] for area in villages) == 71
    assert await names(police, parent=441802103000) == await names(
        police, parent=441802103000, level="village"
    )


async def test_areas_are_for_whoever_signed_in(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/areas")).status_code == 401


async def test_a_new_list_leaves_the_past_as_it_was(
    tmp_path: Path, owner: Owner, client: Client
) -> None:
    before = listed(tmp_path, "991802103201,山前村委会,5,", "991802103202,水口村委会,5,")
    try:
        async with owner() as connection:
            assert await areas.import_areas(connection, before, FIRST) == Imported(5, 0, 0)
            assert await areas.import_areas(connection, before, LATER) == Imported(0, 0, 0)
        now = listed(tmp_path, "991802103201,山前社区居委会,5,", "991802103203,新村村委会,5,")
        async with owner() as connection:
            assert await areas.import_areas(connection, now, LATER) == Imported(1, 1, 1)
        police = await client("police")
        of_town = {"parent": TOWN}
        assert await names(police, **of_town, at="2026-02-28") == ["山前村委会", "水口村委会"]
        assert await names(police, **of_town, at="2026-03-01") == ["山前社区居委会", "新村村委会"]
        assert await names(police, **of_town, at="2023-12-31") == []
        with pytest.raises(Conflict, match=str(VILLAGE)):
            async with owner() as connection:
                await areas.import_areas(connection, before, FIRST)
        # A list put right on the very day replaces that day's rows and leaves no third name.
        async with owner() as connection:
            again = await areas.import_areas(connection, before, LATER)
        assert again == Imported(1, 1, 1)
        assert await names(police, **of_town, at="2026-03-01") == ["山前村委会", "水口村委会"]
    finally:
        async with owner() as connection:
            await connection.execute(text("delete from area where code / 1000000 = 991802"))


@pytest.mark.parametrize(
    ("village", "reason"),
    [
        ("991802103201,山前村委会,4,", "第 7 行有误：代码 991802103201 与级别不符"),
        ("99180210320,山前村委会,5,", "第 7 行有误：须有代码"),
        ("991802103201,,5,", "第 7 行有误：须有代码"),
        ("991802104,丙镇,4,", "第 7 行：代码 991802104000 重复"),
        ("991802105201,山前村委会,5,", "上级 991802105000 不在名单中"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, village: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        areas.read_areas(listed(tmp_path, village))


def test_what_is_no_list_of_areas_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes("code,name\n1,清城区\n".encode("gbk"))
    with pytest.raises(Invalid, match="无法读取"):
        areas.read_areas(tmp_path / "gbk.csv")
    (tmp_path / "empty.csv").write_text("code,name,level,parent\n")
    with pytest.raises(Invalid, match="没有区县"):
        areas.read_areas(tmp_path / "empty.csv")
