"""What the law sets against applying and against ruling."""

from app.clock import local_day
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.people import PartyRole, Relation
from app.kinds.protection_order.application import (
    BY_HER_WILL,
    Application,
    Draft,
    ProxyGround,
    Withdrawal,
)
from app.kinds.protection_order.closing import ChangeRequest
from app.kinds.protection_order.codes import Disposal, FiledBy
from app.kinds.protection_order.history import answers_to, moment_of, pending
from app.kinds.protection_order.rulings import (
    Change,
    ChangedOrder,
    Decision,
    FurtherMeasures,
    RulingGround,
    decision_holds_until,
    six_months,
    terms_hold_until,
)

_LIST_23 = frozenset(
    {
        FiledBy.NEAR_RELATIVE,
        FiledBy.POLICE,
        FiledBy.WOMEN_FED,
        FiledBy.VILLAGE_COMMITTEE,
        FiledBy.RELIEF_STATION,
    }
)

_NEAR_RELATIVES = frozenset(
    {
        Relation.SPOUSE,
        Relation.PARENT,
        Relation.CHILD,
        Relation.SIBLING,
        Relation.GRANDPARENT,
        Relation.GRANDCHILD,
        Relation.GUARDIAN,
    }
)


@guard("反家暴法 5；10号 3；妇联规程 13")
def her_own_wish(
    facts: Facts, form: Draft | Withdrawal | Decision | ChangeRequest
) -> Refusal | None:
    """To apply or to give up is hers to decide, asked where the other side is not present."""
    if form.own_wish is False:
        return Refusal(
            type="wish-not-confirmed-alone",
            detail="应尊重受害人真实意愿：请在对方不在场的安全环境下单独核实后再办理",
        )
    return None


@guard("反家暴法 27", Fact.ANSWERS, Fact.PARTIES)
def application_complete(facts: Facts, form: Application) -> Refusal | None:
    """An order needs a respondent, a request, and violence or the danger of it."""
    earlier = list(answers_to(facts, "opened", "draft"))
    named = form.respondent and (form.respondent.name or form.respondent.person_id)
    if not named and not facts.of(PartyRole.RESPONDENT):
        return Refusal(type="respondent-missing", detail="申请须有明确的被申请人，请先登记被申请人")
    if not form.requests and not any(a.get("requests") for a in earlier):
        return Refusal(type="request-missing", detail="申请须有具体的请求，请选择申请的措施")
    if not form.facts and not any(a.get("facts") for a in earlier):
        return Refusal(
            type="facts-missing", detail="请写明遭受家庭暴力或者面临家庭暴力现实危险的情形"
        )
    return None


@guard("反家暴法 23；法释17 2；粤办法 31", Fact.PARTIES)
def proxy_allowed(facts: Facts, form: Application) -> Refusal | None:
    """Others apply only for the law's reasons, and for each reason only the law's bodies."""
    ground = form.proxy_ground
    if ground is None:
        return None
    if ground not in BY_HER_WILL and form.filed_by not in _LIST_23:
        return Refusal(
            type="proxy-not-allowed",
            detail="无、限制民事行为能力或者受强制、威吓的，只能由近亲属、公安机关、妇联、村（居）委会、"
            "救助管理机构代为申请",
        )
    if ground in BY_HER_WILL and not form.her_will:
        return Refusal(
            type="proxy-against-her-will",
            detail="因年老、残疾、重病代为申请的，须根据当事人意愿，请先征得其同意或委托",
        )
    old_enough = [p.age is None or p.age >= 60 for p in facts.of(PartyRole.APPLICANT)]
    if ground is ProxyGround.ELDERLY and not all(old_enough):
        return Refusal(
            type="proxy-ground-not-met", detail="申请人未满六十周岁，不能以年老为由代为申请"
        )
    return None


@guard("反家暴法 23；民法典 1045", Fact.PARTIES)
def proxy_is_not_the_respondent(facts: Facts, form: Application) -> Refusal | None:
    """A near relative speaks for her, never the violent one, picked or typed in anew."""
    if form.proxy is None:
        return None
    proxy = facts.of(PartyRole.PROXY)[-1]
    if any(proxy.could_be(respondent) for respondent in facts.of(PartyRole.RESPONDENT)):
        return Refusal(
            type="proxy-is-respondent",
            detail="被申请人不能代为申请，请由其他近亲属或者公安机关、妇联、村（居）委会等代为申请；"
            "代为申请人确非被申请人的，请补全双方身份证号",
        )
    if proxy.relation not in _NEAR_RELATIVES:
        return Refusal(
            type="proxy-not-near-relative",
            detail="请填写代为申请人与申请人的关系；近亲属为配偶、父母、子女、兄弟姐妹、（外）祖父母、"
            "（外）孙子女，或者其监护人，其他人不能以近亲属身份代为申请",
        )
    return None


@guard("反家暴法 28", Fact.ANSWERS)
def ruled_after_acceptance(facts: Facts, form: Decision) -> Refusal | None:
    """What is decided was accepted before."""
    accepted = facts.last("register")
    if accepted and form.made_at < moment_of(accepted, "registered_at"):
        return Refusal(type="ruling-before-acceptance", detail="裁定时间早于受理时间，请核对")
    return None


@guard("反家暴法 31", Fact.ANSWERS)
def overturned_only_when_asked(facts: Facts, form: Decision) -> Refusal | None:
    """A dismissal turns into an order on reconsideration only; one upheld is no new decision."""
    if facts.state != "dismissed":
        return None
    if form.result is not Disposal.GRANTED:
        return Refusal(
            type="dismissal-already-decided", detail="申请已驳回；复议维持的，请办理“维持原裁定”"
        )
    if not pending(facts, RulingGround.RECONSIDERATION):
        return Refusal(type="nothing-requested", detail="尚未登记复议申请，请先登记")
    return None


@guard("反家暴法 30")
def order_within_six_months(facts: Facts, form: Decision) -> Refusal | None:
    """No order holds longer than six months from the day it is made."""
    if decision_holds_until(form) > six_months(form.made_at):
        return _too_long()
    return None


@guard("反家暴法 30")
def terms_within_six_months(facts: Facts, form: ChangedOrder | FurtherMeasures) -> Refusal | None:
    """Nor does a changed one; and extending means longer, more measures not shorter."""
    until = terms_hold_until(form)
    if until > six_months(form.made_at):
        return _too_long()
    if form.valid_to < local_day(form.made_at):
        return Refusal(type="validity-already-over", detail="有效期早于裁定作出之日，请核对")
    before = facts.valid_until
    if before is None:
        return None
    if isinstance(form, FurtherMeasures) and until < before:
        return Refusal(
            type="batch-shortens-order",
            detail="分批作出的措施不得使保护令提前失效；需缩短期限的，请办理变更",
        )
    if isinstance(form, ChangedOrder) and form.result is Change.EXTENDED and until <= before:
        return Refusal(type="extension-not-longer", detail="延长后的有效期应晚于原有效期")
    return None


def _too_long() -> Refusal:
    return Refusal(
        type="validity-over-six-months", detail="人身安全保护令的有效期自作出之日起不超过六个月"
    )
