"""What happens during a stay."""

from datetime import timedelta

from app.demo.common import assign
from app.demo.legal_aid_referral import aiding as legal_aid
from app.demo.shelter_placement.arriving import (
    SHELTER,
    Guest,
    admitted,
    assessed,
    registered,
    requested,
)
from app.demo.story import Story
from app.kinds.shelter_placement.intake import Service


def cared_for(story: Story) -> None:
    """What is done for her inside: services, referrals and who came to see her."""
    story.aside(
        lambda: story.later(8, 70).do(
            "give_service", SHELTER, service=story.pick(("counselling", 6), ("companion", 4)),
            detail="情绪疏导，陪同办理手续",
        )
    )  # fmt: skip
    story.aside(lambda: referred(story), 0.45)
    story.aside(lambda: visited(story), 0.25)
    story.aside(lambda: went_out(story), 0.2)
    story.aside(lambda: looked_up(story), 0.06)
    story.aside(lambda: assign(story, "shelter", SHELTER), 0.3)


def referred(story: Story, service: str | None = None) -> None:
    """She is referred; legal aid is a case of its own."""
    chosen = service or story.one([s.value for s in Service if s is not Service.LEGAL_AID])
    step = story.later(20, 90).do(
        "refer_service", SHELTER, service=chosen, agreed=True, to_whom="区有关部门"
    )
    if chosen == "legal_aid":
        aid = story.linked(step, "legal_aid_referral")
        aid.aside(lambda: legal_aid.follow(aid))
    low, high = (10, 60) if story.chance(0.85) else (100, 150)
    story.later(low, high).do(
        "service_result",
        SHELTER,
        service=chosen,
        result=story.pick(("completed", 8), ("not_eligible", 1), ("victim_declined", 1)),
    )


def visited(story: Story) -> None:
    story.days(0.5, 4).do(
        "record_visit",
        SHELTER,
        visitor_kind=story.pick(("women_fed", 5), ("police", 3), ("lawyer", 2)),
        visitor_name="来访工作人员",
        purpose="了解情况、提供帮助",
        victim_agrees=True,
        met_from=story.at,
        undertaking_signed=True,
        companion="值班社工",
    )


def went_out(story: Story) -> None:
    story.days(1, 5).do(
        "record_outing",
        SHELTER,
        out_at=story.ago(3, 4),
        back_at=story.ago(0.1, 1),
        purpose="陪同到法院递交材料",
        companion="值班社工",
    )


def looked_up(story: Story) -> None:
    story.days(2, 20).do(
        "record_inspection",
        SHELTER,
        reader="区民政局业务人员",
        ground="年度检查",
        what="入站登记和服务记录",
        approved_by="站长",
    )


def extend(story: Story) -> None:
    story.do(
        "extend",
        SHELTER,
        ground=story.pick(("order_pending", 5), ("still_in_danger", 3), ("no_housing", 2)),
        until=story.day + timedelta(days=story.rng.randint(15, 20)),
        explanation="保护令申请尚在审理，住处未落实",
    )
    low, high = (0.5, 2) if story.chance(0.85) else (6, 9)
    story.aside(lambda: file_extension(story.days(low, high)), 0.9)


def file_extension(story: Story) -> None:
    story.do(
        "file_extension", SHELTER, filed_on=story.day,
        filing_no=f"备〔{story.day.year}〕{story.rng.randint(1, 99)}号",
    )  # fmt: skip


def housed(
    story: Story, *, days: int = 15, minor: bool = False, pending: bool = False
) -> Guest | None:
    """Somebody in the house for at most so many days; None if there was no bed."""
    guest = Guest(story, minor=minor)
    requested(story, guest)
    assessed(story)
    if not admitted(story, guest, days=days):
        return None
    registered(story, pending=pending)
    cared_for(story)
    return guest
