"""Registers that forms and indicators need: organisations, beds, surveys, holidays."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.routers import register_days, register_mediators
from app.routers.bodies import Body
from app.routers.preconditions import IfMatch, tag, version_of
from app.routers.queries import Area, Limit
from app.routers.register_days import AreaCode, Day
from app.routers.shown import Shown, shown
from app.services.district import organisations, shelters
from app.services.district.organisations import Entry, OrganisationKind

router = APIRouter(prefix="/registers", tags=["登记簿"])
router.routes += register_days.router.routes
router.routes += register_mediators.router.routes

LARGEST = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST)]


class OrganisationBody(Body):
    name: str = Field(title="单位名称", min_length=2, max_length=100)
    opened_on: Day = Field(title="成立（启用）日期")


class NewOrganisation(OrganisationBody):
    kind: OrganisationKind = Field(title="单位类别")
    area: AreaCode = Field(title="所在地区（12 位代码）")


class Closing(Body):
    closed_on: Day = Field(title="撤销日期")


class OrganisationShown(Shown):
    id: int = shown(S1, "单位编号")
    kind: str = shown(S0, "单位类别")
    kind_title: str = shown(S0, "类别名称")
    name: str = shown(S0, "单位名称")
    area: int = shown(S0, "所在地区")
    opened_on: date = shown(S0, "成立（启用）日期")
    closed_on: date | None = shown(S0, "撤销日期")
    version: int = shown(S1, "版本")
    changed_at: datetime = shown(S1, "修改时间")


class Organisations(Shown):
    items: list[OrganisationShown] = shown(S0, "单位")
    next: int | None = shown(S1, "下一页从这个编号之后开始；没有下一页时为空")


def _organisation(row: Any, response: Response) -> OrganisationShown:
    tag(response, row.version)
    return _entry(row)


def _entry(row: Any) -> OrganisationShown:
    return OrganisationShown(
        id=row.id,
        kind=row.kind,
        kind_title=OrganisationKind(row.kind).label,
        name=row.name,
        # Where a shelter is, no list says (粤办法 42；189号 三(四)).
        area=row.district if row.kind == OrganisationKind.SHELTER else organisations.area_of(row),
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        version=row.version,
        changed_at=row.changed_at,
    )


@router.get("/organisations", response_model=Organisations)
async def list_organisations(
    work: Annotated[Work, needs(Permission.REGISTERS_READ)],
    kind: OrganisationKind | None = None,
    area: Area = None,
    closed: Annotated[bool, Query(title="包括已撤销的")] = False,
    after: Annotated[int, Query(title="上一页的 next", ge=0, le=LARGEST)] = 0,
    limit: Limit = 50,
) -> Organisations:
    """所在区的单位，可按类别、地区（含下级）筛选。"""
    rows = await organisations.find(
        work, kind=kind, area=area, closed=closed, after=after, limit=limit
    )
    following = rows[-1].id if len(rows) == limit else None
    return Organisations(items=[_entry(row) for row in rows], next=following)


@router.post("/organisations", response_model=OrganisationShown, status_code=201)
async def add_organisation(
    work: Annotated[Work, needs(Permission.ORGANISATIONS_KEEP)],
    body: NewOrganisation,
    response: Response,
) -> OrganisationShown:
    """登记单位：区妇联主管人员；司法局限调解、法律援助组织；民政限庇护场所。完全相同的不重复登记。"""
    entry = Entry(kind=body.kind, name=body.name, area=body.area, opened_on=body.opened_on)
    row, new = await organisations.add(work, entry)
    response.status_code = 201 if new else 200
    return _organisation(row, response)


@router.get("/organisations/{organisation_id}", response_model=OrganisationShown)
async def read_organisation(
    work: Annotated[Work, needs(Permission.REGISTERS_READ)], organisation_id: Id, response: Response
) -> OrganisationShown:
    return _organisation(await organisations.load(work, organisation_id), response)


@router.put("/organisations/{organisation_id}", response_model=OrganisationShown)
async def change_organisation(
    work: Annotated[Work, needs(Permission.ORGANISATIONS_KEEP)],
    organisation_id: Id,
    body: OrganisationBody,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationShown:
    """更正名称或成立日期。"""
    row = await organisations.change(
        work, organisation_id, version_of(if_match), name=body.name, opened_on=body.opened_on
    )
    return _organisation(row, response)


@router.post(
    "/organisations/{organisation_id}/close",
    response_model=OrganisationShown,
)
async def close_organisation(
    work: Annotated[Work, needs(Permission.ORGANISATIONS_KEEP)],
    organisation_id: Id,
    body: Closing,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationShown:
    """登记撤销；以往统计不变。"""
    row = await organisations.close(work, organisation_id, version_of(if_match), body.closed_on)
    return _organisation(row, response)


class Zone(StrEnum):
    """Beds apart by sex and age (粤办法 42；189号 三(一)(四))."""

    WOMEN = "women"
    MEN = "men"
    MINORS = "minors"
    FAMILY = "family"


class BedBody(Body):
    label: str = Field(title="床号", min_length=1, max_length=20)
    zone: Zone = Field(title="区域")


class BedShown(Shown):
    bed_id: int = shown(S1, "床位编号")
    shelter_id: int = shown(S1, "庇护场所编号")
    label: str = shown(S1, "床号")
    zone: str = shown(S1, "区域")


class ZoneShown(Shown):
    zone: str = shown(S1, "区域")
    free: int = shown(S1, "空床数")
    total: int = shown(S1, "床位数")


class ShelterShown(Shown):
    shelter_id: int = shown(S1, "庇护场所编号")
    shelter: str = shown(S0, "庇护场所")
    zones: list[ZoneShown] = shown(S1, "各区域床位")


class FreeBeds(Shown):
    zones: list[ZoneShown] = shown(S1, "各区域床位")
    shelters: list[ShelterShown] = shown(S1, "各庇护场所的床位")
    beds: list[BedShown] = shown(S1, "空床（仅庇护场所和民政可见）")


@router.post("/shelters/{shelter_id}/beds", response_model=BedShown, status_code=201)
async def add_bed(
    work: Annotated[Work, needs(Permission.BEDS_KEEP)],
    shelter_id: Id,
    body: BedBody,
    response: Response,
) -> BedShown:
    """登记床位（民政；189号 三(一)）。"""
    row, new = await shelters.add_bed(work, shelter_id, body.label, body.zone)
    response.status_code = 201 if new else 200
    return BedShown(bed_id=row.id, shelter_id=row.shelter_id, label=row.label, zone=row.zone)


@router.get("/shelters/free-beds", response_model=FreeBeds)
async def read_free_beds(work: Annotated[Work, needs(Permission.BEDS_READ)]) -> FreeBeds:
    """现有空床：公安、妇联看数量，庇护场所和民政还看床位。"""
    beds = await shelters.beds(work)
    free = [bed for bed, taken in beds if not taken]
    named = free if work.actor.roles & shelters.BEDS else []
    places = {bed.shelter_id: bed.shelter for bed, _ in beds}
    return FreeBeds(
        zones=_zones(beds),
        shelters=[
            ShelterShown(
                shelter_id=id,
                shelter=name,
                zones=_zones([(bed, taken) for bed, taken in beds if bed.shelter_id == id]),
            )
            for id, name in places.items()
        ],
        beds=[BedShown.model_validate(bed) for bed in named],
    )


def _zones(beds: Sequence[tuple[Any, bool]]) -> list[ZoneShown]:
    return [
        ZoneShown(
            zone=zone,
            free=sum(bed.zone == zone and not taken for bed, taken in beds),
            total=sum(bed.zone == zone for bed, _ in beds),
        )
        for zone in Zone
    ]
