"""Administrative areas, for any day."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app import clock
from app.access import Work
from app.deps import needs
from app.kinds.forms import Sight
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services.district import areas
from app.services.district.areas import Level

router = APIRouter(tags=["地区"])


class AreaRow(Shown):
    """An area in force."""

    code: int = shown(Sight.S0, "代码")
    name: str = shown(Sight.S0, "名称")
    level: Level = shown(Sight.S0, "级别")
    parent: int | None = shown(Sight.S0, "上级")
    is_virtual: bool = shown(Sight.S0, "虚拟区划")
    is_rural: bool = shown(Sight.S0, "农村")


class AreaList(Shown):
    """All areas asked for: a district has fewer than two hundred."""

    items: list[AreaRow] = shown(Sight.S0, "地区")


@router.get("/areas", operation_id="list_areas", summary="地区")
async def list_areas(
    work: Annotated[Work, needs(Permission.DEFINITIONS_READ)],
    level: Annotated[Level | None, Query(title="级别")] = None,
    parent: Annotated[int | None, Query(title="上级代码", ge=10**11, lt=10**12)] = None,
    at: Annotated[date | None, Query(title="日期", description="默认今天")] = None,
) -> AreaList:
    """某一天有效的区、镇街、村居。"""
    day = at or clock.local_day(clock.now())
    rows = await areas.list_areas(work.connection, day, parent=parent, level=level)
    return AreaList(items=[AreaRow.model_validate(row) for row in rows])
