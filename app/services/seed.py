"""The demo: registers of 清城区 and one account for every role, under one published password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app import clock, tokens
from app.access import Held
from app.config import SettingsError, get_settings
from app.errors import Invalid
from app.models import Account, Bed, Credential, Organisation
from app.models.columns import table_of
from app.places import Place, place_of
from app.roles import Role
from app.services.district import areas, registers
from app.services.district.registers import Register
from app.services.identity import accounts

PASSWORD: Final = "anlan-demo-2026"  # noqa: S105 - published; production refuses the demo
DISTRICT = 441802000000
TOWN = 441802103000
VILLAGE = 441802103201
SECOND_VILLAGE = 441802106202


@dataclass(frozen=True)
class Demo:
    """A demo account: its role, where it holds it, the kind of its organisation there."""

    username: str
    name: str
    role: Role
    area: int
    organisation: str | None
    supervisor: bool = False


DEMO = (
    Demo("grid_worker", "陈晓岚", Role.GRID_WORKER, VILLAGE, "village_committee"),
    Demo("grid_worker_2", "罗秋萍", Role.GRID_WORKER, SECOND_VILLAGE, "village_committee"),
    Demo("village_committee", "黄志明", Role.VILLAGE_COMMITTEE, VILLAGE, "village_committee"),
    Demo(
        "village_committee_2", "冯国梁", Role.VILLAGE_COMMITTEE, SECOND_VILLAGE,
        "village_committee",
    ),
    Demo("police", "梁建锋", Role.POLICE, DISTRICT, "police", supervisor=True),
    Demo("police_2", "何卫东", Role.POLICE, TOWN, "police"),
    Demo("court", "周静仪", Role.COURT, DISTRICT, "court"),
    Demo("women_fed_village", "李桂香", Role.WOMEN_FED_VILLAGE, VILLAGE, "women_fed_village"),
    Demo("women_fed_town", "朱丽珍", Role.WOMEN_FED_TOWN, TOWN, "women_fed_town"),
    Demo(
        "women_fed_district", "谭慧敏", Role.WOMEN_FED_DISTRICT, DISTRICT, "women_fed_district",
        supervisor=True,
    ),
    Demo("mediator", "邓国华", Role.MEDIATOR, TOWN, "mediation_committee"),
    Demo("shelter", "林安然", Role.SHELTER, DISTRICT, "shelter"),
    Demo("civil_affairs", "叶文清", Role.CIVIL_AFFAIRS, DISTRICT, "civil_affairs"),
    Demo("legal_aid", "冯若兰", Role.LEGAL_AID, DISTRICT, "legal_aid"),
    Demo("justice_bureau", "曾庆宇", Role.JUSTICE_BUREAU, DISTRICT, "justice_bureau"),
    Demo("zongzhi", "潘伟强", Role.ZONGZHI, TOWN, "zongzhi"),
    Demo("hospital", "温雅琴", Role.HOSPITAL, DISTRICT, "hospital"),
    Demo("school", "江美玲", Role.SCHOOL, DISTRICT, "school"),
    Demo("wcwc_office", "郭思远", Role.WCWC_OFFICE, DISTRICT, "wcwc_office"),
    Demo("system_admin", "何立", Role.SYSTEM_ADMIN, DISTRICT, None),
    Demo("security_admin", "苏宁", Role.SECURITY_ADMIN, DISTRICT, None),
    Demo("audit_admin", "许诚", Role.AUDIT_ADMIN, DISTRICT, None),
    *(
        Demo(f"women_fed_{town}", name, Role.WOMEN_FED_TOWN, code, "women_fed_town")
        for town, name, code in (
            ("fengcheng", "欧阳倩", 441802006000),
            ("dongcheng", "刘燕芬", 441802007000),
            ("zhouxin", "钟海棠", 441802008000),
            ("henghe", "卢碧云", 441802009000),
            ("longtang", "范玉洁", 441802105000),
            ("shijiao", "徐小红", 441802106000),
            ("feilaixia", "邱月明", 441802107000),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Seeded:
    """How many rows a seeding added."""

    organisations: int
    beds: int
    accounts: int


async def seed(connection: AsyncConnection) -> Seeded:
    """Add what is missing of the demo's registers and accounts; on the owner's connection.

    Raises SettingsError in production and for a database that somebody works with, Invalid before
    the areas are imported.
    """
    if get_settings().production:
        raise SettingsError("生产环境不得载入演示数据", "demo data is refused in production")
    await _refuse_real(connection)
    today = clock.local_day(clock.now())
    here = await areas.list_areas(connection, today)
    if DISTRICT not in {area.code for area in here}:
        raise Invalid("请先导入清城区的地区")
    organisations = await _organisations(connection, here)
    serving = await _serving(connection)
    beds = await _beds(connection, serving[("shelter", Place(DISTRICT))])
    return Seeded(organisations, beds, await _accounts(connection, serving))


async def _refuse_real(connection: AsyncConnection) -> None:
    """Settings can be wrong: a database is the demo's if nobody has an account in it, or if one of
    the demo's still opens by the published password."""
    names = [demo.username for demo in DEMO]
    hashes = (
        select(col(Credential.password_hash))
        .join(Account, col(Account.id) == col(Credential.account_id))
        .where(col(Account.username).in_(names))
        .order_by(col(Account.id))
    )
    if (await connection.execute(select(col(Account.id)).limit(1))).first() is None:
        return
    for hashed in (await connection.execute(hashes)).scalars():
        if await tokens.verify_password_async(hashed, PASSWORD):
            return
    raise SettingsError(
        "数据库中已有工作账号，不是演示数据库，不得载入演示数据",
        "somebody works with this database: no demo data goes into it",
    )


async def _organisations(connection: AsyncConnection, here: Sequence[Any]) -> int:
    known = {
        (row.kind, row.name, Place(row.district, row.town, row.village))
        for row in (await connection.execute(select(table_of(Organisation)))).all()
    }
    new = [r for r in registers.organisations(here) if (r.kind, r.name, r.place) not in known]
    if new:
        await connection.execute(insert(table_of(Organisation)).inline(), [_row(r) for r in new])
    return len(new)


def _row(register: Register) -> dict[str, Any]:
    return {
        "kind": register.kind,
        "name": register.name,
        "opened_on": register.opened_on,
        **register.place._asdict(),
    }


Serving = Mapping[tuple[str, Place], int]


async def _serving(connection: AsyncConnection) -> Serving:
    """The first organisation of each kind in each place."""
    rows = await connection.execute(
        select(table_of(Organisation)).order_by(col(Organisation.id).desc())
    )
    return {(r.kind, Place(r.district, r.town, r.village)): r.id for r in rows}


async def _beds(connection: AsyncConnection, shelter_id: int) -> int:
    count = select(func.count()).where(col(Bed.shelter_id) == shelter_id)
    if (await connection.execute(count)).scalar_one():
        return 0
    beds = [
        {"shelter_id": shelter_id, "label": f"{registers.ZONES[zone]}{n:02}", "zone": zone}
        for zone, many in registers.BEDS.items()
        for n in range(1, many + 1)
    ]
    await connection.execute(insert(table_of(Bed)).inline(), beds)
    return len(beds)


async def _accounts(connection: AsyncConnection, serving: Serving) -> int:
    known = set((await connection.execute(select(col(Account.username)))).scalars())
    new = [demo for demo in DEMO if demo.username not in known]
    if not new:
        return 0
    hashed = await tokens.hash_password_async(PASSWORD)
    for demo in new:
        organisation_id = (
            serving[(demo.organisation, place_of(demo.area))] if demo.organisation else None
        )
        held = Held(demo.role, demo.area, demo.supervisor)
        await accounts.add_account(
            connection, demo.username, demo.name, hashed, organisation_id, [held]
        )
    return len(new)
