"""Registers of days: signed surveys of left-behind women, holidays of the district."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, FastAPI, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncEngine

from app.access import Work
from app.deps import EngineDep, needs
from app.kinds.forms import S0, S1, Whole, Yes
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.preconditions import (
    IfMatch,
    IfNoneMatch,
    tag,
    tag_or_none,
)
from app.routers.shown import Shown, shown
from app.services.district import calendar, holidays, moved, surveys

router = APIRouter(prefix="/registers", tags=["登记簿"])

EARLIEST, LATEST = date(1949, 10, 1), date(2100, 1, 1)
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
FIRST_ROUND = date(2020, 1, 1)
"""The rounds that the ledger shows begin with the year before the plan (规划 2021—2030)."""
AreaCode = Annotated[Whole, Field(ge=10**11, lt=10**12)]


class SurveyBody(Body):
    village: AreaCode = Field(title="村（居）（12 位代码）")
    signed_on: date = Field(title="签字上报日期", ge=FIRST_ROUND, le=LATEST)


class SurveyShown(Shown):
    id: int = shown(S1, "编号")
    village: int = shown(S0, "村（居）")
    signed_on: date = shown(S0, "签字上报日期")
    recorded_at: datetime = shown(S1, "系统记录时间")


@router.post("/surveys", response_model=SurveyShown, status_code=201)
async def sign_survey(
    work: Annotated[Work, needs(Permission.SURVEYS_SIGN)], body: SurveyBody, response: Response
) -> SurveyShown:
    """签报一个村（居）的农村留守妇女摸底排查；同村同日只记一次。"""
    row, new = await surveys.sign(work, body.village, body.signed_on)
    response.status_code = 201 if new else 200
    return SurveyShown.model_validate(row)


class HolidayBody(Body):
    is_working: Yes = Field(title="上班（调休）")
    name: str = Field(title="名称", min_length=1, max_length=50)
    source: str = Field(title="依据文件", min_length=1, max_length=100)


class HolidayShown(Shown):
    day: date = shown(S0, "日期")
    is_working: bool = shown(S0, "上班（调休）")
    name: str = shown(S0, "名称")
    source: str = shown(S0, "依据文件")


class Holidays(Shown):
    items: list[HolidayShown] = shown(S0, "本区在国家放假安排之外标注的日子")


@router.get("/holidays", response_model=Holidays)
async def list_holidays(
    work: Annotated[Work, needs(Permission.REGISTERS_READ)],
    year: Annotated[int | None, Query(title="年份", ge=1949, le=2100)] = None,
) -> Holidays:
    rows = await holidays.marked(work, year)
    return Holidays(items=[HolidayShown.model_validate(row) for row in rows])


class MovedShown(Shown):
    kind: str = shown(S0, "案件类型")
    title: str = shown(S0, "期限名称")
    term: str = shown(S0, "多久")
    basis: str = shown(S0, "依据")
    starts_on: date = shown(S0, "从哪天起算")
    before: date = shown(S0, "按现有日历到期")
    after: date = shown(S0, "标注后到期")


class HolidayMoves(Shown):
    items: list[MovedShown] = shown(S0, "到期日会变的期限")


Marked = Annotated[date, Path(ge=EARLIEST, le=LATEST)]


@router.get("/holidays/{day}", response_model=HolidayShown)
async def read_holiday(
    work: Annotated[Work, needs(Permission.REGISTERS_READ)], day: Marked, response: Response
) -> HolidayShown:
    """一天的标注；没有标注的为 404。"""
    return _marked(await holidays.load(work, day), response)


@router.get("/holidays/{day}/moves", response_model=HolidayMoves)
async def preview_holiday(
    work: Annotated[Work, needs(Permission.HOLIDAYS_KEEP)],
    day: Marked,
    is_working: Annotated[bool | None, Query(title="上班（调休）；撤销标注则不填")] = None,
) -> HolidayMoves:
    """标注或撤销标注以前查看：哪些期限会改在另一天到期，各举一例；已经起算、未到期的同样改期。"""
    found = moved.moved(work.kinds, work.holidays, day, is_working=is_working)
    return HolidayMoves(items=[MovedShown(**vars(one)) for one in found])


@router.put("/holidays/{day}", response_model=HolidayShown)
async def mark_holiday(
    work: Annotated[Work, needs(Permission.HOLIDAYS_KEEP)],
    engine: EngineDep,
    day: Marked,
    body: HolidayBody,
    request: Request,
    response: Response,
    after: BackgroundTasks,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> HolidayShown:
    """标注一天放假或者上班（系统管理员）；之后起算的期限按新的日历计算，已经起算、未到期的
    随即改期（民法典 203）。第一次标注带 If-None-Match: *，修改带 If-Match。"""
    seen = tag_or_none(if_match, if_none_match)
    row = await holidays.mark(
        work, day, seen, is_working=body.is_working, name=body.name, source=body.source
    )
    after.add_task(_read_again, request.app, engine)
    return _marked(row, response)


@router.post("/holidays/{day}/remove", status_code=204)
async def take_holiday_back(
    work: Annotated[Work, needs(Permission.HOLIDAYS_KEEP)],
    engine: EngineDep,
    day: Marked,
    request: Request,
    after: BackgroundTasks,
    if_match: IfMatch = None,
) -> None:
    """撤销标注，这一天恢复国家的放假安排；期限随之改期。"""
    await holidays.take_back(work, day, tag_or_none(if_match, None))
    after.add_task(_read_again, request.app, engine)


async def _read_again(app: FastAPI, engine: AsyncEngine) -> None:
    """After the answer, so after the commit: what others did not yet see is no calendar."""
    app.state.holidays = await calendar.load(engine)


def _marked(row: Any, response: Response) -> HolidayShown:
    tag(response, holidays.tag_of(row))
    return HolidayShown.model_validate(row)
