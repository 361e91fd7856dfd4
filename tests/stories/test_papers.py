"""The first paper: the application for a protection order, with its list of evidence."""

import io
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
from docxtpl import DocxTemplate

from app import clock
from app.services.papers import templates
from tests.conftest import Client, step_up
from tests.stories.answers import HUSBAND, WIFE, command

PAPER = "protection_order_application"
HIDDEN = {"present_address": "凤城街道小市东岸三巷七号二楼", "safe_phone": "13900000077"}
HERS = {**WIFE, **HIDDEN, "home_address": "源潭镇青龙村委会大围村"}
HIS = {**HUSBAND, "home_address": "源潭镇青龙村委会大围村十二号", "phone": "13800000055"}
CLAIM = {
    "own_wish": True,
    "grounds": ["violence"],
    "facts": "婚后多次被殴打。\n十一月二十日晚又被打伤 <左臂> & 面部。",
    "requests": ["no_violence", "no_contact", "other"],
    "other_request": "责令被申请人交还证件",
    "relation": "spouse",
    "evidence": ["other", "medical", "statement"],
    "evidence_list": "门诊病历一份",
}


class Case:
    def __init__(self, id: str, fed: httpx.AsyncClient) -> None:
        self.id, self.fed = id, fed

    async def draft(self, **changed: Any) -> None:
        url = f"/cases/protection_order/{self.id}/draft"
        answer = await self.fed.post(url, json=command(CLAIM | changed))
        assert answer.status_code == 200, answer.text

    async def paper(self, who: httpx.AsyncClient | None = None) -> httpx.Response:
        return await (who or self.fed).post(f"/cases/{self.id}/papers/{PAPER}")


@pytest.fixture
async def case(client: Client) -> Case:
    fed = await client("women_fed_town")
    told = {"danger_now": True, "applicant": HERS, "respondent": HIS, "wish": "apply"}
    opened = await fed.post("/cases/protection_order", json=command(told))
    assert opened.status_code == 201, opened.text
    return Case(str(opened.json()["case_id"]), fed)


def said(content: bytes) -> list[str]:
    """Every line of a paper, tables and footer too."""
    made = docx.Document(io.BytesIO(content))
    rows = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    footer = [p.text for section in made.sections for p in section.footer.paragraphs]
    return [*(p.text for p in made.paragraphs), *rows, *footer]


async def test_it_says_what_the_court_asks_for_and_is_on_record(client: Client, case: Case) -> None:
    assert (await case.paper()).json()["type"] == "/problems/second-factor-needed"
    await step_up(case.fed)
    assert (await case.paper()).status_code == 409, "nothing was prepared yet"
    await case.draft()
    made = await case.paper()
    assert made.status_code == 200, made.text
    assert made.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert made.headers["cache-control"] == "no-store"
    digest = sha256(made.content)
    told = made.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(told) == digest.digest()
    lines = said(made.content)
    whole = "\n".join(lines)
    assert "{" not in whole
    assert lines[0] == "人身安全保护令申请书"
    assert lines.index("请求事项") < lines.index("事实和理由") < lines.index("证 据 清 单")
    for part in (
        f"申请人：{WIFE['name']}，女，1988年5月12日出生",
        f"被申请人：{HUSBAND['name']}，男，1986年3月18日出生",
        WIFE["id_number"], HIS["home_address"], HIS["phone"], "双方关系：配偶",
        "1．禁止被申请人实施家庭暴力；", "3．责令被申请人交还证件；",
        "十一月二十日晚又被打伤 <左臂> & 面部。", "清远市清城区人民法院", "门诊病历一份",
    ):  # fmt: skip
        assert part in whole, part
    kinds = [line for line in lines if line.startswith("（") and "）" in line]
    assert kinds[-3:] == ["（一）当事人的陈述", "（七）医疗机构的诊疗记录", "（十一）其他证据"]
    (kept,) = (await case.fed.get(f"/cases/{case.id}/papers")).json()["items"]
    assert kept["sha256"] == digest.hexdigest()
    assert kept["id"].replace("-", "")[-12:] in whole
    boss = await client("women_fed_district")
    looks = (await boss.get(f"/cases/{case.id}/looks")).json()["items"]
    assert "制作申请文书" in {look["what_title"] for look in looks}
    for name, status in (("women_fed_village", 403), ("court", 403), ("women_fed_fengcheng", 404)):
        who = await client(name)
        if status == 404:
            await step_up(who)
        assert (await case.paper(who)).status_code == status, name


@pytest.mark.parametrize("field", ["facts", "evidence_list", "court_to_collect"])
@pytest.mark.parametrize("secret", ["凤城街道 小市东岸三巷·七号二楼", "139-0000-0077"])
async def test_where_she_hides_gets_into_none(case: Case, field: str, secret: str) -> None:
    await step_up(case.fed)
    await case.draft(**{field: f"她现在住在{secret}，请联系。"})
    refused = await case.paper()
    assert refused.json()["type"] == "/problems/secret-in-paper", refused.text
    assert (await case.fed.get(f"/cases/{case.id}/papers")).json()["items"] == []


async def test_nothing_of_hers_but_her_name_and_number_is_in_it(case: Case) -> None:
    await step_up(case.fed)
    await case.draft()
    made = await case.paper()
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist()).decode("utf-8", "ignore")
    for secret in (*HIDDEN.values(), WIFE["phone"]):
        assert secret not in whole
    lines = "\n".join(said(made.content)).replace(HIS["home_address"], "")
    assert HERS["home_address"] not in lines


def changed(edit: Callable[[Any], None]) -> bytes:
    made, out = docx.Document(io.BytesIO(shipped())), io.BytesIO()
    edit(made)
    made.save(out)
    return out.getvalue()


def shipped() -> bytes:
    return templates.shipped(templates.Paper.PROTECTION_ORDER_APPLICATION).content


def body(content: bytes, from_day: int = 0) -> dict[str, str]:
    today = clock.local_day(clock.now()) + timedelta(days=from_day)
    return {"content": b64encode(content).decode(), "effective_on": today.isoformat()}


def added(text: str) -> bytes:
    return changed(lambda made: made.add_paragraph(text))


async def test_the_district_brings_its_own(client: Client, case: Case) -> None:
    admin = await client("system_admin")
    own = added("本模板由清城区妇联制定，{{ applicant.name }}收执。")
    url = f"/paper-templates/{PAPER}"
    put = await admin.post(f"{url}/file", json=body(own))
    assert put.status_code == 200, put.text
    assert put.json()["sha256"] == sha256(own).hexdigest()
    assert (await admin.get(f"{url}/file")).content == own
    assert (await admin.get(f"{url}/file?shipped=true")).content == shipped()
    await step_up(case.fed)
    await case.draft()
    assert f"本模板由清城区妇联制定，{WIFE['name']}收执。" in said((await case.paper()).content)
    assert (await case.fed.post(f"{url}/file", json=body(own))).status_code == 403


async def test_a_template_counts_from_its_day_and_those_before_stay(client: Client) -> None:
    admin = await client("system_admin")
    url = f"/paper-templates/{PAPER}"
    now, later = added("今天起的模板"), added("{{ court }}明天起的模板")
    for content, from_day in ((now, 0), (later, 1)):
        brought = await admin.post(f"{url}/file", json=body(content, from_day))
        assert brought.status_code == 200, brought.text
    past = await admin.post(f"{url}/file", json=body(now, -1))
    assert past.json()["problems"][0]["field"] == "effective_on", past.text
    assert (await admin.get(f"{url}/file")).content == now, "tomorrow's waits"
    second, first = (await admin.get(f"{url}/versions")).json()["items"]
    assert second["sha256"] == sha256(later).hexdigest()
    assert first["account"]
    for one, content in ((first, now), (second, later)):
        got = await admin.get(f"{url}/file", params={"version": one["id"]})
        assert got.content == content
    assert (await admin.get(f"{url}/file", params={"version": 2**40})).status_code == 404
    with clock.at(clock.now() + timedelta(days=1)):
        assert (await admin.get(f"{url}/file")).content == later


async def test_a_template_is_looked_at_before_it_counts(client: Client) -> None:
    admin = await client("system_admin")
    url = f"/paper-templates/{PAPER}/preview"
    sent = {"content": body(added("{{ applicant.name }}收执"))["content"]}
    seen = await admin.post(url, json=sent)
    assert seen.status_code == 200, seen.text
    whole = "\n".join(said(seen.content))
    assert "王某某（示例）收执" in whole
    assert "{" not in whole
    bad = {"content": body(BAD["a macro"])["content"]}
    assert (await admin.post(url, json=bad)).status_code == 422
    versions = await admin.get(f"/paper-templates/{PAPER}/versions")
    assert versions.json()["items"] == [], "nothing is kept"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b" " * 9_000_000)
    return out.getvalue()


def with_part(name: str, text: bytes) -> bytes:
    out = io.BytesIO(shipped())
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr(name, text)
    return out.getvalue()


def titled(made: Any) -> None:
    made.core_properties.title = "{{ cycler.__init__.__globals__ }}"


BAD = {
    "no file at all": b"",
    "another kind of file": b"%PDF-1.7",
    "a bomb": bomb(),
    "a macro": with_part("word/vbaProject.bin", b"x"),
    "an entity": with_part("word/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"),
    "something from outside": with_part("word/_rels/x.rels", b'TargetMode="External"'),
    "a field": with_part("word/y.xml", b"<w:instrText>INCLUDETEXT</w:instrText>"),
    "an unknown word": added("{{ present_address }}"),
    "an unknown part": added("{{ applicant.phone }}"),
    "a way out": added("{{ applicant.__class__ }}"),
    "a call": added("{{ range(9) }}"),
    "a filter": added("{{ facts|upper }}"),
    "an endless loop": added("{% for x in range(10**9) %}{% endfor %}"),
    "a broken tag": added("{% for x in %}"),
    "something in its title": changed(titled),
    "an index": added("{{ applicant['name'] }}"),
    "no place for what the law asks": changed(lambda made: made._body.clear_content()),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_a_template_must_not_be(content: bytes) -> None:
    assert list(templates.faults(content))


def test_the_shipped_one_is_as_it_must_be() -> None:
    assert list(templates.faults(shipped())) == []
    named = DocxTemplate(io.BytesIO(shipped())).get_undeclared_template_variables()
    assert named == set(templates.PLACEHOLDERS), "what is given is used"
    assert Path(templates.__file__).parent.joinpath(f"{PAPER}.docx").stat().st_size < 100_000


async def test_a_bad_template_is_refused_with_its_faults(client: Client) -> None:
    admin = await client("system_admin")
    url = f"/paper-templates/{PAPER}/file"
    refused = await admin.post(url, json=body(BAD["an unknown word"]))
    assert refused.status_code == 422, refused.text
    assert "present_address" in refused.json()["problems"][0]["message"]
    assert (await admin.get(f"/paper-templates/{PAPER}")).json()["uploaded_at"] is None
