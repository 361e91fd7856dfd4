"""What somebody may do at all. Every route names one of these words; a role holds some of them.

Which cases, and how much of them, is decided beyond this (app/access); who may open a case or take
a step is in the definition of its kind. A partner's client is given some of the same words.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from app.roles import ADMINS, CASE_ROLES, WOMEN_FED, Role


class Permission(StrEnum):
    SELF = "self"
    DEFINITIONS_READ = "definitions.read"
    CASES_READ = "cases.read"
    CASES_WRITE = "cases.write"
    WORKLIST_READ = "worklist.read"
    NOTICES_READ = "notices.read"
    CHANGES_READ = "changes.read"
    PEOPLE_FIND = "people.find"
    PEOPLE_MATCH = "people.match"
    VAULT_REVEAL = "vault.reveal"
    INDICATORS_READ = "indicators.read"
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_INSPECT = "accounts.inspect"
    ACCOUNTS_KEEP = "accounts.keep"
    ACCOUNTS_GRANT = "accounts.grant"
    ACCOUNTS_SHUT = "accounts.shut"
    REGISTERS_READ = "registers.read"
    ORGANISATIONS_KEEP = "organisations.keep"
    BEDS_READ = "beds.read"
    BEDS_KEEP = "beds.keep"
    SURVEYS_SIGN = "surveys.sign"
    LEDGER_READ = "ledger.read"
    LEDGER_SIGN = "ledger.sign"
    LEDGER_SETTLE = "ledger.settle"
    HOLIDAYS_KEEP = "holidays.keep"
    RECUSALS_DECLARE = "recusals.declare"
    RECUSALS_KEEP = "recusals.keep"
    GLASS_BREAK = "glass.break"
    GLASS_REVIEW = "glass.review"
    POLICE_PAPERS = "papers.police"
    COURT_PAPERS = "papers.court"
    ROOMS_KEEP = "rooms.keep"
    EXPORTS_MAKE = "exports.make"
    PAPERS_MAKE = "papers.make"
    TEMPLATES_KEEP = "templates.keep"
    DISCLOSURES_READ = "disclosures.read"
    CLIENTS_READ = "clients.read"
    CLIENTS_REGISTER = "clients.register"
    CLIENTS_CONFIRM = "clients.confirm"
    CLIENTS_REVOKE = "clients.revoke"
    RIGHTS_KEEP = "rights.keep"
    RETENTION_KEEP = "retention.keep"
    DEVICES_LOSE = "devices.lose"
    PHONE_CONFLICTS_SETTLE = "phone_conflicts.settle"
    LOOKS_READ = "looks.read"
    RECORD_READ = "record.read"

    @property
    def label(self) -> str:
        return LABELS[self]


class Confined(StrEnum):
    """What a session has to do before all else."""

    PASSWORD = "password"  # noqa: S105 - a word
    SECOND_FACTOR = "second_factor"


P = Permission

LABELS: Mapping[Permission, str] = {
    P.SELF: "管理本人账号",
    P.DEFINITIONS_READ: "查看定义和地区",
    P.CASES_READ: "查看案件",
    P.CASES_WRITE: "登记和办理案件",
    P.WORKLIST_READ: "查看待办",
    P.NOTICES_READ: "查看通知",
    P.CHANGES_READ: "查看案件变动",
    P.PEOPLE_FIND: "查找人员",
    P.PEOPLE_MATCH: "判定是否为同一人",
    P.VAULT_REVEAL: "查阅保密信息",
    P.INDICATORS_READ: "查看指标",
    P.ACCOUNTS_READ: "查看账号",
    P.ACCOUNTS_INSPECT: "查看账号登记",
    P.ACCOUNTS_KEEP: "维护账号",
    P.ACCOUNTS_GRANT: "授予角色、发放启用码",
    P.ACCOUNTS_SHUT: "停用账号",
    P.REGISTERS_READ: "查看登记簿",
    P.ORGANISATIONS_KEEP: "维护单位登记",
    P.BEDS_READ: "查看空床",
    P.BEDS_KEEP: "维护床位",
    P.SURVEYS_SIGN: "签报摸底排查",
    P.LEDGER_READ: "查看留守妇女台账",
    P.LEDGER_SIGN: "核对签报镇街台账",
    P.LEDGER_SETTLE: "核对区级台账",
    P.HOLIDAYS_KEEP: "维护节假日",
    P.RECUSALS_DECLARE: "申请和决定回避",
    P.RECUSALS_KEEP: "查看和解除回避",
    P.GLASS_BREAK: "紧急查阅",
    P.GLASS_REVIEW: "复核紧急查阅",
    P.POLICE_PAPERS: "推送公安文书",
    P.COURT_PAPERS: "推送法院文书",
    P.ROOMS_KEEP: "登记调解室",
    P.EXPORTS_MAKE: "导出清单",
    P.PAPERS_MAKE: "制作申请文书",
    P.TEMPLATES_KEEP: "维护文书模板",
    P.DISCLOSURES_READ: "查看个人信息提供记录",
    P.CLIENTS_READ: "查看接口用户",
    P.CLIENTS_REGISTER: "登记接口用户和密钥",
    P.CLIENTS_CONFIRM: "确认接口用户的密钥",
    P.CLIENTS_REVOKE: "停用接口用户和密钥",
    P.RIGHTS_KEEP: "办理个人信息请求",
    P.RETENTION_KEEP: "办理案件保留和到期删除",
    P.DEVICES_LOSE: "登记设备遗失",
    P.PHONE_CONFLICTS_SETTLE: "处理手机冲突记录",
    P.LOOKS_READ: "查看谁看过案件",
    P.RECORD_READ: "查看审计记录",
}

EVERYBODY = frozenset({P.SELF, P.DEFINITIONS_READ})
"""What whoever is signed in may do, even one who holds no role."""

GLASS = frozenset({Role.POLICE, Role.WOMEN_FED_DISTRICT, Role.WOMEN_FED_TOWN, Role.CIVIL_AFFAIRS})

HOLDERS: Mapping[Permission, frozenset[Role]] = {
    P.CASES_READ: CASE_ROLES,
    P.CASES_WRITE: CASE_ROLES,
    P.WORKLIST_READ: CASE_ROLES,
    P.NOTICES_READ: CASE_ROLES,
    P.CHANGES_READ: CASE_ROLES,
    # 综治中心 reads no names (S1), so it looks for none.
    P.PEOPLE_FIND: CASE_ROLES - {Role.ZONGZHI},
    P.PEOPLE_MATCH: frozenset({Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT, Role.POLICE}),
    # Who may have a case in hand, or a woman in her house.
    P.VAULT_REVEAL: CASE_ROLES - {Role.ZONGZHI},
    P.INDICATORS_READ: frozenset(Role) - ADMINS,
    P.ACCOUNTS_READ: frozenset(Role),
    P.REGISTERS_READ: frozenset(Role),
    # 调解法 10；法援法 5；粤办法 41
    P.ORGANISATIONS_KEEP: frozenset(
        {Role.WOMEN_FED_DISTRICT, Role.JUSTICE_BUREAU, Role.CIVIL_AFFAIRS}
    ),
    P.BEDS_READ: frozenset(
        {Role.SHELTER, Role.CIVIL_AFFAIRS, Role.WOMEN_FED_DISTRICT, Role.POLICE}
    ),
    # 189号 三(一)
    P.BEDS_KEEP: frozenset({Role.WOMEN_FED_DISTRICT, Role.CIVIL_AFFAIRS}),
    P.SURVEYS_SIGN: WOMEN_FED | {Role.VILLAGE_COMMITTEE, Role.CIVIL_AFFAIRS},
    P.LEDGER_READ: WOMEN_FED | {Role.VILLAGE_COMMITTEE, Role.GRID_WORKER, Role.CIVIL_AFFAIRS},
    # 规划 二(五)策12: 区、镇街两级信息台账, each kept at its level.
    P.LEDGER_SIGN: frozenset({Role.WOMEN_FED_TOWN}),
    P.LEDGER_SETTLE: frozenset({Role.WOMEN_FED_DISTRICT, Role.CIVIL_AFFAIRS}),
    P.HOLIDAYS_KEEP: frozenset({Role.SYSTEM_ADMIN}),
    # Of others only a supervisor, or the security administrator (services/recusals).
    P.RECUSALS_DECLARE: CASE_ROLES | {Role.SECURITY_ADMIN},
    P.RECUSALS_KEEP: CASE_ROLES | {Role.SECURITY_ADMIN},
    P.GLASS_BREAK: GLASS,
    # Of those, supervisors only (services/glass).
    P.GLASS_REVIEW: GLASS,
    P.POLICE_PAPERS: frozenset({Role.POLICE}),
    P.COURT_PAPERS: frozenset({Role.COURT}),
    # 调解法 10
    P.ROOMS_KEEP: frozenset({Role.MEDIATOR, Role.JUSTICE_BUREAU}),
    # Who keeps a ledger of an area, or reports from it.
    P.EXPORTS_MAKE: frozenset(
        {
            Role.WOMEN_FED_DISTRICT,
            Role.WOMEN_FED_TOWN,
            Role.POLICE,
            Role.CIVIL_AFFAIRS,
            Role.JUSTICE_BUREAU,
            Role.LEGAL_AID,
        }
    ),
    # Who helps to apply (反家暴法 23；10号 2) and reads what the application says.
    P.PAPERS_MAKE: frozenset({Role.WOMEN_FED_DISTRICT, Role.WOMEN_FED_TOWN, Role.POLICE}),
    P.TEMPLATES_KEEP: frozenset({Role.SYSTEM_ADMIN}),
    # 个保法 50
    P.RIGHTS_KEEP: WOMEN_FED | {Role.POLICE, Role.CIVIL_AFFAIRS, Role.JUSTICE_BUREAU},
    # 个保法 19, 47
    P.RETENTION_KEEP: frozenset({Role.WOMEN_FED_DISTRICT, Role.POLICE, Role.CIVIL_AFFAIRS}),
    # 网数条例 12: whoever answers for an area answers for what left it.
    P.DISCLOSURES_READ: CASE_ROLES - {Role.GRID_WORKER, Role.HOSPITAL, Role.SCHOOL},
    # One's own, or of those whom one supervises (services/identity/lost_devices).
    P.DEVICES_LOSE: CASE_ROLES | {Role.SYSTEM_ADMIN},
    # Of those, supervisors only (services/phone/conflicts).
    P.PHONE_CONFLICTS_SETTLE: CASE_ROLES,
    P.LOOKS_READ: CASE_ROLES,
    P.RECORD_READ: frozenset({Role.AUDIT_ADMIN}),
    P.ACCOUNTS_INSPECT: ADMINS,
    # 三员分立: who makes an account is not who says what it may do; shutting takes one.
    P.ACCOUNTS_KEEP: frozenset({Role.SYSTEM_ADMIN}),
    P.ACCOUNTS_GRANT: frozenset({Role.SECURITY_ADMIN}),
    P.ACCOUNTS_SHUT: frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
    P.CLIENTS_READ: ADMINS,
    # Likewise who brings a key is not who lets it in.
    P.CLIENTS_REGISTER: frozenset({Role.SYSTEM_ADMIN}),
    P.CLIENTS_CONFIRM: frozenset({Role.SECURITY_ADMIN}),
    P.CLIENTS_REVOKE: frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
}
"""Whose work it is."""

PERMITTED: Mapping[Role, frozenset[Permission]] = {
    role: frozenset(p for p, roles in HOLDERS.items() if role in roles) for role in Role
}
"""Role → what it may do at all, beside EVERYBODY's."""


def permitted(roles: Collection[Role]) -> frozenset[Permission]:
    """What somebody with these roles may do at all."""
    return EVERYBODY.union(*(PERMITTED[role] for role in roles))
