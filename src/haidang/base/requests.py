"""What requests of the application API have in common, in whichever room they are answered.

Every write has a key that makes repeating it harmless, and where it changes a row the version that was seen;
every list is asked for by page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from litestar import Request
from litestar.params import HeaderParameter

from haidang.base.database import Connection, Database
from haidang.base.idempotency import answered, once
from haidang.base.problems import INVALID, Fault, Problem, kind

VERSION_MISSING = kind(
    "version-missing", 428, "Thiếu phiên bản đã xem", "The version that was seen is missing"
)
PAGE_MAX = 200

Asked = Request[Any, Any, Any]
Key = Annotated[
    str,
    HeaderParameter(name="Idempotency-Key", description="Any text of your own; repeat it to repeat safely."),
]
Seen = Annotated[
    str | None, HeaderParameter(name="If-Match", description='The version of the row that you saw, as "7".')
]


async def write(
    request: Asked, db: Database, actor: str, key: str, work: Callable[[Connection], Awaitable[Any]]
) -> Any:
    """Do the work in one transaction, once for a key of ``actor``; a repeat gets the first answer."""
    return await once(db, actor=actor, key=key, fingerprint=await _fingerprint(request), work=work)


async def repeated(request: Asked, db: Database, actor: str, key: str) -> Any:
    """Return the answer that was given to this very request before; None where it was not asked yet.

    For what costs much, or would be refused as known, before ``write`` is reached.
    """
    return await answered(db, actor=actor, key=key, fingerprint=await _fingerprint(request))


async def _fingerprint(request: Asked) -> bytes:
    asked = hashlib.sha256()
    for part in (
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        request.headers.get("if-match", "").encode(),
        await request.body(),
    ):
        asked.update(len(part).to_bytes(8, "big") + part)
    return asked.digest()


def version_of(seen: str | None) -> int:
    """Return the version in an ``If-Match`` header; raise ``Problem`` (428) where there is none."""
    text = (seen or "").strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Problem(
            VERSION_MISSING,
            'Cần tiêu đề If-Match: "<phiên bản>".',
            'The header If-Match: "<version>" is needed.',
        )
    return int(text)


def page_size(limit: int) -> int:
    """Return a page's size; raise ``Problem`` where it is not 1 to 200."""
    if not 1 <= limit <= PAGE_MAX:
        raise Problem(
            INVALID, faults=(Fault("limit", f"từ 1 đến {PAGE_MAX}", f"1 to {PAGE_MAX}", str(limit)),)
        )
    return limit


def cursor_number(cursor: str | None) -> int | None:
    """Return a numeric cursor; raise ``Problem`` where it is none of ours."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise Problem(INVALID, faults=(Fault("cursor", "không hợp lệ", "not a cursor of ours", cursor[:40]),))
    return int(cursor)
