"""The web server's process: the ASGI application on granian, in one event loop with the city's writer.

One process, one loop, one Rust thread for the network: what the writer commits it can hand to the stream
without leaving the process. The bound is what one core of Python carries; ``docs/scaling.md`` says when more
servers are due.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server as Granian

from haidang import pipeline
from haidang.base import log
from haidang.base.settings import Settings
from haidang.web.app import make_app
from haidang.web.connections import Connections, room_for_connections

_BACKLOG = 1024


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; return when every request taken has been answered."""
    log.configure(settings)
    connections = Connections(settings.port, settings.connections_per_address)
    application = make_app(settings, beside=(pipeline.running, connections.watched), hang_up=connections.end)
    granian = listener(application, settings.host, settings.port)

    def stop() -> None:
        # Open streams end and new writes are refused first, else they would hold the stop for ever.
        application.drain()
        granian.stop()  # type: ignore[no-untyped-call]

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await granian.serve()


def listener(application: Any, host: str, port: int) -> Granian:
    """Return the server that will serve ``application``; the benchmark's empty application gets the same."""
    return Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(keep_alive=True),
        websockets=False,
        backlog=_BACKLOG,
        backpressure=room_for_connections(),
        runtime_threads=1,
        log_enabled=False,
    )
