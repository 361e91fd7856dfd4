"""The `anlan` command: start the system, and what its operators do by hand."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import track

from app import clock, jobs, migrate, posix
from app.cli import admin, audit, backups, clients, keys, serving
from app.cli.common import (
    OneLine,
    Urls,
    as_owner,
    database,
    needed,
    owner_url,
    say,
    step,
)
from app.config import (
    Settings,
    SettingsError,
    WorkerSettings,
    get_settings,
    read_worker_settings,
)
from app.demo import beside, staff
from app.main import create_app
from app.services import seed
from app.services.district import areas
from app.services.figures import recount as recounting

app = typer.Typer(
    cls=OneLine, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
areas_app = typer.Typer(no_args_is_help=True)
indicators_app = typer.Typer(no_args_is_help=True, callback=lambda: None)
app.add_typer(areas_app, name="areas", help="地区 / administrative areas")
app.add_typer(admin.app, name="admin", help="账号 / accounts")
app.add_typer(audit.app, name="audit", help="审计记录 / the record")
app.add_typer(indicators_app, name="indicators", help="指标 / indicators")
app.add_typer(keys.app, name="keys", help="密钥 / keys")
app.add_typer(clients.app, name="client", help="接口用户 / partners' systems")
for command in (backups.backup, backups.restore, backups.backup_key):
    app.command()(command)


def _prepare(owner: str, settings: Settings) -> None:
    """Tables, the app's login and, in 清城区, its areas."""
    with step("数据库表", "tables"):
        migrate.upgrade(owner)
        asyncio.run(migrate.set_logins(owner, settings))
    if settings.district in areas.SHIPPED_DISTRICTS:
        with step("地区", "areas"):
            asyncio.run(as_owner(owner, settings, areas.import_shipped))


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
    with database(settings, shared=False) as urls:
        if urls.owner is not None:
            _prepare(urls.owner, settings)
        if demo:
            _prepare_demo(needed(urls.owner), settings)
        if settings.database_url is None and urls.app is not None:
            # The app's processes read their settings from the environment.
            os.environ["DATABASE_URL"] = urls.app
            get_settings.cache_clear()
        say.print(f"[green]✓[/green] http://{settings.host}:{settings.port}")
        with _beside(settings, urls, demo=demo):
            serving.serve(settings, workers)


@contextmanager
def _beside(settings: Settings, urls: Urls, *, demo: bool) -> Iterator[None]:
    """What runs beside the server on one machine: the worker, unless the database is somebody
    else's, and the demo year."""
    with ExitStack() as stack:
        if settings.database_url is None and urls.worker is not None:
            worker = read_worker_settings(os.environ)
            stack.enter_context(posix.beside(jobs.run, urls.worker, worker))
        if demo and urls.app is not None:
            stack.enter_context(posix.beside(beside.run_politely, urls.app))
        yield


@app.command()
def worker() -> None:
    """封存记录、发送期限通知、清理过期数据；服务运行期间须一直运行。Seal, send, clear away."""
    signal.signal(signal.SIGTERM, _leave)
    settings = read_worker_settings(os.environ)
    if settings.database_url is not None:
        _work(settings.database_url, settings)
        return
    with database(get_settings()) as urls:
        _work(needed(urls.worker), settings)


def _work(url: str, settings: WorkerSettings) -> None:
    say.print(f"[green]✓[/green] 后台任务已启动 / worker started: {settings.anchors}")
    jobs.run(url, settings)


def _prepare_demo(owner: str, settings: Settings) -> None:
    with step("演示账号和单位", "demo accounts and registers"):
        asyncio.run(as_owner(owner, settings, seed.seed))
        asyncio.run(as_owner(owner, settings, staff.enrol))


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
    with database(settings) as urls:
        owner = needed(urls.owner)
        _prepare(owner, settings)
        _prepare_demo(owner, settings)
        if urls.app is None:
            raise SettingsError("DATABASE_URL 未设置", "DATABASE_URL is not set")
        beside.run(urls.app, seed=seed_number, cases=cases)


@app.command(name="migrate")
def migrate_command() -> None:
    """更新数据库表，设置应用账号的密码。Bring the tables up to date."""
    settings = get_settings()
    with owner_url(settings) as owner:
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
    with owner_url(settings) as owner:
        done = asyncio.run(as_owner(owner, settings, areas.import_areas, path, day))
    say.print(
        f"[green]✓[/green] 新增 {done.opened}，变更 {done.changed}，停用 {done.closed}"
        f" / {done.opened} opened, {done.changed} changed, {done.closed} closed"
    )


@indicators_app.command()
def recount(
    period: Annotated[str, typer.Argument(help="2026、2026Q1 或 2026-03")],
    area: Annotated[int | None, typer.Option(help="地区代码，默认全区 / area code")] = None,
) -> None:
    """逐件重新计数，与指标核对，不一致时退出码为 1。Count every figure again, from its list."""
    settings = get_settings()
    asked = clock.parse_period(period)
    watched = partial(track, description="重新计数 / counting", console=say)
    with owner_url(settings) as owner:
        found = asyncio.run(
            as_owner(
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
