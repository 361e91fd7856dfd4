"""Walks of shelter: to every end, through every step, and against every rule. Invented people."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.roles import Role
from tests.kinds.walks import DAY, HOUR, Step, Walk

KIND = "shelter_placement"
SHELTER, POLICE, TOWN = Role.SHELTER, Role.POLICE, Role.WOMEN_FED_TOWN

WOMAN = {"name": "陈秀兰", "id_number": "441802198904120263", "phone": "13800000031"}
HUSBAND = {"name": "林国强", "id_number": "441802198603080317", "relation": "spouse"}
SON = {"name": "林小明", "id_number": "441802201907170535", "school": "某幼儿园"}
GIRL = {"name": "林小雨", "id_number": "44180220170521048X", "flags": ["girl_under14"]}
FATHER = HUSBAND | {"relation": "parent"}
GRANDMOTHER = {"name": "何桂英", "id_number": "441802195809100623", "relation": "grandparent"}
MINORS_BED = {"bed_id": "@bed:minors", "reason": "换房"}
PICKED = {"person_id": "@person:child"}
OLD_MAN = {"name": "梁伯年", "id_number": "441802195002030716"}
YOUNG_WOMAN = {"name": "周小曼", "id_number": "441802199511270847"}


def now(moment: datetime) -> str:
    return moment.isoformat()


def day(days: int = 0) -> Callable[[datetime], str]:
    """The day so many days after the step."""
    return lambda moment: local_day(moment + timedelta(days=days)).isoformat()


def opened(victim: Mapping[str, Any], by: Role = TOWN, **more: Any) -> Step:
    answers = {"in_danger": False, "victim": victim} | more
    return Step("opened", by, answers, state="requested")


def assess(threatened: bool = True, homeless: bool = True) -> Step:
    answers = {"threatened": threatened, "no_place_to_stay": homeless}
    return Step("assess", SHELTER, answers, state="assessed")


def admit(bed: str = "@bed", *, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "age_group": "adult",
        "shelter_id": "@shelter",
        "bed_id": bed,
        "arrived_at": now,
    }
    state = None if refused else "admitted"
    return Step("admit", SHELTER, answers | more, state=state, refused=refused)


def register(*, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "identity": "verified",
        "rules_signed": True,
        "confidentiality_signed": True,
        "signed_on": day(),
    }
    state = None if refused else "staying"
    return Step("register", SHELTER, answers | more, state=state, refused=refused)


def apply(*, refused: str | None = None) -> Step:
    answers = {"signed_on": day(), "reason": "想回家照顾老人", "departure": "women_fed"}
    state = None if refused else "leaving"
    return Step("apply_to_leave", SHELTER, answers, state=state, refused=refused)


def hand_over(
    receiver: Mapping[str, Any] = GRANDMOTHER,
    action: str = "hand_over",
    *,
    state: str | None = None,
    refused: str | None = None,
    **more: Any,
) -> Step:
    answers = {
        "receiver": receiver,
        "receiver_kind": "near_relative",
        "not_perpetrator": True,
        "confirmed_by": "police",
        "confirmed_on": day(),
        "signed_on": day(),
    }
    return Step(action, SHELTER, answers | more, state=state, refused=refused)


def leave(reason: str, *, after: timedelta = HOUR, refused: str | None = None, **more: Any) -> Step:
    answers = {"reason": reason, "left_at": now} | more
    state = None if refused else "left"
    return Step("leave", SHELTER, answers, after=after, state=state, refused=refused)


def follow_up(result: str, days: int = 6, by: Role = TOWN) -> Step:
    answers: dict[str, Any] = {"result": result, "met_on": day(), "by_means": "phone"}
    if result != "not_reached":
        answers["spoke_safely"] = True
    state = "left" if result == "not_reached" else "followed_up"
    return Step("follow_up", by, answers, after=days * DAY, state=state)


def close(refused: str | None = None) -> Step:
    return Step("close", SHELTER, {}, state=None if refused else "closed", refused=refused)


def visit(kind: str, *, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "visitor_kind": kind,
        "visitor_name": "来访人",
        "purpose": "了解情况",
        "victim_agrees": True,
        "undertaking_signed": True,
        "met_from": now,
    }
    return Step("record_visit", SHELTER, answers | more, refused=refused)


def refer(service: str, *, agreed: bool = True, refused: str | None = None) -> Step:
    answers = {"service": service, "agreed": agreed, "to_whom": "区有关机构"}
    return Step("refer_service", SHELTER, answers, refused=refused)


def result_of(service: str, result: str = "completed") -> Step:
    return Step("service_result", SHELTER, {"service": service, "result": result})


def extend(days: int, *, after: timedelta = HOUR, refused: str | None = None) -> Step:
    answers = {"ground": "order_pending", "until": day(days)}
    state = None if refused else "extended"
    return Step("extend", SHELTER, answers, after=after, state=state, refused=refused)


IDENTITY = Step("verify_identity", SHELTER, {"verified": True, "document": "居民身份证"})
REFUSE = {"reason": "has_housing", "explanation": "现住处安全，加害人不知情", "told_of_help": True}

MOTHER_AND_SON = Walk(
    name="母亲带孩子入住、延长、凭迁出令返回",
    kind=KIND,
    steps=(
        opened(
            WOMAN,
            POLICE,
            in_danger=True,
            no_place_to_stay=True,
            requested_by="police",
            residence="floating",
            perpetrator=HUSBAND,
            children=[SON],
            facts="深夜被丈夫殴打后逃出",
            vouchers=["police_receipt"],
            pickup_place="某派出所值班室",
        ),
        assess(),
        admit(refused="age-group-disagrees", age_group="minor", police_notice_no="J1"),
        admit(children_along=1, escorted_by="police"),
        register(
            identity="pending",
            consents=["follow_up"],
            conditions=["pregnant"],
            emergency_contact="姐姐",
            emergency_phone="13800000032",
        ),
        IDENTITY,
        Step(
            "plan_services",
            SHELTER,
            {"services": ["legal_aid", "medical"], "goals": "治疗、申请保护令", "agreed": True},
        ),
        Step("give_service", SHELTER, {"service": "counselling", "provider": "社工"}),
        refer("medical", agreed=False, refused="referral-without-consent"),
        refer("medical"),
        result_of("medical"),
        refer("legal_aid"),
        result_of("legal_aid", "not_eligible"),
        visit("kin", victim_agrees=False, refused="visit-without-consent"),
        visit("lawyer", undertaking_signed=False, refused="visitor-not-sworn-to-secrecy"),
        visit("lawyer"),
        Step("record_outing", SHELTER, {"out_at": now, "purpose": "就医", "companion": "社工"}),
        Step(
            "record_inspection",
            SHELTER,
            {
                "reader": "区妇联权益部",
                "ground": "个案督导",
                "what": "个案服务方案",
                "approved_by": "站长",
            },
        ),
        Step("change_bed", SHELTER, MINORS_BED, refused="wrong-zone"),
        Step("change_bed", SHELTER, {"bed_id": "@bed:family", "reason": "带孩子同住"}),
        leave("returned_home_voluntarily", refused="leave-not-prepared"),
        leave("handed_to_guardian", refused="adult-not-handed-over"),
        leave("time_limit", refused="time-limit-not-reached"),
        hand_over(refused="adult-not-handed-over"),
        Step("file_extension", SHELTER, {"filed_on": day()}, refused="nothing-to-file"),
        extend(0, refused="extension-not-later"),
        extend(10, after=8 * DAY),
        Step("file_extension", SHELTER, {"filed_on": day(), "filing_no": "备1"}, state="extended"),
        extend(5, refused="extension-not-later"),
        extend(20),
        hand_over(
            {"person_id": "@person:perpetrator"},
            "hand_over_child",
            child=PICKED,
            refused="minor-to-perpetrator",
        ),
        hand_over(FATHER, "hand_over_child", child=PICKED, refused="minor-to-perpetrator"),
        hand_over(action="hand_over_child", child=PICKED),
        apply(),
        Step("withdraw_leave", SHELTER, {}, state="staying"),
        apply(),
        leave("returned_after_order", order_no="（2026）民保令1号", destination="原住所"),
        close(refused="follow-up-missing"),
        follow_up("not_reached"),
        follow_up("at_risk", days=1),
        follow_up("violence_again", days=20),
        close(),
    ),
    ends="closed",
    met=frozenset(
        {
            "assessment",
            "placement",
            "registration",
            "identity_check",
            "service_plan",
            "medical_referral",
            "legal_aid_referral",
            "stay_limit",
            "extension_filing",
            "extended_stay",
            "stay",
            "follow_up",
        }
    ),
)

GIRL_ALONE = Walk(
    name="女童单独庇护，由外祖母接领",
    kind=KIND,
    steps=(
        opened(GIRL, Role.WOMEN_FED_VILLAGE),
        Step(
            "decline",
            TOWN,
            {"reason": "unwilling", "told_of_rights": True},
            refused="may-not-decline-in-care",
        ),
        assess(threatened=True, homeless=False),
        Step("refuse", SHELTER, REFUSE, refused="must-be-placed"),
        admit("@bed:minors", age_group="minor", refused="police-notice-missing"),
        admit(age_group="minor", reported_at=now, refused="wrong-zone"),
        admit("@bed:minors", age_group="minor", reported_at=now),
        register(rules_signed=False),
        Step(
            "verify_identity",
            SHELTER,
            {"verified": False, "why_not": "无证件"},
            refused="identity-not-pending",
        ),
        visit("police", refused="minor-without-companion"),
        visit("police", companion="社工"),
        apply(refused="leave-by-hand-over"),
        leave("returned_home_voluntarily", refused="leave-by-hand-over"),
        leave("handed_to_guardian", refused="leave-not-prepared"),
        hand_over(refused="perpetrator-not-entered"),
        Step("add_party", SHELTER, {"role": "perpetrator", "person": FATHER}),
        hand_over({"person_id": "@person:perpetrator"}, refused="minor-to-perpetrator"),
        hand_over(not_perpetrator=False, refused="minor-to-perpetrator"),
        hand_over(FATHER, refused="minor-to-perpetrator"),
        hand_over({"name": "林阿姨"}, refused="receiver-relation-missing"),
        hand_over({"name": "林阿姨", "relation": "other"}, refused="receiver-identity-missing"),
        hand_over(state="leaving"),
        leave("handed_to_guardian"),
        follow_up("safe"),
        follow_up("safe", days=22, by=Role.VILLAGE_COMMITTEE),
        close(),
    ),
    ends="closed",
    met=frozenset({"assessment", "placement", "registration", "stay", "follow_up"}),
)

REFERRED = Walk(
    name="老人转送福利机构",
    kind=KIND,
    steps=(
        opened({"name": "梁伯年"}, Role.CIVIL_AFFAIRS),
        assess(),
        admit(refused="sex-unknown"),
        Step(
            "refer_elsewhere",
            SHELTER,
            {"to": "welfare_institution", "reason": "需要护理", "received_by": "福利院值班"},
            state="referred_elsewhere",
        ),
    ),
    ends="referred_elsewhere",
    met=frozenset({"assessment", "placement"}),
)

DECLINED = Walk(
    name="受害人另有安全住处",
    kind=KIND,
    steps=(
        opened(YOUNG_WOMAN, Role.MEDIATOR, requested_by="other"),
        Step(
            "decline",
            TOWN,
            {"reason": "other_housing", "told_of_rights": True},
            state="declined_by_victim",
        ),
    ),
    ends="declined_by_victim",
)

REFUSED = Walk(
    name="不符合条件，不予接收",
    kind=KIND,
    steps=(
        opened(OLD_MAN, SHELTER),
        assess(),
        Step("refuse", SHELTER, REFUSE, refused="entitled-to-shelter"),
        admit(refused="wrong-zone"),
        assess(threatened=False, homeless=False),
        Step("refuse", Role.CIVIL_AFFAIRS, REFUSE, state="refused"),
    ),
    ends="refused",
    met=frozenset({"assessment"}),
)

VANISHED = Walk(
    name="未告知离站，多次联系不上",
    kind=KIND,
    steps=(
        opened(YOUNG_WOMAN, SHELTER, requested_by="self"),
        assess(),
        admit(),
        register(confidentiality_signed=False, refused="agreement-not-signed"),
        leave("left_without_notice", circumstances="早餐时发现已不在房间"),
        follow_up("not_reached", days=3),
        follow_up("not_reached", days=4),
        close(refused="follow-up-missing"),
        follow_up("not_reached", days=10),
        close(),
    ),
    ends="closed",
    met=frozenset({"stay", "stay_limit"}),
)

MOVED_ON = Walk(
    name="庇护期满后离站",
    kind=KIND,
    steps=(
        opened(YOUNG_WOMAN, SHELTER, vouchers=["warning"]),
        assess(threatened=False, homeless=False),
        Step("refuse", SHELTER, REFUSE, refused="warning-entitles-to-shelter"),
        admit(),
        register(),
        leave("time_limit", after=11 * DAY),
        follow_up("safe"),
        follow_up("safe", days=20),
        close(),
    ),
    ends="closed",
)

TRANSFERRED = Walk(
    name="转送其他庇护场所",
    kind=KIND,
    steps=(
        opened(YOUNG_WOMAN, SHELTER),
        assess(),
        admit(),
        apply(),
        Step("withdraw_leave", SHELTER, {}, state="staying"),
        register(),
        register(refused="already-registered"),
        leave("transferred_to_other_shelter"),
        close(),
    ),
    ends="closed",
)

WALKS: tuple[Walk, ...] = (
    MOTHER_AND_SON,
    GIRL_ALONE,
    REFERRED,
    DECLINED,
    REFUSED,
    VANISHED,
    MOVED_ON,
    TRANSFERRED,
)
