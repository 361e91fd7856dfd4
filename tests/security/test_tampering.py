"""What somebody with every right over the database does to the record is found, from a dump, the
file of anchors and a public key."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.crypto import merkle
from app.crypto.signing import Es256
from app.db import transaction
from app.services.record import audit
from app.services.record.audit import What
from app.services.record.seals import Statement, sign
from app.services.record.verify import Flaw
from app.services.seed import SECOND_VILLAGE, VILLAGE
from tests.conftest import Client
from tests.security.recording import CHAIN_KEY, SIGNER, Auditor
from tests.stories.answers import REPORT, command


@dataclass
class Kept(Auditor):
    """A record under three seals."""

    cases: list[str]


@pytest.fixture
async def kept(auditor: Auditor, engine: AsyncEngine, client: Client) -> Kept:
    kept = Kept(**vars(auditor), cases=[])
    async with transaction(engine) as connection:
        await audit.note(connection, What.KEY_ROTATED, about="ring:data")
    fed = await client("women_fed_district")
    for area in (VILLAGE, SECOND_VILLAGE):
        opened = await fed.post("/cases/dv_warning", json=command(REPORT, area=area))
        kept.cases.append(opened.json()["case_id"])
        await kept.seal()
    for case_id in kept.cases:
        note = await fed.post(f"/cases/dv_warning/{case_id}/note", json=command({"text": "电话"}))
        assert note.status_code == 200, note.text
        assert (await fed.get(f"/cases/{case_id}")).status_code == 200
        assert (await fed.get(f"/cases/{case_id}/timeline")).status_code == 200
    assert await kept.seal() == 6
    return kept


@pytest.mark.parametrize("options", [[], ["--compress=gzip"], ["--format=custom"], ["--data-only"]])
async def test_an_honest_record_is_whole(kept: Kept, options: list[str]) -> None:
    report = kept.check(chain_key=CHAIN_KEY, path=kept.dump(*options))
    assert report.findings == []
    assert (report.seals, report.waiting, report.later) == (3, 0, 0)
    assert report.records >= 8


NOTE = "name = 'note' and case_id = (select min(case_id::text)::uuid from event)"
EDIT = f"update event set outcome = 'x' where {NOTE}"
TOUCHED: dict[str, tuple[list[str], Flaw]] = {
    "edit": ([EDIT], Flaw.CHANGED),
    "edit a moment": (
        [f"update event set happened_at = happened_at - interval '1 us' where {NOTE}"],
        Flaw.CHANGED,
    ),
    "edit a look": (["update access_log set account_id = account_id + 1"], Flaw.CHANGED),
    "edit an entry": (["update audit_entry set about = null"], Flaw.CHANGED),
    "delete": ([f"delete from event where {NOTE}"], Flaw.MISSING),
    "delete looks": (["delete from access_log"], Flaw.MISSING),
    "delete entries with their leaves": (
        ["delete from audit_entry", "delete from seal_leaf where source = 'audit_entry'"],
        Flaw.LEAVES,
    ),
    "swap": (
        [
            "create temp table pair as select e.id, o.id as other from event e"
            " join event o on o.name = e.name and o.id <> e.id where e.name = 'note'",
            "update event set id = gen_random_uuid(), fingerprint = decode(replace(id::text, '-',"
            " ''), 'hex') where id in (select id from pair)",
            "update event e set id = pair.other from pair"
            " where e.fingerprint = decode(replace(pair.id::text, '-', ''), 'hex')",
            "drop table pair",
        ],
        Flaw.CHANGED,
    ),
    "swap leaves": (
        [
            "update seal_leaf set position = position + 100",
            "update seal_leaf set position = 201 - position where seal = 1 or seal = 2",
        ],
        Flaw.LEAVES,
    ),
    "insert": (
        [
            "insert into access_log (id, account_id, what, sight)"
            " values ('0192f000-0000-7000-8000-000000000001', 1, 'case_page', 'S3')"
        ],
        Flaw.UNSEALED,
    ),
    "cut off the end": (
        [
            'update "case" c set head = e.hash, version = e.version, state = e.state'
            " from event e where e.case_id = c.id and e.seq = 1",
            "delete from event where seq > 1",
            "delete from access_log",
            "delete from seal_leaf where seal = 3",
            "delete from seal where no = 3",
        ],
        Flaw.BACK,
    ),
    "drop a case": (
        [
            'create temp table gone as select min(id::text)::uuid as id from "case"',
            "delete from seal_leaf l using event e, gone where e.case_id = gone.id"
            " and l.row_id = e.id",
            "delete from event where case_id = (select id from gone)",
            'delete from "case" where id = (select id from gone)',
            "drop table gone",
        ],
        Flaw.LEAVES,
    ),
    "take a seal out": (
        ["delete from seal where no = 2", "update seal set no = 2 where no = 3"],
        Flaw.UNSIGNED,
    ),
    "close a case on its card": (["update \"case\" set state = 'closed'"], Flaw.CARD),
    "hide an event": ([f"update event set replaced_by = id where {NOTE}"], Flaw.CORRECTION),
}
"""What is done, and what it is found by. All are found by more than that."""


@pytest.mark.parametrize("name", TOUCHED)
async def test_what_is_touched_is_found(kept: Kept, name: str) -> None:
    statements, flaw = TOUCHED[name]
    await kept.tamper(*statements)
    assert flaw in kept.flaws()


async def test_what_is_worked_out_anew_is_found(kept: Kept) -> None:
    """An event is changed, and everything above it made again: leaf, root, each later seal. All
    but the signatures, which are by a key of the attacker's own."""
    await kept.tamper(EDIT)
    await kept.tamper(
        "update seal_leaf l set digest = leaf_digest('event', to_jsonb(e),"
        " '{seen_by,replaced_by,key}') from event e where e.id = l.row_id"
    )
    await _seal_anew(kept, Es256(own_key()))
    assert kept.flaws() == {Flaw.UNSIGNED, Flaw.ANCHOR}


async def test_even_the_signing_key_does_not_help(kept: Kept) -> None:
    """The same, with the worker's own key: the file outside says otherwise."""
    await kept.tamper(EDIT)
    await kept.tamper(
        "update seal_leaf l set digest = leaf_digest('event', to_jsonb(e),"
        " '{seen_by,replaced_by,key}') from event e where e.id = l.row_id"
    )
    await _seal_anew(kept, SIGNER)
    assert kept.flaws() == {Flaw.ANCHOR}


async def _seal_anew(kept: Kept, signer: Es256) -> None:
    async with transaction(kept.owner_engine) as connection:
        rows = (await connection.execute(text("select * from seal order by no"))).all()
        leaves = text("select digest from seal_leaf where seal = :no order by position")
        previous = None
        for row in rows:
            digests = (await connection.execute(leaves, {"no": row.no})).scalars().all()
            stated = {n: getattr(row, n) for n in Statement.__dataclass_fields__}
            stated |= {"root": merkle.root(digests)}
            stated |= {"previous": previous.digest if previous else row.previous}
            previous = sign(Statement(**stated), signer)
            await connection.execute(
                text(
                    "update seal set root = :root, previous = :previous, key_id = :key_id,"
                    " signature = :signature where no = :no"
                ),
                {
                    n: getattr(previous, n)
                    for n in ("root", "previous", "key_id", "signature", "no")
                },
            )


def own_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def test_yesterdays_database_is_found(kept: Kept, client: Client) -> None:
    yesterday = kept.dump().rename(kept.folder / "yesterday")
    fed = await client("women_fed_district")
    await fed.get(f"/cases/{kept.cases[0]}")
    assert await kept.seal() == 1
    assert kept.flaws() == set()
    assert kept.flaws(path=yesterday) == {Flaw.BACK}


async def test_an_event_put_in_and_sealed_in_good_faith_is_found_by_the_chain(kept: Kept) -> None:
    """Written as the app would, but for the chain key: only who holds that can tell."""
    copied = "case_id, kind, happened_at, claimed_at, recorded_at, account_id, channel, details,"
    copied += " sealed, fingerprint, state, district, town, village"
    await kept.tamper(
        f"insert into event (id, seq, name, version, hash, {copied})"
        f" select gen_random_uuid(), 3, 'forged', 3, fingerprint, {copied} from event where {NOTE}",
        'update "case" c set head = e.hash, version = 3 from event e'
        " where e.case_id = c.id and e.seq = 3",
        quietly=False,
    )
    assert await kept.seal() == 1
    assert kept.flaws() == set()
    assert kept.flaws(chain_key=CHAIN_KEY) == {Flaw.CHAIN}
