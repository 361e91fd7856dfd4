"""What is asked from the discovery of a dispute to its last session."""

from datetime import date

from app.kinds.forms import S1, S2, S3, S4, Form, Yes, ask, when
from app.kinds.mediation.choices import (
    Chosen,
    CourtProcedure,
    Dispute,
    FoundBy,
    Invited,
    Manner,
    Side,
    Sides,
    UnsafeSign,
)
from app.kinds.people import PartyRole, PersonAnswer, party

FILE_FORMAT = "人民调解文书格式（司法部 2010）"
DIVORCE_BAR = (
    "女方怀孕期间、分娩后一年内或者终止妊娠后六个月内，男方不得提出离婚；"
    "女方提出或者法院认为确有必要的除外（民法典 1082）"
)


class Opening(Form):
    """A grid worker answers the first two; the steps ask for the rest when they need it."""

    immediate_danger: Yes = ask("现在有人处于危险之中", S1, source="调解法 25；反家暴法 13")
    dispute: Dispute = ask("纠纷类型", S1, source=FILE_FORMAT, hint=DIVORCE_BAR)
    party_a: PersonAnswer | None = party(
        "当事人甲", PartyRole.PARTY_A, source=FILE_FORMAT, default=None
    )
    party_b: PersonAnswer | None = party(
        "当事人乙", PartyRole.PARTY_B, source=FILE_FORMAT, default=None
    )
    children: list[PersonAnswer] = party(
        "子女", PartyRole.CHILD, source="粤办法 50", default_factory=list
    )
    summary: str | None = ask(
        "纠纷简要情况", S3, source=FILE_FORMAT, default=None, widget="long_text", max_length=2000
    )
    found_by: FoundBy | None = ask("来源", S1, source=FILE_FORMAT, default=None)
    other_disputes: list[Dispute] = ask(
        "同时存在的纠纷", S1, source=FILE_FORMAT, default_factory=list
    )
    informant: str | None = ask(
        "反映情况的人（保密）", S4, source="妇保法 72", default=None, max_length=100
    )


class Application(Form):
    """申请书: the parties' own request. A party not yet known is named here."""

    applicant: Sides = ask("申请人", S1, source="调解法 17")
    applied_on: date = ask("申请日期", S1, source=FILE_FORMAT)
    oral: Yes = ask("口头申请", S1, source=FILE_FORMAT)
    requests: str = ask("调解请求", S3, source=FILE_FORMAT, widget="long_text", max_length=2000)
    voluntary: Yes = ask("申请人自愿申请，知道可以随时拒绝调解或者起诉", S1, source="调解法 3, 23")
    party_a: PersonAnswer | None = party(
        "当事人甲（尚未登记的）", PartyRole.PARTY_A, source=FILE_FORMAT, default=None
    )
    party_b: PersonAnswer | None = party(
        "当事人乙（尚未登记的）", PartyRole.PARTY_B, source=FILE_FORMAT, default=None
    )


class Proposal(Form):
    """The committee starts by itself; a clear refusal ends it (调解法 17)."""

    reason: str = ask("主动调解的理由", S3, source="调解法 17", max_length=1000)
    party_a: PersonAnswer | None = party(
        "当事人甲（尚未登记的）", PartyRole.PARTY_A, source=FILE_FORMAT, default=None
    )
    party_b: PersonAnswer | None = party(
        "当事人乙（尚未登记的）", PartyRole.PARTY_B, source=FILE_FORMAT, default=None
    )


_CHILDREN_WHO_SAW = party(
    "遭受或者目睹的未成年人（尚未登记的）",
    PartyRole.CHILD,
    source="粤办法 50",
    visible_if=when("children_saw", True),
    default_factory=list,
)


class Screening(Form):
    """One party alone, before acceptance. What she or he says never reaches the other."""

    party: Side = ask("筛查对象", S1, source="设计；妇联规程 8")
    alone: Yes = ask("单独进行，对方及其亲属不在场", S1, source="设计；妇联规程 13")
    willing: Yes = ask("自愿接受调解", S2, source="调解法 17, 23")
    afraid: Yes = ask("害怕对方，不敢当面表达意见", S3, source="妇联规程 4")
    dv_found: Yes = ask("发现或者疑似存在家庭暴力", S3, source="反家暴法 2；粤办法 2, 17")
    unsafe_signs: list[UnsafeSign] = ask(
        "出现的危险情形", S3, source="妇联规程 11 及附件", default_factory=list
    )
    account: str | None = ask(
        "家庭暴力情况",
        S3,
        source="妇联规程 7",
        default=None,
        required_if=when("dv_found", True),
        widget="long_text",
        max_length=2000,
    )
    children_saw: Yes | None = ask(
        "未成年人遭受或者目睹",
        S3,
        source="粤办法 50",
        default=None,
        visible_if=when("dv_found", True),
    )
    children: list[PersonAnswer] = _CHILDREN_WHO_SAW
    informed_of_order: Yes | None = ask(
        "已告知可以报警、申请人身安全保护令",
        S1,
        source="10号 13；粤办法 38",
        default=None,
        required_if=when("dv_found", True),
    )
    wish: str | None = ask(
        "本人真实意愿", S3, source="反家暴法 5；妇联规程 8", default=None, max_length=1000
    )

    @property
    def finding(self) -> str:
        """Kept as the outcome, for counting; it says nothing of the degree."""
        return "dv_found" if self.dv_found else "none_found"


class Acceptance(Form):
    accepted_on: date = ask(
        "受理日期",
        S1,
        source="司法部令75 33；特邀调解 27",
        hint="法院委派、委托的，填签收法院移交材料之日",
    )
    court_procedure: CourtProcedure = ask("法院委派、委托", S1, source="特邀调解 27；在线调解 24")
    court_case_no: str | None = ask(
        "委派、委托案号",
        S1,
        source="特邀调解 27",
        default=None,
        required_if=when(
            "court_procedure",
            CourtProcedure.PREFILING,
            CourtProcedure.ORDINARY,
            CourtProcedure.SUMMARY,
        ),
        max_length=60,
    )
    register_no: str | None = ask("受理登记号", S1, source=FILE_FORMAT, default=None, max_length=60)
    rights_notice_given: Yes = ask(
        "已分别送达权利义务告知书", S1, source="调解法 23, 24；" + FILE_FORMAT
    )
    mediators: str = ask("调解员", S2, source="调解法 19", max_length=200)
    mediators_by: Chosen = ask("调解员的产生", S1, source="调解法 19")
    public: Yes = ask("当事人要求公开调解", S1, source="调解法 23(三)", hint="未要求的，不公开")


class Investigation(Form):
    """调查记录."""

    asked: str = ask("被调查人", S2, source=FILE_FORMAT, max_length=200)
    place: str = ask("地点", S2, source=FILE_FORMAT, max_length=200)
    record: str = ask("调查内容", S3, source="调解法 27", widget="long_text", max_length=4000)
    evidence: str | None = ask("证据材料", S3, source=FILE_FORMAT, default=None, max_length=1000)
    witnesses: list[PersonAnswer] = party(
        "证人", PartyRole.WITNESS, source=FILE_FORMAT, default_factory=list
    )


class Session(Form):
    """调解记录."""

    manner: Manner = ask(
        "方式", S1, source="调解法 22", hint="存在家庭暴力的，以分别调解为宜（设计）"
    )
    place: str = ask("地点", S2, source=FILE_FORMAT, max_length=200)
    public: Yes = ask("公开进行", S1, source="调解法 23(三)")
    statements: str = ask(
        "各方陈述", S3, source="调解法 22, 24", widget="long_text", max_length=4000
    )
    result: str = ask("调解经过和结果", S3, source="调解法 27", widget="long_text", max_length=4000)
    invited: list[Invited] = ask("邀请参与的人", S1, source="调解法 20", default_factory=list)
    invited_agreed: Yes | None = ask(
        "当事人同意邀请",
        S1,
        source="调解法 20",
        default=None,
        required_if=when("invited", *Invited),
        visible_if=when("invited", *Invited),
    )
    dv_found: Yes = ask("发现或者疑似存在家庭暴力", S3, source="粤办法 17")
    dissuaded: Yes | None = ask(
        "已劝阻家庭暴力行为",
        S1,
        source="粤办法 17",
        default=None,
        required_if=when("dv_found", True),
        visible_if=when("dv_found", True),
    )
    may_escalate: Yes = ask("纠纷可能激化", S3, source="调解法 25")
    next_on: date | None = ask("下次调解日期", S1, source="调解法 21", default=None)
