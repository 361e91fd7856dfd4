"""The mediation agreement as a text: what the parties read before they sign, and its digest
(调解法 28, 29; 人民调解文书格式).

It names the parties without address or telephone: the form has no place for what keeps somebody
hidden, and an agreement in which somebody typed it all the same is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app import access
from app.access import Work
from app.errors import Conflict, NotAllowed, NotFound
from app.kinds.forms import Sight
from app.kinds.mediation.agreement_forms import Agreement
from app.kinds.mediation.choices import AgreementForm, Matter
from app.kinds.people import PartyRole, Sex
from app.services.acting import facts
from app.services.papers import secrets
from app.services.persons import people
from app.services.rows import titles
from app.services.rows.cards import card_of
from app.services.seeing import looks
from app.services.seeing.looks import Opened
from app.services.walls import vault

ORDER: Final = (
    "facts", "issues", "liabilities", "matters", "content", "method", "perform_by", "amount",
    "effective_on",
)  # fmt: skip
"""What the law asks of an agreement, in its order (调解法 29)."""

SIDES: Final = (PartyRole.PARTY_A, PartyRole.PARTY_B)
TITLES: Final = {name: str(field.title) for name, field in Agreement.model_fields.items()}


@dataclass(frozen=True, kw_only=True)
class Text:
    """The agreement's sections, title and words each, and the names of those who sign it."""

    opened: Opened
    sections: Sequence[tuple[str, str]]
    names: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """The digest of every section as `title：words`, one after the other on lines."""
        whole = "\n".join(f"{title}：{words}" for title, words in self.sections)
        return sha256(whole.encode()).hexdigest()


async def text(work: Work, case_id: UUID) -> Text:
    """The text of a case's written agreement as it stands now. The look is logged.

    Raises NotFound, NotAllowed below S3, Conflict where there is none in writing, Refused if a
    secret of the vault stands in it.
    """
    opened = await looks.open_for(work, case_id, "agreement")
    if opened.kind.name != "mediation":
        raise NotFound("只有调解案件有协议")
    if opened.sight < Sight.S3:
        raise NotAllowed("协议含纠纷事实，由可以查看这些内容的人员打开")
    given = await facts.answers_of(work, card_of(opened.row))
    agreed = given.get("reach_agreement")
    if not agreed:
        raise Conflict("尚未达成协议，请先办理“达成协议”", basis="调解法 28")
    if agreed[-1]["agreement_form"] != AgreementForm.WRITTEN:
        raise Conflict("口头协议由调解员记录，没有协议书可签", basis="调解法 28")
    names, parties = await _parties(work, case_id)
    mediators = given["accept"][-1]["mediators"]
    sections = [
        ("编号", agreed[-1].get("agreement_no") or opened.row.number),
        *parties,
        *_said(agreed[-1]),
        ("调解员", mediators),
    ]
    known = await vault.secrets(work, opened, apart_from=())
    told = [words for _, words in sections]
    secrets.refuse(known, told, paper="协议", basis="调解法 15(四)；10号 4")
    return Text(opened=opened, sections=sections, names={**names, "mediator": mediators})


async def _parties(work: Work, case_id: UUID) -> tuple[dict[str, str], list[tuple[str, str]]]:
    rows = await access.parties_of(work, case_id)
    known = await access.people_of(work, [row.person_id for row in rows])
    names: dict[str, str] = {}
    sections = []
    for side in SIDES:
        row = next(row for row in rows if row.role == side)
        person = known[row.person_id]
        said = people.opened(person)
        names[side] = said.get("name") or "____________"
        born = said.get("birth_on")
        about = [names[side], titles.label(Sex, person.sex), born and f"{_day(born)}出生"]
        sections.append((side.label, "，".join(part for part in about if part)))
    return names, sections


def _said(agreed: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(TITLES[n], _words(n, agreed[n])) for n in ORDER if agreed.get(n) is not None]


def _words(name: str, value: Any) -> str:
    match name:
        case "matters":
            return "、".join(Matter(matter).label for matter in value)
        case "perform_by" | "effective_on":
            return _day(value)
        case _:
            return str(value)


def _day(told: str) -> str:
    day = date.fromisoformat(told)
    return f"{day.year}年{day.month}月{day.day}日"
