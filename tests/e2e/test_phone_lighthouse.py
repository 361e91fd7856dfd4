"""What Lighthouse says of the phone's first page, on the phone and the network that it imagines."""

from pathlib import Path

import pytest

from tests.e2e.lighthouse import marks


@pytest.mark.prove
async def test_the_marks_of_the_first_page(app: object, server: str, tmp_path: Path) -> None:
    found = await marks(f"{server}/m/", tmp_path)
    print(f"\nlighthouse, phone, median of 3: {found}")  # noqa: T201 - make prove shows its figures
    assert found["performance"] >= 95
    assert found["accessibility"] == 100
    assert found["best-practices"] >= 95
