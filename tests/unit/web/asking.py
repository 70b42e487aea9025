"""Ask an ASGI application without a server between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from haidang.web.asgi import Application, Message


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def scope_of(
    path: str, method: str = "GET", headers: Mapping[str, str] | None = None, **state: Any
) -> dict[str, Any]:
    """Return the scope of a request."""
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": raw,
        "client": ("127.0.0.1", 50000),
        "state": {"request_id": "test-request", **state},
    }


async def ask(application: Application, scope: dict[str, Any], body: Iterable[bytes] = (b"",)) -> Answer:
    """Send one request and collect the answer."""
    chunks = list(body)
    sent: list[Message] = []

    async def receive() -> Message:
        if chunks:
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))
