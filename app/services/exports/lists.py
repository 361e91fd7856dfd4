"""The lists that may leave: of cases, of people, and the ledger of women left behind. The same rows
as on the screen, in the columns that are shown there; how each is written in a line."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from app import access, clock
from app.access import Work
from app.clock import local_day
from app.errors import Invalid
from app.kinds.forms import Sight
from app.kinds.instruments import Danger
from app.kinds.left_behind_visit.choices import Level
from app.kinds.people import Sex
from app.policy import Purpose as Look
from app.services.exports import sheet
from app.services.exports.sheet import Row
from app.services.ledger import women
from app.services.persons import ledger, people
from app.services.rows import titles
from app.services.seeing import listing

Asked = listing.Filters | women.Filters | ledger.Filters
"""What is asked for; its type says of which list."""

Names = Mapping[int, str]
"""Area → what it is called."""

PLAIN: Final = ("身份证号", "联系电话")


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What of a list leaves: which rows, in which columns of the screen (None: in all), and whether
    names are whole, with ID numbers and telephones."""

    filters: Asked
    columns: frozenset[str] | None
    plain: bool


@dataclass(frozen=True)
class Leaving:
    """How a list is written: its titles, each with the column of the screen under which it falls;
    how many rows it has, a page of them (each with its `subject`), the cases through which the
    actor knows of a row, and the row as a line with a name in it."""

    name: str
    titles: tuple[tuple[str, str], ...]
    count: Callable[[Work, Any], Awaitable[int]]
    found: Callable[[Work, Any, str | None, int], Awaitable[tuple[Sequence[Any], str | None]]]
    cases: Callable[[Any], Sequence[Any]]
    line: Callable[[Work, Any, Names, str | None], Row]


def header(wished: Wished) -> Row:
    """The titles of the columns."""
    known = _leaving(wished).titles
    found = tuple(known[at][1] for at in _picked(wished))
    return (*found, *PLAIN) if wished.plain else found


def _leaving(wished: Wished) -> Leaving:
    return LISTS[type(wished.filters)]


def _picked(wished: Wished) -> list[int]:
    """Which of the titles, by their place."""
    wanted = wished.columns
    known = enumerate(_leaving(wished).titles)
    return [at for at, (column, _) in known if wanted is None or column in wanted]


def question(wished: Wished) -> dict[str, Any]:
    """What was asked for, as it is kept with the export. Raises Invalid for a column that the list
    has not."""
    one = _leaving(wished)
    kept = {name: value for name, value in asdict(wished.filters).items() if value is not None}
    kept["list"] = one.name
    if wished.columns is None:
        return kept
    if not wished.columns <= {column for column, _ in one.titles}:
        raise Invalid("清单中没有这一列", [{"field": "columns", "message": "请重新选择列"}])
    return kept | {"columns": sorted(wished.columns)}


async def count(work: Work, wished: Wished) -> int:
    return await _leaving(wished).count(work, wished.filters)


async def found(
    work: Work, wished: Wished, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, and the cursor of the next."""
    return await _leaving(wished).found(work, wished.filters, cursor, limit)


async def lines(work: Work, wished: Wished, rows: Sequence[Any], names: Names) -> list[Row]:
    """The rows as lines of the sheet."""
    purpose, one = Look.SEARCH if wished.plain else Look.LIST, _leaving(wished)
    sights = {
        row.id: max(access.decision(work, case, purpose).sight for case in one.cases(row))
        for row in rows
    }
    wanted = {r.subject for r in rows if r.subject and sights[r.id] >= Sight.S2}
    known = await access.people_of(work, sorted(wanted))
    said = {id: people.opened(person) for id, person in known.items()}
    picked = _picked(wished)
    written: list[Row] = []
    for row in rows:
        sight, hers = sights[row.id], said.get(row.subject, {})
        name = hers.get("name") if sight >= Sight.S2 else None
        whole = one.line(work, row, names, name if wished.plain else listing.mask(name))
        shown = tuple(whole[at] for at in picked)
        more = (hers.get("id_number") if sight >= Sight.S3 else None, hers.get("phone"))
        written.append((*shown, *more) if wished.plain else shown)
    return written


def _of_case(work: Work, row: Any, names: Names, name: str | None) -> Row:
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


def _of_woman(work: Work, row: Any, names: Names, name: str | None) -> Row:
    kind = work.kinds[row.kind]
    return (
        row.number,
        name,
        names.get(row.town),
        names.get(row.village),
        _year(row.birth_year),
        titles.label(Level, row.level),
        titles.state(kind, row.state, row.valid_until),
        _day(row.enrolled_at),
        _day(row.last_visit),
        _day(row.next_visit),
        _late(row.next_visit),
        "是" if row.abnormal else "否",
    )


def _of_person(work: Work, row: ledger.Line, names: Names, name: str | None) -> Row:
    newest = row.cases[0]
    return (
        name,
        titles.label(Sex, newest.sex),
        _year(newest.birth_year),
        names.get(newest.town),
        names.get(newest.village),
        str(len(row.cases)),
        str(row.open),
        "；".join(_case_in_words(work, case) for case in row.cases),
        _day(row.last_contact),
    )


def _case_in_words(work: Work, case: Any) -> str:
    kind = work.kinds[case.kind]
    return f"{case.number or kind.title} {titles.state(kind, case.state, case.valid_until)}"


def _year(year: int | None) -> str | None:
    return None if year is None else str(year)


def _day(at: datetime | None) -> str | None:
    return None if at is None else local_day(at).isoformat()


def _late(due_at: datetime | None) -> str | None:
    if due_at is None:
        return None
    return "是" if due_at < clock.now() else "否"


async def _count_women(work: Work, filters: women.Filters) -> int:
    return (await women.totals(work, filters))["women"]


CASES: Final = Leaving(
    "cases",
    (
        ("number", "案号"), ("number", "案件类型"), ("state", "状态"), ("area", "镇街"),
        ("area", "村（社区）"), ("subject", "当事人"), ("danger", "危险等级"),
        ("opened", "发生时间"), ("closed", "结案时间"), ("due", "最近期限"), ("due", "到期时间"),
        ("due", "是否逾期"),
    ),
    listing.count, listing.found, lambda row: (row,), _of_case,
)  # fmt: skip
WOMEN: Final = Leaving(
    "women",
    (
        ("number", "案号"), ("subject", "姓名"), ("area", "镇街"), ("area", "村（社区）"),
        ("subject", "出生年份"), ("level", "需求等级"), ("state", "状态"), ("state", "建档日期"),
        ("last", "最近探访"), ("next", "下次探访"), ("next", "探访逾期"), ("level", "异常"),
    ),
    _count_women, women.found, lambda row: (row,), _of_woman,
)  # fmt: skip
PEOPLE: Final = Leaving(
    "people",
    (
        ("subject", "姓名"), ("who", "性别"), ("who", "出生年份"), ("area", "镇街"),
        ("area", "村（社区）"), ("count", "案件数"), ("count", "未结案件数"), ("cases", "案件"),
        ("contact", "最近探访"),
    ),
    ledger.count, ledger.found, lambda row: row.cases, _of_person,
)  # fmt: skip
LISTS: Final[Mapping[type, Leaving]] = {
    listing.Filters: CASES, women.Filters: WOMEN, ledger.Filters: PEOPLE,
}  # fmt: skip
