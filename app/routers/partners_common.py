"""What all partners' bodies and answers share."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.types import UUID7

from app.errors import Invalid
from app.kinds.forms import S0, S1, Form, Whole, Yes
from app.kinds.people import Flag, IdNumber, PersonAnswer, Phone, Relation
from app.routers.shown import Shown, shown
from app.routers.typed import ReceiptShown
from app.services.agencies.partners import Paper, Undecided
from app.services.rows.commands import Receipt

Number = Annotated[str, Field(min_length=1, max_length=60)]
ABOUT = frozenset({"id", "operator", "purpose", "case_id", "open_new"})
"""What is said about the paper, not by it: another officer may send the same paper again."""


class Strict(BaseModel):
    """Unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class PartnerBody(Strict):
    """A paper. Sent again, it is carried out once, by its id and by its own number."""

    id: UUID7 = Field(title="对方系统生成的编号（UUIDv7），重发时不变")
    operator: str | None = Field(
        default=None, title="经办人代码，由对接系统推送时必填", max_length=32
    )
    purpose: str | None = Field(
        default=None, title="办理目的（案件类型），接口用户登记了多项时必填", max_length=64
    )
    area: Whole | None = Field(default=None, title="案件所在地区（12 位代码），新立案件时使用")
    case_id: UUID | None = Field(default=None, title="经人工确认归入的案件")
    open_new: Yes = Field(default=False, title="经人工确认另立新案")

    def paper(self, series: str, number: str | None) -> Paper:
        """The paper under its number; Invalid if it is to go into a case and to open one."""
        if self.case_id is not None and self.open_new:
            message = "归入已有案件与另立新案只能选一项"
            raise Invalid(message, [{"field": "open_new", "message": message}])
        return Paper(
            id=self.id,
            series=series,
            number=number,
            content=self.model_dump(mode="json", exclude=set(ABOUT)),
            area=self.area,
            case_id=self.case_id,
            open_new=self.open_new,
        )


class PartnerPerson(Strict):
    """A person as a partner's paper names her or him; known by the ID number."""

    name: str = Field(title="姓名", min_length=1, max_length=50)
    id_number: IdNumber = Field(title="身份证号")
    phone: Phone | None = Field(default=None, title="联系电话")
    flags: list[Flag] = Field(default_factory=list, title="特殊保护情形", max_length=12)
    home_address: str | None = Field(default=None, title="户籍或常住地址", max_length=200)

    def answer(self, relation: Relation | None = None) -> PersonAnswer:
        return PersonAnswer(**self.model_dump(), relation=relation)


def filled(form: type[Form], part: str, answers: dict[str, Any]) -> Any:
    """The form with answers translated from a partner's codes; Invalid for what it refuses."""
    try:
        return form.model_validate(answers)
    except ValidationError as error:
        problems = [_problem(part, e) for e in error.errors(include_input=False)]
    raise Invalid("请按提示修改后重新提交", problems)


def _problem(part: str, error: Any) -> dict[str, str]:
    named = (error.get("ctx") or {}).get("field")
    place = [part, *map(str, error["loc"]), *([str(named)] if named else [])]
    said = error["msg"] if named else "必填" if error["type"] == "missing" else "填写有误"
    return {"field": ".".join(place), "message": said}


class CandidateShown(Shown):
    """A case the paper may belong to."""

    id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    state: str = shown(S1, "案件状态")
    opened_at: datetime = shown(S1, "立案时间")


class Taken(Shown):
    """What became of a paper: recorded, or waiting for a person to say which case is meant."""

    result: Literal["recorded", "needs_decision"] = shown(S0, "结果")
    receipt: ReceiptShown | None = shown(S0, "回执", default=None)
    candidates: list[CandidateShown] = shown(
        S0, "可能归入的案件，由人工确认后带 case_id 或 open_new 重发", default_factory=list
    )


RECORDED: dict[int | str, dict[str, Any]] = {
    200: {"description": "以前已记录，返回原回执"},
    201: {"model": Taken, "description": "已记录"},
    202: {"model": Taken, "description": "待人工确认，没有保存任何内容"},
}


def taken(outcome: Receipt | Undecided, response: Response) -> Taken:
    """The answer: 201 recorded, 200 recorded before, 202 nothing stored until a person decides."""
    if isinstance(outcome, Undecided):
        response.status_code = 202
        rows = [CandidateShown.model_validate(row) for row in outcome.candidates]
        return Taken(result="needs_decision", candidates=rows)
    response.status_code = 200 if outcome.repeated else 201
    return Taken(result="recorded", receipt=ReceiptShown.model_validate(outcome))
