"""Who one is; accounts of the district for choosing from."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app import clock
from app.access import Work
from app.deps import needs
from app.kinds.forms import Sight
from app.permissions import Confined, Permission
from app.roles import Role
from app.routers.shown import Shown, shown
from app.services.identity import accounts

router = APIRouter(tags=["登录与账号"])


class HeldRole(Shown):
    """A role in an area."""

    role: Role = shown(Sight.S1, "角色")
    label: str = shown(Sight.S1, "角色名称")
    area: int = shown(Sight.S1, "地区代码")
    area_name: str | None = shown(Sight.S1, "地区名称")
    supervisor: bool = shown(Sight.S1, "主管")


class OwnOrganisation(Shown):
    """The organisation somebody works for."""

    id: int = shown(Sight.S1, "编号")
    kind: str = shown(Sight.S1, "类别")
    name: str = shown(Sight.S1, "名称")


class Me(Shown):
    """Who is signed in."""

    id: int = shown(Sight.S1, "账号")
    username: str = shown(Sight.S1, "用户名")
    display_name: str = shown(Sight.S1, "姓名")
    organisation: OwnOrganisation | None = shown(Sight.S1, "单位")
    roles: list[HeldRole] = shown(Sight.S1, "角色")
    permissions: list[Permission] = shown(Sight.S1, "权限")
    confined: Confined | None = shown(Sight.S1, "须先完成：改密码、绑定第二验证方式")


class AccountRow(Shown):
    """An account, as far as choosing one needs."""

    id: int = shown(Sight.S1, "账号")
    display_name: str = shown(Sight.S1, "姓名")
    roles: list[Role] = shown(Sight.S1, "角色")


class AccountPage(Shown):
    """Accounts by id; `next` is the `after` of the page that follows."""

    items: list[AccountRow] = shown(Sight.S1, "账号")
    next: int | None = shown(Sight.S0, "下一页")


@router.get("/me", operation_id="read_me", summary="本人账号")
async def read_me(work: Annotated[Work, needs(Permission.SELF)]) -> Me:
    """本人的单位、角色和地区。"""
    actor = work.actor
    organisation, names = await accounts.surroundings(work, clock.local_day(clock.now()))
    return Me(
        id=actor.account_id,
        username=actor.username,
        display_name=actor.display_name,
        organisation=organisation and OwnOrganisation.model_validate(organisation),
        roles=[
            HeldRole(
                role=held.role,
                label=held.role.label,
                area=held.area,
                area_name=names.get(held.area),
                supervisor=held.supervisor,
            )
            for held in actor.grants
        ],
        permissions=sorted(actor.permissions),
        confined=actor.confined,
    )


@router.get("/accounts", operation_id="list_accounts", summary="账号")
async def list_accounts(
    work: Annotated[Work, needs(Permission.ACCOUNTS_READ)],
    organisation_id: Annotated[int | None, Query(title="单位", ge=1, lt=2**63)] = None,
    after: Annotated[int, Query(title="上一页最后的账号", ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(title="每页条数", ge=1, le=200)] = 50,
) -> AccountPage:
    """本区在用的账号，用于选择承办人。"""
    rows: list[Any] = list(
        await accounts.list_accounts(
            work, organisation_id=organisation_id, after=after, limit=limit + 1
        )
    )
    more = len(rows) > limit
    items = [AccountRow.model_validate(row) for row in rows[:limit]]
    return AccountPage(items=items, next=items[-1].id if more else None)
