"""The duty to report to the police: it begins where suspicion meets a protected person."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.access import Work
from app.kinds.base import OPENED, CaseKind
from app.kinds.common import DUTY_TO_REPORT
from app.kinds.people import REPORT_FLAGS, PartyRole
from app.models import Deadline
from app.roles import Role
from app.services.acting import reckoning
from app.services.acting.facts import parties_at
from app.services.acting.happened import Earlier, Happened
from app.services.persons import people
from app.services.persons.people import Known
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, Clock, columns

NOT_PROTECTED = frozenset(
    {
        PartyRole.PERPETRATOR,
        PartyRole.RESPONDENT,
        PartyRole.PROXY,
        PartyRole.HUSBAND,
        PartyRole.WITNESS,
        PartyRole.GUARDIAN,
    }
)


async def arise(
    work: Work,
    kind: CaseKind,
    case: Card,
    event: Happened,
    clocks: Sequence[Clock],
    joined: Sequence[Known],
    earlier: Earlier,
    batch: Batch,
) -> None:
    """Start the clock of the duty, once a case, for whoever found out (反家暴法 14；粤办法 22；
    未保法 11). The police receive such reports and owe none."""
    if Role.POLICE in work.actor.roles or not (joined or event.name in kind.suspicion):
        return
    if any(c.rule == DUTY_TO_REPORT.name for c in clocks):
        return
    if not await _suspected(kind, event, earlier):
        return
    if not await _protected(work, case, event, joined):
        return
    owner = min(work.actor.roles, key=list(Role).index).value
    started = await reckoning.start(work, kind, case, DUTY_TO_REPORT, event, earlier, owner=owner)
    batch.add(Deadline, **columns(started))


async def _suspected(kind: CaseKind, event: Happened, earlier: Earlier) -> bool:
    if OPENED in kind.suspicion and kind.suspicion[OPENED] is None:
        return True
    if _shows(kind, event.name, event.answers):
        return True
    before = await earlier() if event.name != OPENED else ()
    return any(_shows(kind, name, answers) for name, answers in before)


def _shows(kind: CaseKind, name: str, answers: Mapping[str, Any]) -> bool:
    if name not in kind.suspicion:
        return False
    condition = kind.suspicion[name]
    return condition is None or condition.holds(answers)


async def _protected(work: Work, case: Card, event: Happened, joined: Sequence[Known]) -> bool:
    """A child of the case is protected even before anybody knows its age (粤办法 50)."""
    new = [
        (k.role, frozenset(people.flags_on(k.flags, k.sex, k.birth_on, event.at))) for k in joined
    ]
    known = await parties_at(work, case.id, event.at) if case.version > 1 else []
    old = [(p.role, p.flags) for p in known]
    return any(
        role is PartyRole.CHILD or (role not in NOT_PROTECTED and flags & REPORT_FLAGS)
        for role, flags in (*new, *old)
    )
