"""The log of looks: whoever reads S3 leaves a row, in the transaction of the look."""

from uuid import UUID

from app.access import Work
from app.ids import uuid7
from app.kinds.forms import Sight
from app.models import AccessLog
from app.services.batch import Batch


async def log(
    work: Work,
    what: str,
    sight: Sight,
    *,
    case_id: UUID | None = None,
    person_id: UUID | None = None,
    id: UUID | None = None,
) -> None:
    """Note that somebody looked, if what was shown was S3. One row a look."""
    if sight < Sight.S3:
        return
    batch = Batch()
    batch.add(
        AccessLog,
        id=id or uuid7(),
        account_id=work.actor.account_id,
        organisation_id=work.actor.organisation_id,
        case_id=case_id,
        person_id=person_id,
        what=what,
        sight=sight.value,
    )
    await batch.write(work.connection)
