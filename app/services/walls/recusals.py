"""Conflict of interest (回避): a case is not there for a party of it, or for whom it touches.

Parties are barred by the database. Others step back themselves, or are told to by a supervisor of
the place or the security administrator, who also end it. Whoever is barred learns nothing of it
afterwards: a woman's report must not reach the husband who works here.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from app import access
from app.access import Work
from app.errors import Invalid, NotAllowed, NotFound
from app.kinds.forms import Choice, Sight
from app.models import Account, Recusal
from app.models.columns import table_of
from app.roles import CASE_ROLES, Role
from app.services.record import audit
from app.services.record.audit import What
from app.services.seeing import looks


class Why(Choice):
    PARTY = "party", "本人是当事人"
    KIN = "kin", "近亲属是当事人"
    DECLARED = "declared", "本人申请回避"
    ORDERED = "ordered", "决定回避"


_RECUSE = text("select recuse(:account, :case, :why, :by)")
_END = text("select end_recusal(:id, :by)")
_KNOWN = select(col(Account.id)).where(col(Account.id) == bindparam("id"))
_recusal = table_of(Recusal).c
_STANDING = (
    select(
        _recusal.id,
        _recusal.account_id,
        _recusal.case_id,
        _recusal.why,
        _recusal.recorded_at,
        col(Account.display_name).label("account"),
    )
    .join(Account, col(Account.id) == _recusal.account_id)
    .where(_recusal.ended_at.is_(None))
    .order_by(_recusal.recorded_at.desc(), _recusal.id)
)
_OF_CASE = _STANDING.where(_recusal.case_id == bindparam("id"))
_OF_ACCOUNT = _STANDING.where(_recusal.account_id == bindparam("id"))
_ONE = select(_recusal.id).where(_recusal.id == bindparam("id"), _recusal.ended_at.is_(None))


async def declare(work: Work, case_id: UUID, account_id: int | None, reason: str) -> None:
    """Hide a case from an account (the actor's own if None); again, it changes nothing.

    Raises NotFound for a case out of sight, NotAllowed for another's account without the mark of
    a supervisor there, Invalid for an unknown account.
    """
    who = work.actor.account_id if account_id is None else account_id
    own = who == work.actor.account_id
    why = Why.DECLARED if own else Why.ORDERED
    if own or Role.SECURITY_ADMIN not in work.actor.roles:
        row = await access.load_for_action(work, case_id)
        if not own:
            _check_supervisor(work, row)
    if not own and (await work.connection.execute(_KNOWN, {"id": who})).first() is None:
        problem = {"field": "account_id", "message": "请从列表中选择人员"}
        raise Invalid("没有这个账号", [problem])
    by = work.actor.account_id
    values = {"account": who, "case": case_id, "why": why.value, "by": by}
    if not (await work.connection.execute(_RECUSE, values)).scalar_one():
        raise NotFound("没有这个案件")
    await _note(work, f"account:{who}", reason)


async def of_case(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """Who the case is hidden from now, for a supervisor there. Raises NotFound, NotAllowed."""
    row = await access.load_case(work, case_id)
    _check_supervisor(work, row)
    await access.enter_case(work, case_id)
    rows = (await work.connection.execute(_OF_CASE, {"id": case_id})).all()
    await looks.log(work, "recusals", Sight.S3, case_id=case_id)
    return [_shown(row) for row in rows]


async def of_account(work: Work, account_id: int) -> list[dict[str, Any]]:
    """What is hidden from an account now, for the security administrator. Raises NotAllowed."""
    if Role.SECURITY_ADMIN not in work.actor.roles:
        raise NotAllowed("只有安全管理员可以按账号查看回避")
    await access.enter_recusals(work, account_id)
    rows = (await work.connection.execute(_OF_ACCOUNT, {"id": account_id})).all()
    return [_shown(row) for row in rows]


async def end(work: Work, recusal_id: UUID, of: UUID | int, reason: str) -> None:
    """End one recusal of a case (by its id) or of an account. Never the actor's own.

    Raises NotFound for one that does not stand there, NotAllowed as above.
    """
    known = await of_case(work, of) if isinstance(of, UUID) else await of_account(work, of)
    found = next((row for row in known if row["id"] == recusal_id), None)
    if found is None or found["account_id"] == work.actor.account_id:
        raise NotFound("没有这条回避记录")
    await work.connection.execute(_END, {"id": recusal_id, "by": work.actor.account_id})
    await _note(work, f"recusal:{recusal_id}", reason)


def _check_supervisor(work: Work, row: Any) -> None:
    if not work.actor.supervises(access.place_in(row), CASE_ROLES):
        raise NotAllowed("只有主管人员可以决定他人回避")


async def _note(work: Work, about: str, reason: str) -> None:
    await audit.note(
        work.connection,
        What.CONFLICT_CHANGED,
        account_id=work.actor.account_id,
        operator=work.operator,
        about=about,
        reason=reason,
    )


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "account_id": row.account_id,
        "account": row.account,
        "case_id": row.case_id,
        "why": row.why,
        "why_title": Why(row.why).label,
        "recorded_at": row.recorded_at,
    }
