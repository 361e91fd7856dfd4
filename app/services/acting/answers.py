"""Answers on their way to and from storage: open, sealed, or in the vault, by their class."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app import crypto
from app.access import Work
from app.crypto import Place
from app.kinds.forms import Form, Sight, notes
from app.kinds.people import PersonAnswer
from app.models import Case

OPEN = frozenset({Sight.S0, Sight.S1})
SEALED = frozenset({Sight.S2, Sight.S3})


class Split(NamedTuple):
    """A form's answers: open ones, ones to seal, ones for the vault, and people by field."""

    open: dict[str, Any]
    sealed: dict[str, Any]
    vault: dict[str, str]
    people: dict[str, list[PersonAnswer]]


def split(form: Form) -> Split:
    """Part the answers of a form by their class. Empty answers are left out."""
    given = form.model_dump(mode="json", exclude_none=True)
    parts = Split({}, {}, {}, {})
    for name, note in notes(type(form)):
        if note.party is not None:
            answer = getattr(form, name)
            people = answer if isinstance(answer, list) else [answer] if answer else []
            if people:
                parts.people[name] = people
        elif name in given:
            if note.sight in OPEN:
                parts.open[name] = given[name]
            elif note.sight in SEALED:
                parts.sealed[name] = given[name]
            else:
                parts.vault[name] = str(given[name])
    return parts


_KEEP_KEY = select(col(Case.id)).where(col(Case.id) == bindparam("id")).with_for_update(read=True)


async def keep_key(work: Work, case_id: UUID) -> None:
    """Let the key of a case stay what it is until the transaction ends, for what is sealed under it
    without holding the case."""
    await work.connection.execute(_KEEP_KEY, {"id": case_id})


def seal_answers(
    case_key: bytes, event_id: UUID, answers: Mapping[str, Any]
) -> tuple[bytes | None, bytes | None]:
    """The answers to seal of an event: a key of its own, wrapped by the case's, and what it seals.

    A key for each event lets the case's key be replaced without touching what the chain covers.
    """
    if not answers:
        return None, None
    outer = crypto.open_key(crypto.keyring(), case_key)
    wrapped = crypto.new_key_under(outer)
    key = crypto.open_key_under(outer, wrapped)
    return wrapped, crypto.seal(key, answers, Place("event", "sealed", event_id))


def open_answers(case_key: crypto.DataKey, row: Any) -> dict[str, Any]:
    """The open and the sealed answers of an event's row; its S4 answers are in the vault.

    Raises Shredded if they were deleted by law.
    """
    details: dict[str, Any] = dict(row.details)
    if row.sealed is None:
        return details
    key = crypto.open_key_under(case_key, row.key)
    place = Place("event", "sealed", row.id)
    return details | crypto.unseal_values(key, row.sealed, place)


def readable(form: type[Form], answers: Mapping[str, Any], highest: Sight) -> dict[str, Any]:
    """The answers a reader of classes up to `highest` may see; S4 is never among them."""
    sights = {name: note.sight for name, note in notes(form)}
    return {
        name: value
        for name, value in answers.items()
        if name in sights and sights[name] <= highest and sights[name] < Sight.S4
    }
