"""Clocks of the definitions, in words and as data."""

from collections.abc import Iterable, Mapping
from typing import Any

from app import clock
from app.clock import CourtHours, Days, Hours, Months, Term, WorkDays
from app.kinds.base import AtValidUntil, ByAnswer, DeadlineRule, Every, Steps, TermOf


def describe(rule: DeadlineRule) -> dict[str, Any]:
    """A clock: who owes it, when it is due, what starts and what meets it."""
    return {
        "name": rule.name,
        "title": rule.title,
        "owner": rule.owner.value,
        "basis": rule.basis,
        "due": _term(rule.due),
        "alert": _term(rule.alert) if rule.alert else None,
        "remind_days": list(rule.remind_days),
        "starts_on": sorted(rule.starts_on),
        "met_by": sorted(rule.met_by),
        "only_if": rule.only_if.as_json() if rule.only_if else None,
        "each": list(rule.each),
        "series": _series(rule.then),
    }


def rolling(rule: DeadlineRule) -> list[Term]:
    """Every term by which the clock may run and whose end days off move, the first one first."""
    found = [*_each(rule.due), *rule.extended_by.values()]
    match rule.then:
        case Every(term=term):
            found += _each(term)
        case Steps(terms=steps):
            found += steps
    return [term for term in found if clock.moves(term)]


def _each(term: TermOf) -> Iterable[Term]:
    match term:
        case AtValidUntil():
            return ()
        case ByAnswer():
            return (*term.terms.values(), term.otherwise)
        case _:
            return (term,)


UNITS: Mapping[type[Term], tuple[str, str]] = {
    Hours: ("hours", "{n}小时"),
    CourtHours: ("court_hours", "{n}小时（起算的小时不计）"),
    WorkDays: ("work_days", "{n}个工作日"),
    Days: ("days", "{n}日"),
    Months: ("months", "{n}个月"),
}


def words(term: Term) -> str:
    """How long, as people say it."""
    _, said = UNITS[type(term)]
    return said.format(n=term.n)


def _term(term: TermOf) -> dict[str, Any]:
    match term:
        case AtValidUntil():
            return {"unit": "valid_until", "words": "有效期届满"}
        case ByAnswer():
            terms = {answer: _term(t) for answer, t in term.terms.items()}
            otherwise = _term(term.otherwise)
            said = dict.fromkeys(t["words"] for t in (*terms.values(), otherwise))
            return {
                "unit": "by_answer",
                "words": "或".join(said),
                "field": term.field,
                "terms": terms,
                "otherwise": otherwise,
            }
        case _:
            unit, _ = UNITS[type(term)]
            return {
                "unit": unit,
                "words": words(term),
                "n": term.n,
                "rolls": getattr(term, "rolls", isinstance(term, WorkDays)),
                "source": term.source,
                "region": term.region,
            }


def _series(then: Every | Steps | None) -> dict[str, Any] | None:
    match then:
        case Every():
            term = _term(then.term)
            ends = f"，连续{then.stop_after}次无异常后结束" if then.stop_after else ""
            return {
                "words": f"上次完成后每{term['words']}{ends}",
                "term": term,
                "stop_after": then.stop_after,
                "clean": sorted(then.clean),
                "first_counts": then.first_counts,
            }
        case Steps():
            terms = [_term(t) for t in then.terms]
            return {"words": "、".join(t["words"] for t in terms), "steps": terms}
    return None
