"""Shelter in the demo year: requests, stays, services, and what becomes of those who leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from app.demo import legal_aid, words
from app.demo.common import DISTRICT, TOWN, assign, flagged, note, report_to_police
from app.demo.people import Invented, person
from app.demo.story import Story
from app.demo.year import DAYS, Course, Script
from app.kinds.shelter_placement.intake import Service
from app.roles import Role

SHELTER: Final = Role.SHELTER
CIVIL: Final = Role.CIVIL_AFFAIRS
_ESCORTS: Final = (
    ((Role.POLICE,), "police", 45), ((TOWN,), "women_fed", 22), ((DISTRICT,), "self", 14),
    ((Role.VILLAGE_COMMITTEE, TOWN), "village_committee", 8), ((SHELTER,), "self", 6),
    ((Role.HOSPITAL,), "hospital", 5),
)  # fmt: skip
_OPEN: Final = 400
"""Days for which the bed of somebody who stays on is not given again."""


class Guest:
    """Who asks for shelter, and who comes along."""

    def __init__(
        self,
        story: Story,
        *,
        minor: bool = False,
        known: tuple[Invented, Invented] | None = None,
    ) -> None:
        family = story.family(children=story.pick((0, 5), (1, 3), (2, 1)), ages=(22, 50))
        self.person: Invented = flagged(story, family.wife, 0.1)
        self.abuser, self.relation = family.husband, "spouse"
        self.children = family.children
        self.minor, self.known = minor, known is not None
        if known:
            (self.person, self.abuser), self.children = known, ()
        elif minor:
            self.person = person(
                story.rng, story.day, (5, 16), female=True, address=family.wife.home_address,
                surname=family.husband.name[0],
            )  # fmt: skip
            self.children, self.relation = (), "parent"
        elif story.chance(0.05):
            man = person(
                story.rng, story.day, (62, 78), female=False, address=family.wife.home_address
            )
            self.person, self.children, self.relation = man, (), "child"
        self.arrived = story.at

    @property
    def zones(self) -> tuple[str, ...]:
        """Where she may sleep, the best first."""
        if self.minor:
            return ("minors",)
        own = "women" if self.person.female else "men"
        return ("family", own) if self.children else (own,)


def requested(story: Story, guest: Guest) -> None:
    """Somebody asks for shelter, or is brought."""
    roles, by, _ = story.rng.choices(_ESCORTS, [e[2] for e in _ESCORTS])[0]
    if guest.minor:
        roles, by = (Role.POLICE,), "police"
    if guest.known:
        roles, by = (TOWN,), "women_fed"
    police = Role.POLICE in roles
    story.open(
        *roles,
        in_danger=story.chance(0.12),
        victim=guest.person.answer(),
        no_place_to_stay=True,
        requested_by=by,
        residence=story.pick(("resident", 7), ("floating", 3)),
        perpetrator=guest.abuser.answer(guest.relation),
        children=[c.answer("child") for c in guest.children] or None,
        facts=story.one(words.VIOLENCE),
        vouchers=["police_receipt"] if police else ["self_statement"],
        police_notice_no=f"AZ{story.day:%y%m%d}{story.rng.randint(10, 99)}" if police else None,
    )
    if not police and guest.children:
        story.aside(lambda: report_to_police(story), 0.85)


def assessed(story: Story, *, threatened: bool = True, homeless: bool = True) -> None:
    low, high = story.pick(((0.3, 8), 85), ((13, 22), 9), ((26, 40), 6))
    story.later(low, high).do(
        "assess",
        SHELTER,
        threatened=threatened,
        no_place_to_stay=homeless,
        threat=story.pick(("medium", 6), ("high", 2), ("low", 2)),
        tracking=story.chance(0.2),
        needs=story.some(list(Service), 3),
    )


def admitted(story: Story, guest: Guest, *, days: int = _OPEN) -> bool:
    """A bed of her zone, free for so many days; without one she is brought elsewhere.

    Returns whether she stays.
    """
    story.later(0.3, 6 if story.chance(0.9) else 30)
    start, end = story.at, story.at + timedelta(days=days)
    beds = (story.year.bed(zone, start, end) for zone in guest.zones)
    bed = next((b for b in beds if b is not None), None)
    if bed is None:
        refer_elsewhere(story)
        return False
    guest.arrived = story.at
    story.do(
        "admit",
        SHELTER,
        age_group="minor" if guest.minor else "adult",
        shelter_id=story.year.cast.organisation("shelter", story.year.cast.district),
        bed_id=bed,
        arrived_at=story.at,
        children_along=len(guest.children),
        escorted_by=story.pick(("police", 6), ("women_fed", 4)),
        police_notice_no=f"AZ{story.day:%y%m%d}" if guest.minor else None,
        reported_at=story.at if guest.person.flags else None,
    )
    story.aside(lambda: planned(story), 0.9)
    return True


def planned(story: Story) -> None:
    story.later(10, 60 if story.chance(0.9) else 96).do(
        "plan_services",
        SHELTER,
        services=story.some(list(Service), 3),
        goals="保障安全、稳定情绪，协助办理法律手续，规划离站后的住处",
        agreed=True,
    )


def registered(story: Story, *, pending: bool = False) -> None:
    story.later(0.5, 20 if story.chance(0.9) else 30).do(
        "register",
        SHELTER,
        identity="pending" if pending else "verified",
        rules_signed=True,
        confidentiality_signed=True,
        signed_on=story.day,
        consents=["follow_up", *story.some(("share_with_police", "share_with_services"))],
        location_off=True,
    )
    if pending:
        story.aside(lambda: identified(story), 0.7)


def identified(story: Story) -> None:
    story.days(0.5, 3).do("verify_identity", SHELTER, verified=True, document="居民身份证")


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


def refer_elsewhere(story: Story) -> None:
    story.do(
        "refer_elsewhere", SHELTER, to=story.pick(("other_shelter", 6), ("relief_station", 4)),
        reason="本站床位已满，已联系转送", received_by="值班人员",
    )  # fmt: skip


def left(story: Story, guest: Guest, reason: str | None = None) -> None:
    """She goes: as she wishes, or because the time is over."""
    reason = reason or story.pick(
        ("moved_to_relatives", 4), ("independent_housing", 3), ("returned_after_order", 2),
        ("returned_home_voluntarily", 2),
    )  # fmt: skip
    if guest.minor:
        reason = "handed_to_guardian"
        _handed_over(story, guest)
    elif reason not in ("left_without_notice", "time_limit"):
        story.do(
            "apply_to_leave",
            SHELTER,
            signed_on=story.day,
            reason="已有安全住处，申请离站",
            departure=story.pick(("relatives", 5), ("women_fed", 3), ("alone", 2)),
        )
        story.later(1, 20)
    story.do(
        "leave",
        SHELTER,
        reason=reason,
        left_at=story.at,
        order_no="（2026）粤1802民保令1号" if reason == "returned_after_order" else None,
        circumstances="早上发现本人已离开，电话联系确认安全"
        if reason == "left_without_notice"
        else None,
        belongings_returned=True,
        exit_signed=True,
    )


def _handed_over(story: Story, guest: Guest) -> None:
    grandmother = person(
        story.rng, story.day, (56, 68), female=True, address=guest.person.home_address
    )
    story.do(
        "hand_over",
        SHELTER,
        receiver=replace(grandmother, safe_contact=None).answer("grandparent"),
        receiver_kind="near_relative",
        not_perpetrator=True,
        confirmed_by="police",
        confirmed_on=story.day,
        signed_on=story.day,
    )
    story.later(1, 4)


def followed(story: Story, *, close: bool = True) -> None:
    """Asked after a week and a month how she is."""
    begun = story.at
    for days in (7, 30):
        late = story.chance(0.15)
        share = story.rng.uniform(1.1, 1.4) if late else story.rng.uniform(0.5, 0.9)
        story.at = begun + timedelta(days=days * share)
        story.office()
        result = story.pick(("safe", 85), ("at_risk", 10), ("violence_again", 5))
        _ask_after(story, result)
        if result == "violence_again":
            story.aside(lambda: note(story.later(1, 5), TOWN))
    if close:
        story.days(1, 10).do("close", TOWN, summary="回访正常，结案")


def _ask_after(story: Story, result: str) -> None:
    more: dict[str, Any] = {} if result == "not_reached" else {"spoke_safely": True}
    story.do(
        "follow_up", TOWN, result=result, met_on=story.day,
        by_means=story.pick(("phone", 7), ("visit", 3)), **more,
    )  # fmt: skip


# Courses


def asked(story: Story) -> None:
    requested(story, Guest(story))


def looked_at(story: Story) -> None:
    requested(story, Guest(story))
    assessed(story)


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


def sheltered(story: Story) -> None:
    """A stay of a few days."""
    if guest := housed(story, pending=story.chance(0.12)):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(3, 9.3))
        left(story, guest)
        followed(story)


def known_guest(story: Story, victim: Invented, abuser: Invented) -> None:
    """A stay of somebody known from another case."""
    guest = Guest(story, known=(victim, abuser))
    requested(story, guest)
    assessed(story)
    if admitted(story, guest, days=15):
        registered(story)
        cared_for(story)
        story.at = guest.arrived + timedelta(days=story.rng.uniform(3, 9))
        left(story, guest)
        followed(story)


def child(story: Story) -> None:
    if guest := housed(story, days=32, minor=True):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(4, 25))
        left(story, guest)
        followed(story)


def to_the_limit(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=10.2)
        left(story, guest, "time_limit")
        followed(story)


def extended(story: Story) -> None:
    """Ten days are not enough."""
    if guest := housed(story, days=34):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(8, 9.6))
        extend(story)
        story.days(4, 12)
        left(story, guest)
        followed(story)


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


def another_bed(story: Story) -> None:
    """The first bed was too noisy for her."""
    if guest := housed(story):
        story.days(0.5, 2)
        days = timedelta(days=20)
        beds = (story.year.bed(zone, story.at, story.at + days) for zone in guest.zones)
        bed = next((b for b in beds if b is not None), None)
        if bed is not None:
            story.do("change_bed", SHELTER, bed_id=bed, reason="原房间靠近马路，影响孩子休息")
        story.at = guest.arrived + timedelta(days=story.rng.uniform(5, 8))
        left(story, guest)
        followed(story)


def fetched(story: Story) -> None:
    """The grandmother takes the children meanwhile."""
    guest = housed(story)
    if guest is None:
        return
    if guest.children:
        story.days(1, 2)
        grandmother = person(
            story.rng, story.day, (56, 68), female=True, address=guest.person.home_address
        )
        story.do(
            "hand_over_child",
            SHELTER,
            child=guest.children[0].answer("child"),
            receiver=grandmother.answer("grandparent"),
            receiver_kind="near_relative",
            not_perpetrator=True,
            confirmed_by="village_committee",
            confirmed_on=story.day,
            signed_on=story.day,
        )
    story.at = guest.arrived + timedelta(days=story.rng.uniform(6, 9))
    left(story, guest)
    followed(story)


def returned(story: Story) -> None:
    """She did not want to come, and came after all."""
    unwilling(story)
    story.days(1, 6).do("reopen", TOWN, reason="再次受到威胁，请求入住")
    assessed(story)


def aided(story: Story) -> None:
    """A stay with a referral to legal aid."""
    if guest := housed(story):
        story.aside(lambda: referred(story, "legal_aid"))
        story.at = guest.arrived + timedelta(days=story.rng.uniform(6, 9.5))
        left(story, guest)
        followed(story)


def slipped_away(story: Story) -> None:
    """She left without a word; three calls in vain end the attempt."""
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(1, 5))
        left(story, guest, "left_without_notice")
        for _ in range(3):
            _ask_after(story.days(4, 9), "not_reached")
        story.days(2, 8).do("close", TOWN, summary="多次联系未果，转网格关注")


def changed_mind(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=3)
        story.do(
            "apply_to_leave", SHELTER, signed_on=story.day, reason="想回家", departure="relatives"
        )
        story.later(2, 20).do("withdraw_leave", SHELTER, reason="家属反映男方仍在找人")
        story.days(2, 4)
        left(story, guest)
        followed(story, close=False)


def unwilling(story: Story) -> None:
    requested(story, of_her_own_mind(Guest(story)))
    assessed(story)
    story.later(0.5, 5).do(
        "decline", TOWN, reason=story.pick(("other_housing", 7), ("returns_home", 3)),
        told_of_rights=True, safety_plan="住姐姐家，手机设紧急联系人",
    )  # fmt: skip


def of_her_own_mind(guest: Guest) -> Guest:
    """An adult who decides for herself."""
    guest.person = replace(guest.person, flags=())
    return guest


def refused(story: Story) -> None:
    requested(story, of_her_own_mind(Guest(story)))
    assessed(story, threatened=False, homeless=False)
    story.later(0.5, 8).do(
        "refuse", SHELTER, reason=story.pick(("not_threatened", 5), ("has_housing", 5)),
        explanation="现住处安全，加害人不知情", told_of_help=True,
    )  # fmt: skip


def sent_on(story: Story) -> None:
    requested(story, Guest(story))
    assessed(story)
    refer_elsewhere(story.later(0.5, 10))


def arrived(story: Story) -> None:
    """In a bed, the papers still to be signed."""
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    admitted(story, guest)


def staying(story: Story) -> None:
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    if admitted(story, guest):
        registered(story, pending=story.chance(0.5))
        cared_for(story)


def staying_on(story: Story) -> None:
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    if admitted(story, guest):
        registered(story)
        story.at = guest.arrived + timedelta(days=8.5)
        extend(story)


def leaving(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=4)
        story.do(
            "apply_to_leave", SHELTER, signed_on=story.day, reason="投靠亲属", departure="relatives"
        )


def gone(story: Story) -> None:
    """Left, and nobody has yet asked."""
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=5)
        left(story, guest)


SCRIPT: Final = Script(
    kind="shelter_placement",
    share=0.04,
    months=(1.0, 1.3, 0.9, 0.9, 1.0, 1.1, 1.2, 1.2, 1.0, 1.0, 0.9, 0.9),
    weekdays=(0.9, 0.9, 0.9, 0.9, 1.1, 1.2, 1.2),
    hours=((0, 7, 15), (7, 18, 35), (18, 24, 50)),
    courses=(
        Course(asked, 2, 2),
        Course(looked_at, 1, 2),
        Course(arrived, 1, 1.5),
        Course(staying, 3, 9, 2),
        Course(staying_on, 1.5, 18, 11),
        Course(leaving, 1, 6.5, 5),
        Course(gone, 2, 16, 8),
        Course(sheltered, 28),
        Course(child, 7),
        Course(to_the_limit, 4),
        Course(extended, 10),
        Course(aided, 5),
        Course(another_bed, 1.5),
        Course(fetched, 3),
        Course(returned, 1),
        Course(slipped_away, 3),
        Course(changed_mind, 1.5, DAYS, 60),
        Course(unwilling, 14),
        Course(refused, 3),
        Course(sent_on, 7),
    ),
)
