"""The decision, the lawyer, and the end of the work."""

from typing import Any

from app.demo import words
from app.demo.common import TOWN
from app.demo.legal_aid_referral.applying import CENTRE, Client, acknowledged, consented, referred
from app.demo.story import Step, Story


def decided(story: Story, result: str = "approved") -> None:
    """The decision, as a rule within seven days."""
    story.days(0.5, 5 if story.chance(0.9) else 11)
    more: dict[str, Any] = {}
    if result == "rejected":
        more = {
            "reject_ground": story.pick(("out_of_scope", 6), ("other_centre", 4)),
            "reasons": "所申请事项不属于法律援助范围，已说明其他途径",
            "told_in_writing_on": story.day,
        }
    number = f"清法援决〔{story.day.year}〕{story.rng.randint(1, 999)}号"
    story.do("decide", CENTRE, result=result, decided_on=story.day, decision_no=number, **more)


def assigned(story: Story, client: Client, *, asked: bool = False, **more: Any) -> Step:
    """A lawyer, as a rule within three days."""
    story.days(0.2, 2.5 if story.chance(0.9) else 6)
    special = client.old or "disabled" in client.person.flags
    return story.do(
        "assign_lawyer",
        CENTRE,
        firm=story.one(words.LAWYERS),
        lawyer=words.counsel(story.rng),
        assigned_on=story.day,
        recipient_is_minor=client.minor,
        knows_dv_law=True,
        accessibility=["at_home"] if special else ["not_needed"] if asked else None,
        **more,
    )


def met(story: Story, client: Client) -> None:
    story.days(0.5, 4 if story.chance(0.9) else 10).do(
        "meet_client",
        CENTRE,
        met_on=story.day,
        guardian="present" if client.minor else None,
        notes="了解案情，告知权利义务和办理思路",
    )
    story.aside(lambda: progress(story.days(10, 40)), 0.3)


def progress(story: Story) -> None:
    story.do("report_progress", CENTRE, told_on=story.day, progress="已立案，等待开庭")


def completed(story: Story) -> None:
    """The lawyer's work is done."""
    story.days(30, 120)
    result = story.pick(("judgment_for_client", 4), ("mediated", 4), ("partially", 1),
                        ("withdrawn", 1))  # fmt: skip
    story.do(
        "complete",
        CENTRE,
        result=result,
        finished_on=story.day,
        gained=story.rng.randint(5, 90) * 1000 if story.chance(0.6) else None,
    )


def papers(story: Story) -> None:
    story.days(5, 26 if story.chance(0.88) else 45).do(
        "file_papers",
        CENTRE,
        documents=["report", "legal_papers", "interview_notes"],
        filed_on=story.day,
        subsidy=story.rng.randint(12, 24) * 100,
    )


def reviewed(story: Story) -> None:
    story.days(3, 15).do(
        "review",
        CENTRE,
        checks=["file", "recipient"],
        satisfaction=story.pick(("satisfied", 8), ("fair", 2)),
    )
    story.days(1, 10).do("close", TOWN, summary="已办结归档")


def follow(story: Story) -> None:
    """A case that grew out of a stay in the shelter."""
    client = Client(story)
    client.violence, client.matter = True, "divorce"
    consented(story, client)
    referred(story, client)
    acknowledged(story)
    decided(story)
    assigned(story, client, asked=True)
    met(story, client)
    completed(story)


def to_the_end(story: Story, client: Client) -> None:
    decided(story)
    assigned(story, client)
    met(story, client)
    completed(story)
    papers(story)
    reviewed(story)
