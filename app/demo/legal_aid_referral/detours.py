"""Papers missing, haste, and refusals."""

from typing import Any, Final

from app.demo import words
from app.demo.common import TOWN
from app.demo.legal_aid_referral.aiding import assigned, decided, met, to_the_end
from app.demo.legal_aid_referral.applying import CENTRE, sent, soon
from app.demo.story import Story
from app.roles import Role


def lacking(story: Story) -> None:
    """Papers are missing: asked for once, then brought."""
    client = sent(story)
    ask_for_papers(story)
    story.days(1, 6).do("supply", TOWN, supplied_on=story.day, documents="收入证明、结婚证复印件")
    to_the_end(story, client)


def ask_for_papers(story: Story) -> None:
    story.days(0.2, 2).do(
        "require_supplement",
        CENTRE,
        items="收入证明、结婚证复印件",
        told_on=story.day,
        supply_by=soon(story, 10),
    )


def lacking_now(story: Story) -> None:
    sent(story)
    ask_for_papers(story)


def never_brought(story: Story) -> None:
    lacking_now(story)
    story.days(12, 20).do(
        "deem_withdrawn", CENTRE, recorded_on=story.day, missing="收入证明、结婚证复印件"
    )


def urgent(story: Story, *, on: bool = True) -> None:
    """The limitation runs out within days: aid first, papers after."""
    client = sent(story, urgent=True)
    story.later(1, 20).do(
        "grant_provisionally",
        CENTRE,
        ground="limitation",
        firm=story.one(words.LAWYERS),
        lawyer=words.counsel(story.rng),
    )
    if on:
        story.days(1, 5).do("complete_papers", TOWN, supplied_on=story.day, documents="身份证明")
        to_the_end(story, client)


def urgent_now(story: Story) -> None:
    urgent(story, on=False)


JUSTICE: Final = Role.JUSTICE_BUREAU


def rejected(story: Story) -> None:
    sent(story)
    decided(story, "rejected")
    story.days(12, 30).do("close", TOWN, summary="已告知其他途径")


def rejected_now(story: Story) -> None:
    sent(story)
    decided(story, "rejected")


def objects(story: Story, against: str) -> None:
    story.days(2, 8).do(
        "object", TOWN, against=against, received_on=story.day, reasons="认为符合法律援助条件"
    )


def judged(story: Story, result: str) -> None:
    told: dict[str, Any] = {"told_of_remedy": True} if result == "maintained" else {}
    story.days(1, 4 if story.chance(0.85) else 8).do(
        "review_objection",
        JUSTICE,
        result=result,
        decided_on=story.day,
        reasons="经审查申请材料和有关规定",
        **told,
    )


def objected(story: Story) -> None:
    sent(story)
    decided(story, "rejected")
    objects(story, "rejection")


def objected_in_vain(story: Story) -> None:
    objected(story)
    judged(story, "maintained")
    if story.chance(0.5):
        story.days(5, 20).do("close", TOWN)


def put_right(story: Story) -> None:
    client = sent(story)
    decided(story, "rejected")
    objects(story, "rejection")
    judged(story, "ordered_to_correct")
    story.days(0.5, 2.5).do("rectify", CENTRE, result="approved", decided_on=story.day)
    assigned(story, client)
    met(story, client)


def to_be_put_right(story: Story) -> None:
    objected(story)
    judged(story, "ordered_to_correct")
