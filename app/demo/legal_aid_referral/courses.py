"""The ways a need for legal aid goes."""

from app.demo.common import TOWN
from app.demo.legal_aid_referral.aiding import assigned, completed, decided, met, to_the_end
from app.demo.legal_aid_referral.applying import (
    CENTRE,
    Client,
    acknowledged,
    consented,
    identified,
    referred,
    sent,
)
from app.demo.story import Story


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
    to_the_end(story, sent(story, old=story.chance(0.08)))


def child(story: Story) -> None:
    to_the_end(story, sent(story, minor=True))


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


def another_lawyer(story: Story) -> None:
    client = sent(story)
    decided(story)
    assigned(story, client)
    story.days(3, 9)
    assigned(story, client, replaces_because="原承办律师因病不能履职")
    met(story, client)
    completed(story)


def withdrawn(story: Story) -> None:
    sent(story)
    story.days(0.5, 4).do("withdraw", TOWN, withdrawn_on=story.day, reason="双方已和好，不再起诉")


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
