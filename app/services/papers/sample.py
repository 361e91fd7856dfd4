"""An application as nobody made it, to see how a template comes out. Everybody is invented."""

from collections.abc import Mapping
from typing import Any, Final

APPLICATION: Final[Mapping[str, Any]] = {
    "number": "000000000000",
    "court": "某某市某某区人民法院",
    "applicant": {
        "name": "王某某（示例）", "sex": "女", "birth_on": "1990年1月1日",
        "id_number": "44180219900101000X",
    },
    "respondents": [
        {
            "name": "李某某（示例）", "sex": "男", "birth_on": "1988年2月2日",
            "id_number": "441802198802020000", "address": "某某镇某某村某某号",
            "phone": "13800000000",
        }
    ],
    "proxies": [
        {
            "title": "代为申请人", "name": "某某妇联（示例）", "relation": None,
            "ground": "受强制、威吓",
        }
    ],
    "relation": "配偶",
    "relation_proof": "结婚证",
    "requests": [
        {"number": 1, "text": "禁止被申请人实施家庭暴力"},
        {"number": 2, "text": "禁止被申请人骚扰、跟踪、接触申请人"},
    ],
    "grounds": "遭受家庭暴力",
    "facts": "（示例）某年某月某日，被申请人在家中殴打申请人，经派出所出警。",
    "urgent": True,
    "court_to_collect": "派出所出警记录",
    "evidence": [
        {"number": 1, "clause": "二", "title": "公安机关出具的告诫书"},
        {"number": 2, "clause": "六", "title": "医疗机构的诊疗记录"},
    ],
    "evidence_list": "告诫书复印件一份，门诊病历一份",
}  # fmt: skip
