"""A real mosquitto on a free port; skipped with the reason where it is not installed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
from pathlib import Path

import pytest
from gmqtt import Client


class Broker:
    """One broker, whose process may be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "mosquitto.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        if program is None:
            reason = "mosquitto is not installed (Debian: apt-get install mosquitto)"
            if os.environ.get("HAIDANG_TEST_REQUIRE") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        config = self._folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self._folder}/\n"
            "max_inflight_messages 0\nmax_queued_messages 0\n" + ("user root\n" if os.geteuid() == 0 else "")
        )
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                program, "-v", "-c", str(config), stdout=log, stderr=log
            )
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    async def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(sent)
            await self._process.wait()

    async def acknowledged(self, client: str, count: int) -> None:
        """Return when the broker has had so many acknowledgements of a client, by its own log."""
        async with asyncio.timeout(20):
            while self._log.read_text().count(f"Received PUBACK from {client}") < count:
                await asyncio.sleep(0.02)

    async def publish(self, *messages: tuple[str, bytes]) -> None:
        """Publish with quality of service 1 and return when the broker has all of it."""
        client = Client("publisher")
        await client.connect("127.0.0.1", self.port)
        for topic, payload in messages:
            client.publish(topic, payload, qos=1)
        async with asyncio.timeout(20):
            await client._persistent_storage.wait_empty()
        await client.disconnect()
