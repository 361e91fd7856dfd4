"""Whether the record is whole: a dump against its seals, the seals against the file outside.

No secret is needed for it. Who holds the chain key can also follow each case's chain, and so find
an event that somebody put in where the worker sealed it in good faith.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from app.crypto import GENESIS, link_by, merkle
from app.crypto.signing import PublicKey
from app.services.record import anchors, dump, evidence, spelling
from app.services.record.dump import Row
from app.services.record.evidence import Evidence, Key, as_bytes
from app.services.record.seals import FIRST, SOURCES, Seal

TERM: Final = timedelta(days=3 * 365)
"""Nothing of the record may be taken away sooner (网数条例 12)."""

WAIT: Final = timedelta(minutes=5)
"""A record that was waiting so long before the last seal, and is not under it, was kept from it."""


class Flaw(StrEnum):
    """What may be wrong."""

    CHANGED = "记录与封存时不同"
    MISSING = "封存过的记录不见了"
    UNSEALED = "记录未经封存"
    LEAVES = "封存的清单与封存不符"
    ORDER = "封存的顺序中断"
    UNSIGNED = "封存的签名无效"
    ANCHOR = "封存与锚定文件不符"
    BACK = "数据库缺少锚定文件中已有的封存"
    NUMBERS = "案件事件的序号中断"
    CARD = "案件首页与最后一个事件不符"
    CORRECTION = "更正标记与更正事件不符"
    CHAIN = "案件的密钥链不符"


@dataclass(frozen=True)
class Finding:
    """Something wrong, and where: a table and id, or the number of a seal."""

    flaw: Flaw
    where: str


@dataclass
class Report:
    """What was found; `later` seals are newer than the file of anchors, `swept` records were taken
    away at the end of their term."""

    seals: int = 0
    records: int = 0
    swept: int = 0
    waiting: int = 0
    later: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(
    path: Path,
    keys: Mapping[str, PublicKey],
    anchor_file: Path,
    told: Callable[[int], None],
    chain_key: bytes | None = None,
) -> Report:
    """Check a dump. `keys` are the public keys of the worker by id, `told` hears of bytes read.

    Raises OSError, ProgramError for a dump that cannot be read.
    """
    found = evidence.read(path, told)
    kept = list(anchors.read(anchor_file))
    report = Report(seals=len(found.seals), records=len(found.digests), waiting=len(found.waiting))
    gone = _rightly_gone(found)
    report.swept = len(gone)
    report.later = sum(no > (kept[-1].no if kept else 0) for no in found.seals)
    for findings in (
        _anchors(found, kept, keys),
        _order(found, keys),
        _records(found, gone),
        _cases(found),
        _chains(path, chain_key, told) if chain_key else (),
    ):
        report.findings += findings
    return report


def _anchors(found: Evidence, kept: list[Seal], keys: Mapping[str, PublicKey]) -> Iterator[Finding]:
    """The file outside: whole, genuine, and nothing in it that the database lacks."""
    before = None
    for seal in kept:
        here = found.seals.get(seal.no)
        if not seal.genuine(keys):
            yield Finding(Flaw.UNSIGNED, f"anchor {seal.no}")
        if here is None:
            yield Finding(Flaw.BACK, f"seal {seal.no}")
        elif here.message != seal.message:
            yield Finding(Flaw.ANCHOR, f"seal {seal.no}")
        if before != seal and not _follows(seal, before):
            yield Finding(Flaw.ORDER, f"anchor {seal.no}")
        before = seal


def _order(found: Evidence, keys: Mapping[str, PublicKey]) -> Iterator[Finding]:
    """The seals one after the other: genuine, none left out, each over its own leaves."""
    before = None
    for no in sorted(found.seals):
        seal = found.seals[no]
        if not seal.genuine(keys):
            yield Finding(Flaw.UNSIGNED, f"seal {no}")
        if not _follows(seal, before):
            yield Finding(Flaw.ORDER, f"seal {no}")
        leaves = found.leaves.get(no, {})
        inside = [leaves.get(at) for at in range(1, len(leaves) + 1)]
        stated = (seal.events, seal.looks, seal.entries)
        counts = tuple(
            sum(leaf is not None and leaf[0][0] == s for leaf in inside) for s in SOURCES
        )
        if (
            None in inside
            or counts != stated
            or seal.root != merkle.root([leaf[1] for leaf in inside if leaf is not None])
        ):
            yield Finding(Flaw.LEAVES, f"seal {no}")
        before = seal
    for no in found.leaves.keys() - found.seals.keys():
        yield Finding(Flaw.LEAVES, f"seal {no}")


def _follows(seal: Seal, before: Seal | None) -> bool:
    if before is None:
        return seal.no == 1 and seal.previous == FIRST
    return seal.no == before.no + 1 and seal.previous == before.digest


def _rightly_gone(found: Evidence) -> set[Key]:
    """The records that were taken away at the end of their term: an entry of the record itself
    says which, no more and no less, and was sealed that much later than all of them."""
    sealed_in = {key: no for no, leaves in found.leaves.items() for key, _ in leaves.values()}
    gone: set[Key] = set()
    for entry, leaves in found.swept.items():
        key = ("audit_entry", entry)
        there = found.seals.get(sealed_in.get(key, 0))
        at = there.sealed_at if there else found.waiting.get(key)
        digests = b"".join(sorted(leaf.digest for leaf in leaves))
        if found.stated.get(entry) != f"records:{hashlib.sha256(digests).hexdigest()}":
            continue
        seals = [found.seals.get(leaf.seal) for leaf in leaves]
        if at and all(seal is not None and seal.sealed_at <= at - TERM for seal in seals):
            gone |= {leaf.record for leaf in leaves if leaf.record[0] != "event"}
    return gone


def _records(found: Evidence, gone: set[Key]) -> Iterator[Finding]:
    """Every record as it was sealed, and every one sealed that is not fresh."""
    sealed: set[Key] = set()
    for leaves in found.leaves.values():
        for key, digest in leaves.values():
            sealed.add(key)
            here = found.digests.get(key)
            if here is None and key not in gone:
                yield Finding(Flaw.MISSING, " ".join(key))
            elif here is not None and here != digest:
                yield Finding(Flaw.CHANGED, " ".join(key))
    last = max((seal.sealed_at for seal in found.seals.values()), default=None)
    for key in found.digests.keys() - sealed:
        since = found.waiting.get(key)
        if since is None or (last is not None and since < last - WAIT):
            yield Finding(Flaw.UNSEALED, " ".join(key))
    for key in found.waiting.keys() - found.digests.keys():
        yield Finding(Flaw.MISSING, " ".join(key))


def _cases(found: Evidence) -> Iterator[Finding]:
    """Every case as its events left it."""
    for case_id, case in found.cases.items():
        card, last = case.card, case.last
        if card is None or last is None:
            yield Finding(Flaw.CARD, f"case {case_id}")
            continue
        highest = int(last["seq"] or 0)
        if case.events != highest or case.sum != highest * (highest + 1) // 2:
            yield Finding(Flaw.NUMBERS, f"case {case_id}")
        if (card["head"], card["state"], card["version"]) != (
            last["hash"], last["state"], last["version"],
        ):  # fmt: skip
            yield Finding(Flaw.CARD, f"case {case_id}")
    for event, _ in found.replaced ^ found.replacing:
        yield Finding(Flaw.CORRECTION, f"event {event}")


OUTSIDE: Final = frozenset({"seq", "seen_by", "replaced_by", "hash", "key"})
"""What is not in a link's body: it changes later, or goes in beside it."""


def _chains(path: Path, chain_key: bytes, told: Callable[[int], None]) -> Iterator[Finding]:
    """Every link made again. The dump is read twice: a link needs the one before, which may come
    later."""
    links: dict[tuple[str, int], bytes] = {}
    vault: dict[str, dict[str, bytes]] = {}
    for table, row in dump.rows(path, ("event", "case_vault"), told):
        if table == "event":
            links[row["case_id"] or "", int(row["seq"] or 0)] = as_bytes(row["hash"])
        else:
            sealed = as_bytes(row["sealed"])
            vault.setdefault(row["event_id"] or "", {})[row["name"] or ""] = sealed
    for _, row in dump.rows(path, ("event",), told):
        case_id, seq = row["case_id"] or "", int(row["seq"] or 0)
        previous = links.get((case_id, seq - 1), GENESIS)
        if _link(chain_key, row, previous, vault) != links[case_id, seq]:
            yield Finding(Flaw.CHAIN, f"event {row['id']}")


def _link(
    chain_key: bytes, row: Row, previous: bytes, vault: Mapping[str, dict[str, bytes]]
) -> bytes | None:
    """The link of an event; None if its row has values that the app cannot have written."""
    try:
        body = {n: v for n, v in spelling.typed("event", row).items() if n not in OUTSIDE}
        body |= {"seq": int(row["seq"] or 0), "vault": vault.get(row["id"] or "", {})}
        return link_by(chain_key, UUID(row["case_id"]), previous, body["seq"], body)
    except (ValueError, ArithmeticError):
        return None
