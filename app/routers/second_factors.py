"""Second factors: enrolling one, and showing it before what needs it."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.forms import Sight
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services.identity import accounts, enrolling, second_factors

router = APIRouter(prefix="/auth", tags=["登录与账号"])

Own = Annotated[Work, needs(Permission.SELF)]


class Typed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Code = Annotated[SecretStr, Field(title="验证码或恢复码", min_length=6, max_length=64)]


Passkey = Annotated[dict[str, Any], Field(title="通行密钥的回答（PublicKeyCredential）")]


class NewTotp(Typed):
    """A new authenticator."""

    name: str = Field(title="名称", min_length=1, max_length=60, examples=["工作手机"])


class NewPasskey(Typed):
    """A passkey the browser has made."""

    name: str = Field(title="名称", min_length=1, max_length=60, examples=["办公电脑"])
    passkey: Passkey


class TotpCode(Typed):
    """What was read from the device."""

    code: Code


class NewName(Typed):
    """Another name."""

    name: str = Field(title="名称", min_length=1, max_length=60, examples=["新手机"])


class Answer(Typed):
    """What was read from the device, a recovery code, or what a passkey answered."""

    code: Code | None = None
    passkey: Passkey | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.passkey is None):
            raise PydanticCustomError("one_answer", "请填写验证码或使用通行密钥，二者选一")
        return self


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
    """生成新的密钥，确认后生效。已有第二验证方式的，须先确认本人；没有的，须刚登录不久，
    角色须有第二验证方式的，还须以启用码登录。"""
    return Enrolment.model_validate(await enrolling.begin_totp(work, typed.name))


@router.post(
    "/second-factors/totp/{factor_id}/confirm", operation_id="confirm_totp", summary="确认验证器"
)
async def confirm_totp(work: Own, factor_id: UUID, typed: TotpCode) -> Codes:
    """用验证器上的验证码确认绑定。首次绑定时给出恢复码，只显示这一次。"""
    code = typed.code.get_secret_value()
    return Codes(recovery_codes=await enrolling.confirm_totp(work, factor_id, code))


class SecondFactorShown(Shown):
    """One's own second factor; its secret is never shown again."""

    id: UUID = shown(Sight.S0, "编号")
    kind: str = shown(Sight.S1, "方式：totp 验证器，passkey 通行密钥")
    name: str = shown(Sight.S1, "名称")
    confirmed_at: datetime = shown(Sight.S1, "绑定时间")


class SecondFactors(Shown):
    """Oldest first. Nobody has more than a few, so there are no pages."""

    items: list[SecondFactorShown] = shown(Sight.S1, "第二验证方式")


@router.get("/second-factors", operation_id="list_second_factors", summary="本人的第二验证方式")
async def list_second_factors(work: Own) -> SecondFactors:
    """本人已绑定的验证器和通行密钥。"""
    items = [
        SecondFactorShown(id=r.id, kind=r.kind, name=r.name, confirmed_at=r.confirmed_at)
        for r in await enrolling.listed(work)
    ]
    return SecondFactors(items=items)


@router.post(
    "/second-factors/{factor_id}/rename",
    operation_id="rename_second_factor",
    summary="更改第二验证方式的名称",
    status_code=204,
)
async def rename_second_factor(work: Own, factor_id: UUID, typed: NewName) -> None:
    """名称只供本人辨认。"""
    await enrolling.rename(work, factor_id, typed.name)


@router.post(
    "/second-factors/{factor_id}/remove",
    operation_id="remove_second_factor",
    summary="移除第二验证方式",
    status_code=204,
)
async def remove_second_factor(work: Own, factor_id: UUID) -> None:
    """须先确认本人。角色须有第二验证方式的，不能移除最后一个；移除最后一个时恢复码作废。"""
    await enrolling.remove(work, factor_id)


class PasskeyOptions(Shown):
    """What the browser needs, for navigator.credentials."""

    options: dict[str, Any] = shown(Sight.S1, "publicKey")


@router.post(
    "/second-factors/passkey/options",
    operation_id="begin_passkey",
    summary="绑定通行密钥：第一步",
)
async def begin_passkey(work: Own) -> PasskeyOptions:
    """给出浏览器新建通行密钥所需的内容，5 分钟内有效。条件与绑定验证器相同。"""
    return PasskeyOptions(options=await enrolling.begin_passkey(work))


@router.post("/second-factors/passkey", operation_id="confirm_passkey", summary="绑定通行密钥")
async def confirm_passkey(work: Own, typed: NewPasskey) -> Codes:
    """提交浏览器新建的通行密钥。首次绑定第二验证方式时给出恢复码，只显示这一次。"""
    codes = await enrolling.confirm_passkey(work, typed.name, typed.passkey)
    return Codes(recovery_codes=codes)


@router.post(
    "/step-up/passkey-options", operation_id="request_passkey", summary="用通行密钥确认本人：第一步"
)
async def request_passkey(work: Own) -> PasskeyOptions:
    """给出浏览器验证通行密钥所需的内容，5 分钟内有效。"""
    asked = await second_factors.passkey_request(work.connection, work.actor.account_id)
    return PasskeyOptions(options=asked)


@router.post("/recovery-codes", operation_id="new_recovery_codes", summary="更换恢复码")
async def new_recovery_codes(work: Own) -> Codes:
    """给出一组新的恢复码，只显示这一次；原有的恢复码作废。须先确认本人。"""
    await accounts.need_second_factor(work)
    return Codes(recovery_codes=await second_factors.new_recovery_codes(work))


@router.post("/step-up", operation_id="step_up", summary="确认本人", status_code=204)
async def step_up(work: Own, typed: Answer) -> None:
    """用第二验证方式确认本人，5 分钟内有效。每个验证码只能用一次。"""
    answer = typed.code.get_secret_value() if typed.code else typed.passkey
    await second_factors.step_up(work, answer or {})
