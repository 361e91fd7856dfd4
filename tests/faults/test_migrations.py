"""Migrations do not hold people up: none waits long for a lock, none keeps one long."""

import asyncio
import os
import re
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text

from app import migrate
from app.config import get_settings
from app.embedded import EmbeddedPostgres
from tests.faults.test_backup import filled

VERSIONS = Path(__file__).parents[2] / "migrations/versions"
FIRST = "event_keys"
"""The last that refuses a database with data in it: what is below is older than any release."""

NEWEST = 6
"""How many migrations are walked one by one where there is no time for all."""

LONGEST = 2.0
PROBES = (
    'select id from "case" order by opened_at desc limit 5',
    "update account set changed_at = changed_at where id = (select min(id) from account)",
    'update "case" set version = version where id = (select max(id::text)::uuid from "case")',
)


def revisions() -> dict[str, str | None]:
    """Every revision, and the one below it."""
    found = {}
    for path in VERSIONS.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        below = re.search(r'^down_revision = (?:"(\w+)"|None)', source, re.M)
        own = re.search(r'^revision = "(\w+)"', source, re.M)
        assert below, path.name
        assert own, path.name
        found[own[1]] = below[1]
    return found


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_no_migration_waits_long_for_a_lock(path: Path) -> None:
    """A migration that waits for a long reader makes everybody behind it wait, too."""
    source = path.read_text(encoding="utf-8")
    for name in ("upgrade", "downgrade"):
        body = source.partition(f"def {name}() -> None:\n")[2]
        first = body.strip().splitlines()[0]
        assert re.search(r"set local lock_timeout = '[1-5]s'", first), f"{name}: {first}"


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres, peopled: str) -> Iterator[str]:
    yield from filled(postgres, peopled, "to_migrate", 25)


async def held_up(url: str, stop: asyncio.Event) -> float:
    """How long the longest of somebody's small statements took until we stopped."""
    longest = 0.0
    while not stop.is_set():
        for statement in PROBES:
            begun = time.monotonic()
            async with migrate.as_owner(url, get_settings()) as connection:
                begun = time.monotonic()
                await connection.execute(text(statement))
            longest = max(longest, time.monotonic() - begun)
            await asyncio.sleep(0.005)
    return longest


def newest_first() -> Iterator[tuple[str, str]]:
    """Every revision since the first release, and the one below it."""
    below = revisions()
    (revision,) = below.keys() - set(below.values())
    while revision != FIRST and (under := below[revision]) is not None:
        yield revision, under
        revision = under


async def back_and_forth(url: str, steps: int | None = None) -> list[tuple[str, float, float]]:
    """The newest migrations, or all, each taken back and made again while people work: its name,
    how long it took, how long it held up the one who waited longest."""
    done = []
    for revision, under in islice(newest_first(), steps):
        await asyncio.to_thread(migrate.downgrade, url, under)
        stop = asyncio.Event()
        watching = asyncio.create_task(held_up(url, stop))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        await asyncio.to_thread(migrate.upgrade, url, revision)
        took = time.monotonic() - begun
        stop.set()
        done.append((revision, took, await watching))
        await asyncio.to_thread(migrate.downgrade, url, under)
    await asyncio.to_thread(migrate.upgrade, url)
    return done


def test_migrations_hold_nobody_up(database: str) -> None:
    done = asyncio.run(back_and_forth(database, NEWEST))
    assert len(done) == NEWEST
    assert [(name, waited) for name, _, waited in done if waited > LONGEST] == []


def test_all_are_taken_back_and_made_again(database: str) -> None:
    migrate.downgrade(database, FIRST)
    migrate.upgrade(database)
    migrate.check(database)


@pytest.mark.prove
def test_the_longest_lock_on_a_full_district(postgres: EmbeddedPostgres, peopled: str) -> None:
    cases = int(os.environ.get("ANLAN_CASES", "10000"))
    for url in filled(postgres, peopled, "full_district", cases):
        done = asyncio.run(back_and_forth(url))
    name, _, waited = max(done, key=lambda one: one[2])
    slowest = max(done, key=lambda one: one[1])
    print(  # noqa: T201 - make prove shows its figures
        f"\n{len(done)} migrations on a filled district: the longest anybody waited"
        f" {waited * 1000:.0f} ms ({name}); the slowest migration {slowest[1]:.1f} s ({slowest[0]})"
    )
    assert waited <= LONGEST
