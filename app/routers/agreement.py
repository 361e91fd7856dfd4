"""协议: read in large letters, signed on the screen by one after the other, printed."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.attachments import SignatureAnswers
from app.kinds.forms import S1, S2, S3
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.shown import Shown, shown
from app.routers.typed import CommandBody, ReceiptShown
from app.services.papers import signing
from app.services.rows.commands import Receipt

router = APIRouter(prefix="/cases/{case_id}/agreement", tags=["调解协议"])

FEWEST, MOST_POINTS = 12, 6000
"""Points of a signature: fewer are a slip of the hand, more are no signature."""


class PenPoint(Body):
    """Where the pen was, in pixels of the field, how hard it pressed, and when (milliseconds)."""

    x: float = Field(title="横坐标", ge=0, le=4096)
    y: float = Field(title="纵坐标", ge=0, le=4096)
    pressure: float = Field(title="压力", ge=0, le=1)
    time: int = Field(title="时间（毫秒）", ge=0, le=2**53)


Stroke = Annotated[list[PenPoint], Field(max_length=MOST_POINTS)]


class SignatureBody(CommandBody):
    answers: SignatureAnswers = Field(title="关于签名")
    strokes: list[Stroke] = Field(title="笔迹", min_length=1, max_length=300, repr=False)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        points = sum(len(stroke) for stroke in self.strokes)
        if not FEWEST <= points <= MOST_POINTS:
            raise PydanticCustomError("strokes", "笔迹太短或者太长，请重新签名")
        return self


class SectionShown(Shown):
    title: str = shown(S1, "项目")
    text: str = shown(S3, "内容")


class PenPointShown(Shown):
    x: float = shown(S3, "横坐标")
    y: float = shown(S3, "纵坐标")
    pressure: float = shown(S3, "压力")
    time: int = shown(S3, "时间（毫秒）")


class SignatureShown(Shown):
    id: UUID = shown(S1, "签名编号")
    signed_at: datetime = shown(S1, "签名时间")
    taken_by: str | None = shown(S1, "组织签署的人")
    text_sha256: str = shown(S2, "所签文本的 SHA-256")
    sha256: str = shown(S2, "签名笔迹的 SHA-256")
    holds: bool = shown(S1, "所签文本就是现在的文本；否则已失效")
    strokes: list[list[PenPointShown]] = shown(S3, "笔迹")


class SignerShown(Shown):
    signer: str = shown(S1, "签名人")
    title: str = shown(S1, "签名人身份")
    name: str = shown(S2, "姓名")
    signatures: list[SignatureShown] = shown(S1, "签名，先签的在前")


class AgreementShown(Shown):
    sections: list[SectionShown] = shown(S1, "协议文本")
    sha256: str = shown(S2, "文本的 SHA-256（UTF-8，每项一行：项目：内容）")
    apart: bool = shown(S1, "须分开到场、分别签名")
    open: bool = shown(S1, "现在可以签署")
    signers: list[SignerShown] = shown(S1, "签名人")


@router.get("", operation_id="read_agreement", summary="调解协议书", response_model=AgreementShown)
async def read_agreement(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """书面协议的现有文本、摘要和签名；文本改动以后，先前的签名失效。不含任何一方的住址和电话。"""
    return await signing.read(work, case_id)


@router.post(
    "/signatures",
    operation_id="sign_agreement",
    summary="签署调解协议",
    status_code=201,
    response_model=ReceiptShown,
)
async def sign_agreement(
    work: Annotated[Work, needs(Permission.CASES_WRITE)],
    case_id: UUID,
    body: SignatureBody,
    response: Response,
) -> Receipt:
    """当事人先后在屏幕上签名，调解员最后签名；签名与文本摘要、签名人、时间绑定，加密保存。"""
    strokes = [[point.model_dump() for point in stroke] for stroke in body.strokes]
    receipt = await signing.sign(work, case_id, body.command(body.answers), strokes)
    if receipt.repeated:
        response.status_code = 200
    return receipt
