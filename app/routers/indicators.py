"""The board: figures of an area and period, the cases behind them, trends and rankings."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query

from app.access import Work
from app.clock import Period, parse_period
from app.deps import needs
from app.errors import Invalid
from app.kinds.forms import S0, S1
from app.kinds.measures import Register
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services.figures import indicators
from app.services.figures.indicators import Line, Point
from app.services.figures.lists import Side

router = APIRouter(prefix="/indicators", tags=["指标"])

AreaQuery = Annotated[int, Query(title="地区（12 位代码）", ge=10**11, lt=10**12)]
PeriodQuery = Annotated[
    str, Query(title="统计期", description="2026、2026Q1 或 2026-03", max_length=7)
]
CodePath = Annotated[str, Path(title="指标编号", max_length=20)]


class TargetShown(Shown):
    """The target of the plan that a figure answers."""

    code: str = shown(S0, "规划指标编号")
    text: str = shown(S0, "目标")
    direction: str = shown(S0, "方向")


class FigureShown(Shown):
    """A figure. `value` is null where there is nothing to divide by, and nothing is shown of a
    figure with a count of 1 to 4 whose cases are not all open to the reader."""

    numerator: float | None = shown(S0, "分子")
    denominator: int | None = shown(S0, "分母")
    value: float | None = shown(S0, "数值")
    suppressed: bool = shown(S0, "因数量过小不显示")
    text: str | None = shown(S0, "代替数值的文字")


class IndicatorShown(FigureShown):
    """One line of the board."""

    code: str = shown(S0, "指标编号")
    title: str = shown(S0, "指标名称")
    unit: str = shown(S0, "单位")
    rule: str | None = shown(S0, "计算口径")
    clause: str | None = shown(S0, "规划条款")
    source: Literal["cases", "registers", "department"] = shown(S0, "数据来源")
    kind: str | None = shown(S0, "案件类型")
    department: str | None = shown(S0, "报送部门")
    target: TargetShown | None = shown(S0, "规划目标")


class Board(Shown):
    area: int = shown(S0, "地区")
    period: str = shown(S0, "统计期")
    label: str = shown(S0, "统计期名称")
    items: list[IndicatorShown] = shown(S0, "指标")


class CaseBehind(Shown):
    """One member of a figure: an event or a clock of a case."""

    case_id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    at: datetime = shown(S1, "计入统计的时间")
    due_at: datetime | None = shown(S1, "期限届满时间")
    met_at: datetime | None = shown(S1, "完成时间")
    value: float | None = shown(S1, "数值")
    counted: bool = shown(S1, "是否计入分子")


class EntryBehind(Shown):
    """An organisation or an area behind a figure of registers."""

    area: int = shown(S0, "地区")
    name: str = shown(S0, "名称")
    counted: bool = shown(S0, "是否计入分子")


class BehindShown(Shown):
    """What is behind a figure: `yours` of `total` are open to the reader."""

    total: int | None = shown(S0, "总数")
    suppressed: bool = shown(S0, "因数量过小不显示")
    yours: int = shown(S1, "您可查看的数量")
    items: list[CaseBehind] = shown(S1, "案件")
    entries: list[EntryBehind] = shown(S0, "单位或地区")
    next_cursor: str | None = shown(S1, "下一页")


class PointShown(FigureShown):
    """A month, or an area with its rank."""

    key: str = shown(S0, "月份或地区代码")
    name: str = shown(S0, "名称")
    rank: int | None = shown(S0, "排名")


class Points(Shown):
    code: str = shown(S0, "指标编号")
    items: list[PointShown] = shown(S0, "数值")


@router.get("", operation_id="list_indicators", summary="指标看板")
async def list_indicators(
    work: Annotated[Work, needs(Permission.INDICATORS_READ)], area: AreaQuery, period: PeriodQuery
) -> Board:
    """一个地区一个统计期的全部指标，含须由部门报送的指标。"""
    asked = _period(period)
    lines = await indicators.board(work, area, asked)
    return Board(
        area=area, period=asked.code, label=asked.label, items=[_line(line) for line in lines]
    )


@router.get("/{code}/cases", operation_id="list_indicator_cases", summary="指标背后的案件")
async def list_indicator_cases(
    work: Annotated[Work, needs(Permission.INDICATORS_READ)],
    code: CodePath,
    area: AreaQuery,
    period: PeriodQuery,
    side: Annotated[Side, Query(title="分子或分母")] = "numerator",
    cursor: Annotated[str | None, Query(title="分页位置", max_length=200)] = None,
    limit: Annotated[int, Query(title="每页数量", ge=1, le=200)] = 50,
) -> BehindShown:
    """只列出本人可以打开的案件；登记类指标列出单位或地区名称。"""
    found = await indicators.behind(work, code, area, _period(period), side, cursor, limit)
    return BehindShown(
        total=found.total,
        suppressed=found.suppressed,
        yours=found.yours,
        items=[CaseBehind.model_validate(_case(row)) for row in found.cases],
        entries=[EntryBehind.model_validate(entry) for entry in found.entries],
        next_cursor=found.next_cursor,
    )


@router.get("/{code}/trend", operation_id="show_indicator_trend", summary="指标逐月走势")
async def show_indicator_trend(
    work: Annotated[Work, needs(Permission.INDICATORS_READ)],
    code: CodePath,
    area: AreaQuery,
    year: Annotated[int, Query(title="年份", ge=2016, lt=2100)],
    by: Annotated[Literal["month"], Query(title="间隔")] = "month",
) -> Points:
    """一年十二个月的数值；尚未到来的月份为空。"""
    return _points(code, await indicators.trend(work, code, area, year))


@router.get("/{code}/areas", operation_id="rank_indicator_areas", summary="指标分地区排名")
async def rank_indicator_areas(
    work: Annotated[Work, needs(Permission.INDICATORS_READ)],
    code: CodePath,
    area: AreaQuery,
    period: PeriodQuery,
) -> Points:
    """下一级各地区的数值，由高到低。"""
    return _points(code, await indicators.by_area(work, code, area, _period(period)))


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except ValueError as error:
        raise Invalid(str(error), [{"field": "period", "message": str(error)}]) from None


def _line(line: Line) -> IndicatorShown:
    target, bound = line.target, line.bound
    one = bound.indicator if bound else None
    return IndicatorShown(
        **vars(line.figure),
        code=line.code,
        title=one.title if one else target.title if target else line.code,
        unit=one.unit if one else target.unit if target else "",
        rule=one.rule if one else None,
        clause=one.clause if one else None,
        source=_source(line),
        kind=bound.kind if bound else None,
        department=target.department if target and not bound else None,
        target=TargetShown.model_validate(target) if target else None,
    )


def _source(line: Line) -> Literal["cases", "registers", "department"]:
    if line.bound is None:
        return "department"
    return "registers" if isinstance(line.bound.indicator.measure, Register) else "cases"


def _case(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in CaseBehind.model_fields}


def _points(code: str, points: list[Point]) -> Points:
    items = [PointShown(**vars(p.figure), key=p.key, name=p.name, rank=p.rank) for p in points]
    return Points(code=code, items=items)
