"""The application for a protection order, with its list of evidence (反家暴法 23–29；法释17 6).

What the other side is served says nothing of where she lives and how she is reached (10号 4): the
form has no place for it, and a paper in which somebody typed it all the same is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app import access
from app.access import Work
from app.errors import Conflict, NotAllowed, NotFound
from app.kinds.forms import Sight
from app.kinds.people import PartyRole, Relation, Sex
from app.kinds.protection_order.application import Evidence, Ground, ProxyGround
from app.kinds.protection_order.codes import FiledBy, Measure, SocialRelation
from app.models import Organisation
from app.services.acting import facts
from app.services.papers import secrets
from app.services.persons import people
from app.services.rows import titles
from app.services.rows.cards import card_of
from app.services.seeing import looks
from app.services.walls import vault

NUMERALS = "一二三四五六七八九十"
BLANK = "____________"
KNOWN_TO_HIM = frozenset({PartyRole.RESPONDENT, PartyRole.PERPETRATOR})
_OWN = frozenset({"respondents"})
"""What the paper says of the other side is no secret to it."""

_COURT = (
    select(col(Organisation.name))
    .where(
        col(Organisation.kind) == "court",
        col(Organisation.district) == bindparam("district"),
        col(Organisation.closed_on).is_(None),
    )
    .order_by(col(Organisation.id))
    .limit(1)
)


async def words(work: Work, case_id: UUID) -> dict[str, Any]:
    """What the paper says of a case, by placeholder. The look is logged.

    Raises NotFound, NotAllowed below S3, Conflict before anything was prepared, Refused if a secret
    of the vault stands in what was written down.
    """
    opened = await looks.open_for(work, case_id, "case_paper")
    if opened.kind.name != "protection_order":
        raise NotFound("只有人身安全保护令案件有申请书")
    if opened.sight < Sight.S3:
        raise NotAllowed("申请书含身份证号和家庭暴力事实，由可以查看这些内容的人员制作")
    given = await facts.answers_of(work, card_of(opened.row))
    claims = given.get("file") or given.get("draft")
    if not claims:
        raise Conflict("尚未填写申请内容，请先办理“准备申请”", basis="反家暴法 24、27")
    claim = claims[-1]
    parties = await access.parties_of(work, case_id)
    known = await access.people_of(work, [party.person_id for party in parties])
    found = [(PartyRole(p.role), p, known[p.person_id]) for p in parties]
    asked = {"district": opened.row.district}
    court = (await work.connection.execute(_COURT, asked)).scalar_one_or_none()
    told = {
        "court": court or "____________人民法院",
        "applicant": _who(_one(found, PartyRole.APPLICANT)),
        "respondents": [
            _who(person) | _where(person) for role, _, person in found if role in KNOWN_TO_HIM
        ],
        "proxies": _proxies(claim, found),
        **_claimed(claim),
    }
    his = {party.person_id for role, party, _ in found if role in KNOWN_TO_HIM}
    ours = {name: value for name, value in told.items() if name not in _OWN}
    known_to_us = await vault.secrets(work, opened, apart_from=his)
    secrets.refuse(known_to_us, ours, paper="申请内容", basis="10号 4")
    return told


def _one(found: Sequence[tuple[PartyRole, Any, Any]], role: PartyRole) -> Any:
    return next(person for known, _, person in found if known is role)


def _who(person: Any) -> dict[str, str]:
    said = people.opened(person)
    return {
        "name": said.get("name") or BLANK,
        "sex": titles.label(Sex, person.sex) or "____",
        "birth_on": _day(said.get("birth_on")),
        "id_number": said.get("id_number") or BLANK,
    }


def _where(person: Any) -> dict[str, str]:
    said = people.opened(person)
    return {"address": said.get("home_address") or BLANK, "phone": said.get("phone") or BLANK}


def _day(told: str | None) -> str:
    if told is None:
        return "____年__月__日"
    day = date.fromisoformat(told)
    return f"{day.year}年{day.month}月{day.day}日"


def _proxies(
    claim: Mapping[str, Any], found: Sequence[tuple[PartyRole, Any, Any]]
) -> list[dict[str, str | None]]:
    filed_by = FiledBy(claim.get("filed_by") or FiledBy.SELF)
    if filed_by is FiledBy.SELF:
        return []
    by_role = [(party, person) for role, party, person in found if role is PartyRole.PROXY]
    named: list[tuple[str, str | None]]
    named = [(claim.get("proxy_name") or BLANK, None)] if not by_role else []
    named += [(_who(person)["name"], titles.label(Relation, p.relation)) for p, person in by_role]
    ground = titles.label(ProxyGround, claim.get("proxy_ground")) or BLANK
    return [
        {"title": filed_by.label, "name": name, "relation": relation, "ground": ground}
        for name, relation in named
    ]


def _claimed(claim: Mapping[str, Any]) -> dict[str, Any]:
    kinds = list(Evidence)
    return {
        "relation": titles.label(SocialRelation, claim.get("relation")) or BLANK,
        "relation_proof": claim.get("relation_proof"),
        "requests": [
            {"number": number, "text": _request(Measure(wanted), claim)}
            for number, wanted in enumerate(claim.get("requests") or (), 1)
        ],
        "grounds": "；".join(Ground(g).label for g in claim.get("grounds") or ()) or BLANK,
        "facts": claim.get("facts") or BLANK,
        "urgent": bool(claim.get("urgent")),
        "court_to_collect": claim.get("court_to_collect"),
        "evidence": [
            {"number": number, "clause": _clause(kinds.index(kind)), "title": kind.label}
            for number, kind in enumerate(
                sorted(map(Evidence, claim.get("evidence") or ()), key=kinds.index), 1
            )
        ],
        "evidence_list": claim.get("evidence_list"),
    }


def _clause(index: int) -> str:
    """The item of 法释17 6 that names a kind of evidence: 一 … 十一."""
    return NUMERALS[index] if index < len(NUMERALS) else f"十{NUMERALS[index - len(NUMERALS)]}"


def _request(measure: Measure, claim: Mapping[str, Any]) -> str:
    other = claim.get("other_request") if measure is Measure.OTHER else None
    return other or measure.label
