"""The yardstick of W3 and R1: the same listener and loop, an application that reads the body and says 204."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from haidang.serve import listener


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer every request with 204 once its body is read."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _serve(port: int) -> None:
    await listener(application, "127.0.0.1", port).serve()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
