"""What each route asks of who calls it. One that says nothing does not start."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant

from app.permissions import Permission
from app.routers.shown import routes

PUBLIC = frozenset(
    {"GET /api/health", "POST /auth/login", "POST /auth/refresh", "POST /oauth/token"}
)
"""What is answered before anybody signed in."""


def check_permitted(routers: Iterable[APIRouter]) -> None:
    """Raises RuntimeError for a route, not public, that does not name exactly one permission."""
    named = {
        f"{' '.join(sorted(route.methods or ()))} {route.path}": sorted(_named(route.dependant))
        for router in routers
        for route in routes(router)
    }
    bare = sorted(place for place, words in named.items() if not words)
    unclear = sorted(place for place, words in named.items() if len(words) > 1)
    if set(bare) != PUBLIC or unclear:
        wrong = sorted({*bare} ^ PUBLIC | {*unclear})
        raise RuntimeError(f"routes without one permission: {', '.join(wrong)}")


def _named(dependant: Dependant) -> Iterator[Permission]:
    for name in dependant.own_oauth_scopes or ():
        yield Permission(name)
    for inner in dependant.dependencies:
        yield from _named(inner)
