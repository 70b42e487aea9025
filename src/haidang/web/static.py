"""The files of the user interface, and the site's own base map: read-only, cached right, inside one folder.

Files with a hash in their name never change and are kept for a year; all others are asked for again each
time and answered 304 where nothing changed. A ``.br`` or ``.gz`` twin made by the build is sent to whoever
accepts it. ``basemap.pmtiles`` is read in ranges (Litestar's static files know none): the map fetches a few
kilobytes of a file of some hundred megabytes.
"""

from __future__ import annotations

import asyncio
import re
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple

from haidang.base.problems import NOT_ALLOWED, NOT_FOUND, Problem
from haidang.web.asgi import Header, Scope, Send, answer, header
from haidang.web.problems import RANGE, refuse

CHUNK_BYTES = 256 * 1024
FOREVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"

_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
"""One range; numbers that no file reaches (and that ``int`` would refuse to read) make it none of ours."""
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pmtiles": "application/vnd.pmtiles",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class Span(NamedTuple):
    """A part of a file: from ``first`` to ``last`` byte, both included."""

    first: int
    last: int


class Folder:
    """A folder of files that is served as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str) -> Path | None:
        """Return the file of a decoded URL path, or None where there is none inside the folder."""
        if "\x00" in path or "\\" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        try:
            candidate = (self.root / path.lstrip("/")).resolve()
            inside = candidate.is_relative_to(self.root) and candidate.is_file()
        except OSError:  # a name longer than the file system allows is merely not there
            return None
        return candidate if inside else None

    async def serve(self, scope: Scope, send: Send, path: Path, *, request_id: str) -> None:
        """Answer GET with the file, its precompressed twin, a range of it, or 304."""
        if scope["method"] not in {"GET", "HEAD"}:
            await refuse(
                send, Problem(NOT_ALLOWED), request_id=request_id, headers=[(b"allow", b"GET, HEAD")]
            )
            return
        try:
            await _send_file(scope, send, path, hashed=self._immutable(path), request_id=request_id)
        except FileNotFoundError:  # rebuilt between the look and the reading
            await refuse(send, Problem(NOT_FOUND), request_id=request_id)

    def _immutable(self, path: Path) -> bool:
        return path.parent.name == "assets" and _HASHED.search(path.name) is not None


def content_type(path: Path) -> str:
    """Return the media type by suffix; Python's own table differs between machines."""
    return _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"


def accepted(accept_encoding: str | None, path: Path) -> tuple[Path, str | None]:
    """Return the twin to send and its ``Content-Encoding``: the first one built that the asker takes."""
    offered = {
        part.partition(";")[0].strip()
        for part in (accept_encoding or "").lower().split(",")
        if not re.search(r";\s*q=0(\.0*)?\s*$", part)
    }
    for encoding, suffix in _ENCODINGS:
        twin = path.with_name(path.name + suffix)
        if encoding in offered and twin.is_file():
            return twin, encoding
    return path, None


def span_of(value: str | None, size: int) -> Span | None:
    """Read a ``Range`` header: None means the whole file (no header, several ranges, or another unit).

    Raises ``Problem`` (range-not-satisfiable) where the one range lies outside the file.
    """
    found = _ONE_RANGE.fullmatch((value or "").replace(" ", ""))
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        span = Span(size - length, size - 1)
    else:
        span = Span(int(first), min(int(last), size - 1) if last else size - 1)
        if last and int(last) < int(first):
            return None  # RFC 9110 §14.1.1: an invalid range is ignored
    if span.first >= size or span.first > span.last:
        raise Problem(RANGE, f"Tệp dài {size} byte.", f"The file is {size} bytes long.", size=size)
    return span


async def _send_file(scope: Scope, send: Send, path: Path, *, hashed: bool, request_id: str) -> None:
    wanted_range = header(scope, b"range")
    twin, encoding = (path, None) if wanted_range else accepted(header(scope, b"accept-encoding"), path)
    facts = twin.stat()
    etag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    headers: list[Header] = [
        (b"etag", etag.encode()),
        (b"last-modified", formatdate(facts.st_mtime, usegmt=True).encode()),
        (b"cache-control", FOREVER if hashed else ASK_AGAIN),
        (b"vary", b"accept-encoding"),
        (b"accept-ranges", b"bytes"),
    ]
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    if _unchanged(header(scope, b"if-none-match"), etag):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    if_range = header(scope, b"if-range")
    try:
        span = span_of(wanted_range if if_range in {None, etag} else None, facts.st_size)
    except Problem as problem:
        size = f"bytes */{facts.st_size}".encode()
        await refuse(send, problem, request_id=request_id, headers=[(b"content-range", size)])
        return
    headers.append((b"content-type", content_type(path).encode()))
    if span is None:
        await _stream(send, twin, 200, headers, Span(0, facts.st_size - 1))
    else:
        where = f"bytes {span.first}-{span.last}/{facts.st_size}"
        await _stream(send, twin, 206, [*headers, (b"content-range", where.encode())], span)


def _unchanged(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return etag in known or "*" in known


async def _stream(send: Send, path: Path, status: int, headers: list[Header], span: Span) -> None:
    length = span.last - span.first + 1
    if length <= CHUNK_BYTES:
        body = await asyncio.to_thread(_read, path, span.first, length)
        await answer(send, status, body, headers=headers)
        return
    fields = [*headers, (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    for offset in range(span.first, span.last + 1, CHUNK_BYTES):
        count = min(CHUNK_BYTES, span.last + 1 - offset)
        body = await asyncio.to_thread(_read, path, offset, count)
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _read(path: Path, offset: int, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(count)
