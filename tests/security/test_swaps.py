"""A stored value opens with its own key, in its own table, column and row, and nowhere else."""

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app import crypto
from app.crypto import DataKey, Place, Unreadable
from tests.conftest import Client, Owner, step_up
from tests.security.rings import SEALED, opened
from tests.stories.answers import command
from tests.stories.files import photo


class Cell(NamedTuple):
    """One stored value, with the key that opens it."""

    key: DataKey
    sealed: bytes
    place: Place


async def cells(owner: Owner) -> list[Cell]:
    """Everything that is stored sealed under a key of its own row."""
    ring = crypto.keyring()
    found: list[Cell] = []
    cases: dict[Any, DataKey] = {}
    async with owner() as connection:
        for name, which in SEALED.items():
            asked = text(f'select * from "{name}" where key is not null')  # noqa: S608
            for row in await connection.execute(asked):
                if not which:
                    key = crypto.open_key_under(cases[row.case_id], row.key)
                else:
                    key = crypto.open_key(ring, row.key, which)  # type: ignore[arg-type]
                if name == "case":
                    cases[row.id] = key
                    continue
                column = "sealed" if hasattr(row, "sealed") else "reason"
                found.append(Cell(key, getattr(row, column), Place(name, column, row.id)))
    return found


def opens(key: DataKey, sealed: bytes, place: Place) -> bool:
    try:
        return bool(crypto.unseal(key, sealed, place))
    except Unreadable:
        return False


async def test_what_was_swapped_is_refused(client: Client, owner: Owner) -> None:
    fed = await client("women_fed_district")
    await step_up(fed)
    case_ids = [await opened(fed) for _ in range(2)]
    note: dict[str, Any] = command({"text": "已电话联系，约定明日见面"})
    assert (await fed.post(f"/cases/dv_warning/{case_ids[0]}/note", json=note)).status_code == 200
    await fed.post(f"/cases/{case_ids[0]}/attachments", json=photo())
    person = (await fed.get(f"/cases/{case_ids[0]}/parties")).json()["items"][0]["person_id"]
    asked = {"reason": "联系受害人确认明日上门时间"}
    assert (await fed.post(f"/people/{person}/reveal", json=asked)).status_code == 200
    stored = await cells(owner)
    kept = {
        "access_log",
        "attachment",
        "case_vault",
        "event",
        "person",
        "person_vault",
        "second_factor",
    }
    assert {cell.place.table for cell in stored} >= kept
    one = st.integers(0, len(stored) - 1)

    @settings(deadline=None, max_examples=400)
    @given(key=one, sealed=one, place=one, column=st.sampled_from(("", "key", "name")))
    def swapped(key: int, sealed: int, place: int, column: str) -> None:
        here = stored[place].place
        where = here._replace(column=column) if column else here
        own = key == sealed == place and not column
        assert opens(stored[key].key, stored[sealed].sealed, where) == own

    swapped()
    assert all(opens(*cell) for cell in stored)
