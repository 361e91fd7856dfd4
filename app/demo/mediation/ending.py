"""The ways a dispute goes without an agreement."""

from app.demo import words
from app.demo.common import TOWN, assess, report_to_police
from app.demo.dv_warning import courses as dv_courses
from app.demo.mediation.agreement import TALKED, agree, file, terminate
from app.demo.mediation.talks import (
    MEDIATOR,
    Dispute,
    accept,
    mediated,
    opened,
    screen,
    screened,
    session,
    taken_up,
)
from app.demo.story import Story


def failed(story: Story) -> None:
    """No agreement: they are told of the other ways."""
    mediated(story)
    story.later(0.5, 4).do("fail", MEDIATOR, reason="双方对财产分割和抚养意见分歧较大")
    if story.chance(0.93):
        terminate(story.days(0.2, 3), "failed")
        story.days(5, 40)
        file(story, "failed_informed", TALKED)


def failed_now(story: Story) -> None:
    mediated(story)
    story.later(0.5, 4).do("fail", MEDIATOR, reason="一方坚持起诉")


def called_off(story: Story) -> None:
    """A party ends it."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    terminate(story.days(2, 15), story.pick(("party_asked", 6), ("withdrawn", 2), ("to_court", 2)))
    if story.chance(0.8):
        story.days(5, 28)
        file(story, "failed_informed", TALKED)


def diverted(story: Story) -> None:
    """One of them is in danger: no mediation, but the police and what protects."""
    child = story.chance(0.4)
    opened(story, children=child)
    taken_up(story)
    signs = story.pick((("safety_threat",), 5), (("suffocated",), 2), (("severe_violence",), 3))
    screen(story.days(0.2, 2), "party_a", violence=True, signs=signs)
    if child:
        story.aside(lambda: report_to_police(story), 0.8)
    story.aside(lambda: assess(story.later(0.2, 2), "high", MEDIATOR), 0.6)
    story.later(0.3, 0.9 if story.chance(0.6) else 30)
    step = story.do(
        "divert",
        MEDIATOR,
        reason="danger",
        instead=["police", "protection_order", *story.some(("shelter", "legal_aid"))],
        reported_at=story.at,
        receipt_no=f"回执{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        victim="party_a",
        immediate_danger=story.chance(0.3),
        account=story.one(words.VIOLENCE),
    )
    dv_courses.follow(story.linked(step, "dv_warning"))
    story.days(8, 38)
    file(story, "diverted_dv", ["application"])


def unsafe_waiting(story: Story) -> None:
    """Danger is known and nobody has yet diverted the case."""
    opened(story)
    taken_up(story)
    screen(story.later(1, 8), "party_a", violence=True, signs=("safety_threat",))


def diverted_otherwise(story: Story) -> None:
    opened(story)
    taken_up(story)
    story.days(0.5, 4).do(
        "divert",
        MEDIATOR,
        reason=story.pick(("refusal", 5), ("not_mediable", 5)),
        instead=["suit", "legal_aid"],
    )
    if story.chance(0.8):
        story.days(5, 28)
        file(story, "refused", ["application"])


def declined(story: Story) -> None:
    """One of them does not want it."""
    opened(story)
    taken_up(story)
    screen(story.days(0.3, 2), "party_b", willing=False)
    story.later(0.3, 3).do("decline", MEDIATOR, refused_by="party_b", routes_told=["court"])


def reconsidered(story: Story) -> None:
    """Declined, and some weeks later wanted after all."""
    declined(story)
    story.days(15, 40).do("reopen", MEDIATOR, reason="双方冷静后均表示愿意调解")
    screened(story)
    dispute = Dispute(story.family().wife, story.family().husband, "divorce")
    accept(story, dispute)
    session(story.days(3, 12))
    agree(story, dispute)


def closed(story: Story) -> None:
    opened(story)
    story.days(0.3, 2.5).do(
        "close", MEDIATOR, TOWN, reason=story.pick(("withdrawn", 6), ("transferred_court", 2),
                                                  ("duplicated", 2)),
    )  # fmt: skip
