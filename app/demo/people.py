"""Invented people: names of common characters, numbers that are right in form and nobody's."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Self

SURNAMES = tuple("陈李黄张梁林刘何罗郑吴谢邓朱钟曾叶冯潘温江苏卢蔡邱范徐廖谭朱欧许曹彭胡")
WOMEN_OLD = ("桂兰", "秀英", "玉珍", "金凤", "惠芳", "丽华", "月娥", "彩霞", "瑞琼", "少芬", "妙玲")
WOMEN = (
    "丽娟", "小燕", "海燕", "翠婷", "敏仪", "嘉慧", "雪梅", "婉君", "晓彤", "素芬", "咏诗", "秋菊",
    "伟玲", "春花", "静雯", "倩怡", "凤仪", "美娜", "宝珠", "燕萍", "绮雯", "红梅", "巧云", "洁仪",
)  # fmt: skip
MEN_OLD = ("国强", "炳坤", "锦全", "金水", "志坚", "伟明", "树根", "观养", "耀华", "木生", "润祥")
MEN = (
    "志强", "伟杰", "建华", "文辉", "俊豪", "永康", "家明", "浩然", "健聪", "国栋", "少峰", "锦荣",
    "志勇", "子健", "海涛", "嘉伟", "振宇", "天佑", "广成", "焕新", "建平", "伟雄", "权发", "启明",
)  # fmt: skip
GIRLS = ("欣怡", "子晴", "诗琪", "梓涵", "思颖", "可儿", "芷若", "雨桐", "乐瑶", "紫萱")
BOYS = ("子轩", "浩宇", "梓豪", "俊熙", "宇航", "一鸣", "睿哲", "天宇", "嘉乐", "泽楷")

ID_AREA = "441899"
"""No county was ever given this code: the numbers are right in form and belong to nobody."""

PHONE_RANGE = "154"
"""A range of mobile numbers that was never given out."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_OLD = 55
_PHONE_AGE = 14
"""Younger children have no telephone of their own."""


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A person as the forms ask for one. `known` picks somebody of an earlier case instead."""

    name: str
    female: bool
    birth_on: date
    id_number: str
    phone: str | None
    home_address: str
    flags: tuple[str, ...] = ()
    safe_contact: str | None = None
    vault: tuple[tuple[str, str], ...] = ()
    known: Any = field(default=None)
    """A reference to the person's row, once a case made one."""

    def age(self, day: date) -> int:
        """Full years on a day."""
        born = self.birth_on
        return day.year - born.year - ((day.month, day.day) <= (born.month, born.day))

    def answer(self, relation: str | None = None, *, brief: bool = False) -> dict[str, Any]:
        """The person as an answer; with `brief` only name and sex are known."""
        if self.known is not None:
            return {"person_id": self.known} | ({"relation": relation} if relation else {})
        given: dict[str, Any] = {"name": self.name, "sex": "female" if self.female else "male"}
        if not brief:
            given |= {
                "id_number": self.id_number,
                "birth_on": self.birth_on,
                "phone": self.phone,
                "home_address": self.home_address,
                "safe_contact": self.safe_contact,
                "flags": list(self.flags),
                **dict(self.vault),
            }
        return {k: v for k, v in given.items() if v} | ({"relation": relation} if relation else {})

    def known_as(self, reference: Any) -> Self:
        """The same person, picked instead of typed again."""
        return replace(self, known=reference)


@dataclass(frozen=True)
class Household:
    """Two partners and their children."""

    wife: Invented
    husband: Invented
    children: tuple[Invented, ...] = ()


def person(
    rng: Random, day: date, ages: tuple[int, int], *, female: bool, address: str,
    surname: str | None = None, **more: Any,
) -> Invented:  # fmt: skip
    """Somebody of an age between two, both included, on a day."""
    # The hundred days keep a person off the edge of an age on every later day of the case.
    span = rng.randint(ages[0] * 365 + 100, ages[1] * 365 + 265) + ages[1] // 4
    born = day - timedelta(days=span)
    age = (day - born).days // 365
    return Invented(
        name=(surname or rng.choice(SURNAMES)) + _given(rng, age, female),
        female=female,
        birth_on=born,
        id_number=_id_number(rng, born, female),
        phone=_phone(rng, age),
        home_address=address,
        **more,
    )


def household(
    rng: Random, day: date, address: str, *, ages: tuple[int, int] = (24, 52), children: int = 0
) -> Household:
    """A wife and a husband of about one age, with so many children under eighteen."""
    wife = person(rng, day, ages, female=True, address=address)
    older = wife.age(day) + rng.randint(0, 5)
    husband = person(rng, day, (older, older + 1), female=False, address=address)
    eldest = min(wife.age(day) - 20, 16)
    made = tuple(
        person(
            rng, day, (min(3, eldest), eldest), female=rng.random() < 0.5, address=address,
            surname=husband.name[0],
        )
        for _ in range(children if eldest >= 2 else 0)
    )  # fmt: skip
    return Household(wife, husband, made)


def _given(rng: Random, age: int, female: bool) -> str:
    if age < 18:
        return rng.choice(GIRLS if female else BOYS)
    if age >= _OLD:
        return rng.choice(WOMEN_OLD if female else MEN_OLD)
    return rng.choice(WOMEN if female else MEN)


def _phone(rng: Random, age: int) -> str | None:
    """Drawn for a small child, too: the rest of the year does not hang on who has one."""
    number = f"{PHONE_RANGE}{rng.randrange(10**8):08}"
    return number if age >= _PHONE_AGE else None


def _id_number(rng: Random, born: date, female: bool) -> str:
    order = rng.randrange(1, 500) * 2 - (0 if female else 1)
    digits = f"{ID_AREA}{born:%Y%m%d}{order:03}"
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True))
    return digits + _CHECKS[total % 11]
