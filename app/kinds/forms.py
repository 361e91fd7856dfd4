"""Forms: what is asked, how secret each answer is, and which article asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Self, get_origin

from annotated_types import MaxLen
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    StrictInt,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Sight(StrEnum):
    """How far an answer travels: S0 public, S1 operational, S2 personal, S3 sensitive, S4 vault."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


S0, S1, S2, S3, S4 = Sight

MOST_ITEMS = 30
"""Of a list whose form says nothing else: more children or grounds than any case has."""

Yes = StrictBool
"""A yes-or-no answer. Lax booleans would take 1 or "no" for an answer."""

Whole = StrictInt
"""A whole number. Lax integers would take false for 0."""

Moment = AwareDatetime
"""A moment with its time zone; one without is refused."""


class Choice(StrEnum):
    """An answer from a fixed list: `NAME = "code", "中文标题"`; the code is what is stored."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        handler.resolve_ref_schema(described)["x-labels"] = {c.value: c.label for c in cls}
        return described


@dataclass(frozen=True)
class When:
    """True when the answer to `field` is (or, for a list, has) one of `values`."""

    field: str
    values: frozenset[str | bool]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        answer = answers.get(self.field)
        if isinstance(answer, list | tuple | set | frozenset):
            return not self.values.isdisjoint(answer)
        return answer in self.values

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "values": sorted(self.values, key=str)}


def when(field: str, *values: str | bool) -> When:
    return When(field, frozenset(values))


@dataclass(frozen=True)
class Note:
    """What the law and the screens need to know of a field beyond its type."""

    sight: Sight
    source: str
    widget: str | None = None
    visible_if: When | None = None
    required_if: When | None = None
    party: str | None = None


def ask(
    title: str,
    sight: Sight,
    *,
    source: str,
    hint: str | None = None,
    widget: str | None = None,
    visible_if: When | None = None,
    required_if: When | None = None,
    party: str | None = None,
    **rules: Any,
) -> Any:
    """A form field: its title, its class, the article (or 设计) that asks for it.

    An optional answer takes `default=None` (a list: `default_factory=list`). `visible_if` hides
    it, `required_if` demands it, both judged alike by phone and server. `party` makes the
    answer a person with that role in the case. Further `rules` are Pydantic's.
    """
    note = Note(sight, source, widget, visible_if, required_if, party)
    extra: dict[str, Any] = {"x-sight": sight.value, "x-source": source}
    extra |= {"x-widget": widget} if widget else {}
    extra |= {"x-party": party} if party else {}
    extra |= {"x-visible-if": visible_if.as_json()} if visible_if else {}
    extra |= {"x-required-if": required_if.as_json()} if required_if else {}
    made: FieldInfo = Field(title=title, description=hint, json_schema_extra=extra, **rules)
    made.metadata.append(note)
    return made


def note_of(field: FieldInfo) -> Note | None:
    """The note `ask` put on a field; None for a field that was not asked for with it."""
    return next((m for m in field.metadata if isinstance(m, Note)), None)


class Form(BaseModel):
    """The answers of one step. Unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, frozen=True, use_attribute_docstrings=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """No list is endless, whether or not its author thought of it."""
        endless = [
            field
            for field in cls.model_fields.values()
            if get_origin(field.annotation) is list
            and not any(isinstance(rule, MaxLen) for rule in field.metadata)
        ]
        for field in endless:
            field.metadata.append(MaxLen(MOST_ITEMS))
        if endless:
            cls.model_rebuild(force=True)

    @model_validator(mode="after")
    def _conditions(self) -> Self:
        answers = self.__dict__
        for name, note in notes(type(self)):
            given = answers[name] not in (None, [], "")
            if isinstance(answers[name], date) and not 1900 <= answers[name].year <= 2100:
                raise PydanticCustomError("far_date", "“{title}”的年份有误", _about(self, name))
            if note.visible_if and given and not note.visible_if.holds(answers):
                raise PydanticCustomError(
                    "hidden_answer", "“{title}”在当前选择下不应填写", _about(self, name)
                )
            blank = answers[name] == "" and type(self).model_fields[name].is_required()
            if blank or (note.required_if and not given and note.required_if.holds(answers)):
                raise PydanticCustomError("missing_answer", "请填写“{title}”", _about(self, name))
        return self


def _about(form: Form, name: str) -> dict[str, Any]:
    return {"field": name, "title": type(form).model_fields[name].title or name}


class Empty(Form):
    """An action that asks nothing."""


@cache
def notes(form: type[BaseModel]) -> tuple[tuple[str, Note], ...]:
    """Every field of the form that carries a note, with it."""
    found = ((name, note_of(field)) for name, field in form.model_fields.items())
    return tuple((name, note) for name, note in found if note is not None)


def by_sight(form: type[BaseModel]) -> dict[str, Sight]:
    """Field name → class, for the form's own fields (parties are people, and have their own)."""
    return {name: note.sight for name, note in notes(form) if note.party is None}
