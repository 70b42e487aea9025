"""The process tree of ``haidang up``: one parent, the database and the web server as its direct children.

The parent does nothing but watch, so it stays small and does not fall. A child that dies is started again, up
to five times in ten minutes; a parent that dies, even by ``kill -9``, takes its children with it (the kernel
tells them), so the next start finds the folder and the port free.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from haidang.base.errors import OperatorError
from haidang.base.postgres import DataFolderLock, PostgresError, Report, Server
from haidang.base.postgres.place import open_place
from haidang.base.processes import Patience, end, spawn
from haidang.base.settings import Settings, environment

_WATCH_S = 0.25
_DRAIN_S = 25.0
_LIVE_LIMIT_S = 180.0
_PORT_PATIENCE_S = 3.0


class House:
    """Everything that runs for one data folder, from the start to the clean stop."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self.settings = settings
        self._report = report
        self._stop = threading.Event()
        self._lock: DataFolderLock | None = None
        self._database: Server | None = None
        self._web: subprocess.Popen[bytes] | None = None

    def ask_to_stop(self, *_: object) -> None:
        """Let :meth:`watch` return, and a start that is under way be given up; safe in a signal handler."""
        self._stop.set()

    def start(self) -> dict[str, Any]:
        """Start all of it and return what :mod:`haidang.cli.prepare` found once the server answers."""
        open_place(self.settings)
        self._lock = DataFolderLock(self.settings.data_dir).acquire()
        _check_port(self.settings)
        if self.settings.database_url is None:
            self._report("Đang khởi động cơ sở dữ liệu…", "Starting the database…")
            self._database = Server(self.settings, report=self._report)
            self._database.start(cancelled=self._stop.is_set)
        self._report("Đang kiểm tra lược đồ dữ liệu…", "Bringing the schema up to date…")
        prepared = self._prepare()
        self._report("Đang khởi động máy chủ web…", "Starting the web server…")
        self._start_web()
        self._await_web()
        return prepared

    def watch(self) -> None:
        """Watch over the children until asked to stop; raise where one cannot be kept alive."""
        database_patience, web_patience = Patience(), Patience()
        while not self._stop.wait(_WATCH_S):
            if self._database and (code := self._database.died()) is not None:
                if not database_patience.allows():
                    raise PostgresError("Cơ sở dữ liệu liên tục bị dừng.", "The database keeps dying.")
                self._database.restart(code, cancelled=self._stop.is_set)
            if self._web and (code := self._web.poll()) is not None:
                self._restart_web(code, web_patience)

    def stop(self) -> None:
        """Stop the web server, which answers what it has taken, then the database."""
        if self._web or self._database:
            self._report("Đang dừng…", "Stopping…")
        if self._web:
            end(self._web, (signal.SIGTERM, _DRAIN_S), (signal.SIGKILL, 5))
        if self._database:
            self._database.stop()
        if self._web or self._database:
            self._report("Đã dừng.", "Stopped.")
        if self._lock:
            self._lock.release()

    def _environ(self) -> dict[str, str]:
        """Return the environment of our children: ours, and exactly these settings."""
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
        url = {"HAIDANG_DATABASE_URL": self._database.url} if self._database else {}
        return foreign | environment(self.settings) | url | {"HAIDANG_CONFIG": os.devnull}

    def _prepare(self) -> dict[str, Any]:
        # In a process of its own, so that what the schema needs to be made does not stay in our memory.
        command = [sys.executable, "-m", "haidang", "prepare", "--json"]
        if self._database:
            command.append("--create")
        child = spawn(command, environ=self._environ(), last_signal=signal.SIGTERM, stdout=subprocess.PIPE)
        output, _ = child.communicate()
        if child.returncode:
            raise OperatorError("Không chuẩn bị được cơ sở dữ liệu.", "The database could not be made ready.")
        return dict(json.loads(output))

    def _start_web(self) -> None:
        self._web = spawn(
            [sys.executable, "-m", "haidang", "serve"], environ=self._environ(), last_signal=signal.SIGKILL
        )

    def _restart_web(self, code: int, patience: Patience) -> None:
        self._report(
            f"Máy chủ web dừng bất thường (mã {code}), đang khởi động lại…",
            f"The web server ended unexpectedly (code {code}); starting it again…",
        )
        if not patience.allows():
            raise OperatorError("Máy chủ web liên tục bị dừng.", "The web server keeps dying.")
        self._start_web()

    def _await_web(self) -> None:
        """Wait until the server answers; give up where it ends, or after minutes."""
        assert self._web  # noqa: S101 - start() has just set it
        limit = time.monotonic() + _LIVE_LIMIT_S
        while not _answers(self.settings):
            if self._stop.wait(0.1):
                return
            if self._web.poll() is not None or time.monotonic() > limit:
                raise OperatorError(
                    "Máy chủ web không khởi động được; xem thông báo phía trên.",
                    "The web server did not start; its own message stands above.",
                )


def _check_port(settings: Settings) -> None:
    """Refuse a port that somebody listens on, before anything is started."""
    limit = time.monotonic() + _PORT_PATIENCE_S  # what a killed run leaves is gone in a moment
    while (fault := _port_fault(settings)) is not None:
        if fault.errno != errno.EADDRINUSE or time.monotonic() > limit:
            raise OperatorError(
                f"Không mở được cổng {settings.host}:{settings.port} ({fault.strerror}). "
                "Chọn cổng khác: haidang up --port 8081 (hoặc make run PORT=8081).",
                f"Cannot listen on {settings.host}:{settings.port} ({fault.strerror}). "
                "Choose another port: haidang up --port 8081 (or make run PORT=8081).",
            )
        time.sleep(0.1)


def _port_fault(settings: Settings) -> OSError | None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            return fault
    return None


def _answers(settings: Settings) -> bool:
    """Return whether the server answers that it is alive."""
    try:
        with socket.create_connection((settings.near_host, settings.port), timeout=5) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
