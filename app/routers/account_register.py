"""The register of accounts, for the three administrators, each with her own part of the keeping."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, Whole
from app.permissions import Permission
from app.roles import Role
from app.routers.preconditions import IfMatch, tag, version_of
from app.routers.shown import Shown, shown
from app.services.identity import account_register, accounts, keeping, left_cases
from app.services.identity.account_register import Asked
from app.services.identity.keeping import Known
from app.services.record.audit import By

router = APIRouter(prefix="/accounts", tags=["账号管理"])

Inspecting = Annotated[Work, needs(Permission.ACCOUNTS_INSPECT)]
Keeping = Annotated[Work, needs(Permission.ACCOUNTS_KEEP)]
Shutting = Annotated[Work, needs(Permission.ACCOUNTS_SHUT)]
LARGEST = 2**63
AccountId = Annotated[int, Path(title="账号", ge=1, lt=LARGEST)]
AreaCode = Annotated[int, Field(title="地区代码", ge=10**11, lt=10**12)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class SearchBody(Body):
    """What is left out narrows nothing. A name is typed into a body, never into an address."""

    role: Role | None = Field(default=None, title="角色", strict=False)
    area: AreaCode | None = Field(default=None, title="地区（含下级）")
    organisation_id: Whole | None = Field(default=None, title="单位", ge=1, lt=LARGEST)
    disabled: bool | None = Field(default=None, title="是否已停用")
    text: SecretStr | None = Field(default=None, title="用户名或姓名的一部分", max_length=60)
    after: Whole = Field(default=0, title="上一页的 next", ge=0, lt=LARGEST)
    limit: Whole = Field(default=50, title="每页条数", ge=1, le=200)

    def asked(self) -> Asked:
        given = self.model_dump(exclude={"text", "after", "limit"})
        return Asked(**given, text=self.text.get_secret_value() or None if self.text else None)


class AccountBody(Body):
    display_name: str = Field(title="姓名", min_length=1, max_length=60)
    organisation_id: Whole | None = Field(default=None, title="单位", ge=1, lt=LARGEST)


class NewAccount(AccountBody):
    username: str = Field(title="用户名", min_length=2, max_length=64)


class NumbersBody(Body):
    """Numbers are kept as keyed indexes and never shown."""

    own: SecretStr | None = Field(default=None, title="本人身份证号，不填则不变", max_length=40)
    kin: list[Annotated[SecretStr, Field(max_length=40)]] = Field(
        default_factory=list, title="近亲属身份证号，替换原有的", max_length=30
    )


class ShutBody(Body):
    at_once: bool = Field(
        default=False, title="立即停用", description="仍有未结案件也停用，并通知主管人员"
    )


class Held(Shown):
    role: Role = shown(S1, "角色")
    label: str = shown(S1, "角色名称")
    area: int = shown(S1, "地区代码")
    supervisor: bool = shown(S1, "主管")


class AccountShown(Shown):
    """An account as registered. Of secrets only whether there are any."""

    id: int = shown(S1, "账号")
    username: str = shown(S1, "用户名")
    display_name: str = shown(S1, "姓名")
    organisation_id: int | None = shown(S1, "单位编号")
    organisation: str | None = shown(S1, "单位")
    grants: list[Held] = shown(S1, "角色和地区")
    disabled_at: datetime | None = shown(S1, "停用时间")
    second_factors: int = shown(S1, "已绑定的第二验证方式数")
    start_code_until: datetime | None = shown(S1, "未用的启用码有效期止")
    password_since: datetime | None = shown(S1, "密码设置时间")
    password_seen: bool = shown(S1, "密码由他人设置，尚未修改")
    seen_at: datetime | None = shown(S1, "最近使用")
    id_number_known: bool = shown(S1, "已登记本人身份证号")
    kin: int = shown(S1, "已登记的近亲属人数")
    cases: int = shown(S1, "承办的未结案件数")
    version: int = shown(S1, "版本")
    changed_at: datetime = shown(S1, "变更时间")


class Accounts(Shown):
    """By id; `next` is the `after` of the page that follows."""

    items: list[AccountShown] = shown(S1, "账号")
    next: int | None = shown(S0, "下一页")


class StartPassword(Shown):
    """Told once."""

    account: AccountShown = shown(S1, "账号")
    password: str = shown(S1, "初始密码，只显示这一次，首次登录后须修改")


def by(work: Work) -> By:
    return By(account_id=work.actor.account_id)


async def current(work: Work, account_id: int, response: Response) -> AccountShown:
    """The account as it is now, with its version."""
    row = await account_register.one(work.connection, account_id)
    tag(response, row["version"])
    return _account(row)


def _account(row: Mapping[str, Any]) -> AccountShown:
    held = sorted(row["grants"], key=lambda g: (g["role"], g["area"]))
    grants = [Held(**g, label=Role(g["role"]).label) for g in held]
    return AccountShown(**{n: row[n] for n in AccountShown.model_fields} | {"grants": grants})


@router.post("/search", operation_id="search_accounts", summary="账号登记")
async def search_accounts(work: Inspecting, body: SearchBody) -> Accounts:
    """全部工作人员账号，可按角色、地区、单位、是否停用、用户名或姓名筛选。"""
    rows = await account_register.search(
        work.connection, body.asked(), after=body.after, limit=body.limit + 1
    )
    items = [_account(row) for row in rows[: body.limit]]
    return Accounts(items=items, next=items[-1].id if len(rows) > body.limit else None)


@router.post("", operation_id="make_account", summary="新建账号", status_code=201)
async def make_account(work: Keeping, body: NewAccount, response: Response) -> StartPassword:
    """由系统管理员新建；角色由安全管理员授予，启用码由安全管理员发放。"""
    await accounts.need_second_factor(work)
    made, password = await keeping.make(
        work.connection, body.username, body.display_name, body.organisation_id, by(work)
    )
    return StartPassword(account=await current(work, made, response), password=password)


@router.get("/{account_id}", operation_id="read_account", summary="一个账号")
async def read_account(work: Inspecting, account_id: AccountId, response: Response) -> AccountShown:
    """登记的单位、角色和登录情况；不含任何密钥。"""
    return await current(work, account_id, response)


@router.put("/{account_id}", operation_id="change_account", summary="修改账号")
async def change_account(
    work: Keeping,
    account_id: AccountId,
    body: AccountBody,
    response: Response,
    if_match: IfMatch = None,
) -> AccountShown:
    """修改姓名或单位，在用的登录立即按新单位办理。"""
    known = Known(account_id, version_of(if_match))
    keeping.check_other(work, account_id)
    await keeping.change(work.connection, known, body.display_name, body.organisation_id, by(work))
    return await current(work, account_id, response)


@router.put(
    "/{account_id}/id-numbers",
    operation_id="keep_id_numbers",
    summary="登记本人及近亲属身份证号",
)
async def keep_id_numbers(
    work: Keeping,
    account_id: AccountId,
    body: NumbersBody,
    response: Response,
    if_match: IfMatch = None,
) -> AccountShown:
    """用于自动回避（公务员法 76）：其中任何人是当事人的案件，该账号一律看不到。号码不再显示。"""
    known = Known(account_id, version_of(if_match))
    keeping.check_other(work, account_id)
    await accounts.need_second_factor(work)
    own = body.own.get_secret_value() if body.own else None
    kin = [number.get_secret_value() for number in body.kin]
    await keeping.keep_id_numbers(work.connection, known, own, kin, by(work))
    return await current(work, account_id, response)


_AFTER_HANDING_OVER = ShutBody()


@router.post("/{account_id}/disable", operation_id="disable_account", summary="停用账号")
async def disable_account(
    work: Shutting, account_id: AccountId, response: Response, body: ShutBody = _AFTER_HANDING_OVER
) -> AccountShown:
    """停用账号并结束其全部登录。承办的未结案件须先移交；紧急的可以立即停用，由主管人员另行指定承办人。"""
    keeping.check_other(work, account_id)
    if not body.at_once:
        await left_cases.check_none(work.connection, account_id)
    await keeping.shut(work.connection, Known(account_id), work.kinds, by(work))
    return await current(work, account_id, response)


@router.post("/{account_id}/enable", operation_id="enable_account", summary="恢复账号")
async def enable_account(work: Keeping, account_id: AccountId, response: Response) -> AccountShown:
    """恢复停用的账号；原有的登录不恢复。"""
    keeping.check_other(work, account_id)
    await accounts.need_second_factor(work)
    await keeping.open_again(work.connection, Known(account_id), by(work))
    return await current(work, account_id, response)


@router.post("/{account_id}/reset-password", operation_id="reset_password", summary="重置密码")
async def reset_password(work: Keeping, account_id: AccountId, response: Response) -> StartPassword:
    """结束其全部登录。没有第二验证方式的，还须由安全管理员发放启用码，才能用初始密码登录。"""
    keeping.check_other(work, account_id)
    await accounts.need_second_factor(work)
    password = await keeping.reset_password(work.connection, Known(account_id), by(work))
    return StartPassword(account=await current(work, account_id, response), password=password)
