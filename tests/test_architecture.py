"""What the design promises of the code as a whole, read from its source."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import app
from app import errors
from app.config import get_settings
from app.errors import AppError

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
LINES = 400
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

READS_CASES = {
    "access.py": "the gate itself",
    "services/rows/commands.py": "the receipt of the actor's own command; the number of a new case",
    "services/seeing/listing.py": "lists: walks an index for each part of the actor's reach",
    "services/seeing/running.py": "the worklist, likewise",
    "services/persons/search.py": "the cases through which a person was found, within access.scope",
    "services/persons/ledger.py": "people by the parts of the reach, cases through the gate",
    "services/acting/return_visits.py": "the number and state behind clocks within access.reach",
    "services/acting/answers.py": "holds a case that passed the gate, so that its key stays",
    "services/keys.py": "as the keeper of keys, who sees no sealed answer",
    "services/seeing/timeline.py": "the key of a case, together with the events it opens",
    "services/phone/phone_tasks.py": "likewise, of cases that the gate let pass",
    "services/persons/parties.py": "other cases of the same people, within access.scope",
    "services/persons/people.py": "writes back people whom the gate gave it",
    "services/persons/matches.py": "two people held to be one, after the gate showed both",
    "services/figures/sight.py": "joins what the gate lets pass to what was counted",
}
"""Who makes a case or a person the source of a statement, and why it may."""

SOURCES = {"select", "select_from", "join", "outerjoin", "table_of", "exists", "aliased", "update"}
RAW = re.compile(r'\b(from|join|update|into)\s+"?(case|person)"?(\s|$)', re.I)


@cache
def trees() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(APP)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(APP.rglob("*.py"))
    }


def names_them(call: ast.Call) -> bool:
    inside = (node for argument in call.args for node in ast.walk(argument))
    return any(isinstance(node, ast.Name) and node.id in ("Case", "Person") for node in inside)


def reads_cases(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SOURCES and names_them(node):
            return True
        if isinstance(node, ast.Constant) and RAW.search(str(node.value)):
            return True
    return False


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def test_only_the_gate_selects_cases_and_people() -> None:
    assert {module for module, tree in trees().items() if reads_cases(tree)} == set(READS_CASES)


def test_only_the_database_module_commits() -> None:
    found = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "commit")
        or (isinstance(node, ast.Constant) and str(node.value).strip().lower() == "commit")
    }
    assert found == {"db.py"}


def test_only_the_wrapper_imports_jose() -> None:
    found = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "jose")
        or (isinstance(node, ast.Import) and any(n.name.startswith("jose") for n in node.names))
    }
    assert found == {"tokens.py"}


def test_no_file_is_too_long() -> None:
    files = [p for folder in ("app", "tests", "bench") for p in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    long = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in files}
    assert {name: n for name, n in long.items() if n > LINES} == {}


def test_no_sql_names_the_schema() -> None:
    schema = get_settings().schema
    places = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("app", "migrations")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if schema in line
    ]
    assert places == [
        f'app/config.py: schema = environment.value(env, "ANLAN_SCHEMA") or "{schema}"'
    ]


def refusals() -> list[type[AppError]]:
    """Every class of expected refusal, wherever it is defined."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)

    def below(kind: type[AppError]) -> Iterator[type[AppError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    return list(below(AppError))


def guard_refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every `Refusal(type=…, detail=…)` of the kinds."""
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "Refusal":
                yield module, node


def literal(node: ast.AST | None) -> str | None:
    """The fixed text of a string or f-string; None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(p.value) for p in parts if isinstance(p, ast.Constant))
        case ast.IfExp(body=one, orelse=other):
            texts = literal(one), literal(other)
            return None if None in texts else " ".join(map(str, texts))
        case _:
            return None


def test_every_refusal_has_a_type_of_its_own() -> None:
    own = [kind.type for kind in refusals() if kind is not errors.Refused]
    assert sorted(own) == sorted(set(own))
    ruled = {literal(k.value) for _, c in guard_refusals() for k in c.keywords if k.arg == "type"}
    assert len(ruled) > 50
    assert None not in ruled, "the type of a refusal is a literal, so that clients can rely on it"
    assert not [type_ for type_ in {*own, *ruled} if not KEBAB.fullmatch(str(type_))]
    assert not ruled & set(own)


def test_what_people_are_told_is_chinese() -> None:
    known = {kind.__name__: kind for kind in refusals()}
    assert all(CHINESE.search(kind.title) for kind in known.values())
    told: list[tuple[str, int, str | None]] = []
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in known and node.args:
                detail = node.args[1] if called(node) == "Refused" else node.args[0]
                told.append((module, node.lineno, literal(detail)))
    told += [
        (module, call.lineno, literal(k.value))
        for module, call in guard_refusals()
        for k in call.keywords
        if k.arg == "detail"
    ]
    assert len(told) > 100
    assert [t for t in told if t[2] is not None and not CHINESE.search(t[2])] == []


@pytest.mark.parametrize(
    "lock",
    [*ROOT.glob("requirements/*.txt"), *ROOT.glob("frontend/package-lock.json")],
    ids=lambda path: path.name,
)
def test_lock_files_name_no_place(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    package = text.splitlines() if lock.suffix == ".txt" else re.findall(r'"resolved".*', text)
    assert not [line for line in package if "://" in line or "index-url" in line]
