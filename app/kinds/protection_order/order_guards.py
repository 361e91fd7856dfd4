"""What the law sets against the steps of an order that was made or refused."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.clock import Days, due, local_day, start_of_day
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.protection_order.closing import (
    ChangeRequest,
    CloseReason,
    Closing,
    Party,
    ReconsiderationRequest,
    ReturnedForm,
)
from app.kinds.protection_order.codes import Disposal
from app.kinds.protection_order.enforcement import (
    MUST_SERVE,
    Breach,
    CourtResponse,
    CourtResult,
    PoliceCheck,
    PoliceResponse,
    Progress,
    Recipient,
    Service,
)
from app.kinds.protection_order.history import ORDER, answers_to, last_ruling, moment_of, pending
from app.kinds.protection_order.rulings import ChangedOrder, Kept, Revocation, RulingGround

RECONSIDERATION = Days(5, source="反家暴法 31")


@guard("反家暴法 32；10号 14", Fact.ANSWERS)
def service_stated_truly(facts: Facts, form: Service) -> Refusal | None:
    """Complete is the service of the last ruling once everybody who must have it has it."""
    made = last_ruling(facts)
    if made is None or form.served_at < made:
        return Refusal(type="served-before-made", detail="送达时间早于裁定作出时间，请核对")
    reached = set(form.recipients).union(
        *(a["recipients"] for a in _served(facts) if moment_of(a, "served_at") >= made)
    )
    must = {Recipient.APPLICANT} if facts.state == "dismissed" else set(MUST_SERVE)
    missing = "、".join(r.label for r in MUST_SERVE if r in must - reached)
    if missing and form.progress is Progress.COMPLETE:
        return Refusal(type="service-not-complete", detail=f"尚未送达：{missing}")
    if not missing and form.progress is Progress.PARTIAL:
        return Refusal(
            type="service-already-complete",
            detail="应送达对象均已送达，送达进度请选“应送达对象均已送达”",
        )
    return None


def _served(facts: Facts) -> Iterator[Mapping[str, Any]]:
    return answers_to(facts, "serve", "serve_more", "serve_ruling")


@guard("粤办法 33", Fact.ANSWERS)
def police_served(facts: Facts, form: PoliceCheck) -> Refusal | None:
    """The police check once they have received the order."""
    received = [
        moment_of(a, "served_at")
        for a in _served(facts)
        if Recipient.POLICE_STATION in a["recipients"]
    ]
    if not received:
        return Refusal(type="police-not-served", detail="保护令尚未送达公安派出所，请先登记送达")
    if form.checked_at < min(received):
        return Refusal(type="checked-before-received", detail="核实时间早于公安收到保护令的时间")
    return None


@guard("10号 17、18；反家暴法 30、34", Fact.ANSWERS)
def breached_while_valid(facts: Facts, form: Breach) -> Refusal | None:
    """Only an order that holds can be breached."""
    made = min(
        (
            moment_of(a, "made_at")
            for a in answers_to(facts, "decide")
            if a["result"] == Disposal.GRANTED
        ),
        default=form.occurred_at,
    )
    if form.occurred_at < made or (facts.valid_until and form.occurred_at > facts.valid_until):
        return Refusal(
            type="order-not-valid-then",
            detail="违反时间不在保护令有效期内；发生新的暴力的，请另行报警并登记",
        )
    return None


@guard("反家暴法 34；粤办法 33", Fact.ANSWERS)
def breach_recorded(facts: Facts, form: PoliceResponse | CourtResponse) -> Refusal | None:
    """There is a breach to answer."""
    if facts.last("report_breach") is None:
        return Refusal(type="no-breach-recorded", detail="尚未登记违反保护令的情况，请先登记")
    return None


@guard("反家暴法 30")
def before_expiry(facts: Facts, form: ChangeRequest) -> Refusal | None:
    """Orders are revoked, varied and extended while they hold."""
    if facts.valid_until is not None and form.applied_at > facts.valid_until:
        return Refusal(
            type="order-expired",
            detail="保护令已失效，不能再申请撤销、变更、延长；仍有危险的，请重新申请保护令",
        )
    return None


@guard("反家暴法 31", Fact.ANSWERS)
def reconsidered_once_in_time(facts: Facts, form: ReconsiderationRequest) -> Refusal | None:
    """The applicant against a dismissal, the respondent against an order: once, in five days."""
    entitled = Party.APPLICANT if facts.state == "dismissed" else Party.RESPONDENT
    if form.by_party is not entitled:
        return Refusal(
            type="not-entitled-to-reconsideration",
            detail="申请人可对驳回申请申请复议，被申请人可对保护令申请复议",
        )
    made = last_ruling(facts)
    if made and form.effective_on < local_day(made):
        return Refusal(type="effective-before-made", detail="裁定生效之日早于裁定作出之日，请核对")
    if any(
        a["by_party"] == form.by_party and (made is None or moment_of(a, "applied_at") >= made)
        for a in answers_to(facts, "request_reconsideration")
    ):
        return Refusal(type="reconsideration-only-once", detail="对同一裁定只能申请复议一次")
    if form.applied_at > due(RECONSIDERATION, start_of_day(form.effective_on), facts.holidays):
        return Refusal(
            type="reconsideration-too-late", detail="复议应自裁定生效之日起五日内申请，现已超过期限"
        )
    return None


@guard("反家暴法 30、31", Fact.ANSWERS)
def requested(facts: Facts, form: ChangedOrder | Revocation | Kept) -> Refusal | None:
    """The court changes an order only when asked (the Law knows no change ex officio)."""
    if not pending(facts, form.ground):
        return Refusal(
            type="nothing-requested", detail="尚未登记相应的变更申请或复议申请，请先登记"
        )
    return None


@guard("10号 18")
def order_over(facts: Facts, form: ReturnedForm) -> Refusal | None:
    """The follow-up form goes back when the time is over."""
    if facts.state != "revoked" and not _expired(facts):
        return Refusal(
            type="order-still-in-force", detail="保护令仍在有效期内，期满后再由当事人签字反馈"
        )
    return None


def _expired(facts: Facts) -> bool:
    return facts.valid_until is not None and facts.valid_until <= facts.at


def _breached(facts: Facts) -> bool:
    responses = answers_to(facts, "court_response")
    denied = [a for a in responses if a["result"] == CourtResult.NOT_FOUND]
    return len(list(answers_to(facts, "report_breach"))) > len(denied)


@guard("反家暴法 30、31；10号 18", Fact.ANSWERS)
def reason_holds(facts: Facts, form: Closing) -> Refusal | None:
    """Each reason to close belongs to its state, and an order that ran out to its date."""
    reason = form.reason
    state = {
        CloseReason.DISMISSED: frozenset({"dismissed"}),
        CloseReason.REVOKED_ON_APPLICATION: frozenset({"revoked"}),
        CloseReason.REVOKED_ON_RECONSIDERATION: frozenset({"revoked"}),
    }.get(reason, ORDER)
    if facts.state not in state:
        return _not_so()
    match reason:
        case CloseReason.EXPIRED_NO_BREACH | CloseReason.EXPIRED_WITH_BREACH:
            if not _expired(facts):
                return Refusal(
                    type="order-still-in-force", detail="保护令仍在有效期内，期满后方可办结"
                )
            if _breached(facts) != (reason is CloseReason.EXPIRED_WITH_BREACH):
                return Refusal(
                    type="breach-record-differs", detail="办结原因与违反保护令的登记不一致，请核对"
                )
        case CloseReason.REVOKED_ON_APPLICATION | CloseReason.REVOKED_ON_RECONSIDERATION:
            ground = (facts.last("revoke_order") or {}).get("ground")
            if not reason.value.endswith(str(ground)):
                return _not_so()
        case CloseReason.DISMISSED:
            return _reconsideration_open(facts, form)
        case _:
            return None
    if facts.last("return_form") is None:
        return Refusal(
            type="follow-up-form-not-returned", detail="请先将当事人签字的回访单反馈人民法院"
        )
    return None


def _not_so() -> Refusal:
    return Refusal(type="reason-does-not-fit", detail="办结原因与案件现状不符，请核对")


def _reconsideration_open(facts: Facts, form: Closing) -> Refusal | None:
    made = last_ruling(facts)
    if pending(facts, RulingGround.RECONSIDERATION):
        return Refusal(type="reconsideration-pending", detail="复议尚未作出结果，暂不能办结")
    decided = any(
        a["ground"] == RulingGround.RECONSIDERATION for a in answers_to(facts, "keep_ruling")
    )
    if form.waived or decided or made is None:
        return None
    if facts.at <= due(RECONSIDERATION, made, facts.holidays):
        return Refusal(
            type="reconsideration-still-open",
            detail="申请人仍可在五日内申请复议；本人明确不申请的，请注明后办结",
        )
    return None
