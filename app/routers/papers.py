"""文书: made from a case by a template, handed out as a file, never shown in the browser."""

import asyncio
from base64 import b64encode
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Base64Bytes, Field

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.register_days import Day
from app.routers.shown import Shown, shown
from app.services.papers import making, sample, templates
from app.services.papers.templates import DOCX, Paper

router = APIRouter(tags=["文书"])

FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}
}


class PaperMade(Shown):
    id: UUID = shown(S1, "编号")
    paper: str = shown(S0, "文书")
    paper_title: str = shown(S0, "文书名称")
    sha256: str = shown(S1, "文件的 SHA-256")
    case_version: int = shown(S1, "制作时案件的版本")
    account: str | None = shown(S1, "制作人")
    organisation: str | None = shown(S1, "制作单位")
    made_at: datetime = shown(S1, "制作时间")


class PapersMade(Shown):
    items: list[PaperMade] = shown(S1, "制作过的文书")


class TemplateShown(Shown):
    paper: str = shown(S0, "文书")
    paper_title: str = shown(S0, "文书名称")
    sha256: str = shown(S0, "模板的 SHA-256")
    uploaded_at: datetime | None = shown(S0, "本区上传时间；用系统自带模板的为空")
    effective_on: date | None = shown(S0, "启用日期；用系统自带模板的为空")
    placeholders: list[str] = shown(S0, "可用的占位符")


def file_of(content: bytes, name: str, digest: str, media_type: str = DOCX) -> Response:
    """A file to be kept, not shown: the browser is told so, and what it must hash to (RFC 9530)."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "cache-control": "no-store",
            "repr-digest": f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:",
        },
    )


@router.post(
    "/cases/{case_id}/papers/{paper}",
    operation_id="make_paper",
    summary="制作文书",
    response_class=Response,
    responses=FILE,
)
async def make_paper(
    work: Annotated[Work, needs(Permission.PAPERS_MAKE)], case_id: UUID, paper: Paper
) -> Response:
    """按本区模板由案件内容生成，须再次验证身份；文件的摘要和制作人留下记录，文件本身不保存。"""
    made = await making.make(work, case_id, paper)
    return file_of(made.content, f"{paper.label}-{made.id.hex[-12:]}.docx", made.sha256)


@router.get(
    "/cases/{case_id}/papers",
    operation_id="list_papers",
    summary="制作过的文书",
    response_model=PapersMade,
)
async def list_papers(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """谁在什么时候制作过哪份文书。"""
    return {"items": await making.of_case(work, case_id)}


Keeping = Annotated[Work, needs(Permission.TEMPLATES_KEEP)]


def _shown(paper: Paper, template: templates.Template) -> TemplateShown:
    parts = [[f"{of}.{part}" for part in sorted(ps)] or [of] for of, ps in PLACEHOLDERS]
    return TemplateShown(
        paper=paper.value,
        paper_title=paper.label,
        sha256=template.sha256,
        uploaded_at=template.since,
        effective_on=template.effective_on,
        placeholders=[name for names in parts for name in names],
    )


PLACEHOLDERS = sorted(templates.PLACEHOLDERS.items())


@router.get(
    "/paper-templates/{paper}",
    operation_id="read_paper_template",
    summary="文书模板",
    response_model=TemplateShown,
)
async def read_template(work: Keeping, paper: Paper) -> TemplateShown:
    """现用的模板和可用的占位符。"""
    return _shown(paper, await templates.current(work, paper, templates.district_of(work)))


@router.get(
    "/paper-templates/{paper}/file",
    operation_id="download_paper_template",
    summary="下载文书模板",
    response_class=Response,
    responses=FILE,
)
async def download_template(
    work: Keeping,
    paper: Paper,
    shipped: Annotated[bool, Query(title="系统自带的模板")] = False,
    version: Annotated[int | None, Query(title="本区上传过的某一个模板", ge=1, lt=2**63)] = None,
) -> Response:
    """下载后用文字处理软件修改，再上传。"""
    if shipped:
        template = templates.shipped(paper)
    elif version is not None:
        template = await templates.version(work, paper, version)
    else:
        template = await templates.current(work, paper, templates.district_of(work))
    return file_of(template.content, f"{paper.label}-模板.docx", template.sha256)


class TemplateContent(Body):
    content: Base64Bytes = Field(title=".docx 文件（Base64）", min_length=1, max_length=250_000)


class TemplateBody(TemplateContent):
    effective_on: Day = Field(title="启用日期，今天或者以后")


@router.post(
    "/paper-templates/{paper}/file",
    operation_id="bring_paper_template",
    summary="上传文书模板",
    response_model=TemplateShown,
)
async def bring_template(work: Keeping, paper: Paper, body: TemplateBody) -> TemplateShown:
    """本区自己的模板；占位符有误、含宏或者引用外部内容的不接收。"""
    return _shown(paper, await templates.bring(work, paper, body.content, body.effective_on))


@router.post(
    "/paper-templates/{paper}/preview",
    operation_id="preview_paper_template",
    summary="预览文书模板",
    response_class=Response,
    responses=FILE,
)
async def preview_template(work: Keeping, paper: Paper, body: TemplateContent) -> Response:
    """用虚构的内容填写要上传的模板；检查同上传，不保存。"""
    templates.check(body.content)
    made = await asyncio.to_thread(templates.filled, body.content, sample.APPLICATION)
    return file_of(made, f"{paper.label}-预览.docx", sha256(made).hexdigest())


class VersionShown(Shown):
    id: int = shown(S0, "模板编号")
    sha256: str = shown(S0, "模板的 SHA-256")
    effective_on: date = shown(S0, "启用日期")
    uploaded_at: datetime = shown(S0, "上传时间")
    account: str | None = shown(S1, "上传人")


class Versions(Shown):
    items: list[VersionShown] = shown(S0, "本区上传过的模板")


@router.get(
    "/paper-templates/{paper}/versions",
    operation_id="list_paper_templates",
    summary="上传过的文书模板",
    response_model=Versions,
)
async def list_templates(work: Keeping, paper: Paper) -> Versions:
    """本区上传过的模板，启用最晚的在前；以前的一直保留。"""
    rows = await templates.versions(work, paper)
    return Versions(items=[_version(row) for row in rows])


def _version(row: Any) -> VersionShown:
    return VersionShown(
        id=row.id, sha256=row.sha256, effective_on=row.effective_on,
        uploaded_at=row.uploaded_at, account=row.account,
    )  # fmt: skip
