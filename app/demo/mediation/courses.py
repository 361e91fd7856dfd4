"""The ways a dispute goes to an agreement."""

from datetime import timedelta

from app.demo.common import TOWN, assign, note, report_to_police, transfer
from app.demo.mediation.agreement import agree, file, perform, report_risk, return_visit
from app.demo.mediation.talks import MEDIATOR, accept, mediated, opened, screened, session, taken_up
from app.demo.story import Story


def discovered(story: Story) -> None:
    opened(story)


def dangerous_opening(story: Story) -> None:
    """Danger on the spot is reported at once."""
    opened(story, danger=True, children=True)
    story.aside(lambda: report_to_police(story), 0.6)
    report_risk(story.later(0.3, 20))
    taken_up(story)
    screened(story)


def applied(story: Story) -> None:
    opened(story)
    taken_up(story)


def waiting(story: Story) -> None:
    opened(story)
    taken_up(story)
    screened(story)


def accepted(story: Story) -> None:
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)


def agreed(story: Story, procedure: str = "none") -> None:
    """Most agree, keep to it, and the file is closed."""
    agree(story, mediated(story, procedure))
    story.aside(lambda: note(story.days(1, 20), MEDIATOR), 0.1)
    story.aside(lambda: assign(story, "mediation_committee", MEDIATOR), 0.1)
    if story.chance(0.12):
        story.days(8, 15)
        perform(story, "partial")
    story.days(15, 70 if story.chance(0.9) else 100)
    perform(story, "performed")
    story.days(70, 110)
    file(story, "agreed_performed")


def agreed_of_court(story: Story) -> None:
    agreed(story, "court_referral_prefiling")


def agreed_ordinary(story: Story) -> None:
    agreed(story, "court_referral_ordinary")


def agreed_summary(story: Story) -> None:
    agreed(story, "court_referral_summary")


def breached(story: Story) -> None:
    agree(story, mediated(story))
    story.days(40, 90)
    perform(story, "breached")
    story.days(20, 50)
    file(story, "agreed_not_performed")


def extended(story: Story) -> None:
    """Both want more time."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    session(story.days(8, 18))
    until = story.day + timedelta(days=story.rng.randint(36, 45))
    story.later(0.2, 1).do("extend_time", MEDIATOR, both_agree=True, until=until)
    session(story.days(10, 20))
    agree(story, dispute)


def escalating(story: Story) -> None:
    """A session shows that it may come to blows: reported, then calmed."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    session(story.days(2, 6), escalating=True)
    report_risk(story.later(0.2, 20), "report_escalation", story.pick(("police", 7), ("other", 3)))
    if story.chance(0.7):
        session(story.days(3, 9))
        agree(story, dispute)


def uneasy(story: Story) -> None:
    """A visit after the agreement finds new tension."""
    agree(story, mediated(story))
    return_visit(story.days(4, 6.5), escalating=True)
    report_risk(story.later(0.5, 30))


def moved(story: Story) -> None:
    """The parties live elsewhere: the other town's committee goes on."""
    opened(story)
    taken_up(story)
    transfer(story.days(0.3, 2), MEDIATOR, "mediation_committee")
    note(story.days(1, 3), TOWN)
