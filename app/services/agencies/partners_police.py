"""What the police push: warnings, incidents with their disposal, visits (34号 9, 12, 21)."""

from datetime import datetime
from typing import Any

from app.access import Work
from app.errors import DocumentNumberTaken
from app.kinds.base import OPENED
from app.kinds.dv_warning.decisions import (
    CriminalCase,
    Criticism,
    Delivery,
    NotEstablished,
    PenaltyDecision,
    WrittenWarning,
)
from app.kinds.dv_warning.monitoring import Visit
from app.kinds.dv_warning.report import Acceptance, Report
from app.kinds.people import PartyRole
from app.services.agencies import partners, partners_find
from app.services.agencies.partners import Move, Pair, Paper, Undecided
from app.services.rows.commands import Receipt

KIND = "dv_warning"

Disposal = Criticism | PenaltyDecision | CriminalCase | NotEstablished
DISPOSALS: dict[type[Disposal], str] = {
    Criticism: "criticise",
    PenaltyDecision: "record_penalty",
    CriminalCase: "open_criminal",
    NotEstablished: "not_establish",
}
"""34号 21; the fifth, a warning, comes as its own paper."""


async def warn(
    work: Work,
    paper: Paper,
    pair: Pair,
    report: Report,
    acceptance: Acceptance,
    warning: WrittenWarning,
    delivery: Delivery | None,
) -> Receipt | Undecided:
    """A 告诫书 goes into the case of its two people, accepted and delivered as far as it says.

    Raises DocumentNumberTaken also for a warning that somebody typed in here before.
    """
    kind = work.kinds[KIND]
    if known := await partners.begin(work, paper, pair[PartyRole.VICTIM]):
        return known
    if await partners_find.numbered_cases(
        work, kind, "issue_warning", "document_no", warning.document_no
    ):
        raise DocumentNumberTaken("这个文号的告诫书已在系统中登记，请核对")
    moves = [Move(name="issue_warning", at=warning.decided_at, form=warning)]
    if delivery is not None:
        moves.append(Move(name="deliver_warning", at=delivery.delivered_at, form=delivery))
    return await _into_case(work, paper, pair, report, acceptance, moves)


async def incident(
    work: Work,
    paper: Paper,
    pair: Pair,
    report: Report,
    acceptance: Acceptance,
    disposal: tuple[datetime, Disposal] | None,
) -> Receipt | Undecided:
    """A 警情 goes into the case of its two people, with the moment and form of its disposal."""
    if known := await partners.begin(work, paper, pair[PartyRole.VICTIM]):
        return known
    moves = []
    if disposal is not None:
        at, form = disposal
        moves.append(Move(name=DISPOSALS[type(form)], at=at, form=form))
    return await _into_case(work, paper, pair, report, acceptance, moves)


async def _into_case(
    work: Work,
    paper: Paper,
    pair: Pair,
    report: Report,
    acceptance: Acceptance,
    moves: list[Move],
) -> Receipt | Undecided:
    kind = work.kinds[KIND]
    numbered = await partners_find.numbered_cases(
        work, kind, "accept", "incident_no", acceptance.incident_no
    )
    case: Any = await partners_find.choose(work, kind, paper, pair, numbered, kind.open_states)
    if isinstance(case, Undecided):
        return case
    at = acceptance.accepted_at
    accept = Move(name="accept", at=at, form=acceptance, only_in=frozenset({"reported"}))
    opening = [Move(name=OPENED, at=at, form=report)] if case is None else []
    return await partners.run(work, kind, paper, case, [*opening, accept, *moves], pair)


async def visit(
    work: Work, paper: Paper, document_no: str, made: Visit, *, extra: bool
) -> Receipt | Undecided:
    """A 查访 goes into the case of the warning it follows up. Raises NotFound for another's."""
    kind = work.kinds[KIND]
    if known := await partners.begin(work, paper):
        return known
    found = await partners_find.numbered_cases(
        work, kind, "issue_warning", "document_no", document_no
    )
    case = partners_find.only(found, paper, "没有这个文号的告诫书，或不在您的工作范围")
    if isinstance(case, Undecided):
        return case
    name = "record_extra_visit" if extra else "record_visit"
    move = Move(name=name, at=made.visited_at, form=made)
    return await partners.run(work, kind, paper, case, [move])
