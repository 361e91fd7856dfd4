"""The organisations of 清城区 for the demo: offices named as is usual, the rest invented."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.places import Place, place_of

SINCE = date(2021, 1, 1)
"""Long enough ago that every figure of the demo year counts them."""

NO_MEDIATORS = frozenset({441802103222, 441802105214, 441802106219, 441802107216, 441802107217})
"""Villages without a mediation committee, so that its coverage (FAM-01) says something."""

SHELTER = "清城区反家庭暴力庇护场所"
BEDS = {"women": 5, "men": 2, "minors": 3, "family": 2}
"""Zone → beds (189号 二(二): by sex and age)."""

ZONES = {"women": "女", "men": "男", "minors": "未", "family": "家"}

IN_DISTRICT = (
    ("police", "清远市公安局清城分局"),
    ("court", "清远市清城区人民法院"),
    ("women_fed_district", "清城区妇女联合会"),
    ("civil_affairs", "清城区民政局"),
    ("justice_bureau", "清城区司法局"),
    ("legal_aid", "清城区法律援助处"),
    ("legal_aid_station", "清城区妇联法律援助工作站"),
    ("zongzhi", "清城区社会治安综合治理中心"),
    ("hospital", "清城区人民医院"),
    ("hospital", "清城区妇幼保健院"),
    ("school", "清城区第一实验学校"),
    ("mediation_committee", "清城区婚姻家庭纠纷人民调解委员会"),
    ("shelter", SHELTER),
    ("wcwc_office", "清城区妇女儿童工作委员会办公室"),
)
IN_TOWN = (
    ("police", "清城分局{short}派出所"),
    ("women_fed_town", "{town}妇女联合会"),
    ("legal_aid_station", "{town}法律援助工作站"),
    ("zongzhi", "{town}综治中心"),
    ("hospital", "{town}{clinic}"),
    ("school", "{short}中心小学"),
    ("mediation_committee", "{town}人民调解委员会"),
)


@dataclass(frozen=True)
class Register:
    """An organisation to be: what kind, where, since when. No address, of none of them."""

    kind: str
    name: str
    place: Place
    opened_on: date = SINCE


def organisations(areas: Sequence[Any]) -> Iterator[Register]:
    """Every organisation of the district whose areas (rows in force) these are."""
    towns = {a.code: a.name for a in areas if a.level == "town"}
    for area in areas:
        place = place_of(area.code)
        if area.is_virtual:
            continue
        if area.level == "district":
            yield from (Register(kind, name, place) for kind, name in IN_DISTRICT)
        elif area.level == "town":
            yield from _in_town(area.name, place)
        elif place.town is not None:
            yield from _in_village(area.name, towns[place.town], place)


def _in_town(town: str, place: Place) -> Iterator[Register]:
    words = {
        "town": town,
        "short": town.removesuffix("街道").removesuffix("镇"),
        "clinic": "卫生院" if town.endswith("镇") else "社区卫生服务中心",
    }
    return (Register(kind, name.format_map(words), place) for kind, name in IN_TOWN)


def _in_village(name: str, town: str, place: Place) -> Iterator[Register]:
    if name.endswith("村委会"):
        stem = name.removesuffix("村委会")
        committee, called = f"{stem}村民委员会", stem if stem.endswith("村") else f"{stem}村"
    else:
        called = name.removesuffix("居委会")
        committee = f"{called}居民委员会"
    yield Register("village_committee", f"{town}{committee}", place)
    yield Register("women_fed_village", f"{town}{called}妇女联合会", place)
    if place.village not in NO_MEDIATORS:
        yield Register("mediation_committee", f"{town}{called}人民调解委员会", place)
