"""What the commands share: the database of the settings, and how failures end."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer
from alembic.util import CommandError
from rich.console import Console
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from app import migrate
from app.access import Held
from app.config import Settings, SettingsError
from app.db import app_role, worker_role
from app.embedded import EmbeddedPostgres, EmbeddedPostgresError
from app.errors import AppError, Invalid
from app.places import place_of
from app.posix import ProgramError
from app.roles import Role

DATABASE = "anlan"
EXPECTED = (
    SettingsError,
    AppError,
    EmbeddedPostgresError,
    ProgramError,
    CommandError,
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)
"""What an operator can put right; anything else is our fault and shows where."""

say = Console(stderr=True, highlight=False, soft_wrap=True)


class OneLine(TyperGroup):
    """Failures that an operator can put right end in one line and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            say.print(f"[red]✗[/red] {_reason(error)}")
            raise typer.Exit(1) from None


def _reason(error: BaseException) -> str:
    match error:
        case AppError():
            return f"{error.detail} / {error.type}"
        case DBAPIError():
            # The whole text would repeat the statement and its values.
            return f"数据库出错 / database error: {str(error.orig).splitlines()[0]}"
        case asyncpg.PostgresError() | asyncpg.InterfaceError() | OSError():
            return f"无法连接或读写 / cannot connect, read or write: {error}"
        case _:
            return str(error)


class Urls(NamedTuple):
    """Where the database is: for the app, for the owner of its tables, for the worker."""

    app: str | None
    owner: str | None
    worker: str | None


@contextmanager
def database(settings: Settings, *, shared: bool = True) -> Iterator[Urls]:
    """The database of the settings; without one the embedded, started here unless, with `shared`,
    it runs already."""
    if settings.database_url is not None or settings.owner_database_url is not None:
        yield Urls(settings.database_url, settings.owner_database_url, settings.worker_database_url)
        return
    postgres = EmbeddedPostgres(settings.data / "postgres")
    owner = postgres.dsn(DATABASE)
    with nullcontext() if shared and asyncio.run(_answers(owner)) else postgres:
        found = postgres.psql("postgres", "select datname from pg_database")
        if DATABASE not in found.split():
            postgres.psql("postgres", f"create database {DATABASE}")
        app_url = postgres.dsn(DATABASE, app_role(settings.schema))
        yield Urls(app_url, owner, postgres.dsn(DATABASE, worker_role(settings.schema)))


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    with database(settings) as urls:
        yield needed(urls.owner)


def needed(owner: str | None) -> str:
    if owner is None:
        raise SettingsError("OWNER_DATABASE_URL 未设置", "OWNER_DATABASE_URL is not set")
    return owner


@contextmanager
def step(chinese: str, english: str) -> Iterator[None]:
    begun = time.monotonic()
    with say.status(f"{chinese} / {english} …"):
        yield
    say.print(f"[green]✓[/green] {chinese} / {english} ({time.monotonic() - begun:.1f} s)")


async def as_owner(
    url: str, settings: Settings, work: Callable[..., Any], *given: Any, **named: Any
) -> Any:
    """One piece of work in one transaction of the owner's."""
    async with migrate.as_owner(url, settings) as connection:
        return await work(connection, *given, **named)


GrantOption = Annotated[
    list[str] | None,
    typer.Option("--grant", help="角色:地区代码[:supervisor]，可多次 / role:area[:supervisor]"),
]


def grants(given: list[str] | None) -> list[Held]:
    """The roles of the option; Invalid for one that is no role, or no area."""
    return [_held(text) for text in given or []]


def _held(text: str) -> Held:
    role, _, rest = text.partition(":")
    area, _, supervisor = rest.partition(":")
    try:
        held = Held(Role(role), place_of(int(area)).code, supervisor == "supervisor")
    except ValueError:
        raise Invalid(f"角色有误：{text}，应为 角色:12 位地区代码[:supervisor]") from None
    if supervisor not in ("", "supervisor"):
        raise Invalid(f"角色有误：{text}，应为 角色:12 位地区代码[:supervisor]")
    return held
