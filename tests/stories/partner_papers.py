"""Papers as the police and the court push them; the people in them are invented."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from app import clock
from app.ids import uuid7
from tests.stories.answers import NOW

TOWN = 441802103000
WIFE = {"name": "林秋禾", "id_number": "441802198805120022", "phone": "13800000021"}
HUSBAND = {"name": "贺长庚", "id_number": "441802198603180019"}
FATHER = {"name": "林有田", "id_number": "441802196001010013"}
LATER = NOW + timedelta(days=3)
CASE_NO = "（2026）粤1802民保令1号"
WARNING_NO = "清城公（源）告〔2026〕12号"


def at(hours: float) -> str:
    """A moment that many hours after NOW."""
    return (NOW + timedelta(hours=hours)).isoformat()


async def push(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], when: datetime = LATER
) -> httpx.Response:
    with clock.at(when):
        return await client.post(f"/partners/{path}", json=body)


FINDING: dict[str, Any] = {
    "decided_at": at(5),
    "officers": "周明、郑立",
    "facts": "当日二十时许在家中打了妻子两个耳光，面部红肿",
    "violence_types": ["physical"],
    "perpetrator_admits": True,
    "statements": ["perpetrator", "victim"],
    "victim_wish": "warning",
    "victim_forgives": False,
    "on_the_spot": False,
}
DELIVERY: dict[str, Any] = {
    "delivered_at": at(6),
    "place": "源潭派出所",
    "officers": "周明、郑立",
    "read_aloud": True,
    "signature": "signed",
    "victim_copy": True,
}


def incident_facts(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "area": TOWN,
        "incident_no": "J4418022026000012",
        "accepted_at": at(1),
        "victim": WIFE,
        "perpetrator": HUSBAND,
        "relation": "spouse",
        **more,
    }


def warning(**more: Any) -> dict[str, Any]:
    """A 告诫书, issued and delivered."""
    paper = FINDING | {
        "document_no": WARNING_NO,
        "issuing_unit": "源潭派出所",
        "consequences_stated": True,
        "must_issue": ["criticised_before"],
    }
    return incident_facts(**{"warning": paper, "delivery": DELIVERY, **more})


def incident(**more: Any) -> dict[str, Any]:
    about = {
        "officers": "周明、郑立",
        "what_happened": "丈夫酒后打了妻子两个耳光",
        "victim_wish": "undecided",
    }
    return incident_facts(**(about | more))


def visit(**more: Any) -> dict[str, Any]:
    made = {
        "visited_at": at(60),
        "mode": "visit",
        "visitors": ["police", "village_committee"],
        "outcome": "none",
        "victim_safe_to_speak": True,
    }
    return {"id": str(uuid7()), "document_no": WARNING_NO, "visit": made, **more}


APPLICATION: dict[str, Any] = {
    "filed_at": at(1),
    "manner": "written",
    "venue": "place_of_violence",
    "urgent": False,
    "facts": "多次被殴打，报警两次。",
    "measures": [1, 4, 255],
    "other_measure": "交还申请人证件",
}
RULING: dict[str, Any] = {
    "document_no": CASE_NO,
    "made_at": at(20),
    "disposal": 1,
    "measures": [1, 2, 6],
    "valid_months": 6,
}
SERVICE: dict[str, Any] = {
    "recipients": ["applicant", "respondent", "police_station", "village_committee"],
    "served_at": at(30),
    "progress": "complete",
    "method": "direct",
}


def order(**more: Any) -> dict[str, Any]:
    """An order's case as the court accepted it."""
    return {
        "id": str(uuid7()),
        "area": TOWN,
        "case_no": CASE_NO,
        "case_source": "申请人申请",
        "applicant": WIFE,
        "respondent": HUSBAND,
        "relation": 1,
        "application": APPLICATION,
        "acceptance": {"accepted_at": at(2), "urgent": False},
        **more,
    }


def stage(**more: Any) -> dict[str, Any]:
    """What is new of an order's case, without what the court told before."""
    told = ("application", "acceptance")
    return {name: value for name, value in order(**more).items() if name not in told}
