"""The writing operations, made from the definitions: one for opening each kind, one an action."""

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model
from pydantic.types import UUID7
from starlette.routing import Match
from starlette.types import Scope

from app.access import Work
from app.deps import needs
from app.kinds import Kinds
from app.kinds.base import OPENED, Action, CaseKind
from app.kinds.forms import S1, Form, Moment, Sight, Whole
from app.permissions import Permission
from app.routers.shown import Shown, shown
from app.services.acting import cases, corrections
from app.services.rows.commands import Command, Receipt

EARLIEST = datetime(2016, 3, 1, tzinfo=UTC)
"""The day the Anti-DV law came into force: nothing here is older."""

LATEST = datetime(2100, 12, 31, tzinfo=UTC)
"""A phone may be wrong by years, but not beyond what a calendar holds."""


class CommandBody(BaseModel):
    """A wish to change something. Sent again with the same id, it is carried out once."""

    model_config = ConfigDict(extra="forbid")

    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    happened_at: Annotated[Moment, Field(ge=EARLIEST, le=LATEST, title="事实发生时间")]
    clock_offset: Annotated[Whole, Field(ge=-(10**9), le=10**9)] = Field(
        default=0, title="客户端时钟比服务器快的秒数"
    )

    def command(self, answers: Form) -> Command:
        return Command(
            id=self.id,
            happened_at=self.happened_at,
            clock_offset=timedelta(seconds=self.clock_offset),
            answers=answers,
            body=self.model_dump(mode="json", include={"answers", "area", "event_id", "reason"}),
        )


class CorrectionAnswers(Form):
    """New values for some answers of an earlier event; the rest stay."""


def _storable(answers: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for half a character: browsers cut emoji in two. Forms refuse it, but these
    answers meet theirs late."""
    json.dumps(answers, ensure_ascii=False).encode()
    return answers


class CorrectionBody(CommandBody):
    event_id: UUID = Field(title="要更正的记录")
    reason: str = Field(title="更正理由", min_length=1, max_length=500)
    answers: Annotated[dict[str, Any], Field(min_length=1), AfterValidator(_storable)] = Field(
        title="更正后的内容（只填要改的项）"
    )


class ReceiptShown(Shown):
    """What came of a command."""

    id: UUID = shown(S1, "记录编号")
    case_id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(Sight.S0, "案件类型")
    state: str = shown(S1, "办理后的状态")
    version: int = shown(S1, "版本")
    recorded_at: datetime = shown(S1, "系统记录时间")
    repeated: bool = shown(S1, "是否为重复提交")


class OneOfMany(APIRoute):
    """One of some two hundred that are tried in turn: most are ruled out by how the path ends."""

    def __init__(self, path: str, *rest: Any, **more: Any) -> None:
        self.ending = path.rpartition("/")[2]
        super().__init__(path, *rest, **more)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if scope["path"].endswith(self.ending) else (Match.NONE, {})


Bodies = Mapping[tuple[str, str], type[CommandBody]]


def bodies(kinds: Kinds) -> Bodies:
    """The body of each operation, by kind and step."""
    area: Any = (Whole | None, Field(default=None, title="案件所在地区（12 位代码）"))
    made: dict[tuple[str, str], type[CommandBody]] = {}
    for kind in kinds.values():
        made[kind.name, OPENED] = _body(f"{kind.name}_open", kind.form, area=area)
        for action in kind.actions:
            made[kind.name, action.name] = _body(f"{kind.name}_{action.name}", action.form)
    return made


def make_router(kinds: Kinds, bodies: Bodies) -> APIRouter:
    """POST /cases/{kind}, /cases/{kind}/{case_id}/{action} and /correct, for every kind."""
    router = APIRouter(prefix="/cases", route_class=OneOfMany)
    for kind in kinds.values():
        _add(
            router,
            kind,
            f"/{kind.name}",
            _opening(kind, bodies[kind.name, OPENED]),
            f"{kind.name}_open",
            f"登记{kind.title}",
            201,
        )
        for action in kind.actions:
            _add(
                router,
                kind,
                f"/{kind.name}/{{case_id}}/{action.name}",
                _acting(kind, action, bodies[kind.name, action.name]),
                f"{kind.name}_{action.name}",
                f"{kind.title}：{action.title}",
                200,
            )
        _add(
            router,
            kind,
            f"/{kind.name}/{{case_id}}/correct",
            _correcting(kind),
            f"{kind.name}_correct",
            f"{kind.title}：更正",
            200,
        )
    return router


Operation = Callable[..., Awaitable[Receipt]]
Writing = Annotated[Work, needs(Permission.CASES_WRITE)]


def _add(
    router: APIRouter,
    kind: CaseKind,
    path: str,
    run: Operation,
    name: str,
    summary: str,
    status: int,
) -> None:
    router.add_api_route(
        path,
        run,
        methods=["POST"],
        status_code=status,
        operation_id=name,
        name=name,
        summary=summary,
        tags=[f"办理：{kind.title}"],
        response_model=ReceiptShown,
    )


def _body(name: str, form: type[Form], **more: Any) -> type[CommandBody]:
    answers: Any = (form, Field(title="填写内容"))
    return create_model(f"{name}_command", __base__=CommandBody, answers=answers, **more)


def _opening(kind: CaseKind, body_type: type[CommandBody]) -> Operation:
    async def run(work: Writing, response: Response, body: Any) -> Receipt:
        receipt = await cases.open_case(work, kind, body.command(body.answers), body.area)
        if receipt.repeated:
            response.status_code = 200
        return receipt

    return _typed(run, body_type, kind.basis)


def _acting(kind: CaseKind, action: Action, body_type: type[CommandBody]) -> Operation:
    async def run(work: Writing, case_id: UUID, body: Any) -> Receipt:
        return await cases.act(work, kind, case_id, action.name, body.command(body.answers))

    return _typed(run, body_type, action.basis)


def _correcting(kind: CaseKind) -> Operation:
    async def run(work: Writing, case_id: UUID, body: Any) -> Receipt:
        command = body.command(CorrectionAnswers())
        return await corrections.correct(
            work, kind, case_id, body.event_id, body.answers, body.reason, command
        )

    return _typed(run, CorrectionBody, "统计法 24；设计")


def _typed(run: Operation, body_type: type[BaseModel], basis: str) -> Operation:
    """Give the operation its own body type, so that OpenAPI and validation know it."""
    signature = inspect.signature(run)
    parameters = [
        p.replace(annotation=body_type) if p.name == "body" else p
        for p in signature.parameters.values()
    ]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__doc__ = f"依据：{basis}"
    return run
