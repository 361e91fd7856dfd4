"""Files made to do harm are refused, or kept where they can do none."""

import io
import json
import time
from collections import Counter

import pytest
from PIL import Image

from app.errors import FileRefused
from app.services.files import apart, inspecting
from tests.conftest import Client, step_up
from tests.security.hostile_files import KEPT, MARK, PATHS, SHOWN, UNSEEN, hostile
from tests.stories.files import GPS, attached, photo
from tests.stories.test_attachments import WHY, opened, problem, url

CORPUS = {name: (content, fate) for name, content, fate in hostile()}


def test_there_are_many() -> None:
    assert len(CORPUS) >= 60
    assert len({content for content, _ in CORPUS.values()}) == len(CORPUS)


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_seen_for_what_it_is(name: str) -> None:
    content, fate = CORPUS[name]
    if fate not in (SHOWN, KEPT):
        with pytest.raises(inspecting.Refusal) as refused:
            inspecting.inspect(content)
        assert refused.value.type == fate
        return
    _, drawn = inspecting.inspect(content)
    assert fate == (SHOWN if drawn else KEPT)
    if drawn:
        check_bare(drawn)


def check_bare(drawn: bytes) -> None:
    """A JPEG of pixels and nothing else."""
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.format == "JPEG"
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert max(image.size) <= inspecting.SHOWN_SIDE
    assert MARK not in drawn
    assert GPS not in drawn


async def test_no_title_is_another_than_it_looks(client: Client) -> None:
    police = await client("police")
    case_id = await opened(police)
    for title in UNSEEN:
        body = json.dumps(photo(title=title)).encode("utf-8", "surrogatepass")
        headers = {"content-type": "application/json"}
        answer = await police.post(url(case_id), content=body, headers=headers)
        assert (answer.status_code, problem(answer)) == (422, "invalid"), title
    for title in PATHS:
        assert (await police.post(url(case_id), json=photo(title=title))).status_code == 201
    items = (await police.get(url(case_id))).json()["items"]
    assert [item["title"] for item in items] == list(PATHS[::-1])


async def test_what_outgrows_its_bounds_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory: a picture within all rules that takes more than it is given."""
    out = io.BytesIO()
    Image.new("RGBA", (7_000, 7_000)).save(out, "PNG")
    assert (await apart.inspect(out.getvalue())).picture
    monkeypatch.setattr(apart, "SECONDS", 0.05)
    with pytest.raises(FileRefused) as refused:
        await apart.inspect(out.getvalue())
    assert refused.value.type == "file-too-complex"


@pytest.mark.prove
async def test_each_of_them_through_the_front_door(client: Client) -> None:
    begun = time.monotonic()
    police = await client("police")
    case_id = await opened(police)
    await step_up(police)
    found: Counter[str] = Counter()
    for name, (content, fate) in CORPUS.items():
        sent = attached(content)
        answer = await police.post(url(case_id), json=sent)
        if fate not in (SHOWN, KEPT):
            assert (answer.status_code, problem(answer)) == (422, fate), name
            found["refused"] += 1
            continue
        assert answer.status_code == 201, (name, answer.text)
        shown = await police.get(url(case_id, sent["id"], "picture"))
        assert shown.status_code == (200 if fate == SHOWN else 404), name
        if fate == SHOWN:
            check_bare(shown.content)
        if found["kept"] + found["shown"] < 15:  # more would be too many within an hour
            came = await police.post(url(case_id, sent["id"], "original"), json={"reason": WHY})
            assert came.content == content
            assert came.headers["content-type"] == "application/octet-stream"
            assert came.headers["content-disposition"].startswith("attachment; ")
            assert came.headers["content-security-policy"].startswith("sandbox")
            assert came.headers["x-content-type-options"] == "nosniff"
            found["byte-equal"] += 1
        found[fate] += 1
    seconds = time.monotonic() - begun
    print(f"\nhostile files: {len(CORPUS)}; {dict(found)}, {seconds:.0f} s")  # noqa: T201
