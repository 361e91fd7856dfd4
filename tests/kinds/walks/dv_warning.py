"""Walks of a warning: to every end, through every action, and against every rule of law."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.roles import Role
from tests.kinds.walks import DAY, Step, Walk
from tests.kinds.walks.dv_answers import (
    BOY,
    CRIMINAL,
    CRITICISM,
    DAUGHTER,
    DEATH,
    DELIVERY,
    DISMISSAL,
    EDUCATION,
    HUSBAND,
    INFORMED,
    KNOWN,
    MISSED,
    OLD_MAN,
    PENALTY,
    QUICK,
    RECURRENCE,
    REPORTED,
    TRANSFER,
    VISIT,
    WARNING,
    WIFE,
    now,
)

__all__ = [
    "DELIVERY",
    "HUSBAND",
    "KNOWN",
    "MISSED",
    "PENALTY",
    "RECURRENCE",
    "TRANSFER",
    "WALKS",
    "WARNING",
]

P, V, W = Role.POLICE, Role.VILLAGE_COMMITTEE, Role.WOMEN_FED_TOWN
QUARTER = timedelta(days=85)


def opened(by: Role = W, answers: Mapping[str, Any] = KNOWN) -> Step:
    return Step("opened", by, answers, state="reported")


def accept(**more: Any) -> Step:
    answers = {
        "accepted_at": now,
        "incident_no": "J20260012",
        "officers": "周明、郑立",
        "victim_wish": "undecided",
    }
    return Step("accept", P, answers | more, state="accepted")


def criticise(refused: str | None = None, **more: Any) -> Step:
    state = "accepted" if refused else "criticised"
    return Step("criticise", P, CRITICISM | more, state=state, refused=refused)


def warn(refused: str | None = None, **more: Any) -> Step:
    state = None if refused else "warned"
    return Step("issue_warning", P, WARNING | more, state=state, refused=refused)


def deliver(**more: Any) -> Step:
    return Step("deliver_warning", P, DELIVERY | more, state="monitoring")


def notify(recipients: list[str], method: str) -> Step:
    answers = {"recipients": recipients, "notified_at": now, "method": method}
    return Step("record_notice", P, answers, state="monitoring")


def visit(after: timedelta, refused: str | None = None, by: Role = P, **more: Any) -> Step:
    return Step("record_visit", by, VISIT | more, after=after, refused=refused)


WARNED = (opened(), accept(), warn(), deliver())
RECURRED = (
    *WARNED,
    visit(5 * DAY),
    Step("record_recurrence", P, RECURRENCE, after=9 * DAY, state="recurred"),
)


def walk(name: str, ends: str, *steps: Step, met: frozenset[str] = frozenset()) -> Walk:
    return Walk(name=name, kind="dv_warning", steps=steps, ends=ends, met=met)


WALKS = (
    walk(
        "从网格员一分钟上报到连续三次查访未再施暴",
        "closed_no_recurrence",
        opened(Role.GRID_WORKER, QUICK),
        accept(placement_needed=False, scene_danger="medium", violence_stopped=True),
        warn("parties-incomplete"),
        Step("add_party", P, {"role": "victim", "person": WIFE}),
        Step("add_party", P, {"role": "perpetrator", "person": HUSBAND}),
        Step("inform_of_order", P, INFORMED),
        warn(
            "evidence-not-met",
            perpetrator_admits=False,
            statements=["victim"],
            corroboration=[],
        ),
        warn("evidence-not-met", statements=["victim"]),
        warn("evidence-not-met", statements=["perpetrator"]),
        warn("warning-incomplete", consequences_stated=False),
        warn(perpetrator_admits=False, statements=["victim"], corroboration=["medical_record"]),
        Step("deliver_warning", P, DELIVERY | {"read_aloud": False}, refused="not-read-aloud"),
        deliver(
            signature="refused",
            refusal_note="看过后拒绝签名，无正当理由",
            recording_ref="ZF20260013",
            victim_copy=False,
        ),
        Step("give_victim_copy", P, {"given_at": now, "safely_given": True}),
        notify(["village_committee", "women_fed"], "system"),
        notify(["zongzhi", "community_officer"], "phone"),
        Step("record_visit", P, MISSED, after=2 * DAY, state="monitoring"),
        visit(DAY, "first-visit-by-police", V, visitors=["village_committee"]),
        Step(
            "record_extra_visit",
            V,
            VISIT | {"visitors": ["village_committee"]},
            state="monitoring",
        ),
        visit(2 * DAY),
        Step("record_education", W, EDUCATION, after=10 * DAY),
        visit(20 * DAY, "visit-too-soon"),
        Step("confirm_no_recurrence", P, refused="not-three-clean-visits"),
        visit(50 * DAY),
        Step("record_visit", P, MISSED, after=QUARTER),
        visit(DAY, by=V, visitors=["village_committee"]),
        Step("confirm_no_recurrence", P, refused="not-three-clean-visits"),
        visit(QUARTER),
        Step(
            "confirm_no_recurrence", P, {"remark": "连续三次未发现"}, state="closed_no_recurrence"
        ),
        met=frozenset(
            {
                "acceptance",
                "warning",
                "delivery",
                "victim_copy",
                "notice",
                "visit",
                "inform_of_order",
                "education",
            }
        ),
    ),
    walk(
        "查访发现疑似：不能认定，连续计数重新开始",
        "closed_no_recurrence",
        *WARNED,
        visit(5 * DAY),
        visit(QUARTER),
        visit(QUARTER, outcome="suspected", violence_types=["threat"]),
        Step(
            "dismiss_recurrence",
            P,
            DISMISSAL,
            state="monitoring",
        ),
        visit(QUARTER),
        visit(QUARTER),
        Step("confirm_no_recurrence", P, refused="not-three-clean-visits"),
        visit(QUARTER),
        Step(
            "report_recurrence",
            V,
            {
                "outcome": "suspected",
                "discovered_at": now,
                "what_happened": "邻居称夜里又听到哭喊",
                "immediate_danger": False,
            },
            state="monitoring",
        ),
        Step("confirm_no_recurrence", P, refused="recurrence-not-settled"),
        Step("dismiss_recurrence", P, DISMISSAL, state="monitoring"),
        Step("confirm_no_recurrence", P, state="closed_no_recurrence"),
        met=frozenset({"recurrence_check"}),
    ),
    walk(
        "情节较轻并取得谅解的批评教育",
        "criticised",
        opened(P),
        accept(),
        criticise("must-issue-warning", victim_forgives=False, ground="negligible"),
        criticise("must-issue-warning", victim_wish="punishment"),
        criticise("must-issue-warning", must_issue=["public_place"]),
        criticise("no-substitute", liability=["refused_to_stop"]),
        criticise(),
        Step("inform_of_order", P, INFORMED, state="criticised"),
        met=frozenset({"inform_of_order"}),
    ),
    walk(
        "孩子目睹：孩子也是受害人，不得仅作批评教育",
        "criminal",
        opened(V, KNOWN | {"children_present": True, "children": [DAUGHTER]}),
        accept(adult_present="外祖母"),
        criticise("must-issue-warning"),
        warn("no-substitute", liability=["many_times"]),
        Step("open_criminal", P, CRIMINAL, state="criminal"),
        Step(
            "record_education",
            W,
            EDUCATION | {"kind": "child_counselling", "provider": "舒心驿站"},
            after=5 * DAY,
            state="criminal",
        ),
        met=frozenset({"child_assessment"}),
    ),
    walk(
        "受理时补登当事人；孕期妇女须出具告诫书",
        "revoked",
        opened(Role.HOSPITAL, QUICK),
        accept(
            victim=WIFE | {"flags": ["pregnant"]},
            perpetrator={"name": "贺长庚", "id_number": HUSBAND["id_number"]},
            placement_needed=True,
        ),
        criticise("relation-missing"),
        criticise("must-issue-warning", relation="spouse"),
        warn("relation-missing"),
        warn("not-family", relation="former_partner"),
        warn(relation="spouse"),
        Step(
            "revoke_warning",
            P,
            {
                "revoked_at": now,
                "document_no": "清城公（东）撤〔2026〕1号",
                "reason": "wrong_person",
                "explanation": "加害人身份登记有误",
                "victim_told_at": now,
            },
            state="revoked",
        ),
    ),
    walk(
        "告诫后再犯：村委会反映，公安处罚，之后仍须法治教育",
        "punished",
        *WARNED,
        Step(
            "report_recurrence",
            V,
            {
                "outcome": "confirmed",
                "discovered_at": now,
                "what_happened": "邻居听到打骂，妇女主任上门见有新伤",
                "immediate_danger": True,
            },
            after=3 * DAY,
            state="monitoring",
        ),
        Step("record_recurrence", P, RECURRENCE, state="recurred"),
        warn("no-substitute"),
        Step("record_penalty", P, PENALTY, state="punished"),
        Step("record_education", W, EDUCATION, after=DAY, state="punished"),
        met=frozenset({"recurrence_check", "recurrence_decision", "education"}),
    ),
    walk(
        "再次告诫须有书面理由，查访重新开始",
        "criminal",
        *RECURRED,
        Step(
            "record_extra_visit",
            W,
            VISIT
            | {"visitors": ["women_fed"], "outcome": "confirmed", "violence_types": ["threat"]},
        ),
        warn("no-substitute", document_no="清城公（东）告〔2026〕19号"),
        warn(
            document_no="清城公（东）告〔2026〕19号",
            justification="推搡未造成伤害，经审核不构成违反治安管理行为",
        ),
        deliver(),
        visit(5 * DAY),
        visit(QUARTER),
        visit(QUARTER),
        Step("confirm_no_recurrence", P, refused="not-three-clean-visits"),
        Step("record_recurrence", P, RECURRENCE, state="recurred"),
        Step("open_criminal", P, CRIMINAL, state="criminal"),
        met=frozenset({"recurrence_decision"}),
    ),
    walk(
        "老年男子被儿子殴打，无法自行报案：医院报告，须出具告诫书",
        "punished",
        opened(
            Role.HOSPITAL,
            KNOWN | {"victim": OLD_MAN, "perpetrator": HUSBAND | {"relation": "child"}},
        ),
        Step("mandatory_report", Role.HOSPITAL, REPORTED),
        Step(
            "accept",
            P,
            {**accept().answers, "victim": WIFE},
            refused="party-already-entered",
        ),
        accept(),
        criticise("must-issue-warning"),
        Step("record_penalty", P, PENALTY | {"ground": "beating"}, state="punished"),
        met=frozenset({"mandatory_report"}),
    ),
    walk(
        "男童被父亲殴打：未成年人，须出具告诫书，发现者须强制报告",
        "criminal",
        opened(
            Role.SCHOOL,
            KNOWN | {"victim": BOY, "perpetrator": HUSBAND | {"relation": "parent"}},
        ),
        Step("mandatory_report", Role.SCHOOL, REPORTED),
        accept(adult_present="母亲"),
        criticise("must-issue-warning"),
        Step("open_criminal", P, CRIMINAL, state="criminal"),
        met=frozenset({"mandatory_report"}),
    ),
    walk(
        "未经告诫不能以拒不执行告诫书处罚",
        "punished",
        opened(),
        accept(),
        Step("record_penalty", P, PENALTY, refused="never-warned"),
        Step("record_penalty", P, PENALTY | {"ground": "beating"}, state="punished"),
    ),
    walk(
        "前配偶未共同生活，不适用家庭暴力告诫",
        "not_established",
        opened(answers=KNOWN | {"perpetrator": HUSBAND | {"relation": "former_spouse"}}),
        accept(),
        warn("not-family"),
        criticise("not-family", live_together=False),
        Step(
            "not_establish",
            P,
            {
                "reason": "not_domestic_violence",
                "explanation": "离婚后分开居住，另按寻衅滋事处理",
                "victim_told": True,
            },
            state="not_established",
        ),
    ),
    walk(
        "同居的参照执行；当事人迁居区外，对方签收后移送",
        "transferred",
        opened(answers=KNOWN | {"perpetrator": HUSBAND | {"relation": "former_partner"}}),
        accept(),
        warn(live_together=True),
        deliver(),
        Step(
            "transfer_out",
            P,
            TRANSFER | {"received": False},
            after=DAY,
            refused="transfer-not-received",
        ),
        Step(
            "transfer_out",
            P,
            TRANSFER,
            after=DAY,
            state="transferred",
        ),
    ),
    walk(
        "受害人死亡未排除家暴不得结案",
        "closed_party_died",
        *WARNED,
        Step(
            "close_party_died",
            P,
            DEATH | {"violence_ruled_out": False},
            after=DAY,
            refused="death-not-cleared",
        ),
        Step("close_party_died", P, DEATH, after=DAY, state="closed_party_died"),
    ),
)
