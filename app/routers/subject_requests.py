"""What people ask about their own data, and what they are answered."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic.types import UUID7

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S2, S3, Moment, Yes
from app.kinds.rights import Asked, AskedBy, Refusing
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.preconditions import IfMatch, version_of
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.data_rights import rights

router = APIRouter(tags=["个人信息"])

Asking = Annotated[Work, needs(Permission.RIGHTS_KEEP)]


class RequestBody(Body):
    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    case_id: UUID = Field(title="案件编号")
    person_id: UUID = Field(title="人员编号")
    asked: Asked = Field(title="请求事项")
    asked_by: AskedBy = Field(title="由谁提出")
    received_at: Moment = Field(title="收到时间")
    wish: str = Field(title="请求内容", min_length=1, max_length=2000)


class AnswerBody(Body):
    granted: Yes = Field(title="是否同意")
    refusing: Refusing | None = Field(default=None, title="不予办理的理由（同意的不填）")
    words: str = Field(title="答复内容（告知请求人）", min_length=1, max_length=2000)


class RequestShown(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    person_id: UUID = shown(S1, "人员编号")
    asked: str = shown(S1, "请求事项")
    asked_title: str = shown(S0, "请求事项名称")
    asked_by: str = shown(S1, "由谁提出")
    basis: str = shown(S0, "依据")
    received_at: datetime = shown(S1, "收到时间")
    due_at: datetime = shown(S1, "答复期限")
    overdue: bool = shown(S1, "已逾期")
    granted: bool | None = shown(S1, "是否同意；未答复的为空")
    refusing: str | None = shown(S1, "不予办理的理由")
    refusing_title: str | None = shown(S0, "理由名称")
    answered_at: datetime | None = shown(S1, "答复时间")
    version: int = shown(S1, "版本")


class WholeRequest(RequestShown):
    wish: str | None = shown(S2, "请求内容；案件已依法删除的为空")
    answer: str | None = shown(S2, "答复内容")


class RequestPage(Shown):
    """The earliest due first; `next` is the cursor of the page that follows."""

    items: list[RequestShown] = shown(S1, "请求")
    next: str | None = shown(S1, "下一页")


class OwnFacts(Shown):
    name: str | None = shown(S2, "姓名")
    id_number: str | None = shown(S3, "身份证号")
    birth_on: str | None = shown(S3, "出生日期")
    phone: str | None = shown(S2, "联系电话")
    home_address: str | None = shown(S3, "户籍或常住地址")


class CopyShown(Shown):
    """What is kept about the person who asked, and about nobody else."""

    person: OwnFacts = shown(S2, "本人信息")
    sex: str | None = shown(S1, "性别")
    case_number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    opened_at: datetime = shown(S1, "发生时间")
    roles: list[str] = shown(S1, "在案件中的身份")


@router.post(
    "/subject-requests",
    operation_id="take_down_subject_request",
    summary="登记个人信息请求",
    response_model=RequestShown,
    status_code=201,
)
async def take_down(work: Asking, body: RequestBody, response: Response) -> Any:
    """当事人要求查阅、复制、更正、删除本人信息的，收到后登记；答复期限从收到时起算。"""
    made, new = await rights.take_down(work, **dict(body))
    response.status_code = 201 if new else 200
    return made


@router.get(
    "/subject-requests",
    operation_id="list_subject_requests",
    summary="个人信息请求",
    response_model=RequestPage,
)
async def list_requests(
    work: Asking,
    answered: Annotated[bool, Query(title="包括已答复的")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """本地区的请求，最早到期的在前。"""
    return await rights.page(work, not answered, cursor, limit)


@router.get(
    "/subject-requests/{request_id}",
    operation_id="read_subject_request",
    summary="一项个人信息请求",
    response_model=WholeRequest,
)
async def read_request(work: Asking, request_id: UUID, response: Response) -> Any:
    """请求和答复的内容。"""
    found = await rights.read(work, request_id)
    response.headers["ETag"] = f'"{found["version"]}"'
    return found


@router.post(
    "/subject-requests/{request_id}/answer",
    operation_id="answer_subject_request",
    summary="答复个人信息请求",
    response_model=RequestShown,
)
async def answer_request(
    work: Asking, request_id: UUID, body: AnswerBody, if_match: IfMatch = None
) -> Any:
    """由主管人员答复；不予办理的须选择法定理由并告知本人。同意删除的，同时删除案件中的个人信息。"""
    version = version_of(if_match)
    return await rights.answer(work, request_id, version, body.granted, body.refusing, body.words)


@router.post(
    "/subject-requests/{request_id}/copy",
    operation_id="copy_own_data",
    summary="制作本人信息副本",
    response_model=CopyShown,
)
async def copy_own_data(work: Asking, request_id: UUID, response: Response) -> Any:
    """同意查阅、复制后，制作交给本人的副本：只含本人信息，不含任何他人的信息和保密地址。"""
    response.headers["cache-control"] = "no-store"
    return await rights.copy(work, request_id)
