"""People as they are asked for: one person a row, whatever number of cases they stand in."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.kinds.forms import S1, S2, S3, S4, Choice, Form, ask
from app.kinds.identity import birth_and_sex, id_number_valid, phone_valid


class Sex(Choice):
    FEMALE = "female", "女"
    MALE = "male", "男"


class PartyRole(Choice):
    VICTIM = "victim", "受害人"
    PERPETRATOR = "perpetrator", "加害人"
    APPLICANT = "applicant", "申请人"
    RESPONDENT = "respondent", "被申请人"
    PROXY = "proxy", "代为申请人"
    CHILD = "child", "子女"
    GUARDIAN = "guardian", "监护人"
    AID_RECIPIENT = "aid_recipient", "受援人"
    LEFT_BEHIND_WOMAN = "left_behind_woman", "留守妇女"
    HUSBAND = "husband", "丈夫"
    PARTY_A = "party_a", "当事人甲"
    PARTY_B = "party_b", "当事人乙"
    WITNESS = "witness", "证人"


class Relation(Choice):
    """To the person the case is about. Family, those who live together (反家暴法 37；34号 24；
    粤办法 50), and former partners, who count for 妇保法 29 though they are not family."""

    SPOUSE = "spouse", "配偶"
    FORMER_SPOUSE = "former_spouse", "前配偶"
    PARTNER = "partner", "恋爱关系"
    FORMER_PARTNER = "former_partner", "曾有恋爱关系"
    COHABITANT = "cohabitant", "同居"
    PARENT = "parent", "父母"
    CHILD = "child", "子女"
    SIBLING = "sibling", "兄弟姐妹"
    GRANDPARENT = "grandparent", "（外）祖父母"
    GRANDCHILD = "grandchild", "（外）孙子女"
    PARENT_IN_LAW = "parent_in_law", "公婆、岳父母"
    CHILD_IN_LAW = "child_in_law", "儿媳、女婿"
    GUARDIAN = "guardian", "监护人"
    WARD = "ward", "被监护人"
    FOSTER = "foster", "寄养、扶养"
    CO_RESIDENT = "co_resident", "其他共同生活的人"
    OTHER = "other", "其他"


class Flag(Choice):
    """Special protection (反家暴法 5；粤办法 4, 22, 50；34号 6)."""

    GIRL_UNDER14 = "girl_under14", "不满十四周岁女童"
    MINOR = "minor", "未成年人"
    ELDERLY = "elderly", "老年人"
    DISABLED = "disabled", "残疾人"
    PREGNANT = "pregnant", "孕期妇女"
    LACTATING = "lactating", "哺乳期妇女"
    SERIOUSLY_ILL = "seriously_ill", "重病患者"
    COERCED = "coerced", "受强制、威吓"
    CANNOT_REPORT = "cannot_report", "因年老、残疾、重病等无法报案"
    CHILD_WITNESS = "child_witness", "目睹家庭暴力的未成年人"
    NO_CAPACITY = "no_capacity", "无民事行为能力人"
    LIMITED_CAPACITY = "limited_capacity", "限制民事行为能力人"
    INTELLECTUAL_DISABILITY = "intellectual_disability", "智力残疾"


MUST_ISSUE_FLAGS = frozenset(
    {
        Flag.MINOR,
        Flag.GIRL_UNDER14,
        Flag.CHILD_WITNESS,
        Flag.ELDERLY,
        Flag.DISABLED,
        Flag.INTELLECTUAL_DISABILITY,
        Flag.PREGNANT,
        Flag.LACTATING,
        Flag.SERIOUSLY_ILL,
    }
)
"""Victims for whom a warning must be issued (粤办法 25；34号 6(二))."""

REPORT_FLAGS = frozenset(
    {
        Flag.MINOR,
        Flag.GIRL_UNDER14,
        Flag.CHILD_WITNESS,
        Flag.NO_CAPACITY,
        Flag.LIMITED_CAPACITY,
        Flag.INTELLECTUAL_DISABILITY,
        Flag.COERCED,
        Flag.CANNOT_REPORT,
    }
)
"""Victims whom whoever finds them must report to the police (反家暴法 14；粤办法 22；未保法 11)."""


def _id_number(value: str) -> str:
    if not id_number_valid(value):
        raise PydanticCustomError("id_number", "身份证号有误，请核对（末位为校验码）")
    return value.upper()


def _phone(value: str) -> str:
    if not phone_valid(value):
        raise PydanticCustomError("phone", "电话号码有误，请核对")
    return value


IdNumber = Annotated[str, Field(max_length=40), AfterValidator(_id_number)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]


class PersonAnswer(Form):
    """One person, as far as she or he is known. `person_id` picks somebody the system knows."""

    person_id: UUID | None = ask("已登记人员", S1, source="设计", default=None)
    name: str | None = ask("姓名", S2, source="34号 9", default=None, max_length=50)
    sex: Sex | None = ask("性别", S1, source="34号 9", default=None)
    birth_on: date | None = ask("出生日期", S3, source="34号 9", default=None)
    id_number: IdNumber | None = ask(
        "身份证号", S3, source="34号 9", default=None, widget="id_number"
    )
    phone: Phone | None = ask("联系电话", S2, source="设计", default=None, widget="phone")
    relation: Relation | None = ask(
        "与案件主体的关系", S2, source="34号 9；反家暴法 37", default=None
    )
    flags: list[Flag] = ask("特殊保护情形", S3, source="反家暴法 5；粤办法 4", default_factory=list)
    home_address: str | None = ask(
        "户籍或常住地址", S3, source="34号 9", default=None, max_length=200
    )
    present_address: str | None = ask(
        "现住所（保密）", S4, source="10号 4", default=None, max_length=200
    )
    safe_phone: Phone | None = ask(
        "安全联系电话（保密）", S4, source="妇联规程 13", default=None, widget="phone"
    )
    safe_contact: str | None = ask(
        "安全联系方式（能否致电、时间、以何身份）",
        S2,
        source="妇联规程 13",
        default=None,
        max_length=200,
    )
    school: str | None = ask("就读学校（保密）", S4, source="10号 4", default=None, max_length=100)

    @model_validator(mode="after")
    def _agrees(self) -> "PersonAnswer":
        if self.id_number:
            birth, sex = birth_and_sex(self.id_number)
            if self.birth_on not in (None, birth) or self.sex not in (None, sex):
                raise PydanticCustomError(
                    "id_number_disagrees", "身份证号与所填性别或出生日期不一致"
                )
        return self


def party(title: str, role: PartyRole, *, source: str, **rules: Any) -> Any:
    """A field whose answer is a person, or a list of people, with that role in the case.

    Optional unless the annotation says otherwise: pass `default=None`, or for several
    `default_factory=list`.
    """
    return ask(title, S2, source=source, party=role.value, **rules)
