"""Showing what is masked or kept in the vault: how often, and a telephone number."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from app import access, clock
from app.access import Work
from app.config import get_settings
from app.errors import NotFound, TooManyAttempts, TooManyReveals
from app.kinds.forms import Sight
from app.models import Notice
from app.models.columns import table_of
from app.roles import Role
from app.services.identity import limits
from app.services.identity.limits import Limit
from app.services.persons import people, search
from app.services.seeing import looks

HOUR: Final = timedelta(hours=1)
SHOWN_FOR: Final = timedelta(seconds=30)
NOTICE: Final = "有工作人员一小时内查阅保密信息次数过多，请核查查阅记录"

_NOTICE = insert(table_of(Notice)).on_conflict_do_nothing()


async def count(work: Work, case: Any, roles: Collection[Role]) -> None:
    """One more look at what is secret, in a case in which the actor has these roles.

    Raises TooManyReveals beyond what is set for an hour; supervisors of the same role are told,
    once an hour.
    """
    each = get_settings().reveals_per_hour
    limit = Limit("reveal", each, HOUR / each)
    try:
        await limits.take(work.connection, (limit, f"account {work.actor.account_id}"))
    except TooManyAttempts as error:
        await _tell(work, case, min(roles))
        raise TooManyReveals(
            f"一小时内最多查阅 {each} 次，已通知主管人员", retry_after=error.retry_after
        ) from None


async def _tell(work: Work, case: Any, role: Role) -> None:
    now = clock.now()
    once = f"reveals {work.actor.account_id} {now:%Y-%m-%dT%H}"
    await work.connection.execute(
        _NOTICE,
        {
            "id": uuid5(NAMESPACE_OID, once),
            "case_id": case.id,
            "event_id": case.id,
            "role": role.value,
            "text": NOTICE,
            "basis": "等保三级 L3-CES1-12",
            "sent_at": now,
            "supervisors": True,
            "seen_by": [],
            **access.place_in(case)._asdict(),
        },
    )


async def phone_of(work: Work, person_id: UUID, reason: str) -> tuple[str | None, datetime]:
    """The telephone number of a person whom the actor knows by name through some case, and until
    when it may be shown; the look is logged with its reason. NotFound, TooManyReveals, Shredded.
    """
    known = await search.through(work, [person_id])
    if person_id not in known:
        raise NotFound("没有这个人员")
    case = known[person_id][0]
    row = await access.load_case(work, case["id"])
    await count(work, row, work.actor.roles_in(access.place_in(row), row.seen_by))
    about: dict[str, Any] = {"case_id": row.id, "person_id": person_id, "reason": reason}
    await looks.log(work, "reveal:phone", Sight.S2, from_=Sight.S2, **about)
    person = (await access.people_of(work, [person_id]))[person_id]
    return people.opened(person).get("phone"), clock.now() + SHOWN_FOR
