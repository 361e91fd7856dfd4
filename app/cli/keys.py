"""`anlan keys`: which keys hang on which master key, moving them to the newest, renewing them."""

import asyncio
from collections.abc import Awaitable, Callable
from getpass import getuser
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto, migrate
from app.cli.common import owner_url, say
from app.config import Settings, get_settings
from app.db import Begin
from app.services import keys

app = typer.Typer(no_args_is_help=True)


@app.command()
def status() -> None:
    """各主密钥版本上挂着多少密钥。How many keys hang on which version of the master keys."""

    async def ask(begin: Begin) -> list[keys.Standing]:
        async with begin() as connection:
            return await keys.standing(connection)

    found, module = _as_keeper(ask), crypto.keyring().module
    table = Table("表 / table", "密钥环 / ring", "版本 / version", "数量 / rows")
    for name, ring, version, rows in found:
        newest = " ←" if version == module.wraps(ring) else ""
        shown = f"{version}{newest}" if version else "已依法销毁 / destroyed"
        table.add_row(name, ring, shown, str(rows))
    say.print(table)


@app.command()
def rotate() -> None:
    """把全部密钥改由最新版本的主密钥保护；可随时中断、重新开始，系统照常运行。
    Put every key under the newest master key."""
    ring = crypto.keyring()

    async def move(begin: Begin) -> int:
        async with begin() as connection:
            left = await keys.left(connection, ring)
        bar = Progress(
            TextColumn("更换主密钥 / rotating"), BarColumn(), MofNCompleteColumn(), console=say
        )
        with bar:
            task = bar.add_task("", total=left)
            return await keys.rotate(begin, ring, getuser(), lambda count: bar.advance(task, count))

    say.print(f"[green]✓[/green] 已更换 / rotated: {_as_keeper(move)}")


@app.command()
def renew_person(person_id: Annotated[UUID, typer.Argument(help="人员编号 / person id")]) -> None:
    """怀疑密钥泄露时，为一名人员更换数据密钥。A new data key for a person."""
    _as_keeper(_once(keys.renew_person, person_id))
    say.print("[green]✓[/green] 已更换 / renewed")


@app.command()
def renew_case(case_id: Annotated[UUID, typer.Argument(help="案件编号 / case id")]) -> None:
    """怀疑密钥泄露时，为一个案件更换数据密钥。A new data key for a case."""
    events = _as_keeper(_once(keys.renew_case, case_id))
    say.print(f"[green]✓[/green] 已更换 / renewed: {events}")


def _once(
    work: Callable[[AsyncConnection, crypto.Keyring, UUID, str], Awaitable[Any]], id: UUID
) -> Callable[[Begin], Awaitable[Any]]:
    async def run(begin: Begin) -> Any:
        async with begin() as connection:
            return await work(connection, crypto.keyring(), id, getuser())

    return run


def _as_keeper(work: Callable[[Begin], Awaitable[Any]]) -> Any:
    settings = get_settings()
    with owner_url(settings) as url:
        return asyncio.run(_keeping(url, settings, work))


async def _keeping(url: str, settings: Settings, work: Callable[[Begin], Awaitable[Any]]) -> Any:
    async with migrate.as_keeper_of_keys(url, settings) as begin:
        return await work(begin)
