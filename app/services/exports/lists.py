"""The lists that may leave: of cases, and the ledger of women left behind. The same rows as on the
screen; how each is written in a line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from app import access, clock
from app.access import Work
from app.clock import local_day
from app.kinds.forms import Sight
from app.kinds.instruments import Danger
from app.kinds.left_behind_visit.choices import Level
from app.policy import Purpose as Look
from app.services.exports import sheet
from app.services.exports.sheet import Row
from app.services.ledger import women
from app.services.persons import people
from app.services.rows import titles
from app.services.seeing import listing

Asked = listing.Filters | women.Filters
"""What is asked for; its type says of which list."""

CASES: Final = (
    "案号", "案件类型", "状态", "镇街", "村（社区）", "当事人", "危险等级", "发生时间", "结案时间",
    "最近期限", "到期时间", "是否逾期",
)  # fmt: skip
WOMEN: Final = (
    "案号", "姓名", "镇街", "村（社区）", "出生年份", "需求等级", "状态", "建档日期",
    "最近探访", "下次探访", "探访逾期", "异常",
)  # fmt: skip
PLAIN: Final = ("身份证号", "联系电话")


def header(asked: Asked, *, plain: bool) -> Row:
    columns = WOMEN if isinstance(asked, women.Filters) else CASES
    return (*columns, *PLAIN) if plain else columns


def question(asked: Asked) -> dict[str, Any]:
    """The filters as they are kept with the export."""
    kept = {name: value for name, value in asdict(asked).items() if value is not None}
    return kept | {"ledger": True} if isinstance(asked, women.Filters) else kept


async def count(work: Work, asked: Asked) -> int:
    if isinstance(asked, women.Filters):
        return (await women.totals(work, asked))["women"]
    return await listing.count(work, asked)


async def found(
    work: Work, asked: Asked, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, and the cursor of the next."""
    if isinstance(asked, women.Filters):
        return await women.found(work, asked, cursor, limit)
    return await listing.found(work, asked, cursor, limit)


async def lines(
    work: Work, asked: Asked, rows: Sequence[Any], names: Mapping[int, str], *, plain: bool
) -> list[Row]:
    """The rows as lines of the sheet; `names` are those of the areas."""
    purpose = Look.SEARCH if plain else Look.LIST
    sights = {row.id: access.decision(work, row, purpose).sight for row in rows}
    wanted = {r.subject for r in rows if r.subject and sights[r.id] >= Sight.S2}
    known = await access.people_of(work, sorted(wanted))
    said = {id: people.opened(person) for id, person in known.items()}
    line = _of_woman if isinstance(asked, women.Filters) else _of_case
    found: list[Row] = []
    for row in rows:
        sight, hers = sights[row.id], said.get(row.subject, {})
        name = hers.get("name") if sight >= Sight.S2 else None
        shown = line(work, row, names, name if plain else listing.mask(name))
        more = (hers.get("id_number") if sight >= Sight.S3 else None, hers.get("phone"))
        found.append((*shown, *more) if plain else shown)
    return found


def _of_case(work: Work, row: Any, names: Mapping[int, str], name: str | None) -> Row:
    kind = work.kinds[row.kind]
    return (
        row.number,
        kind.title,
        titles.state(kind, row.state, row.valid_until),
        names.get(row.town),
        names.get(row.village),
        name,
        titles.label(Danger, row.danger),
        sheet.moment(row.opened_at),
        sheet.moment(row.closed_at),
        titles.clock_of(kind, row)[0] if row.due_at else None,
        sheet.moment(row.due_at),
        _late(row.due_at),
    )


def _of_woman(work: Work, row: Any, names: Mapping[int, str], name: str | None) -> Row:
    kind = work.kinds[row.kind]
    return (
        row.number,
        name,
        names.get(row.town),
        names.get(row.village),
        None if row.birth_year is None else str(row.birth_year),
        titles.label(Level, row.level),
        titles.state(kind, row.state, row.valid_until),
        _day(row.enrolled_at),
        _day(row.last_visit),
        _day(row.next_visit),
        _late(row.next_visit),
        "是" if row.abnormal else "否",
    )


def _day(at: datetime | None) -> str | None:
    return None if at is None else local_day(at).isoformat()


def _late(due_at: datetime | None) -> str | None:
    if due_at is None:
        return None
    return "是" if due_at < clock.now() else "否"
