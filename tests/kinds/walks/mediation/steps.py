"""The steps that walks of 婚姻家庭纠纷人民调解 are made of. Everybody here is invented."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.roles import Role
from tests.kinds.walks import DAY, HOUR, Step

GRID = Role.GRID_WORKER
TOWN = Role.WOMEN_FED_TOWN
MEDIATOR = Role.MEDIATOR
COURT = Role.COURT

WIFE: dict[str, Any] = {
    "name": "黎婉清",
    "id_number": "441802198803120045",
    "phone": "13500000031",
    "present_address": "清城区某街道某小区三栋",
    "safe_contact": "只在工作日白天致电，称社区回访",
}
HUSBAND: dict[str, Any] = {
    "name": "邓志成",
    "id_number": "441802198607250117",
    "relation": "spouse",
}
MOTHER_IN_LAW: dict[str, Any] = {"name": "欧阳桂", "sex": "female", "relation": "parent_in_law"}
DAUGHTER: dict[str, Any] = {"name": "邓小禾", "birth_on": "2018-04-09", "sex": "female"}
COUPLE: dict[str, Any] = {"party_a": WIFE, "party_b": HUSBAND}


def days_from(days: int = 0) -> Callable[[datetime], str]:
    """The day so many days after (negative: before) the step."""
    return lambda moment: local_day(moment + timedelta(days=days)).isoformat()


def now(moment: datetime) -> str:
    return moment.isoformat()


def opened(by: Role = TOWN, **answers: Any) -> Step:
    given = {"immediate_danger": False, "dispute": "divorce", **answers}
    return Step("opened", by, given, after=DAY, state="discovered")


def refused(step: Step, problem: str) -> Step:
    """The same step, turned away."""
    return Step(step.action, step.by, step.answers, after=step.after, refused=problem)


def apply(by: Role = MEDIATOR, **answers: Any) -> Step:
    given = {
        "applicant": "party_a",
        "applied_on": days_from(),
        "oral": False,
        "requests": "请求调解夫妻共同财产和女儿的抚养费",
        "voluntary": True,
        **answers,
    }
    return Step("apply", by, given, after=DAY, state="applied")


PROPOSED = Step("propose", TOWN, {"reason": "排查发现争吵频繁"}, state="proposed")


def screen(party: str, **answers: Any) -> Step:
    given = {"party": party, "alone": True, "willing": True, "afraid": False, "dv_found": False}
    return Step("screen_party", MEDIATOR, {**given, **answers}, after=4 * HOUR, state="screened")


BOTH_SCREENED = (screen("party_a"), screen("party_b"))
VIOLENCE: dict[str, Any] = {
    "dv_found": True,
    "account": "去年曾因口角被推搡一次",
    "children_saw": False,
    "informed_of_order": True,
    "wish": "希望对方写下保证",
}


def accept(**answers: Any) -> Step:
    given = {
        "accepted_on": days_from(),
        "court_procedure": "none",
        "rights_notice_given": True,
        "mediators": "温启明、冯采薇",
        "mediators_by": "chosen",
        "public": False,
        **answers,
    }
    return Step("accept", MEDIATOR, given, after=DAY, state="accepted")


def session(**answers: Any) -> Step:
    given = {
        "manner": "face_to_face",
        "place": "镇婚调委调解室",
        "public": False,
        "statements": "甲方称家用不足，乙方称收入减少",
        "result": "双方就家用数额基本一致",
        "dv_found": False,
        "may_escalate": False,
        **answers,
    }
    return Step("hold_session", MEDIATOR, given, after=2 * DAY, state="in_session")


def agree(**answers: Any) -> Step:
    given = {
        "agreement_form": "written",
        "effective_on": days_from(),
        "facts": "双方二〇一五年登记结婚，近年因家用争吵",
        "issues": "共同财产、女儿抚养费",
        "matters": ["marriage_relation", "property", "child_support"],
        "content": "乙方每月十日前支付抚养费一千五百元",
        "method": "银行转账",
        "perform_by": days_from(60),
        "amount": "18000.00",
        "voluntary": True,
        "signed": True,
        "copies": 3,
        "agreement_no": "凤调协〔2026〕8号",
        "wants_confirmation": True,
        **answers,
    }
    return Step("reach_agreement", MEDIATOR, given, state="agreed")


def oral(**answers: Any) -> Step:
    step = agree(agreement_form="oral", matters=["support"], perform_by=days_from(20), **answers)
    given = {k: v for k, v in step.answers.items() if k not in ("signed", "copies")}
    return Step("reach_agreement", MEDIATOR, given, state="agreed")


MATERIALS = ["application", "agreement", "identity", "addresses"]


def confirm(after: timedelta = 3 * DAY, **answers: Any) -> Step:
    given = {
        "filed_on": days_from(),
        "joint": True,
        "by_proxy": False,
        "matters": ["property", "child_support"],
        "materials": MATERIALS,
        **answers,
    }
    return Step("file_confirmation", MEDIATOR, given, after=after, state="confirmation_filed")


def decide(decision: str, by: Role = COURT, **answers: Any) -> Step:
    given = {
        "decision": decision,
        "decided_on": days_from(),
        "document_no": "（2026）粤1802民特8号",
        **answers,
    }
    return Step("decide_confirmation", by, given, after=2 * DAY, state=decision)


COURT_ACCEPTS = Step(
    "receive_confirmation",
    COURT,
    {
        "decision": "accepted",
        "decided_on": days_from(),
        "court_case_no": "（2026）粤1802调确字8号",
    },
    after=DAY,
    state="confirmation_accepted",
)


def perform(progress: str, state: str, after: timedelta = 10 * DAY, **answers: Any) -> Step:
    given = {"progress": progress, "seen_on": days_from(), **answers}
    return Step("record_performance", TOWN, given, after=after, state=state)


PERFORMED = perform("performed", "performed")


def visit(after: timedelta = 5 * DAY, by: Role = MEDIATOR, **answers: Any) -> Step:
    given = {
        "visited": "party_a",
        "manner": "appointment",
        "reached": True,
        "safe_place": True,
        "progress": "partial",
        "satisfaction": "satisfied",
        "may_escalate": False,
        "dv_found": False,
        **answers,
    }
    return Step("return_visit", by, given, after=after)


NOT_REACHED = Step(
    "return_visit",
    MEDIATOR,
    {"visited": "party_b", "manner": "phone", "reached": False},
    after=5 * DAY,
)


def report(action: str, state: str | None = None, by: Role = MEDIATOR) -> Step:
    given = {
        "reported_to": "police",
        "reported_at": now,
        "receipt_no": "凤公回〔2026〕3号",
        "situation": "一方扬言要带人上门",
        "precautions": "分开谈话，网格员加强走访",
    }
    return Step(action, by, given, state=state)


def divert(reason: str, instead: list[str], **answers: Any) -> Step:
    given: dict[str, Any] = {"reason": reason, "instead": instead}
    if reason == "danger":
        given |= {
            "victim": "party_a",
            "immediate_danger": False,
            "account": "曾被掐脖子，现仍受到威胁",
        }
    if "police" in instead:
        given |= {"reported_at": now, "receipt_no": "凤公回〔2026〕5号"}
    return Step("divert", MEDIATOR, given | answers, state="diverted")


def decline(**answers: Any) -> Step:
    given = {"refused_by": "party_b", "reason": "坚持起诉", "routes_told": ["court"], **answers}
    return Step("decline", MEDIATOR, given, state="declined")


def close(reason: str) -> Step:
    return Step("close", MEDIATOR, {"reason": reason, "note": "已核实"}, state="closed")


FAILED = Step("fail", MEDIATOR, {"reason": "财产分割差距过大"}, state="failed")


def terminate(cause: str) -> Step:
    given = {"cause": cause, "routes_told": ["court", "administrative"], "told_on": days_from()}
    return Step("terminate", MEDIATOR, given, state="terminated")


def extend(days: int, *, agreed: bool = True, after: timedelta = HOUR) -> Step:
    given = {"both_agree": agreed, "until": days_from(days), "reason": "等待评估财产"}
    return Step("extend_time", MEDIATOR, given, after=after)


MEDIATED = ["application", "rights_notice", "identity", "record"]
SETTLED = [*MEDIATED, "agreement", "performance", "return_visit"]


def file(result: str, items: list[str], after: timedelta = DAY) -> Step:
    given = {
        "result": result,
        "dossier_no": "（2026）凤人调字第8号",
        "closed_on": days_from(),
        "handler": "温启明",
        "brief_facts": "夫妻因家用、抚养费发生争议",
        "items": items,
    }
    return Step("file_dossier", MEDIATOR, given, after=after, state="filed")


def assess(*yes: str) -> Step:
    items = (
        "threatened_to_kill",
        "able_to_kill",
        "controls_life",
        "nobody_else",
        "suicide_threat",
        "die_together",
        "threatened_family",
        "will_hurt_soon",
        "stalked",
        "suffocated",
        "other_lethal",
    )
    return Step("assess_danger", MEDIATOR, {item: item in yes for item in items})
