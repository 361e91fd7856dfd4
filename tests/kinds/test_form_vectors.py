"""The rules of forms, by vectors that the frontend's rules are held to as well."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from app.kinds import KINDS
from app.kinds.forms import Choice
from app.routers.problems import field_problem
from app.services.rows.definitions import schema_names

FILE = Path(__file__).parents[1] / "vectors" / "forms.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
FORMS = {name: form for form, name in schema_names(KINDS).items()}


def spelled(form: type[BaseModel], name: str, answer: Any) -> Any:
    """@200 is a text of that many characters, @first the first answer of the field's list."""
    if isinstance(answer, str) and answer.startswith("@"):
        if answer != "@first":
            return "字" * int(answer[1:])
        choices = get_args(form.model_fields[name].annotation)
        return next(next(iter(c)).value for c in choices if issubclass(c, Choice))
    return answer


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_a_form_finds_what_the_phone_finds(vector: dict[str, Any]) -> None:
    form = FORMS[vector["form"]]
    answers = {n: spelled(form, n, a) for n, a in vector["answers"].items()}
    found: set[str] = set()
    try:
        form.model_validate_json(json.dumps(answers))
    except ValidationError as error:
        found = {field_problem(dict(e))["field"] for e in error.errors()}
    if only := vector.get("only"):
        found &= {only}
    assert found == set(vector["places"])
