"""Every fault a definition can have stops it from loading, each seen to do so once."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from app.clock import Days
from app.kinds import KINDS, check
from app.kinds.base import (
    OPENED,
    Action,
    Branch,
    CaseKind,
    Every,
    OpenLinked,
    Share,
)
from app.kinds.dv_warning import KIND
from app.kinds.forms import S1, S4, Form, ask, when
from app.kinds.measures import Clocks, Count, Events, OnTime, Stock
from app.kinds.people import PersonAnswer
from app.roles import Role


class Unclassed(Form):
    answer: str = Field(title="没有密级")


class Unsourced(Form):
    answer: str = ask("没有出处", S1, source="")


class Conditional(Form):
    answer: str | None = ask("有条件", S1, source="设计", default=None, visible_if=when("no", True))


class Demanding(Form):
    answer: str | None = ask(
        "有条件", S1, source="设计", default=None, required_if=when("no", True)
    )


class LaxYes(Form):
    answer: bool | None = ask("是否", S1, source="设计", default=None)


class LaxNumber(Form):
    answers: list[int] = ask("数量", S1, source="设计", default_factory=list)


class Inner(Form):
    answer: str = ask("内层", S1, source="设计")


class Vaulted(Form):
    answer: Inner = ask("保密的一组", S4, source="设计")


class InnerUnclassed(Form):
    answer: list[Unclassed] = ask("一组", S1, source="设计")


class BarePerson(Form):
    person: PersonAnswer = ask("人员", S1, source="设计")


class NoPerson(Form):
    person: str = ask("人员", S1, source="设计", party="victim")


def of(name: str, /, **changes: Any) -> CaseKind:
    """The kind with one action changed."""
    assert KIND.action(name)
    return replace(
        KIND, actions=tuple(replace(a, **changes) if a.name == name else a for a in KIND.actions)
    )


def asking(form: type[Form]) -> CaseKind:
    """The kind with one more step, asking this."""
    return replace(KIND, actions=(*KIND.actions, replace(ASK_MORE, form=form)))


def clock(name: str, /, **changes: Any) -> CaseKind:
    """The kind with one clock changed."""
    assert name in {r.name for r in KIND.deadlines}
    return replace(
        KIND,
        deadlines=tuple(replace(r, **changes) if r.name == name else r for r in KIND.deadlines),
    )


def figure(**changes: Any) -> CaseKind:
    """The kind with its first indicator changed."""
    return replace(KIND, indicators=(replace(KIND.indicators[0], **changes),))


def counting(names: str) -> Events:
    return Events(names=frozenset({names}))


ASK_MORE = Action(
    name="ask_more",
    title="再问",
    source=check.ANYWHERE,
    target=None,
    by=frozenset({Role.POLICE}),
    basis="设计",
)
NO_WAY_OUT = {**KIND.states, "limbo": "无处可去"}
SOME = frozenset({"nothing"})

WRONG: dict[str, Callable[[], CaseKind]] = {
    "initial names unknown states ['nothing']": lambda: replace(KIND, initial="nothing"),
    "final names unknown states ['nothing']": lambda: replace(KIND, final=KIND.final | SOME),
    "reopens_to 'punished' is not an open state": lambda: replace(KIND, reopens_to="punished"),
    "lapses names unknown states ['nothing']": lambda: replace(KIND, lapses={"nothing": "失效"}),
    "states never reached: ['limbo']": lambda: replace(KIND, states=NO_WAY_OUT),
    "state limbo has no way out": lambda: replace(
        KIND,
        states=NO_WAY_OUT,
        actions=tuple(
            replace(a, source=frozenset({"reported"}))
            if a.source == check.ANYWHERE
            else replace(a, target="limbo")
            if a.name == "record_visit"
            else a
            for a in KIND.actions
        ),
    ),
    "subject 'what_happened' is not a party": lambda: replace(KIND, subject="what_happened"),
    "subject 'nobody' is not a party": lambda: replace(KIND, subject="nobody"),
    "two events are called accept": lambda: of("record_visit", name="accept"),
    "two events are called opened": lambda: of("record_visit", name=OPENED),
    "two deadlines are called warning": lambda: clock("delivery", name="warning"),
    "suspicion names the unknown event 'nothing'": lambda: replace(
        KIND, suspicion={"nothing": None}
    ),
    "suspicion: opened depends on 'nothing', which is not asked": lambda: replace(
        KIND, suspicion={OPENED: when("nothing", True)}
    ),
    "action accept names unknown states ['nothing']": lambda: of("accept", source=SOME),
    "action accept names unknown states ['limbo']": lambda: of("accept", target="limbo"),
    "action accept needs a basis": lambda: of("accept", basis=""),
    "action accept needs a basis and somebody": lambda: of("accept", by=frozenset()),
    "action accept branches on 'officers', which is not a required enum": lambda: of(
        "accept", target=Branch("officers", {"x": "accepted"})
    ),
    "action accept branches on 'nothing', which": lambda: of(
        "accept", target=Branch("nothing", {"x": "accepted"})
    ),
    "action record_visit: branch does not map exactly the members: ['not_reached']": lambda: of(
        "record_visit",
        target=Branch("outcome", dict.fromkeys(("none", "suspected", "confirmed"), "monitoring")),
    ),
    "action accept names 'nothing', which its form does not ask": lambda: of(
        "accept", outcome="nothing"
    ),
    "action accept names 'nobody', which its form does not ask": lambda: of(
        "accept", amount="nobody"
    ),
    "action accept: counted_from 'officers' is no date or moment": lambda: of(
        "accept", counted_from="officers"
    ),
    "action accept: counted_from 'nothing' is no date or moment": lambda: of(
        "accept", counted_from="nothing"
    ),
    "opened names 'nothing', which its form does not ask": lambda: replace(
        KIND, opening_outcome="nothing"
    ),
    "opened: counted_from 'what_happened' is no date or moment": lambda: replace(
        KIND, counted_from="what_happened"
    ),
    "carried_by is nobody, or somebody who does not read its cases": lambda: replace(
        KIND, carried_by=frozenset({Role.JUSTICE_BUREAU})
    ),
    "opened: an effect names {'nothing'}": lambda: replace(
        KIND, opening_effects=(Share(role=Role.SCHOOL, field="nothing"),)
    ),
    "action record_visit: an effect depends on answers nobody can give: ['seen']": lambda: of(
        "record_visit", effects=(Share(role=Role.COURT, only_if=when("outcome", "none", "seen")),)
    ),
    "deadline visit: met by record_visit depends on answers nobody can give": lambda: clock(
        "visit", met_if=when("outcome", True)
    ),
    "action accept: an effect names {'shelter_id'}": lambda: of(
        "accept", effects=(Share(role=Role.SHELTER, field="shelter_id"),)
    ),
    "action accept: an effect depends on 'nothing', which is not asked": lambda: of(
        "accept",
        effects=(
            OpenLinked(kind="mediation", why="设计", basis="设计", only_if=when("nothing", True)),
        ),
    ),
    "deadline warning names unknown events ['nothing']": lambda: clock("warning", met_by=SOME),
    "deadline warning has no basis": lambda: clock("warning", basis=""),
    "deadline warning: starting on accept depends on 'nothing', which is not asked": lambda: clock(
        "warning", only_if=when("nothing", True)
    ),
    "deadline warning: met by issue_warning depends on 'nothing', which": lambda: clock(
        "warning", met_if=when("nothing", True)
    ),
    "deadline notice: record_notice does not ask which of": lambda: clock(
        "notice", each_field="nothing"
    ),
    "deadline notice: deliver_warning does not ask 'nothing'": lambda: clock(
        "notice", each_from="nothing"
    ),
    "deadline notice: a clock for each of several cannot also be a series": lambda: clock(
        "notice", then=Every(term=Days(7, source="设计"))
    ),
    "names no clause or no rule": lambda: figure(clause=""),
    "names unknown events ['nothing']": lambda: figure(measure=Count(of=counting("nothing"))),
    "names unknown events ['nowhere']": lambda: figure(
        measure=Stock(enter=frozenset({"accept"}), leave=frozenset({"nowhere"}))
    ),
    "names the unknown deadline 'nothing'": lambda: figure(
        measure=OnTime(of=Clocks(rule="nothing", by="due"))
    ),
    "action ask_more: field answer has no class and source": lambda: asking(Unclassed),
    "action ask_more.answer: field answer has no class": lambda: asking(InnerUnclassed),
    "opened: field answer has no class and source": lambda: replace(KIND, form=Unclassed),
    "action ask_more: field answer has no source": lambda: asking(Unsourced),
    "action ask_more: answer depends on 'no', which is not asked": lambda: asking(Conditional),
    "answer depends on 'no', which is not asked": lambda: asking(Demanding),
    "action ask_more: answer: a vault answer must be plain text": lambda: asking(Vaulted),
    "answer: use Yes or Whole, lax bool takes false for 0": lambda: asking(LaxYes),
    "answers: use Yes or Whole, lax int takes false for 0": lambda: asking(LaxNumber),
    "action ask_more: person: people are asked for with party()": lambda: asking(BarePerson),
    "person: people are asked for with party()": lambda: asking(NoPerson),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_definition_never_loads(fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        WRONG[fault]()


def _faults() -> Iterator[str]:
    """A pattern for each sentence with which check.py can refuse."""
    tree = ast.parse(Path(check.__file__).read_text(encoding="utf-8"))
    for found in ast.walk(tree):
        if isinstance(found, ast.Yield) and isinstance(found.value, ast.JoinedStr):
            yield _pattern(found.value)
        if isinstance(found, ast.YieldFrom) and isinstance(found.value, ast.GeneratorExp):
            assert isinstance(found.value.elt, ast.JoinedStr)
            yield _pattern(found.value.elt)


def _pattern(sentence: ast.JoinedStr) -> str:
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^;]+"
        for part in sentence.values
    )


def test_no_fault_is_left_unseen() -> None:
    told: list[str] = []
    for make in WRONG.values():
        with pytest.raises(ValueError, match=KIND.name) as refused:
            make()
        told.append(str(refused.value))
    unseen = [f for f in _faults() if not any(re.search(f, sentence) for sentence in told)]
    assert not unseen


def test_what_is_right_loads() -> None:
    for kind in (KIND, *KINDS.values()):
        assert replace(kind).actions == kind.actions


def test_linked_cases_can_be_opened_with_what_they_are_given() -> None:
    for kind in KINDS.values():
        for action in kind.actions:
            for effect in action.effects:
                if not isinstance(effect, OpenLinked):
                    continue
                fields = KINDS[effect.kind].form.model_fields
                given = {*effect.carry, *effect.fixed, *effect.people.values()}
                assert given <= set(fields), (kind.name, action.name)
                needed = {name for name, field in fields.items() if field.is_required()}
                assert needed <= given, (kind.name, action.name)
