"""The few shapes of ASGI that this room speaks where it stands below Litestar: types and one whole answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


async def answer(
    send: Send, status: int, body: bytes = b"", *, content_type: str = "", headers: Iterable[Header] = ()
) -> None:
    """Send one whole answer; a body always goes with its length, an empty one without a type."""
    fields = [(b"content-length", str(len(body)).encode()), *headers]
    if content_type:
        fields.append((b"content-type", content_type.encode()))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str | None:
    """Return the first value of a request header (``name`` in lower case), or None where it was not sent."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None
