"""What every kind of case has: notes, danger assessment, people, assignment, transfer, referral,
links, the duty to report, telling people about their data, reopening."""

from dataclasses import replace
from uuid import UUID

from app.clock import Hours
from app.kinds.base import (
    ANYWHERE,
    Action,
    AddParty,
    AnswerReferral,
    Assign,
    CaseKind,
    DeadlineRule,
    Link,
    Move,
    Refer,
    SetDanger,
)
from app.kinds.forms import S1, S2, S3, Choice, Form, Moment, Whole, Yes, ask, when
from app.kinds.guards import Facts, Guard, Refusal, guard
from app.kinds.instruments import DANGER_SCALE, Danger
from app.kinds.people import PartyRole, PersonAnswer, party
from app.kinds.privacy import (
    CONSENT,
    INFORM,
    TELL_LATER,
    WITHDRAW,
    Consent,
    Informing,
    Withdrawal,
    a_child_is_asked_through_its_guardian,
    asked_by_a_consent,
    asked_once,
    consenting_are_parties,
    informed_are_parties,
    never_asked_where_the_law_decides,
    there_is_a_consent,
    told_by_a_notice,
)
from app.kinds.referral import (
    ACCEPT,
    ACCEPTING,
    DECLINE,
    DECLINING,
    REFER,
    REFERRAL_REPLY,
    REFERRING,
    Acceptance,
    Declined,
    Referral,
    named_another_body,
    she_agreed_to_this_recipient,
)
from app.roles import CASE_ROLES, WOMEN_FED, Role

MANDATORY_REPORT = "mandatory_report"


class Note(Form):
    text: str = ask("记事", S3, source="设计", widget="long_text", max_length=4000)


def _item(name: str) -> bool:
    title = DANGER_SCALE.items.get(name) or DANGER_SCALE.vetoes[name]
    answer: bool = ask(title, S3, source=DANGER_SCALE.source)
    return answer


class DangerAnswers(Form):
    """The scale's own items, word for word; the level follows from them."""

    threatened_to_kill: Yes = _item("threatened_to_kill")
    able_to_kill: Yes = _item("able_to_kill")
    controls_life: Yes = _item("controls_life")
    nobody_else: Yes = _item("nobody_else")
    suicide_threat: Yes = _item("suicide_threat")
    die_together: Yes = _item("die_together")
    threatened_family: Yes = _item("threatened_family")
    will_hurt_soon: Yes = _item("will_hurt_soon")
    stalked: Yes = _item("stalked")
    suffocated: Yes = _item("suffocated")
    other_lethal: Yes = _item("other_lethal")
    judged: Danger | None = ask(
        "专业判断（只在与量表结果不同时填写）", S1, source="妇联规程 8", default=None
    )
    judged_reason: str | None = ask(
        "判断理由",
        S3,
        source="妇联规程 8",
        default=None,
        required_if=when("judged", *Danger),
        visible_if=when("judged", *Danger),
        max_length=1000,
    )

    @property
    def score(self) -> int:
        return DANGER_SCALE.score(self.__dict__)

    @property
    def level(self) -> Danger:
        return self.judged or DANGER_SCALE.level(self.__dict__)


@guard("妇联规程 9–11；设计")
def lowering_needs_a_supervisor(facts: Facts, form: DangerAnswers) -> Refusal | None:
    """Anyone raises the level; only a supervisor lowers it, and says why."""
    before, scale = facts.case_danger, DANGER_SCALE.level(form.__dict__)
    lower_than_before = before is not None and form.level.rank < before.rank
    lower_than_scale = form.level.rank < scale.rank
    if not (lower_than_before or lower_than_scale):
        return None
    if not facts.supervisor:
        return Refusal(
            type="danger-lowered-by-supervisor-only",
            detail="下调危险等级须由主管人员办理并说明理由",
        )
    if not form.judged_reason:
        return Refusal(type="danger-lowered-without-reason", detail="下调危险等级须说明理由")
    return None


class AddedParty(Form):
    role: PartyRole = ask("在案件中的身份", S1, source="设计")
    person: PersonAnswer = party("人员", PartyRole.WITNESS, source="设计")


class Assignment(Form):
    organisation_id: Whole = ask("承办单位", S1, source="粤办法 20", widget="organisation")
    account_id: Whole | None = ask(
        "承办人", S1, source="妇联规程 11", default=None, widget="account"
    )
    reason: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class Transfer(Form):
    area: Whole = ask("转至地区", S1, source="妇联规程 6", widget="area")
    organisation_id: Whole | None = ask(
        "转至单位", S1, source="妇联规程 6", default=None, widget="organisation"
    )
    reason: str = ask("移交理由", S2, source="粤办法 20", max_length=500)


class LinkedCase(Form):
    case_id: UUID = ask("关联案件", S1, source="设计", widget="case")
    why: str = ask("关联原因", S2, source="设计", max_length=200)


class ReportOutcome(Choice):
    REPORTED = "reported", "已向公安机关报案"
    NOT_REQUIRED = "not_required", "经核实无需报告"


class HarmType(Choice):
    """The nine situations of 9号强报 4, and domestic violence (反家暴法 14)."""

    DOMESTIC_VIOLENCE = "domestic_violence", "遭受或疑似遭受家庭暴力"
    GENITAL_INJURY = "genital_injury", "生殖器官或隐私部位遭受或疑似遭受非正常损伤"
    UNDER14_SEXUAL = "under14_sexual", "不满十四周岁女性遭受或疑似遭受性侵害、怀孕、流产"
    OVER14_SEXUAL = "over14_sexual", "十四周岁以上女性未成年人遭受或疑似遭受性侵害所致怀孕、流产"
    MULTIPLE_INJURIES = "multiple_injuries", "身体存在多处损伤、严重营养不良、意识不清"
    SELF_HARM = "self_harm", "因自杀、自残、工伤、中毒、被人麻醉、殴打等非正常原因导致伤残、死亡"
    ABANDONED = "abandoned", "被遗弃或长期处于无人照料状态"
    MISSING = "missing", "来源不明、失踪或者被拐卖、收买"
    BEGGING = "begging", "被组织乞讨"
    OTHER = "other", "其他严重侵害身心健康的情形"


class MandatoryReport(Form):
    outcome: ReportOutcome = ask("办理结果", S1, source="反家暴法 14；粤办法 22；未保法 11")
    receipt_no: str | None = ask(
        "公安受案回执号",
        S1,
        source="9号强报 10",
        default=None,
        required_if=when("outcome", ReportOutcome.REPORTED),
        visible_if=when("outcome", ReportOutcome.REPORTED),
        max_length=60,
    )
    reported_at: Moment | None = ask(
        "报案时间",
        S1,
        source="反家暴法 14",
        default=None,
        required_if=when("outcome", ReportOutcome.REPORTED),
        visible_if=when("outcome", ReportOutcome.REPORTED),
    )
    harm: HarmType = ask("侵害情形", S3, source="9号强报 4")
    evidence_kept: Yes | None = ask("证据已保全", S1, source="9号强报 7", default=None)
    reason: str | None = ask(
        "无需报告的理由",
        S3,
        source="设计",
        default=None,
        required_if=when("outcome", ReportOutcome.NOT_REQUIRED),
        visible_if=when("outcome", ReportOutcome.NOT_REQUIRED),
        max_length=1000,
    )


@guard("反家暴法 14；未保法 11；设计")
def exemption_needs_a_supervisor(facts: Facts, form: MandatoryReport) -> Refusal | None:
    """The duty to report ends with a receipt number, or with a supervisor's reasons."""
    if form.outcome is ReportOutcome.NOT_REQUIRED and not facts.supervisor:
        return Refusal(
            type="report-duty-exempted-by-supervisor-only",
            detail="强制报告义务只能凭公安回执号办结，或由主管人员说明理由后免除",
        )
    return None


class Reopen(Form):
    reason: str = ask("重新办理的理由", S2, source="设计", max_length=500)


def _common(
    name: str,
    title: str,
    form: type[Form],
    basis: str,
    *,
    by: frozenset[Role] = CASE_ROLES,
    guards: tuple[Guard, ...] = (),
    effects: tuple[SetDanger | AddParty | Assign | Move | Link | Refer | AnswerReferral, ...] = (),
    outcome: str | None = None,
    amount: str | None = None,
) -> Action:
    return Action(
        name=name,
        title=title,
        source=ANYWHERE,
        target=None,
        by=by,
        basis=basis,
        form=form,
        guards=guards,
        effects=effects,
        outcome=outcome,
        amount=amount,
    )


ACTIONS = (
    _common("note", "记事", Note, "设计"),
    _common(
        "assess_danger",
        "危险评估",
        DangerAnswers,
        "妇联规程 8 及附件",
        guards=(lowering_needs_a_supervisor,),
        effects=(SetDanger(),),
        outcome="level",
        amount="score",
    ),
    _common("add_party", "补登当事人", AddedParty, "设计", effects=(AddParty(),), outcome="role"),
    _common("assign", "指定承办", Assignment, "粤办法 20；妇联规程 11", effects=(Assign(),)),
    _common("transfer", "移交", Transfer, "粤办法 20；妇联规程 6", effects=(Move(),)),
    _common(
        REFER,
        "转介",
        Referral,
        "粤办法 20；反家暴法 13",
        guards=(she_agreed_to_this_recipient,),
        effects=REFERRING,
    ),
    _common(ACCEPT, "接收转介", Acceptance, "粤办法 20", effects=ACCEPTING),
    _common(
        DECLINE,
        "不接收转介",
        Declined,
        "粤办法 20",
        guards=(named_another_body,),
        effects=DECLINING,
        outcome="why",
    ),
    _common("link", "关联案件", LinkedCase, "设计", effects=(Link(),)),
    _common(
        MANDATORY_REPORT,
        "强制报告",
        MandatoryReport,
        "反家暴法 14；粤办法 22；未保法 11",
        guards=(exemption_needs_a_supervisor,),
        outcome="outcome",
    ),
    _common(
        INFORM,
        "个人信息告知",
        Informing,
        "个保法 17, 18, 30, 35",
        guards=(told_by_a_notice, informed_are_parties),
        outcome="informed",
    ),
    _common(
        CONSENT,
        "登记同意",
        Consent,
        "个保法 14, 23, 29, 31",
        guards=(
            never_asked_where_the_law_decides,
            asked_by_a_consent,
            consenting_are_parties,
            a_child_is_asked_through_its_guardian,
            asked_once,
        ),
        outcome="answer",
    ),
    _common(
        WITHDRAW,
        "撤回同意",
        Withdrawal,
        "个保法 15",
        guards=(there_is_a_consent,),
        outcome="matter",
    ),
)

DUTY_TO_REPORT = DeadlineRule(
    name=MANDATORY_REPORT,
    title="强制报告",
    basis="反家暴法 14；粤办法 22（及时）；未保法 11（立即）",
    owner=Role.WOMEN_FED_TOWN,
    starts_on=frozenset(),
    met_by=frozenset({MANDATORY_REPORT}),
    alert=Hours(1, source="设计：未保法 11“立即”", region="区"),
    due=Hours(24, source="设计：反家暴法 14“及时”", region="区"),
    outlives_case=True,
)
"""Started by services/duties when suspicion meets a protected person, not by an event alone."""


_AT_ANY_TIME = frozenset({MANDATORY_REPORT, INFORM, WITHDRAW, ACCEPT, DECLINE})
"""Duties and rights that the end of a case does not end."""

_HANDING_ON = frozenset({"assign", "transfer"})
_READERS = frozenset({"link", REFER})
_NOT_IN_CHARGE = frozenset({Role.GRID_WORKER, Role.HOSPITAL, Role.SCHOOL})


def _done_by(action: Action, kind: CaseKind) -> Action:
    """Who told of a case may add to it; whose case it is may hand it on."""
    if action.name in _HANDING_ON:
        return replace(action, by=kind.carried_by)
    if action.name in _READERS:
        return replace(action, by=(action.by & kind.read_by) - _NOT_IN_CHARGE)
    source = frozenset(kind.states) if action.name in _AT_ANY_TIME else action.source
    return replace(action, by=action.by & (kind.read_by | kind.opened_by), source=source)


def completed(kind: CaseKind) -> CaseKind:
    """The kind with the common actions, the duty to report and its way back from the end."""
    reopen = Action(
        name="reopen",
        title="重新办理",
        source=kind.final,
        target=kind.reopens_to,
        by=kind.read_by
        & (WOMEN_FED | {Role.POLICE, Role.COURT, Role.MEDIATOR, Role.LEGAL_AID, Role.SHELTER}),
        basis="设计",
        form=Reopen,
    )
    return replace(
        kind,
        actions=(*kind.actions, *(_done_by(a, kind) for a in ACTIONS), reopen),
        deadlines=(*kind.deadlines, DUTY_TO_REPORT, TELL_LATER, REFERRAL_REPLY),
    )
