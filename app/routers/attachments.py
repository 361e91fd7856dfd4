"""Files of cases. Nothing here is shown by a browser on its own: pages fetch a picture and draw it,
an original is taken away."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import Working, needs, needs_in_turn
from app.kinds.attachments import AttachmentWithdrawn, FileAnswers
from app.kinds.forms import S1, S2, S3
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.routers.typed import CommandBody, ReceiptShown
from app.routers.vault import Reason
from app.services.files import apart, attachments
from app.services.files.attachments import Content
from app.services.rows.commands import Receipt

router = APIRouter(prefix="/cases/{case_id}/attachments", tags=["附件"])


LONGEST = apart.MOST * 7 // 5
"""Characters of base64: what is a little too large is told so, what is much too large stays out."""


def _from_base64(text: Any) -> bytes:
    try:
        if isinstance(text, str) and len(text) <= LONGEST:
            return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise PydanticCustomError("base64", "不是有效的 base64")


Base64 = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "maxLength": LONGEST}),
]


class PhotoBody(CommandBody):
    """What a phone's letter says of the photo behind it."""

    answers: FileAnswers = Field(title="关于文件")


class AttachBody(PhotoBody):
    content: Base64 = Field(title="文件内容（base64），最大 10 MB", repr=False)


class WithdrawBody(CommandBody):
    reason: str = Field(title="撤回理由", min_length=5, max_length=500)


class OriginalBody(Body):
    reason: Reason


class AttachmentShown(Shown):
    """A file, as far as its reader reads; `open` says whether she may see it."""

    id: UUID = shown(S1, "附件编号")
    what: str = shown(S1, "类别")
    what_title: str = shown(S1, "类别名称")
    title: str | None = shown(S3, "说明")
    media_type: str = shown(S1, "文件类型")
    size: int = shown(S1, "字节数")
    width: int | None = shown(S1, "宽（像素）")
    height: int | None = shown(S1, "高（像素）")
    sha256: str | None = shown(S2, "原件 SHA-256")
    account_id: int = shown(S1, "提交人账号")
    account: str | None = shown(S1, "提交人")
    recorded_at: datetime = shown(S1, "提交时间")
    withdrawn_at: datetime | None = shown(S1, "撤回时间")
    open: bool = shown(S1, "本人可以查看")
    has_picture: bool = shown(S1, "是图片，可以直接查看")


class AttachmentPage(Shown):
    """The newest first; `next` is the cursor of the page that follows."""

    items: list[AttachmentShown] = shown(S1, "附件")
    next: str | None = shown(S1, "下一页")


@router.post(
    "",
    operation_id="attach",
    summary="提交附件",
    status_code=201,
    response_model=ReceiptShown,
)
async def attach(
    working: Annotated[Working, needs_in_turn(Permission.CASES_WRITE)],
    case_id: UUID,
    body: AttachBody,
    response: Response,
) -> Receipt:
    """接收图片（JPEG、PNG、WebP）、PDF、Word 文档（.docx）和录音，按内容判断类型。

    原件加密保存，并记录 SHA-256。
    """
    file = await apart.inspect(body.content)
    async with working() as work:
        receipt = await attachments.attach(work, case_id, body.command(body.answers), file)
    if receipt.repeated:
        response.status_code = 200
    return receipt


@router.get("", operation_id="list_attachments", summary="附件", response_model=AttachmentPage)
async def list_attachments(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    case_id: UUID,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """案件的附件；超出本人可见等级的不显示说明，也不能查看。"""
    return await attachments.page(work, case_id, cursor, limit)


BYTES = {"schema": {"type": "string", "format": "binary"}}
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": BYTES}}}
ORIGINAL: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": BYTES}}}


@router.get(
    "/{attachment_id}/picture",
    operation_id="read_attachment_picture",
    summary="查看附件图片",
    response_class=Response,
    responses=PICTURE,
)
async def read_picture(
    work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID, attachment_id: UUID
) -> Response:
    """重新绘制的图片，不含拍摄地点等信息；每次查看都会留下记录。"""
    return _answer(await attachments.picture(work, case_id, attachment_id))


@router.post(
    "/{attachment_id}/original",
    operation_id="read_attachment_original",
    summary="下载附件原件",
    response_class=Response,
    responses=ORIGINAL,
)
async def read_original(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    case_id: UUID,
    attachment_id: UUID,
    body: OriginalBody,
) -> Response:
    """须说明理由，并在五分钟内用第二验证方式确认过本人；只能下载，每次都会留下记录。"""
    found = await attachments.original(work, case_id, attachment_id, body.reason)
    return _answer(found, "application/octet-stream")


@router.post(
    "/{attachment_id}/withdraw",
    operation_id="withdraw_attachment",
    summary="撤回附件",
    response_model=ReceiptShown,
)
async def withdraw(
    work: Annotated[Work, needs(Permission.CASES_WRITE)],
    case_id: UUID,
    attachment_id: UUID,
    body: WithdrawBody,
) -> Receipt:
    """由提交人或主管人员撤回，须说明理由；撤回后不再显示，原件仍加密保存。"""
    answers = AttachmentWithdrawn(attachment_id=attachment_id, reason=body.reason)
    return await attachments.withdraw(work, case_id, attachment_id, body.command(answers))


def _answer(found: Content, media_type: str | None = None) -> Response:
    return Response(
        found.content,
        media_type=media_type or found.media_type,
        headers={
            "content-disposition": f'attachment; filename="{found.name}"',
            "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        },
    )
