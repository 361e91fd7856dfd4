"""Canaries: answers that stand nowhere but where they were typed in, and the search for them."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.kinds import KINDS
from app.kinds.forms import Form, Sight, note_of, notes
from app.kinds.people import PersonAnswer
from tests.kinds.journey import Journey

TOKEN = re.compile(rb"KNRY[0-9]{5}Z")
DEEP = {
    "women_fed_town", "women_fed_district", "police", "police_2", "court", "mediator", "shelter",
    "civil_affairs", "legal_aid",
}  # fmt: skip
"""Accounts that may read what is sensitive (S3) in a case that is theirs."""

NAMELESS = {"zongzhi", "wcwc_office", "system_admin", "security_admin", "audit_admin"}
"""Accounts that may read nothing personal (S2)."""


@dataclass(frozen=True)
class Canary:
    """What was typed into which answer, of which class."""

    value: str
    sight: Sight
    where: str
    phone: bool = False

    def hidden_from(self, username: str) -> bool:
        """The oracle. S4 and whole telephone numbers leave by being revealed only."""
        if self.sight is Sight.S4 or self.phone:
            return True
        if self.sight is Sight.S3:
            return not any(username.startswith(deep) for deep in DEEP)
        return username in NAMELESS


@dataclass
class Aviary:
    """All canaries, by what they say."""

    known: dict[str, Canary] = field(default_factory=dict)

    def token(self, sight: Sight, where: str) -> str:
        return self.keep(f"KNRY{len(self.known):05}Z", sight, where)

    def phone(self, sight: Sight, where: str) -> str:
        return self.keep(f"1391{len(self.known):07}", sight, where, phone=True)

    def keep(self, value: str, sight: Sight, where: str, *, phone: bool = False) -> str:
        """Take for a canary what says itself where it comes from."""
        self.known.setdefault(value, Canary(value, sight, where, phone))
        return value

    def count(self, sight: Sight) -> int:
        return sum(canary.sight is sight for canary in self.known.values())

    def seen(self, data: bytes) -> Iterator[Canary]:
        """The canaries in what somebody was answered."""
        for value in {found.decode() for found in TOKEN.findall(data)} & set(self.known):
            yield self.known[value]
        for canary in self.known.values():
            if not canary.value.startswith("KNRY") and canary.value.encode() in data:
                yield canary

    def stored(self, data: bytes, *, text: bool) -> list[str]:
        """Those in what is stored: as they are, in UTF-16, in hexadecimal; in text in base64 too.

        Most values begin alike, so that a look for the beginnings settles it for most files.
        """
        small = data.lower() if text else data
        starts = {value[:4] for value in self.known}
        begun = {start for start in starts if any(p in small for p in spellings(start))}
        return [
            canary.where
            for value, canary in self.known.items()
            if (value[:4] in begun and any(part in small for part in spellings(value)))
            or (text and any(part in data for part in in_base64(value.encode())))
        ]


def spellings(value: str) -> Iterator[bytes]:
    """The value in lower case; in UTF-16; in hexadecimal."""
    for written in dict.fromkeys((value, value.lower())):
        yield written.encode()
        yield written.encode("utf-16-le")
        yield written.encode("utf-16-be")
        yield written.encode().hex().encode()


def in_base64(value: bytes) -> Iterator[bytes]:
    """The value wherever it may begin there, without what its neighbours change."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + value + bytes(-(before + len(value)) % 3))
        yield whole[4 if before else 0 : len(whole) - 4]


@dataclass
class Planting(Journey):
    """A journey that types a canary into every answer that is text and not public."""

    aviary: Aviary = field(default_factory=Aviary)

    async def send(
        self, sender: httpx.AsyncClient, url: str, body: Mapping[str, Any]
    ) -> httpx.Response:
        kind, action = KINDS[self.kind], url.rpartition("/")[2]
        action = "opened" if action == kind.name else action
        form = kind.form_of(action)
        assert form is not None
        before = dict(self.aviary.known)
        answers = plant(form, body["answers"], self.aviary, f"{kind.name}.{action}")
        answer = await sender.post(url, json={**body, "answers": answers})
        if answer.is_error:
            self.aviary.known = before
        return answer


def plant(form: type[Form], given: Mapping[str, Any], aviary: Aviary, where: str) -> dict[str, Any]:
    """The answers with canaries in place of texts, and in what of the vault was left out."""
    planted = dict(given)
    for name, note in notes(form):
        spot = f"{where}.{name}"
        if note.party is not None:
            people = planted.get(name)
            if isinstance(people, dict):
                planted[name] = plant(PersonAnswer, people, aviary, spot)
            elif isinstance(people, list):
                planted[name] = [plant(PersonAnswer, p, aviary, spot) for p in people]
            continue
        if form.model_fields[name].annotation not in (str, str | None) or note.sight < Sight.S2:
            continue
        here = note.visible_if is None or note.visible_if.holds(planted)
        if planted.get(name) is None and not (note.sight is Sight.S4 and here):
            continue
        patterned = any(getattr(m, "pattern", None) for m in form.model_fields[name].metadata)
        own = note.widget == "id_number" or (form is PersonAnswer and name == "name")
        if own or patterned:
            aviary.keep(planted[name], note.sight, spot)
        elif note.widget == "phone":
            planted[name] = aviary.phone(note.sight, spot)
        else:
            planted[name] = aviary.token(note.sight, spot)
    return planted


def vault_answers() -> set[str]:
    """Every text of the vault that some form asks: `kind.action.answer`, people apart."""
    found = set()
    for kind in KINDS.values():
        for action, form in {"opened": kind.form, **{a.name: a.form for a in kind.actions}}.items():
            for name, field_ in form.model_fields.items():
                note = note_of(field_)
                if note and note.sight is Sight.S4 and field_.annotation in (str, str | None):
                    found.add(f"{kind.name}.{action}.{name}")
    return found
