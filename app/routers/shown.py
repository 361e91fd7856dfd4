"""What leaves the system: every field of an answer carries its class."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from app.kinds.forms import Form, Sight


class Shown(BaseModel):
    """A part of an answer. Its fields are declared with `shown`."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


def shown(sight: Sight, title: str | None = None, **rules: Any) -> Any:
    """A field of an answer, with its class: S4 is never declared here."""
    if sight >= Sight.S4:
        raise ValueError("S4 never leaves in an answer")
    return Field(title=title, json_schema_extra={"x-sight": sight.value}, **rules)


def check_classified(routers: Iterable[APIRouter]) -> None:
    """Raises RuntimeError if any answer of the routers has a field without a class."""
    bare = sorted(
        {
            f"{model.__name__}.{name}"
            for router in routers
            for route in routes(router)
            if route.response_model is not None
            for model in _models(route.response_model, set())
            for name, field in model.model_fields.items()
            if "x-sight" not in _extra(field.json_schema_extra)
        }
    )
    if bare:
        raise RuntimeError(f"fields without a class: {', '.join(bare)}")


def routes(router: APIRouter) -> Iterator[APIRoute]:
    """The router's own routes and those of the routers it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from routes(included)


def _extra(extra: Any) -> dict[str, Any]:
    return extra if isinstance(extra, dict) else {}


def _models(annotation: Any, seen: set[int]) -> Iterator[type[BaseModel]]:
    if id(annotation) in seen:
        return
    seen.add(id(annotation))
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    if is_model and not issubclass(annotation, Form):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation, seen)
    for inner in get_args(annotation):
        yield from _models(inner, seen)
