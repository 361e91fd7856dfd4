"""What the answers about cases are made of, each field with its class."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app.kinds.forms import S0, S1, S2, S3, Sight
from app.roles import Role
from app.routers.shown import Shown, shown


class NextDue(Shown):
    title: str = shown(S1, "期限名称")
    due_at: datetime = shown(S1, "到期时间")
    overdue: bool = shown(S1, "已逾期")


class CaseBrief(Shown):
    """A case in a line."""

    id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    state: str = shown(S1, "状态")
    state_title: str = shown(S1, "状态名称（期满的显示期满）")
    area: int = shown(S1, "地区代码")
    danger: str | None = shown(S1, "危险等级")
    opened_at: datetime = shown(S1, "发生时间")
    closed_at: datetime | None = shown(S1, "结案时间")


class CaseRow(CaseBrief):
    subject: str | None = shown(S2, "当事人（只显示姓）")
    next_due: NextDue | None = shown(S1, "最近的期限")


class CaseListed(Shown):
    """The newest first; `next` is the cursor of the page that follows."""

    items: list[CaseRow] = shown(S1, "案件")
    next: str | None = shown(S1, "下一页")


class FlagShown(Shown):
    code: str = shown(S3, "代码")
    title: str = shown(S3, "名称")


class CaseCard(CaseBrief):
    basis: str = shown(S0, "依据")
    lapsed: bool = shown(S1, "是否已期满")
    outcome: str | None = shown(S1, "结果")
    valid_until: datetime | None = shown(S1, "有效期至")
    erased: bool = shown(S1, "个人信息已依法删除")
    recorded_at: datetime = shown(S1, "系统记录时间")
    organisation_id: int | None = shown(S1, "承办单位编号")
    organisation: str | None = shown(S1, "承办单位")
    account_id: int | None = shown(S1, "承办人账号")
    account: str | None = shown(S1, "承办人")
    version: int = shown(S1, "版本")
    flags: list[FlagShown] = shown(S3, "特殊保护情形")


class PersonFacts(Shown):
    """What is known of a person, as far as the reader reads; the rest is null."""

    name: str | None = shown(S2, "姓名")
    sex: str | None = shown(S1, "性别")
    sex_title: str | None = shown(S1, "性别名称")
    birth_year: int | None = shown(S2, "出生年份")
    birth_on: date | None = shown(S3, "出生日期")
    id_number: str | None = shown(S3, "身份证号")
    phone: str | None = shown(S2, "联系电话（中间四位不显示）")
    home_address: str | None = shown(S3, "户籍或常住地址")
    safe_contact: str | None = shown(S2, "安全联系方式")
    flags: list[FlagShown] | None = shown(S3, "特殊保护情形")


class PartyShown(PersonFacts):
    person_id: UUID = shown(S1, "人员编号")
    role: str = shown(S1, "身份")
    role_title: str = shown(S1, "身份名称")
    relation: str | None = shown(S2, "与案件主体的关系")
    relation_title: str | None = shown(S2, "关系名称")
    is_subject: bool = shown(S1, "是否案件主体")
    joined_at: datetime = shown(S1, "登记时间")


class PartyList(Shown):
    items: list[PartyShown] = shown(S1, "当事人")


class SafeContact(Shown):
    """When, how and as whom somebody may be called. Read it before dialling."""

    person_id: UUID = shown(S1, "人员编号")
    role_title: str = shown(S1, "身份名称")
    rule: str = shown(S2, "安全联系方式")
    phone: str | None = shown(S2, "联系电话（只给承办人）")


class Repeated(Shown):
    """Another case of the kind within a year, among those the reader may see."""

    victim: bool = shown(S3, "一年内再次受害")
    perpetrator: bool = shown(S3, "一年内再次加害")


class EventShown(Shown):
    id: UUID = shown(S1, "记录编号")
    seq: int = shown(S1, "序号")
    name: str = shown(S1, "步骤")
    title: str = shown(S1, "步骤名称")
    outcome: str | None = shown(S1, "结果")
    outcome_title: str | None = shown(S1, "结果名称")
    state: str = shown(S1, "办理后的状态")
    state_title: str = shown(S1, "状态名称")
    happened_at: datetime = shown(S1, "发生时间")
    recorded_at: datetime = shown(S1, "系统记录时间")
    late: bool = shown(S1, "超过 24 小时才记录")
    account: str | None = shown(S1, "办理人")
    organisation: str | None = shown(S1, "办理单位")
    channel: str = shown(S1, "来源")
    replaces: UUID | None = shown(S1, "更正了哪条记录")
    replaced_by: UUID | None = shown(S1, "被哪条记录更正")
    correction_reason: str | None = shown(S3, "更正理由")
    answers: dict[str, Any] = shown(S3, "填写内容（按本人可见等级）")
    names: dict[str, str] = shown(S1, "填写内容中的单位、人员编号各指谁")
    withheld: int = shown(S1, "未显示的项数")
    correctable: bool = shown(S1, "本人的角色可以更正这条记录")


class EventPage(Shown):
    """The newest first; `next` is the cursor of the page that follows."""

    items: list[EventShown] = shown(S1, "记录")
    next: str | None = shown(S1, "下一页")


class DeadlineShown(Shown):
    id: UUID = shown(S1, "编号")
    rule: str = shown(S1, "期限规则")
    title: str = shown(S1, "期限名称")
    basis: str = shown(S0, "依据")
    each: str | None = shown(S1, "对象")
    round: int = shown(S1, "轮次")
    owner: Role = shown(S1, "责任角色")
    owner_title: str = shown(S1, "责任角色名称")
    started_at: datetime = shown(S1, "起算时间")
    alert_at: datetime | None = shown(S1, "预警时间")
    due_at: datetime = shown(S1, "到期时间")
    met_at: datetime | None = shown(S1, "完成时间")
    dropped_at: datetime | None = shown(S1, "取消时间")
    dropped_reason: str | None = shown(S1, "取消原因")
    paused_at: datetime | None = shown(S1, "暂停时间")
    status: Literal["running", "paused", "met", "dropped"] = shown(S1, "状况")
    alert: bool = shown(S1, "已到预警时间")
    overdue: bool = shown(S1, "已逾期")
    late: bool = shown(S1, "逾期完成")


class DeadlineList(Shown):
    items: list[DeadlineShown] = shown(S1, "期限")


class AxisLane(CaseBrief):
    """A case on the axis of time. The first is the one that was asked for."""

    grew_from_here: bool | None = shown(S1, "是否由本案产生；不关联的为空")
    why: str | None = shown(S2, "关联原因")
    people: list[str] = shown(S2, "本案人员在其中的身份")
    deadlines: list[DeadlineShown] = shown(S1, "期限，先到期的在前")
    more_deadlines: bool = shown(S1, "还有更早的期限")


class Axis(Shown):
    lanes: list[AxisLane] = shown(S1, "本案和同一家庭的其他案件")
    more: int = shown(S1, "没有列出的其他可见案件数")


class ActionShown(Shown):
    """What can be done now; `form` names a schema of GET /kinds."""

    name: str = shown(S1, "操作")
    title: str = shown(S1, "操作名称")
    basis: str = shown(S0, "依据")
    form: str = shown(S0, "表单")


class LinkShown(CaseBrief):
    why: str | None = shown(S2, "关联原因")
    grew_from_here: bool = shown(S1, "是否由本案产生")


class Links(Shown):
    items: list[LinkShown] = shown(S1, "关联案件")
    hidden: int = shown(S1, "不在本人范围的关联案件数")


class CaseShown(Shown):
    """The case page."""

    sight: Sight = shown(S1, "本人在本案中可见的等级")
    supervised: bool = shown(S1, "本人是本案所在地区的主管人员，可以查看谁看过")
    card: CaseCard = shown(S1, "基本情况")
    safe_contact: list[SafeContact] = shown(S2, "安全联系")
    parties: list[PartyShown] = shown(S1, "当事人")
    repeated: Repeated = shown(S3, "重复情况")
    events: list[EventShown] = shown(S1, "各步骤现行内容")
    deadlines: list[DeadlineShown] = shown(S1, "尚在计算的期限")
    actions: list[ActionShown] = shown(S1, "可以办理的操作")
    links: Links = shown(S1, "关联案件")
