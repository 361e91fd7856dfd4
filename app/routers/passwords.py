"""One's own password."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.access import Work
from app.deps import needs
from app.kinds.forms import Sight
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services.identity import accounts, passwords

router = APIRouter(prefix="/auth", tags=["登录与账号"])

Own = Annotated[Work, needs(Permission.SELF)]


class NewPassword(BaseModel):
    """The old password, and the new."""

    model_config = ConfigDict(extra="forbid", strict=True)

    old: SecretStr = Field(title="原密码", min_length=1, max_length=256)
    new: SecretStr = Field(title="新密码", min_length=1, max_length=256)


class PasswordRules(Shown):
    """What a password has to be here."""

    profile: str = shown(Sight.S0, "规则")
    shortest: int = shown(Sight.S0, "最少字符")
    shortest_alone: int = shown(Sight.S0, "最少字符（没有第二验证方式）")
    longest: int = shown(Sight.S0, "最多字符")
    kinds: int = shown(Sight.S0, "最少字符种类")
    days: int | None = shown(Sight.S0, "有效天数")


@router.get("/password-rules", operation_id="read_password_rules", summary="密码规则")
async def read_password_rules(work: Own) -> PasswordRules:
    """本系统对密码的要求。`nist` 只要求长且不易猜；`dengbao` 还要求多种字符并定期更换。"""
    return PasswordRules.model_validate(passwords.rules())


@router.post("/password", operation_id="change_password", summary="修改密码", status_code=204)
async def change_password(work: Own, typed: NewPassword) -> None:
    """本人的其他登录立即失效，以后在各设备上登录按新设备计算。"""
    await accounts.change_password(work, typed.old.get_secret_value(), typed.new.get_secret_value())
