"""The record ends after its years, and not before; what only guarded the door ends sooner. What was
taken away rightly is told from what somebody took."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import jobs
from app.config import SettingsError, read_worker_settings
from app.db import transaction
from app.ids import uuid7
from app.services.record import anchors, audit
from app.services.record.audit import What
from app.services.record.seals import FIRST, Statement, sign
from app.services.record.verify import Flaw
from app.services.seed import VILLAGE
from tests.conftest import Client, Owner
from tests.security.recording import SIGNER, Auditor
from tests.stories.answers import REPORT, command

pytestmark = pytest.mark.usefixtures("app")
YEARS = timedelta(days=4 * 365)
SWEEP = next(chore for chore in jobs.CHORES if chore.name == "sweep")
CLEAR = next(chore for chore in jobs.CHORES if chore.name == "clear away")


@pytest.fixture
def bench(worker_engine: AsyncEngine, auditor: Auditor) -> jobs.Bench:
    return jobs.Bench(worker_engine, SIGNER, auditor.anchors)


async def age(auditor: Auditor, by: timedelta) -> None:
    """As if all that is sealed had been sealed so long ago: signed anew with the worker's key."""
    previous, kept = FIRST, []
    for seal in list(anchors.read(auditor.anchors)):
        stated = {name: getattr(seal, name) for name in Statement.__dataclass_fields__}
        old = Statement(**stated | {"sealed_at": seal.sealed_at - by, "previous": previous})
        kept.append(sign(old, SIGNER))
        previous = kept[-1].digest
    async with transaction(auditor.owner_engine) as connection:
        for seal in kept:
            await connection.execute(
                text(
                    "update seal set sealed_at = :sealed_at, previous = :previous,"
                    " signature = :signature where no = :no"
                ),
                vars(seal),
            )
    auditor.anchors.unlink()
    anchors.append(auditor.anchors, kept)


@pytest.fixture
async def case_id(client: Client, engine: AsyncEngine, auditor: Auditor) -> str:
    """A case that was looked at, and entries of the system, all sealed four years ago."""
    fed = await client("women_fed_district")
    opened = await fed.post("/cases/dv_warning", json=command(REPORT, area=VILLAGE))
    case_id = str(opened.json()["case_id"])
    assert (await fed.get(f"/cases/{case_id}")).status_code == 200
    hold = {"id": str(uuid7()), "ground": "lawsuit", "reason": "已起诉离婚"}
    assert (await fed.post(f"/cases/{case_id}/holds", json=hold)).status_code == 201
    async with transaction(engine) as connection:
        for ring in ("data", "vault"):
            await audit.note(connection, What.KEY_ROTATED, about=f"ring:{ring}")
    await auditor.seal()
    await age(auditor, YEARS)
    assert auditor.flaws() == set()
    return case_id


async def left(owner: Owner, table: str) -> int:
    async with owner() as connection:
        found: int = (await connection.execute(text(f"select count(*) from {table}"))).scalar_one()  # noqa: S608
    return found


ERASED = (
    "update \"case\" set key = ''",
    "update disclosure set disclosed_at = disclosed_at - interval '4 years'",
)
"""As the law leaves a case, its years over: no key opens it any more."""


@pytest.mark.usefixtures("case_id")
async def test_what_is_of_a_kept_case_outlives_its_years(
    bench: jobs.Bench, owner: Owner, auditor: Auditor
) -> None:
    looks, entries = await left(owner, "access_log"), await left(owner, "audit_entry")
    of_no_case = await left(owner, "audit_entry where coalesce(about, '') not like 'case:%'")
    assert 2 <= of_no_case < entries
    assert await SWEEP.run(bench) == of_no_case
    assert await left(owner, "access_log") == looks
    assert await left(owner, "audit_entry") == entries - of_no_case + 1
    for _ in range(2):  # before its own entry is sealed, and after
        report = auditor.check()
        assert (report.findings, report.swept) == ([], of_no_case)
        await auditor.seal()
    assert await SWEEP.run(bench) == 0
    assert await left(owner, "disclosure") > 0
    async with owner() as connection:
        for statement in ERASED:
            await connection.execute(text(statement))
    disclosed = await left(owner, "disclosure")
    assert await SWEEP.run(bench) == looks + entries - of_no_case + disclosed
    assert (await left(owner, "access_log"), await left(owner, "disclosure")) == (0, 0)


async def test_nothing_goes_before_its_years(
    bench: jobs.Bench, engine: AsyncEngine, auditor: Auditor, worker_engine: AsyncEngine
) -> None:
    async with transaction(engine) as connection:
        await audit.note(connection, What.KEY_ROTATED, about="ring:data")
    await auditor.seal()
    await age(auditor, timedelta(days=3 * 365 - 2))
    assert await SWEEP.run(bench) == 0
    for function in ("record_sweep", "disclosures_sweep"):
        with pytest.raises(Exception, match="three years"):
            async with transaction(worker_engine) as connection:
                await connection.execute(text(f"select {function}('2 years', 9)"))
    assert read_worker_settings({"ANLAN_RECORD_YEARS": "5"}).record_years == 5
    with pytest.raises(SettingsError, match="ANLAN_RECORD_YEARS"):
        read_worker_settings({"ANLAN_RECORD_YEARS": "2"})


TAKEN: dict[str, list[str]] = {
    "a row more": ["delete from access_log"],
    "a row more, marked as swept": [
        "delete from access_log",
        "update seal_leaf set swept_by = (select id from audit_entry where what = 'record_swept')"
        " where source = 'access_log'",
    ],
    "without the entry": ["delete from audit_entry where what = 'record_swept'"],
    "with another entry": [
        "update audit_entry set about = 'records:0' where what = 'record_swept'"
    ],
}


@pytest.mark.usefixtures("case_id")
@pytest.mark.parametrize("how", TAKEN)
async def test_what_somebody_took_is_told_from_what_was_swept(
    bench: jobs.Bench, auditor: Auditor, how: str
) -> None:
    await SWEEP.run(bench)
    await auditor.seal()
    assert auditor.flaws() == set()
    await auditor.tamper(*TAKEN[how])
    assert Flaw.MISSING in auditor.flaws()


async def test_an_entry_forged_in_time_takes_no_young_record(
    engine: AsyncEngine, auditor: Auditor
) -> None:
    """Somebody owns the database, says that he swept, and has the worker seal it."""
    async with transaction(engine) as connection:
        await audit.note(connection, What.GLASS_BROKEN, about="account:1")
    await auditor.seal()
    await auditor.tamper(
        "insert into audit_entry (id, what, about) select gen_random_uuid(), 'record_swept',"
        " 'records:' || encode(sha256(digest), 'hex') from seal_leaf",
        "update seal_leaf set swept_by = (select id from audit_entry where what = 'record_swept')",
        "delete from audit_entry where what = 'glass_broken'",
        quietly=False,
    )
    await auditor.seal()
    assert Flaw.MISSING in auditor.flaws()


GUARDS = (
    "insert into session (id, account_id, opened_at, seen_at, ends_at, idle)"
    " select gen_random_uuid(), id, now() - interval '41 days', now() - n * interval '40 days',"
    " now() - interval '40 days', '1 minute'"
    " from account cross join generate_series(1, 3) n where username = 'police'",
    "insert into passkey_challenge (challenge, account_id, made_at)"
    " select age::bytea, id, now() - age::interval from account"
    " cross join (values ('2 days'), ('1 hour')) given (age) where username = 'police'",
    "insert into guess_turn values ('old', now() - interval '2 days'), ('new', now())",
    "insert into start_code (account_id, code_index, ends_at)"
    " select id, '', now() - interval '31 days' from account where username = 'police'",
)


async def test_what_guarded_the_door_goes_when_its_time_is_over(
    bench: jobs.Bench, owner: Owner, client: Client
) -> None:
    await client("police")
    async with owner() as connection:
        for statement in GUARDS:
            await connection.execute(text(statement))
    assert await CLEAR.run(bench) == 3 + 1 + 1 + 1
    assert await left(owner, "passkey_challenge where challenge = '1 hour'") == 1
    assert await left(owner, "guess_turn where bucket = 'new'") == 1
    assert (await (await client("police")).get("/me")).status_code == 200
    assert await CLEAR.run(bench) == 0
