"""The numbers of 《人身安全保护令案件信息业务标准》 as they come in."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictInt
from pydantic_core import PydanticCustomError

from app.kinds.forms import Choice
from app.kinds.protection_order.codes import (
    CHANGE_NUMBERS,
    DISPOSAL_NUMBERS,
    MEASURE_NUMBERS,
    RELATION_NUMBERS,
    ChangeItem,
    Disposal,
    Measure,
    SocialRelation,
)


def _code(title: str, numbers: Mapping[Any, int]) -> Any:
    """A whole number of one of the standard's lists."""
    known = sorted(numbers.values())

    def listed(value: int) -> int:
        if value not in known:
            raise PydanticCustomError("code", "“{title}”没有这个代码", {"title": title})
        return value

    words = {str(number): word.label for word, number in numbers.items()}
    extra: dict[str, Any] = {"enum": known, "x-labels": words}
    return Annotated[StrictInt, AfterValidator(listed), Field(json_schema_extra=extra)]


def _words(numbers: Mapping[Any, int]) -> Mapping[int, Any]:
    return {number: word for word, number in numbers.items()}


RelationCode = _code("双方社会关系", RELATION_NUMBERS)
MeasureCode = _code("措施种类", MEASURE_NUMBERS)
DisposalCode = _code("结案方式", DISPOSAL_NUMBERS)
ChangeCode = _code("变更申请事项", CHANGE_NUMBERS)

RELATIONS: Mapping[int, SocialRelation] = _words(RELATION_NUMBERS)
MEASURES: Mapping[int, Measure] = _words(MEASURE_NUMBERS)
DISPOSALS: Mapping[int, Disposal] = _words(DISPOSAL_NUMBERS)
CHANGES: Mapping[int, ChangeItem] = _words(CHANGE_NUMBERS)


def measures(codes: list[int]) -> list[Choice]:
    return [MEASURES[code] for code in codes]
