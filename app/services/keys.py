"""Stored keys: which master key they hang on, moving them to the newest, renewing them.

Moving a key to another master key leaves what it seals as it is. Renewing one makes a new key, and
what hung on the old one hangs on the new: on suspicion that somebody knows the old.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Table, Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto
from app.crypto import DESTROYED, DataKey, Keyring, Place, Ring
from app.db import Begin
from app.errors import NotFound
from app.models import (
    AccessLog,
    Attachment,
    AuditEntry,
    Case,
    CaseVault,
    Event,
    LegalHold,
    Person,
    PersonChange,
    PersonVault,
    PhoneConflict,
    SecondFactor,
    SQLModel,
    SubjectRequest,
)
from app.models.columns import table_of
from app.services.record import audit
from app.services.record.audit import What

AT_ONCE = 500
"""Keys moved in one transaction: some hundredths of a second, for which nobody waits long."""

PAUSE = 0.2  # seconds until rows that somebody else had locked are tried again

HANGING: tuple[tuple[type[SQLModel], Ring], ...] = (
    (Person, "data"),
    (Case, "data"),
    (SecondFactor, "data"),
    (AuditEntry, "data"),
    (AccessLog, "data"),
    (PersonChange, "data"),
    (PersonVault, "vault"),
    (CaseVault, "vault"),
    (PhoneConflict, "vault"),
)
"""Every table whose `key` is wrapped by a master key, and of which ring. The key of an event hangs
on its case's."""


RINGS: tuple[Ring, ...] = get_args(Ring)


class Standing(NamedTuple):
    """How many keys of a table hang on one version; version 0 are those destroyed by law."""

    table: str
    ring: Ring
    version: int
    rows: int


async def standing(connection: AsyncConnection) -> list[Standing]:
    """How many keys hang on which version, table by table."""
    found = []
    for model, ring in HANGING:
        table = table_of(model)
        asked = select(_version(table), func.count()).where(table.c.key.is_not(None))
        asked = asked.group_by(text("1")).order_by(text("1"))
        for version, rows in await connection.execute(asked):
            found.append(Standing(table.name, ring, version, rows))
    return found


async def unreadable(connection: AsyncConnection) -> list[str]:
    """The versions of master keys that something hangs on and that do not open it: `table ring
    version`. One stored key of each is tried."""
    wrong = []
    for model, ring in HANGING:
        table = table_of(model)
        one_each = distinct_on(_version(table))
        asked = select(table.c.key).where(_version(table) != 0).ext(one_each)
        for wrapped in (await connection.execute(asked)).scalars():
            try:
                crypto.open_key(crypto.keyring(), wrapped, ring)
            except crypto.Unreadable:
                wrong.append(f"{table.name} {ring} {wrapped[0]}")
    return wrong


def _version(table: Any) -> Any:
    key = table.c.key
    return func.coalesce(func.get_byte(func.nullif(key, DESTROYED), 0), 0)


async def rotate(
    begin: Begin, keyring: Keyring, operator: str, moved: Callable[[int], None]
) -> int:
    """Put every key under the version of its ring that wraps now; how many were moved.

    Many small transactions, which may end anywhere: each row says itself what it hangs on, so
    whoever begins again goes on where the last one stopped. `moved` is told the size of each.
    `operator` is by what name this machine knows who does it, for the record.
    """
    async with begin() as connection:
        for ring in RINGS:
            about = f"{ring}_master_key:{keyring.module.wraps(ring)}"
            await audit.note(connection, What.KEY_ROTATED, operator=operator, about=about)
    total = 0
    for model, ring in HANGING:
        while True:
            count = await _pass(begin, keyring, model, ring, moved)
            total += count
            async with begin() as connection:
                if not await _left(connection, keyring, model, ring):
                    break
            await asyncio.sleep(PAUSE)
    return total


async def left(connection: AsyncConnection, keyring: Keyring) -> int:
    """How many keys hang on another version than the one that wraps now."""
    return sum([await _left(connection, keyring, model, ring) for model, ring in HANGING])


async def _left(
    connection: AsyncConnection, keyring: Keyring, model: type[SQLModel], ring: Ring
) -> int:
    version = _version(table_of(model))
    asked = select(func.count()).where(version != 0, version != keyring.module.wraps(ring))
    return int((await connection.execute(asked)).scalar_one())


def _batch(model: type[SQLModel]) -> Any:
    """The next keys that hang on another version. Rows in use are left for the next pass: whoever
    holds keys locked must never wait for somebody who may wait for one of them."""
    table = table_of(model)
    version = _version(table)
    return (
        select(table.c.id, table.c.key)
        .where(table.c.id > bindparam("after", type_=Uuid))
        .where(version != 0, version != bindparam("wraps"))
        .order_by(table.c.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
    )


def _put(model: type[SQLModel]) -> Any:
    table = table_of(model)
    given = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)), bindparam("keys", type_=ARRAY(LargeBinary))
        )
        .table_valued("id", "key", name="given")
        .render_derived()
    )
    return update(table).where(table.c.id == given.c.id).values(key=given.c.key)


async def _pass(
    begin: Begin,
    keyring: Keyring,
    model: type[SQLModel],
    ring: Ring,
    moved: Callable[[int], None],
) -> int:
    batch, put, total = _batch(model), _put(model), 0
    after = UUID(int=0)
    while True:
        async with begin() as connection:
            asked = {"after": after, "wraps": keyring.module.wraps(ring)}
            rows = (await connection.execute(batch, asked)).all()
            if not rows:
                return total
            keys = [crypto.rewrap(keyring, row.key, ring) for row in rows]
            await connection.execute(put, {"ids": [row.id for row in rows], "keys": keys})
        after, total = rows[-1].id, total + len(rows)
        moved(len(rows))


UNDER_CASE: Mapping[type[SQLModel], Sequence[str]] = {
    LegalHold: ("reason",),
    SubjectRequest: ("wish", "answer"),
}
"""What is sealed under the key of a case itself, and not chained: it is sealed anew with it."""

UNDER_CASE_KEYS: tuple[type[SQLModel], ...] = (Event, Attachment)
"""What has a key of its own that the key of its case wraps."""

_person, _case = table_of(Person), table_of(Case)
_PERSON = select(_person.c.key, _person.c.sealed).where(_person.c.id == bindparam("id"))
_CASE = select(_case.c.key).where(_case.c.id == bindparam("id"))


async def renew_person(
    connection: AsyncConnection, keyring: Keyring, person_id: UUID, operator: str
) -> None:
    """Seal what is known of a person under a new key. NotFound, Shredded, Unreadable."""
    found = await connection.execute(_PERSON.with_for_update(key_share=True), {"id": person_id})
    row = found.one_or_none()
    if row is None:
        raise NotFound("没有这个人员")
    place = Place("person", "sealed", person_id)
    plain = crypto.unseal(crypto.open_key(keyring, row.key), row.sealed, place)
    wrapped = crypto.new_key(keyring)
    sealed = crypto.seal(crypto.open_key(keyring, wrapped), plain, place)
    await connection.execute(
        update(_person).where(_person.c.id == person_id).values(key=wrapped, sealed=sealed)
    )
    about = f"person:{person_id}"
    await audit.note(connection, What.KEY_ROTATED, operator=operator, about=about)


async def renew_case(
    connection: AsyncConnection, keyring: Keyring, case_id: UUID, operator: str
) -> int:
    """Give a case a new key, and hang the keys of its events and files on that; how many there
    were.

    What those keys seal stays as the chain has it; the rest is sealed anew. Whoever knew the
    old key opens nothing that she had not opened already. NotFound, Shredded, Unreadable.
    """
    found = await connection.execute(_CASE.with_for_update(key_share=True), {"id": case_id})
    row = found.one_or_none()
    if row is None:
        raise NotFound("没有这个案件")
    wrapped = crypto.new_key(keyring)
    old, new = crypto.open_key(keyring, row.key), crypto.open_key(keyring, wrapped)
    await connection.execute(update(_case).where(_case.c.id == case_id).values(key=wrapped))
    about = f"case:{case_id}"
    await audit.note(connection, What.KEY_ROTATED, operator=operator, about=about)
    hung = 0
    for model in UNDER_CASE_KEYS:
        hung += await _hang_anew(connection, model, case_id, old, new)
    for model, columns in UNDER_CASE.items():
        await _seal_anew(connection, table_of(model), columns, case_id, old, new)
    return hung


async def _hang_anew(
    connection: AsyncConnection, model: type[SQLModel], case_id: UUID, old: DataKey, new: DataKey
) -> int:
    row = table_of(model).c
    wanted = select(row.id, row.key).where(row.case_id == case_id, row.key.is_not(None))
    found = (await connection.execute(wanted)).all()
    if found:
        keys = [crypto.rewrap_under(old, new, one.key) for one in found]
        await connection.execute(_put(model), {"ids": [one.id for one in found], "keys": keys})
    return len(found)


async def _seal_anew(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    case_id: UUID,
    old: DataKey,
    new: DataKey,
) -> None:
    wanted = select(table.c.id, *(table.c[name] for name in columns))
    for row in (await connection.execute(wanted.where(table.c.case_id == case_id))).all():
        sealed = {
            name: crypto.seal(new, crypto.unseal(old, value, place), place)
            for name in columns
            if (value := getattr(row, name)) is not None
            for place in [Place(table.name, name, row.id)]
        }
        await connection.execute(update(table).where(table.c.id == row.id).values(**sealed))
