"""What routes need: the database, and one piece of work with its identity and transaction."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request
from fastapi.params import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncEngine

from app import tokens
from app.access import Actor, Work
from app.db import refused_session, transaction
from app.errors import (
    Busy,
    EnrolmentNeeded,
    NotAllowed,
    PasswordDue,
    SignInNeeded,
    TooManyAttempts,
)
from app.permissions import Confined, Permission
from app.rates import Rate, network
from app.services.identity import accounts, machines, sessions
from app.services.identity.machines import Said
from app.tokens import Claims

REMEMBERED = 4096
OUTDATED = "登录已失效，请重新登录"


class Actors:
    """Identities of the sessions seen lately. The database checks each again at every use: the
    session still stands, and nothing the account may do has changed."""

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, Actor] = OrderedDict()

    def get(self, session_id: UUID) -> Actor | None:
        return self._known.get(session_id)

    def remember(self, session_id: UUID, actor: Actor) -> None:
        self._known[session_id] = actor
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, session_id: UUID) -> None:
        self._known.pop(session_id, None)


# Plain `def` dependencies would each cost a hop to a thread: these are async without awaiting.
async def get_engine(request: Request) -> AsyncEngine:
    """The pool; Busy until the database has answered for the first time."""
    engine: AsyncEngine | None = request.app.state.engine
    if engine is None:
        raise Busy("系统正在启动，请稍后重试")
    return engine


EngineDep = Annotated[AsyncEngine, Depends(get_engine)]

bearer = HTTPBearer(auto_error=False, description="POST /api/v1/auth/login 返回的 access_token")


async def get_claims(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Claims:
    """What a valid access token says; SignInNeeded without one, TooManyAttempts if its account
    asks too fast."""
    if credentials is None:
        raise SignInNeeded("请先登录")
    try:
        claims = tokens.verify(sessions.keys(), credentials.credentials, now=datetime.now(UTC))
    except tokens.BadToken:
        # Whoever makes tokens up is a stranger, and counted as one.
        _count(request.app.state.addresses, network(request.client.host if request.client else ""))
        raise SignInNeeded(OUTDATED) from None
    _count(request.app.state.accounts, claims.account_id)
    return claims


def ours(token: str) -> bool:
    """Whether an access token is one of ours that still runs; its session may have ended."""
    try:
        tokens.verify(sessions.keys(), token, now=datetime.now(UTC))
    except tokens.BadToken:
        return False
    return True


def _count(rate: Rate, whose: str | int) -> None:
    if wait := rate.wait(whose):
        raise TooManyAttempts("请求过于频繁，请稍后再试", retry_after=wait)


ClaimsDep = Annotated[Claims, Depends(get_claims)]


async def get_session_id(claims: ClaimsDep) -> UUID:
    """The session of a person; SignInNeeded for a partner's system."""
    if claims.machine:
        raise SignInNeeded("请以个人账号登录")
    return claims.session_id


SessionIdDep = Annotated[UUID, Depends(get_session_id)]


async def get_work(
    request: Request, claims: ClaimsDep, named: SecurityScopes
) -> AsyncIterator[Work]:
    """One request, one transaction, in the name of whoever asks; committed before the answer.

    Raises NotAllowed without the permission the route names, or if it names none. A partner's
    system also has to say for whom and what for it asks (services/machines.admit).
    """
    state, engine = request.app.state, await get_engine(request)
    async with AsyncExitStack() as stack:
        actor = await _actor(engine, request, claims)
        try:
            connection = await stack.enter_async_context(transaction(engine, actor.opening))
        except asyncpg.PostgresError as error:
            if not refused_session(error):
                raise
            state.actors.forget(claims.session_id)
            actor = await _actor(engine, request, claims)
            connection = await stack.enter_async_context(transaction(engine, actor.opening))
        _check_permitted(actor, named.scopes)
        operator = actor.machine.operator if actor.machine else None
        yield Work(connection, actor, state.kinds, state.holidays, operator=operator)


Working = Callable[[], AbstractAsyncContextManager[Work]]
"""One more transaction in the name of whoever asks."""


async def get_working(
    request: Request,
    claims: ClaimsDep,
    session_id: SessionIdDep,
    named: SecurityScopes,
) -> Working:
    """For a person's request of many pieces of work, each committed by itself. Raises as
    `get_work`."""
    _check_permitted(await _actor(await get_engine(request), request, claims), named.scopes)
    again = asynccontextmanager(get_work)
    return lambda: again(request, claims, named)


def _check_permitted(actor: Actor, named: Sequence[str]) -> None:
    """After the session showed itself: rights taken away a moment ago are no longer there."""
    missing = [Permission(name) for name in named if name not in actor.permissions]
    if missing and actor.confined is Confined.PASSWORD:
        raise PasswordDue("密码由他人设置或已到期，请先修改密码")
    if missing and actor.confined is Confined.SECOND_FACTOR:
        raise EnrolmentNeeded("您的角色须用第二验证方式登录，请先绑定")
    if missing or not named:
        raise NotAllowed(f"您的角色没有“{'、'.join(p.label for p in missing)}”的权限")


async def _actor(engine: AsyncEngine, request: Request, claims: Claims) -> Actor:
    """Whoever asks, a partner's system with all that it says of this call."""
    actors: Actors = request.app.state.actors
    actor = actors.get(claims.session_id)
    if actor is None:
        actor = await _identify(engine, claims)
        if actor is not None:
            actors.remember(claims.session_id, actor)
    if actor is None or (actor.machine is not None) != claims.machine:
        raise SignInNeeded(OUTDATED)
    if actor.machine is None:
        return actor
    address = request.client.host if request.client else None
    return await machines.admit(engine, actor, address, await _said(request))


async def _identify(engine: AsyncEngine, claims: Claims) -> Actor | None:
    async with transaction(engine) as connection:
        actor = await accounts.identify(connection, claims.session_id)
        return actor and await machines.identify(connection, actor)


async def _said(request: Request) -> Said:
    """For whom and what for a partner's system asks: in the body it sends, or in headers."""
    if request.method == "GET":
        said: Any = {name: request.headers.get(f"anlan-{name}") for name in ("operator", "purpose")}
    else:
        try:
            said = await request.json()
        except ValueError:
            said = None
    said = said if isinstance(said, dict) else {}
    return Said(said.get("operator"), said.get("purpose"))


def needs(permission: Permission) -> Security:
    """How a route says what it takes to be served: `work: Annotated[Work, needs(…)]`."""
    # `scope="function"`: FastAPI ends the dependency, and so commits, before the answer leaves.
    return Security(get_work, scope="function", scopes=[permission.value])


def needs_in_turn(permission: Permission) -> Security:
    """`needs` for a route that works in several transactions."""
    return Security(get_working, scopes=[permission.value])


SignedIn = Annotated[UUID, Security(get_session_id, scopes=[Permission.DEFINITIONS_READ.value])]
"""The session alone, for what everybody signed in may read without the database."""
