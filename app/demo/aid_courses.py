"""The ways a need for legal aid goes in the demo year."""

from typing import Any, Final

from app.demo import words
from app.demo.common import TOWN
from app.demo.legal_aid import (
    CENTRE,
    Client,
    acknowledged,
    assigned,
    completed,
    consented,
    decided,
    identified,
    met,
    papers,
    referred,
    reviewed,
    sent,
    soon,
)
from app.demo.story import Story
from app.demo.year import DAYS, Course, Script
from app.roles import Role

JUSTICE: Final = Role.JUSTICE_BUREAU


def seen(story: Story) -> None:
    identified(story, Client(story))


def agreed(story: Story) -> None:
    client = Client(story)
    identified(story, client)
    consented(story, client)


def referred_now(story: Story) -> None:
    client = Client(story)
    identified(story, client)
    consented(story, client)
    referred(story, client)


def received(story: Story) -> None:
    sent(story)


def unwanted(story: Story) -> None:
    identified(story, Client(story))
    story.days(0.5, 5).do(
        "decline", TOWN, reason=story.pick(("not_now", 6), ("own_lawyer", 4)), told_of_right=True
    )


def wanted_after_all(story: Story) -> None:
    client = Client(story)
    identified(story, client)
    story.days(0.5, 5).do("decline", TOWN, reason="not_now", told_of_right=True)
    story.days(10, 40).do("reopen", TOWN, reason="本人改变主意，希望申请")
    consented(story, client)
    referred(story, client)
    acknowledged(story)
    decided(story)


def represented(story: Story) -> None:
    """The usual way, to the end."""
    _to_the_end(story, sent(story, old=story.chance(0.08)))


def _to_the_end(story: Story, client: Client) -> None:
    decided(story)
    assigned(story, client)
    met(story, client)
    completed(story)
    papers(story)
    reviewed(story)


def child(story: Story) -> None:
    _to_the_end(story, sent(story, minor=True))


def approved(story: Story) -> None:
    sent(story)
    decided(story)


def assigned_now(story: Story) -> None:
    client = sent(story)
    decided(story)
    assigned(story, client)


def done(story: Story) -> None:
    """Completed; the papers are not yet filed."""
    client = sent(story)
    decided(story)
    assigned(story, client)
    met(story, client)
    completed(story)


def looked_back(story: Story) -> None:
    """Reviewed, and waiting to be closed."""
    client = sent(story)
    decided(story)
    assigned(story, client)
    met(story, client)
    completed(story)
    story.days(3, 12).do("review", CENTRE, checks=["recipient"], satisfaction="satisfied")


def lacking(story: Story) -> None:
    """Papers are missing: asked for once, then brought."""
    client = sent(story)
    ask_for_papers(story)
    story.days(1, 6).do("supply", TOWN, supplied_on=story.day, documents="收入证明、结婚证复印件")
    _to_the_end(story, client)


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


def withdrawn(story: Story) -> None:
    sent(story)
    story.days(0.5, 4).do("withdraw", TOWN, withdrawn_on=story.day, reason="双方已和好，不再起诉")


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
        _to_the_end(story, client)


def urgent_now(story: Story) -> None:
    urgent(story, on=False)


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


def terminated(story: Story) -> None:
    client = sent(story)
    decided(story)
    assigned(story, client)
    met(story, client)
    story.days(10, 60).do(
        "terminate",
        CENTRE,
        ground=story.pick(("own_lawyer", 5), ("recipient_asked", 5)),
        decided_on=story.day,
        reasons="受援人自行委托代理人，书面要求终止",
        told_of_objection=True,
    )
    if story.chance(0.6):
        story.days(10, 25).do("close", TOWN)


def another_lawyer(story: Story) -> None:
    client = sent(story)
    decided(story)
    assigned(story, client)
    story.days(3, 9)
    assigned(story, client, replaces_because="原承办律师因病不能履职")
    met(story, client)
    completed(story)


SCRIPT: Final = Script(
    kind="legal_aid_referral",
    share=0.06,
    months=(0.9, 0.6, 1.4, 1.1, 1.0, 1.0, 1.0, 1.0, 1.1, 0.9, 1.1, 1.0),
    weekdays=(1.3, 1.2, 1.1, 1.1, 1.0, 0.1, 0.05),
    hours=((8.5, 12, 55), (14, 17.5, 45)),
    courses=(
        Course(seen, 1.5, 6),
        Course(agreed, 1.5, 8),
        Course(referred_now, 1.5, 10),
        Course(received, 2, 16),
        Course(unwanted, 20),
        Course(wanted_after_all, 0.7),
        Course(represented, 20),
        Course(child, 4),
        Course(approved, 1.5, 20),
        Course(assigned_now, 1.5, 25),
        Course(done, 1.5, 190, 90),
        Course(looked_back, 0.7, 220, 100),
        Course(lacking, 6),
        Course(lacking_now, 1, 18),
        Course(never_brought, 2),
        Course(withdrawn, 5),
        Course(urgent, 2.5),
        Course(urgent_now, 0.7, 18),
        Course(rejected, 5),
        Course(rejected_now, 0.7, 30),
        Course(objected, 0.7, 35),
        Course(objected_in_vain, 1.5),
        Course(put_right, 1.5),
        Course(to_be_put_right, 0.6, 40),
        Course(terminated, 2.5),
        Course(another_lawyer, 1, DAYS, 60),
    ),
)
