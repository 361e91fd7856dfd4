"""Invented cases as rows for COPY. What is sealed is sealed with the app's own keys, so that the
app can serve it; hash chains and fingerprints are random bytes, and nobody is searched by name."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from app import clock, crypto
from app.crypto import DataKey, Place
from app.kinds import KINDS
from bench.courses import PARTS, Clock, Course, Part

YEARS = 10
SPAN = timedelta(days=3652)
OPEN_DAYS, OPEN_SHARE, LATE_SHARE = 120, 0.07, 0.07
"""Every case of the last days is open, and a share of the older ones; met clocks were late."""

COLUMNS: Mapping[str, Sequence[str]] = {
    "person": (
        "id", "key", "sealed", "id_index", "phone_index", "name_index", "sex", "birth_year",
        "flags", "version", "recorded_at",
    ),
    "case": (
        "id", "number", "kind", "state", "subject", "sex", "birth_year", "flags",
        "organisation_id", "danger", "opened_at", "recorded_at", "closed_at", "outcome",
        "valid_until", "version", "key", "head", "district", "town", "village", "seen_by",
    ),
    "case_party": (
        "case_id", "person_id", "role", "relation", "event_id", "joined_at", "district", "town",
        "village", "seen_by",
    ),
    "event": (
        "id", "case_id", "seq", "kind", "name", "outcome", "subject", "sex", "age_band", "flags",
        "happened_at", "claimed_at", "recorded_at", "account_id", "organisation_id", "channel",
        "details", "key", "sealed", "fingerprint", "state", "version", "hash", "district", "town",
        "village", "seen_by",
    ),
    "deadline": (
        "id", "case_id", "kind", "rule", "round", "started_by", "started_at", "due_at", "met_at",
        "met_by", "owner", "organisation_id", "basis", "sex", "district", "town", "village",
        "seen_by",
    ),
}  # fmt: skip

# A kind for each of 50 cases in turn, mixed once and for all.
_SLOTS = [name for name, part in PARTS.items() for _ in range(part.slots)]
Random(50).shuffle(_SLOTS)
_RULES = {(k.name, r.name): r for k in KINDS.values() for r in k.deadlines}
_FAMILY, _GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗", "兰秀英梅珍华丽芳娟霞建国志强明伟军平"


@dataclass(frozen=True)
class World:
    """What all rows share: how many cases, the present, villages with their shares of the cases,
    and who holds what: (kind of organisation, area or its town or district) → organisation."""

    cases: int
    now: datetime
    villages: Sequence[int]
    shares: Sequence[float]
    holders: Mapping[tuple[str, int], int]
    account: int
    organisation: int

    def opened_at(self, n: int) -> datetime:
        """Ten years, evenly."""
        return self.now - SPAN + SPAN * ((n + 0.5) / self.cases)

    def holder(self, kind: str | None, village: int) -> int | None:
        """The organisation of a kind that serves a village."""
        above = (village, village // 1000 * 1000, village // 10**6 * 10**6)
        found = (self.holders.get((kind, area)) for area in above if kind)
        return next((f for f in found if f is not None), None)


def person_id(n: int) -> str:
    """The id of person n; case n is about people 2n and 2n+1 of as many people as cases."""
    return _uuid(int(datetime(2015, 1, 1, tzinfo=UTC).timestamp() * 1000), n)


def _uuid(milliseconds: int, low: int) -> str:
    value = f"{milliseconds:012x}7000a{low:015x}"
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def chunk(world: World, first: int, last: int) -> dict[str, bytes]:
    """The rows of cases first..last-1 and of as many people, by table, as COPY reads them."""
    rng = Random(first)
    found: dict[str, list[str]] = {table: [] for table in COLUMNS}
    for n in range(first, last):
        found["person"].append(_person(n))
        _case(world, n, rng, found)
    return {table: "".join(rows).encode() for table, rows in found.items()}


def _person(n: int) -> str:
    ring, id_ = crypto.keyring(), person_id(n)
    wrapped = crypto.new_key(ring)
    year, woman = 1960 + n % 45, n % 2 == 0
    facts = {
        "name": _FAMILY[n % 20] + _GIVEN[n // 20 % 18] + _GIVEN[n // 360 % 18],
        "id_number": f"441802{year}{1 + n % 12:02}{1 + n % 28:02}{n % 1000:03}X",
        "phone": f"139{n % 10**8:08}",
        "birth_on": date(year, 1 + n % 12, 1 + n % 28).isoformat(),
    }
    place = Place("person", "sealed", id_)  # type: ignore[arg-type] # its text is what is bound
    key = crypto.open_key(ring, wrapped)
    # Real ones are keyed hashes, of the same length and as random.
    return _row(
        id_, wrapped, crypto.seal(key, facts, place), os.urandom(16), os.urandom(16),
        os.urandom(16), "female" if woman else "male", year, "{}", 1, "2020-01-01",
    )  # fmt: skip


def _case(world: World, n: int, rng: Random, found: dict[str, list[str]]) -> None:
    kind = _SLOTS[n % 50]
    part = PARTS[kind]
    opened = world.opened_at(n)
    running = world.now - opened < timedelta(days=OPEN_DAYS) or rng.random() < OPEN_SHARE
    course = part.running if running else rng.choice(part.closed)
    moments = _moments(world, opened, rng)
    village = rng.choices(world.villages, world.shares)[0]
    held = world.holder(part.holder, village)
    seen = f"{{{held}}}" if held else "{}"
    placed = (village // 10**6 * 10**6, village // 1000 * 1000, village, seen)
    ids = [_uuid(int(at.timestamp() * 1000), n * 8 + i) for i, at in enumerate(moments)]
    wrapped = crypto.new_key(crypto.keyring())
    key = crypto.open_key(crypto.keyring(), wrapped)
    people = [(2 * n + i) % world.cases for i in (0, 1)]
    subject, born = person_id(people[0]), 1960 + people[0] % 45
    sex = "male" if people[0] % 2 else "female"
    last = course.steps[-1]
    about = (subject, sex)
    found["case"].append(
        _row(
            ids[0], number(world, n), kind, last.state, *about, born, "{}", held,
            rng.choice((None, None, None, "low", "medium", "high")), opened, opened,
            None if running else moments[3], None if running else last.outcome or last.state,
            None, 4, wrapped, os.urandom(32), *placed,
        )
    )  # fmt: skip
    for i, role in enumerate((part.subject, part.other)):
        relation = part.relation if i else None
        found["case_party"].append(
            _row(ids[0], person_id(people[i]), role, relation, ids[0], opened, *placed)
        )
    for i, step in enumerate(course.steps):
        at, band = moments[i], clock.age_band(max(0, moments[i].year - born))
        found["event"].append(
            _row(
                ids[i], ids[0], i + 1, kind, step.name, step.outcome, *about, band, "{}", at, at,
                at, world.account, world.organisation, "web", _details(part, i, people),
                *_sealed(part, key, i, ids[i]), os.urandom(32), step.state, i + 1, os.urandom(32),
                *placed,
            )
        )  # fmt: skip
    for i, running_ in enumerate(course.clocks):
        clock_ = _deadline(world, kind, course, running_, moments, rng)
        id_ = _uuid(int(moments[running_.started].timestamp() * 1000), n * 8 + 4 + i)
        started_by, met_by = ids[running_.started], ids[running_.met] if clock_[2] else None
        rule = _RULES[kind, running_.rule]
        found["deadline"].append(
            _row(
                id_, ids[0], kind, rule.name, 1, started_by, *clock_, met_by, rule.owner.value,
                held, rule.basis, sex, *placed,
            )
        )  # fmt: skip


def _moments(world: World, opened: datetime, rng: Random) -> list[datetime]:
    left = min(world.now - opened, timedelta(days=60))
    parts = sorted(rng.random() for _ in range(3))
    return [opened, *(opened + left * p for p in parts)]


def _deadline(
    world: World, kind: str, course: Course, running: Clock, at: Sequence[datetime], rng: Random
) -> tuple[datetime, datetime, datetime | None]:
    """When a clock started, is due, was met. One that runs still is overdue once in ten times."""
    started = at[running.started]
    if running.met < 0:
        return started, world.now + timedelta(days=rng.uniform(-20, 180)), None
    met = at[running.met]
    late = rng.random() < LATE_SHARE
    return started, met + timedelta(hours=rng.uniform(1, 200)) * (-1 if late else 1), met


def _details(part: Part, at: int, people: Sequence[int]) -> str:
    if at:
        return "{}"
    return json.dumps({**part.open, part.subject: [person_id(people[0])]})


_REMARKS = crypto.canonical({"remarks": "已按规定办理，当事人知悉并签字，材料存入案卷。"})


def _sealed(part: Part, case_key: DataKey, at: int, event_id: str) -> tuple[bytes, bytes]:
    wrapped = crypto.new_key_under(case_key)
    key = crypto.open_key_under(case_key, wrapped)
    values = _REMARKS if at else part.sealed
    place = Place("event", "sealed", event_id)  # type: ignore[arg-type]
    return wrapped, crypto.seal(key, values, place)


def number(world: World, n: int) -> str:
    """The number of case n: counted within its kind and year, as the app counts."""
    kind, year = _SLOTS[n % 50], clock.local_day(world.opened_at(n)).year
    return f"{KINDS[kind].prefix}〔{year}〕{given(world, kind, n, year):05}号"


def given(world: World, kind: str, n: int, year: int) -> int:
    """How many numbers of the kind and year are given once case n has its own."""
    return _ordinal(kind, n + 1) - _ordinal(kind, _first_of(world, year))


def _ordinal(kind: str, n: int) -> int:
    """How many of the first n cases are of the kind."""
    return n // 50 * PARTS[kind].slots + _SLOTS[: n % 50].count(kind)


def _first_of(world: World, year: int) -> int:
    begin = clock.start_of_day(date(year, 1, 1))
    passed = (begin - (world.now - SPAN)) / SPAN * world.cases - 0.5
    first = max(0, int(passed) - 1)
    while first < world.cases and world.opened_at(first) < begin:
        first += 1
    return first


def _row(*values: Any) -> str:
    return "\t".join(map(_text, values)) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value)
