"""What people of a case were told about their data, and what they agreed to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, cast, select
from sqlmodel import col

from app.access import Work
from app.kinds.privacy import (
    CONSENT,
    INFORM,
    WITHDRAW,
    ConsentAnswer,
    ConsentMatter,
    GivenBy,
    Informed,
)
from app.kinds.privacy_texts import PrivacyText
from app.models import Event, Organisation
from app.services.persons import parties
from app.services.rows import titles
from app.services.seeing import looks

STEPS = (INFORM, CONSENT, WITHDRAW)
_recipient = cast(col(Event.details)["recipient_id"].astext, BigInteger)
_SAID = (
    select(
        col(Event.name),
        col(Event.details),
        col(Event.happened_at),
        col(Organisation.name).label("recipient"),
    )
    .outerjoin(Organisation, col(Organisation.id) == _recipient)
    .where(col(Event.case_id) == bindparam("case_id"), col(Event.replaced_by).is_(None))
    .where(col(Event.name).in_(STEPS))
    .order_by(col(Event.happened_at), col(Event.seq))
)


async def of_case(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """For every person of the case: whether and how she was told (个保法 17, 18, 35), and the
    consents that stand (14, 15). Raises NotFound."""
    opened = await looks.open_for(work, case_id, "case_privacy")
    found = {
        party["person_id"]: {
            "person_id": party["person_id"],
            "name": party["name"],
            "informed": None,
            "informed_title": None,
            "text": None,
            "text_title": None,
            "informed_at": None,
            "consents": {},
        }
        for party in await parties.of_case(work, opened)
    }
    for row in await work.connection.execute(_SAID, {"case_id": case_id}):
        for person in _about(row.details):
            if person in found:
                _take_in(found[person], row)
    return [person | {"consents": list(person["consents"].values())} for person in found.values()]


def _about(answers: Mapping[str, Any]) -> list[UUID]:
    return [UUID(p) for p in answers.get("people") or [answers["person_id"]]]


def _take_in(person: dict[str, Any], row: Any) -> None:
    """What one step changes for one person; the later step counts."""
    said = row.details
    key = (said.get("matter"), said.get("recipient_id"))
    match row.name:
        case "inform" if person["informed"] != Informed.GIVEN or said["informed"] == Informed.GIVEN:
            person |= {
                "informed": said["informed"],
                "informed_title": titles.label(Informed, said["informed"]),
                "text": said.get("text"),
                "text_title": titles.label(PrivacyText, said.get("text")),
                "informed_at": row.happened_at,
            }
        case "record_consent" if said["answer"] == ConsentAnswer.AGREED:
            person["consents"][key] = {
                "matter": said["matter"],
                "matter_title": titles.label(ConsentMatter, said["matter"]),
                "recipient_id": said.get("recipient_id"),
                "recipient": row.recipient,
                "text": said["text"],
                "text_title": titles.label(PrivacyText, said["text"]),
                "given_by": said["given_by"],
                "given_by_title": titles.label(GivenBy, said["given_by"]),
                "given_at": row.happened_at,
            }
        case "withdraw_consent":
            person["consents"].pop(key, None)
        case _:
            return
