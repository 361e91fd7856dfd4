"""Visits, and what is done for the needs they find."""

from datetime import timedelta
from typing import Any, Final

from app.demo.common import TOWN, VILLAGE
from app.demo.story import Step, Story
from app.kinds.left_behind_visit.choices import Need
from app.roles import Role

VISITORS: Final = (VILLAGE, VILLAGE, VILLAGE, Role.GRID_WORKER, Role.VILLAGE_COMMITTEE)
_MONTHS: Final = {"a": 1, "b": 3, "c": 6}

_RESULTS: Final = (
    ("met", 55), ("temporary_assistance", 14), ("legal_aid", 6), ("employment", 9), ("medical", 8),
    ("counselling", 4), ("judicial_relief", 2), ("declined", 3),
)  # fmt: skip


def visit(
    story: Story, *, method: str | None = None, needs: list[str] | None = None, **more: Any
) -> Step:
    """A visit at which, mostly, all is well."""
    well = not needs and not more
    return story.do(
        "record_visit",
        story.one(VISITORS),
        method=method or story.pick(("home", 7), ("phone", 2), ("video", 1)),
        dv_suspected=more.pop("dv_suspected", False),
        needs=needs,
        needs_term=story.pick(("normal", 7), ("urgent", 1), ("long", 2)) if needs else None,
        health_well=True if well else None,
        mood_well=True if well else None,
        livelihood_well=True if well else None,
        help_given=story.some(("rights", "comfort", "livelihood")) if story.chance(0.5) else None,
        **more,
    )


def visits(story: Story, level: str, *, rounds: int = 12, punctual: float = 0.88) -> None:
    """The series of her level: some planned and missed, some with needs."""
    months = _MONTHS[level]
    last = story.at
    for _ in range(rounds):
        late = not story.chance(punctual)
        share = story.rng.uniform(1.05, 1.35) if late else story.rng.uniform(0.75, 0.95)
        story.at = max(story.at, last + timedelta(days=30.4 * months * share))
        if story.chance(0.06):
            plan(story)
        if story.chance(0.05):
            miss(story)
        story.office()
        last = story.at
        if story.chance(0.13):
            needs = [n.value for n in story.rng.sample(list(Need), story.pick((1, 8), (2, 2)))]
            visit(story, needs=needs)
            for need in needs:
                resolve(story, need)
        else:
            visit(story)


def plan(story: Story) -> None:
    story.office()
    on = story.day + timedelta(days=2)
    story.do("plan_visit", story.one(VISITORS), planned_on=on, method="home")
    story.later(40, 60)


def miss(story: Story) -> None:
    story.office()
    on = story.day + timedelta(days=3)
    story.do(
        "miss_visit",
        story.one(VISITORS),
        reason=story.pick(("nobody_home", 6), ("no_answer", 2), ("declined", 2), ("prevented", 1)),
        planned_on=on,
    )
    story.later(60, 80)


def resolve(story: Story, need: str) -> None:
    """Most needs are met, some are passed on; help in money is answered later."""

    def done() -> None:
        result = story.pick(*_RESULTS)
        story.days(2, 25 if story.chance(0.88) else 50)
        story.do("resolve_need", TOWN, need=need, result=result)
        if result in ("temporary_assistance", "judicial_relief") and story.chance(0.85):
            relief(story, result)

    story.aside(done, 0.9)


def relief(story: Story, kind: str) -> None:
    story.days(8, 28)
    if story.chance(0.85):
        money = story.rng.randint(5, 40) * 100
        story.do("record_relief", TOWN, relief=kind, result="granted", amount=money)
    else:
        story.do("record_relief", TOWN, relief=kind, result="refused", reason="不符合救助条件")
