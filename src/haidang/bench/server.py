"""The servers of a measurement: a real ``haidang up`` with a data folder of its own, and the empty one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx
import psycopg

from haidang.base.postgres.place import known_place
from haidang.bench import machine

_START_LIMIT_S = 180


class Measured:
    """``haidang up``, with what the measurement needs to know of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.acknowledged = 0
        """Observations of which the server said that it has them; whoever sends counts them here."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start and wait until ready; return how long that took, in seconds."""
        started = time.perf_counter()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
        settings = {"DATA_DIR": self.folder, "PORT": self.port, "LOG_LEVEL": "warning"}
        settings |= {"NOTIFICATION_ALLOW_HOSTS": "127.0.0.1", "FEED_ALLOW_HOSTS": "127.0.0.1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "haidang", "up"],
            env=environ | {f"HAIDANG_{name}": str(value) for name, value in settings.items()},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_ready(self._process, f"http://127.0.0.1:{self.port}/health/ready")
        return time.perf_counter() - started

    def stop(self) -> None:
        """Stop in order, as Ctrl-C would."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(90)

    def kill_web(self) -> None:
        """End the web server's process with SIGKILL; its parent will start another."""
        os.kill(self._child("serve"), signal.SIGKILL)

    def kill_database(self) -> None:
        """End the postmaster with SIGKILL; its parent will start another, which recovers."""
        os.kill(self.postmaster(), signal.SIGKILL)

    def wait_ready(self) -> None:
        """Wait until the server is ready again."""
        assert self._process  # noqa: S101 - started before
        wait_ready(self._process, f"http://127.0.0.1:{self.port}/health/ready")

    @property
    def url(self) -> str:
        """The address of its database."""
        return known_place(self.folder).url()

    def connect(self) -> psycopg.Connection:
        """Open a connection to its database, in autocommit."""
        return psycopg.connect(self.url, autocommit=True)

    def postmaster(self) -> int:
        """The pid of the database's first process."""
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])

    @property
    def pid(self) -> int:
        """The pid of the parent of them all."""
        assert self._process  # noqa: S101 - started before
        return self._process.pid

    def web_pid(self) -> int:
        """The pid of the web server, which is the writer too."""
        return self._child("serve")

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far of the service (without the database), and of the database."""
        assert self._process  # noqa: S101 - started before
        database = set(machine.children_of(self.postmaster()))
        service = [pid for pid in machine.children_of(self._process.pid) if pid not in database]
        return machine.cpu_s(service), machine.cpu_s(sorted(database))

    def pss(self) -> int:
        """Memory of the whole tree in bytes, shared pages counted in proportion, shared buffers included."""
        assert self._process  # noqa: S101 - started before
        return machine.pss_bytes(machine.children_of(self._process.pid))

    def _child(self, word: str) -> int:
        assert self._process  # noqa: S101 - started before
        tree = machine.children_of(self._process.pid)
        return next(pid for pid in tree if machine.command_of(pid).split()[-1:] == [word])


class Empty:
    """The no-op server, on the same listener."""

    def __enter__(self) -> Self:
        self.port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "haidang.bench.noop", str(self.port)],
            start_new_session=True,  # Ctrl-C is for us; we stop it in order
        )
        wait_ready(self._process, f"http://127.0.0.1:{self.port}/")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)


def wait_ready(process: subprocess.Popen[bytes], address: str) -> None:
    """Wait until ``address`` answers with success; raise where the process ends or minutes pass."""
    limit = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError(
                f"the server ended with code {process.returncode}; its own message stands above"
            )
        try:
            if httpx.get(address, timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{address} was not ready within {_START_LIMIT_S} s")


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
