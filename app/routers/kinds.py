"""The definitions, from which both frontends draw forms, buttons and lists."""

import gzip
import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from app.deps import SignedIn
from app.kinds import Kinds
from app.kinds.forms import S0
from app.roles import Role
from app.routers.shown import Shown, shown
from app.services.rows import definitions


class BranchShown(Shown):
    field: str = shown(S0, "决定走向的一项")
    to: dict[str, str] = shown(S0, "各答案对应的状态")


class ActionDefinition(Shown):
    name: str = shown(S0, "操作")
    title: str = shown(S0, "操作名称")
    source: list[str] = shown(S0, "可在哪些状态办理")
    target: str | BranchShown | None = shown(S0, "办理后的状态")
    by: list[Role] = shown(S0, "可由哪些角色办理")
    basis: str = shown(S0, "依据")
    form: str = shown(S0, "表单")
    asks: bool = shown(S0, "是否需要填写")
    outcome: str | None = shown(S0, "作为结果的一项")
    taken_at: str | None = shown(S0, "哪一项就是办理的时间，不必另填发生时间")
    settled: list[str] = shown(S0, "已生效、不能更正的各项")


class TermShown(Shown):
    """How long: in words, and as data for those who count themselves."""

    words: str = shown(S0, "文字")
    unit: str = shown(S0, "单位")
    n: int | None = shown(S0, "数量", default=None)
    rolls: bool | None = shown(S0, "末日逢休假日是否顺延", default=None)
    source: str | None = shown(S0, "出处", default=None)
    region: str | None = shown(S0, "国、粤或区", default=None)
    field: str | None = shown(S0, "随哪一项而定", default=None)
    terms: "dict[str, TermShown] | None" = shown(S0, "各答案的期限", default=None)
    otherwise: "TermShown | None" = shown(S0, "其他情况的期限", default=None)


class SeriesShown(Shown):
    words: str = shown(S0, "文字")
    term: TermShown | None = shown(S0, "间隔", default=None)
    stop_after: int | None = shown(S0, "连续几次后结束", default=None)
    clean: list[str] = shown(S0, "算作无异常的结果", default_factory=list)
    first_counts: bool = shown(S0, "首次是否计入", default=False)
    steps: list[TermShown] = shown(S0, "以后各次", default_factory=list)


class Condition(Shown):
    field: str = shown(S0, "哪一项")
    values: list[str | bool] = shown(S0, "哪些答案")


class DeadlineDefinition(Shown):
    name: str = shown(S0, "期限规则")
    title: str = shown(S0, "期限名称")
    owner: Role = shown(S0, "责任角色")
    basis: str = shown(S0, "依据")
    due: TermShown = shown(S0, "期限")
    alert: TermShown | None = shown(S0, "预警期限")
    remind_days: list[int] = shown(S0, "提前几日提醒")
    starts_on: list[str] = shown(S0, "起算的步骤")
    met_by: list[str] = shown(S0, "完成的步骤")
    only_if: Condition | None = shown(S0, "只在何种情况下起算")
    each: list[str] = shown(S0, "分别计算的对象")
    series: SeriesShown | None = shown(S0, "后续各次")


class KindDefinition(Shown):
    name: str = shown(S0, "案件类型")
    title: str = shown(S0, "名称")
    prefix: str = shown(S0, "案号字头")
    basis: str = shown(S0, "依据")
    form: str = shown(S0, "登记表单")
    subject: str = shown(S0, "案件主体是哪一项")
    opened_by: list[Role] = shown(S0, "可由哪些角色登记")
    read_by: list[Role] = shown(S0, "可由哪些角色查看")
    in_charge: str | None = shown(S0, "为何每件须指定承办人；不须指定的为空")
    states: dict[str, str] = shown(S0, "状态")
    initial: str = shown(S0, "初始状态")
    final: list[str] = shown(S0, "终结状态")
    lapses: dict[str, str] = shown(S0, "期满后的名称")
    settled: list[str] = shown(S0, "登记时已生效、不能更正的各项")
    actions: list[ActionDefinition] = shown(S0, "操作")
    deadlines: list[DeadlineDefinition] = shown(S0, "期限")


class Band(Shown):
    lowest: int = shown(S0, "最低分")
    level: str = shown(S0, "等级")
    title: str = shown(S0, "等级名称")


class InstrumentShown(Shown):
    name: str = shown(S0, "量表")
    title: str = shown(S0, "名称")
    version: str = shown(S0, "版本")
    source: str = shown(S0, "出处")
    note: str = shown(S0, "说明")
    items: dict[str, str] = shown(S0, "计分项")
    vetoes: dict[str, str] = shown(S0, "一票项")
    bands: list[Band] = shown(S0, "分级")


class Definitions(Shown):
    """`schemas` are JSON Schemas with x-sight, x-source, x-labels and conditions; a form is named
    by its key there, and refers to others as #/schemas/NAME."""

    kinds: list[KindDefinition] = shown(S0, "案件类型")
    schemas: dict[str, Any] = shown(S0, "表单")
    steps: dict[str, str] = shown(S0, "不由办理产生的记录（附件）各用哪个表单")
    roles: dict[str, str] = shown(S0, "角色")
    party_roles: dict[str, str] = shown(S0, "当事人身份")
    relations: dict[str, str] = shown(S0, "关系")
    sexes: dict[str, str] = shown(S0, "性别")
    flags: dict[str, str] = shown(S0, "特殊保护情形")
    instruments: list[InstrumentShown] = shown(S0, "量表")


def make_router(kinds: Kinds) -> APIRouter:
    """GET /kinds, its answer made once, here."""
    router = APIRouter(prefix="/kinds", tags=["定义"])
    told = Definitions.model_validate(definitions.describe(kinds)).model_dump(mode="json")
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    packed = gzip.compress(body, mtime=0)
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "accept-encoding"}

    @router.get(
        "",
        operation_id="read_kinds",
        summary="案件类型的定义",
        response_model=Definitions,
        responses={304: {"description": "没有变化"}},
    )
    async def read_kinds(
        session_id: SignedIn,
        if_none_match: Annotated[str | None, Header(max_length=400)] = None,
        accept_encoding: Annotated[str, Header(max_length=400, include_in_schema=False)] = "",
    ) -> Response:
        """表单、状态、操作、期限和量表；带上 If-None-Match，没有变化时只回 304。"""
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers=headers)
        if "gzip" in accept_encoding:
            headed = headers | {"content-encoding": "gzip"}
            return Response(packed, media_type="application/json", headers=headed)
        return Response(body, media_type="application/json", headers=headers)

    return router
