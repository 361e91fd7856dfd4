"""留守妇女台账: who stands in it, the survey round, and how town and district compare."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S2, Whole
from app.kinds.left_behind_visit.choices import Level
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.queries import Area, Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.district import surveys
from app.services.ledger import sides, women
from app.services.ledger.sides import Line, Verdict, Why
from app.services.ledger.women import Filters

router = APIRouter(prefix="/ledger", tags=["留守妇女台账"])

Reading = Annotated[Work, needs(Permission.LEDGER_READ)]
Within = Annotated[int, Query(title="地区（12 位代码，区、镇街或村居）", ge=10**11, lt=10**12)]
Year = Annotated[int, Query(title="摸底轮次（年度）", ge=2020, le=2100)]


def _filters(
    area: Area = None,
    level: Annotated[Level | None, Query(title="需求等级")] = None,
    state: Annotated[Literal["active", "suspended"] | None, Query(title="在册或者暂停")] = None,
    unvisited: Annotated[int | None, Query(title="几个月未探访", ge=1, le=60)] = None,
    overdue: Annotated[bool | None, Query(title="探访是否逾期")] = None,
    abnormal: Annotated[
        bool | None, Query(title="异常", description="中高危，或者有未办结的强制报告")
    ] = None,
) -> Filters:
    return Filters(
        area=area,
        level=level.value if level else None,
        state=state,
        unvisited=unvisited,
        overdue=overdue,
        abnormal=abnormal,
    )


FilterDep = Annotated[Filters, Depends(_filters)]


class WomanShown(Shown):
    id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    state: str = shown(S1, "状态")
    state_title: str = shown(S0, "状态名称")
    area: int = shown(S1, "地区代码")
    danger: str | None = shown(S1, "危险等级")
    opened_at: datetime = shown(S1, "发生时间")
    closed_at: datetime | None = shown(S1, "结案时间")
    subject: str | None = shown(S2, "姓名（只显示姓）")
    person_id: UUID | None = shown(S1, "人员编号；读不到姓名的为空")
    level: str | None = shown(S1, "需求等级")
    enrolled_at: datetime | None = shown(S1, "建档时间")
    last_visit: datetime | None = shown(S1, "最近探访")
    next_visit: datetime | None = shown(S1, "下次探访")
    overdue: bool = shown(S1, "探访已逾期")
    abnormal: bool = shown(S1, "异常：中高危，或者有未办结的强制报告")


class WomenPage(Shown):
    """Who joined last comes first; `next` is the cursor of the page that follows."""

    items: list[WomanShown] = shown(S1, "在册妇女")
    next: str | None = shown(S1, "下一页")


class Totals(Shown):
    women: int = shown(S1, "合计")
    level_a: int = shown(S1, "A 重点")
    level_b: int = shown(S1, "B 一般困难")
    level_c: int = shown(S1, "C 普通")
    suspended: int = shown(S1, "暂停")
    overdue: int = shown(S1, "探访逾期")
    abnormal: int = shown(S1, "异常")


class VillageShown(Shown):
    village: int = shown(S0, "村（居）")
    women: int = shown(S1, "在册人数")
    surveyed: int = shown(S1, "本轮已摸底人数")
    overdue: int = shown(S1, "探访逾期人数")
    signed_on: date | None = shown(S0, "村（居）签报日期")


class Villages(Shown):
    items: list[VillageShown] = shown(S1, "各村（居）")
    signs_in: list[int] = shown(S1, "本人可以签报的地区（其中的村居）")


class Compared(Shown):
    town: int = shown(S0, "镇街")
    signed_at: datetime = shown(S1, "镇街最近签报时间")
    union: int = shown(S1, "两级台账中的全部人数")
    identical: int = shown(S1, "两级一致人数")
    returned: int = shown(S1, "已退回镇街核实人数")


class ComparedTowns(Shown):
    items: list[Compared] = shown(S1, "各镇街")


class Facts(Shown):
    state: str = shown(S1, "状态")
    level: str | None = shown(S1, "需求等级")
    village: int | None = shown(S1, "村（居）")
    birth_year: int | None = shown(S2, "出生年份")


class Difference(Shown):
    case_id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    subject: str | None = shown(S2, "姓名（只显示姓）")
    person_id: UUID | None = shown(S1, "人员编号；读不到姓名的为空")
    reachable: bool = shown(S1, "案件在本人范围内")
    town: int = shown(S0, "镇街")
    signed_id: int = shown(S1, "签报记录编号")
    signed_at: datetime = shown(S1, "镇街签报时间")
    said: Facts | None = shown(S2, "镇街台账；已不在册的为空")
    held: Facts | None = shown(S2, "区级台账；没有的为空")
    fields: list[str] = shown(S1, "不一致的项目")
    returned_at: datetime | None = shown(S1, "退回时间")
    why: str | None = shown(S1, "退回理由")


class Differences(Shown):
    items: list[Difference] = shown(S1, "不一致的登记")
    next: str | None = shown(S1, "下一页")


class Signed(Shown):
    women: int = shown(S1, "签报的在册人数")


class Settled(Shown):
    settled: int = shown(S1, "处理的登记数")


class LineBody(Body):
    case_id: UUID = Field(title="案件编号")
    signed_id: Whole = Field(title="所核对的签报记录编号", ge=1, lt=2**63)


class SettleBody(Body):
    area: Whole = Field(title="区或镇街（12 位代码）", ge=10**11, lt=10**12)
    lines: list[LineBody] = Field(title="登记", min_length=1, max_length=100)
    verdict: Verdict = Field(title="taken 采纳镇街登记，returned 退回镇街核实")
    why: Why = Field(title="理由")


@router.get("/women", operation_id="list_ledger", summary="在册妇女", response_model=WomenPage)
async def list_ledger(
    work: Reading, asked: FilterDep, cursor: Cursor = None, limit: Limit = 50
) -> Any:
    """本人范围内在册（含暂停）的农村留守妇女，最近和下次探访（规划 二(五)策12 定期探访）。"""
    return await women.page(work, asked, cursor, limit)


@router.get("/totals", operation_id="count_ledger", summary="台账合计", response_model=Totals)
async def count_ledger(work: Reading, asked: FilterDep) -> Any:
    """与清单相同条件的合计。"""
    return await women.totals(work, asked)


@router.get(
    "/villages", operation_id="list_ledger_villages", summary="摸底进度", response_model=Villages
)
async def list_villages(work: Reading, area: Within, year: Year) -> Any:
    """各村（居）一个年度的摸底排查：在册、已摸底、是否签报。只计本人能看到的案件。"""
    return {"items": await women.villages(work, area, year), "signs_in": surveys.signs_in(work)}


@router.get(
    "/compared", operation_id="compare_ledgers", summary="两级台账对照",
    response_model=ComparedTowns,
)  # fmt: skip
async def compare_ledgers(work: Reading, area: Within) -> Any:
    """各镇街最近签报的台账与区级台账一致多少。"""
    return {"items": await sides.compared(work, area)}


@router.get(
    "/differences", operation_id="list_ledger_differences", summary="两级台账差异",
    response_model=Differences,
)  # fmt: skip
async def list_differences(
    work: Reading, area: Within, cursor: Cursor = None, limit: Limit = 50
) -> Any:
    """逐人逐项列出镇街台账与区级台账的不同。"""
    return await sides.differences(work, area, cursor, limit)


@router.post(
    "/towns/{town}/sign", operation_id="sign_ledger", summary="签报镇街台账", response_model=Signed
)
async def sign_ledger(
    work: Annotated[Work, needs(Permission.LEDGER_SIGN)],
    town: Annotated[int, Path(title="镇街（12 位代码）", ge=10**11, lt=10**12)],
) -> Any:
    """镇街核对后签报：把此刻在册的妇女记为镇街台账，供区级核对。"""
    return {"women": await sides.sign(work, town)}


@router.post(
    "/settle", operation_id="settle_ledger", summary="核对区级台账", response_model=Settled
)
async def settle_ledger(
    work: Annotated[Work, needs(Permission.LEDGER_SETTLE)], body: SettleBody
) -> Any:
    """区级逐条采纳镇街的登记，或者退回镇街核实，都要写明理由。"""
    lines = [Line(case_id=one.case_id, signed_id=one.signed_id) for one in body.lines]
    return {"settled": await sides.settle(work, body.area, lines, body.verdict, body.why)}
