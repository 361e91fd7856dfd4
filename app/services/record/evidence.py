"""What a dump says of the record, as far as checking needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from app.services.record import dump, spelling
from app.services.record.dump import Row
from app.services.record.seals import Seal

Key = tuple[str, str]
"""Table and id of a record."""


class Leaf(NamedTuple):
    """The leaf of a record under a seal."""

    seal: int
    record: Key
    digest: bytes


@dataclass
class CaseSeen:
    """What is known of a case: its card, and its events as they come by."""

    card: Row | None = None
    events: int = 0
    sum: int = 0
    last: Row | None = None

    def take(self, event: Row) -> None:
        """Count an event of the case in."""
        seq = int(event["seq"] or 0)
        self.events += 1
        self.sum += seq
        if self.last is None or seq > int(self.last["seq"] or 0):
            self.last = {name: event[name] for name in ("seq", "hash", "state", "version")}


@dataclass
class Evidence:
    """What was found: digests of records as they are, leaves as they were sealed, the seals, what
    waits, each case, and which event replaces which."""

    digests: dict[Key, bytes] = field(default_factory=dict)
    leaves: dict[int, dict[int, tuple[Key, bytes]]] = field(default_factory=dict)
    seals: dict[int, Seal] = field(default_factory=dict)
    waiting: dict[Key, datetime] = field(default_factory=dict)
    cases: dict[str, CaseSeen] = field(default_factory=dict)
    replaced: set[tuple[str, str]] = field(default_factory=set)
    replacing: set[tuple[str, str]] = field(default_factory=set)
    swept: dict[str, list[Leaf]] = field(default_factory=dict)
    """Entry → the leaves that name it as what took their records away."""

    stated: dict[str, str] = field(default_factory=dict)
    """Entry → what it says that it took away."""


def read(path: Path, told: Callable[[int], None]) -> Evidence:
    """Everything of a dump that is checked. Raises OSError, ProgramError."""
    found, take = Evidence(), _TAKERS
    for table, row in dump.rows(path, take, told):
        take[table](found, row)
    return found


def _take_record(source: str) -> Callable[[Evidence, Row], None]:
    def take(found: Evidence, row: Row) -> None:
        found.digests[source, row["id"] or ""] = spelling.digest(source, row)

    return take


def _take_entry(found: Evidence, row: Row) -> None:
    _take_record("audit_entry")(found, row)
    if row["what"] == "record_swept":
        found.stated[row["id"] or ""] = row["about"] or ""


def _take_event(found: Evidence, row: Row) -> None:
    _take_record("event")(found, row)
    found.cases.setdefault(row["case_id"] or "", CaseSeen()).take(row)
    if row["replaced_by"]:
        found.replaced.add((row["id"] or "", row["replaced_by"]))
    if row["replaces"]:
        found.replacing.add((row["replaces"], row["id"] or ""))


def _take_case(found: Evidence, row: Row) -> None:
    found.cases.setdefault(row["id"] or "", CaseSeen()).card = row


def _take_leaf(found: Evidence, row: Row) -> None:
    key = row["source"] or "", row["row_id"] or ""
    leaves = found.leaves.setdefault(int(row["seal"] or 0), {})
    leaves[int(row["position"] or 0)] = key, as_bytes(row["digest"])
    if row["swept_by"]:
        leaf = Leaf(int(row["seal"] or 0), key, as_bytes(row["digest"]))
        found.swept.setdefault(row["swept_by"], []).append(leaf)


def _take_waiting(found: Evidence, row: Row) -> None:
    since = datetime.fromisoformat(row["since"] or "")
    found.waiting[row["source"] or "", row["row_id"] or ""] = since


def _take_seal(found: Evidence, row: Row) -> None:
    seal = Seal(
        no=int(row["no"] or 0),
        sealed_at=datetime.fromisoformat(row["sealed_at"] or ""),
        previous=as_bytes(row["previous"]),
        root=as_bytes(row["root"]),
        events=int(row["events"] or 0),
        looks=int(row["looks"] or 0),
        entries=int(row["entries"] or 0),
        algorithm=row["algorithm"] or "",
        key_id=row["key_id"] or "",
        signature=as_bytes(row["signature"]),
    )
    found.seals[seal.no] = seal


_TAKERS: Final[Mapping[str, Callable[[Evidence, Row], None]]] = {
    "event": _take_event,
    "access_log": _take_record("access_log"),
    "audit_entry": _take_entry,
    "case": _take_case,
    "seal": _take_seal,
    "seal_leaf": _take_leaf,
    "seal_waiting": _take_waiting,
}


def as_bytes(text: str | None) -> bytes:
    """The bytes of a value, none of a missing one."""
    return bytes.fromhex((text or "\\x")[2:])
