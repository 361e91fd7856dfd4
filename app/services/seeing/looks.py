"""A look at a case: through the gate, as deep as the reader reads, and logged if that is S3."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app import access, crypto
from app.access import Work
from app.errors import NotFound
from app.ids import uuid7
from app.kinds.base import CaseKind
from app.kinds.forms import Sight
from app.models import AccessLog
from app.policy import Obligation
from app.roles import Role
from app.services.rows.batch import Batch
from app.services.seeing import reach


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A case that passed the gate, and how far its reader reads in it."""

    row: Any
    kind: CaseKind
    roles: frozenset[Role]
    sight: Sight


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list was asked, and the ids it showed."""

    asked: Mapping[str, Any]
    shown: Sequence[UUID]


async def open_for(work: Work, case_id: UUID, what: str) -> Opened:
    """The case for a look, which is logged if it goes as deep as S3.

    Raises NotFound for a case the actor may not see, or reads nothing of.
    """
    row = await access.load_for_reading(work, case_id)
    kind = work.kinds[row.kind]
    decided = access.decision(work, row)
    if decided.sight < Sight.S1:
        raise NotFound("没有这个案件")
    if Obligation.LOG in decided.obligations:
        await log(work, what, decided.sight, case_id=case_id, from_=Sight.S1)
    return Opened(row=row, kind=kind, roles=reach.roles_in(work, row), sight=decided.sight)


def supervised(work: Work, opened: Opened) -> bool:
    """Whether the actor answers for the place of the case, and so for who looks at it."""
    return work.actor.supervises(access.place_in(opened.row), opened.kind.read_by)


async def log(
    work: Work,
    what: str,
    sight: Sight,
    *,
    case_id: UUID | None = None,
    person_id: UUID | None = None,
    id: UUID | None = None,
    reason: str | None = None,
    from_: Sight = Sight.S3,
    listed: Listed | None = None,
) -> None:
    """Note that somebody looked, if what was shown was S3 (or `from_`). One row a look. Her reason,
    where she had to give one, is sealed; what a list showed is kept as digests."""
    if sight < from_:
        return
    row_id, batch = id or uuid7(), Batch()
    batch.add(
        AccessLog,
        id=row_id,
        account_id=work.actor.account_id,
        organisation_id=work.actor.organisation_id,
        operator=work.operator,
        case_id=case_id,
        person_id=person_id,
        what=what,
        sight=sight.value,
        **_sealed(row_id, reason),
        **_digests(work, what, listed),
    )
    await batch.write(work.connection)


def _sealed(row_id: UUID, reason: str | None) -> dict[str, bytes | None]:
    if reason is None:
        return {"key": None, "reason": None}
    wrapped = crypto.new_key(crypto.keyring())
    key = crypto.open_key(crypto.keyring(), wrapped)
    sealed = crypto.seal(key, reason, crypto.Place("access_log", "reason", row_id))
    return {"key": wrapped, "reason": sealed}


def _digests(work: Work, what: str, listed: Listed | None) -> dict[str, Any]:
    """The question keyed, because a bare hash of an ID number is as good as the number."""
    if listed is None:
        return {"query_digest": None, "found": None, "found_digest": None}
    asked = crypto.fingerprint(crypto.keyring(), work.actor.account_id, what, listed.asked)
    shown = b"".join(sorted(id.bytes for id in listed.shown))
    return {
        "query_digest": asked,
        "found": len(listed.shown),
        "found_digest": hashlib.sha256(shown).digest(),
    }
