"""The written warning: decided, delivered, made known."""

from typing import Any

from app.demo import words
from app.demo.common import TOWN
from app.demo.dv_warning.report import POLICE, TYPES
from app.demo.story import Step, Story


def finding(story: Story) -> dict[str, Any]:
    """What every decision states."""
    spot = story.chance(0.25)
    return {
        "decided_at": story.at,
        "officers": words.pair(story.rng),
        "facts": story.one(words.FACTS),
        "violence_types": story.some(TYPES),
        "perpetrator_admits": True,
        "statements": ["perpetrator", "victim"],
        "corroboration": story.some(("injury_opinion", "testimony", "recording")),
        "on_the_spot": spot,
        "recording_ref": f"ZF{story.day:%y%m%d}{story.rng.randint(100, 999)}" if spot else None,
        "live_together": True,
    }


def warn(story: Story, *, again: bool = False, within: tuple[float, float] | None = None) -> Step:
    """A warning is issued, as a rule within the day."""
    low, high = within or story.pick(((1, 20), 76), ((25, 68), 17), ((74, 140), 7))
    story.later(low, high)
    forgives = not again and story.chance(0.15)
    reasons = "双方已分居，受害人坚持不要求处罚，情节较轻，仍以告诫处理"
    return story.do(
        "issue_warning",
        POLICE,
        **finding(story),
        victim_wish=story.pick(("warning", 80), ("punishment", 10), ("undecided", 10)),
        victim_forgives=forgives,
        must_issue=["warned_before"] if again else [],
        document_no=f"清公家告字〔{story.day.year}〕{story.rng.randint(1, 9999)}号",
        issuing_unit=story.year.cast.station(story.place),
        consequences_stated=True,
        justification=reasons if again else None,
    )


def deliver(story: Story) -> Step:
    """The warning reaches him, then her and everybody who must know."""
    low, high = story.pick(((0.5, 20), 88), ((25, 70), 12))
    story.later(low, high)
    refused = story.chance(0.07)
    given = story.chance(0.85)
    step = story.do(
        "deliver_warning",
        POLICE,
        delivered_at=story.at,
        place=story.one(("派出所", "家中", "村（居）委会")),
        officers=words.pair(story.rng),
        read_aloud=True,
        signature="refused" if refused else "signed",
        refusal_note="当场拒绝签名，已录音录像并注明" if refused else None,
        recording_ref=f"SD{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        victim_copy=given,
        present="村（居）妇联主席、网格员",
    )
    if not given:
        story.aside(lambda: give_copy(story), 0.8)
    story.aside(lambda: _notify(story))
    story.aside(lambda: educate(story), 0.86)
    return step


def give_copy(story: Story) -> None:
    story.later(1, 30).do("give_victim_copy", POLICE, given_at=story.at, safely_given=True)


def _notify(story: Story) -> None:
    everyone = ["village_committee", "women_fed", "zongzhi", "community_officer"]
    told = everyone if story.chance(0.82) else everyone[: story.rng.randint(1, 3)]
    low, high = story.pick(((0.5, 16), 90), ((26, 80), 10))
    for recipients in (told[:2], told[2:]) if story.chance(0.1) else (told,):
        if recipients:
            story.later(low, high).do(
                "record_notice",
                POLICE,
                recipients=recipients,
                notified_at=story.at,
                method=story.pick(("system", 6), ("written", 2), ("phone", 2)),
            )


def educate(story: Story) -> None:
    """He is taught the law, some in a programme."""
    kind = story.pick(("legal_education", 6), ("programme", 2), ("perpetrator_counselling", 1))
    more = {"sessions_planned": 8, "sessions_attended": 8, "completed": True}
    story.days(3, 80 if story.chance(0.85) else 130).do(
        "record_education",
        TOWN,
        kind=kind,
        held_on=story.day,
        provider=f"{story.year.cast.town_name(story.place)}妇女联合会",
        **(more if kind == "programme" else {}),
    )
