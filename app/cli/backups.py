"""`anlan backup`, `anlan restore`: one encrypted file, and its way back into an empty database."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from app import backup as backups
from app.backup.portrait import Told
from app.cli.common import owner_url, say
from app.config import get_settings

WORDS = {
    "digests": "核对各表 / digests",
    "archive": "导出 / dumping",
    "file": "恢复 / restoring",
}


def backup(
    path: Annotated[Path, typer.Argument(help="新文件 / a file that does not exist yet")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="公钥 age1…，可多次；默认 ANLAN_BACKUP_RECIPIENTS / public key"),
    ] = None,
) -> None:
    """把本区全部数据备份到一个加密文件；系统照常运行。Back everything up into one file."""
    settings = get_settings()
    recipients = to or settings.backup_recipients
    begun = time.monotonic()
    with owner_url(settings) as owner, _progress() as told:
        made = asyncio.run(backups.make(owner, settings, path, recipients, told))
    say.print(
        f"[green]✓[/green] 已备份 / backed up: {made.portrait.rows} 行 / rows,"
        f" {made.size / 1e6:.1f} MB, {time.monotonic() - begun:.1f} s → {path}"
    )


def restore(
    path: Annotated[Path, typer.Argument(help="备份文件 / the backup")],
    identity: Annotated[Path, typer.Option(help="私钥文件 / file with the private key")],
) -> None:
    """从备份恢复到一个空的数据库，并逐表核对。Restore a backup into an empty database."""
    settings = get_settings()
    begun = time.monotonic()
    with owner_url(settings) as owner:
        with _progress() as told:
            made = asyncio.run(backups.restore(owner, settings, path, identity, told))
        missing = asyncio.run(backups.keys_missing(owner, settings))
    say.print(
        f"[green]✓[/green] 已恢复 / restored: {made.portrait.rows} 行 / rows,"
        f" {time.monotonic() - begun:.1f} s; 备份时间 / as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    for key in missing:
        say.print(f"[red]✗[/red] 缺少密钥，部分内容无法解开 / a key is missing: {key}")
    if missing:
        raise typer.Exit(1)


def backup_key(
    path: Annotated[Path, typer.Argument(help="私钥写入的新文件 / where the private key goes")],
) -> None:
    """新建备份用的一对密钥；私钥不要放在服务器上。Make a pair of keys for backups."""
    public = backups.new_identity(path)
    say.print(f"[green]✓[/green] 私钥 / private key: {path}")
    say.print(f"ANLAN_BACKUP_RECIPIENTS={public}")


@contextmanager
def _progress() -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=say, transient=True) as bar:
        tasks: dict[str, int] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(WORDS[what], total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)  # type: ignore[arg-type]

        yield told
