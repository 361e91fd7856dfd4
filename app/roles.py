"""The words for who: the actors of the law and of the district's division of work."""

from enum import StrEnum


class Role(StrEnum):
    GRID_WORKER = "grid_worker"
    VILLAGE_COMMITTEE = "village_committee"
    POLICE = "police"
    COURT = "court"
    WOMEN_FED_VILLAGE = "women_fed_village"
    WOMEN_FED_TOWN = "women_fed_town"
    WOMEN_FED_DISTRICT = "women_fed_district"
    MEDIATOR = "mediator"
    SHELTER = "shelter"
    CIVIL_AFFAIRS = "civil_affairs"
    LEGAL_AID = "legal_aid"
    JUSTICE_BUREAU = "justice_bureau"
    ZONGZHI = "zongzhi"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    WCWC_OFFICE = "wcwc_office"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[Role, str] = {
    Role.GRID_WORKER: "网格员",
    Role.VILLAGE_COMMITTEE: "村（居）委会",
    Role.POLICE: "公安",
    Role.COURT: "法院",
    Role.WOMEN_FED_VILLAGE: "村（社区）妇联",
    Role.WOMEN_FED_TOWN: "镇街妇联",
    Role.WOMEN_FED_DISTRICT: "区妇联",
    Role.MEDIATOR: "人民调解员",
    Role.SHELTER: "庇护场所",
    Role.CIVIL_AFFAIRS: "民政",
    Role.LEGAL_AID: "法律援助机构",
    Role.JUSTICE_BUREAU: "司法局",
    Role.ZONGZHI: "综治中心",
    Role.HOSPITAL: "医疗机构",
    Role.SCHOOL: "学校",
    Role.WCWC_OFFICE: "妇儿工委办",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}

WOMEN_FED = frozenset({Role.WOMEN_FED_VILLAGE, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT})
ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""三员分立: the three administrators run the system and see no case (等保三级 L3-CES1-08, 09)."""

CASE_ROLES = frozenset(Role) - ADMINS - {Role.WCWC_OFFICE}
"""Who works on cases. 妇儿工委办 reads figures only."""
