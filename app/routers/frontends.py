"""The built frontends, served from memory: a phone's shell at /m/, the desk at /."""

import gzip
import logging
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

log = logging.getLogger("anlan")

BUILT = Path(__file__).parents[2] / "frontend" / "dist"
KEPT = "public, max-age=31536000, immutable"
"""For files whose name carries a hash of their content."""

ASKED = "no-cache"
"""For the page, the service worker and the manifest: asked for again each time, or an old shell
would stay on a phone for ever."""

MISSING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>工作台</title>
<p>前端尚未构建：请在项目目录运行 <code>make frontend</code>，然后重新启动。</p>"""


@dataclass(frozen=True)
class File:
    """A built file: as it is, packed if that is smaller, and what the browser is told of it."""

    body: bytes
    packed: bytes | None
    headers: Mapping[str, str]

    def answer(self, accepts: str) -> Response:
        if self.packed is not None and "gzip" in accepts:
            headed = {**self.headers, "content-encoding": "gzip"}
            return Response(self.packed, headers=headed)
        return Response(self.body, headers=dict(self.headers))


def install(app: FastAPI, built: Path = BUILT) -> None:
    """Serve /m/ from `built`/m, and from `built`/d whatever is asked for that is no route of the
    app and not under /api. Any path that names no file is the page, which has its own routes; a
    missing file of the build stays 404. Without a build a page says how to make one."""
    phone, desk = _shell(built / "m"), _shell(built / "d")

    @app.get("/m/{path:path}", include_in_schema=False)
    async def phone_shell(request: Request, path: str) -> Response:
        return phone(request, path)

    elsewhere = app.router.default

    # Not a route: one for every path would turn the 404 of an unknown operation into a 405.
    async def desk_shell(scope: Scope, receive: Receive, send: Send) -> None:
        asked_for_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if not asked_for_page or f"{scope['path']}/".startswith("/api/"):
            await elsewhere(scope, receive, send)
            return
        await desk(Request(scope), scope["path"].lstrip("/"))(scope, receive, send)

    app.router.default = desk_shell


def read(folder: Path) -> dict[str, File]:
    """Every file of a build, by its path from the folder; none where there is no build."""
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): _file(path, folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }


def _file(path: Path, folder: Path) -> File:
    body = path.read_bytes()
    beside = path.with_name(path.name + ".gz")
    packed = beside.read_bytes() if beside.is_file() else None
    if packed is not None and gzip.decompress(packed) != body:
        raise RuntimeError(f"{beside} is not {path} packed: build the frontends again")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        kind = "application/manifest+json"
    text = kind.startswith("text/") or kind in {"application/javascript", "application/json"}
    hashed = path.relative_to(folder).parts[0] == "assets" or path.name.startswith("workbox-")
    headers = {
        "content-type": f"{kind}; charset=utf-8" if text else kind,
        "cache-control": KEPT if hashed else ASKED,
        "vary": "accept-encoding",
    }
    return File(body, packed, headers)


def _shell(folder: Path) -> Callable[[Request, str], Response]:
    """What answers for the paths of one shell."""
    files = read(folder)
    page = files.get("index.html")
    if page is None:
        log.warning("%s is not built: make frontend", folder.name)

    def answer(request: Request, path: str) -> Response:
        if page is None:
            return HTMLResponse(MISSING, 503, {"cache-control": "no-store"})
        accepts = request.headers.get("accept-encoding", "")
        found = files.get(path)
        if found is None and (path.startswith("assets/") or "." in path.rpartition("/")[2]):
            return Response(status_code=404)
        return (found or page).answer(accepts)

    return answer
