"""The rules that stand against leaving the shelter and against closing the case."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.clock import local_day
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.people import PartyRole
from app.kinds.shelter_placement.guards import in_care
from app.kinds.shelter_placement.leaving import (
    FollowUpResult,
    HandOver,
    LeaveApplication,
    LeaveReason,
    Leaving,
)

STAY_DAYS = 10
"""Days an adult's shelter generally does not exceed (189号 三(一))."""

FOLLOW_UPS = 2
"""Rounds after leaving, at 7 and 30 days; as many in vain, and one more, end the attempt (设计)."""

_OWN_CHOICE = frozenset(
    {
        LeaveReason.RETURNED_HOME,
        LeaveReason.RETURNED_AFTER_ORDER,
        LeaveReason.INDEPENDENT_HOUSING,
        LeaveReason.TIME_LIMIT,
    }
)
_PREPARED = _OWN_CHOICE - {LeaveReason.TIME_LIMIT} | {
    LeaveReason.MOVED_TO_RELATIVES,
    LeaveReason.HANDED_TO_GUARDIAN,
}
_IN_OTHER_HANDS = frozenset(
    {
        LeaveReason.TO_WELFARE_INSTITUTION,
        LeaveReason.TO_OTHER_SHELTER,
        LeaveReason.DEATH,
    }
)


def _day(answers: Mapping[str, Any], name: str) -> date:
    return local_day(datetime.fromisoformat(answers[name]))


@guard("189号 三(三)", Fact.ANSWERS, Fact.PARTIES)
def adult_applies(facts: Facts, form: LeaveApplication) -> Refusal | None:
    if in_care(facts):
        return Refusal(
            type="leave-by-hand-over",
            detail="未成年人或无、限制民事行为能力的受害人离站，由其他监护人、近亲属接领，请办理接领交接",
        )
    return None


@guard("189号 三(三)", Fact.ANSWERS, Fact.PARTIES)
def only_those_in_care_are_handed_over(facts: Facts, form: HandOver) -> Refusal | None:
    if not in_care(facts):
        return Refusal(
            type="adult-not-handed-over", detail="成年受害人离站由本人提出书面申请，不办理接领"
        )
    return None


@guard("189号 三(三)(四)；反家暴法 21", Fact.PARTIES)
def receiver_is_not_the_perpetrator(facts: Facts, form: HandOver) -> Refusal | None:
    receiver = facts.of(PartyRole.GUARDIAN)[-1]
    perpetrators = facts.of(PartyRole.PERPETRATOR)
    if not form.not_perpetrator or any(receiver.could_be(p) for p in perpetrators):
        return Refusal(
            type="minor-to-perpetrator",
            detail="不得将未成年人交给实施家庭暴力的监护人；请联系其他监护人、近亲属或继续庇护。"
            "接领人确非加害人的，请补全双方身份证号",
        )
    if not perpetrators:
        return Refusal(
            type="perpetrator-not-entered",
            detail="尚未登记加害人，无法核对接领人身份；请先用“补登当事人”登记加害人",
        )
    if receiver.relation is None:
        return Refusal(
            type="receiver-relation-missing", detail="请填写接领人与案件主体的关系，以核对其身份"
        )
    if receiver.sex is None or receiver.age is None:
        return Refusal(
            type="receiver-identity-missing",
            detail="接领人身份须经确认，请按其证件填写身份证号，或者性别和出生日期",
        )
    return None


@guard("189号 三(三)", Fact.ANSWERS, Fact.PARTIES)
def leaving_is_prepared(facts: Facts, form: Leaving) -> Refusal | None:
    if in_care(facts) and form.reason in _OWN_CHOICE:
        return Refusal(
            type="leave-by-hand-over",
            detail="未成年人或无、限制民事行为能力的受害人不自行离站，请办理接领交接或转送",
        )
    if not in_care(facts) and form.reason is LeaveReason.HANDED_TO_GUARDIAN:
        return Refusal(
            type="adult-not-handed-over", detail="成年受害人离站由本人提出书面申请，不办理接领"
        )
    if form.reason in _PREPARED and facts.state != "leaving":
        return Refusal(
            type="leave-not-prepared",
            detail="成年受害人自愿离站应先提出书面申请；未成年人离站应先办理身份确认和书面交接",
        )
    return None


@guard("189号 三(一)", Fact.ANSWERS)
def time_limit_is_reached(facts: Facts, form: Leaving) -> Refusal | None:
    if form.reason is not LeaveReason.TIME_LIMIT:
        return None
    until = _day(facts.answers["admit"][-1], "arrived_at") + timedelta(days=STAY_DAYS)
    if facts.valid_until:
        until = max(until, local_day(facts.valid_until))
    if local_day(form.left_at) < until:
        return Refusal(type="time-limit-not-reached", detail="庇护期限未满，不能以期满为由离站")
    return None


@guard("设计；妇联规程 13", Fact.ANSWERS)
def followed_up_before_closing(facts: Facts, form: Any) -> Refusal | None:
    left = facts.answers["leave"][-1]
    if left["reason"] in _IN_OTHER_HANDS:
        return None
    since = _day(left, "left_at")
    rounds = [
        f["result"]
        for f in facts.answers.get("follow_up", ())
        if date.fromisoformat(f["met_on"]) >= since
    ]
    in_vain = rounds.count(FollowUpResult.NOT_REACHED)
    if len(rounds) - in_vain < FOLLOW_UPS and in_vain <= FOLLOW_UPS:
        return Refusal(
            type="follow-up-missing",
            detail="离站后7日、30日回访完成后方可结案；确实无法联系的，至少尝试三次",
        )
    return None
