"""The register of partners' systems, for the administrators."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.access import Held, Work
from app.deps import needs
from app.kinds.forms import S0, S1, Moment, Sight, Whole
from app.permissions import Permission
from app.roles import Role
from app.routers.account_grants import PermissionShown
from app.routers.shown import Shown, shown
from app.services.identity import accounts, client_keys, clients
from app.services.identity.clients import Registration
from app.services.record.audit import By

router = APIRouter(prefix="/clients", tags=["部门对接"])

Reading = Annotated[Work, needs(Permission.CLIENTS_READ)]
Registering = Annotated[Work, needs(Permission.CLIENTS_REGISTER)]
Confirming = Annotated[Work, needs(Permission.CLIENTS_CONFIRM)]
Revoking = Annotated[Work, needs(Permission.CLIENTS_REVOKE)]
Word = Annotated[str, Field(max_length=64)]
ClientId = Annotated[str, Path(title="接口用户编号", max_length=64)]
KeyId = Annotated[str, Path(title="密钥编号", max_length=64)]
Pem = Annotated[str, Field(title="公钥（PEM，EC P-256）", min_length=1, max_length=2000)]


def _by(work: Work) -> By:
    return By(account_id=work.actor.account_id)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HeldBody(Body):
    role: Role = Field(title="角色")
    area: Whole = Field(title="地区代码", ge=1, lt=10**12)


class ClientBody(Body):
    """A partner's system and its first key."""

    client_id: str = Field(title="接口用户编号", min_length=2, max_length=64)
    title: str = Field(title="名称", min_length=1, max_length=100)
    organisation_id: Whole = Field(title="单位", ge=1, lt=2**63)
    grants: list[HeldBody] = Field(title="角色和地区", min_length=1, max_length=20)
    scopes: list[Permission] = Field(title="权限范围", min_length=1, max_length=10)
    purposes: list[Word] = Field(title="办理目的（案件类型）", min_length=1, max_length=20)
    highest: Sight = Field(default=Sight.S3, title="最高可读等级")
    per_minute: Whole = Field(default=120, title="每分钟限额", ge=1, le=10_000)
    per_day: Whole = Field(default=20_000, title="每日限额", ge=1, le=10_000_000)
    addresses: list[Word] = Field(default_factory=list, title="来源网络，空为不限", max_length=50)
    valid_from: Moment = Field(title="有效期起")
    valid_until: Moment = Field(title="有效期止")
    public_key: Pem

    def registration(self) -> Registration:
        given = self.model_dump(exclude={"grants", "public_key"})
        return Registration(**given, grants=[Held(h.role, h.area) for h in self.grants])


class KeyBody(Body):
    public_key: Pem


class KeyShown(Shown):
    """A public key of a partner's system."""

    kid: str = shown(S1, "密钥编号")
    added_at: datetime = shown(S1, "提交时间")
    added_by: int | None = shown(S1, "提交人账号；命令行提交时为空")
    confirmed_at: datetime | None = shown(S1, "确认时间")
    confirmed_by: int | None = shown(S1, "确认人账号；命令行提交时为空")
    revoked_at: datetime | None = shown(S1, "停用时间")
    last_used_at: datetime | None = shown(S1, "最近一次取得令牌的时间")


class HeldShown(Shown):
    role: Role = shown(S1, "角色")
    area: int = shown(S1, "地区代码")


class ClientShown(Shown):
    """A partner's system as registered."""

    client_id: str = shown(S1, "接口用户编号")
    title: str = shown(S1, "名称")
    organisation: str = shown(S1, "单位")
    grants: list[HeldShown] = shown(S1, "角色和地区")
    scopes: list[Permission] = shown(S1, "权限范围")
    purposes: list[str] = shown(S1, "办理目的（案件类型）")
    highest: Sight = shown(S1, "最高可读等级")
    per_minute: int = shown(S1, "每分钟限额")
    per_day: int = shown(S1, "每日限额")
    addresses: list[str] = shown(S1, "来源网络，空为不限")
    valid_from: datetime = shown(S1, "有效期起")
    valid_until: datetime = shown(S1, "有效期止")
    registered_at: datetime = shown(S1, "登记时间")
    registered_by: int | None = shown(S1, "登记人账号；命令行登记时为空")
    disabled_at: datetime | None = shown(S1, "停用时间")
    keys: list[KeyShown] = shown(S1, "密钥")


class ClientPage(Shown):
    """Clients in the order of registration; `next` is the `after` of the page that follows."""

    items: list[ClientShown] = shown(S1, "接口用户")
    next: int | None = shown(S0, "下一页")
    scopes: list[PermissionShown] = shown(S0, "可以授予的权限范围")


class KeyTaken(Shown):
    kid: str = shown(S1, "密钥编号，另一位管理员确认后生效")


@router.get("", operation_id="list_clients", summary="接口用户")
async def list_clients(
    work: Reading,
    after: Annotated[int, Query(title="上一页的 next", ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(title="每页条数", ge=1, le=200)] = 50,
) -> ClientPage:
    """登记的接口用户、密钥和最近使用时间。"""
    rows = await clients.listed(work.connection, after=after, limit=limit + 1)
    page = rows[:limit]
    following = page[-1]["account_id"] if len(rows) > limit else None
    scopes = [PermissionShown(name=p, label=p.label) for p in Permission if p in clients.SCOPES]
    return ClientPage(items=[_client(row) for row in page], next=following, scopes=scopes)


def _client(row: Mapping[str, Any]) -> ClientShown:
    keys = [KeyShown.model_validate(key) for key in row["keys"]]
    return ClientShown(**{n: row[n] for n in ClientShown.model_fields} | {"keys": keys})


@router.post("", operation_id="register_client", summary="登记接口用户", status_code=201)
async def register_client(work: Registering, body: ClientBody) -> KeyTaken:
    """由系统管理员登记接口用户及首把公钥，安全管理员确认后方可使用。"""
    await accounts.need_second_factor(work)
    key = client_keys.parsed(body.public_key)
    wanted = body.registration()
    await clients.register(work.connection, work.kinds, wanted, key, _by(work))
    return KeyTaken(kid=key.kid)


@router.post(
    "/{client_id}/keys", operation_id="add_client_key", summary="提交新密钥", status_code=201
)
async def add_key(work: Registering, client_id: ClientId, body: KeyBody) -> KeyTaken:
    """更换密钥：新旧两把可同时有效，确认新密钥后再停用旧的。"""
    await accounts.need_second_factor(work)
    key = client_keys.parsed(body.public_key)
    await client_keys.add(work.connection, client_id, key, _by(work))
    return KeyTaken(kid=key.kid)


@router.post(
    "/{client_id}/keys/{kid}/confirm",
    operation_id="confirm_client_key",
    summary="确认密钥",
    status_code=204,
)
async def confirm_key(work: Confirming, client_id: ClientId, kid: KeyId) -> None:
    """由安全管理员核对密钥编号后确认，不得确认本人提交的密钥。"""
    await accounts.need_second_factor(work)
    await client_keys.confirm(work.connection, client_id, kid, _by(work))


@router.post(
    "/{client_id}/keys/{kid}/revoke",
    operation_id="revoke_client_key",
    summary="停用密钥",
    status_code=204,
)
async def revoke_key(work: Revoking, client_id: ClientId, kid: KeyId) -> None:
    """立即停用密钥及凭它取得的令牌。"""
    await client_keys.revoke(work.connection, client_id, kid, _by(work))


@router.post(
    "/{client_id}/revoke", operation_id="revoke_client", summary="停用接口用户", status_code=204
)
async def revoke_client(work: Revoking, client_id: ClientId) -> None:
    """立即停用接口用户及其全部令牌。"""
    await clients.revoke(work.connection, client_id, _by(work))
