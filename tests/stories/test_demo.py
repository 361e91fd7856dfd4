"""The demo year: played through the one door, the same every time, never twice."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock, demo
from app.access import Work
from app.clock import HOLIDAYS
from app.config import get_settings
from app.db import app_role, make_engine, transaction
from app.demo import cast
from app.demo.people import person
from app.embedded import EmbeddedPostgres
from app.kinds import KINDS
from app.kinds.identity import id_number_valid, phone_valid
from app.roles import Role
from app.services import seed
from app.services.figures import indicators

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SMALL = 60
SECONDS = 60

Database = Callable[[], Any]


class Stopped(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def database(postgres: EmbeddedPostgres, peopled: str) -> Iterator[Database]:
    """Makes databases like that of `make run`: real areas, demo accounts, staff, no cases."""
    made: list[str] = []

    def make() -> Any:
        name = f"demo_{len(made)}"
        made.append(name)
        postgres.psql("postgres", f"create database {name} template {peopled}")
        return lambda: _opened(postgres, name)

    yield make
    for name in made:
        postgres.psql("postgres", f"drop database {name} with (force)")


@asynccontextmanager
async def _opened(postgres: EmbeddedPostgres, name: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(postgres.dsn(name, app_role(get_settings().schema)), get_settings())
    yield engine
    await engine.dispose()


async def _rows(engine: AsyncEngine, statement: str) -> list[tuple[Any, ...]]:
    async with transaction(engine, cast.READER) as connection:
        who = (await cast.gather(connection)).actors
    reader = next(a for (role, _), found in who.items() for a in found if role is Role.POLICE)
    district = f"set local app.districts = '{seed.DISTRICT}';"
    async with transaction(engine, reader.opening + district) as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]


CASES = (
    "select c.number, c.kind, c.state, c.village, c.opened_at, c.recorded_at, c.danger, c.flags,"
    ' c.birth_year, c.outcome, p.id_index from "case" c'
    " left join case_party p on p.case_id = c.id and p.person_id = c.subject"
    " order by c.number, p.id_index"
)
EVENTS = (
    "select c.number, e.seq, e.name, e.outcome, e.happened_at, e.recorded_at, e.state, e.amount"
    ' from event e join "case" c on c.id = e.case_id order by c.number, e.seq'
)


@pytest.fixture
def two(database: Database) -> tuple[Any, Any]:
    return database(), database()


async def test_a_day_gives_one_year_up_to_now_once_even_in_two_goes(two: tuple[Any, Any]) -> None:
    first, second = two

    def stop(done: int, planned: int, moment: datetime) -> None:
        if done > planned / 3:
            raise Stopped

    with clock.at(NOON):
        async with first() as engine:
            played = await demo.play(engine, KINDS, HOLIDAYS, cases=SMALL)
            assert [f"{s.kind}/{s.name}: {e.detail}" for s, e in played.refused] == []
            assert played.done == played.planned
            whole = await _rows(engine, CASES), await _rows(engine, EVENTS)
            assert max(row[5] for row in whole[1]) <= NOON
            with clock.at(NOON.replace(month=12)):
                assert (await demo.play(engine, KINDS, HOLIDAYS, cases=SMALL)).done == 0
            assert await _rows(engine, EVENTS) == whole[1]
        async with second() as engine:
            with pytest.RaisesGroup(Stopped, flatten_subgroups=True):
                await demo.play(engine, KINDS, HOLIDAYS, cases=SMALL, progress=stop)
            with clock.at(NOON.replace(day=22)):
                again = await demo.play(engine, KINDS, HOLIDAYS, cases=SMALL)
            assert 0 < again.done < again.planned == played.planned
            assert (await _rows(engine, CASES), await _rows(engine, EVENTS)) == whole
    assert {row[1] for row in whole[0]} == set(KINDS)
    assert len({row[0] for row in whole[0]}) >= SMALL


async def test_another_seed_gives_another_year(two: tuple[Any, Any]) -> None:
    with clock.at(NOON):
        async with two[0]() as engine, two[1]() as other:
            await demo.play(engine, KINDS, HOLIDAYS, cases=20)
            await demo.play(other, KINDS, HOLIDAYS, cases=20, seed=2)
            assert await _rows(engine, CASES) != await _rows(other, CASES)


def test_people_are_right_in_form_and_nobody() -> None:
    rng = Random(7)
    for _ in range(200):
        made = person(rng, NOON.date(), (4, 80), female=rng.random() < 0.5, address="演示路1号")
        assert id_number_valid(made.id_number)
        assert (made.age(NOON.date()) >= 14) is (made.phone is not None)
        assert made.phone is None or phone_valid(made.phone)
        assert made.id_number.startswith("441899")
        assert 4 <= made.age(NOON.date()) <= 80


@pytest.mark.prove
async def test_three_thousand_cases_within_a_minute(two: tuple[Any, Any]) -> None:
    async with two[0]() as engine:
        begun, used = time.perf_counter(), time.process_time()
        played = await demo.play(engine, KINDS, HOLIDAYS)
        took, used = time.perf_counter() - begun, time.process_time() - used
        cases = len({row[0] for row in await _rows(engine, CASES)})
        print(  # noqa: T201 - make prove shows its figures
            f"\n{cases} cases, {played.done} actions in {took:.1f} s: {took / played.done:.4f} s"
            f" each, {used / played.done:.4f} s of it in this process"
        )
        assert played.refused == ()
        await _everything_has_something_to_say(engine)
        assert took <= SECONDS


async def _everything_has_something_to_say(engine: AsyncEngine) -> None:
    states = set(await _rows(engine, "select distinct kind, state from event"))
    rules = set(await _rows(engine, "select distinct kind, rule from deadline"))
    for kind in KINDS.values():
        assert {(kind.name, state) for state in kind.states} <= states
        assert {(kind.name, rule.name) for rule in kind.deadlines} <= rules
    async with transaction(engine, cast.READER) as connection:
        people = await cast.gather(connection)
    reader = people.actors[Role.WOMEN_FED_DISTRICT, seed.DISTRICT][0]
    async with transaction(engine, reader.opening) as connection:
        work = Work(connection, reader, KINDS, HOLIDAYS)
        year = clock.period("year", clock.local_day(clock.now()).year)
        board = await indicators.board(work, seed.DISTRICT, year)
    silent = [line.code for line in board if line.bound and line.figure.value is None]
    assert silent == []
