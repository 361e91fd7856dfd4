"""What is measured: the requests of each scenario, by whom."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from app import clock

DISTRICT = 441802000000
PREFIX = "/api/v1"
LIMIT = 20
PAGES, TARGETS = 200, 6000


@dataclass(frozen=True)
class Scenario:
    """Requests of one kind. `writes` change rows; `weight` is its part of the mixed load.

    `strange` are paths for the peer, which writes what the app cannot unseal, `targets` the cases
    that pgbench acts upon.
    """

    name: str
    title: str
    user: str
    method: str
    paths: Sequence[str]
    body: dict[str, Any] | None = None
    weight: int = 0
    peer: bool = True
    connections: int = 32
    strange: Sequence[str] = ()
    targets: Sequence[str] = ()

    @property
    def writes(self) -> bool:
        return self.body is not None

    @property
    def hot(self) -> bool:
        """Whether it is read all day, so that what the walls cost it is measured."""
        return self.peer and not self.writes

    def requests(self, token: str, *, strange: bool = False) -> list[dict[str, Any]]:
        """The requests as the load generator takes them."""
        paths = (self.strange or self.paths) if strange else self.paths
        headers = {"authorization": f"Bearer {token}"}
        text = None
        if self.body is not None:
            headers["content-type"] = "application/json"
            text = json.dumps(self.body, ensure_ascii=False)
        return [
            {
                "name": self.name,
                "method": self.method,
                "path": PREFIX + path,
                "headers": headers,
                "body": text,
                "weight": self.weight / len(paths),
            }
            for path in paths
        ]


async def scenarios(connection: "asyncpg.Connection[Any]") -> list[Scenario]:
    """All scenarios against a loaded database, signed in as superuser: which cases to read and to
    act upon is its choice."""
    pages = await _ids(
        connection,
        "select id from \"case\" where kind = 'dv_warning' order by md5(id::text) limit $1",
        PAGES,
    )
    visited = await _ids(
        connection,
        "select id from \"case\" where kind = 'left_behind_visit' and state = 'active'"
        " order by md5(id::text) limit $1",
        TARGETS,
    )
    visits = [f"/cases/left_behind_visit/{id_}/record_visit" for id_ in visited]
    now = datetime.now(UTC).isoformat()
    year = clock.local_day(clock.now()).year - 1
    return [
        Scenario(
            "open", "open a case (two new people)", "women_fed_village", "POST",
            ("/cases/dv_warning",), command(now, REPORT), weight=5,
        ),
        Scenario(
            "act", "act (a visit; its clock met, the next started)", "women_fed_district", "POST",
            visits[::3], command(now, _VISIT), weight=15, strange=visits[1::3],
            targets=visited[2::3],
        ),
        Scenario(
            "worklist_village", "worklist, village", "women_fed_village", "GET",
            (f"/worklist?scope=area&limit={LIMIT}",), weight=25,
        ),
        Scenario(
            "worklist_district", "worklist, district", "women_fed_district", "GET",
            (f"/worklist?scope=area&limit={LIMIT}",), weight=15,
        ),
        Scenario(
            "page", "case page", "women_fed_district", "GET",
            [f"/cases/{id_}" for id_ in pages], weight=25,
        ),
        Scenario(
            "list", "list of cases, filtered", "women_fed_district", "GET",
            (f"/cases?kind=mediation&closed=false&limit={LIMIT}",), weight=15,
        ),
        Scenario(
            "board", "indicator board, one year", "women_fed_district", "GET",
            (f"/indicators?area={DISTRICT}&period={year}",), peer=False, connections=1,
        ),
    ]  # fmt: skip


async def _ids(connection: "asyncpg.Connection[Any]", sql: str, limit: int) -> list[str]:
    return [str(row["id"]) for row in await connection.fetch(sql, limit)]


def command(now: str, answers: dict[str, Any]) -> dict[str, Any]:
    """The body of a write; the load generator gives each its own id."""
    return {"id": "@id", "happened_at": now, "answers": answers}


REPORT: dict[str, Any] = {
    "immediate_danger": False,
    "what_happened": "丈夫酒后打了妻子两个耳光，邻居听到哭声后报告；现双方已分开，情绪平稳。",
    "victim": {"name": "林秋禾", "id_number": "@woman", "phone": "@phone"},
    "perpetrator": {"name": "贺长庚", "id_number": "@man", "relation": "spouse"},
    "channel": "patrol",
}
_VISIT: dict[str, Any] = {
    "method": "home",
    "dv_suspected": False,
    "health_well": True,
    "mood_well": True,
    "livelihood_well": True,
    "remarks": "走访时本人在家，身体、情绪正常，家中老人、孩子均好；已留联系电话。",
}
