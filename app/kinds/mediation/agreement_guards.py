"""The rules that stand against an agreement, its confirmation and the closing of the file."""

from app.clock import due, local_day, start_of_day
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.mediation.agreement_forms import Agreement, ConfirmationFiling, Dossier
from app.kinds.mediation.choices import AgreementForm, Closing, DossierItem, Material, Matter
from app.kinds.mediation.terms import JOINT_APPLICATION


@guard("调解法 29")
def in_effect(facts: Facts, form: Agreement) -> Refusal | None:
    """A written agreement takes effect with signatures and seal."""
    if form.agreement_form is AgreementForm.WRITTEN and not form.signed:
        return Refusal(
            type="agreement-not-effective",
            detail="协议书自各方签名、盖章或者按指印，调解员签名并加盖调委会印章之日起生效，请补齐后再登记；"
            "各方在场的，可以先登记，随即在屏幕上签署；"
            "当事人认为无需制作协议书的，可以登记为口头协议",
        )
    return None


_NEVER_CONFIRMED = frozenset({Matter.IDENTITY, Matter.ADOPTION, Matter.MARRIAGE})


@guard("法释5 4", Fact.ANSWERS)
def confirmable(facts: Facts, form: ConfirmationFiling) -> Refusal | None:
    """Only what the agreement settles, and no relation of identity, adoption or marriage."""
    if excluded := _NEVER_CONFIRMED.intersection(form.matters):
        names = "、".join(m.label for m in Matter if m in excluded)
        return Refusal(
            type="matter-not-confirmable",
            detail=f"法院不受理对下列事项的确认：{names}。请只就财产、费用等事项申请；"
            "解除婚姻关系的，到婚姻登记机关办理离婚登记或者起诉",
        )
    agreed = (facts.last("reach_agreement") or {})["matters"]
    if not set(form.matters) <= set(agreed):
        return Refusal(
            type="matter-not-in-agreement", detail="申请确认的事项须是调解协议中已经约定的事项"
        )
    return None


@guard("调解法 33；法释5 3", Fact.ANSWERS)
def filed_as_the_law_asks(facts: Facts, form: ConfirmationFiling) -> Refusal | None:
    """Jointly, within thirty days of effect, with the papers."""
    if not form.joint:
        return Refusal(
            type="confirmation-not-joint",
            detail="司法确认须双方共同申请；一方不愿意的，对协议有争议可以起诉（调解法 32）",
        )
    effective = facts.day("reach_agreement", "effective_on")
    if effective and form.filed_on > local_day(
        due(JOINT_APPLICATION, start_of_day(effective), facts.holidays)
    ):
        return Refusal(
            type="confirmation-too-late",
            detail="司法确认须自协议生效之日起三十日内申请，期限已过。协议仍有约束力，发生争议可以起诉",
        )
    must = {Material.APPLICATION, Material.AGREEMENT, Material.IDENTITY, Material.ADDRESSES}
    must |= {Material.AUTHORISATION} if form.by_proxy else set()
    if missing := must.difference(form.materials):
        names = "、".join(m.label for m in Material if m in missing)
        return Refusal(type="confirmation-material-missing", detail=f"申请材料尚缺：{names}")
    return None


_RESULTS = {
    "performed": {Closing.AGREED_PERFORMED},
    "breached": {Closing.AGREED_NOT_PERFORMED},
    "terminated": {
        Closing.FAILED_INFORMED,
        Closing.WITHDRAWN,
        Closing.REFUSED,
        Closing.TRANSFERRED_COURT,
    },
    "diverted": {Closing.DIVERTED_DV, Closing.REFUSED, Closing.TRANSFERRED_COURT},
}

_MUST_ITEMS = {
    "accept": (DossierItem.NOTICE, DossierItem.IDENTITY),
    "hold_session": (DossierItem.RECORD,),
    "reach_agreement": (DossierItem.AGREEMENT,),
}


@guard("调解法 27；人民调解文书格式（司法部 2010）", Fact.ANSWERS)
def dossier_complete(facts: Facts, form: Dossier) -> Refusal | None:
    """The result fits the case, and every paper that must exist is in the file."""
    if form.result not in _RESULTS[facts.state]:
        return Refusal(
            type="closing-reason-mismatch", detail="调解结果与案件现在的状态不符，请重新选择"
        )
    must = {DossierItem.APPLICATION}
    for event, items in _MUST_ITEMS.items():
        must.update(items if facts.answers.get(event) else ())
    if missing := must.difference(form.items):
        names = "、".join(i.label for i in DossierItem if i in missing)
        return Refusal(type="dossier-incomplete", detail=f"卷宗必备材料尚缺：{names}")
    return None


@guard("调解法 31；妇联规程 13；设计", Fact.ANSWERS)
def visited_before_filing(facts: Facts, form: Dossier) -> Refusal | None:
    """An agreement is followed up at least once before its file is closed."""
    agreed = facts.state in ("performed", "breached")
    if not agreed or any(v["reached"] for v in facts.answers.get("return_visit", ())):
        return None
    return Refusal(
        type="return-visit-missing", detail="达成协议的，结案归档前至少回访一次并联系上本人"
    )
