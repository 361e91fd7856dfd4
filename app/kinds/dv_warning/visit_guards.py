"""What the law sets against a visit, and against ending the visits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.kinds.dv_warning.monitoring import NoRecurrence, Visit, Visitor, VisitOutcome
from app.kinds.guards import Fact, Facts, Refusal, guard

_SIGHTINGS = {
    "record_visit": "visited_at",
    "record_extra_visit": "visited_at",
    "report_recurrence": "discovered_at",
}
_CLEAN_VISITS = 3
_ROUND = timedelta(days=60)
"""Visits are three-monthly (34号 12). Less than this apart they are further looks at the family,
welcome, but not rounds: four in a month would otherwise end the supervision."""


@guard("34号 12", Fact.ANSWERS)
def first_visit_by_police(facts: Facts, form: Visit) -> Refusal | None:
    """The first visit is the police station's own; others may come with it."""
    reached = form.outcome is not VisitOutcome.NOT_REACHED
    if not reached or Visitor.POLICE in form.visitors or _rounds(facts):
        return None
    return Refusal(
        type="first-visit-by-police",
        detail="首次查访应当由公安派出所进行，村（居）委会可以会同；单独走访请记为“加访”",
    )


@guard("34号 12；设计", Fact.ANSWERS)
def rounds_lie_apart(facts: Facts, form: Visit) -> Refusal | None:
    """A round is what comes three months on; an earlier look is recorded as an extra visit."""
    rounds = _rounds(facts)
    if not rounds or form.outcome is VisitOutcome.NOT_REACHED:
        return None
    if form.visited_at - _moment(rounds[-1], "visited_at") >= _ROUND:
        return None
    return Refusal(
        type="visit-too-soon",
        detail="定期查访每三个月一次，距上次查访不足六十日的走访请记为“加访”",
    )


@guard("34号 12；设计", Fact.ANSWERS)
def three_clean_visits(facts: Facts, _form: NoRecurrence) -> Refusal | None:
    """Three in a row after the first one, which is not counted among them."""
    counted = [visit["outcome"] for visit in _rounds(facts)[1:]][-_CLEAN_VISITS:]
    clean = sum(outcome == VisitOutcome.NONE for outcome in counted)
    if clean == _CLEAN_VISITS:
        return None
    return Refusal(
        type="not-three-clean-visits",
        detail="首次查访之后须连续三次定期查访未发现再次实施家庭暴力，才能结束查访",
    )


@guard("34号 12；粤办法 28", Fact.ANSWERS)
def sightings_are_settled(facts: Facts, _form: NoRecurrence) -> Refusal | None:
    """What was told of violence since the delivery is looked into before the visits end."""
    delivered = _moment(facts.answers["deliver_warning"][-1], "delivered_at")
    told = [
        _moment(answers, name)
        for event, name in _SIGHTINGS.items()
        for answers in facts.answers.get(event, ())
        if answers["outcome"] in (VisitOutcome.SUSPECTED, VisitOutcome.CONFIRMED)
    ]
    dismissed = facts.answers.get("dismiss_recurrence", ())
    since = max([delivered, *(_moment(answers, "settled_at") for answers in dismissed)])
    if not any(moment > since for moment in told):
        return None
    return Refusal(
        type="recurrence-not-settled",
        detail="有再次施暴的反映尚未核实，不得结束查访；请先认定或者办理“不能认定再次施暴”",
    )


def _rounds(facts: Facts) -> list[Mapping[str, Any]]:
    """The completed visits since the last delivery, in the order they were made."""
    delivery = facts.last("deliver_warning")
    visits = [
        visit
        for visit in facts.answers.get("record_visit", ())
        if visit["outcome"] != VisitOutcome.NOT_REACHED
        and delivery
        and _moment(visit, "visited_at") >= _moment(delivery, "delivered_at")
    ]
    return sorted(visits, key=lambda visit: _moment(visit, "visited_at"))


def _moment(answers: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(answers[name])
