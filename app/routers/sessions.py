"""Signing in and out; the sessions one has open."""

from datetime import datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app import tokens
from app.access import Work
from app.config import get_settings
from app.deps import EngineDep, needs
from app.errors import DeviceLost, NotAllowed, SignInNeeded
from app.kinds.forms import Sight, Whole
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.second_factors import Code, Passkey
from app.routers.shown import Shown, shown
from app.services.identity import lost_devices, sessions, signing_in
from app.services.identity.signing_in import Caller

router = APIRouter(prefix="/auth", tags=["登录与账号"])

Own = Annotated[Work, needs(Permission.SELF)]

REFRESH, DEVICE = "anlan_refresh", "anlan_device"
A_YEAR: Final = 365 * 24 * 3600
LONGEST: Final = 256
"""Characters of a cookie, or of what a browser says of itself, that are taken."""


class SignIn(BaseModel):
    """What is typed to sign in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    username: str = Field(title="用户名", min_length=1, max_length=64)
    password: SecretStr = Field(title="密码", min_length=1, max_length=256)
    code: Code | None = None
    passkey: Passkey | None = None
    device: Literal["desk", "phone"] = Field(title="设备", default="desk")


class Token(Shown):
    """A short-lived access token."""

    access_token: str = shown(Sight.S1, "访问令牌")
    token_type: str = shown(Sight.S0, "类型", default="bearer")
    expires_in: int = shown(Sight.S0, "有效期（秒）")


class OpenSession(Shown):
    """One's own session that still stands."""

    id: UUID = shown(Sight.S1, "编号")
    opened_at: datetime = shown(Sight.S1, "登录时间")
    seen_at: datetime = shown(Sight.S1, "最近使用")
    ends_at: datetime = shown(Sight.S1, "到期时间")
    user_agent: str = shown(Sight.S1, "浏览器")
    current: bool = shown(Sight.S1, "本次登录")


class OpenSessions(Shown):
    """The latest used first. They end by themselves within hours, so there are no pages."""

    items: list[OpenSession] = shown(Sight.S1, "登录")


@router.post("/login", operation_id="sign_in", summary="登录")
async def sign_in(typed: SignIn, request: Request, engine: EngineDep, response: Response) -> Token:
    """连续输错 10 次后，每 90 秒可再试一次；在登录过的设备上单独计算，不受他人影响。

    绑定了第二验证方式的，还须填写验证码、恢复码，或用通行密钥验证。
    电脑 15 分钟、手机 2 小时不用即退出，最长 12 小时；手机另有手机密码，5 分钟不用即锁。
    """
    _refuse_other_sites(request)
    caller = Caller(
        address=request.client.host if request.client else "",
        device=_cookie(request, DEVICE),
        user_agent=request.headers.get("user-agent", "")[:LONGEST],
        phone=typed.device == "phone",
    )
    signed_in = await signing_in.sign_in(
        engine,
        caller,
        typed.username,
        typed.password.get_secret_value(),
        typed.passkey or (typed.code.get_secret_value() if typed.code else None),
    )
    _set_cookie(response, DEVICE, signed_in.device, A_YEAR)
    return _handed_over(response, signed_in.opened)


@router.post("/refresh", operation_id="refresh_session", summary="更换令牌")
async def refresh_session(request: Request, engine: EngineDep, response: Response) -> Token:
    """用 Cookie 中的刷新令牌换取新的访问令牌；刷新令牌同时更换，旧的再次使用时本次登录即告结束。

    须带 X-Requested-With: anlan，且只能由本系统的页面发出。
    """
    _refuse_other_sites(request)
    if request.headers.get("x-requested-with") != "anlan":
        raise NotAllowed("缺少 X-Requested-With: anlan")
    shown_token, device = _cookie(request, REFRESH), _cookie(request, DEVICE)
    try:
        if shown_token is None:
            raise SignInNeeded("请先登录")
        return _handed_over(response, await sessions.refresh(engine, shown_token))
    except SignInNeeded:
        if device and await lost_devices.is_lost(engine, device):
            raise DeviceLost("这部设备已登记遗失，其中保存的内容即将清除") from None
        raise


class LostBody(Body):
    account_id: Annotated[Whole, Field(ge=1, lt=2**63)] = Field(title="谁的设备（账号）")
    reason: str = Field(title="说明", min_length=5, max_length=500)


@router.post(
    "/devices-lost",
    operation_id="lose_devices",
    summary="登记设备遗失",
    status_code=204,
)
async def lose_devices(
    work: Annotated[Work, needs(Permission.DEVICES_LOSE)], body: LostBody
) -> None:
    """该账号在所有设备上退出登录；手机下次联网时清除所存内容，尚未上传的记录仍封存在手机上，重新登录后上传。

    由本人、主管人员或系统管理员登记。
    """
    await lost_devices.lose(work, body.account_id, body.reason)


@router.post("/logout", operation_id="sign_out", summary="退出登录", status_code=204)
async def sign_out(work: Own, response: Response) -> None:
    """本次登录的令牌立即失效。"""
    await sessions.end(work, work.actor.session_id)
    _set_cookie(response, REFRESH, "", 0)


@router.get("/sessions", operation_id="list_sessions", summary="本人的登录")
async def list_sessions(work: Own) -> OpenSessions:
    """本人在各设备上尚未退出的登录。"""
    own = work.actor.session_id
    return OpenSessions(
        items=[
            OpenSession(
                id=row.id,
                opened_at=row.opened_at,
                seen_at=row.seen_at,
                ends_at=row.ends_at,
                user_agent=row.user_agent,
                current=row.id == own,
            )
            for row in await sessions.listed(work)
        ]
    )


@router.post(
    "/sessions/{session_id}/sign-out",
    operation_id="sign_out_there",
    summary="退出另一设备上的登录",
    status_code=204,
)
async def sign_out_there(work: Own, session_id: UUID) -> None:
    """该次登录的令牌立即失效。"""
    await sessions.end(work, session_id)


@router.post(
    "/sessions/sign-out-others",
    operation_id="sign_out_others",
    summary="退出其他所有登录",
    status_code=204,
)
async def sign_out_others(work: Own) -> None:
    """本人的其他登录立即失效，只留本次。"""
    await sessions.end_others(work)


def _handed_over(response: Response, opened: sessions.Opened) -> Token:
    _set_cookie(response, REFRESH, opened.refresh_token, int(sessions.LIFE.total_seconds()))
    lasts = int(tokens.LIFE.total_seconds())
    return Token(access_token=opened.access_token, expires_in=lasts)


def _refuse_other_sites(request: Request) -> None:
    """Raises NotAllowed for what a page of another site makes a browser send."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own_host = request.headers.get("host", "")
    if site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != own_host
    ):
        raise NotAllowed("只能由本系统的页面发出这一请求")


def _cookie(request: Request, name: str) -> str | None:
    value = request.cookies.get(_cookie_name(name))
    return value if value and len(value) <= LONGEST else None


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie_name(name),
        value,
        max_age=seconds,
        secure=get_settings().secure,
        httponly=True,
        samesite="strict",
    )


def _cookie_name(name: str) -> str:
    """With TLS a name that no neighbour of the host can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if get_settings().secure else name
