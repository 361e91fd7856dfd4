"""Refusals as RFC 9457 problems: a stable type for programs, a Chinese detail for people."""

import logging
from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.db import away
from app.errors import AppError, Busy, Invalid, SecondFactorNeeded, TokenRefused
from app.kinds.forms import Sight
from app.logs import frames
from app.routers.shown import Shown, shown

log = logging.getLogger("anlan")

BASE = "/problems/"
MOST_PROBLEMS = 100


class ProblemField(Shown):
    field: str = shown(Sight.S0, "字段")
    message: str = shown(Sight.S0, "说明")


class Problem(Shown):
    """RFC 9457. `type` is stable; `basis` names the article that stands against the request."""

    type: str = shown(Sight.S0, "类型")
    title: str = shown(Sight.S0, "标题")
    status: int = shown(Sight.S0, "状态码")
    detail: str = shown(Sight.S0, "说明")
    basis: str | None = shown(Sight.S0, "依据", default=None)
    problems: list[ProblemField] = shown(Sight.S0, "各项问题", default_factory=list)
    accepted: list[str] | None = shown(Sight.S0, "可用的第二验证方式", default=None)
    passkey: dict[str, Any] | None = shown(Sight.S1, "浏览器验证通行密钥所需", default=None)


CODES = {
    400: "请求无法处理",
    401: "未登录或登录已失效",
    403: "没有权限，或须再次验证身份",
    404: "没有找到，或不在您的工作范围",
    408: "提交的内容没有在限定时间内传完",
    409: "状态不符、依法不能办理、编号已被使用",
    410: "已依法删除",
    412: "内容已被他人修改",
    413: "提交的内容太大",
    414: "网址太长",
    422: "填写内容有误",
    428: "缺少 If-Match",
    429: "请求过于频繁，请稍后再试",
    431: "请求头太大",
    503: "系统繁忙，请稍后重试",
}
"""What any operation may answer instead: whoever works through the API is told so for each."""

PROBLEMS: dict[int, dict[str, Any]] = {
    code: {
        "description": text,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for code, text in CODES.items()
}


def install(app: FastAPI) -> None:
    """Answer every failure of the app with a problem."""
    app.add_exception_handler(AppError, _refusal)
    app.add_exception_handler(TokenRefused, _no_token)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for busy in (PoolTimeout, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        app.add_exception_handler(busy, _database)
    _describe(app)


FOREIGN = "HTTPValidationError"
"""FastAPI's own schema of a 422, which no answer of ours has."""


def _describe(app: FastAPI) -> None:
    """Give the API's description the schema of a problem, and every operation the problems it may
    answer with: FastAPI adds its own answers only, and a 422 that is not ours."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        schemas = described["components"]["schemas"]
        for model in (Problem, ProblemField):
            made = model.model_json_schema(ref_template="#/components/schemas/{model}")
            made.pop("$defs", None)
            schemas.setdefault(model.__name__, made)
        described["components"]["responses"] = {str(c): PROBLEMS[c] for c in CODES}
        for methods in described["paths"].values():
            for operation in methods.values():
                answers = operation["responses"]
                if FOREIGN in str(answers.get("422")):
                    del answers["422"]
                for code in map(str, CODES):
                    answers.setdefault(code, {"$ref": f"#/components/responses/{code}"})
        for name in (FOREIGN, "ValidationError"):
            schemas.pop(name, None)
        return described

    app.openapi = openapi  # type: ignore[method-assign]


def answer(
    status: int,
    type_: str,
    title: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    body = {"type": BASE + type_, "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


async def answer_to(request: Request, error: Exception) -> JSONResponse:
    """The problem that a failure would have been answered with, had it been the request's own."""
    match error:
        case AppError():
            return refusal(error)
        case RequestValidationError():
            return await _invalid(request, error)
        case _:
            return await _database(request, error)


async def _refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)  # noqa: S101 - registered for this class
    return refusal(error)


def refusal(error: AppError, **headers: str) -> JSONResponse:
    """The answer to whom we refuse."""
    more: dict[str, Any] = {"basis": error.basis} if error.basis else {}
    if isinstance(error, Invalid):
        more["problems"] = error.problems
    if isinstance(error, SecondFactorNeeded):
        more["accepted"] = error.accepted
        if error.passkey:
            more["passkey"] = error.passkey
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return answer(error.status, error.type, error.title, error.detail, headers=headers, **more)


async def _no_token(request: Request, error: Exception) -> JSONResponse:
    """RFC 6749 section 5.2, which OAuth libraries read; the Chinese stands beside it."""
    assert isinstance(error, TokenRefused)  # noqa: S101 - registered for this class
    said = {"error": error.error, "error_description": error.description, "detail": error.detail}
    return JSONResponse(said, error.status, {"Cache-Control": "no-store"})


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = error.errors()
    problems = [field_problem(e) for e in found[:MOST_PROBLEMS]]
    if len(found) > MOST_PROBLEMS:
        problems.append({"field": "", "message": f"另有 {len(found) - MOST_PROBLEMS} 处有误"})
    return answer(422, "invalid", "填写内容有误", "请按提示修改后重新提交", problems=problems)


def field_problem(error: Mapping[str, Any]) -> dict[str, str]:
    """The place and the reason. Never the value: it may be a secret."""
    place = [str(p) for p in error["loc"] if p != "body"]
    context = error.get("ctx") or {}
    if "field" in context:
        place.append(str(context["field"]))
    return {"field": ".".join(place), "message": _chinese(str(error["type"]), error)}


TEXTS = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "enum": "请从列表中选择",
    "literal_error": "请从列表中选择",
    "string_too_long": "文字太长（最多 {max_length} 字）",
    "string_too_short": "文字太短（至少 {min_length} 字）",
    "string_pattern_mismatch": "格式有误",
    "string_type": "应为文字",
    "bool_type": "应为是或否",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "date_from_datetime_parsing": "日期有误（如 2026-01-31）",
    "date_parsing": "日期有误（如 2026-01-31）",
    "date_type": "日期有误（如 2026-01-31）",
    "datetime_parsing": "时间有误",
    "datetime_from_date_parsing": "时间有误",
    "datetime_type": "时间有误",
    "timezone_aware": "时间须带时区",
    "uuid_parsing": "编号有误",
    "uuid_version": "编号须为 UUIDv7",
    "uuid_type": "编号有误",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "list_type": "应为列表",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应为一组填写内容",
    "dict_type": "应为一组填写内容",
}


def _chinese(type_: str, error: Mapping[str, Any]) -> str:
    if type_ in TEXTS:
        return TEXTS[type_].format_map(error.get("ctx") or {})
    message = str(error.get("msg", ""))
    return message if any("\u4e00" <= c <= "\u9fff" for c in message) else "填写有误"


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    known = {404: ("not-found", "没有找到"), 405: ("method-not-allowed", "不支持这种请求方法")}
    type_, title = known.get(error.status_code, ("bad-request", "请求无法处理"))
    return answer(error.status_code, type_, title, title, headers=error.headers)


UNSTORABLE = {"22021", "22P05"}
"""Text with a zero character in it, which PostgreSQL cannot hold."""

OUT_OF_RANGE = {"22000", "22003", "22008"}
"""A number or a moment beyond what the database, or its driver, can hold."""


async def _database(request: Request, error: Exception) -> JSONResponse:
    """The database is away or overloaded: try again. Anything else it says is our fault."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None) or getattr(error, "sqlstate", None)
    if state in UNSTORABLE:
        return answer(422, "invalid", "填写内容有误", "文字中含有无法保存的字符，请删去后重新提交")
    if state in OUT_OF_RANGE:
        return answer(422, "invalid", "填写内容有误", "有数字或日期超出可以保存的范围，请核对")
    if away(error):
        log.warning("the database is away or overloaded: %s", type(cause).__name__)
        return refusal(Busy("系统繁忙，请稍后重试；已提交的编号可以直接重发"))
    return failure(request, error)


def failure(request: Request, error: Exception) -> JSONResponse:
    """Something is wrong with us. The log gets the place, never the values."""
    scope = request.scope
    route = getattr(scope.get("route"), "path", "")
    place = frames(error.__traceback__)
    log.error("%s in %s %s: %s", type(error).__name__, scope.get("request_id"), route, place)
    return answer(500, "failure", "系统出错", "系统出错，没有保存任何内容，请稍后重试")
