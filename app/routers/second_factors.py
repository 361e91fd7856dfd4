"""Second factors: enrolling one, and showing it before what needs it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.access import Work
from app.deps import needs
from app.kinds.forms import Sight
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services import accounts, second_factors

router = APIRouter(prefix="/auth", tags=["登录与账号"])

Own = Annotated[Work, needs(Permission.SELF)]


class Typed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Code = Annotated[SecretStr, Field(title="验证码或恢复码", min_length=6, max_length=64)]


class NewTotp(Typed):
    """A new authenticator."""

    name: str = Field(title="名称", min_length=1, max_length=60, examples=["工作手机"])


class Answer(Typed):
    """What was read from the device, or a recovery code."""

    code: Code


class Enrolment(Shown):
    """For the authenticator app: shown once."""

    id: UUID = shown(Sight.S0, "编号")
    secret: str = shown(Sight.S1, "密钥（Base32）")
    uri: str = shown(Sight.S1, "二维码内容")


class Codes(Shown):
    """Shown once."""

    recovery_codes: list[str] = shown(Sight.S1, "恢复码，每个限用一次")


@router.post(
    "/second-factors/totp", operation_id="begin_totp", summary="绑定验证器", status_code=201
)
async def begin_totp(work: Own, typed: NewTotp) -> Enrolment:
    """生成新的密钥，确认后生效。已有第二验证方式的，须先确认本人；没有的，须刚登录不久。"""
    return Enrolment.model_validate(await second_factors.begin_totp(work, typed.name))


@router.post(
    "/second-factors/totp/{factor_id}/confirm", operation_id="confirm_totp", summary="确认验证器"
)
async def confirm_totp(work: Own, factor_id: UUID, typed: Answer) -> Codes:
    """用验证器上的验证码确认绑定。首次绑定时给出恢复码，只显示这一次。"""
    code = typed.code.get_secret_value()
    return Codes(recovery_codes=await second_factors.confirm_totp(work, factor_id, code))


@router.post("/recovery-codes", operation_id="new_recovery_codes", summary="更换恢复码")
async def new_recovery_codes(work: Own) -> Codes:
    """给出一组新的恢复码，只显示这一次；原有的恢复码作废。须先确认本人。"""
    await accounts.need_second_factor(work)
    return Codes(recovery_codes=await second_factors.new_recovery_codes(work))


@router.post("/step-up", operation_id="step_up", summary="确认本人", status_code=204)
async def step_up(work: Own, typed: Answer) -> None:
    """用第二验证方式确认本人，5 分钟内有效。每个验证码只能用一次。"""
    await second_factors.step_up(work, typed.code.get_secret_value())
