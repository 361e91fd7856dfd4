"""Making a paper: what it says, the bytes, and the row that says who made which."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlmodel import col

from app import access, clock
from app.access import Work
from app.ids import uuid7
from app.models import Account, CasePaper, Organisation
from app.models.columns import table_of
from app.services.identity import accounts
from app.services.papers import application, templates
from app.services.papers.templates import Paper
from app.services.seeing import looks

WORDS = {Paper.PROTECTION_ORDER_APPLICATION: application.words}

UNSPELLABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""

PARAGRAPH = "\a"
"""By this the engine begins a new paragraph, indented like the one it stands in."""


@dataclass(frozen=True)
class Made:
    """A paper as it leaves."""

    id: UUID
    content: bytes
    sha256: str


async def make(work: Work, case_id: UUID, paper: Paper) -> Made:
    """Fill a paper from a case. Who made it, of which template, and the digest of what left are on
    record in the same transaction; the bytes are not kept.

    Raises SecondFactorNeeded, and as the paper's `words`.
    """
    await accounts.need_second_factor(work)
    row = await access.load_case(work, case_id)
    template = await templates.current(work, paper, row.district)
    id = uuid7()
    said = _spelt(await WORDS[paper](work, case_id) | {"number": id.hex[-12:]})
    content = await asyncio.to_thread(templates.filled, template.content, said)
    digest = sha256(content).hexdigest()
    made = insert(table_of(CasePaper)).values(
        id=id,
        case_id=case_id,
        paper=paper.value,
        sha256=digest,
        template_sha256=template.sha256,
        case_version=row.version,
        account_id=work.actor.account_id,
        organisation_id=work.actor.organisation_id,
        made_at=clock.now(),
    )
    await access.enter_case(work, case_id)
    await work.connection.execute(made)
    return Made(id, content, digest)


def _spelt(value: Any) -> Any:
    match value:
        case str():
            return UNSPELLABLE.sub("", value).replace("\n", PARAGRAPH)
        case Mapping():
            return {name: _spelt(inner) for name, inner in value.items()}
        case list():
            return [_spelt(inner) for inner in value]
        case _:
            return value


_paper = table_of(CasePaper).c
_OF_CASE = (
    select(*_paper, col(Account.display_name), col(Organisation.name).label("organisation"))
    .outerjoin(Account, col(Account.id) == _paper.account_id)
    .outerjoin(Organisation, col(Organisation.id) == _paper.organisation_id)
    .where(_paper.case_id == bindparam("case_id"))
    .order_by(_paper.made_at.desc(), _paper.id.desc())
)


async def of_case(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """The papers that were made of a case, the newest first. Raises NotFound."""
    await looks.open_for(work, case_id, "case_papers")
    await access.enter_case(work, case_id)
    rows = (await work.connection.execute(_OF_CASE, {"case_id": case_id})).all()
    return [
        {
            "id": row.id,
            "paper": row.paper,
            "paper_title": Paper(row.paper).label,
            "sha256": row.sha256,
            "case_version": row.case_version,
            "account": row.display_name,
            "organisation": row.organisation,
            "made_at": row.made_at,
        }
        for row in rows
    ]
