"""What is asked during the stay: services, and the registers of 189号 四(二)."""

from datetime import date

from app.kinds.forms import S1, S2, S3, S4, Choice, Form, Moment, Whole, Yes, ask
from app.kinds.shelter_placement.intake import Service


class ServiceResult(Choice):
    COMPLETED = "completed", "转介服务已提供"
    NOT_ELIGIBLE = "not_eligible", "不符合条件"
    VICTIM_DECLINED = "victim_declined", "受害人放弃"


class VisitorKind(Choice):
    POLICE = "police", "公安机关"
    COURT = "court", "人民法院"
    PROCURATORATE = "procuratorate", "人民检察院"
    WOMEN_FED = "women_fed", "妇联"
    LAWYER = "lawyer", "律师"
    SOCIAL_WORKER = "social_worker", "社会工作者、心理咨询师"
    KIN = "kin", "亲友"
    OTHER = "other", "其他"


class ExtensionGround(Choice):
    STILL_IN_DANGER = "still_in_danger", "人身安全仍受威胁"
    ORDER_PENDING = "order_pending", "正在申请人身安全保护令或诉讼"
    TREATMENT = "treatment", "正在治疗、康复"
    NO_HOUSING = "no_housing", "尚无安全住处"
    OTHER = "other", "其他特殊情况"


class ServicePlan(Form):
    services: list[Service] = ask(
        "计划服务", S1, source="189号 三(二)", min_length=1, max_length=10
    )
    goals: str = ask("个案服务方案", S3, source="189号 三(二)", widget="long_text", max_length=4000)
    agreed: Yes = ask("受害人或其监护人同意方案", S1, source="189号 二(二)(三)")
    social_worker: str | None = ask(
        "个案负责人", S2, source="189号 三(二)", default=None, max_length=50
    )


class ServiceGiven(Form):
    service: Service = ask("服务", S1, source="粤办法 42；189号 三(二)(四)")
    provider: str | None = ask("提供人", S2, source="189号 三(二)", default=None, max_length=100)
    detail: str | None = ask("情况", S3, source="189号 三(二)", default=None, max_length=2000)


class ServiceReferral(Form):
    service: Service = ask("转介服务", S1, source="粤办法 42；189号 三(二)")
    agreed: Yes = ask("受害人或其监护人同意转介", S1, source="189号 二(二)")
    to_whom: str = ask("转介单位（保密）", S4, source="189号 三(二)；10号 4", max_length=100)
    need: str | None = ask("需要", S3, source="189号 三(二)", default=None, max_length=1000)


class ReferralResult(Form):
    service: Service = ask("转介服务", S1, source="189号 三(二)")
    result: ServiceResult = ask("转介结果", S1, source="189号 三(二)；设计")
    detail: str | None = ask("情况", S3, source="设计", default=None, max_length=1000)


class Visit(Form):
    """来访会谈登记. There is no kind of visitor for the perpetrator, who is not let in."""

    visitor_kind: VisitorKind = ask("来访者", S1, source="189号 四(二)")
    visitor_name: str = ask("姓名、单位", S2, source="189号 四(二)", max_length=100)
    purpose: str = ask("事由", S2, source="189号 四(二)", max_length=200)
    victim_agrees: Yes = ask("受害人同意会见", S1, source="189号 二(二)")
    met_from: Moment = ask("开始时间", S1, source="189号 四(二)")
    met_until: Moment | None = ask("结束时间", S1, source="189号 四(二)", default=None)
    undertaking_signed: Yes = ask("来访者已签署保密承诺", S1, source="189号 四(二)；粤办法 42")
    companion: str | None = ask(
        "陪伴未成年人的社会工作者或专人", S2, source="189号 三(四)", default=None, max_length=50
    )
    notes: str | None = ask("会谈情况", S3, source="189号 四(二)", default=None, max_length=2000)


class Outing(Form):
    out_at: Moment = ask("外出时间", S1, source="189号 四(二)")
    back_at: Moment | None = ask("返回时间", S1, source="189号 四(二)", default=None)
    purpose: str = ask("事由", S2, source="189号 四(二)", max_length=200)
    companion: str | None = ask("同行人", S2, source="189号 四(二)", default=None, max_length=50)
    destination: str | None = ask("去处（保密）", S4, source="10号 4", default=None, max_length=200)


class Inspection(Form):
    """信息查阅登记: who looked at the paper file, on what ground."""

    reader: str = ask("查阅人、单位", S2, source="189号 四(二)", max_length=100)
    ground: str = ask("查阅依据", S2, source="189号 四(二)", max_length=200)
    what: str = ask("查阅内容", S2, source="189号 四(二)", max_length=500)
    approved_by: str = ask("批准人", S2, source="189号 四(二)", max_length=50)


class ChangeBed(Form):
    bed_id: Whole = ask("床位（保密）", S4, source="粤办法 42；189号 三(一)", widget="bed")
    reason: str = ask("调整原因", S2, source="设计", max_length=200)


class Extension(Form):
    ground: ExtensionGround = ask("延长的特殊情况", S1, source="189号 三(一)")
    until: date = ask("延长至", S1, source="189号 三(一)")
    explanation: str | None = ask("说明", S3, source="189号 三(一)", default=None, max_length=1000)


class ExtensionFiling(Form):
    filed_on: date = ask("报备日期", S1, source="189号 三(一)")
    filing_no: str | None = ask("备案文号", S1, source="189号 三(一)", default=None, max_length=60)
