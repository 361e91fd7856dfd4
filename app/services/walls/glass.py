"""Breaking the glass (紧急查阅): one case, for an hour, by somebody out of whose sight it is.

A woman stands in another town's police station at night: whoever helps her must be able to read,
and answers for it afterwards. Who, of what organisation, when, why and which case is kept (HL7
EHR-S FM TI.2.1.2.8); supervisors are told at once and judge every one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, String, bindparam, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.errors import Conflict, IdReused, Invalid, NotAllowed, NotFound
from app.kinds.forms import Choice, Sight
from app.models import AccessLog, Account, Glass, Organisation
from app.models.columns import table_of
from app.places import place_of
from app.policy import BREAKS_GLASS, Purpose, Standing, decide
from app.roles import Role
from app.services.identity import accounts
from app.services.record import audit
from app.services.record.audit import What
from app.services.seeing import looks
from app.services.seeing.reach import level_of

LASTS: Final = timedelta(minutes=60)
NOTICE: Final = "有一次紧急查阅，请主管人员复核"
BASIS: Final = "等保三级 L3-CES1-05"
UNSEEN: Final = 200
"""Readings waiting for a verdict that are shown at once, the oldest first."""


class GlassVerdict(Choice):
    JUSTIFIED = "justified", "确有必要"
    UNJUSTIFIED = "unjustified", "没有必要"


_FIND = text("select * from glass_case(:number, :mark, :districts, :kinds)").bindparams(
    bindparam("number", type_=String),
    bindparam("mark", type_=LargeBinary),
    bindparam("districts", type_=ARRAY(BigInteger)),
    bindparam("kinds", type_=ARRAY(String)),
)
_BREAK = text(
    "select break_glass(:id, :case, :organisation, :role, :at, :until, :tell, :told, :why)"
).bindparams(bindparam("tell", type_=ARRAY(String)))


async def break_glass(
    work: Work, id: UUID, number: str | None, id_number: str | None, reason: str
) -> dict[str, Any]:
    """Open one case of the actor's district for an hour: that of a number, or else the newest of
    whoever has the ID number. Sent again with its id it gives the same.

    Raises SecondFactorNeeded, NotFound, IdReused, Conflict for a case already in sight.
    """
    await accounts.need_second_factor(work)
    earlier = (
        await work.connection.execute(_MINE, {"id": id, "me": work.actor.account_id})
    ).first()
    if earlier is not None:
        return dict(earlier._mapping)
    case = await _case(work, number, id_number)
    if access.decision(work, case).sight >= Sight.S1:
        raise Conflict("该案件在您的工作范围内，请直接查看")
    now = clock.now()
    role = min(work.actor.roles & BREAKS_GLASS, key=list(Role).index)
    values = {
        "id": id,
        "case": case.id,
        "organisation": work.actor.organisation_id,
        "role": role.value,
        "at": now,
        "until": now + LASTS,
        "tell": sorted({role.value, Role.WOMEN_FED_DISTRICT.value}),
        "told": NOTICE,
        "why": BASIS,
    }
    try:
        await work.connection.execute(_BREAK, values)
    except IntegrityError:
        raise IdReused("这个编号已用于另一次提交，请重新填写后提交") from None
    await looks.log(work, "glass", Sight.S3, case_id=case.id, id=id, reason=reason)
    await audit.note(
        work.connection,
        What.GLASS_BROKEN,
        account_id=work.actor.account_id,
        operator=work.operator,
        about=f"case:{case.id}",
        reason=reason,
    )
    return {"id": id, "case_id": case.id, "ends_at": now + LASTS}


async def _case(work: Work, number: str | None, id_number: str | None) -> Any:
    mark = None
    if id_number is not None:
        try:
            mark = crypto.index(crypto.keyring(), "id_number", id_number)
        except ValueError:
            raise Invalid("请输入身份证号") from None
    alone = Standing(roles=work.actor.roles, glass=True)
    asked = {
        "number": number,
        "mark": mark,
        "districts": sorted({place_of(g.area).district for g in work.actor.grants}),
        "kinds": [
            name
            for name, kind in work.kinds.items()
            if decide(kind, alone, Purpose.WORK).sight >= Sight.S1
        ],
    }
    case = (await work.connection.execute(_FIND, asked)).first()
    if case is None:
        raise NotFound("没有找到案件")
    return case


_glass = table_of(Glass).c
_MINE = select(_glass.id, _glass.case_id, _glass.ends_at).where(
    _glass.id == bindparam("id"), _glass.account_id == bindparam("me", type_=BigInteger)
)
_SHOWN = (
    select(
        *(_glass[n] for n in ("id", "case_id", "account_id", "role", "broken_at", "ends_at",
                              "verdict", "district", "town", "village")),
        col(Account.display_name).label("account"),
        col(Organisation.name).label("organisation"),
    )
    .join(Account, col(Account.id) == _glass.account_id)
    .outerjoin(Organisation, col(Organisation.id) == _glass.organisation_id)
    .order_by(_glass.broken_at, _glass.id)
)  # fmt: skip
_ONE = _SHOWN.where(_glass.id == bindparam("id"))
_JUDGE = (
    update(table_of(Glass))
    .where(_glass.id == bindparam("which"), _glass.verdict.is_(None))
    .values(verdict=bindparam("said"), reviewed_by=bindparam("by"), reviewed_at=bindparam("at"))
)
_REASON = select(col(AccessLog.key), col(AccessLog.reason)).where(
    col(AccessLog.id) == bindparam("id")
)


async def waiting(work: Work) -> Sequence[Any]:
    """What waits for a verdict in the areas the actor supervises, the oldest first; her own not.
    Raises NotAllowed for who supervises nothing."""
    places = [
        place_of(g.area) for g in work.actor.grants if g.supervisor and g.role in BREAKS_GLASS
    ]
    if not places:
        raise NotAllowed("只有主管人员可以复核紧急查阅")
    there = or_(*(_glass[level_of(p)] == p.code for p in places))
    wanted = _SHOWN.where(
        _glass.verdict.is_(None), _glass.account_id != work.actor.account_id, there
    )
    return (await work.connection.execute(wanted.limit(UNSEEN))).all()


async def one(work: Work, id: UUID) -> dict[str, Any]:
    """One of them, with its reason. Raises NotFound, for the actor's own too, and NotAllowed."""
    row = await _supervised(work, id)
    await access.enter_case(work, row.case_id)
    look = (await work.connection.execute(_REASON, {"id": id})).first()
    reason = None
    if look is not None and look.key:
        key = crypto.open_key(crypto.keyring(), look.key)
        reason = crypto.unseal_text(key, look.reason, crypto.Place("access_log", "reason", id))
    return dict(row._mapping) | {"reason": reason}


async def judge(work: Work, id: UUID, verdict: GlassVerdict, remark: str | None) -> None:
    """Say what is thought of it; said once. Raises NotFound, NotAllowed, Conflict."""
    await _supervised(work, id)
    values = {"which": id, "said": verdict.value, "by": work.actor.account_id, "at": clock.now()}
    if (await work.connection.execute(_JUDGE, values)).rowcount == 0:
        raise Conflict("这次紧急查阅已经复核")
    await audit.note(
        work.connection,
        What.GLASS_REVIEWED,
        account_id=work.actor.account_id,
        operator=work.operator,
        about=f"glass:{id}",
        reason=remark,
    )


async def _supervised(work: Work, id: UUID) -> Any:
    row = (await work.connection.execute(_ONE, {"id": id})).first()
    if row is None or row.account_id == work.actor.account_id:
        raise NotFound("没有这次紧急查阅")
    if not work.actor.supervises(access.place_in(row), BREAKS_GLASS):
        raise NotAllowed("只有主管人员可以复核紧急查阅")
    return row
