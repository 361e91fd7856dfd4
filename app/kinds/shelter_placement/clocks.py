"""The clocks of shelter."""

from app.clock import Days, Hours, Months, WorkDays
from app.kinds.base import AtValidUntil, DeadlineRule, Steps
from app.kinds.forms import when
from app.kinds.shelter_placement.intake import AgeGroup, IdentityCheck, Service
from app.kinds.shelter_placement.leaving import FollowUpResult
from app.roles import Role

_ADMIT = frozenset({"admit"})
_LEAVE = frozenset({"leave"})


def _referral(service: Service) -> DeadlineRule:
    return DeadlineRule(
        name=f"{service.value}_referral",
        title=f"{service.label}转介反馈",
        basis="189号 三(二)；设计",
        owner=Role.SHELTER,
        starts_on=frozenset({"refer_service"}),
        only_if=when("service", service),
        met_by=frozenset({"service_result"}),
        met_if=when("service", service),
        due=WorkDays(3, source="设计", region="区"),
    )


CLOCKS = (
    DeadlineRule(
        name="assessment",
        title="安全和需求评估",
        basis="189号 三(二)；设计（当日）",
        owner=Role.SHELTER,
        starts_on=frozenset({"opened"}),
        met_by=frozenset({"assess"}),
        drops_on=frozenset({"decline"}),
        alert=Hours(12, source="设计：当日", region="区"),
        due=Hours(24, source="设计：当日", region="区"),
    ),
    DeadlineRule(
        name="placement",
        title="安置",
        basis="粤办法 41, 42（及时）；189号 三(一)",
        owner=Role.CIVIL_AFFAIRS,
        starts_on=frozenset({"opened"}),
        met_by=frozenset({"admit", "refer_elsewhere"}),
        drops_on=frozenset({"decline", "refuse"}),
        due=Hours(24, source="设计：粤办法 41“及时”", region="粤"),
    ),
    DeadlineRule(
        name="registration",
        title="入站登记",
        basis="189号 三(一)；设计",
        owner=Role.SHELTER,
        starts_on=_ADMIT,
        met_by=frozenset({"register"}),
        drops_on=_LEAVE,
        due=Hours(24, source="设计", region="区"),
    ),
    DeadlineRule(
        name="identity_check",
        title="补核身份",
        basis="189号 三(一)；设计",
        owner=Role.SHELTER,
        starts_on=frozenset({"register"}),
        only_if=when("identity", IdentityCheck.PENDING),
        met_by=frozenset({"verify_identity"}),
        drops_on=_LEAVE,
        due=WorkDays(3, source="设计", region="区"),
    ),
    DeadlineRule(
        name="service_plan",
        title="个案服务方案",
        basis="189号 三(二)；设计",
        owner=Role.SHELTER,
        starts_on=_ADMIT,
        met_by=frozenset({"plan_services"}),
        drops_on=_LEAVE,
        due=Days(3, source="设计", region="区", rolls=False),
    ),
    *(_referral(service) for service in Service),
    DeadlineRule(
        name="stay_limit",
        title="庇护期限",
        basis="189号 三(一)：成年受害人一般不超过10天",
        owner=Role.SHELTER,
        starts_on=_ADMIT,
        only_if=when("age_group", AgeGroup.ADULT),
        met_by=frozenset({"leave", "extend"}),
        alert=Days(8, source="设计", region="区", rolls=False),
        due=Days(10, source="189号 三(一)", rolls=False),
    ),
    DeadlineRule(
        name="extension_filing",
        title="延长庇护报民政部门备案",
        basis="189号 三(一)",
        owner=Role.SHELTER,
        starts_on=frozenset({"extend"}),
        met_by=frozenset({"file_extension"}),
        due=WorkDays(3, source="设计", region="区"),
    ),
    DeadlineRule(
        name="extended_stay",
        title="延长期届满",
        basis="189号 三(一)",
        owner=Role.SHELTER,
        starts_on=frozenset({"extend"}),
        met_by=_LEAVE,
        due=AtValidUntil(),
        remind_days=(2,),
    ),
    DeadlineRule(
        name="stay",
        title="临时庇护、临时监护最长期限",
        basis="法发〔2014〕24号：临时监护一般不超过一年；设计（成年人参照）",
        owner=Role.CIVIL_AFFAIRS,
        starts_on=_ADMIT,
        met_by=_LEAVE,
        due=Months(12, source="法发〔2014〕24号；设计", rolls=False),
        remind_days=(30,),
    ),
    DeadlineRule(
        name="follow_up",
        title="离站后回访",
        basis="妇联规程 13；设计",
        owner=Role.WOMEN_FED_TOWN,
        starts_on=_LEAVE,
        met_by=frozenset({"follow_up"}),
        met_if=when(
            "result", FollowUpResult.SAFE, FollowUpResult.AT_RISK, FollowUpResult.VIOLENCE_AGAIN
        ),
        due=Days(7, source="设计", region="区", rolls=False),
        then=Steps(terms=(Days(30, source="设计", region="区", rolls=False),)),
    ),
)
