"""Forms up to the ruling: telling her of the right, preparing, filing, acceptance."""

from app.kinds.forms import S1, S2, S3, Choice, Form, Moment, Yes, ask, when
from app.kinds.people import PartyRole, PersonAnswer, party
from app.kinds.protection_order.codes import CaseSource, FiledBy, Measure, SocialRelation

PROXIES = frozenset(FiledBy) - {FiledBy.SELF}


class Wish(Choice):
    APPLY = "apply", "希望申请"
    UNDECIDED = "undecided", "尚在考虑"
    NOT_NOW = "not_now", "暂不申请"


class Ground(Choice):
    """Why the order is asked for."""

    VIOLENCE = "violence", "遭受家庭暴力"
    REAL_DANGER = "real_danger", "面临家庭暴力的现实危险"
    AFTER_SEPARATION = "after_separation", "恋爱、交友或终止恋爱关系、离婚之后遭纠缠、骚扰"
    CHILD_TAKEN = "child_taken", "抢夺、藏匿未成年子女"


class Evidence(Choice):
    """The eleven kinds of 法释17 6."""

    STATEMENT = "statement", "当事人的陈述"
    WARNING_OR_PENALTY = "warning_or_penalty", "家庭暴力告诫书、行政处罚决定书"
    POLICE_RECORD = "police_record", "出警记录、讯问笔录、询问笔录、接警记录、报警回执等"
    REPENTANCE = "repentance", "被申请人曾出具的悔过书或者保证书等"
    RECORDING = "recording", "记录家庭暴力发生或者解决过程等的视听资料"
    MESSAGES = "messages", "电话录音、短信、即时通讯信息、电子邮件等"
    MEDICAL = "medical", "医疗机构的诊疗记录"
    COMPLAINTS = "complaints", "有关单位收到投诉、反映或者求助的记录"
    WITNESS = "witness", "未成年子女的证言或者亲友、邻居等其他证人证言"
    INJURY_OPINION = "injury_opinion", "伤情鉴定意见"
    OTHER = "other", "其他证据"


class ProxyGround(Choice):
    """Why she cannot apply herself: the first three by 反家暴法 23, the others by 法释17 2."""

    NO_CAPACITY = "no_capacity", "无民事行为能力"
    LIMITED_CAPACITY = "limited_capacity", "限制民事行为能力"
    COERCED = "coerced", "受到强制、威吓等"
    ELDERLY = "elderly", "年老"
    DISABLED = "disabled", "残疾"
    SERIOUSLY_ILL = "seriously_ill", "重病"


BY_HER_WILL = frozenset({ProxyGround.ELDERLY, ProxyGround.DISABLED, ProxyGround.SERIOUSLY_ILL})


class Manner(Choice):
    WRITTEN = "written", "书面申请"
    ORAL = "oral", "口头申请，由人民法院记入笔录"


class Venue(Choice):
    APPLICANT_RESIDENCE = "applicant_residence", "申请人居住地"
    RESPONDENT_RESIDENCE = "respondent_residence", "被申请人居住地"
    PLACE_OF_VIOLENCE = "place_of_violence", "家庭暴力发生地"


class Admission(Choice):
    ACCEPTED = "accepted", "受理"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    RETURNED = "returned", "退回补充"


class Urgency(Choice):
    URGENT = "urgent", "情况紧急"
    ORDINARY = "ordinary", "一般情况"


class Told(Form):
    """Somebody told her of the right to a protection order."""

    danger_now: Yes = ask("目前是否有现实危险", S3, source="10号 13；妇联规程 9–11")
    applicant: PersonAnswer = party("申请人（受害人）", PartyRole.APPLICANT, source="反家暴法 23")
    respondent: PersonAnswer | None = party(
        "被申请人", PartyRole.RESPONDENT, source="反家暴法 27(一)", default=None
    )
    children: list[PersonAnswer] = party(
        "受害或者目睹的未成年子女", PartyRole.CHILD, source="粤办法 50", default_factory=list
    )
    wish: Wish | None = ask("本人意愿", S2, source="反家暴法 5；10号 3", default=None)
    facts: str | None = ask(
        "情况简述", S3, source="反家暴法 27(三)", default=None, widget="long_text", max_length=4000
    )


class _Claim(Form):
    grounds: list[Ground] = ask(
        "申请理由",
        S3,
        source="反家暴法 23；妇保法 29；婚解二 12",
        hint="不以提起离婚等民事诉讼为条件（法释17 1）",
        default_factory=list,
    )
    facts: str | None = ask(
        "事实与理由",
        S3,
        source="反家暴法 27(三)",
        hint="申请人已搬离的，不要写现住所（10号 4）",
        default=None,
        widget="long_text",
        max_length=4000,
    )
    requests: list[Measure] = ask(
        "申请的措施", S1, source="反家暴法 27(二)、29；粤办法 32", default_factory=list
    )
    other_request: str | None = ask(
        "其他措施的内容",
        S2,
        source="反家暴法 29(四)",
        default=None,
        visible_if=when("requests", Measure.OTHER),
        required_if=when("requests", Measure.OTHER),
        max_length=500,
    )
    relation: SocialRelation | None = ask(
        "双方社会关系", S2, source="保护令业务标准；反家暴法 37；法释17 4", default=None
    )
    relation_proof: str | None = ask(
        "关系证明材料", S2, source="设计", default=None, max_length=200
    )
    evidence: list[Evidence] = ask("已有证据", S1, source="法释17 6", default_factory=list)
    evidence_list: str | None = ask(
        "证据清单", S3, source="10号 2；法释17 6", default=None, widget="long_text", max_length=2000
    )
    court_to_collect: str | None = ask(
        "申请人民法院调查收集的证据", S3, source="法释17 5；10号 6", default=None, max_length=1000
    )
    respondent: PersonAnswer | None = party(
        "被申请人（尚未登记的）", PartyRole.RESPONDENT, source="反家暴法 27(一)", default=None
    )


class Draft(_Claim):
    """She wishes to apply and is helped to prepare."""

    own_wish: Yes = ask("已单独听取并确认本人意愿", S2, source="反家暴法 5；10号 3；妇联规程 13")


class Application(_Claim):
    """The application as it reaches the court."""

    filed_by: FiledBy = ask("申请方式", S1, source="反家暴法 23；法释17 2；粤办法 31")
    proxy_ground: ProxyGround | None = ask(
        "代为申请的原因",
        S3,
        source="反家暴法 23；法释17 2；粤办法 31",
        default=None,
        visible_if=when("filed_by", *PROXIES),
        required_if=when("filed_by", *PROXIES),
    )
    her_will: Yes | None = ask(
        "代为申请出于当事人意愿（委托）",
        S2,
        source="法释17 2；粤办法 31",
        default=None,
        visible_if=when("proxy_ground", *BY_HER_WILL),
        required_if=when("proxy_ground", *BY_HER_WILL),
    )
    proxy: PersonAnswer | None = party(
        "代为申请的近亲属",
        PartyRole.PROXY,
        source="反家暴法 23",
        default=None,
        visible_if=when("filed_by", FiledBy.NEAR_RELATIVE),
        required_if=when("filed_by", FiledBy.NEAR_RELATIVE),
    )
    proxy_name: str | None = ask(
        "代为申请单位名称",
        S2,
        source="保护令业务标准",
        default=None,
        visible_if=when("filed_by", *(PROXIES - {FiledBy.NEAR_RELATIVE})),
        max_length=100,
    )
    manner: Manner = ask("申请形式", S1, source="反家暴法 24")
    venue: Venue = ask("管辖依据", S1, source="反家暴法 25")
    urgent: Yes = ask("情况紧急", S1, source="反家暴法 28")
    filed_at: Moment = ask("提出申请时间", S1, source="保护令业务标准")


class Withdrawal(Form):
    """She does not apply, or takes the application back before it is accepted."""

    own_wish: Yes = ask(
        "已在对方不在场时单独核实，确属本人真实意愿", S2, source="反家暴法 5；10号 3；妇联规程 13"
    )
    reason: str | None = ask("原因", S2, source="设计", default=None, max_length=500)


class Registration(Form):
    """What the court did with the application."""

    result: Admission = ask("审查结果", S1, source="反家暴法 23；法释17 1")
    registered_at: Moment = ask("受理（不予受理、退回）时间", S1, source="反家暴法 28")
    case_no: str | None = ask(
        "案号",
        S1,
        source="保护令业务标准",
        default=None,
        visible_if=when("result", Admission.ACCEPTED),
        required_if=when("result", Admission.ACCEPTED),
        max_length=60,
    )
    urgency: Urgency | None = ask(
        "紧急程度",
        S1,
        source="反家暴法 28",
        default=None,
        visible_if=when("result", Admission.ACCEPTED),
        required_if=when("result", Admission.ACCEPTED),
    )
    case_source: CaseSource | None = ask("收案来源", S1, source="保护令业务标准", default=None)
    reason: str | None = ask(
        "理由或应补充的内容",
        S2,
        source="设计",
        default=None,
        visible_if=when("result", Admission.NOT_ACCEPTED, Admission.RETURNED),
        required_if=when("result", Admission.NOT_ACCEPTED, Admission.RETURNED),
        max_length=1000,
    )
