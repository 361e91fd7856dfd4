"""Walks of 婚姻家庭纠纷人民调解. Everybody here is invented."""

from app.roles import Role
from tests.kinds.walks import DAY, Step, Walk
from tests.kinds.walks.mediation.steps import (
    BOTH_SCREENED,
    COUPLE,
    COURT,
    COURT_ACCEPTS,
    DAUGHTER,
    FAILED,
    GRID,
    HUSBAND,
    MATERIALS,
    MEDIATED,
    MEDIATOR,
    MOTHER_IN_LAW,
    NOT_REACHED,
    PERFORMED,
    PROPOSED,
    SETTLED,
    TOWN,
    VIOLENCE,
    WIFE,
    accept,
    agree,
    apply,
    assess,
    close,
    confirm,
    days_from,
    decide,
    decline,
    divert,
    extend,
    file,
    opened,
    oral,
    perform,
    refused,
    report,
    screen,
    session,
    terminate,
    visit,
)

KIND = "mediation"

WHOLE_WAY = Walk(
    "网格发现、申请、分别筛查、调解、延期、激化报告、协议、司法确认、履行、回访、归档",
    KIND,
    (
        opened(GRID),
        refused(screen("party_a"), "wrong-state"),
        refused(apply(voluntary=False), "not-voluntary"),
        apply(party_a=WIFE),
        refused(screen("party_b"), "party-unknown"),
        Step("add_party", MEDIATOR, {"role": "party_b", "person": HUSBAND}),
        refused(screen("party_a", alone=False), "screening-not-separate"),
        screen("party_a"),
        refused(accept(), "screening-incomplete"),
        screen("party_b", willing=False),
        refused(accept(), "party-unwilling"),
        screen("party_b"),
        refused(accept(rights_notice_given=False), "rights-notice-missing"),
        accept(),
        Step(
            "investigate",
            MEDIATOR,
            {
                "asked": "邻居",
                "place": "社区办公室",
                "record": "近半年常听到争吵，未见动手",
                "evidence": "转账记录",
                "witnesses": [MOTHER_IN_LAW],
            },
            state="investigating",
        ),
        refused(session(invited=["relative"], invited_agreed=False), "invited-without-consent"),
        session(invited=["relative"], invited_agreed=True, next_on=days_from(7)),
        refused(extend(60, agreed=False), "extension-not-agreed"),
        refused(extend(1), "extension-not-later"),
        extend(60),
        refused(extend(59), "extension-not-later"),
        extend(70),
        session(manner="back_to_back", may_escalate=True),
        report("report_escalation", "escalation_reported"),
        session(),
        refused(agree(voluntary=False), "not-voluntary"),
        refused(agree(signed=False), "agreement-not-effective"),
        agree(),
        visit(),
        perform("partial", "performing", after=DAY, urged=True),
        refused(confirm(matters=["marriage_relation", "property"]), "matter-not-confirmable"),
        refused(confirm(matters=["inheritance"]), "matter-not-in-agreement"),
        refused(confirm(joint=False), "confirmation-not-joint"),
        refused(confirm(by_proxy=True), "confirmation-material-missing"),
        confirm(by_proxy=True, materials=[*MATERIALS, "authorisation"]),
        COURT_ACCEPTS,
        Step(
            "extend_confirmation",
            COURT,
            {"approved_on": days_from(), "reason": "需补充财产权利证明"},
            after=10 * DAY,
            state="confirmation_accepted",
        ),
        decide("confirmed"),
        visit(after=DAY),
        PERFORMED,
        visit(after=45 * DAY, by=TOWN, progress="performed"),
        refused(file("failed_informed", SETTLED), "closing-reason-mismatch"),
        refused(file("agreed_performed", MEDIATED), "dossier-incomplete"),
        file("agreed_performed", [*SETTLED, "confirmation", "description", "back_cover"]),
    ),
    ends="filed",
    met=frozenset(
        {
            "taking_up",
            "screening",
            "escalation_report",
            "conclude_extended",
            "joint_application",
            "court_acceptance",
            "court_decision",
            "performance",
            "return_visits",
        }
    ),
)

TOO_DANGEROUS = Walk(
    "筛查发现致命危险：不得受理、不得直接结束，报告公安并转告诫",
    KIND,
    (
        opened(**COUPLE, immediate_danger=True, found_by="hotline", informant="热线来电人"),
        report("report_risk", "discovered", by=Role.VILLAGE_COMMITTEE),
        PROPOSED,
        apply(TOWN, applicant="both", oral=True),
        screen("party_a", afraid=True, **VIOLENCE, unsafe_signs=["suffocated"]),
        screen("party_b"),
        refused(accept(), "mediation-too-dangerous"),
        refused(decline(), "danger-needs-diversion"),
        refused(close("withdrawn"), "danger-needs-diversion"),
        refused(divert("refusal", ["suit"]), "danger-not-reported"),
        refused(divert("danger", ["suit"]), "danger-not-reported"),
        divert("danger", ["police", "protection_order", "shelter", "women_fed"]),
        report("report_risk", "diverted"),
        file("diverted_dv", ["application"]),
    ),
    ends="filed",
    met=frozenset({"opening_danger", "screening", "safety_response", "filing"}),
)

DANGER_ON_THE_WAY = Walk(
    "情节较轻的先评估再受理；调解中转为高危：停止调解并转办",
    KIND,
    (
        opened(**COUPLE, children=[DAUGHTER], found_by="court"),
        apply(),
        screen("party_a"),
        screen("party_b", **VIOLENCE),
        refused(accept(), "danger-not-assessed"),
        assess(),
        accept(court_procedure="court_referral_prefiling", court_case_no="（2026）粤1802诉前调9号"),
        session(manner="back_to_back", dv_found=True, dissuaded=True),
        assess("suffocated"),
        refused(session(), "mediation-too-dangerous"),
        refused(agree(), "mediation-too-dangerous"),
        refused(FAILED, "danger-needs-diversion"),
        refused(terminate("party_asked"), "danger-needs-diversion"),
        divert("danger", ["police", "protection_order"], victim="party_b"),
        refused(file("diverted_dv", ["application"]), "dossier-incomplete"),
        file("diverted_dv", MEDIATED),
    ),
    ends="filed",
    met=frozenset({"filing"}),
)

CHILD_IN_DANGER = Walk(
    "发现时子女受害：立即转办",
    KIND,
    (
        opened(**COUPLE, children=[DAUGHTER], immediate_danger=True, dispute="custody_visitation"),
        divert("danger", ["police", "hospital"], victim="child", immediate_danger=True),
        file("diverted_dv", ["application"]),
    ),
    ends="filed",
    met=frozenset({"opening_danger", "taking_up", "filing"}),
)

OTHER_WAY = Walk(
    "筛查后不愿调解，改走诉讼",
    KIND,
    (
        opened(**COUPLE),
        apply(),
        *BOTH_SCREENED,
        divert("refusal", ["legal_aid", "suit"], note="已转法律援助"),
        file("refused", ["application"]),
    ),
    ends="filed",
)

DECLINED_AT_ONCE = Walk(
    "对方明确拒绝：不予调解",
    KIND,
    (opened(**COUPLE, dispute="in_law_conflict"), PROPOSED, decline()),
    ends="declined",
    met=frozenset({"taking_up"}),
)

DECLINED_AFTER_ACCEPTANCE = Walk(
    "受理后一方拒绝",
    KIND,
    (opened(**COUPLE), apply(), *BOTH_SCREENED, accept(), decline(refused_by="both")),
    ends="declined",
)

CLOSED_EARLY = tuple(
    Walk(f"未受理结案：{reason}", KIND, (opened(**COUPLE), apply(), close(reason)), ends="closed")
    for reason in ("withdrawn", "transferred_court", "duplicated")
)

FAILED_IN_COURT_TIME = Walk(
    "立案后委托（简易程序）七日：逾期不能再延长，调解不成，告知其他途径",
    KIND,
    (
        opened(**COUPLE, dispute="property_division", found_by="court"),
        apply(),
        *BOTH_SCREENED,
        accept(court_procedure="court_referral_summary", court_case_no="（2026）粤1802民初9号"),
        session(),
        refused(extend(90, after=20 * DAY), "extension-too-late"),
        FAILED,
        terminate("failed"),
        file("failed_informed", MEDIATED),
    ),
    ends="filed",
    met=frozenset({"conclude_summary", "filing"}),
)

WITHDRAWN_IN_SESSION = Walk(
    "立案后委托（普通程序）：调解中发现家庭暴力未评估不得达成协议，当事人要求终止",
    KIND,
    (
        opened(**COUPLE, found_by="court"),
        apply(),
        *BOTH_SCREENED,
        accept(court_procedure="court_referral_ordinary", court_case_no="（2026）粤1802民初10号"),
        session(dv_found=True, dissuaded=True),
        refused(agree(), "danger-not-assessed"),
        terminate("withdrawn"),
        file("withdrawn", MEDIATED),
    ),
    ends="filed",
    met=frozenset({"filing"}),
)

PREFILING_AGREED = Walk(
    "立案前委派三十日内达成协议，撤回司法确认申请后履行",
    KIND,
    (
        opened(**COUPLE, found_by="court"),
        apply(),
        *BOTH_SCREENED,
        accept(court_procedure="court_referral_prefiling", court_case_no="（2026）粤1802诉前调3号"),
        session(),
        agree(),
        confirm(),
        Step(
            "withdraw_confirmation",
            COURT,
            {"withdrawn_by": "both", "withdrawn_on": days_from(), "deemed": False},
            after=DAY,
            state="agreed",
        ),
        visit(after=DAY),
        PERFORMED,
        file("agreed_performed", SETTLED),
    ),
    ends="filed",
    met=frozenset({"conclude_prefiling", "joint_application", "performance", "return_visits"}),
)

ORAL_AND_BREACHED = Walk(
    "口头协议，法院不予受理确认，未履行，回访后归档",
    KIND,
    (
        opened(**COUPLE, dispute="support"),
        apply(),
        *BOTH_SCREENED,
        accept(),
        session(),
        oral(),
        confirm(matters=["support"]),
        Step(
            "receive_confirmation",
            MEDIATOR,
            {"decision": "rejected", "decided_on": days_from(), "ground": "identity"},
            after=DAY,
            state="rejected",
        ),
        perform("breached", "breached", after=30 * DAY, urged=True, remedy_told=True),
        NOT_REACHED,
        refused(file("agreed_not_performed", SETTLED), "return-visit-missing"),
        visit(may_escalate=True, progress="breached", litigation="准备起诉"),
        report("report_risk", "breached"),
        file("agreed_not_performed", SETTLED),
    ),
    ends="filed",
    met=frozenset({"conclude", "performance", "return_visits", "escalation_report"}),
)

MEDIATED_AGAIN = Walk(
    "法院当即不予确认，重新调解，逾三十日不能再申请确认，履行后归档",
    KIND,
    (
        opened(**COUPLE),
        apply(),
        *BOTH_SCREENED,
        accept(),
        session(),
        agree(),
        confirm(),
        decide("not_confirmed", ground="unclear"),
        session(),
        agree(wants_confirmation=False, perform_by=days_from(90)),
        refused(confirm(after=40 * DAY), "confirmation-too-late"),
        visit(),
        PERFORMED,
        file("agreed_performed", SETTLED),
    ),
    ends="filed",
    met=frozenset({"court_acceptance", "performance", "return_visits"}),
)

SUED_AFTER_REFUSAL = Walk(
    "法院不予确认，当事人起诉",
    KIND,
    (
        opened(**COUPLE),
        apply(),
        *BOTH_SCREENED,
        accept(),
        session(),
        agree(),
        confirm(),
        COURT_ACCEPTS,
        decide("not_confirmed", MEDIATOR, ground="third_party"),
        terminate("to_court"),
        file("transferred_court", [*MEDIATED, "agreement"]),
    ),
    ends="filed",
    met=frozenset({"court_decision", "filing"}),
)

WALKS: tuple[Walk, ...] = (
    WHOLE_WAY,
    TOO_DANGEROUS,
    DANGER_ON_THE_WAY,
    CHILD_IN_DANGER,
    OTHER_WAY,
    DECLINED_AT_ONCE,
    DECLINED_AFTER_ACCEPTANCE,
    *CLOSED_EARLY,
    FAILED_IN_COURT_TIME,
    WITHDRAWN_IN_SESSION,
    PREFILING_AGREED,
    ORAL_AND_BREACHED,
    MEDIATED_AGAIN,
    SUED_AFTER_REFUSAL,
)
