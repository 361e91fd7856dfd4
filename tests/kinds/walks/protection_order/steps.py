"""Steps of 人身安全保护令, as people take them. Everybody here is invented."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.roles import Role
from tests.kinds.walks import DAY, HOUR, Step

KIND = "protection_order"
GRID = Role.GRID_WORKER
TOWN = Role.WOMEN_FED_TOWN
COURT = Role.COURT
POLICE = Role.POLICE
VILLAGE = Role.VILLAGE_COMMITTEE

MINUTE = timedelta(minutes=1)
WOMAN: dict[str, Any] = {
    "name": "罗晓岚",
    "id_number": "441802199004120027",
    "phone": "13500000041",
    "present_address": "东城街道某小区",
    "safe_contact": "工作日中午可致电，称社区普查",
}
OLD_WOMAN: dict[str, Any] = {"name": "罗阿婆", "id_number": "441802195803150048"}
MAN: dict[str, Any] = {"name": "钟志强", "sex": "male", "relation": "spouse"}
CHILD: dict[str, Any] = {"name": "钟小宁", "sex": "female", "birth_on": "2017-06-01"}
MUST = ["applicant", "respondent", "police_station", "village_committee"]


def now(moment: datetime) -> str:
    return moment.isoformat()


def ago(span: timedelta) -> Callable[[datetime], str]:
    return lambda moment: (moment - span).isoformat()


JUST_NOW = ago(MINUTE)


def today(moment: datetime) -> str:
    return local_day(moment).isoformat()


def day_in(days: int) -> Callable[[datetime], str]:
    return lambda moment: local_day(moment + timedelta(days=days)).isoformat()


def opened(by: Role = TOWN, applicant: dict[str, Any] = WOMAN, **more: Any) -> Step:
    answers = {"danger_now": False, "applicant": applicant, "respondent": MAN, **more}
    return Step("opened", by, answers, state="informed")


def filed(by: Role = TOWN, *, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "filed_by": "self",
        "manner": "written",
        "venue": "place_of_violence",
        "urgent": False,
        "filed_at": now,
        "grounds": ["violence"],
        "facts": "多次被殴打，报警两次。",
        "requests": ["no_violence", "no_contact"],
        "relation": "spouse",
        "evidence": ["statement", "police_record"],
        **more,
    }
    return Step("file", by, answers, state=None if refused else "filed", refused=refused)


def accepted(urgency: str = "ordinary") -> Step:
    answers = {
        "result": "accepted",
        "registered_at": now,
        "case_no": "（2026）粤1802民保令1号",
        "urgency": urgency,
        "case_source": "application",
    }
    return Step("register", COURT, answers, state="accepted")


def decided(
    result: str, *, after: timedelta = HOUR, refused: str | None = None, **more: Any
) -> Step:
    answers = {
        "result": result,
        "made_at": now,
        "document_no": "（2026）粤1802民保令1号之一",
        **more,
    }
    return Step("decide", COURT, answers, after, None if refused else result, refused)


def granted(valid_for: int = 6, unit: str = "months", **more: Any) -> Step:
    terms: dict[str, Any] = {
        "measures": ["no_violence", "no_contact"],
        "valid_for": valid_for,
        "valid_unit": unit,
    }
    return decided("granted", **terms, **more)


def dismissed() -> Step:
    return decided("dismissed", reason="现有证据不足以证明存在较大可能性")


def served(
    *recipients: str,
    progress: str = "complete",
    action: str = "serve",
    state: str | None = "served",
    refused: str | None = None,
    **more: Any,
) -> Step:
    answers = {
        "recipients": list(recipients or MUST),
        "served_at": now,
        "progress": progress,
        "method": "direct",
        **more,
    }
    return Step(action, COURT, answers, HOUR, None if refused else state, refused)


def checked(refused: str | None = None, checked_at: Any = now) -> Step:
    answers = {"checked_at": checked_at, "told": "in_person", "situation": "已到场核实并告知后果"}
    return Step(
        "police_check", POLICE, answers, state=None if refused else "in_force", refused=refused
    )


def breach(refused: str | None = None, occurred_at: Any = JUST_NOW) -> Step:
    answers = {
        "occurred_at": occurred_at,
        "facts": "到申请人单位门口纠缠。",
        "measures": ["no_contact"],
        "police_called": True,
    }
    return Step("report_breach", VILLAGE, answers, refused=refused)


def police_response(refused: str | None = None) -> Step:
    answers = {
        "arrived_at": now,
        "result": "stopped",
        "evidence_kept": True,
        "court_told_at": now,
    }
    return Step("police_response", POLICE, answers, after=20 * MINUTE, refused=refused)


def court_response(result: str = "reprimanded", refused: str | None = None, **more: Any) -> Step:
    answers = {"dealt_at": now, "result": result, **more}
    return Step("court_response", COURT, answers, after=DAY, refused=refused)


def visited(after: timedelta = 3 * DAY, **more: Any) -> Step:
    answers = {
        "visited_on": today,
        "contact": "visited",
        "alone": True,
        "compliance": "complied",
        "danger": "medium",
        **more,
    }
    return Step("follow_up", VILLAGE, answers, after=after)


def change_asked(item: str, *, refused: str | None = None, own_wish: bool = True) -> Step:
    answers = {"item": item, "applied_at": now, "own_wish": own_wish, "reason": "仍受骚扰。"}
    return Step("request_change", TOWN, answers, refused=refused)


def changed(
    result: str, valid_to: Any, ground: str = "application", refused: str | None = None
) -> Step:
    answers = {
        "made_at": now,
        "document_no": "（2026）粤1802民保更1号",
        "measures": ["no_violence", "no_contact", "stay_away"],
        "valid_to": valid_to,
        "result": result,
        "ground": ground,
    }
    return Step("change_order", COURT, answers, HOUR, None if refused else "granted", refused)


def further(valid_to: Any, refused: str | None = None) -> Step:
    answers = {
        "made_at": now,
        "document_no": "（2026）粤1802民保令1号之二",
        "measures": ["move_out", "other"],
        "other_measure": "交还申请人证件",
        "valid_to": valid_to,
    }
    return Step("add_measures", COURT, answers, HOUR, None if refused else "granted", refused)


def revoked(ground: str, refused: str | None = None) -> Step:
    answers = {"made_at": now, "document_no": "（2026）粤1802民保更2号", "ground": ground}
    return Step("revoke_order", COURT, answers, HOUR, None if refused else "revoked", refused)


def kept(ground: str, *, withdrawn: bool = False, refused: str | None = None) -> Step:
    answers = {"ground": ground, "withdrawn": withdrawn, "ruled_at": now}
    answers |= {} if withdrawn else {"document_no": "（2026）粤1802民保复1号"}
    return Step("keep_ruling", COURT, answers, after=DAY, refused=refused)


def reconsider(
    by_party: str,
    *,
    effective_on: Any = today,
    after: timedelta = HOUR,
    refused: str | None = None,
) -> Step:
    answers = {"by_party": by_party, "effective_on": effective_on, "applied_at": now}
    return Step("request_reconsideration", COURT, answers, after, refused=refused)


def returned_form(after: timedelta = DAY, refused: str | None = None, **more: Any) -> Step:
    answers = {"returned_on": today, "signed": "signed", "summary": "期间遵守。", **more}
    return Step("return_form", VILLAGE, answers, after, refused=refused)


def closed(
    reason: str, *, after: timedelta = HOUR, refused: str | None = None, **more: Any
) -> Step:
    answers = {"reason": reason, **more}
    return Step("close", TOWN, answers, after, None if refused else "closed", refused)
