"""What is asked when legal aid ends, when somebody objects, and when the case is closed."""

from datetime import date
from decimal import Decimal

from app.kinds.forms import S1, S2, S3, Choice, Form, Yes, ask, when


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


class Against(Choice):
    REJECTION = "rejection", "不予法律援助的决定"
    TERMINATION = "termination", "终止法律援助的决定"


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
