"""Signed surveys 摸底排查 of left-behind women, a village and round each (规划 二(五)策12)."""

from datetime import date
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import col

from app.access import Held, Work
from app.errors import Invalid, NotAllowed
from app.models import SurveyRound
from app.models.columns import table_of
from app.permissions import HOLDERS, Permission
from app.places import place_of
from app.services.district import organisations
from app.services.record import audit
from app.services.record.audit import What


def signs_in(work: Work) -> list[int]:
    """The areas whose villages one signs for."""
    return sorted({grant.area for grant in _signing(work)})


def _signing(work: Work) -> list[Held]:
    return [g for g in work.actor.grants if g.role in HOLDERS[Permission.SURVEYS_SIGN]]


async def sign(work: Work, village: int, signed_on: date) -> tuple[Any, bool]:
    """The survey's row, and whether it is new: a village signs once a day.

    Raises NotAllowed outside one's area, Invalid for what is no village or a day to come.
    """
    try:
        place = place_of(village)
    except ValueError:
        raise Invalid("地区代码有误", [{"field": "village", "message": "请选择村（居）"}]) from None
    if not any(grant.covers(place) for grant in _signing(work)):
        raise NotAllowed("您的角色不能签报该村（居）的摸底排查")
    organisations.check_day(signed_on, "signed_on")
    await organisations.check_area(work, village, "village")
    await work.connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"survey|{village}|{signed_on}"},
    )
    table = table_of(SurveyRound)
    same = select(table).where(
        col(SurveyRound.village) == village, col(SurveyRound.signed_on) == signed_on
    )
    known = (await work.connection.execute(same)).first()
    if known is not None:
        return known, False
    values = {**place._asdict(), "signed_on": signed_on}
    made = insert(table).values(**values).returning(*table.c)
    row = (await work.connection.execute(made)).one()
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"survey_round:{row.id}")
    return row, True
