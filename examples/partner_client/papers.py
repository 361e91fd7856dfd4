"""Papers to try with. The people are invented, their ID numbers valid in form only."""

from datetime import UTC, datetime, timedelta
from typing import Any

from examples.partner_client.client import new_id

WIFE = {"name": "林秋禾", "id_number": "441802198805120022", "phone": "13800000021"}
HUSBAND = {"name": "贺长庚", "id_number": "441802198603180019"}


def ago(minutes: int) -> str:
    """A moment that many minutes ago, with its time zone."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def warning(area: int, number: str) -> dict[str, Any]:
    """A 告诫书, issued and delivered (反家暴法 16, 17)."""
    return {
        "id": new_id(),
        "area": area,
        "incident_no": f"J{number}",
        "accepted_at": ago(180),
        "victim": WIFE,
        "perpetrator": HUSBAND,
        "relation": "spouse",
        "warning": {
            "document_no": f"清城公（源）告〔2026〕{number}号",
            "issuing_unit": "源潭派出所",
            "decided_at": ago(120),
            "officers": "周明、郑立",
            "facts": "当日在家中打了妻子两个耳光，面部红肿",
            "violence_types": ["physical"],
            "perpetrator_admits": True,
            "statements": ["perpetrator", "victim"],
            "victim_wish": "warning",
            "victim_forgives": False,
            "on_the_spot": False,
            "consequences_stated": True,
            "must_issue": ["criticised_before"],
        },
        "delivery": {
            "delivered_at": ago(60),
            "place": "源潭派出所",
            "officers": "周明、郑立",
            "read_aloud": True,
            "signature": "signed",
            "victim_copy": True,
        },
    }


def order(area: int, number: str) -> dict[str, Any]:
    """A 人身安全保护令, applied for, accepted and granted, in the codes of the court's standard."""
    case_no = f"（2026）粤1802民保令{number}号"
    return {
        "id": new_id(),
        "area": area,
        "case_no": case_no,
        "case_source": "申请人申请",
        "applicant": WIFE,
        "respondent": HUSBAND,
        "relation": 1,
        "application": {
            "filed_at": ago(180),
            "manner": "written",
            "venue": "place_of_violence",
            "urgent": False,
            "facts": "多次被殴打，报警两次。",
            "measures": [1, 4],
        },
        "acceptance": {"accepted_at": ago(120), "urgent": False},
        "ruling": {
            "document_no": case_no,
            "made_at": ago(60),
            "disposal": 1,
            "measures": [1, 4],
            "valid_months": 6,
        },
    }
