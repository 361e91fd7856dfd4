"""家庭暴力告诫书: from the report of violence through the police's decision to the visits after.

反家暴法 16, 17；粤办法 23–28；34号.
"""

from app.kinds.base import OPENED, CaseKind, Matter, Notify
from app.kinds.dv_warning.actions import ACTIONS, CARERS, FINAL, HOLDERS, STATES
from app.kinds.dv_warning.deadlines import DEADLINES
from app.kinds.dv_warning.indicators import INDICATORS
from app.kinds.dv_warning.report import Report
from app.kinds.forms import when
from app.kinds.rights import Kept
from app.roles import CASE_ROLES, Role

_VIOLENCE_SEEN = when("outcome", "suspected", "confirmed")

KIND = CaseKind(
    name="dv_warning",
    title="家庭暴力告诫书",
    prefix="告诫",
    basis="反家暴法 16, 17；粤办法 23–28；34号",
    matter=Matter.VIOLENCE,
    form=Report,
    subject="victim",
    opened_by=CASE_ROLES,
    read_by=CARERS | HOLDERS | {Role.ZONGZHI},
    # 粤办法 20; 妇联规程 6: who was asked first follows it to the end, and reads what it is about.
    carried_by=frozenset({Role.POLICE, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT}),
    states=STATES,
    initial="reported",
    final=FINAL,
    reopens_to="accepted",
    kept=Kept(years=10, source="个保法 19；妇联规程 14 归档；年限为设计"),
    in_charge="粤办法 20；妇联规程 11, 14",
    actions=ACTIONS,
    deadlines=DEADLINES,
    indicators=INDICATORS,
    suspicion={
        OPENED: None,
        "record_visit": _VIOLENCE_SEEN,
        "record_extra_visit": _VIOLENCE_SEEN,
        "report_recurrence": None,
        "record_recurrence": None,
    },
    opening_effects=(
        Notify(
            to=(Role.POLICE,),
            text="有人处于危险之中，请立即查看并处置",
            basis="反家暴法 15；粤办法 23",
            only_if=when("immediate_danger", True),
        ),
        Notify(
            to=(Role.POLICE,),
            text="有一件新的报告，请及时受理",
            basis="反家暴法 15；粤办法 23",
            only_if=when("immediate_danger", False),
        ),
    ),
)
