"""A need for legal aid up to the receipt by the centre."""

from datetime import timedelta
from typing import Any, Final

from app.demo import words
from app.demo.common import DISTRICT, TOWN, asked_the_district, flagged, informed, report_to_police
from app.demo.people import person
from app.demo.story import Story
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
    story.aside(lambda: informed(story, "aid_recipient", asked=not client.minor), 0.25)
    story.aside(lambda: asked_the_district(story), 0.06)


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


def soon(story: Story, days: int) -> Any:
    """A day so many days from now."""
    return story.day + timedelta(days=days)
