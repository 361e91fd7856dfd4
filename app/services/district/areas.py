"""Administrative areas: read for any day, and kept up by importing a new list."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.config import QINGCHENG
from app.errors import Conflict, Invalid
from app.models import Area
from app.models.columns import table_of
from app.places import place_of

Level = Literal["district", "town", "village"]
LEVELS: dict[str, Level] = {"3": "district", "4": "town", "5": "village"}
HIGHER = frozenset({"1", "2"})
"""Province and city: above every district, so nobody's scope."""

VIRTUAL_TOWNS = frozenset({441802400000, 441802450000})
"""清远市高新技术产业开发区 and 清远市国营银盏林场: statistical units, not 镇街."""

SHIPPED = Path(__file__).parents[2] / "data" / "qingcheng_areas.csv"
SHIPPED_DISTRICTS = frozenset({QINGCHENG})
SHIPPED_FROM = date(2023, 6, 30)
"""The day of the National Bureau of Statistics' 2023 codes."""


@dataclass(frozen=True)
class Listed:
    """An area as a list names it."""

    code: int
    name: str
    level: Level
    parent: int | None
    is_virtual: bool
    is_rural: bool

    def same_as(self, row: Any) -> bool:
        """Whether a row still says so. What the district marked as rural itself (村改居) stays."""
        return (row.name, row.level, row.parent) == (self.name, self.level, self.parent)


@dataclass(frozen=True)
class Imported:
    """How many areas an import opened, changed and closed."""

    opened: int
    changed: int
    closed: int


async def list_areas(
    connection: AsyncConnection,
    at: date,
    *,
    parent: int | None = None,
    level: Level | None = None,
) -> Sequence[Any]:
    """The areas in force on a day in Shanghai, by code; only those below `parent`, of `level`."""
    wanted = (
        select(table_of(Area))
        .where(col(Area.valid_from) <= at)
        .where(or_(col(Area.valid_to).is_(None), col(Area.valid_to) > at))
        .order_by(col(Area.code))
    )
    if parent is not None:
        wanted = wanted.where(col(Area.parent) == parent)
    if level is not None:
        wanted = wanted.where(col(Area.level) == level)
    return (await connection.execute(wanted)).all()


async def name_of(connection: AsyncConnection, code: int, day: date) -> str:
    """What an area is called on a day in Shanghai. Raises Invalid for one that is none."""
    known = {area.code: str(area.name) for area in await list_areas(connection, day)}
    if code not in known:
        raise Invalid("没有这个地区", [{"field": "area", "message": "请从列表中选择地区"}])
    return known[code]


async def import_areas(connection: AsyncConnection, path: Path, valid_from: date) -> Imported:
    """Make a list (code, name, level 1-5, parent) the areas in force from a day on.

    A changed area ends and begins anew that day, one no longer listed ends; the same list again
    changes nothing. Runs on the owner's connection. Raises Invalid naming the wrong line, Conflict
    if an area concerned began or ended after that day.
    """
    listed = {area.code: area for area in read_areas(path)}
    districts = {place_of(code).district for code in listed}
    current = {row.code: row for row in await _in_force(connection, districts)}
    new = [a for a in listed.values() if a.code not in current or not a.same_as(current[a.code])]
    ended = [c for c, row in current.items() if c not in listed or not listed[c].same_as(row)]
    await _refuse_rewriting(connection, {*ended, *(area.code for area in new)}, valid_from)
    await connection.execute(
        update(table_of(Area))
        .where(col(Area.code).in_(ended), col(Area.valid_to).is_(None))
        .values(valid_to=valid_from)
    )
    if new:
        await connection.execute(
            _WRITE, [asdict(area) | {"valid_from": valid_from, "valid_to": None} for area in new]
        )
    changed = len({a.code for a in new} & set(ended))
    return Imported(len(new) - changed, changed, len(ended) - changed)


_new = insert(table_of(Area))
# A list corrected on the day it came into force replaces its own rows.
_WRITE = _new.on_conflict_do_update(
    index_elements=["code", "valid_from"],
    set_={
        name: _new.excluded[name]
        for name in ("valid_to", "name", "level", "parent", "is_virtual", "is_rural")
    },
)


async def import_shipped(connection: AsyncConnection) -> Imported | None:
    """The areas that come with the system, where there are none yet; else None."""
    if (await connection.execute(select(func.count()).select_from(table_of(Area)))).scalar_one():
        return None
    return await import_areas(connection, SHIPPED, SHIPPED_FROM)


async def _refuse_rewriting(connection: AsyncConnection, codes: set[int], valid_from: date) -> None:
    later = (
        select(col(Area.code))
        .where(col(Area.code).in_(codes))
        .where(or_(col(Area.valid_from) > valid_from, col(Area.valid_to) > valid_from))
        .order_by(col(Area.code))
        .limit(1)
    )
    code = (await connection.execute(later)).scalar_one_or_none()
    if code is not None:
        raise Conflict(f"地区 {code} 在 {valid_from} 之后已有变更，请用更晚的生效日期")


async def _in_force(connection: AsyncConnection, districts: set[int]) -> Sequence[Any]:
    of_districts = or_(*(col(Area.code).between(d, d + 10**6 - 1) for d in districts))
    current = select(table_of(Area)).where(col(Area.valid_to).is_(None), of_districts)
    return (await connection.execute(current)).all()


def read_areas(path: Path) -> list[Listed]:
    """The districts and what lies in them, from a CSV file; raises Invalid naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"文件 {path} 无法读取：须为 UTF-8 的 CSV") from error
    found: dict[int, Listed] = {}
    for line, row in enumerate(rows, start=2):
        if row.get("level") in HIGHER:
            continue
        area = _area(row, line)
        if area.code in found:
            raise Invalid(f"第 {line} 行：代码 {area.code} 重复")
        found[area.code] = area
    for area in found.values():
        if area.parent is not None and area.parent not in found:
            raise Invalid(f"地区 {area.code} {area.name} 的上级 {area.parent} 不在名单中")
    if not any(area.level == "district" for area in found.values()):
        raise Invalid(f"文件 {path} 中没有区县")
    return list(found.values())


def _area(row: dict[str, Any], line: int) -> Listed:
    code, name = str(row.get("code") or ""), str(row.get("name") or "").strip()
    level = LEVELS.get(row.get("level") or "")
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12) and name and level):
        raise Invalid(f"第 {line} 行有误：须有代码（6、9 或 12 位）、名称、级别（1 至 5）")
    place = place_of(int(code.ljust(12, "0")))
    parents = {"district": None, "town": place.district, "village": place.town}
    if (place.town is None, place.village is None) != (level == "district", level != "village"):
        raise Invalid(f"第 {line} 行有误：代码 {code} 与级别不符")
    return Listed(
        code=place.code,
        name=name,
        level=level,
        parent=parents[level],
        is_virtual=place.town in VIRTUAL_TOWNS,
        is_rural=name.endswith("村委会"),
    )
