"""Walks of legal aid: to every end, through every step, and against every rule. Invented people."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.roles import Role
from tests.kinds.walks import DAY, HOUR, Step, Walk

KIND = "legal_aid_referral"
TOWN, CENTRE, BUREAU = Role.WOMEN_FED_TOWN, Role.LEGAL_AID, Role.JUSTICE_BUREAU

WIFE = {"name": "郑月娥", "id_number": "441802199110051029", "phone": "13800000041"}
HUSBAND = {"name": "林国强", "id_number": "441802198603080317", "relation": "spouse"}
GIRL = {"name": "林小雨", "id_number": "44180220170521048X"}
FATHER = HUSBAND | {"relation": "parent"}
GRANDMOTHER = {"name": "何桂英", "id_number": "441802195809100623", "relation": "grandparent"}
OLD_WOMAN = {"name": "黄玉珍", "id_number": "441802195306161205"}


def day(days: int = 0) -> Callable[[datetime], str]:
    """The day so many days after the step."""
    return lambda moment: local_day(moment + timedelta(days=days)).isoformat()


def opened(recipient: Mapping[str, Any] = WIFE, by: Role = TOWN, **more: Any) -> Step:
    return Step("opened", by, {"recipient": recipient} | more, state="identified")


def consent(*, refused: str | None = None, **more: Any) -> Step:
    answers = {"consented_on": day(), "by_proxy": "proxy" in more} | more
    state = None if refused else "consented"
    return Step("consent", TOWN, answers, state=state, refused=refused)


def refer(*, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "matter": "divorce",
        "aid_form": "litigation",
        "violence": True,
        "means": "dv_victim",
        "facts": "长期遭受殴打，请求离婚并由其抚养子女",
        "signed_on": day(),
    }
    state = None if refused else "referred"
    return Step("refer", TOWN, answers | more, state=state, refused=refused)


def acknowledge(urgent: bool = False) -> Step:
    answers = {"received_on": day(), "urgent": urgent, "receipt_no": "法援2026-1"}
    return Step("acknowledge", CENTRE, answers, state="received")


def require(days: int = 5, *, refused: str | None = None) -> Step:
    answers = {"items": "身份证明、结婚证明", "told_on": day(), "supply_by": day(days)}
    state = None if refused else "supplement_required"
    return Step("require_supplement", CENTRE, answers, state=state, refused=refused)


APPROVE = Step("decide", CENTRE, {"result": "approved", "decided_on": day()}, state="approved")


def reject(ground: str = "out_of_scope", *, refused: str | None = None) -> Step:
    answers = {
        "result": "rejected",
        "decided_on": day(),
        "reject_ground": ground,
        "reasons": "请求事项不属于援助范围",
        "told_in_writing_on": day(),
    }
    state = None if refused else "rejected"
    return Step("decide", CENTRE, answers, state=state, refused=refused)


def assign(*, refused: str | None = None, **more: Any) -> Step:
    answers = {
        "firm": "某律师事务所",
        "lawyer": "宋律师",
        "assigned_on": day(),
        "recipient_is_minor": False,
        "knows_dv_law": True,
    }
    state = None if refused else "assigned"
    return Step("assign_lawyer", CENTRE, answers | more, state=state, refused=refused)


def meet(*, refused: str | None = None, **more: Any) -> Step:
    state = None if refused else "in_progress"
    return Step("meet_client", CENTRE, {"met_on": day()} | more, state=state, refused=refused)


def terminate(ground: str, *, refused: str | None = None) -> Step:
    answers = {
        "ground": ground,
        "decided_on": day(),
        "reasons": "符合终止情形",
        "told_of_objection": True,
    }
    state = None if refused else "terminated"
    return Step("terminate", CENTRE, answers, state=state, refused=refused)


def complain(against: str, *, refused: str | None = None) -> Step:
    answers = {"against": against, "received_on": day(), "reasons": "认为符合援助条件"}
    state = None if refused else "objected"
    return Step("object", TOWN, answers, state=state, refused=refused)


def judge(result: str) -> Step:
    answers: dict[str, Any] = {"result": result, "decided_on": day(), "reasons": "经审查"}
    if result == "maintained":
        answers["told_of_remedy"] = True
    return Step("review_objection", BUREAU, answers, after=2 * DAY, state=result)


def rectify(result: str, *, state: str | None = None, refused: str | None = None) -> Step:
    answers = {"result": result, "decided_on": day()}
    return Step("rectify", CENTRE, answers, state=state, refused=refused)


def complete(result: str) -> Step:
    answers = {"result": result, "finished_on": day(), "gained": "12000.50"}
    return Step("complete", CENTRE, answers, after=30 * DAY, state="completed")


PAPERS = Step(
    "file_papers",
    CENTRE,
    {"documents": ["report", "legal_papers"], "filed_on": day(), "subsidy": "1800.00"},
)
REVIEW = Step(
    "review",
    CENTRE,
    {"checks": ["recipient", "file"], "satisfaction": "satisfied"},
    state="reviewed",
)
COMPLETED_PAPERS = Step("complete_papers", CENTRE, {"supplied_on": day()}, state="provisional")
PROVISIONAL = {"ground": "preservation", "firm": "某律师事务所", "lawyer": "宋律师"}


def close(refused: str | None = None) -> Step:
    return Step("close", CENTRE, {}, state=None if refused else "closed", refused=refused)


VICTIM = Walk(
    name="家庭暴力受害人离婚诉讼",
    kind=KIND,
    steps=(
        opened(
            in_danger=False,
            violence=True,
            found_by="women_fed",
            matter="divorce",
            perpetrator=HUSBAND,
            told_of_right=True,
        ),
        consent(contact_rule="白天致电，称社区工作人员"),
        refer(violence=False, refused="exemption-without-violence"),
        refer(violence=False, means="no_steady_income", refused="exemption-without-ground"),
        refer(evidence=["warning"], warning_no="告2026-7", opponent=HUSBAND),
        acknowledge(),
        require(0, refused="supplement-term-too-short"),
        require(),
        Step(
            "deem_withdrawn",
            CENTRE,
            {"recorded_on": day(), "missing": "结婚证明"},
            refused="supplement-term-running",
        ),
        Step("supply", TOWN, {"supplied_on": day()}, after=2 * DAY, state="received"),
        require(refused="supplement-already-asked"),
        reject("means", refused="rejected-on-means"),
        APPROVE,
        assign(knows_dv_law=False, refused="lawyer-without-dv-law"),
        assign(),
        meet(),
        Step("report_progress", CENTRE, {"told_on": day(), "progress": "已立案"}),
        assign(lawyer="何律师", replaces_because="受援人请求更换"),
        meet(),
        terminate("means_changed", refused="terminated-on-means"),
        complete("judgment_for_client"),
        REVIEW,
        close(refused="papers-not-filed"),
        PAPERS,
        close(),
    ),
    ends="closed",
    met=frozenset(
        {
            "referral",
            "acknowledgement",
            "decision",
            "supplement",
            "assignment",
            "closing_papers",
        }
    ),
)

CHILD = Walk(
    name="女童由外祖母代为申请，先行援助",
    kind=KIND,
    steps=(
        opened(GIRL, Role.VILLAGE_COMMITTEE, violence=True, perpetrator=FATHER),
        consent(refused="proxy-needed"),
        consent(
            proxy=FATHER,
            proxy_ground="legal_representative",
            refused="proxy-is-perpetrator",
        ),
        consent(
            proxy={"person_id": "@person:perpetrator"},
            proxy_ground="near_relative",
            refused="proxy-is-perpetrator",
        ),
        consent(proxy=FATHER, proxy_ground="near_relative", refused="proxy-is-perpetrator"),
        consent(
            proxy={"name": "林阿姨"},
            proxy_ground="near_relative",
            refused="proxy-relation-missing",
        ),
        consent(proxy=GRANDMOTHER, proxy_ground="near_relative"),
        refer(matter="protection_order", categories=["minor", "dv_victim"]),
        acknowledge(urgent=True),
        Step("grant_provisionally", CENTRE, PROVISIONAL, state="provisional"),
        COMPLETED_PAPERS,
        APPROVE,
        assign(refused="minority-disagrees"),
        assign(recipient_is_minor=True),
        meet(refused="guardian-not-stated"),
        meet(guardian="perpetrator_kept_out"),
        complete("order_granted"),
        PAPERS,
        REVIEW,
        close(),
    ),
    ends="closed",
    met=frozenset(
        {"provisional_aid", "provisional_papers", "decision", "first_meeting", "closing_papers"}
    ),
)

NOT_SUPPLIED = Walk(
    name="逾期未补充材料，视为撤回",
    kind=KIND,
    steps=(
        opened(),
        consent(),
        refer(violence=False, means="declaration", means_statement="无业，无存款", matter="labour"),
        acknowledge(),
        require(3),
        Step(
            "deem_withdrawn",
            CENTRE,
            {"recorded_on": day(), "missing": "结婚证明"},
            after=5 * DAY,
            state="withdrawn",
        ),
    ),
    ends="withdrawn",
    met=frozenset({"acknowledgement"}),
)

WITHDRAWN = Walk(
    name="先行援助后本人撤回",
    kind=KIND,
    steps=(
        opened(),
        consent(),
        refer(),
        acknowledge(urgent=True),
        require(),
        Step("grant_provisionally", CENTRE, PROVISIONAL, state="provisional"),
        COMPLETED_PAPERS,
        Step("withdraw", TOWN, {"withdrawn_on": day(), "reason": "已和解"}, state="withdrawn"),
    ),
    ends="withdrawn",
    met=frozenset({"provisional_aid", "provisional_papers"}),
)

DECLINED = Walk(
    name="本人暂不需要",
    kind=KIND,
    steps=(
        opened(by=Role.GRID_WORKER),
        Step("decline", TOWN, {"reason": "not_now", "told_of_right": True}, state="declined"),
    ),
    ends="declined",
)

MAINTAINED = Walk(
    name="不予援助，异议后维持",
    kind=KIND,
    steps=(
        opened(),
        consent(),
        refer(),
        acknowledge(),
        reject(),
        complain("termination", refused="objection-mismatch"),
        complain("rejection"),
        judge("maintained"),
        close(),
    ),
    ends="closed",
    met=frozenset({"decision", "objection_review"}),
)

CORRECTED = Walk(
    name="老年人两次异议均责令改正",
    kind=KIND,
    steps=(
        opened(OLD_WOMAN, Role.GRID_WORKER),
        consent(),
        refer(violence=False, means="no_steady_income", matter="support"),
        acknowledge(),
        reject("means"),
        complain("rejection"),
        judge("ordered_to_correct"),
        rectify("resumed", refused="rectification-mismatch"),
        rectify("approved", state="approved"),
        assign(refused="accessibility-not-asked"),
        assign(accessibility=["at_home"]),
        terminate("recipient_asked"),
        complain("termination"),
        judge("ordered_to_correct"),
        rectify("resumed", state="in_progress"),
        complete("mediated"),
        PAPERS,
        REVIEW,
        close(),
    ),
    ends="closed",
    met=frozenset({"objection_review", "rectification", "assignment"}),
)

ENDED = Walk(
    name="自行委托律师，终止援助",
    kind=KIND,
    steps=(
        opened(),
        consent(),
        refer(),
        acknowledge(),
        APPROVE,
        assign(),
        terminate("own_lawyer"),
        Step("close", TOWN, {}, after=HOUR, state="closed"),
    ),
    ends="closed",
    met=frozenset({"decision", "assignment"}),
)

WALKS: tuple[Walk, ...] = (
    VICTIM,
    CHILD,
    NOT_SUPPLIED,
    WITHDRAWN,
    DECLINED,
    MAINTAINED,
    CORRECTED,
    ENDED,
)
