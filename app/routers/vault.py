"""The one way out for what is in the vault. No other answer has a field of class S4."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, SecretStr
from pydantic.types import UUID7

from app.access import Work
from app.deps import needs
from app.kinds.forms import S1, S2, S4
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.shown import Shown, shown
from app.services.walls import reveals, vault
from app.services.walls.vault import Keeping, NewFact

router = APIRouter(tags=["保密信息"])

Reason = Annotated[str, Field(title="查阅理由", min_length=10, max_length=500)]


class FactShown(Shown):
    """Something the vault has, not what it says."""

    id: UUID = shown(S1, "编号")
    name: str = shown(S1, "项目")
    title: str = shown(S1, "项目名称")
    person_id: UUID | None = shown(S1, "人员")
    event_id: UUID | None = shown(S1, "所在记录")
    recorded_at: datetime = shown(S1, "登记时间")
    keeping: Keeping = shown(S1, "向谁显示：handler 承办人，shelter 庇护场所，reporter 公安")
    open: bool = shown(S1, "本人可以查阅")


class Kept(Shown):
    items: list[FactShown] = shown(S1, "保密信息")


class RevealBody(Body):
    facts: list[UUID] = Field(title="要查阅的项目", min_length=1, max_length=20)
    reason: Reason


class Revealed(Shown):
    """Take it off the screen at `shown_until`; keep it nowhere."""

    id: UUID = shown(S1, "编号")
    title: str = shown(S1, "项目名称")
    person_id: UUID | None = shown(S1, "人员")
    value: str = Field(title="内容", json_schema_extra={"x-sight": S4.value})


class Reveal(Shown):
    items: list[Revealed] = shown(S1, "保密信息")
    shown_until: datetime = shown(S1, "最晚显示到")


class NewFactBody(Body):
    """Sent again with the same id, it is kept once."""

    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    person_id: UUID = Field(title="人员")
    name: Literal["present_address", "safe_phone", "school"] = Field(title="项目")
    value: SecretStr = Field(title="内容", min_length=1, max_length=200)
    replaces: UUID | None = Field(title="更新的是哪一条；尚无则为空")


class PhoneBody(Body):
    reason: Reason


class PhoneShown(Shown):
    phone: str | None = shown(S2, "联系电话")
    shown_until: datetime = shown(S1, "最晚显示到")


@router.get(
    "/cases/{case_id}/vault", operation_id="list_vault", summary="保密信息", response_model=Kept
)
async def list_vault(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """案件中有哪些保密信息，本人可以查阅哪些；不含内容。"""
    return {"items": await vault.kept(work, case_id)}


@router.post(
    "/cases/{case_id}/vault/reveal",
    operation_id="reveal_vault",
    summary="查阅保密信息",
    response_model=Reveal,
)
async def reveal_vault(
    work: Annotated[Work, needs(Permission.VAULT_REVEAL)],
    case_id: UUID,
    body: RevealBody,
    response: Response,
) -> Any:
    """须说明理由，并在五分钟内用第二验证方式确认过本人；显示 30 秒，每次查阅都会留下记录。"""
    found, until = await vault.reveal(work, case_id, body.facts, body.reason)
    response.headers["cache-control"] = "no-store"
    items = [
        Revealed(id=f.fact.id, title=f.fact.title, person_id=f.fact.person_id, value=f.value)
        for f in found
    ]
    return Reveal(items=items, shown_until=until)


@router.post(
    "/cases/{case_id}/vault/facts",
    operation_id="add_vault_fact",
    summary="更新保密信息",
    status_code=201,
    response_model=None,
)
async def add_vault_fact(
    work: Annotated[Work, needs(Permission.CASES_WRITE)],
    case_id: UUID,
    body: NewFactBody,
    response: Response,
) -> None:
    """登记新的现住所、安全联系电话或就读学校，原来的内容保留备查；不显示原来的内容。"""
    given = body.model_dump(exclude={"value"})
    new = NewFact(**given, value=body.value.get_secret_value())
    if not await vault.put(work, case_id, new):
        response.status_code = 200


@router.post(
    "/people/{person_id}/reveal",
    operation_id="reveal_phone",
    summary="查阅联系电话",
    response_model=PhoneShown,
)
async def reveal_phone(
    work: Annotated[Work, needs(Permission.PEOPLE_FIND)],
    person_id: UUID,
    body: PhoneBody,
    response: Response,
) -> Any:
    """其他页面只显示号码的前三位和后四位；须说明理由，每次查阅都会留下记录。"""
    phone, until = await reveals.phone_of(work, person_id, body.reason)
    response.headers["cache-control"] = "no-store"
    return PhoneShown(phone=phone, shown_until=until)
