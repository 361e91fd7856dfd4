"""The people behind the demo's history: accounts of every town and village that cannot sign in."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.demo.people import MEN, SURNAMES, WOMEN
from app.models import Account, Area, Grant, Organisation
from app.models.columns import table_of
from app.places import place_of
from app.roles import Role

IN_TOWN: Final = (
    (Role.POLICE, "police"),
    (Role.MEDIATOR, "mediation_committee"),
    (Role.ZONGZHI, "zongzhi"),
)
IN_VILLAGE: Final = (
    (Role.GRID_WORKER, "village_committee"),
    (Role.VILLAGE_COMMITTEE, "village_committee"),
    (Role.WOMEN_FED_VILLAGE, "women_fed_village"),
)


async def enrol(connection: AsyncConnection) -> int:
    """Give every town and village that lacks them their staff; on the owner's connection.

    They have no password, so nobody signs in as one of them. Returns how many were added.
    """
    held = {
        (row.role, row.area) for row in (await connection.execute(select(table_of(Grant)))).all()
    }
    serving = {
        (row.kind, row.village or row.town or row.district): row.id
        for row in (
            await connection.execute(
                select(table_of(Organisation)).order_by(col(Organisation.id).desc())
            )
        ).all()
    }
    current = select(table_of(Area)).where(col(Area.valid_to).is_(None)).order_by(col(Area.code))
    wanted = [
        (role, area.code, serving.get((kind, area.code)))
        for area in (await connection.execute(current)).all()
        if not area.is_virtual
        for role, kind in _posts(area.level)
        if (role.value, area.code) not in held
    ]
    if not wanted:
        return 0
    rows = list(_rows(wanted))
    made = await connection.execute(
        insert(table_of(Account)).returning(col(Account.id), col(Account.username)), rows
    )
    ids = {username: account_id for account_id, username in made}
    await connection.execute(
        insert(table_of(Grant)),
        [
            {"account_id": ids[_username(role, code)], "role": role.value, "area": code,
             "supervisor": False}
            for role, code, _ in wanted
        ],
    )  # fmt: skip
    return len(wanted)


def _posts(level: str) -> tuple[tuple[Role, str], ...]:
    return {"town": IN_TOWN, "village": IN_VILLAGE}.get(level, ())


def _username(role: Role, code: int) -> str:
    return f"{role.value}_{code // (1 if place_of(code).village else 1000)}"


def _rows(wanted: list[tuple[Role, int, int | None]]) -> Iterator[dict[str, Any]]:
    for role, code, organisation_id in wanted:
        rng = Random(f"{role.value} {code}")  # noqa: S311 - a name is no secret
        given = rng.choice(MEN if role is Role.POLICE else WOMEN + MEN)
        yield {
            "username": _username(role, code),
            "display_name": rng.choice(SURNAMES) + given,
            "organisation_id": organisation_id,
        }
