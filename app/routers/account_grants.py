"""What accounts may do, and the codes with which their owners start: the security administrator."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, SecretStr

from app import clock
from app.access import Held, Work
from app.deps import needs
from app.kinds.forms import S0, S1, Sight
from app.permissions import Permission
from app.roles import Role
from app.routers.account_register import (
    AccountId,
    AccountShown,
    AreaCode,
    Body,
    Inspecting,
    by,
    current,
)
from app.routers.preconditions import IfMatch, version_of
from app.routers.shown import Shown, shown
from app.services.district import areas
from app.services.identity import account_register, accounts, keeping
from app.services.identity.account_register import Comes
from app.services.identity.keeping import Known

router = APIRouter(tags=["账号管理"])

Granting = Annotated[Work, needs(Permission.ACCOUNTS_GRANT)]


class GrantBody(Body):
    role: Role = Field(title="角色", strict=False)
    area: AreaCode
    supervisor: bool = Field(default=False, title="主管")


class GrantsBody(Body):
    grants: list[GrantBody] = Field(title="角色和地区，替换原有的", max_length=20)


class ResetBody(Body):
    reason: SecretStr = Field(title="理由", min_length=2, max_length=500)


class StartCode(Shown):
    """Told once, to be handed to the account's owner herself."""

    account: AccountShown = shown(S1, "账号")
    code: str = shown(S1, "启用码，只显示这一次")
    ends_at: datetime = shown(S1, "有效期止")


class PermissionShown(Shown):
    name: Permission = shown(S0, "权限")
    label: str = shown(S0, "权限名称")


class ActionOfRole(Shown):
    name: str = shown(S0, "操作")
    title: str = shown(S0, "操作名称")


class KindOfRole(Shown):
    kind: str = shown(S0, "案件类型")
    title: str = shown(S0, "类型名称")
    sight: Sight = shown(S0, "可读到的等级；S0 为看不到这类案件")
    listed: Sight = shown(S0, "列表中可读到的等级")
    vault: bool = shown(S0, "承办时可查阅保密信息")
    opens: bool = shown(S0, "可登记")
    actions: list[ActionOfRole] = shown(S0, "可办理的操作")


class Prospect(Shown):
    """What somebody with a role in an area would see and could do."""

    role: Role = shown(S0, "角色")
    label: str = shown(S0, "角色名称")
    area: int = shown(S0, "地区代码")
    area_name: str = shown(S0, "地区名称")
    comes: Comes = shown(S0, "看到哪些案件")
    comes_title: str = shown(S0, "看到哪些案件的说明")
    glass: bool = shown(S0, "可紧急查阅")
    permissions: list[PermissionShown] = shown(S0, "权限")
    kinds: list[KindOfRole] = shown(S0, "各类案件")


@router.put(
    "/accounts/{account_id}/grants",
    operation_id="replace_grants",
    summary="授予或收回角色",
)
async def replace_grants(
    work: Granting,
    account_id: AccountId,
    body: GrantsBody,
    response: Response,
    if_match: IfMatch = None,
) -> AccountShown:
    """以所列角色替换原有的，收回即不再列出；在用的登录下一次请求起按新角色办理。管理员不得兼任其他角色。"""
    known = Known(account_id, version_of(if_match))
    keeping.check_other(work, account_id)
    held = [Held(g.role, g.area, g.supervisor) for g in body.grants]
    keeping.check_within(work, held)
    await accounts.need_second_factor(work)
    await keeping.replace_grants(work.connection, known, held, by(work))
    return await current(work, account_id, response)


@router.post(
    "/accounts/{account_id}/start-code", operation_id="hand_out_start_code", summary="发放启用码"
)
async def hand_out_start_code(
    work: Granting, account_id: AccountId, response: Response
) -> StartCode:
    """7 日内有效，限用一次，须当面交给本人。新账号、密码重置后、首次绑定第二验证方式时使用。"""
    keeping.check_other(work, account_id)
    await accounts.need_second_factor(work)
    start = await keeping.hand_out_code(work.connection, Known(account_id), by(work))
    return await _told(work, account_id, start, response)


@router.post(
    "/accounts/{account_id}/reset-second-factors",
    operation_id="reset_second_factors",
    summary="重置第二验证方式",
)
async def reset_second_factors(
    work: Granting, account_id: AccountId, body: ResetBody, response: Response
) -> StartCode:
    """遗失设备时：原有的第二验证方式和恢复码作废，结束其全部登录，凭新的启用码重新绑定。"""
    keeping.check_other(work, account_id)
    await accounts.need_second_factor(work)
    reason = body.reason.get_secret_value()
    start = await keeping.reset_second_factors(work.connection, Known(account_id), by(work), reason)
    return await _told(work, account_id, start, response)


async def _told(work: Work, account_id: int, start: keeping.Start, response: Response) -> StartCode:
    account = await current(work, account_id, response)
    return StartCode(account=account, code=start.code, ends_at=start.ends_at)


@router.get("/roles/{role}/prospect", operation_id="read_prospect", summary="角色能看到和办理什么")
async def read_prospect(
    work: Inspecting,
    role: Role,
    area: Annotated[int, Query(title="地区代码", ge=10**11, lt=10**12)],
) -> Prospect:
    """授予角色之前查看：各类案件看到哪些、多深，可办理哪些操作。按实际执行的规则得出。"""
    name = await areas.name_of(work.connection, area, clock.local_day(clock.now()))
    told = account_register.prospect(role, work.kinds)
    return Prospect.model_validate(told | {"area": area, "area_name": name})
