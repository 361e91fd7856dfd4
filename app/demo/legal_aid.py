"""Legal aid in the demo year: from the first sign of a need to the filed papers."""

from datetime import timedelta
from typing import Any, Final

from app.demo import words
from app.demo.common import DISTRICT, TOWN, flagged, report_to_police
from app.demo.people import person
from app.demo.story import Step, Story
from app.roles import Role

CENTRE: Final = Role.LEGAL_AID
_FINDERS: Final = (
    ((TOWN,), "women_fed", 42), ((DISTRICT,), "hotline", 14), ((CENTRE,), "self", 14),
    ((Role.VILLAGE_COMMITTEE, TOWN), "village_committee", 10), ((Role.POLICE,), "police", 9),
    ((Role.COURT,), "court", 6), ((Role.HOSPITAL,), "hospital", 2),
    ((Role.GRID_WORKER, TOWN), "village_committee", 3),
)  # fmt: skip
_MATTERS: Final = (
    ("divorce", 30), ("custody", 14), ("protection_order", 12), ("support", 12),
    ("property", 10), ("injury_damages", 8), ("labour", 8), ("land_rights", 4), ("other", 2),
)  # fmt: skip


class Client:
    """Who needs aid, why, and whether violence is behind it."""

    def __init__(self, story: Story, *, minor: bool = False, old: bool = False) -> None:
        self.minor, self.old = minor, old
        self.matter: str = story.pick(*_MATTERS)
        self.violence = self.matter in ("protection_order", "injury_damages") or story.chance(0.3)
        family = story.family(children=0, ages=(22, 54))
        self.person, self.other, self.relation = family.wife, family.husband, "spouse"
        address = self.person.home_address
        if minor:
            self.person = person(story.rng, story.day, (6, 16), female=True, address=address)
            self.matter, self.violence, self.relation = "support", False, "parent"
        elif old:
            self.person = person(story.rng, story.day, (62, 80), female=True, address=address)
            self.matter, self.violence, self.relation = "support", False, "child"
        else:
            self.person = flagged(story, self.person, 0.12)


def identified(story: Story, client: Client) -> None:
    """Somebody sees that she needs a lawyer."""
    roles, found_by, _ = story.rng.choices(_FINDERS, [f[2] for f in _FINDERS])[0]
    story.open(
        *roles,
        in_danger=False,
        recipient=client.person.answer(),
        violence=client.violence,
        found_by=found_by,
        matter=client.matter,
        perpetrator=client.other.answer(client.relation) if client.violence else None,
        told_of_right=True,
        facts="当事人希望得到法律帮助，已初步了解情况",
    )
    if client.violence and "coerced" in client.person.flags and Role.POLICE not in roles:
        story.aside(lambda: report_to_police(story))


def consented(story: Story, client: Client) -> None:
    """She agrees; a child's guardian applies for it."""
    story.days(0.1, 3)
    more: dict[str, Any] = {"by_proxy": False}
    if client.minor:
        mother = person(
            story.rng, story.day, (30, 44), female=True, address=client.person.home_address
        )
        more = {
            "by_proxy": True,
            "proxy": mother.answer("parent"),
            "proxy_ground": "legal_representative",
        }
    story.do("consent", TOWN, consented_on=story.day, **more)


def referred(story: Story, client: Client) -> None:
    """The application goes to the centre, as a rule within three working days."""
    story.days(0.1, 2 if story.chance(0.88) else 7)
    means = "dv_victim" if client.violence else story.pick(("declaration", 6), ("data_query", 4))
    if client.minor or client.old:
        means = "no_steady_income"
    asked = means in ("declaration", "data_query")
    story.do(
        "refer",
        TOWN,
        matter=client.matter,
        aid_form=story.pick(("litigation", 7), ("drafting", 2), ("non_litigation", 1)),
        violence=client.violence,
        means=means,
        means_statement="家庭月收入低于本区最低生活保障标准的两倍" if asked else None,
        facts=story.one(words.VIOLENCE) if client.violence else "因婚姻家庭纠纷需要起诉",
        signed_on=story.day,
        categories=["woman", *(["dv_victim"] if client.violence else [])],
        stage=story.pick(("not_begun", 6), ("filed", 3), ("mediation", 1)),
        evidence=["identity", *story.some(("means", "police_record", "injury_opinion"))],
    )


def acknowledged(story: Story, *, urgent: bool = False) -> None:
    story.days(0.1, 2 if story.chance(0.9) else 7).do(
        "acknowledge",
        CENTRE,
        received_on=story.day,
        urgent=urgent,
        receipt_no=f"清法援收{story.day:%y%m%d}{story.rng.randint(10, 99)}",
    )


def sent(story: Story, *, minor: bool = False, old: bool = False, urgent: bool = False) -> Client:
    """A case up to the centre's receipt."""
    client = Client(story, minor=minor, old=old)
    identified(story, client)
    consented(story, client)
    referred(story, client)
    acknowledged(story, urgent=urgent)
    return client


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


def soon(story: Story, days: int) -> Any:
    """A day so many days from now."""
    return story.day + timedelta(days=days)
