"""What happens in cases of every kind: danger is assessed, reports are made, notes are kept."""

from dataclasses import replace
from typing import Any

from app.demo import words
from app.demo.people import Invented
from app.demo.story import Known, Story
from app.kinds.instruments import DANGER_SCALE
from app.roles import Role

DISTRICT, TOWN, VILLAGE = (
    Role.WOMEN_FED_DISTRICT,
    Role.WOMEN_FED_TOWN,
    Role.WOMEN_FED_VILLAGE,
)
_FLAGS = ("pregnant", "lactating", "disabled", "seriously_ill", "coerced")


def assess(story: Story, level: str | None = None, by: Role = TOWN) -> None:
    """The danger scale is filled in; its level follows from the answers."""
    wanted = level or story.pick(("low", 55), ("medium", 30), ("high", 15))
    items = list(DANGER_SCALE.items)
    low, high = {"low": (0, 3), "medium": (4, 5), "high": (6, 9)}[wanted]
    told = set(story.rng.sample(items, story.rng.randint(low, high)))
    answers: dict[str, Any] = {name: name in told for name in items}
    answers |= dict.fromkeys(DANGER_SCALE.vetoes, False)
    if wanted == "high" and story.chance(0.4):
        answers["suffocated"] = True
    story.do("assess_danger", by, **answers)


def lower(story: Story) -> None:
    """Somebody in charge lowers the level with reasons."""
    quiet = dict.fromkeys([*DANGER_SCALE.items, *DANGER_SCALE.vetoes], False)
    reason = "男方已外出务工，受害人搬至安全住处，近三个月未再接触"
    told = {"judged": "low", "judged_reason": reason}
    story.do("assess_danger", DISTRICT, **quiet, **told)


def report_to_police(story: Story, by: Role = TOWN, *, low: float = 0.2, high: float = 14) -> None:
    """The duty to report ends with the receipt of the police."""
    story.later(low, high).do(
        "mandatory_report",
        by,
        outcome="reported",
        receipt_no=f"回执{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        reported_at=story.at,
        harm="domestic_violence",
        evidence_kept=story.chance(0.7),
    )


def exempted(story: Story) -> None:
    """A supervisor finds that no report is due."""
    story.later(2, 20).do(
        "mandatory_report",
        DISTRICT,
        outcome="not_required",
        harm="domestic_violence",
        reason="经核实，公安机关已先行出警并立案，无需重复报告",
    )


def informed(story: Story, role: str, *, asked: bool = True) -> None:
    """She is told what becomes of her data, in an emergency later; some are asked, too."""
    if story.case is None:
        raise RuntimeError("the case must be opened first")
    her = Known(story.case, role)
    told = {"informed": "given", "text": "notice_2026_1"}
    manner = story.pick(("read_out", 5), ("paper", 4), ("screen", 1))
    if story.chance(0.2):
        story.later(0.1, 2).do(
            "inform", TOWN, people=[her], informed="later", reason="受害人正在就医，暂无法告知"
        )
        low, high = (20, 120) if story.chance(0.85) else (190, 400)
        story.later(low, high).do(
            "inform", TOWN, people=[her], manner=manner, nobody_waits=True, **told
        )
    else:
        story.later(0.1, 20).do("inform", TOWN, people=[her], manner=manner, **told)
    if asked and story.chance(0.3):
        story.later(0.1, 2).do(
            "record_consent",
            TOWN,
            person_id=her,
            matter="recording",
            answer="agreed" if story.chance(0.8) else "refused",
            text="consent_2026_1",
            manner="paper",
            given_by="self",
        )


def asked_the_district(story: Story) -> None:
    """The district is asked to help, in the first weeks, and answers: mostly in time."""
    district, aid = (
        story.year.cast.organisation(kind, story.place)
        for kind in ("women_fed_district", "legal_aid")
    )
    story.days(1, 20).do(
        "refer_on",
        TOWN,
        organisation_id=district,
        needs=story.some(("counselling", "economic", "care", "other")),
        ground="law",
        legal_basis="joint",
    )
    story.days(*story.pick(((0.2, 2.5), 9), ((4, 8), 1)))
    if story.chance(0.85):
        story.do("accept_referral", DISTRICT, organisation_id=district)
    else:
        story.do(
            "decline_referral",
            DISTRICT,
            organisation_id=district,
            right_organisation_id=aid,
            why="not_ours",
            reason="所需帮助属于法律援助，应由法律援助机构办理",
        )


def note(story: Story, *by: Role) -> None:
    story.do("note", *by, text=story.one(words.NOTES))


def flagged(story: Story, person: Invented, share: float = 0.16) -> Invented:
    """Some are specially protected, and some say how they may be called safely."""
    if story.chance(share):
        flags = [f for f in _FLAGS if person.age(story.day) < 45 or f not in _FLAGS[:2]]
        person = replace(person, flags=(story.one(flags),))
    if story.chance(0.35):
        person = replace(person, safe_contact=story.one(words.SAFE_CONTACT))
    if story.chance(0.06):
        hidden = story.year.cast.address(story.rng, story.year.cast.other(story.rng, story.place))
        person = replace(person, vault=(("present_address", hidden),))
    return person


def transfer(story: Story, by: Role, organisation: str | None = None) -> None:
    """The case goes to another village's people."""
    cast = story.year.cast
    place = cast.other(story.rng, story.place)
    found = cast.organisation(organisation, place) if organisation else None
    story.do(
        "transfer",
        by,
        area=place.code,
        organisation_id=found,
        reason="当事人已搬至该村（社区）居住",
    )
    story.place = place


def assign(story: Story, organisation: str, *by: Role) -> None:
    """An organisation, and somebody there, is put in charge."""
    found = story.year.cast.organisation(organisation, story.place)
    if found is not None:
        story.do("assign", *by, organisation_id=found)
