"""Who a warning's walks are about, and what is answered on the way. Everybody is invented."""

from datetime import datetime
from typing import Any

WIFE = {"name": "林秋禾", "id_number": "441802198805120022", "phone": "13800000021"}
HUSBAND = {"name": "贺长庚", "id_number": "441802198603180019", "relation": "spouse"}
OLD_MAN: dict[str, Any] = {
    "name": "贺守田",
    "id_number": "441802195002030716",
    "flags": ["cannot_report"],
}
BOY = {"name": "贺小川", "sex": "male", "birth_on": "2014-09-01"}
DAUGHTER = {"name": "贺小满", "sex": "female", "birth_on": "2017-05-20"}
QUICK = {"immediate_danger": True, "what_happened": "隔壁传出打骂声和哭声"}
KNOWN = {
    "immediate_danger": False,
    "what_happened": "丈夫酒后打了妻子两个耳光",
    "victim": WIFE,
    "perpetrator": HUSBAND,
    "victim_wish": "undecided",
}


def now(moment: datetime) -> str:
    return moment.isoformat()


def today(moment: datetime) -> str:
    return moment.date().isoformat()


FINDING = {
    "decided_at": now,
    "officers": "周明、郑立",
    "facts": "当日二十时许在家中打了妻子两个耳光，面部红肿",
    "violence_types": ["physical"],
    "perpetrator_admits": True,
    "statements": ["perpetrator", "victim"],
    "victim_wish": "criticism",
    "victim_forgives": True,
    "on_the_spot": True,
    "recording_ref": "ZF20260012",
}
WARNING = FINDING | {
    "document_no": "清城公（东）告〔2026〕12号",
    "issuing_unit": "东城派出所",
    "law_cited": "《中华人民共和国反家庭暴力法》第十六条",
    "consequences_stated": True,
    "victim_wish": "warning",
    "victim_forgives": False,
}
DELIVERY = {
    "delivered_at": now,
    "place": "东城派出所",
    "officers": "周明、郑立",
    "read_aloud": True,
    "signature": "signed",
    "victim_copy": True,
}
VISIT = {
    "visited_at": now,
    "mode": "visit",
    "visitors": ["police", "village_committee"],
    "outcome": "none",
    "victim_safe_to_speak": True,
    "victim_condition": "情绪平稳，伤已痊愈",
}
MISSED = {"visited_at": now, "mode": "phone", "visitors": ["police"], "outcome": "not_reached"}
RECURRENCE = {
    "discovered_at": now,
    "incident_no": "J20260088",
    "facts": "再次酒后踢打妻子",
    "violence_types": ["physical"],
    "victim_wish": True,
}
REPORTED = {
    "outcome": "reported",
    "receipt_no": "J20260013",
    "reported_at": now,
    "harm": "domestic_violence",
}
PENALTY = {
    "decided_at": now,
    "document_no": "清城公行罚决字〔2026〕31号",
    "ground": "defies_warning",
    "penalties": ["fine", "detention"],
    "fine": "500.00",
    "detention_days": 5,
}
CRIMINAL = {"decided_at": now, "case_no": "A20260007", "charge": "intentional_injury"}
INFORMED = {
    "told_at": now,
    "rights": ["protection_order", "shelter", "legal_aid"],
    "manner": "oral",
    "order_wish": "undecided",
}
EDUCATION = {"kind": "legal_education", "held_on": today, "provider": "东城街道妇联"}
TRANSFER = {
    "reason": "party_moved",
    "to_unit": "英德市公安局",
    "document_no": "移〔2026〕3号",
    "received": True,
}
DEATH = {
    "who": "victim",
    "died_on": today,
    "violence_ruled_out": True,
    "explanation": "医院证明因病死亡",
}
DISMISSAL = {
    "reason": "双方及邻居均称只是争吵",
    "victim_heard": True,
    "settled_at": now,
}
CRITICISM = FINDING | {"ground": "forgiven"}
