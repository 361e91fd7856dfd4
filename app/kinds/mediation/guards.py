"""The rules that stand against a step of mediation."""

from datetime import date

from app.clock import due, end_of_day, start_of_day
from app.kinds.forms import Form
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.instruments import Danger
from app.kinds.mediation.agreement_forms import Agreement
from app.kinds.mediation.choices import (
    DivertReason,
    EarlyEnd,
    Instead,
    Side,
)
from app.kinds.mediation.ending_forms import Diversion, EarlyClosing, Extension
from app.kinds.mediation.forms import Acceptance, Application, Screening, Session
from app.kinds.mediation.terms import CONCLUSION


@guard("调解法 3(一), 23(四)")
def freely_given(facts: Facts, form: Application | Agreement) -> Refusal | None:
    """Nobody is mediated into anything."""
    if form.voluntary:
        return None
    return Refusal(
        type="not-voluntary",
        detail="申请和协议都须出于当事人自愿。当事人不愿意的，不得调解，可以办理“不予调解”或者“终止调解”",
    )


@guard("设计；妇联规程 13", Fact.PARTIES)
def screened_apart(facts: Facts, form: Screening) -> Refusal | None:
    """A screening beside the other party finds nothing and endangers."""
    if not form.alone:
        return Refusal(
            type="screening-not-separate",
            detail="安全筛查须与双方分别、单独进行，请另约时间和地点，对方及其亲属不得在场",
        )
    if all(p.role.value != form.party.value for p in facts.parties):
        return Refusal(
            type="party-unknown",
            detail=f"{form.party.label}尚未登记，请先用“补登当事人”登记，再进行筛查",
        )
    return None


def _dangerous(facts: Facts) -> bool:
    told = any(s.get("unsafe_signs") for s in facts.answers.get("screen_party", ()))
    return told or facts.danger is Danger.HIGH


@guard("妇联规程 11；粤办法 17；调解法 3(一)", Fact.ANSWERS, Fact.DANGER)
def not_too_dangerous(facts: Facts, form: Form) -> Refusal | None:
    """High danger, by the scale or by what a party told: no reconciling, no mediation.

    The words name neither a level nor who said what: they may be read beside a party.
    """
    if not _dangerous(facts):
        return None
    return Refusal(
        type="mediation-too-dangerous",
        detail="本案不适合调解，不得劝和。请改办“转办”：向公安机关报告，"
        "告知并协助申请人身安全保护令、临时庇护，或者依法起诉。分别转告各方，不说明原因",
    )


@guard("粤办法 17；妇联规程 11", Fact.ANSWERS, Fact.DANGER)
def danger_not_left_alone(facts: Facts, form: Form) -> Refusal | None:
    """Danger does not end with the mediation: the case goes to those who can protect.

    A case registered twice may be closed: its twin carries the duty.
    """
    twin = isinstance(form, EarlyClosing) and form.reason is EarlyEnd.DUPLICATED
    if twin or not _dangerous(facts):
        return None
    return Refusal(
        type="danger-needs-diversion",
        detail="本案不能直接结束，请办理“转办”：向公安机关报告，并告知当事人可以得到的保护和帮助",
    )


@guard("设计；粤办法 17；妇联规程 11", Fact.ANSWERS)
def screened_both(facts: Facts, form: Acceptance) -> Refusal | None:
    """Each party was asked, apart, before acceptance."""
    asked = {s["party"] for s in facts.answers.get("screen_party", ())}
    if missing := [side.label for side in Side if side.value not in asked]:
        return Refusal(
            type="screening-incomplete",
            detail=f"受理前须分别筛查双方，尚未筛查：{'、'.join(missing)}",
        )
    return None


@guard("妇联规程 8；粤办法 17", Fact.ANSWERS)
def danger_assessed(facts: Facts, form: Form) -> Refusal | None:
    """Where violence showed, its danger is assessed before mediation goes on."""
    talks = (*facts.answers.get("screen_party", ()), *facts.answers.get("hold_session", ()))
    if facts.case_danger is not None or not any(t["dv_found"] for t in talks):
        return None
    return Refusal(type="danger-not-assessed", detail="请先完成“危险评估”，再继续办理")


@guard("调解法 17, 23(二)", Fact.ANSWERS)
def both_willing(facts: Facts, form: Acceptance) -> Refusal | None:
    """What each party said last counts."""
    last = {s["party"]: s["willing"] for s in facts.answers.get("screen_party", ())}
    if all(last.values()):
        return None
    return Refusal(
        type="party-unwilling",
        detail="当事人一方明确拒绝调解的，不得调解。请办理“不予调解”，并告知其他途径",
    )


@guard("调解法 23, 24；人民调解文书格式（司法部 2010）")
def rights_told(facts: Facts, form: Acceptance) -> Refusal | None:
    """The notice of rights and duties is a must of the file."""
    if form.rights_notice_given:
        return None
    return Refusal(
        type="rights-notice-missing",
        detail="受理前须向双方分别送达权利义务告知书（可以拒绝、要求终止、要求公开或者不公开）",
    )


@guard("调解法 20")
def invited_with_consent(facts: Facts, form: Session) -> Refusal | None:
    """Relatives and neighbours hear a family's matters only if the parties agree."""
    if form.invited_agreed is not False:
        return None
    return Refusal(
        type="invited-without-consent",
        detail="邀请亲属、邻里等参与调解，须征得当事人同意；不同意的，不得邀请",
    )


@guard("特邀调解 27；司法部令75 33", Fact.ANSWERS)
def extended_in_time(facts: Facts, form: Extension) -> Refusal | None:
    """Both parties agree, before the running term ends, to a later day."""
    if not form.both_agree:
        return Refusal(
            type="extension-not-agreed",
            detail="延长调解期限须双方当事人同意；不同意的，应当终止调解",
        )
    if until := facts.day("extend_time", "until"):
        ends = end_of_day(until)
    else:
        accepted = facts.last("accept") or {}
        term = CONCLUSION[accepted["court_procedure"]]
        begun = start_of_day(date.fromisoformat(accepted["accepted_on"]))
        ends = due(term, begun, facts.holidays)
    if facts.at > ends:
        return Refusal(
            type="extension-too-late", detail="调解期限已经届满，不能再延长，请办理调解不成或者终止"
        )
    if end_of_day(form.until) <= ends:
        return Refusal(type="extension-not-later", detail="延长后的日期须晚于现在的期限")
    return None


@guard("粤办法 17；妇联规程 11", Fact.ANSWERS, Fact.DANGER)
def danger_reported(facts: Facts, form: Diversion) -> Refusal | None:
    """Where violence threatens, the police are told before anything else."""
    threatens = form.reason is DivertReason.DANGER or _dangerous(facts)
    if threatens and Instead.POLICE not in form.instead:
        return Refusal(
            type="danger-not-reported",
            detail="存在家庭暴力危险、不适合调解的，应当及时向公安机关报告。请先报告，再登记转办",
        )
    return None
