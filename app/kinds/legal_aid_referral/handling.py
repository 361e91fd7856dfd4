"""What the legal aid centre answers from the receipt of an application to the work on it."""

from datetime import date

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
