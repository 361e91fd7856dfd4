"""The ways an application goes up to the order."""

from typing import Any

from app import clock
from app.demo.common import TOWN
from app.demo.protection_order.application import (
    COURT,
    decided,
    drafted,
    filed,
    paper,
    registered,
    told,
)
from app.demo.protection_order.enforcement import MUST, checked, serve, served
from app.demo.story import Story


def informed(story: Story) -> None:
    told(story)


def drafting(story: Story) -> None:
    told(story)
    drafted(story)


def not_applied(story: Story) -> None:
    told(story)
    story.days(1, 15).do("decline", TOWN, own_wish=True, reason="暂不愿申请，已约定随时可再申请")


def waiting(story: Story) -> None:
    filed(story)


def withdrawn_early(story: Story) -> None:
    filed(story)
    story.later(2, 20).do("withdraw", TOWN, own_wish=True, reason="已搬到外地亲属处")


def not_accepted(story: Story) -> None:
    filed(story)
    registered(story, "not_accepted")


def returned(story: Story) -> None:
    """Sent back for more papers; some come again."""
    filed(story)
    registered(story, "returned")
    if story.chance(0.7):
        drafted(story.days(1, 4))
        story.days(1, 3).do(
            "file",
            TOWN,
            filed_by="self",
            manner="written",
            venue="applicant_residence",
            urgent=False,
            filed_at=story.at,
        )
        registered(story)
        decided(story)
        served(story)
        checked(story)


def pending(story: Story) -> None:
    filed(story)
    registered(story)


def dismissed(story: Story) -> None:
    """Refused; most let it rest, some ask again."""
    filed(story)
    registered(story)
    decided(story, "dismissed")
    story.aside(lambda: serve(story.later(2, 20), ["applicant"], "complete", "serve_ruling"))
    waived = story.chance(0.4)
    story.days(*((7, 14) if waived else (15, 22)))
    story.do("close", TOWN, reason="dismissed", waived=waived)


def dismissed_now(story: Story) -> None:
    filed(story)
    registered(story)
    decided(story, "dismissed")


def asked_again(story: Story) -> None:
    """Reconsideration: sometimes the order is made after all."""
    filed(story)
    registered(story)
    decided(story, "dismissed")
    made = clock.local_day(story.at)
    story.later(20, 70).do(
        "request_reconsideration", TOWN, by_party="applicant", effective_on=made,
        applied_at=story.at, reason="补充了报警记录和伤情照片",
    )  # fmt: skip
    story.days(1, 5)
    if story.chance(0.5):
        decided(story)
        served(story)
        checked(story)
    else:
        kept(story, "reconsideration")
        story.days(1, 5).do("close", COURT, reason="dismissed")


def kept(story: Story, ground: str) -> None:
    story.do(
        "keep_ruling", COURT, ground=ground, withdrawn=False, ruled_at=story.at,
        document_no=paper(story),
    )  # fmt: skip


def ended_by_court(result: str) -> Any:
    def tell(story: Story) -> None:
        filed(story)
        registered(story)
        decided(story, result)

    return tell


def granted_now(story: Story) -> None:
    """Made, and not yet with everybody."""
    filed(story)
    registered(story)
    decided(story)
    if story.chance(0.6):
        serve(story.later(1, 15), MUST[:2], "partial")


def served_now(story: Story) -> None:
    filed(story)
    registered(story)
    decided(story)
    served(story)
