"""What is asked when somebody leaves the shelter, and afterwards."""

from datetime import date

from app.kinds.forms import S1, S2, S3, S4, Choice, Form, Moment, Yes, ask, when
from app.kinds.people import PartyRole, PersonAnswer, party


class Departure(Choice):
    ALONE = "alone", "自行离开"
    RELATIVES = "relatives", "亲友接回"
    VILLAGE_COMMITTEE = "village_committee", "村（居）民委员会护送"
    WOMEN_FED = "women_fed", "基层妇联护送"


class ReceiverKind(Choice):
    OTHER_GUARDIAN = "other_guardian", "其他监护人"
    NEAR_RELATIVE = "near_relative", "近亲属"
    FOSTER_FAMILY = "foster_family", "爱心家庭寄养"


class ConfirmedBy(Choice):
    POLICE = "police", "公安机关"
    VILLAGE_COMMITTEE = "village_committee", "村（居）民委员会"


class LeaveReason(Choice):
    RETURNED_HOME = "returned_home_voluntarily", "自愿返回家庭"
    RETURNED_AFTER_ORDER = "returned_after_order", "迁出令执行后返回住所"
    MOVED_TO_RELATIVES = "moved_to_relatives", "投靠亲友"
    INDEPENDENT_HOUSING = "independent_housing", "自行安排住处"
    HANDED_TO_GUARDIAN = "handed_to_guardian", "由其他监护人、近亲属接领"
    TO_WELFARE_INSTITUTION = "transferred_to_welfare_institution", "转送福利机构"
    TO_OTHER_SHELTER = "transferred_to_other_shelter", "转送其他庇护场所"
    HOSPITALISED = "hospitalised", "住院治疗"
    LEFT_WITHOUT_NOTICE = "left_without_notice", "未告知离站"
    TIME_LIMIT = "time_limit", "庇护期满"
    DEATH = "death", "死亡"


class FollowUpResult(Choice):
    SAFE = "safe", "安全"
    AT_RISK = "at_risk", "仍有危险"
    VIOLENCE_AGAIN = "violence_again", "再次遭受家庭暴力"
    NOT_REACHED = "not_reached", "未联系上"


class FollowUpBy(Choice):
    PHONE = "phone", "电话"
    VISIT = "visit", "约见、走访"


class LeaveApplication(Form):
    signed_on: date = ask("书面申请签署日期", S1, source="189号 三(三)")
    reason: str = ask("离开原因", S3, source="189号 三(三)", max_length=1000)
    departure: Departure = ask("离开方式", S1, source="189号 三(三)")
    escort_name: str | None = ask(
        "接回或护送人（保密）", S4, source="189号 三(三)；10号 4", default=None, max_length=50
    )
    safety_plan: str | None = ask(
        "安全计划", S3, source="妇联规程 11；设计", default=None, max_length=2000
    )


class WithdrawLeave(Form):
    reason: str | None = ask("撤回原因", S2, source="189号 二(二)", default=None, max_length=500)


class HandOver(Form):
    """接领交接: to another guardian or a near relative, never to the guardian who is violent."""

    receiver: PersonAnswer = party("接领人", PartyRole.GUARDIAN, source="189号 三(三)")
    receiver_kind: ReceiverKind = ask("接领人身份", S1, source="189号 三(三)(四)")
    not_perpetrator: Yes = ask(
        "已查验证件，接领人不是加害人", S1, source="189号 三(三)；反家暴法 21"
    )
    confirmed_by: ConfirmedBy = ask("身份确认单位", S1, source="189号 三(三)")
    confirmed_on: date = ask("身份确认日期", S1, source="189号 三(三)")
    confirmation_no: str | None = ask(
        "身份确认文号", S1, source="189号 三(三)", default=None, max_length=60
    )
    signed_on: date = ask("书面交接签署日期", S1, source="189号 三(三)")
    note: str | None = ask("交接说明", S3, source="189号 三(三)", default=None, max_length=1000)


class ChildHandOver(HandOver):
    child: PersonAnswer = party("被接领的子女", PartyRole.CHILD, source="189号 一；三(三)")


class Leaving(Form):
    reason: LeaveReason = ask("离站原因", S1, source="189号 三(三)；设计")
    left_at: Moment = ask("离站时间", S1, source="189号 四(二)")
    order_no: str | None = ask(
        "人身安全保护令案号",
        S1,
        source="反家暴法 29",
        default=None,
        required_if=when("reason", LeaveReason.RETURNED_AFTER_ORDER),
        visible_if=when("reason", LeaveReason.RETURNED_AFTER_ORDER),
        max_length=60,
    )
    circumstances: str | None = ask(
        "经过",
        S3,
        source="设计",
        default=None,
        required_if=when("reason", LeaveReason.LEFT_WITHOUT_NOTICE, LeaveReason.DEATH),
        max_length=2000,
    )
    destination: str | None = ask("去处（保密）", S4, source="10号 4", default=None, max_length=200)
    belongings_returned: Yes | None = ask("随身物品已交还", S1, source="189号 三(一)", default=None)
    exit_signed: Yes | None = ask("离站手续已签署", S1, source="189号 四(二)", default=None)


class FollowUp(Form):
    result: FollowUpResult = ask("回访结果", S1, source="妇联规程 13；设计")
    met_on: date = ask("回访日期", S1, source="妇联规程 13")
    by_means: FollowUpBy = ask("回访方式", S1, source="妇联规程 13")
    spoke_safely: Yes | None = ask(
        "受害人在安全环境中反映真实情况",
        S1,
        source="妇联规程 13",
        default=None,
        required_if=when(
            "result",
            FollowUpResult.SAFE,
            FollowUpResult.AT_RISK,
            FollowUpResult.VIOLENCE_AGAIN,
        ),
    )
    needs: str | None = ask("情况与需要", S3, source="妇联规程 13", default=None, max_length=2000)


class Close(Form):
    summary: str | None = ask(
        "结案小结", S3, source="妇联规程 14；设计", default=None, max_length=2000
    )
