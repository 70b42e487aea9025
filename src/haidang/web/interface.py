"""The pages: the built user interface, the site's base map, and the page that needs no build."""

from __future__ import annotations

from pathlib import Path

from haidang.base.problems import NOT_FOUND, Problem
from haidang.web.asgi import Receive, Scope, Send
from haidang.web.static import Folder

HERE = Path(__file__).parent
DIST = HERE / "dist"
OWN = Folder(HERE / "pages")
"""Pages that exist without a build: the notice that the interface is not built, and its mark."""
BASEMAP = "/basemap.pmtiles"


class Pages:
    """Serves whatever is not an API."""

    def __init__(self, data_dir: Path, dist: Path = DIST) -> None:
        self._built = Folder(dist)
        self._data_dir = data_dir

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, the single page of the interface, or 404."""
        folder, file = self._look_up(scope["path"])
        await folder.serve(scope, send, file, request_id=scope["state"]["request_id"])

    def _look_up(self, path: str) -> tuple[Folder, Path]:
        if path == BASEMAP:
            site = Folder(self._data_dir)
            found = site.find("basemap.pmtiles")
        else:
            site, found = self._built, self._built.find(path)
        if found:
            return site, found
        if path == "/favicon.svg":
            return OWN, OWN.root / "favicon.svg"
        if is_screen(path):
            index = self._built.find("index.html")
            return (self._built, index) if index else (OWN, OWN.root / "unbuilt.html")
        raise Problem(NOT_FOUND, f"Không có gì ở {path[:200]}.", f"There is nothing at {path[:200]}.")


def is_screen(path: str) -> bool:
    """Say whether a path is an address inside the interface (``/city/urn:x:7``) and not a lost file."""
    first, _, _ = path.lstrip("/").partition("/")
    if first in {"api", "ngsi-ld", "internal", "schema", "assets", "health", "metrics"}:
        return False
    name = path.rsplit("/", 1)[-1]
    return path.isprintable() and (":" in name or "." not in name)
