"""调解日程: rooms, and who mediates whom when."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, Field
from pydantic.types import UUID7

from app.access import Work
from app.deps import needs
from app.errors import Invalid
from app.kinds.forms import S0, S1, S2, Moment, Whole
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.acting import return_visits, sittings
from app.services.acting.sittings import Wanted
from app.services.district import rooms

router = APIRouter(tags=["调解日程"])

LONGEST = timedelta(days=31)


class RoomShown(Shown):
    id: int = shown(S1, "调解室编号")
    organisation_id: int = shown(S1, "调委会编号")
    organisation: str = shown(S0, "人民调解委员会")
    name: str = shown(S0, "调解室")


class Rooms(Shown):
    items: list[RoomShown] = shown(S0, "调解室")


class RoomBody(Body):
    organisation_id: Whole = Field(title="人民调解委员会")
    name: str = Field(title="调解室名称", min_length=1, max_length=40)


class SittingBody(Body):
    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    case_id: UUID = Field(title="案件编号")
    room_id: Whole = Field(title="调解室")
    mediator_id: Whole = Field(title="调解员")
    starts_at: Moment = Field(title="开始时间")
    ends_at: Moment = Field(title="结束时间")
    arrives_a: Moment = Field(title="当事人甲到场时间")
    arrives_b: Moment = Field(title="当事人乙到场时间")


class SittingShown(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    room_id: int = shown(S1, "调解室编号")
    room: str = shown(S0, "调解室")
    mediator_id: int = shown(S1, "调解员账号")
    mediator: str = shown(S1, "调解员")
    starts_at: datetime = shown(S1, "开始时间")
    ends_at: datetime = shown(S1, "结束时间")
    arrives_a: datetime = shown(S1, "当事人甲到场时间")
    arrives_b: datetime = shown(S1, "当事人乙到场时间")
    apart: bool = shown(S1, "须分开到场")
    recused: bool = shown(S1, "原定调解员不能调解本案，须另行安排")
    party_a: str | None = shown(S2, "当事人甲（只显示姓）")
    party_b: str | None = shown(S2, "当事人乙（只显示姓）")


class TakenShown(Shown):
    """A sitting out of sight: that its room and its mediator are not free."""

    room_id: int = shown(S1, "调解室编号")
    mediator_id: int = shown(S1, "调解员账号")
    starts_at: datetime = shown(S1, "开始时间")
    ends_at: datetime = shown(S1, "结束时间")


class Docket(Shown):
    items: list[SittingShown] = shown(S1, "安排")
    taken: list[TakenShown] = shown(S1, "本人看不到的安排占用的时段（只对调解员显示）")
    more: bool = shown(S1, "不止这些，请缩短时间范围")


class VisitShown(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    state_title: str = shown(S1, "案件状态")
    round: int = shown(S1, "第几次")
    due_at: datetime = shown(S1, "期限")
    made_at: datetime | None = shown(S1, "回访时间，尚未回访的为空")
    overdue: bool = shown(S1, "已逾期")
    can_record: bool = shown(S1, "本人可以登记回访")
    party_a: str | None = shown(S2, "当事人甲（只显示姓）")
    party_b: str | None = shown(S2, "当事人乙（只显示姓）")


class Visits(Shown):
    items: list[VisitShown] = shown(S1, "回访，期限最早的在前")
    next: str | None = shown(S1, "下一页；没有下一页时为空")


@router.get("/docket", operation_id="read_docket", summary="调解日程", response_model=Docket)
async def read_docket(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    since: Annotated[AwareDatetime, Query(title="从")],
    until: Annotated[AwareDatetime, Query(title="到（最多 31 天）")],
) -> Any:
    """本人范围内的调解安排，最早的在前。"""
    _check(since, until)
    return await sittings.docket(work, since, until)


@router.get(
    "/docket/visits", operation_id="list_return_visits", summary="协议回访", response_model=Visits
)
async def list_return_visits(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    since: Annotated[AwareDatetime, Query(title="从")],
    until: Annotated[AwareDatetime, Query(title="到（最多 31 天）")],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """协议的回访（调解法 31）：到这段时间为止应当回访而尚未回访的，以及这段时间内已经回访的。"""
    _check(since, until)
    wanted = return_visits.Filters(since=since, until=until)
    return asdict(await return_visits.page(work, wanted, cursor, limit))


def _check(since: datetime, until: datetime) -> None:
    if not timedelta() < until - since <= LONGEST:
        problem = {"field": "until", "message": "应晚于开始，最多 31 天"}
        raise Invalid("时间范围有误", [problem])


class MediatorChoice(Shown):
    id: int = shown(S1, "账号")
    display_name: str = shown(S1, "姓名")
    recused: bool = shown(S1, "不能调解本案")


class MediatorChoices(Shown):
    items: list[MediatorChoice] = shown(S1, "调解员")


@router.get(
    "/docket/mediators",
    operation_id="list_sitting_mediators",
    summary="可以指定的调解员",
    response_model=MediatorChoices,
)
async def list_sitting_mediators(
    work: Annotated[Work, needs(Permission.CASES_WRITE)],
    case_id: Annotated[UUID, Query(title="案件编号")],
) -> Any:
    """承办本案的调委会的调解员；须回避的标明不能调解本案，不说明原因。"""
    return {"items": await sittings.mediators(work, case_id)}


@router.post(
    "/docket",
    operation_id="arrange_sitting",
    summary="安排调解",
    status_code=201,
    response_model=None,
)
async def arrange_sitting(
    work: Annotated[Work, needs(Permission.CASES_WRITE)], body: SittingBody, response: Response
) -> None:
    """房间、调解员和案件都不能同时有两项安排（room-taken、mediator-taken、case-taken）；有家庭暴力情形的，双方须分开到场；有危险的，不得安排；调解员须回避的，请另选（mediator-recused）。"""
    given = body.model_dump(exclude={"id", "case_id"})
    if not await sittings.arrange(work, body.id, body.case_id, Wanted(**given)):
        response.status_code = 200


@router.post(
    "/docket/{sitting_id}/cancel",
    operation_id="cancel_sitting",
    summary="取消安排",
    status_code=204,
)
async def cancel_sitting(
    work: Annotated[Work, needs(Permission.CASES_WRITE)], sitting_id: UUID
) -> None:
    """取消后时段空出，记录保留。"""
    await sittings.cancel(work, sitting_id)


@router.get("/registers/rooms", operation_id="list_rooms", summary="调解室", response_model=Rooms)
async def list_rooms(work: Annotated[Work, needs(Permission.REGISTERS_READ)]) -> Any:
    """在用的调解室。"""
    return {"items": [_room(row) for row in await rooms.find(work)]}


@router.post(
    "/registers/rooms",
    operation_id="add_room",
    summary="登记调解室",
    status_code=201,
    response_model=RoomShown,
)
async def add_room(
    work: Annotated[Work, needs(Permission.ROOMS_KEEP)], body: RoomBody, response: Response
) -> Any:
    """本调委会和司法局登记；同名的不重复登记。"""
    row, new = await rooms.add(work, body.organisation_id, body.name)
    response.status_code = 201 if new else 200
    return _room(row)


@router.post(
    "/registers/rooms/{room_id}/close",
    operation_id="close_room",
    summary="停用调解室",
    status_code=204,
)
async def close_room(
    work: Annotated[Work, needs(Permission.ROOMS_KEEP)],
    room_id: Annotated[int, Path(ge=1, lt=2**63)],
) -> None:
    """停用后不再安排；已有的安排不变。"""
    await rooms.close(work, room_id)


def _room(row: Any) -> RoomShown:
    return RoomShown(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        name=row.name,
    )
