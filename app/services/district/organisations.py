"""The register of organisations: committees, stations, shelters; bases of indicators and holders
of cases. An organisation that closes stays, so that past figures stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlmodel import col

from app import clock
from app.access import Work
from app.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kinds.forms import Choice
from app.models import Organisation
from app.models.columns import table_of
from app.places import Place, place_of
from app.roles import Role
from app.services.district import areas
from app.services.record import audit
from app.services.record.audit import What


class OrganisationKind(Choice):
    """What is registered; a role's organisation has the role's name (see services/effects)."""

    POLICE = "police", "公安机关"
    COURT = "court", "人民法院"
    WOMEN_FED_DISTRICT = "women_fed_district", "区妇联"
    WOMEN_FED_TOWN = "women_fed_town", "镇街妇联"
    WOMEN_FED_VILLAGE = "women_fed_village", "村（社区）妇联"
    VILLAGE_COMMITTEE = "village_committee", "村（居）民委员会"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门"
    JUSTICE_BUREAU = "justice_bureau", "司法行政部门"
    LEGAL_AID = "legal_aid", "法律援助机构"
    LEGAL_AID_STATION = "legal_aid_station", "法律援助工作站"
    MEDIATION_COMMITTEE = "mediation_committee", "人民调解委员会"
    SHELTER = "shelter", "临时庇护场所"
    ZONGZHI = "zongzhi", "综治中心"
    HOSPITAL = "hospital", "医疗机构"
    SCHOOL = "school", "学校、幼儿园"
    WCWC_OFFICE = "wcwc_office", "妇儿工委办公室"


KEPT_BY: Mapping[Role, frozenset[str]] = {
    Role.JUSTICE_BUREAU: frozenset(
        {
            OrganisationKind.MEDIATION_COMMITTEE,
            OrganisationKind.LEGAL_AID,
            OrganisationKind.LEGAL_AID_STATION,
        }
    ),
    Role.CIVIL_AFFAIRS: frozenset({OrganisationKind.SHELTER}),
}
"""Who keeps which kinds (调解法 10；法援法 5；粤办法 41). A supervisor of 区妇联 keeps them all."""

TABLE = table_of(Organisation)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An organisation as it is registered: kind, name, area code, first day."""

    kind: OrganisationKind
    name: str
    area: int
    opened_on: date


async def find(
    work: Work,
    *,
    kind: OrganisationKind | None = None,
    area: int | None = None,
    closed: bool = False,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Any]:
    """Organisations of the actor's districts in or below an area, by id; only those still open
    unless `closed`. Raises Invalid for an impossible area code."""
    wanted = (
        select(TABLE)
        .where(TABLE.c.district.in_(_districts(work)), TABLE.c.id > after)
        .order_by(TABLE.c.id)
        .limit(limit)
    )
    if kind is not None:
        wanted = wanted.where(TABLE.c.kind == kind)
    if not closed:
        wanted = wanted.where(TABLE.c.closed_on.is_(None))
    if area is not None:
        place = _place(area)
        level = "village" if place.village else "town" if place.town else "district"
        wanted = wanted.where(TABLE.c[level] == area)
        if level != "district":
            # Asked town by town, a list of shelters would say where each is.
            wanted = wanted.where(TABLE.c.kind != OrganisationKind.SHELTER)
    found: Sequence[Any] = (await work.connection.execute(wanted)).all()
    return found


async def load(work: Work, organisation_id: int, *, lock: bool = False) -> Any:
    """One organisation of the actor's districts; else NotFound."""
    wanted = select(TABLE).where(
        TABLE.c.id == organisation_id, TABLE.c.district.in_(_districts(work))
    )
    found = await work.connection.execute(wanted.with_for_update() if lock else wanted)
    row = found.one_or_none()
    if row is None:
        raise NotFound("没有这个单位")
    return row


async def add(work: Work, entry: Entry) -> tuple[Any, bool]:
    """The organisation's row, and whether it is new: an equal open one is not added twice.

    Raises NotAllowed, Invalid for an unknown area or a day to come, Conflict if an open one of
    the kind has that name in that area since another day.
    """
    place = _place(entry.area)
    check_keeper(work, entry.kind, place)
    check_day(entry.opened_on, "opened_on")
    await check_area(work, entry.area)
    # Two who add the same at once must not both find none.
    key = f"organisation|{entry.kind}|{entry.area}|{entry.name}"
    await work.connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
    )
    same = select(TABLE).where(
        TABLE.c.kind == entry.kind,
        TABLE.c.name == entry.name,
        TABLE.c.closed_on.is_(None),
        *(TABLE.c[level].is_not_distinct_from(code) for level, code in place._asdict().items()),
    )
    known = (await work.connection.execute(same)).first()
    if known is not None:
        if known.opened_on != entry.opened_on:
            raise Conflict("该地区已登记同名的同类单位")
        return known, False
    values = {"kind": entry.kind, "name": entry.name, "opened_on": entry.opened_on}
    made = insert(TABLE).values(**values, **place._asdict()).returning(*TABLE.c)
    row = (await work.connection.execute(made)).one()
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"organisation:{row.id}")
    return row, True


async def change(
    work: Work, organisation_id: int, version: int, *, name: str, opened_on: date
) -> Any:
    """Correct an open organisation's name or first day; the new row. Kind and area stay what
    cases and figures took them for. Raises Stale if somebody else changed it since `version`."""
    check_day(opened_on, "opened_on")
    await _own(work, organisation_id, version)
    return await _write(work, organisation_id, name=name, opened_on=opened_on)


async def close(work: Work, organisation_id: int, version: int, closed_on: date) -> Any:
    """Note an organisation's last day; the new row. Raises as `change`, Invalid for a wrong day."""
    row = await _own(work, organisation_id, version)
    check_day(closed_on, "closed_on")
    if closed_on < row.opened_on:
        problem = {"field": "closed_on", "message": "不能早于成立日期"}
        raise Invalid("撤销日期早于成立日期", [problem])
    return await _write(work, organisation_id, closed_on=closed_on)


async def _own(work: Work, organisation_id: int, version: int) -> Any:
    row = await load(work, organisation_id, lock=True)
    check_keeper(work, row.kind, Place(row.district, row.town, row.village))
    if row.version != version:
        raise Stale("这个单位的登记已被他人修改，请刷新后再改")
    if row.closed_on is not None:
        raise Conflict("这个单位已撤销，不能再修改")
    return row


async def _write(work: Work, organisation_id: int, **values: Any) -> Any:
    made = (
        update(TABLE)
        .where(col(Organisation.id) == organisation_id)
        .values(version=TABLE.c.version + 1, changed_at=func.now(), **values)
        .returning(*TABLE.c)
    )
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"organisation:{organisation_id}")
    return (await work.connection.execute(made)).one()


def check_keeper(work: Work, kind: str, place: Place) -> None:
    """Raises NotAllowed for who does not keep this kind's register there."""
    for grant in work.actor.grants:
        keeps_all = grant.role is Role.WOMEN_FED_DISTRICT and grant.supervisor
        keeps = keeps_all or kind in KEPT_BY.get(grant.role, ())
        if keeps and grant.covers(place):
            return
    raise NotAllowed("您的角色不维护这类单位的登记")


def check_day(day: date, name: str) -> None:
    """Raises Invalid for a day still to come."""
    if day > clock.local_day(clock.now()):
        raise Invalid("日期不能晚于今天", [{"field": name, "message": "不能晚于今天"}])


async def check_area(work: Work, area: int, level: areas.Level | None = None) -> None:
    """Raises Invalid for a code that is no area today, or not of the level."""
    here = await areas.list_areas(work.connection, clock.local_day(clock.now()), level=level)
    if area not in {row.code for row in here}:
        raise Invalid("没有这个地区", [{"field": "area", "message": "请从列表中选择地区"}])


def area_of(row: Any) -> int:
    """The code of the area an organisation serves."""
    return int(row.village or row.town or row.district)


def _districts(work: Work) -> set[int]:
    return {place_of(grant.area).district for grant in work.actor.grants}


def _place(area: int) -> Place:
    try:
        return place_of(area)
    except ValueError:
        raise Invalid("地区代码有误", [{"field": "area", "message": "请选择地区"}]) from None
