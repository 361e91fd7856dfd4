"""`anlan client`: the register of partners' systems, by who keeps the machine."""

import asyncio
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.common import GrantOption, as_owner, grants, owner_url, say
from app.clock import LOCAL
from app.config import get_settings
from app.kinds import KINDS
from app.kinds.forms import Sight
from app.permissions import Permission
from app.services.identity import client_keys, clients
from app.services.identity.clients import Registration
from app.services.record.audit import By

app = typer.Typer(no_args_is_help=True)

ClientId = Annotated[str, typer.Argument(help="接口用户编号 / client id")]
KeyFile = Annotated[
    Path, typer.Argument(help="公钥文件（PEM）/ public key", exists=True, dir_okay=False)
]


@app.command()
def register(
    client_id: ClientId,
    public_key: KeyFile,
    title: Annotated[str, typer.Option(help="名称 / title")],
    organisation: Annotated[int, typer.Option(help="单位编号 / organisation id")],
    scope: Annotated[list[Permission], typer.Option(help="权限范围，可多次 / scopes")],
    purpose: Annotated[list[str], typer.Option(help="案件类型，可多次 / kinds of case")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="有效期止（当日零时）/ valid until")
    ],
    grant: GrantOption = None,
    highest: Annotated[Sight, typer.Option(help="最高可读等级 / highest class")] = Sight.S3,
    per_minute: Annotated[int, typer.Option(min=1, help="每分钟限额 / calls a minute")] = 120,
    per_day: Annotated[int, typer.Option(min=1, help="每日限额 / calls a day")] = 20_000,
    address: Annotated[
        list[str] | None, typer.Option(help="来源网络，可多次，默认不限 / networks")
    ] = None,
) -> None:
    """登记接口用户及首把公钥，立即生效。Register a partner's system with its first key."""
    key = client_keys.parsed(public_key.read_text(encoding="utf-8"))
    wanted = Registration(
        client_id=client_id,
        title=title,
        organisation_id=organisation,
        grants=grants(grant),
        scopes=scope,
        purposes=purpose,
        highest=highest,
        per_minute=per_minute,
        per_day=per_day,
        addresses=address or [],
        valid_from=datetime.now(UTC),
        valid_until=until.replace(tzinfo=LOCAL),
    )
    _run(clients.register, KINDS, wanted, key, _by())
    say.print(f"[green]✓[/green] 已登记 / registered: {client_id} ({key.kid})")


@app.command(name="list")
def list_clients() -> None:
    """接口用户、密钥和最近使用时间。Partners' systems, their keys, when each was last used."""
    table = Table("编号 / id", "单位 / organisation", "有效期止 / until", "密钥 / keys")
    for row in _run(_all):
        shut = "已停用 / shut" if row["disabled_at"] else f"{row['valid_until']:%Y-%m-%d}"
        table.add_row(
            row["client_id"], row["organisation"], shut, "\n".join(map(_key, row["keys"]))
        )
    say.print(table)


async def _all(connection: AsyncConnection) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := await clients.listed(
        connection, after=found[-1]["account_id"] if found else 0, limit=200
    ):
        found += page
    return found


def _key(key: Any) -> str:
    state = (
        "已停用 / revoked" if key.revoked_at
        else "待确认 / unconfirmed" if not key.confirmed_at
        else "有效 / in force"
    )  # fmt: skip
    used = key.last_used_at
    return f"{key.kid} {state}" + (f" {used.astimezone(LOCAL):%Y-%m-%d %H:%M}" if used else "")


@app.command()
def add_key(client_id: ClientId, public_key: KeyFile) -> None:
    """增加一把公钥，立即生效；新旧两把可同时有效。Add a key beside the one in use."""
    key = client_keys.parsed(public_key.read_text(encoding="utf-8"))
    _run(client_keys.add, client_id, key, _by())
    say.print(f"[green]✓[/green] 已增加密钥 / key added: {key.kid}")


@app.command()
def revoke_key(
    client_id: ClientId, kid: Annotated[str, typer.Argument(help="密钥编号 / key id")]
) -> None:
    """立即停用一把密钥及凭它取得的令牌。Shut a key and its tokens at once."""
    _run(client_keys.revoke, client_id, kid, _by())
    say.print(f"[green]✓[/green] 已停用密钥 / key revoked: {kid}")


@app.command()
def revoke(client_id: ClientId) -> None:
    """立即停用接口用户。Shut a partner's system at once."""
    _run(clients.revoke, client_id, _by())
    say.print(f"[green]✓[/green] 已停用 / revoked: {client_id}")


def _by() -> By:
    return By(operator=getuser())


def _run(work: Any, *given: Any) -> Any:
    settings = get_settings()
    with owner_url(settings) as owner:
        return asyncio.run(as_owner(owner, settings, work, *given))
