"""Tokens for partners' systems: OAuth 2.0 client credentials with a signed assertion (RFC 7523)."""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from app.deps import EngineDep
from app.errors import TokenRefused
from app.kinds.forms import S0, S1
from app.routers.shown import Shown, shown
from app.services.identity import machines, sessions

router = APIRouter(tags=["部门对接"])

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NAMES: Final = frozenset(
    {"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope"}
)


class MachineToken(Shown):
    """RFC 6749 section 5.1."""

    access_token: str = shown(S1, "访问令牌")
    token_type: str = shown(S0, "类型", default="Bearer")
    expires_in: int = shown(S0, "有效期（秒）")
    scope: str = shown(S1, "权限范围，以空格分隔")


class TokenProblem(Shown):
    """RFC 6749 section 5.2; `detail` says it in Chinese."""

    error: str = shown(S0, "错误代码")
    error_description: str = shown(S0, "英文说明")
    detail: str = shown(S0, "说明")


class TokenForm(BaseModel):
    """What the form holds; for the API's description."""

    grant_type: Literal["client_credentials"] = Field(title="方式")
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"] = (
        Field(title="断言类型")
    )
    client_assertion: str = Field(title="用登记的密钥签名的断言（JWT，ES256）", max_length=2600)
    scope: str = Field(default="", title="权限范围，以空格分隔；不填为登记的全部", max_length=500)


FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": TokenForm.model_json_schema()}},
    }
}


@router.post(
    "/oauth/token",
    operation_id="machine_token",
    summary="对接系统的访问令牌",
    openapi_extra=FORM,
    responses={
        400: {"model": TokenProblem, "description": "请求或权限范围有误"},
        401: {"model": TokenProblem, "description": "接口用户身份验证失败"},
    },
)
async def give_token(request: Request, engine: EngineDep, response: Response) -> MachineToken:
    """令牌五分钟有效；断言最长六十秒有效，且只能使用一次。"""
    form = _form(request.headers.get("content-type", ""), await request.body())
    granted = await machines.grant(
        engine,
        sessions.keys(),
        form["client_assertion"],
        form.get("client_id"),
        form.get("scope"),
        request.client.host if request.client else None,
    )
    response.headers["cache-control"] = "no-store"
    return MachineToken.model_validate(granted)


def _form(content_type: str, body: bytes) -> Mapping[str, str]:
    """The fields that stand in the form. Raises TokenRefused for one that is not as it must be."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise _bad("the body must be application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=len(NAMES))
    except ValueError:
        raise _bad("the form cannot be read") from None
    form = dict(pairs)
    if len(form) != len(pairs) or not form.keys() <= NAMES:
        raise _bad("a parameter is unknown or given twice")
    if form.get("grant_type", "client_credentials") != "client_credentials":
        raise TokenRefused(
            "只支持 client_credentials",
            error="unsupported_grant_type",
            description="only client_credentials is supported",
        )
    if "grant_type" not in form or "client_assertion" not in form:
        raise _bad("grant_type and client_assertion are required")
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _bad(f"client_assertion_type must be {ASSERTION_TYPE}")
    return form


def _bad(description: str) -> TokenRefused:
    return TokenRefused("令牌请求有误", error="invalid_request", description=description)
