"""导出: a list as an Excel file, masked unless there is a reason, sealed, and handed out once."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, model_validator
from pydantic.types import UUID7
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import Working, needs, needs_in_turn
from app.kinds.forms import S0, S1, Whole, Yes
from app.kinds.instruments import Danger
from app.kinds.left_behind_visit.choices import Level
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.papers import file_of
from app.routers.queries import WORD, Area
from app.routers.shown import Shown, shown
from app.services.exports import asking, writing
from app.services.exports.asking import Purpose
from app.services.exports.lists import Asked, Wished
from app.services.ledger import women
from app.services.persons import ledger
from app.services.seeing import listing
from app.services.seeing.listing import Filters

router = APIRouter(prefix="/exports", tags=["导出"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Making = Annotated[Work, needs(Permission.EXPORTS_MAKE)]
MakingInTurn = Annotated[Working, needs_in_turn(Permission.EXPORTS_MAKE)]


class ExportFilters(Body):
    """As in the list of cases."""

    kind: str | None = Field(default=None, title="案件类型", pattern=WORD)
    state: str | None = Field(default=None, title="状态", pattern=WORD)
    area: Annotated[Whole, Field(ge=10**11, lt=10**12)] | None = Field(default=None, title="地区")
    overdue: Yes | None = Field(default=None, title="是否有逾期事项")
    closed: Yes | None = Field(default=None, title="是否已结案")
    danger: Danger | None = Field(default=None, title="危险等级")


class LedgerFilters(Body):
    """As in the ledger of women left behind."""

    area: Annotated[Whole, Field(ge=10**11, lt=10**12)] | None = Field(default=None, title="地区")
    level: Level | None = Field(default=None, title="需求等级")
    state: Literal["active", "suspended"] | None = Field(default=None, title="在册或者暂停")
    unvisited: Whole | None = Field(default=None, title="几个月未探访", ge=1, le=60)
    overdue: Yes | None = Field(default=None, title="探访是否逾期")
    abnormal: Yes | None = Field(default=None, title="异常")


class PeopleFilters(Body):
    """As in the ledger of people."""

    area: Annotated[Whole, Field(ge=10**11, lt=10**12)] | None = Field(default=None, title="地区")
    open: Yes | None = Field(default=None, title="只看有未办结案件的")


Named = Annotated[str, Field(pattern=WORD)]


class ExportBody(Body):
    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    filters: ExportFilters = Field(
        default_factory=ExportFilters, title="案件清单的筛选条件，与清单相同"
    )
    ledger: LedgerFilters | None = Field(
        default=None, title="留守妇女台账的筛选条件；填写时导出该台账"
    )
    people: PeopleFilters | None = Field(default=None, title="人员台账的筛选条件；填写时导出该台账")
    columns: list[Named] | None = Field(
        default=None, title="屏幕上所选的列，默认全部", min_length=1, max_length=20
    )
    plain: Yes = Field(default=False, title="明文（姓名、身份证号、电话），默认脱敏")
    purpose: Purpose = Field(title="用途")
    reason: str = Field(title="说明", min_length=4, max_length=500)

    def wished(self) -> Wished:
        columns = None if self.columns is None else frozenset(self.columns)
        return Wished(filters=self._filters(), columns=columns, plain=self.plain)

    def _filters(self) -> Asked:
        if self.people is not None:
            return ledger.Filters(area=self.people.area, open=self.people.open or False)
        if self.ledger is not None:
            return women.Filters(**self.ledger.model_dump(mode="json"))
        return Filters(**self.filters.model_dump(mode="json"))

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.people is not None and self.ledger is not None:
            raise PydanticCustomError("one_of", "一次只能导出一份台账")
        return self


class ExportShown(Shown):
    id: UUID = shown(S1, "编号")
    asked: dict[str, Any] = shown(S1, "筛选条件")
    plain: bool = shown(S1, "明文")
    purpose: str = shown(S1, "用途")
    purpose_title: str = shown(S0, "用途名称")
    total: int = shown(S1, "清单行数")
    written: int = shown(S1, "已写行数")
    status: Literal["running", "ready", "taken", "expired", "failed"] = shown(S1, "状况")
    asked_at: datetime = shown(S1, "申请时间")
    finished_at: datetime | None = shown(S1, "完成时间")
    expires_at: datetime | None = shown(S1, "最晚下载时间")
    sha256: str | None = shown(S1, "文件的 SHA-256")


class NewExport(ExportShown):
    password: str | None = shown(S1, "打开文件的密码，只显示这一次；重发的请求不再显示")


class Exports(Shown):
    items: list[ExportShown] = shown(S1, "导出")


class Count(Shown):
    count: int = shown(S1, "行数")


@router.get("/count", operation_id="count_export", summary="清单行数", response_model=Count)
async def count_export(
    work: Making,
    kind: Annotated[str | None, Query(title="案件类型", pattern=WORD)] = None,
    state: Annotated[str | None, Query(title="状态", pattern=WORD)] = None,
    area: Area = None,
    overdue: Annotated[bool | None, Query(title="是否有逾期事项")] = None,
    closed: Annotated[bool | None, Query(title="是否已结案")] = None,
    danger: Annotated[Danger | None, Query(title="危险等级")] = None,
) -> Any:
    """导出前先看有多少行；范围与清单相同。"""
    level = danger.value if danger else None
    filters = Filters(
        kind=kind, state=state, area=area, overdue=overdue, closed=closed, danger=level
    )
    return {"count": await listing.count(work, filters)}


@router.get(
    "/count/people", operation_id="count_people", summary="人员台账行数", response_model=Count
)
async def count_people(
    work: Making,
    area: Area = None,
    open: Annotated[bool, Query(title="只看有未办结案件的")] = False,
) -> Any:
    """导出前先看有多少人；范围与人员台账相同。"""
    return {"count": await ledger.count(work, ledger.Filters(area=area, open=open))}


@router.post(
    "", operation_id="ask_export", summary="导出清单", response_model=NewExport, status_code=202
)
async def ask_export(
    request: Request, working: MakingInTurn, body: ExportBody, response: Response
) -> Any:
    """在后台生成，须再次验证身份；密码只在这次回答中给出。"""
    wished = body.wished()
    async with working() as work:
        made, password = await asking.ask(
            work, body.id, wished, purpose=body.purpose, reason=body.reason
        )
    response.headers["cache-control"] = "no-store"
    if password is None:
        response.status_code = 200
    else:
        asked = {"purpose": body.purpose, "password": password}
        _begin(request.app.state.jobs, writing.write(working, body.id, wished, asked))
    return made | {"password": password}


def _begin(jobs: set[asyncio.Task[None]], job: Any) -> None:
    """Let it run beside the requests. Whoever ends the process does not wait for it."""
    task = asyncio.create_task(job)
    jobs.add(task)
    task.add_done_callback(jobs.discard)


@router.get("", operation_id="list_exports", summary="本人的导出", response_model=Exports)
async def list_exports(work: Making) -> Any:
    """最近二十份。"""
    return {"items": await asking.latest(work)}


@router.get(
    "/{export_id}", operation_id="read_export", summary="导出进度", response_model=ExportShown
)
async def read_export(work: Making, export_id: UUID) -> Any:
    """写了多少行，文件是否可以下载。"""
    return await asking.read(work, export_id)


@router.post(
    "/{export_id}/file",
    operation_id="take_export",
    summary="下载导出文件",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def take_export(work: Making, export_id: UUID) -> Response:
    """只能下载一次，下载后即从系统中删除。"""
    content, digest = await asking.take(work, export_id)
    return file_of(content, f"台账-{export_id.hex[-12:]}.xlsx", digest, XLSX)
