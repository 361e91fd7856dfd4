"""What the court pushes: protection orders, their changes, confirmations of agreements.

反家暴法 23–32；人身安全保护令案件信息业务标准；法释5.
"""

from datetime import date, datetime
from typing import Any

from app import clock
from app.access import Work, place_in
from app.errors import Invalid
from app.kinds.base import OPENED, CaseKind
from app.kinds.guards import Facts
from app.kinds.mediation.agreement_forms import ConfirmationDecision, ConfirmationReceipt
from app.kinds.people import PartyRole
from app.kinds.protection_order.application import Application, Registration, Told
from app.kinds.protection_order.closing import ChangeRequest
from app.kinds.protection_order.enforcement import Service
from app.kinds.protection_order.history import pending
from app.kinds.protection_order.rulings import (
    ChangedOrder,
    Decision,
    Kept,
    Revocation,
    RulingGround,
)
from app.services.acting import facts
from app.services.agencies import partners, partners_find
from app.services.agencies.partners import Move, Pair, Paper, Undecided
from app.services.rows.cards import card_of
from app.services.rows.commands import Receipt

ORDER, AGREEMENT = "protection_order", "mediation"
UNFILED = frozenset({"informed", "drafting", "returned"})
UNREGISTERED = UNFILED | {"filed"}
SERVICE = {
    "granted": "serve",
    "served": "serve_more",
    "in_force": "serve_more",
    "dismissed": "serve_ruling",
    "revoked": "serve_ruling",
}


async def order(
    work: Work,
    paper: Paper,
    pair: Pair,
    case_no: str,
    told: Told,
    application: Application | None,
    registration: Registration | None,
    decision: Decision | None,
    service: Service | None,
) -> Receipt | Undecided:
    """Acceptance, ruling and service of an order go into its case, found by 案号 or applicant.

    A case not yet applied for takes the application along; Invalid without one.
    """
    kind = work.kinds[ORDER]
    if known := await partners.begin(work, paper, pair[PartyRole.APPLICANT]):
        return known
    numbered = await partners_find.numbered_cases(work, kind, "register", "case_no", case_no)
    case: Any = await partners_find.choose(work, kind, paper, pair, numbered, UNREGISTERED)
    if isinstance(case, Undecided):
        return case
    moves: list[Move] = []
    if case is None or case.state in UNFILED:
        if application is None:
            message = "案件尚未提出申请，请一并提供申请内容"
            raise Invalid(message, [{"field": "application", "message": "必填"}])
        opening = [Move(name=OPENED, at=application.filed_at, form=told)] if case is None else []
        moves += [*opening, Move(name="file", at=application.filed_at, form=application)]
    if registration is not None:
        at = registration.registered_at
        only_in = frozenset({"filed"})
        moves.append(Move(name="register", at=at, form=registration, only_in=only_in))
    if decision is not None:
        moves.append(Move(name="decide", at=decision.made_at, form=decision))
    if service is not None:
        moves.append(Move(name=SERVICE, at=service.served_at, form=service))
    return await partners.run(work, kind, paper, case, moves, pair)


Ruled = ChangedOrder | Revocation | Kept
RULED: dict[type[Ruled], str] = {
    ChangedOrder: "change_order",
    Revocation: "revoke_order",
    Kept: "keep_ruling",
}


async def change(
    work: Work,
    paper: Paper,
    case_no: str,
    request: ChangeRequest | None,
    ruled: Ruled | None,
) -> Receipt | Undecided:
    """An application to revoke, vary or extend, and what became of it, go into the order's case."""
    kind = work.kinds[ORDER]
    if known := await partners.begin(work, paper):
        return known
    found = await partners_find.numbered_cases(work, kind, "register", "case_no", case_no)
    case = partners_find.only(found, paper, "没有这个案号的保护令，或不在您的工作范围")
    if isinstance(case, Undecided):
        return case
    moves: list[Move] = []
    if request is not None and not (ruled and await _requested(work, kind, case)):
        moves.append(Move(name="request_change", at=request.applied_at, form=request))
    if ruled is not None:
        at = ruled.ruled_at if isinstance(ruled, Kept) else ruled.made_at
        moves.append(Move(name=RULED[type(ruled)], at=at, form=ruled))
    return await partners.run(work, kind, paper, case, moves)


async def _requested(work: Work, kind: CaseKind, row: Any) -> bool:
    """Whether an application to change the order already waits for its ruling."""
    case = card_of(row)
    known = Facts(
        at=clock.now(),
        holidays=work.holidays,
        state=case.state,
        roles=work.actor.roles_in(place_in(case), case.seen_by),
        answers=await facts.answers_of(work, case),
    )
    return pending(known, RulingGround.APPLICATION)


async def confirmation(
    work: Work,
    paper: Paper,
    agreement_no: str,
    receipt: ConfirmationReceipt | None,
    decision: ConfirmationDecision | None,
) -> Receipt | Undecided:
    """What the court did with an application to confirm an agreement goes into its mediation."""
    kind = work.kinds[AGREEMENT]
    if known := await partners.begin(work, paper):
        return known
    found = await partners_find.numbered_cases(
        work, kind, "reach_agreement", "agreement_no", agreement_no
    )
    case = partners_find.only(found, paper, "没有这个编号的调解协议，或尚未向本院申请司法确认")
    if isinstance(case, Undecided):
        return case
    moves: list[Move] = []
    if receipt is not None:
        moves.append(Move(name="receive_confirmation", at=_on(receipt.decided_on), form=receipt))
    if decision is not None:
        moves.append(Move(name="decide_confirmation", at=_on(decision.decided_on), form=decision))
    return await partners.run(work, kind, paper, case, moves)


def _on(day: date) -> datetime:
    """A moment for what is known by its day: the day's end, or now while it lasts."""
    now = clock.now()
    return min(clock.end_of_day(day), now) if day <= clock.local_day(now) else now
