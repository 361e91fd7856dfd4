"""Every page of the desk as a picture, on a wide and on a narrower screen, for docs/guide/desk.

With ANLAN_PICTURES the pictures are kept there: `make guide` renews those of the guide. Their data
is the demo year; whoever stands on them is invented.
"""

import io
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import expect

from app import clock
from app.ids import uuid7
from app.services.seed import PASSWORD
from tests.e2e.axe import wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.test_desk_pages import PATHS
from tests.stories.files import attached, jpeg

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "desk"
KEPT = Path(os.environ["ANLAN_PICTURES"]) if "ANLAN_PICTURES" in os.environ else None
WIDTHS = {1440: 900, 1024: 768}
BYTES = 120_000
"""At most of a picture: the guide is read on slow lines too."""


@dataclass(frozen=True)
class Shot:
    """A picture: its name, whose desk it is (None: nobody's), the route, and what stands behind
    it in the address."""

    name: str
    who: str | None
    route: str
    query: str = ""


SHOTS = (
    Shot("login", None, "/login"),
    Shot("worklist", "women_fed_district", "/"),
    Shot("worklist-mediator", "mediator", "/"),
    Shot("worklist-police", "police", "/"),
    Shot("worklist-court", "court", "/"),
    Shot("worklist-shelter", "shelter", "/"),
    Shot("worklist-legal-aid", "legal_aid", "/"),
    Shot("cases", "women_fed_district", "/cases"),
    Shot("case", "women_fed_district", "/cases/:id"),
    Shot("case-axis", "women_fed_district", "/cases/:id", "?tab=axis"),
    Shot("case-files", "women_fed_district", "/cases/:id", "?tab=files"),
    Shot("case-vault", "women_fed_district", "/cases/:id", "?tab=vault"),
    Shot("case-privacy", "women_fed_district", "/cases/:id", "?tab=privacy"),
    Shot("case-looks", "women_fed_district", "/cases/:id", "?tab=looks"),
    Shot("agreement", "mediator", "/cases/:id/agreement"),
    Shot("new", "women_fed_district", "/new"),
    Shot("referrals", "women_fed_district", "/referrals"),
    Shot("docket", "mediator", "/docket"),
    Shot("docket-rooms", "mediator", "/docket", "?by=room"),
    Shot("people", "women_fed_district", "/people"),
    Shot("person", "women_fed_district", "/people/:id"),
    Shot("notices", "women_fed_district", "/notices"),
    Shot("board", "wcwc_office", "/board"),
    Shot("women", "women_fed_district", "/women"),
    Shot("ledger", "women_fed_district", "/ledger"),
    Shot("registers", "women_fed_district", "/registers"),
    Shot("glass", "women_fed_district", "/glass"),
    Shot("accounts", "security_admin", "/accounts"),
    Shot("clients", "system_admin", "/clients"),
    Shot("audit", "audit_admin", "/audit"),
    Shot("holidays", "system_admin", "/holidays"),
    Shot("areas", "system_admin", "/areas"),
    Shot("templates", "system_admin", "/templates"),
    Shot("kinds", "system_admin", "/kinds"),
    Shot("me", "women_fed_district", "/me"),
)

STATES = ("nothing-yet", "out-of-order", "not-opened")
"""What stands there instead: where nothing happened yet, where the server does not answer, and
where a page cannot be opened at all."""


def test_the_guide_shows_every_page() -> None:
    """Each route has its pictures, each picture is small and stands in the guide, and the guide
    names none that is not there."""
    assert {shot.route for shot in SHOTS} == PATHS
    text = "".join(page.read_text("utf-8") for page in GUIDE.glob("*.md"))
    named = set(re.findall(r"\((pictures/[\w-]+\.png)\)", text))
    names = (*(shot.name for shot in SHOTS), *STATES)
    wanted = {f"pictures/{name}-{width}.png" for name in names for width in WIDTHS}
    there = {f"pictures/{file.name}" for file in (GUIDE / "pictures").iterdir()}
    assert wanted == there == named
    for name in there:
        assert (GUIDE / name).stat().st_size <= BYTES, name


def test_the_guides_lead_somewhere() -> None:
    for page in GUIDE.parent.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            assert "://" in link or (page.parent / link).exists(), (page.name, link)


@asynccontextmanager
async def hand(url: str, username: str) -> AsyncIterator[httpx.AsyncClient]:
    """The API of the demo district, signed in."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60) as client:
        typed = {"username": username, "password": PASSWORD}
        answer = await client.post("/auth/login", json=typed)
        client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


async def first(who: httpx.AsyncClient, fits: Callable[[Any], Any], **query: Any) -> str:
    answer = await who.get("/cases", params={"limit": 100, **query})
    return str(next(row["id"] for row in answer.json()["items"] if fits(row)))


async def written(who: httpx.AsyncClient) -> str:
    """A case whose agreement was put on paper: one by word of mouth has no page."""
    query = {"kind": "mediation", "state": "agreed", "limit": "100"}
    for row in made(await who.get("/cases", params=query))["items"]:
        if (await who.get(f"/cases/{row['id']}/agreement")).status_code == 200:
            return str(row["id"])
    raise LookupError("no agreement was written")


def made(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def addresses(url: str) -> Mapping[str, str]:
    """The parameter routes, each with the case or person whose page says most; and what the demo
    year has none of: files, a sent referral, days of a docket, a holiday of the district's own."""
    now = clock.now()
    async with hand(url, "women_fed_district") as fed:
        grave = await first(
            fed, lambda row: row["danger"] and row["next_due"],
            kind="protection_order", state="in_force",
        )  # fmt: skip
        party = made(await fed.get(f"/cases/{grave}"))["parties"][0]["person_id"]
        for what, title, colour in (
            ("injury", "客厅现场", "teal"), ("evidence", "聊天记录截图", "slategray")
        ):  # fmt: skip
            sent = attached(jpeg(640, colour=colour), what, title=title)
            made(
                await fed.post(
                    f"/cases/{grave}/attachments", json=sent | {"happened_at": now.isoformat()}
                )
            )
    async with hand(url, "mediator") as mediator:
        agreed = await written(mediator)
        me = made(await mediator.get("/me"))
        room = {"organisation_id": me["organisation"]["id"], "name": "第一调解室"}
        room_id = made(await mediator.post("/registers/rooms", json=room))["id"]
        accepted = await mediator.get("/cases", params={"kind": "mediation", "state": "accepted"})
        for at, case in enumerate(accepted.json()["items"][:4]):
            begins = clock.start_of_day(clock.local_day(now)) + timedelta(
                days=1 + at // 2, hours=9 + at
            )
            made(
                await mediator.post(
                    "/docket",
                    json={
                        "id": str(uuid7()), "case_id": case["id"], "room_id": room_id,
                        "mediator_id": me["id"], "starts_at": begins.isoformat(),
                        "ends_at": (begins + timedelta(hours=1)).isoformat(),
                        "arrives_a": begins.isoformat(),
                        "arrives_b": (begins + timedelta(minutes=20)).isoformat(),
                    },
                )
            )  # fmt: skip
    async with hand(url, "system_admin") as admin:
        day = clock.local_day(now) + timedelta(days=9)
        body = {"is_working": False, "name": "台风停工", "source": "清城区政府通告"}
        made(
            await admin.put(f"/registers/holidays/{day}", json=body, headers={"If-None-Match": "*"})
        )
    return {
        "/cases/:id": f"/cases/{grave}",
        "/cases/:id/agreement": f"/cases/{agreed}/agreement",
        "/people/:id": f"/people/{party}",
    }


async def taken(sat: Desk) -> bytes:
    """What the screen shows, as a PNG of few colours."""
    shot = Image.open(io.BytesIO(await sat.page.screenshot(animations="disabled")))
    written = io.BytesIO()
    shot.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


@pytest.mark.prove
async def test_pictures(desk: Desks, district: str, tmp_path: Path) -> None:
    folder = KEPT or tmp_path
    at = await addresses(district)
    for who in dict.fromkeys(shot.who for shot in SHOTS):
        sat = await desk(who, base_url=district)
        for shot in (one for one in SHOTS if one.who == who):
            await sat.page.set_viewport_size({"width": 1440, "height": 900})
            where = at.get(shot.route, shot.route) + shot.query
            await sat.page.goto(where)
            await sat.page.locator("main h1").first.wait_for()
            await expect(sat.page.locator("main [aria-busy=true]")).to_have_count(0)
            assert sat.page.url.endswith(where), shot.name
            await kept(sat, shot.name, folder)


async def kept(sat: Desk, name: str, folder: Path) -> None:
    """What the screen shows, at each width."""
    await sat.page.mouse.move(0, 0)
    for width, height in WIDTHS.items():
        await sat.page.set_viewport_size({"width": width, "height": height})
        assert await wide(sat.page) <= 0, (name, width)
        picture = await taken(sat)
        assert len(picture) <= BYTES, (name, width, len(picture))
        (folder / f"{name}-{width}.png").write_bytes(picture)


@pytest.mark.prove
async def test_pictures_of_what_is_not_there(desk: Desks, tmp_path: Path) -> None:
    """A district without cases, and a server that is out of order, then does not answer."""
    folder = KEPT or tmp_path
    sat = await desk("women_fed_district")
    await sat.click("案件", "link")
    await expect(sat.page.get_by_text("本人工作范围内还没有案件。")).to_be_visible()
    await kept(sat, "nothing-yet", folder)
    await sat.page.route("**/api/v1/referrals*", lambda asked: asked.fulfill(status=502))
    await sat.click("转介", "link")
    await expect(sat.page.get_by_role("alert")).to_contain_text("系统暂时不能使用")
    await kept(sat, "out-of-order", folder)
    await sat.page.route("**/api/**", lambda asked: asked.abort())
    await sat.page.goto("/cases")
    await sat.opened("页面没有打开")
    await kept(sat, "not-opened", folder)
