"""`anlan admin`: the register of accounts, by who keeps the machine."""

import asyncio
from collections.abc import Awaitable, Callable
from getpass import getuser
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from app.access import Held
from app.cli.common import GrantOption, as_owner, grants, owner_url, say
from app.clock import LOCAL
from app.config import get_settings
from app.kinds import KINDS
from app.roles import Role
from app.services.identity import account_register, accounts, keeping, second_factors
from app.services.identity.account_register import Asked
from app.services.identity.keeping import Known, Start
from app.services.record.audit import By

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="用户名 / username")]


@app.command()
def create(
    username: Username,
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
    """新建账号；未指定角色时为本区系统管理员。须绑定第二验证方式的，同时给出启用码。
    Create an account, with a start code where its roles need a second factor."""
    held = grants(grant) or [Held(Role.SYSTEM_ADMIN, get_settings().district)]

    async def work(connection: AsyncConnection) -> tuple[int, Start | None]:
        given = (username, name, password, organisation, held)
        made = await accounts.create_account(connection, *given)
        if not second_factors.demanded(h.role for h in held):
            return made, None
        return made, await keeping.hand_out_code(connection, Known(made), _by())

    made, start = _run(work)
    say.print(f"[green]✓[/green] 已新建账号 / account created: {username} ({made})")
    if start is not None:
        _tell(start)


@app.command(name="list")
def list_accounts(
    text: Annotated[
        str | None, typer.Argument(help="用户名或姓名的一部分 / part of a name")
    ] = None,
) -> None:
    """账号、角色和登录情况。Accounts, what they may do, how they stand with sign-in."""
    table = Table("用户名 / username", "姓名 / name", "角色 / roles", "第二验证 / factors", "")
    for row in _run(_all, Asked(text=text)):
        roles = "\n".join(
            f"{Role(g['role']).label} {g['area']}{' 主管' if g['supervisor'] else ''}"
            for g in row["grants"]
        )
        table.add_row(
            row["username"], row["display_name"], roles, str(row["second_factors"]),
            "已停用 / disabled" if row["disabled_at"] else "",
        )  # fmt: skip
    say.print(table)


async def _all(connection: AsyncConnection, asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := await account_register.search(
        connection, asked, after=found[-1]["id"] if found else 0, limit=200
    ):
        found += page
    return found


@app.command()
def grant(username: Username, grant: GrantOption = None) -> None:
    """以新角色替换账号的全部角色。Replace all roles of an account."""
    _keep(username, keeping.replace_grants, grants(grant))
    say.print(f"[green]✓[/green] 已更新角色 / roles replaced: {username}")


@app.command()
def disable(username: Username) -> None:
    """立即停用账号及其登录。Shut an account and its sessions."""
    _keep(username, keeping.shut, KINDS)
    say.print(f"[green]✓[/green] 已停用 / disabled: {username}")


@app.command()
def enable(username: Username) -> None:
    """恢复停用的账号。Let a disabled account sign in again."""
    _keep(username, keeping.open_again)
    say.print(f"[green]✓[/green] 已恢复 / enabled: {username}")


@app.command()
def reset_password(username: Username) -> None:
    """给出初始密码，首次登录后须修改；没有第二验证方式的还须启用码。A password to be changed."""
    password = _keep(username, keeping.reset_password)
    say.print(f"[green]✓[/green] 已重置 / reset: {username}")
    typer.echo(password)


@app.command()
def start_code(username: Username) -> None:
    """发放启用码，限用一次，7 日内有效。Hand out a start code: once, within seven days."""
    _tell(_keep(username, keeping.hand_out_code))


@app.command()
def reset_second_factors(username: Username) -> None:
    """作废全部第二验证方式，给出启用码。Void all second factors and hand out a start code."""
    _tell(_keep(username, keeping.reset_second_factors))


@app.command()
def id_numbers(
    username: Username,
    own: Annotated[
        str,
        typer.Option(
            prompt="本人身份证号，空为不变 / own ID number", hide_input=True, show_default=False
        ),
    ] = "",
    kin: Annotated[
        str,
        typer.Option(
            prompt="近亲属身份证号，以空格分隔 / relatives'", hide_input=True, show_default=False
        ),
    ] = "",
) -> None:
    """登记本人及近亲属身份证号，用于自动回避；只存索引。Whose cases are hidden from an account."""
    _keep(username, keeping.keep_id_numbers, own or None, kin.split())
    say.print(f"[green]✓[/green] 已登记 / kept: {username}")


def _tell(start: Start) -> None:
    until = f"{start.ends_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    say.print(
        f"[green]✓[/green] 启用码，{until} 前有效，须交给本人 / start code, good until {until}:"
    )
    typer.echo(start.code)


def _by() -> By:
    return By(operator=getuser())


def _keep(username: str, change: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    async def work(connection: AsyncConnection) -> Any:
        return await change(connection, await keeping.find(connection, username), *given, _by())

    return _run(work)


def _run(work: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    settings = get_settings()
    with owner_url(settings) as owner:
        return asyncio.run(as_owner(owner, settings, work, *given))
