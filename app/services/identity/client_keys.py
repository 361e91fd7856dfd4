"""Keys of partners' systems: brought by one administrator, let in by another, shut by either.

From the command line, where the owner of the database works, a key is in force at once.
"""

from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app import tokens
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Account, MachineClient, MachineKey
from app.models.columns import table_of
from app.services.record import audit
from app.services.record.audit import By, What
from app.tokens import PublicKey

MOST: Final = 2
"""Two at once, so that a partner can go over to a new key without standing still."""


def parsed(public_pem: str) -> PublicKey:
    """The public key in the text; Invalid if there is none that could sign for a client."""
    message = "须为 EC P-256 公钥（PEM）"
    if "PRIVATE KEY" in public_pem:
        message = "这是私钥，不得交给任何人：请作废它，另做一对，只提交公钥"
    try:
        return tokens.public_key(public_pem)
    except ValueError:
        raise Invalid(message, [{"field": "public_key", "message": message}]) from None


async def add(connection: AsyncConnection, client_id: str, key: PublicKey, by: By) -> None:
    """Bring one more key of a client, beside the one in use.

    Raises NotFound, Conflict for a third key or one already known.
    """
    account_id = await lock(connection, client_id)
    live = select(func.count()).where(
        col(MachineKey.account_id) == account_id, col(MachineKey.revoked_at).is_(None)
    )
    if (await connection.execute(live)).scalar_one() >= MOST:
        raise Conflict(f"同时最多有 {MOST} 把密钥，请先停用旧的")
    await write_down(connection, account_id, key, by)


async def write_down(connection: AsyncConnection, account_id: int, key: PublicKey, by: By) -> None:
    """Store a key of the account. Raises Conflict if it stands there already, whosever it is."""
    row = {
        "kid": key.kid,
        "account_id": account_id,
        "public_pem": key.pem,
        "added_by": by.account_id,
        "confirmed_at": func.now() if by.account_id is None else None,
    }
    new = insert(table_of(MachineKey)).values(row).on_conflict_do_nothing()
    if (await connection.execute(new)).rowcount != 1:
        raise Conflict("这把公钥已登记过，请另做一对")
    await audit.note_by(connection, What.CLIENT_KEY_ADDED, by, f"machine_key:{key.kid}")


async def confirm(connection: AsyncConnection, client_id: str, kid: str, by: By) -> None:
    """Let a key in that somebody else brought.

    Raises NotFound, NotAllowed for who brought it, Conflict for one confirmed or revoked before.
    """
    key = await _one(connection, client_id, kid)
    if key.added_by == by.account_id:
        raise NotAllowed("密钥须由另一位管理员确认")
    if key.confirmed_at is not None or key.revoked_at is not None:
        raise Conflict("这把密钥已确认或已停用")
    await _change(connection, kid, confirmed_by=by.account_id, confirmed_at=func.now())
    await audit.note_by(connection, What.CLIENT_KEY_CONFIRMED, by, f"machine_key:{kid}")


async def revoke(connection: AsyncConnection, client_id: str, kid: str, by: By) -> None:
    """Shut a key, and the tokens given for it, from the next request on.

    Raises NotFound, Conflict for one revoked before.
    """
    key = await _one(connection, client_id, kid)
    if key.revoked_at is not None:
        raise Conflict("这把密钥已停用")
    await _change(connection, kid, revoked_by=by.account_id, revoked_at=func.now())
    await changed(connection, key.account_id, shut=False)
    await audit.note_by(connection, What.CLIENT_KEY_REVOKED, by, f"machine_key:{kid}")


async def _one(connection: AsyncConnection, client_id: str, kid: str) -> Any:
    account_id = await lock(connection, client_id)
    wanted = select(table_of(MachineKey)).where(
        col(MachineKey.account_id) == account_id, col(MachineKey.kid) == kid
    )
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("本接口用户没有这把密钥")
    return row


async def _change(connection: AsyncConnection, kid: str, **values: Any) -> None:
    row = update(table_of(MachineKey)).where(col(MachineKey.kid) == kid)
    await connection.execute(row.values(values))


async def lock(connection: AsyncConnection, client_id: str) -> int:
    """The client's account; who changes one client at once wait for each other. Raises NotFound."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"machine client {client_id}"},
    )
    wanted = (
        select(col(Account.id))
        .join(MachineClient, col(MachineClient.account_id) == col(Account.id))
        .where(col(Account.username) == client_id)
    )
    account_id: int | None = (await connection.execute(wanted)).scalar_one_or_none()
    if account_id is None:
        raise NotFound("没有这个接口用户")
    return account_id


async def changed(connection: AsyncConnection, account_id: int, *, shut: bool) -> None:
    """Make every open session of the client show itself again, or end with it."""
    await connection.execute(
        text("select machine_changed(:id, :shut)"), {"id": account_id, "shut": shut}
    )
