"""What the legal aid centre and the justice bureau answer."""

from datetime import date
from decimal import Decimal

from app.kinds.forms import S1, S2, S3, Choice, Form, Yes, ask, when
from app.kinds.people import Phone


class Decision(Choice):
    APPROVED = "approved", "给予法律援助"
    REJECTED = "rejected", "不予法律援助"


class RejectGround(Choice):
    OUT_OF_SCOPE = "out_of_scope", "不属于法律援助范围"
    MEANS = "means", "不符合经济困难条件"
    OTHER_CENTRE = "other_centre", "应向其他法律援助机构申请"
    ALREADY_AIDED = "already_aided", "已获得法律援助或已委托代理人"
    OTHER = "other", "其他"


class ProvisionalGround(Choice):
    """法援法 44."""

    LIMITATION = "limitation", "距法定时效或者期限届满不足七日"
    PRESERVATION = "preservation", "需要立即申请财产保全、证据保全或者先予执行"
    OTHER = "other", "法律、法规、规章规定的其他情形"


class Accessibility(Choice):
    """法援法 45."""

    BARRIER_FREE = "barrier_free", "无障碍场所"
    AT_HOME = "at_home", "上门服务"
    SIGN_LANGUAGE = "sign_language", "手语翻译"
    LARGE_PRINT = "large_print", "大字、盲文、语音材料"
    COMPANION = "companion", "陪同"
    NOT_NEEDED = "not_needed", "经询问无需"


class GuardianAtMeeting(Choice):
    PRESENT = "present", "未施暴的监护人在场"
    PERPETRATOR_KEPT_OUT = "perpetrator_kept_out", "监护人为加害人，由其他成年亲属或合适成年人在场"


class TerminationGround(Choice):
    """法援法 48, in its order."""

    DECEPTION = "deception", "(一)以欺骗或者其他不正当手段获得法律援助"
    CONCEALMENT = "concealment", "(二)故意隐瞒与案件有关的重要事实或者提供虚假证据"
    ILLEGAL_USE = "illegal_use", "(三)利用法律援助从事违法活动"
    MEANS_CHANGED = "means_changed", "(四)经济状况发生变化，不再符合法律援助条件"
    CASE_ENDED = "case_ended", "(五)案件终止审理或者已经被撤销"
    OWN_LAWYER = "own_lawyer", "(六)自行委托律师或者其他代理人"
    RECIPIENT_ASKED = "recipient_asked", "(七)受援人有正当理由要求终止"
    OTHER_BY_LAW = "other_by_law", "(八)法律法规规定的其他情形"


class CaseResult(Choice):
    JUDGMENT_FOR_CLIENT = "judgment_for_client", "胜诉"
    PARTIALLY = "partially", "部分胜诉"
    ORDER_GRANTED = "order_granted", "签发人身安全保护令"
    MEDIATED = "mediated", "调解结案"
    SETTLED = "settled", "和解"
    WITHDRAWN = "withdrawn", "撤诉"
    LOST = "lost", "败诉"
    SERVED = "served", "咨询、代书等已提供"


class Document(Choice):
    """法援法 50."""

    REPORT = "report", "办理情况报告"
    LEGAL_PAPERS = "legal_papers", "法律文书副本或者复印件"
    INTERVIEW_NOTES = "interview_notes", "会见、谈话笔录"
    EVIDENCE = "evidence", "证据材料"


class ReviewResult(Choice):
    MAINTAINED = "maintained", "维持法律援助机构决定"
    ORDERED_TO_CORRECT = "ordered_to_correct", "责令法律援助机构改正"


class Rectified(Choice):
    APPROVED = "approved", "改为给予法律援助"
    RESUMED = "resumed", "恢复办理"


class QualityCheck(Choice):
    """法援法 59."""

    HEARING = "hearing", "庭审旁听"
    FILE = "file", "案卷检查"
    COURT_OPINION = "court_opinion", "征询司法机关意见"
    RECIPIENT = "recipient", "回访受援人"


class Satisfaction(Choice):
    SATISFIED = "satisfied", "满意"
    FAIR = "fair", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    NOT_ASKED = "not_asked", "未联系上"


class Acknowledgement(Form):
    received_on: date = ask("收到申请日期", S1, source="法援法 43")
    urgent: Yes = ask("有先行提供法律援助的情形", S1, source="法援法 44")
    receipt_no: str | None = ask("受理编号", S1, source="设计", default=None, max_length=60)
    examiner: str | None = ask("审查人", S2, source="法援法 43", default=None, max_length=50)


class SupplementNotice(Form):
    """一次性告知."""

    items: str = ask("需要补充的材料或说明", S2, source="法援法 43", max_length=2000)
    told_on: date = ask("告知日期", S1, source="法援法 43")
    supply_by: date = ask("补充期限", S1, source="法援法 43；设计")


class Supplied(Form):
    """Everything that was asked for is now there."""

    supplied_on: date = ask("补齐日期", S1, source="法援法 43, 44")
    documents: str | None = ask(
        "补充的材料或说明", S2, source="法援法 43, 44", default=None, max_length=1000
    )


class ProvisionalAid(Form):
    ground: ProvisionalGround = ask("先行援助情形", S1, source="法援法 44")
    explanation: str | None = ask(
        "说明",
        S2,
        source="法援法 44(三)",
        default=None,
        required_if=when("ground", ProvisionalGround.OTHER),
        max_length=500,
    )
    firm: str = ask("承办机构", S1, source="法援法 44；12", max_length=100)
    lawyer: str = ask("承办人", S2, source="法援法 44；12", max_length=50)


class Decided(Form):
    result: Decision = ask("决定", S1, source="法援法 43")
    decided_on: date = ask("决定日期", S1, source="法援法 43")
    decision_no: str | None = ask("决定书文号", S1, source="设计", default=None, max_length=60)
    reject_ground: RejectGround | None = ask(
        "不予援助的情形",
        S1,
        source="法援法 43",
        default=None,
        required_if=when("result", Decision.REJECTED),
        visible_if=when("result", Decision.REJECTED),
    )
    reasons: str | None = ask(
        "不予援助的理由",
        S2,
        source="法援法 43",
        default=None,
        required_if=when("result", Decision.REJECTED),
        visible_if=when("result", Decision.REJECTED),
        max_length=2000,
    )
    told_in_writing_on: date | None = ask(
        "书面告知日期",
        S1,
        source="法援法 43",
        default=None,
        required_if=when("result", Decision.REJECTED),
        visible_if=when("result", Decision.REJECTED),
    )


class LawyerAssigned(Form):
    firm: str = ask("承办机构", S1, source="法援法 12, 43", max_length=100)
    lawyer: str = ask("法律援助人员", S2, source="法援法 43", max_length=50)
    lawyer_phone: Phone | None = ask(
        "法律援助人员电话", S2, source="法援法 46", default=None, widget="phone"
    )
    assigned_on: date = ask("指派通知日期", S1, source="法援法 43；司公通〔2020〕12号 6")
    recipient_is_minor: Yes = ask("受援人未成年", S1, source="司公通〔2020〕12号 6")
    knows_dv_law: Yes | None = ask("熟悉反家庭暴力法律法规", S1, source="粤办法 45", default=None)
    accessibility: list[Accessibility] = ask(
        "无障碍服务", S1, source="法援法 45", default_factory=list, max_length=6
    )
    replaces_because: str | None = ask(
        "更换原因", S2, source="法援法 55", default=None, max_length=500
    )


class FirstMeeting(Form):
    met_on: date = ask("会见日期", S1, source="法援法 46；司公通〔2020〕12号 6")
    guardian: GuardianAtMeeting | None = ask(
        "监护人", S1, source="司公通〔2020〕12号 6；反家暴法 21", default=None
    )
    notes: str | None = ask("会见情况", S3, source="法援法 46, 47", default=None, max_length=4000)


class Progress(Form):
    told_on: date = ask("通报日期", S1, source="法援法 46")
    progress: str = ask("办理情况", S3, source="法援法 46", max_length=4000)
    hearing_on: date | None = ask("开庭日期", S1, source="设计", default=None)


class Termination(Form):
    ground: TerminationGround = ask("终止情形", S1, source="法援法 48")
    decided_on: date = ask("终止决定日期", S1, source="法援法 48")
    reasons: str = ask("理由", S2, source="法援法 48", max_length=2000)
    told_of_objection: Yes = ask("已告知可提出异议", S1, source="法援法 49")
    decision_no: str | None = ask("决定书文号", S1, source="设计", default=None, max_length=60)


class Completion(Form):
    result: CaseResult = ask("办理结果", S1, source="法援法 50；设计")
    finished_on: date = ask("办结日期", S1, source="法援法 50")
    document_no: str | None = ask(
        "裁判文书案号", S1, source="法援法 50", default=None, max_length=60
    )
    gained: Decimal | None = ask(
        "为受援人取得利益（元）",
        S2,
        source="设计",
        default=None,
        ge=0,
        max_digits=12,
        decimal_places=2,
    )


class Papers(Form):
    documents: list[Document] = ask("已交材料", S1, source="法援法 50", min_length=1, max_length=4)
    filed_on: date = ask("结案归档日期", S1, source="司法部令148；法援法 50")
    subsidy: Decimal | None = ask(
        "法律援助补贴（元）",
        S1,
        source="法援法 52",
        default=None,
        ge=0,
        max_digits=10,
        decimal_places=2,
    )


class Against(Choice):
    REJECTION = "rejection", "不予法律援助的决定"
    TERMINATION = "termination", "终止法律援助的决定"


class Objection(Form):
    against: Against = ask("异议针对", S1, source="法援法 49")
    received_on: date = ask("司法局收到异议日期", S1, source="法援法 49")
    reasons: str = ask("异议理由", S2, source="法援法 49", max_length=2000)


class ObjectionReview(Form):
    result: ReviewResult = ask("审查决定", S1, source="法援法 49")
    decided_on: date = ask("审查决定日期", S1, source="法援法 49")
    reasons: str = ask("理由", S2, source="法援法 49", max_length=2000)
    told_of_remedy: Yes | None = ask(
        "已告知可申请行政复议或者提起行政诉讼",
        S1,
        source="法援法 49",
        default=None,
        required_if=when("result", ReviewResult.MAINTAINED),
        visible_if=when("result", ReviewResult.MAINTAINED),
    )
    document_no: str | None = ask("决定书文号", S1, source="设计", default=None, max_length=60)


class Rectification(Form):
    result: Rectified = ask("改正", S1, source="法援法 49")
    decided_on: date = ask("改正决定日期", S1, source="法援法 49")
    decision_no: str | None = ask("决定书文号", S1, source="设计", default=None, max_length=60)


class Review(Form):
    checks: list[QualityCheck] = ask(
        "质量监督措施", S1, source="法援法 59", min_length=1, max_length=4
    )
    satisfaction: Satisfaction = ask("受援人评价", S1, source="法援法 59；设计")
    opinion: str | None = ask("意见", S2, source="法援法 59", default=None, max_length=2000)


class Close(Form):
    summary: str | None = ask("结案小结", S3, source="设计", default=None, max_length=2000)
