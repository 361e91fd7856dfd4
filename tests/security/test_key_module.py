"""The master keys may be in a machine of their own: then the app never has them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app import crypto
from app.config import get_settings
from app.crypto import Unreadable
from tests.conftest import Client, Owner
from tests.security.rings import opened, unreadable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of its own, which made its own master keys and tells nobody; the app asks it."""
    path = str(tmp_path / "module")
    command = [sys.executable, "-m", "tests.security.key_module", path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        monkeypatch.setenv("ANLAN_TEST_MODULE", path)
        monkeypatch.setenv("ANLAN_KEY_MODULE", "tests.security.key_module:of_environment")
        get_settings.cache_clear()
        crypto.keyring.cache_clear()
        yield
        crypto.keyring().module.close()  # type: ignore[attr-defined]
        monkeypatch.undo()
        get_settings.cache_clear()
        crypto.keyring.cache_clear()
        process.kill()


@pytest.mark.usefixtures("module")
async def test_a_case_is_worked_on_with_keys_that_never_leave_their_machine(
    client: Client, owner: Owner
) -> None:
    fed = await client("women_fed_district")
    case_id = await opened(fed)
    page = await fed.get(f"/cases/{case_id}")
    assert page.json()["parties"][0]["name"]
    ring = crypto.keyring()
    read, wrong = await unreadable(owner, ring)
    assert (read > 4, wrong) == (True, [])
    async with owner() as connection:
        versions = set(await connection.scalars(text("select get_byte(key, 0) from person")))
    assert versions == {2}
    assert ring.module.wraps("vault") == 2
    with pytest.raises(Unreadable):
        crypto.open_key(ring, crypto.new_key(ring, "vault"), "data")
    with pytest.raises(Unreadable):
        crypto.open_key(ring, b"\x07" + bytes(40))
    assert get_settings().keys.keks == "tests.security.key_module:of_environment"
