"""Keeping accounts: who they belong to, what they may do, and how somebody comes in for the first
time or anew.

The system administrator makes accounts and sets passwords, the security administrator says what
they may do and hands out start codes (三员分立; GB/T 22239-2019, 8.1.5.1, 8.1.5.3). So neither
comes in as somebody else alone. The database asks which office the transaction's account holds;
who works at the machine itself holds all. Every change raises the account's version: open sessions
show themselves anew at their next request.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import LargeBinary, TextClause, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app import crypto, tokens
from app.access import Held, Work
from app.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kinds.base import CaseKind
from app.kinds.identity import id_number_valid
from app.models import Account, MachineClient
from app.places import place_of
from app.services.identity import accounts, left_cases, spoken, start_codes
from app.services.record import audit
from app.services.record.audit import By, What


@dataclass(frozen=True)
class Known:
    """An account, and the version that is to be changed (None: whichever it has)."""

    id: int
    version: int | None = None

    @property
    def about(self) -> str:
        return f"account:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Start:
    """A start code, told once to whose account it is, and until when it is good (UTC)."""

    code: str = field(repr=False)
    ends_at: datetime


_MAKE: Final = text("select account_make(:name, :title, :organisation, :hash)")
_CHANGE: Final = text("select account_change(:whose, :known, :title, :organisation)")
_SHUT: Final = text("select account_shut(:whose, :known, :shut)")
_NUMBERS: Final = text("select account_numbers(:whose, :known, :own, :others)").bindparams(
    bindparam("others", type_=ARRAY(LargeBinary))
)
_GRANTS: Final = text("select account_grants(:whose, :known, :held)").bindparams(
    bindparam("held", type_=JSONB)
)
_PASSWORD: Final = text("select account_password(:whose, :known, :hash)")
_START: Final = text("select account_start(:whose, :known, :code, :until, :anew)")


async def find(connection: AsyncConnection, username: str) -> Known:
    """The account of that name, as it is now. Raises NotFound."""
    wanted = select(col(Account.id), col(Account.version)).where(
        col(Account.username) == accounts.plain_username(username)
    )
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound(f"没有用户名为 {username} 的账号")
    return Known(row.id, row.version)


def check_other(work: Work, account_id: int) -> None:
    """Raises NotAllowed for one's own account: another administrator keeps it."""
    if work.actor.account_id == account_id:
        raise NotAllowed("不得变更本人的账号，请由另一位管理员办理")


def check_within(work: Work, grants: Sequence[Held]) -> None:
    """Raises Invalid for a role somewhere the administrator herself has none."""
    for number, held in enumerate(grants):
        if not any(own.covers(place_of(held.area)) for own in work.actor.grants):
            problem = {"field": f"grants.{number}.area", "message": "不在您管理的地区"}
            raise Invalid("只能授予本人所管地区的角色", [problem])


async def make(
    connection: AsyncConnection, username: str, name: str, organisation_id: int | None, by: By
) -> tuple[int, str]:
    """A new account that may do nothing yet, its id, and the password it starts with.

    Raises Invalid for a username that may not be or an unknown organisation, Conflict for a
    username already taken.
    """
    plain = accounts.plain_username(username)
    await accounts.check_new(connection, plain, organisation_id)
    password = spoken.code()
    hashed = await tokens.hash_password_async(password)
    given = {"name": plain, "title": name, "organisation": organisation_id, "hash": hashed}
    account_id: int | None = (await connection.execute(_MAKE, given)).scalar_one()
    if account_id is None:
        raise Conflict(f"用户名 {plain} 已有人使用")
    await audit.note_by(connection, What.ACCOUNT_MADE, by, Known(account_id).about)
    return account_id, password


async def change(
    connection: AsyncConnection, of: Known, name: str, organisation_id: int | None, by: By
) -> None:
    """Another name or organisation. Raises Invalid for an unknown organisation, and like all below
    NotFound, Stale."""
    await accounts.check_organisation(connection, organisation_id)
    await _do(connection, of, _CHANGE, title=name, organisation=organisation_id)
    await audit.note_by(connection, What.ACCOUNT_CHANGED, by, of.about)


async def shut(
    connection: AsyncConnection, of: Known, kinds: Mapping[str, CaseKind], by: By
) -> None:
    """Shut an account at once, its open sessions too. Whoever answers for the open cases it had in
    hand is told."""
    await _do(connection, of, _SHUT, shut=True)
    await left_cases.tell(connection, of.id, kinds)
    await audit.note_by(connection, What.ACCOUNT_DISABLED, by, of.about)


async def open_again(connection: AsyncConnection, of: Known, by: By) -> None:
    """Let an account that was shut sign in again."""
    await _do(connection, of, _SHUT, shut=False)
    await audit.note_by(connection, What.ACCOUNT_ENABLED, by, of.about)


async def keep_id_numbers(
    connection: AsyncConnection, of: Known, own: str | None, kin: Collection[str], by: By
) -> None:
    """Keep the index of somebody's own ID number (None: as it is) and those of her relatives, in
    place of what was known of these, so that no case is shown to her that one of them is a party
    of (公务员法 76). Raises Invalid for a number that is none."""
    given = {"own": own and _index("own", own), "others": [_index("kin", n) for n in kin]}
    await _do(connection, of, _NUMBERS, **given)
    await audit.note_by(connection, What.ID_NUMBERS_CHANGED, by, of.about)


async def replace_grants(
    connection: AsyncConnection, of: Known, grants: Sequence[Held], by: By
) -> None:
    """Let an account hold these roles and no others.

    Raises Invalid for an unknown area or a role held twice in one, Refused for an administrator's
    beside another.
    """
    await accounts.check_grants(connection, grants)
    held = [{"role": h.role.value, "area": h.area, "supervisor": h.supervisor} for h in grants]
    await _do(connection, of, _GRANTS, held=held)
    await audit.note_by(connection, What.GRANTS_CHANGED, by, of.about)


async def reset_password(connection: AsyncConnection, of: Known, by: By) -> str:
    """A password that only serves to be changed, in place of the one somebody forgot. All her
    sessions end; without a second factor she also needs a start code to come in."""
    password = spoken.code()
    await _do(connection, of, _PASSWORD, hash=await tokens.hash_password_async(password))
    await audit.note_by(connection, What.PASSWORD_RESET, by, of.about)
    return password


async def hand_out_code(connection: AsyncConnection, of: Known, by: By) -> Start:
    """A start code, in place of one handed out before. Raises Conflict for who has a second factor
    and needs none."""
    (standing,) = (await accounts.standing(connection, [of.id])) or (None,)
    if standing is not None and standing.second_factors:
        raise Conflict("已绑定第二验证方式，不用启用码；遗失的，请重置第二验证方式")
    start = await _start(connection, of, anew=False)
    await audit.note_by(connection, What.START_CODE_MADE, by, of.about)
    return start


async def reset_second_factors(
    connection: AsyncConnection, of: Known, by: By, reason: str | None = None
) -> Start:
    """A start code with which somebody who lost them enrols her second factors anew: those she had
    count no more, and all her sessions end."""
    start = await _start(connection, of, anew=True)
    await audit.note_by(connection, What.SECOND_FACTOR_RESET, by, of.about, reason)
    return start


async def _start(connection: AsyncConnection, of: Known, *, anew: bool) -> Start:
    code, kept, ends_at = start_codes.made(of.id)
    await _do(connection, of, _START, code=kept, until=ends_at, anew=anew)
    return Start(code=code, ends_at=ends_at)


async def _do(connection: AsyncConnection, of: Known, statement: TextClause, **given: Any) -> None:
    """One function of the database, which changes nothing where it answers nothing."""
    asked = {"whose": of.id, "known": of.version, **given}
    if (await connection.execute(statement, asked)).scalar_one() is not None:
        return
    machines = select(col(MachineClient.account_id))
    there = select(col(Account.id)).where(
        col(Account.id) == of.id, col(Account.id).not_in(machines)
    )
    if (await connection.execute(there)).first() is None:
        raise NotFound("没有这个账号")
    raise Stale("账号已被他人修改，请刷新后再改")


def _index(name: str, id_number: str) -> bytes:
    normal = crypto.normalise_id_number(id_number)
    if not id_number_valid(normal):
        message = "身份证号有误，请核对（末位为校验码）"
        raise Invalid(message, [{"field": name, "message": message}])
    return crypto.index(crypto.keyring(), "id_number", normal)
