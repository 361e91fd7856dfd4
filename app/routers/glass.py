"""Breaking the glass, and what is thought of it afterwards (紧急查阅)."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, SecretStr, model_validator
from pydantic.types import UUID7
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S3
from app.permissions import Permission
from app.roles import Role
from app.routers.bodies import Body
from app.routers.shown import Shown, shown
from app.services.walls import glass
from app.services.walls.glass import GlassVerdict

router = APIRouter(prefix="/glass", tags=["紧急查阅"])


class GlassBody(Body):
    """Which case: by its number, or the newest of whoever has the ID number."""

    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    number: str | None = Field(default=None, title="案号", max_length=40)
    id_number: SecretStr | None = Field(default=None, title="当事人身份证号", max_length=40)
    reason: str = Field(title="紧急查阅的理由", min_length=5, max_length=500)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.number is None) == (self.id_number is None):
            raise PydanticCustomError("one_of", "请填写案号、身份证号中的一项")
        return self


class GlassBroken(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    ends_at: datetime = shown(S1, "可查阅至")


class GlassShown(Shown):
    """One emergency reading."""

    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    account: str = shown(S1, "查阅人")
    organisation: str | None = shown(S1, "单位")
    role: Role = shown(S1, "角色")
    broken_at: datetime = shown(S1, "查阅时间")
    ends_at: datetime = shown(S1, "可查阅至")
    verdict: GlassVerdict | None = shown(S1, "复核意见")


class GlassWithReason(GlassShown):
    reason: str | None = shown(S3, "理由")


class GlassList(Shown):
    items: list[GlassShown] = shown(S0, "待复核的紧急查阅，最早的在前，最多 200 条")


class VerdictOfGlass(Body):
    verdict: GlassVerdict = Field(title="复核意见")
    remark: str | None = Field(default=None, title="说明", max_length=500)


Reviewing = Annotated[Work, needs(Permission.GLASS_REVIEW)]


@router.post("", operation_id="break_glass", summary="紧急查阅", response_model=GlassBroken)
async def break_glass(
    work: Annotated[Work, needs(Permission.GLASS_BREAK)], body: GlassBody
) -> object:
    """查阅一件不在本人工作范围内的案件，60 分钟内有效。须写明理由并确认本人；主管人员逐件复核。"""
    number = body.id_number.get_secret_value() if body.id_number else None
    return await glass.break_glass(work, body.id, body.number, number, body.reason)


@router.get("", operation_id="list_glass", summary="待复核的紧急查阅")
async def list_glass(work: Reviewing) -> GlassList:
    """主管地区内尚未复核的紧急查阅，不含本人的。"""
    return GlassList(items=[GlassShown.model_validate(row) for row in await glass.waiting(work)])


@router.get("/{glass_id}", operation_id="read_glass", summary="一次紧急查阅")
async def read_glass(work: Reviewing, glass_id: UUID) -> GlassWithReason:
    """连同所写的理由。"""
    found = await glass.one(work, glass_id)
    return GlassWithReason(**{n: found[n] for n in GlassWithReason.model_fields})


@router.post(
    "/{glass_id}/verdict", operation_id="judge_glass", summary="复核紧急查阅", status_code=204
)
async def judge_glass(work: Reviewing, glass_id: UUID, body: VerdictOfGlass) -> None:
    """每次紧急查阅只复核一次，不能复核本人的。"""
    await glass.judge(work, glass_id, body.verdict, body.remark)
