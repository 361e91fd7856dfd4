"""People's data: what they are told and asked, and to whom cases were given."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S2
from app.kinds.privacy_texts import CONSENTS, WORDINGS
from app.permissions import Permission
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.data_rights import disclosures, privacy

router = APIRouter(tags=["个人信息"])


class TextShown(Shown):
    version: str = shown(S0, "版本")
    title: str = shown(S0, "名称")
    consent: bool = shown(S0, "是否为同意书（否则为告知书）")
    basis: str = shown(S0, "依据")
    paragraphs: list[str] = shown(S0, "正文")


class TextList(Shown):
    items: list[TextShown] = shown(S0, "文本")


class ConsentShown(Shown):
    matter: str = shown(S1, "同意事项")
    matter_title: str | None = shown(S1, "同意事项名称")
    recipient_id: int | None = shown(S1, "接收单位编号")
    recipient: str | None = shown(S1, "接收单位")
    text: str = shown(S1, "同意书版本")
    text_title: str | None = shown(S1, "同意书名称")
    given_by: str = shown(S1, "由谁答复")
    given_by_title: str | None = shown(S1, "由谁答复的名称")
    given_at: datetime = shown(S1, "同意时间")


class PersonPrivacy(Shown):
    person_id: UUID = shown(S1, "人员编号")
    name: str | None = shown(S2, "姓名")
    informed: str | None = shown(S1, "告知情况；尚未告知的为空")
    informed_title: str | None = shown(S1, "告知情况名称")
    text: str | None = shown(S1, "告知书版本")
    text_title: str | None = shown(S1, "告知书名称")
    informed_at: datetime | None = shown(S1, "时间")
    consents: list[ConsentShown] = shown(S1, "仍然有效的同意")


class CasePrivacy(Shown):
    items: list[PersonPrivacy] = shown(S1, "案件中的人员")


class DisclosureShown(Shown):
    id: UUID = shown(S1, "记录编号")
    case_id: UUID = shown(S1, "案件编号")
    event_id: UUID = shown(S1, "经过编号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    step: str = shown(S1, "事项")
    step_title: str = shown(S0, "事项名称")
    recipient: str | None = shown(S1, "接收单位、人员或角色")
    recipient_area: int | None = shown(S1, "移交至地区")
    basis: str = shown(S1, "依据")
    disclosed_at: datetime = shown(S1, "提供时间")


class DisclosurePage(Shown):
    """The newest first; `next` is the cursor of the page that follows."""

    items: list[DisclosureShown] = shown(S1, "提供记录")
    next: str | None = shown(S1, "下一页")


@router.get("/privacy-texts", operation_id="list_privacy_texts", summary="告知书和同意书")
async def list_privacy_texts(
    _work: Annotated[Work, needs(Permission.DEFINITIONS_READ)],
) -> TextList:
    """在用的各版本全文，供宣读、阅读或打印。"""
    return TextList(
        items=[
            TextShown(
                version=version.value,
                title=version.label,
                consent=version in CONSENTS,
                basis=wording.basis,
                paragraphs=list(wording.paragraphs),
            )
            for version, wording in WORDINGS.items()
        ]
    )


@router.get(
    "/cases/{case_id}/privacy",
    operation_id="read_case_privacy",
    summary="告知与同意",
    response_model=CasePrivacy,
)
async def read_case_privacy(
    work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID
) -> Any:
    """案件中每个人的告知情况和仍然有效的同意。"""
    return {"items": await privacy.of_case(work, case_id)}


@router.get(
    "/cases/{case_id}/disclosures",
    operation_id="list_case_disclosures",
    summary="案件提供记录",
    response_model=DisclosurePage,
)
async def list_case_disclosures(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    case_id: UUID,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """这件案件提供、通知给了谁，在哪一步，依据什么。"""
    return await disclosures.of_case(work, case_id, cursor, limit)


@router.get(
    "/disclosures",
    operation_id="list_disclosures",
    summary="提供记录",
    response_model=DisclosurePage,
)
async def list_disclosures(
    work: Annotated[Work, needs(Permission.DISCLOSURES_READ)],
    area: Annotated[int, Query(title="地区（12 位代码，区、镇街或村居）", ge=10**11, lt=10**12)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """一个地区对外提供个人信息的记录（至少保存三年），供主管人员查看。"""
    return await disclosures.of_area(work, area, cursor, limit)
