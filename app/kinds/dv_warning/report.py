"""What is asked when violence is reported, and when the police accept the report."""

from app.kinds.dv_warning.words import Injury, VictimWish, ViolenceType
from app.kinds.forms import S1, S2, S3, S4, Choice, Form, Moment, Yes, ask, when
from app.kinds.people import PartyRole, PersonAnswer, Phone, party


class Reporter(Choice):
    """Who tells of it (反家暴法 13, 14；粤办法 21, 22); institutions have a duty to."""

    VICTIM = "victim", "受害人本人"
    RELATIVE = "relative", "法定代理人、近亲属"
    NEIGHBOUR = "neighbour", "邻居或其他群众"
    GRID_WORKER = "grid_worker", "网格员"
    VILLAGE_COMMITTEE = "village_committee", "村（居）委会"
    WOMEN_FED = "women_fed", "妇联"
    SCHOOL = "school", "学校、幼儿园"
    HOSPITAL = "hospital", "医疗机构"
    SOCIAL_WORK = "social_work", "社会工作服务机构"
    RELIEF_STATION = "relief_station", "救助管理机构、福利机构"
    MEDIATION = "mediation", "人民调解组织"
    OTHER = "other", "其他"


class Channel(Choice):
    POLICE_110 = "110", "110报警"
    HOTLINE_12338 = "12338", "12338妇女维权热线"
    HOTLINE_12348 = "12348", "12348公共法律服务热线"
    HOTLINE_12345 = "12345", "12345政务热线"
    WALK_IN = "walk_in", "来访"
    PATROL = "patrol", "走访、巡查"
    REFERRAL = "referral", "单位转介"
    ONLINE = "online", "网络"
    MEDIA = "media", "媒体"
    OTHER = "other", "其他"


class SceneDanger(Choice):
    """The officers' grading on the scene (警察手册 2013)."""

    HIGH = "high", "高：持有武器、极度激动、醉酒或吸毒"
    MEDIUM = "medium", "中：已停止，但曾使用武器或造成轻微伤以上"
    LOW = "low", "低：已停止，情绪平稳，有悔意"


class Report(Form):
    """Danger first; only that and what happened must be told, the rest when it is known."""

    immediate_danger: Yes = ask("现在有人处于危险之中", S1, source="反家暴法 13, 15")
    what_happened: str = ask(
        "发生了什么", S3, source="反家暴法 16；妇联规程 7", widget="long_text", max_length=4000
    )
    victim: PersonAnswer | None = party(
        "受害人", PartyRole.VICTIM, source="反家暴法 13；34号 9", default=None
    )
    perpetrator: PersonAnswer | None = party(
        "加害人", PartyRole.PERPETRATOR, source="反家暴法 16；34号 9", default=None
    )
    children_present: Yes | None = ask("有未成年人在场或受害", S3, source="粤办法 50", default=None)
    children: list[PersonAnswer] = party(
        "在场的未成年人（目睹者也是受害人）",
        PartyRole.CHILD,
        source="粤办法 50",
        visible_if=when("children_present", True),
        default_factory=list,
    )
    violence_types: list[ViolenceType] = ask(
        "暴力形式", S3, source="粤办法 2", default_factory=list
    )
    occurred_at: Moment | None = ask("发生时间", S3, source="34号 9", default=None)
    place: str | None = ask("发生地点", S3, source="34号 9", default=None, max_length=200)
    weapon: Yes | None = ask("使用或持有凶器", S3, source="设计", default=None)
    injury: Injury | None = ask("伤情", S3, source="反家暴法 15；粤办法 23(三)", default=None)
    earlier_violence: str | None = ask(
        "以往家庭暴力情况", S3, source="妇联规程 7", default=None, max_length=1000
    )
    victim_wish: VictimWish | None = ask(
        "受害人的真实意愿", S2, source="反家暴法 5；妇联规程 8", default=None
    )
    discovered_at: Moment | None = ask(
        "发现时间", S1, source="反家暴法 14；粤办法 22", default=None
    )
    channel: Channel | None = ask("线索来源", S1, source="粤办法 20", default=None)
    reporter: Reporter | None = ask(
        "报告人类别", S2, source="反家暴法 13, 14；34号 21", default=None
    )
    reporter_name: str | None = ask(
        "报告人姓名（保密）", S4, source="反家暴法 14；粤办法 23", default=None, max_length=50
    )
    reporter_phone: Phone | None = ask(
        "报告人电话（保密）",
        S4,
        source="反家暴法 14；粤办法 23",
        default=None,
        widget="phone",
    )


class Acceptance(Form):
    """The record of attendance, 出警记录 (粤办法 23)."""

    accepted_at: Moment = ask("受理时间", S1, source="粤办法 26；34号 8")
    incident_no: str = ask("警情（受案）编号", S1, source="粤办法 23", max_length=60)
    officers: str = ask("出警民警", S2, source="粤办法 23", max_length=100)
    victim_wish: VictimWish = ask("受害人的真实意愿", S2, source="反家暴法 5；粤办法 24")
    victim: PersonAnswer | None = party(
        "受害人（尚未登记的填写）", PartyRole.VICTIM, source="粤办法 23；34号 9", default=None
    )
    perpetrator: PersonAnswer | None = party(
        "加害人（尚未登记的填写）", PartyRole.PERPETRATOR, source="粤办法 23；34号 9", default=None
    )
    children: list[PersonAnswer] = party(
        "在场的未成年人（尚未登记的填写）",
        PartyRole.CHILD,
        source="粤办法 29, 50",
        default_factory=list,
    )
    arrived_at: Moment | None = ask("到场时间", S1, source="反家暴法 15", default=None)
    violence_stopped: Yes | None = ask(
        "已制止正在发生的暴力", S1, source="反家暴法 15；粤办法 23(一)", default=None
    )
    scene: str | None = ask(
        "现场情况与简要经过", S3, source="粤办法 23", default=None, max_length=4000
    )
    scene_danger: SceneDanger | None = ask("现场危险程度", S3, source="设计", default=None)
    injury: Injury | None = ask("伤情", S3, source="粤办法 23(三)", default=None)
    medical_help: Yes | None = ask(
        "已协助联系救治", S1, source="反家暴法 15；粤办法 23(三)", default=None
    )
    injury_appraisal: Yes | None = ask(
        "已安排伤情鉴定", S1, source="反家暴法 15；粤办法 23(三)", default=None
    )
    earlier_violence: str | None = ask(
        "以往家庭暴力情况", S3, source="设计", default=None, max_length=1000
    )
    adult_present: str | None = ask(
        "询问未成年人时到场的成年人", S3, source="粤办法 29", default=None, max_length=200
    )
    placement_needed: Yes | None = ask(
        "无、限制民事行为能力人处于危险状态，需要安置",
        S3,
        source="反家暴法 15；粤办法 23(四)；34号 14",
        default=None,
    )
