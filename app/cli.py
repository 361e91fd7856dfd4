"""The `anlan` command: start the system, and what its operators do by hand."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn

import asyncpg
import typer
import uvicorn
from alembic.util import CommandError
from rich.console import Console
from rich.progress import track
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from app import clock, migrate
from app.access import Held
from app.config import Settings, SettingsError, get_settings
from app.db import app_role
from app.demo import beside, staff
from app.embedded import EmbeddedPostgres, EmbeddedPostgresError
from app.errors import AppError, Invalid
from app.main import create_app
from app.places import place_of
from app.posix import ProgramError
from app.roles import Role
from app.services import accounts, areas, seed
from app.services.figures import recount as recounting

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


app = typer.Typer(
    cls=OneLine, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
areas_app = typer.Typer(no_args_is_help=True)
admin_app = typer.Typer(no_args_is_help=True)
indicators_app = typer.Typer(no_args_is_help=True, callback=lambda: None)
app.add_typer(areas_app, name="areas", help="地区 / administrative areas")
app.add_typer(admin_app, name="admin", help="账号 / accounts")
app.add_typer(indicators_app, name="indicators", help="指标 / indicators")


class Urls(NamedTuple):
    """Where the database is: for the app, for the owner of its tables."""

    app: str | None
    owner: str | None


@contextmanager
def _database(settings: Settings, *, shared: bool = True) -> Iterator[Urls]:
    """The database of the settings; without one the embedded, started here unless, with `shared`,
    it runs already."""
    if settings.database_url is not None or settings.owner_database_url is not None:
        yield Urls(settings.database_url, settings.owner_database_url)
        return
    postgres = EmbeddedPostgres(settings.data / "postgres")
    owner = postgres.dsn(DATABASE)
    with nullcontext() if shared and asyncio.run(_answers(owner)) else postgres:
        found = postgres.psql("postgres", "select datname from pg_database")
        if DATABASE not in found.split():
            postgres.psql("postgres", f"create database {DATABASE}")
        yield Urls(postgres.dsn(DATABASE, app_role(settings.schema)), owner)


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


@contextmanager
def _owner_url(settings: Settings) -> Iterator[str]:
    with _database(settings) as urls:
        yield _needed(urls.owner)


def _needed(owner: str | None) -> str:
    if owner is None:
        raise SettingsError("OWNER_DATABASE_URL 未设置", "OWNER_DATABASE_URL is not set")
    return owner


def _prepare(owner: str, settings: Settings) -> None:
    """Tables, the app's login and, in 清城区, its areas."""
    with _step("数据库表", "tables"):
        migrate.upgrade(owner)
        asyncio.run(migrate.set_app_login(owner, settings))
    if settings.district in areas.SHIPPED_DISTRICTS:
        with _step("地区", "areas"):
            asyncio.run(_as_owner(owner, settings, areas.import_shipped))


@contextmanager
def _step(chinese: str, english: str) -> Iterator[None]:
    begun = time.monotonic()
    with say.status(f"{chinese} / {english} …"):
        yield
    say.print(f"[green]✓[/green] {chinese} / {english} ({time.monotonic() - begun:.1f} s)")


async def _as_owner(
    url: str, settings: Settings, work: Callable[..., Any], *given: Any, **named: Any
) -> Any:
    """One piece of work in one transaction of the owner's."""
    async with migrate.as_owner(url, settings) as connection:
        return await work(connection, *given, **named)


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="载入演示数据 / with demo data")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数 / processes")] = 1,
) -> None:
    """启动系统；未设置 DATABASE_URL 时使用内置数据库。Start the system."""
    settings = get_settings()
    if demo and settings.production:
        raise SettingsError("生产环境不得载入演示数据", "demo data is refused in production")
    # SIGTERM unwinds like Ctrl-C, so that the embedded database is stopped in good order.
    signal.signal(signal.SIGTERM, _leave)
    with _database(settings, shared=False) as urls:
        if urls.owner is not None:
            _prepare(urls.owner, settings)
        if demo:
            _prepare_demo(_needed(urls.owner), settings)
        if urls.app is not None:
            # The app's processes read their settings from the environment.
            os.environ["DATABASE_URL"] = urls.app
            get_settings.cache_clear()
        say.print(f"[green]✓[/green] http://{settings.host}:{settings.port}")
        with beside.beside(urls.app) if demo and urls.app else nullcontext():
            uvicorn.run(
                "app.main:create_app",
                factory=True,
                host=settings.host,
                port=settings.port,
                workers=workers,
                access_log=False,
                log_level="warning",
                server_header=False,
            )


def _prepare_demo(owner: str, settings: Settings) -> None:
    with _step("演示账号和单位", "demo accounts and registers"):
        asyncio.run(_as_owner(owner, settings, seed.seed))
        asyncio.run(_as_owner(owner, settings, staff.enrol))


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


@app.command(name="demo")
def demo_command(
    cases: Annotated[int, typer.Option(min=1, max=100_000, help="案件数 / cases")] = 3000,
    seed_number: Annotated[int, typer.Option("--seed", help="随机种子 / seed")] = 1,
) -> None:
    """载入过去一年的演示案件；中断后可继续，载入后不再重复。Play the demo year."""
    settings = get_settings()
    if settings.production:
        raise SettingsError("生产环境不得载入演示数据", "demo data is refused in production")
    with _database(settings) as urls:
        owner = _needed(urls.owner)
        _prepare(owner, settings)
        _prepare_demo(owner, settings)
        if urls.app is None:
            raise SettingsError("DATABASE_URL 未设置", "DATABASE_URL is not set")
        beside.run(urls.app, seed=seed_number, cases=cases)


@app.command(name="migrate")
def migrate_command() -> None:
    """更新数据库表，设置应用账号的密码。Bring the tables up to date."""
    settings = get_settings()
    with _owner_url(settings) as owner:
        _prepare(owner, settings)


@app.command()
def openapi() -> None:
    """输出接口定义（JSON）。Print the API's definition."""
    definition = create_app().openapi()
    sys.stdout.write(json.dumps(definition, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


@areas_app.command(name="import")
def import_areas(
    path: Annotated[Path, typer.Argument(help="CSV：code,name,level,parent")],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="生效日期，默认今天 / in force from"),
    ] = None,
) -> None:
    """导入地区名单；原有名称保留至生效日期。Import a list of areas."""
    settings = get_settings()
    day: date = since.date() if since else clock.local_day(clock.now())
    with _owner_url(settings) as owner:
        done = asyncio.run(_as_owner(owner, settings, areas.import_areas, path, day))
    say.print(
        f"[green]✓[/green] 新增 {done.opened}，变更 {done.changed}，停用 {done.closed}"
        f" / {done.opened} opened, {done.changed} changed, {done.closed} closed"
    )


GrantOption = Annotated[
    list[str] | None,
    typer.Option("--grant", help="角色:地区代码[:supervisor]，可多次 / role:area[:supervisor]"),
]


@indicators_app.command()
def recount(
    period: Annotated[str, typer.Argument(help="2026、2026Q1 或 2026-03")],
    area: Annotated[int | None, typer.Option(help="地区代码，默认全区 / area code")] = None,
) -> None:
    """逐件重新计数，与指标核对，不一致时退出码为 1。Count every figure again, from its list."""
    settings = get_settings()
    asked = clock.parse_period(period)
    watched = partial(track, description="重新计数 / counting", console=say)
    with _owner_url(settings) as owner:
        found = asyncio.run(
            _as_owner(
                owner,
                settings,
                recounting.recount,
                area or settings.district,
                asked,
                watched=watched,
            )
        )
    for difference in found:
        say.print(f"[red]✗[/red] {difference.code}: {difference.figure} ≠ {difference.recounted}")
    if found:
        raise typer.Exit(1)
    say.print(f"[green]✓[/green] {asked.label}：指标与清单一致 / figures equal their lists")


@admin_app.command()
def create(
    username: str,
    name: Annotated[str, typer.Option(help="姓名 / display name")],
    password: Annotated[
        str,
        typer.Option(
            prompt="密码 / password", hide_input=True, confirmation_prompt=True,
            envvar="ANLAN_NEW_PASSWORD", help="不给出时询问 / asked for if not given",
        ),
    ],
    grant: GrantOption = None,
    organisation: Annotated[int | None, typer.Option(help="单位编号 / organisation id")] = None,
) -> None:  # fmt: skip
    """新建账号；未指定角色时为本区系统管理员。Create an account."""
    settings = get_settings()
    held = _grants(grant) or [Held(Role.SYSTEM_ADMIN, settings.district)]
    with _owner_url(settings) as owner:
        given = (username, name, password, organisation, held)
        made = asyncio.run(_as_owner(owner, settings, accounts.create_account, *given))
    say.print(f"[green]✓[/green] 已新建账号 / account created: {username} ({made})")


@admin_app.command()
def grant(username: str, grant: GrantOption = None) -> None:
    """以新角色替换账号的全部角色。Replace all roles of an account."""
    settings = get_settings()
    with _owner_url(settings) as owner:
        asyncio.run(_as_owner(owner, settings, accounts.replace_grants, username, _grants(grant)))
    say.print(f"[green]✓[/green] 已更新角色 / roles replaced: {username}")


@admin_app.command()
def disable(username: str) -> None:
    """立即停用账号及其登录。Shut an account and its sessions."""
    settings = get_settings()
    with _owner_url(settings) as owner:
        asyncio.run(_as_owner(owner, settings, accounts.disable_account, username))
    say.print(f"[green]✓[/green] 已停用 / disabled: {username}")


def _grants(given: list[str] | None) -> list[Held]:
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
