"""People: found by what is typed into a body, never by an address; and who may be who."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.types import UUID7
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.forms import S1, S2, S3
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.case_parts import CaseBrief, PersonFacts
from app.routers.queries import Area, Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.persons import history, ledger, matches, search
from app.services.persons.matches import Verdict
from app.services.persons.search import Wanted

router = APIRouter(prefix="/people", tags=["人员"])


class SearchBody(Body):
    """Exactly one of the three."""

    name: SecretStr | None = Field(default=None, title="姓名或其一部分", max_length=50)
    id_number: SecretStr | None = Field(default=None, title="身份证号", max_length=40)
    phone: SecretStr | None = Field(default=None, title="电话", max_length=40)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(v is not None for v in (self.name, self.id_number, self.phone)) != 1:
            raise PydanticCustomError("one_of", "请填写姓名、身份证号、电话中的一项")
        return self

    def wanted(self) -> Wanted:
        given = {n: v.get_secret_value() for n, v in self if v is not None}
        return Wanted(**given)


class CaseOfPerson(CaseBrief):
    role: str = shown(S1, "身份")
    role_title: str = shown(S1, "身份名称")


class PersonBrief(Shown):
    """What tells a person from another of the same name."""

    id: UUID = shown(S1, "人员编号")
    name: str | None = shown(S2, "姓名")
    sex: str | None = shown(S1, "性别")
    birth_year: int | None = shown(S2, "出生年份")
    id_number: str | None = shown(S2, "身份证号（只显示后四位）")
    phone: str | None = shown(S2, "电话（中间四位不显示）")
    same_as: UUID | None = shown(S1, "判定为同一人的编号")
    cases: list[CaseOfPerson] = shown(S1, "本人可见的案件")


class PeopleFound(Shown):
    items: list[PersonBrief] = shown(S2, "人员")
    more: bool = shown(S1, "还有更多，请填写得更具体")


class VisitShown(Shown):
    case_id: UUID = shown(S1, "案件编号")
    title: str = shown(S1, "探访、回访")
    happened_at: datetime = shown(S1, "时间")


class PersonListed(Shown):
    """A line of the ledger of people: whom cases are about, masked."""

    id: UUID = shown(S1, "人员编号")
    name: str | None = shown(S2, "姓名（只显示姓）")
    sex: str | None = shown(S1, "性别")
    birth_year: int | None = shown(S2, "出生年份")
    area: int = shown(S1, "最近一件案件的地区代码")
    last_contact: datetime | None = shown(S1, "最近一次查访、探访或者回访")
    open: int = shown(S1, "未办结的案件数")
    cases: list[CaseBrief] = shown(S1, "本人可见的案件")


class PeoplePage(Shown):
    """Who became known last comes first; `next` is the cursor of the page that follows."""

    items: list[PersonListed] = shown(S2, "人员")
    next: str | None = shown(S1, "下一页")


class PersonShown(PersonFacts):
    id: UUID = shown(S1, "人员编号")
    same_as: UUID | None = shown(S1, "判定为同一人的编号")
    version: int = shown(S1, "版本")
    cases: list[CaseOfPerson] = shown(S1, "本人可见的案件")
    visits: list[VisitShown] = shown(S1, "这些案件中的探访、查访、回访，最近的在前")
    more_visits: bool = shown(S1, "还有更早的")


class FactsKept(Shown):
    """As `PersonFacts`, of one change: what it does not touch is null."""

    name: str | None = shown(S2, "姓名")
    sex: str | None = shown(S1, "性别")
    sex_title: str | None = shown(S1, "性别名称")
    birth_on: date | None = shown(S3, "出生日期")
    id_number: str | None = shown(S3, "身份证号")
    phone: str | None = shown(S2, "联系电话（中间四位不显示）")
    home_address: str | None = shown(S3, "户籍或常住地址")
    safe_contact: str | None = shown(S2, "安全联系方式")
    flags: list[str] | None = shown(S3, "特殊保护情形代码")


class ChangeShown(Shown):
    id: UUID = shown(S1, "编号")
    taken: bool = shown(S1, "已采用；否则只作记录，由承办部门核对")
    recorded_at: datetime = shown(S1, "登记时间")
    account: str | None = shown(S1, "登记人")
    organisation: str | None = shown(S1, "登记单位")
    before: FactsKept = shown(S1, "原来的")
    said: FactsKept = shown(S1, "登记的")


class ChangePage(Shown):
    """Newest first; `next` is the cursor of the page that follows."""

    items: list[ChangeShown] = shown(S1, "变更")
    next: str | None = shown(S1, "下一页")


class MatchShown(Shown):
    """Two rows that may be one person."""

    person: PersonBrief = shown(S2, "人员")
    other: PersonBrief = shown(S2, "可能是同一人的人员")
    reason: str = shown(S2, "相同之处")
    found_at: datetime = shown(S1, "发现时间")


class MatchList(Shown):
    items: list[MatchShown] = shown(S2, "待判定")


class VerdictBody(BaseModel):
    """Sent again with the same id, it is carried out once."""

    model_config = ConfigDict(extra="forbid")

    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    verdict: Verdict = Field(title="判定：same 同一人，different 不是同一人")


class Decided(Shown):
    person_id: UUID = shown(S1, "人员")
    other_id: UUID = shown(S1, "另一人员")
    verdict: Verdict | None = shown(S3, "判定")
    decided_by: int | None = shown(S1, "判定人账号")
    decided_at: datetime | None = shown(S1, "判定时间")


@router.get("", operation_id="list_people", summary="人员台账", response_model=PeoplePage)
async def list_people(
    work: Annotated[Work, needs(Permission.PEOPLE_FIND)],
    area: Area = None,
    open: Annotated[bool, Query(title="只看有未办结案件的")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """本人工作范围内案件的当事人，一人一行：全部可见案件和最近一次联系，只显示姓。"""
    return await ledger.page(work, ledger.Filters(area=area, open=open), cursor, limit)


@router.post(
    "/search", operation_id="search_people", summary="查找人员", response_model=PeopleFound
)
async def search_people(
    work: Annotated[Work, needs(Permission.PEOPLE_FIND)], body: SearchBody
) -> Any:
    """按姓名、身份证号或电话查找本人工作范围内的人员；每次查找都会留下记录。"""
    return await search.search(work, body.wanted())


@router.get(
    "/matches", operation_id="list_matches", summary="可能是同一人", response_model=MatchList
)
async def list_matches(work: Annotated[Work, needs(Permission.PEOPLE_MATCH)]) -> Any:
    """身份证号相同，或姓名和电话相同，尚未判定的两名人员。"""
    return {"items": await matches.waiting(work)}


@router.get("/{person_id}", operation_id="read_person", summary="人员", response_model=PersonShown)
async def read_person(work: Annotated[Work, needs(Permission.PEOPLE_FIND)], person_id: UUID) -> Any:
    """一名人员及本人可见的案件；查看敏感内容会留下记录。"""
    return await search.person_page(work, person_id)


@router.get(
    "/{person_id}/changes",
    operation_id="list_person_changes",
    summary="人员信息的变更",
    response_model=ChangePage,
)
async def list_person_changes(
    work: Annotated[Work, needs(Permission.PEOPLE_FIND)],
    person_id: UUID,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """谁在什么时候改了什么，原来是什么；未予采用的说法也在其中。"""
    return await history.page(work, person_id, cursor, limit)


@router.post(
    "/{person_id}/matches/{other_id}",
    operation_id="decide_match",
    summary="判定是否为同一人",
    response_model=Decided,
)
async def decide_match(
    work: Annotated[Work, needs(Permission.PEOPLE_MATCH)],
    person_id: UUID,
    other_id: UUID,
    body: VerdictBody,
) -> Any:
    """判定后可以改判；两条人员资料都保留，不合并。"""
    return await matches.decide(work, (person_id, other_id), body.id, body.verdict)
