"""Referrals: an organisation is asked to help, owes a reply in time, and accepts or names the right
body (粤办法 20)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Uuid, bindparam, func, select, text
from sqlmodel import col

from app import access
from app.access import Work
from app.errors import Invalid, NotAllowed, Refused
from app.ids import uuid7
from app.kinds.referral import REFERRAL_REPLY, Declined, LegalBasis
from app.models import Deadline, Notice, Organisation, Referral
from app.roles import Role
from app.services.acting import reckoning
from app.services.acting.happened import Happened
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, columns

ROLES = {"mediation_committee": Role.MEDIATOR, "legal_aid_station": Role.LEGAL_AID}
"""Who answers in an organisation whose kind is not the role's own name."""

PUSHED_ON = 2
"""From so many refusals on the supervisors are told (设计：粤办法 20“不得互相推诿”)."""

_SENT = select(
    select(col(Organisation.kind)).where(col(Organisation.id) == bindparam("to")).scalar_subquery()
    .label("kind"),
    select(func.count()).where(
        col(Referral.case_id) == bindparam("case_id", type_=Uuid),
        col(Referral.to_id) == bindparam("to", type_=BigInteger),
        col(Referral.accepted).is_(None),
    ).scalar_subquery().label("open"),
    select(func.count()).where(
        col(Referral.case_id) == bindparam("case_id", type_=Uuid),
        col(Referral.accepted).is_(False),
    ).scalar_subquery().label("declined"),
)  # fmt: skip


async def send(
    work: Work, case: Card, event: Happened, form: Any, had: Collection[int], batch: Batch
) -> None:
    """Note whom the case goes to and start the clock of the reply. `had` are the case's holders
    before.

    Raises Refused where it was asked already or is the sender.
    """
    kind, to, own = work.kinds[case.kind], form.organisation_id, work.actor.organisation_id
    if own is None:
        raise NotAllowed("转介须以单位名义办理，您的账号没有所属单位")
    if to == own:
        raise Refused("referred-to-oneself", "不能转介给本单位", basis="粤办法 20")
    found = (await work.connection.execute(_SENT, {"to": to, "case_id": case.id})).one()
    role = _role_in(found.kind)
    if found.open:
        raise Refused("referral-open", "已经转介给该单位，正在等待答复", basis="粤办法 20")
    assert role is not None  # noqa: S101 - whoever a case is handed to works on such
    started = await reckoning.start(
        work, kind, case, REFERRAL_REPLY, event, _nothing, each=str(to), owner=role.value
    )
    batch.add(Deadline, **columns(started))
    batch.add(
        Referral,
        id=event.id,
        case_id=case.id,
        kind=case.kind,
        from_id=own,
        to_id=to,
        needs=[need.value for need in form.needs],
        ground=form.ground.value,
        legal_basis=form.legal_basis.value if form.legal_basis else None,
        had=to in had,
        declined_before=found.declined,
        sent_at=event.at,
        due_at=started.due_at,
        **_placed(case, sorted({own, to})),
    )
    told = "有一件转介，请在三个工作日内答复是否接收"
    _tell(case, event, role, told, [to], batch)


async def _nothing() -> list[Any]:
    """The reply's term follows no earlier answer."""
    return []


_OPEN = (
    select(
        col(Referral.id),
        col(Referral.from_id),
        col(Referral.declined_before),
        col(Organisation.kind),
    )
    .join(Organisation, col(Organisation.id) == col(Referral.from_id))
    .where(
        col(Referral.case_id) == bindparam("case_id"),
        col(Referral.to_id) == bindparam("to", type_=BigInteger),
        col(Referral.accepted).is_(None),
    )
)
_KNOWN = select(col(Organisation.id)).where(
    col(Organisation.id) == bindparam("id"), col(Organisation.closed_on).is_(None)
)


async def answer(
    work: Work, case: Card, event: Happened, form: Any, accepts: bool, batch: Batch
) -> None:
    """Note what the organisation asked says. Raises NotAllowed for anybody outside it, Refused if
    nothing was asked of it, Invalid for a right body that is not registered."""
    own = work.actor.organisation_id
    if form.organisation_id != own:
        raise NotAllowed("转介由接收单位的人员答复", basis="粤办法 20")
    asked = {"case_id": case.id, "to": own}
    found = (await work.connection.execute(_OPEN, asked)).one_or_none()
    if found is None:
        raise Refused("no-open-referral", "没有等待本单位答复的转介", basis="粤办法 20")
    declined = form if isinstance(form, Declined) else None
    if declined is not None:
        right = {"id": declined.right_organisation_id}
        if (await work.connection.execute(_KNOWN, right)).first() is None:
            problem = {"field": "answers.right_organisation_id", "message": "请从列表中选择单位"}
            raise Invalid("没有这个单位", [problem])
        if found.declined_before + 1 >= PUSHED_ON:
            words = "有一件情况被多次拒绝接收，请主管协调落实办理单位"
            _tell(case, event, Role.WOMEN_FED_DISTRICT, words, [], batch, supervisors=True)
    batch.change(
        Referral,
        id=found.id,
        answered_at=event.at,
        answered_by=event.id,
        accepted=accepts,
        why=declined.why.value if declined else None,
        right_id=declined.right_organisation_id if declined else None,
    )
    sender = _role_in(found.kind)
    if sender is not None:
        words = _ACCEPTED if accepts else _DECLINED
        _tell(case, event, sender, words, [found.from_id], batch)


async def let_go(work: Work, case: Card) -> None:
    """Take the case back from the actor's organisation, which declined it and had no other right to
    it: whoever does not help has no reason to read on (个保法 6)."""
    await access.enter_case(work, case.id)
    await work.connection.execute(_LET_GO, {"case_id": case.id, "to": work.actor.organisation_id})


_LET_GO = text("select referral_let_go(:case_id, :to)")


def article(ground: str, legal_basis: str | None) -> str:
    """The ground of a referral in words."""
    return LegalBasis(legal_basis).label if legal_basis else "本人单独同意（个保法 23）"


_ACCEPTED = "您单位转介的一件情况已被接收"
_DECLINED = "您单位转介的一件情况未被接收，请继续跟进"


def _role_in(kind: str | None) -> Role | None:
    """The role of those who work in an organisation of a kind."""
    return ROLES.get(kind or "") or next((r for r in Role if r.value == kind), None)


def _tell(
    case: Card,
    event: Happened,
    role: Role,
    words: str,
    holders: list[int],
    batch: Batch,
    *,
    supervisors: bool = False,
) -> None:
    batch.add(
        Notice,
        id=uuid7(),
        case_id=case.id,
        event_id=event.id,
        role=role.value,
        text=words,
        basis=REFERRAL_REPLY.basis,
        sent_at=event.at,
        supervisors=supervisors,
        **_placed(case, sorted({*case.seen_by, *holders})),
    )


def _placed(case: Card, holders: list[int]) -> dict[str, Any]:
    place = access.place_in(case)._asdict()
    return place | {"seen_by": holders}
