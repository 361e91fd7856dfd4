"""The templates of papers: one is shipped, a district may bring its own, and neither may do more
than say what it is given."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, insert, select
from sqlmodel import col

from app import clock
from app.access import Work
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kinds.forms import Choice
from app.models import Account, PaperTemplate
from app.models.columns import table_of
from app.places import place_of
from app.services.record import audit
from app.services.record.audit import What

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_PARTS, MOST_BYTES = 200, 8 * 1024 * 1024
"""A template has some dozens of parts and less than a megabyte; more is a bomb."""

MOST_VERSIONS: Final = 200
"""Templates of one paper that a district ever had."""


class Paper(Choice):
    PROTECTION_ORDER_APPLICATION = (
        "protection_order_application",
        "人身安全保护令申请书（附证据清单）",
    )


PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "applicant": frozenset({"name", "sex", "birth_on", "id_number"}),
    "respondents": frozenset({"name", "sex", "birth_on", "id_number", "address", "phone"}),
    "proxies": frozenset({"title", "name", "relation", "ground"}),
    "requests": frozenset({"number", "text"}),
    "evidence": frozenset({"number", "clause", "title"}),
    **dict.fromkeys(
        ("court", "number", "relation", "relation_proof", "grounds", "facts", "urgent",
         "court_to_collect", "evidence_list"),
        frozenset(),
    ),
}  # fmt: skip
"""What a template may name, and the parts of each. None of them is in the vault."""

NEEDED: Final = frozenset({"court", "number", "applicant", "respondents", "requests", "facts",
                           "evidence"})  # fmt: skip
"""What the law asks of the application (反家暴法 24, 27), and the number it is on record by."""

_NODES = ("Template", "Output", "TemplateData", "Name", "Getattr", "For", "If", "Const", "Not")

_template = table_of(PaperTemplate).c
_OWN = (
    select(
        *(c for c in _template if c.name != "content"),
        col(Account.display_name).label("account"),
    )
    .outerjoin(Account, col(Account.id) == _template.uploaded_by)
    .where(_template.district == bindparam("district"), _template.paper == bindparam("paper"))
    .order_by(_template.effective_on.desc(), _template.id.desc())
    .limit(MOST_VERSIONS)
)
_IN_FORCE = (
    select(_template.content, _template.uploaded_at, _template.effective_on)
    .where(
        _template.district == bindparam("district"),
        _template.paper == bindparam("paper"),
        _template.effective_on <= bindparam("day"),
    )
    .order_by(_template.effective_on.desc(), _template.id.desc())
    .limit(1)
)
_ONE = select(_template.content, _template.uploaded_at, _template.effective_on).where(
    _template.id == bindparam("id"),
    _template.district == bindparam("district"),
    _template.paper == bindparam("paper"),
)


class Template:
    """A template's bytes, their digest, when the district brought it and from which day on it
    counts (None: as shipped)."""

    def __init__(
        self, content: bytes, since: datetime | None = None, effective_on: date | None = None
    ) -> None:
        self.content = content
        self.sha256 = sha256(content).hexdigest()
        self.since = since
        self.effective_on = effective_on


@cache
def shipped(paper: Paper) -> Template:
    return Template((Path(__file__).parent / f"{paper.value}.docx").read_bytes())


async def current(work: Work, paper: Paper, district: int) -> Template:
    """The district's own template that is in force today, or the one that is shipped."""
    day = clock.local_day(clock.now())
    asked = {"district": district, "paper": paper.value, "day": day}
    row = (await work.connection.execute(_IN_FORCE, asked)).one_or_none()
    return shipped(paper) if row is None else Template(*row)


async def version(work: Work, paper: Paper, id: int) -> Template:
    """One template that the actor's district has or had. Raises NotFound, NotAllowed."""
    asked = {"id": id, "district": district_of(work), "paper": paper.value}
    row = (await work.connection.execute(_ONE, asked)).one_or_none()
    if row is None:
        raise NotFound("没有这个模板")
    return Template(*row)


async def versions(work: Work, paper: Paper) -> Sequence[Any]:
    """The templates that the actor's district brought, the one that counts longest last: id,
    sha256, uploaded_at, effective_on, and the account by name. Raises NotAllowed."""
    asked = {"district": district_of(work), "paper": paper.value}
    found: Sequence[Any] = (await work.connection.execute(_OWN, asked)).all()
    return found


def district_of(work: Work) -> int:
    """The one district whose templates the actor keeps. Raises NotAllowed."""
    districts = {place_of(grant.area).district for grant in work.actor.grants}
    if len(districts) != 1:
        raise NotAllowed("文书模板由本区的管理员维护")
    return districts.pop()


async def bring(work: Work, paper: Paper, content: bytes, effective_on: date) -> Template:
    """Make this the template of the actor's district from a day on, today at the earliest. Raises
    NotAllowed for somebody without one, Invalid for an earlier day or with every fault that
    `faults` finds, Conflict for more templates than a district may have."""
    district = district_of(work)
    check(content)
    if effective_on < clock.local_day(clock.now()):
        problem = {"field": "effective_on", "message": "从今天或者以后的日子起使用"}
        raise Invalid("启用日期已过", [problem])
    if len(await versions(work, paper)) >= MOST_VERSIONS:
        raise Conflict(f"一种文书最多 {MOST_VERSIONS} 个模板")
    made = Template(content)
    added = (
        insert(table_of(PaperTemplate))
        .values(
            district=district,
            paper=paper.value,
            content=content,
            sha256=made.sha256,
            uploaded_by=work.actor.account_id,
            effective_on=effective_on,
        )
        .returning(_template.uploaded_at)
    )
    since = (await work.connection.execute(added)).scalar_one()
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"paper_template:{made.sha256}")
    return Template(content, since, effective_on)


def check(content: bytes) -> None:
    """Raises Invalid with every fault that `faults` finds."""
    if found := list(faults(content)):
        raise Invalid("模板有误", [{"field": "template", "message": text} for text in found])


def faults(content: bytes) -> Iterator[str]:
    """Everything that is wrong with a template."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_BYTES:
                yield "文件太大"
                return
            names = {part.filename for part in parts}
            relations = b"".join(packed.read(n) for n in names if n.endswith(".rels"))
            whole = b"".join(packed.read(n) for n in names if n.endswith(".xml"))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        yield "不是 .docx 文件"
        return
    if "word/document.xml" not in names:
        yield "不是 .docx 文件"
        return
    if any("vbaProject" in n or n.startswith("word/embeddings") for n in names):
        yield "不得含有宏或者嵌入的文件"
    if b'TargetMode="External"' in relations or b"<!DOCTYPE" in whole or b"<!ENTITY" in whole:
        yield "不得引用外部内容"
    if b"instrText" in whole:
        yield "不得含有域代码"
    yield from _placeholders(content)


def _placeholders(content: bytes) -> Iterator[str]:
    import jinja2  # noqa: PLC0415 - here and below: loaded when the first paper is made

    try:
        tree = _parsed(content)
    except jinja2.TemplateError as error:
        yield f"占位符写法有误：{error}"
        return
    except Exception:
        # The library opens what somebody made: whatever it stumbles over, it is no template.
        yield "文件无法打开"
        return
    if any(type(node).__name__ not in _NODES for node in tree.find_all(jinja2.nodes.Node)):
        yield "只能使用占位符、循环和条件"
        return
    loops: dict[str, str] = {}
    for loop in tree.find_all(jinja2.nodes.For):
        over = getattr(loop.iter, "name", None)
        if over is None or loops.setdefault(loop.target.name, over) != over:
            yield "循环只能写作 for 项 in 占位符，不同的循环用不同的项"
            return
    names = {node.name for node in tree.find_all(jinja2.nodes.Name)} - set(loops)
    for name in sorted(names - set(PLACEHOLDERS)):
        yield f"没有“{name}”这个占位符"
    for name in sorted(NEEDED - names):
        yield f"缺少占位符“{name}”"
    for node in tree.find_all(jinja2.nodes.Getattr):
        named = getattr(node.node, "name", "")
        if node.attr not in PLACEHOLDERS.get(loops.get(named, named), frozenset()):
            yield f"“{named}”没有“{node.attr}”这一项"


def _parsed(content: bytes) -> Any:
    """Everything in the template that the engine would run, as one syntax tree."""
    from docxtpl import DocxTemplate  # noqa: PLC0415

    made = DocxTemplate(io.BytesIO(content))
    made.init_docx()
    texts = [made.patch_xml(made.get_xml())]
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        texts += [made.patch_xml(made.get_part_xml(p)) for _, p in made.get_headers_footers(uri)]
    about = made.docx.core_properties
    texts += [about.author, about.comments, about.identifier, about.language, about.subject]
    texts += [about.title, *_footnotes(made)]
    return _environment().parse("\n".join(texts))


def _footnotes(made: Any) -> Iterator[str]:
    for part in made.docx.part.package.parts:
        if part.content_type.endswith("footnotes+xml"):
            yield made.patch_xml(part.blob.decode("utf-8"))


def _environment() -> Any:
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    return ImmutableSandboxedEnvironment(autoescape=True)


def filled(template: bytes, words: Mapping[str, Any]) -> bytes:
    """The paper as .docx. For a thread: it takes some hundredths of a second."""
    from docxtpl import DocxTemplate  # noqa: PLC0415

    made, out = DocxTemplate(io.BytesIO(template)), io.BytesIO()
    made.render(words, _environment(), autoescape=True)
    made.save(out)
    return out.getvalue()
