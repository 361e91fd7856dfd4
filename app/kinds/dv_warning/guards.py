"""What the law sets against a decision or an end."""

from app.kinds.dv_warning.decisions import (
    Criticism,
    Delivery,
    Finding,
    PenaltyDecision,
    WrittenWarning,
)
from app.kinds.dv_warning.monitoring import Deceased, PartyDied, TransferOut
from app.kinds.dv_warning.words import PenaltyBasis, Statement
from app.kinds.guards import Conduct, Fact, Facts, PartyFact, Refusal, guard
from app.kinds.people import MUST_ISSUE_FLAGS, PartyRole, Relation

_OUTSIDE_THE_FAMILY = frozenset(
    {Relation.FORMER_SPOUSE, Relation.PARTNER, Relation.FORMER_PARTNER, Relation.OTHER}
)


@guard("反家暴法 16；34号 9", Fact.PARTIES)
def parties_are_known(facts: Facts, form: Finding) -> Refusal | None:
    """A decision names both people and how they are related."""
    perpetrators = facts.of(PartyRole.PERPETRATOR)
    missing = [] if facts.of(PartyRole.VICTIM) else ["受害人"]
    missing += [] if perpetrators else ["加害人"]
    if missing:
        return Refusal(
            type="parties-incomplete",
            detail=f"作出决定前须登记{'、'.join(missing)}，请先补登当事人",
        )
    if None in _relations(facts, form):
        return Refusal(
            type="relation-missing", detail="告诫书等须写明双方关系，请填写“加害人与受害人的关系”"
        )
    return None


@guard("反家暴法 37；34号 24；粤办法 50", Fact.PARTIES)
def they_live_as_a_family(facts: Facts, form: Finding) -> Refusal | None:
    """A warning is for families and for those who live together, whatever they are called."""
    if form.live_together or _OUTSIDE_THE_FAMILY.isdisjoint(_relations(facts, form)):
        return None
    return Refusal(
        type="not-family",
        detail="双方不是家庭成员，也未注明共同生活，不适用家庭暴力告诫；"
        "可依治安管理处罚法处理，并告知受害人可依妇女权益保障法第二十九条申请人身安全保护令",
    )


@guard("34号 3, 4")
def evidence_suffices(_facts: Facts, form: Finding) -> Refusal | None:
    """Admitted: his statement and another's. Denied: another's statement and one corroboration."""
    told = set(form.statements)
    lacking = [] if told & {Statement.VICTIM, Statement.WITNESS} else ["受害人陈述或者证人证言"]
    if form.perpetrator_admits:
        lacking += [] if Statement.PERPETRATOR in told else ["加害人陈述"]
    else:
        lacking += [] if form.corroboration else ["另外一种辅证"]
    if not lacking:
        return None
    return Refusal(type="evidence-not-met", detail=f"证据条件不满足，还需要：{'、'.join(lacking)}")


@guard("粤办法 25, 26；34号 6", Fact.ANSWERS, Fact.PARTIES, Fact.CONDUCT)
def criticism_is_not_enough(facts: Facts, form: Criticism) -> Refusal | None:
    """With any circumstance of either list the police issue a warning, or more."""
    known = list(form.triggers)
    known += ["受害人属于特殊保护群体（含目睹暴力的未成年人）"] if _special_victim(facts) else []
    before = _conduct(facts)
    known += ["加害人曾被批评教育或者告诫"] if before.criticised or before.warned else []
    if not known:
        return None
    return Refusal(
        type="must-issue-warning",
        detail=f"不得仅作批评教育，应当出具告诫书：{'；'.join(dict.fromkeys(known))}",
    )


@guard("34号 20；反家暴法 33", Fact.ANSWERS, Fact.CONDUCT)
def criticism_is_no_substitute(facts: Facts, form: Criticism) -> Refusal | None:
    if form.liability or _conduct(facts).punished:
        return Refusal(
            type="no-substitute",
            detail="具有应当追究法律责任的情形，不得以批评教育代替处罚，请办理治安处罚或者刑事立案",
        )
    return None


@guard("34号 20；粤办法 25(三)", Fact.ANSWERS, Fact.CONDUCT)
def warning_is_no_substitute(facts: Facts, form: WrittenWarning) -> Refusal | None:
    """After a warning or a punishment the next step is liability, else reasons in writing."""
    before = _conduct(facts)
    again = facts.state == "recurred" or before.warned or before.punished
    if (again or form.liability) and not form.justification:
        return Refusal(
            type="no-substitute",
            detail="加害人曾被告诫或者处罚，或者具有应当追究法律责任的情形，不得以告诫代替处罚；"
            "请办理治安处罚或者刑事立案，不构成违法犯罪的须写明仍以告诫处理的理由",
        )
    return None


@guard("反家暴法 16；34号 9")
def contents_are_complete(_facts: Facts, form: WrittenWarning) -> Refusal | None:
    if form.consequences_stated:
        return None
    return Refusal(
        type="warning-incomplete",
        detail="告诫书须写明禁止实施家庭暴力以及再次实施的法律后果",
    )


@guard("粤办法 27；34号 10")
def read_to_his_face(_facts: Facts, form: Delivery) -> Refusal | None:
    if form.read_aloud:
        return None
    return Refusal(
        type="not-read-aloud", detail="送交告诫书应当向加害人当面宣读，请宣读后再登记送交"
    )


@guard("治安法 73(2)", Fact.ANSWERS, Fact.CONDUCT)
def defiance_follows_a_warning(facts: Facts, form: PenaltyDecision) -> Refusal | None:
    if form.ground is not PenaltyBasis.DEFIES_WARNING or _conduct(facts).warned:
        return None
    return Refusal(
        type="never-warned",
        detail="未见加害人曾被出具告诫书，不能以拒不执行告诫书处罚，请核对处罚依据",
    )


@guard("粤办法 20")
def received_elsewhere(_facts: Facts, form: TransferOut) -> Refusal | None:
    """首接责任: who was told first follows the case until somebody else has it."""
    if form.received:
        return None
    return Refusal(
        type="transfer-not-received",
        detail="对方签收前由本单位继续跟进，不得推诿；签收后再办理移送",
    )


@guard("反家暴法 33；设计")
def death_is_cleared(_facts: Facts, form: PartyDied) -> Refusal | None:
    if form.who is Deceased.PERPETRATOR or form.violence_ruled_out:
        return None
    return Refusal(
        type="death-not-cleared", detail="受害人死亡且未排除家庭暴力的，不得结案，应当依法立案侦查"
    )


def _relations(facts: Facts, form: Finding) -> set[Relation | None]:
    """What is registered, and for whom nothing is, what the finding states."""
    return {p.relation or form.relation for p in facts.of(PartyRole.PERPETRATOR)}


def _special_victim(facts: Facts) -> bool:
    """Whether a victim is specially protected; a child who was there is a victim (粤办法 50)."""
    report = facts.last("opened") or {}
    victims = facts.of(PartyRole.VICTIM)
    young = any(child.age is None or child.age < 18 for child in facts.of(PartyRole.CHILD))
    return bool(report.get("children_present") or young or any(map(_protected, victims)))


def _protected(person: PartyFact) -> bool:
    by_age = person.age is not None and (person.age < 18 or person.age >= 60)
    return by_age or not MUST_ISSUE_FLAGS.isdisjoint(person.flags)


def _conduct(facts: Facts) -> Conduct:
    """What was decided about the perpetrator in earlier cases and before now in this one."""

    def here(event: str) -> int:
        return len(facts.answers.get(event, ()))

    return Conduct(
        criticised=facts.conduct.criticised + here("criticise"),
        warned=facts.conduct.warned + here("issue_warning") - here("revoke_warning"),
        punished=facts.conduct.punished + here("record_penalty") + here("open_criminal"),
    )
