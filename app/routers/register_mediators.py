"""The register of mediators, at three levels."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.routers.queries import Limit
from app.routers.shown import Shown, shown
from app.services.district import mediators
from app.services.district.areas import Level

router = APIRouter(prefix="/registers", tags=["登记簿"])


class MediatorShown(Shown):
    id: int = shown(S1, "账号")
    display_name: str = shown(S1, "姓名")
    organisation: str | None = shown(S0, "调解委员会")
    area: int = shown(S0, "所在地区")
    level: Level = shown(S0, "层级")


class LevelShown(Shown):
    level: Level = shown(S0, "层级")
    number: int = shown(S0, "人数")


class Mediators(Shown):
    levels: list[LevelShown] = shown(S0, "各级人数")
    items: list[MediatorShown] = shown(S1, "人民调解员")
    next: int | None = shown(S1, "下一页从这个账号之后开始；没有下一页时为空")


@router.get("/mediators", operation_id="list_mediators", response_model=Mediators)
async def list_mediators(
    work: Annotated[Work, needs(Permission.REGISTERS_READ)],
    level: Level | None = None,
    after: Annotated[int, Query(title="上一页的 next", ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
) -> Any:
    """所在区的人民调解员，分区级、镇街、村（社区）三级；一人在多处的，按最高一级计。"""
    rows = await mediators.find(work, level=level, after=after, limit=limit)
    levels = (await mediators.counted(work)).items()
    return {
        "levels": [{"level": level, "number": number} for level, number in levels],
        "items": [MediatorShown.model_validate(row) for row in rows],
        "next": rows[-1].id if len(rows) == limit else None,
    }
