"""`anlan audit`: whether the record is whole. Needs no database and no secret."""

import os
from base64 import b64decode
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.common import say
from app.config import SettingsError, read_worker_settings
from app.crypto.signing import Es256, PublicKey, public_key
from app.services.record.verify import Report, verify

SHOWN = 50

app = typer.Typer(no_args_is_help=True)


@app.command(name="verify")
def verify_command(
    dump: Annotated[Path, typer.Argument(help="pg_dump 的导出文件 / a file made by pg_dump")],
    anchors: Annotated[Path, typer.Option(help="锚定文件 / the file of anchors")],
    key: Annotated[list[Path], typer.Option(help="公钥（PEM），可多次 / public key, repeatable")],
    with_chain_key: Annotated[
        Path | None,
        typer.Option(help="链密钥文件，另查每个案件的密钥链 / also each case's keyed chain"),
    ] = None,
) -> None:
    """核对记录是否完整、未被改动；有问题时退出码为 1。Check that nothing was changed."""
    keys = {known.id: known for known in (_public(path) for path in key)}
    chain_key = _chain_key(with_chain_key) if with_chain_key else None
    columns = TextColumn("核对 / verifying"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=say, transient=True) as bar:
        passes = 1 if chain_key is None else 3
        task = bar.add_task("", total=passes * dump.stat().st_size)
        report = verify(dump, keys, anchors, partial(bar.advance, task), chain_key)
    _print(report)
    if report.findings:
        raise typer.Exit(1)


def _print(report: Report) -> None:
    for found in report.findings[:SHOWN]:
        say.print(f"[red]✗[/red] {found.flaw}: {found.where}")
    if len(report.findings) > SHOWN:
        say.print(f"… 共 {len(report.findings)} 处 / {len(report.findings)} in all")
    counts = (
        f"{report.seals} 次封存，{report.records} 条记录，{report.waiting} 条待封存"
        f" / {report.seals} seals, {report.records} records, {report.waiting} waiting"
    )
    if report.swept:
        counts += f"；{report.swept} 条到期清除 / {report.swept} taken away at their term"
    if report.later:
        counts += f"；{report.later} 次封存晚于锚定文件 / {report.later} later than the anchors"
    mark = "[red]✗[/red]" if report.findings else "[green]✓[/green]"
    say.print(f"{mark} {counts}")


def _public(path: Path) -> PublicKey:
    try:
        return public_key(path.read_bytes())
    except ValueError:
        raise SettingsError(f"{path} 不是公钥（PEM）", f"{path} is no public key (PEM)") from None


def _chain_key(path: Path) -> bytes:
    try:
        return b64decode(path.read_text().strip(), validate=True)
    except ValueError:
        raise SettingsError("链密钥须为 base64", "the chain key is base64") from None


@app.command(name="key")
def key_command() -> None:
    """输出封存公钥（PEM），用于核对。Print the public key that checks the seals."""
    signer = Es256(read_worker_settings(os.environ).seal_pem)
    typer.echo(signer.public.pem.decode(), nl=False)
