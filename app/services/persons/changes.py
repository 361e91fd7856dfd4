"""Changes of what is known of a person: what of them is taken, what stays, who is told."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app import clock, crypto
from app.access import Work
from app.crypto import Place
from app.ids import uuid7
from app.models import PersonChange
from app.services.rows.batch import Batch

Facts = Mapping[str, Any]

CONTACT_CHANGED: Final = "当事人的安全联系方式有变更，请打开案件核对"
SAID_OTHERWISE: Final = "有人登记的人员信息与原登记不同，未予采用，请打开案件核对"


def differing(before: Facts, given: Facts) -> dict[str, Any]:
    """What somebody says of a person that is not known yet, or known otherwise. Flags only grow."""
    flags = sorted({*before["flags"], *given["flags"]})
    said = {n: _plain(v) for n, v in {**given, "flags": flags}.items() if v not in (None, [])}
    return {n: v for n, v in said.items() if v != _plain(before.get(n))}


def additions(before: Facts, said: Facts) -> dict[str, Any]:
    """What of it overwrites nothing."""
    return {n: v for n, v in said.items() if n == "flags" or before.get(n) is None}


def keep(
    work: Work,
    batch: Batch,
    person_id: UUID,
    event_id: UUID,
    before: Facts,
    said: Facts,
    *,
    taken: bool,
) -> None:
    """Note what was said, and what was known until then; not `taken` is what only stands here."""
    if not said:
        return
    row_id, wrapped = uuid7(), crypto.new_key(crypto.keyring())
    key = crypto.open_key(crypto.keyring(), wrapped)
    kept = {"before": {n: _plain(before.get(n)) for n in said}, "said": dict(said)}
    batch.add(
        PersonChange,
        id=row_id,
        person_id=person_id,
        event_id=event_id,
        account_id=work.actor.account_id,
        organisation_id=work.actor.organisation_id,
        taken=taken,
        key=wrapped,
        sealed=crypto.seal(key, kept, Place("person_change", "sealed", row_id)),
    )


_TELL = text("select tell_carriers(:who, :but, cast(:carried as jsonb), :told, :why, :at)")


async def tell(work: Work, person_id: UUID, case_id: UUID, told: str) -> None:
    """Tell those who carry her other open cases, wherever these are. The person was opened."""
    carried = {name: sorted(kind.carried_by) for name, kind in work.kinds.items()}
    values = {"who": person_id, "but": case_id, "told": told, "why": "妇联规程 13；设计"}
    await work.connection.execute(
        _TELL, values | {"carried": json.dumps(carried), "at": clock.now()}
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
