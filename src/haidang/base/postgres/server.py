"""One PostgreSQL server as a direct child of this process: make, start, wait until ready, stop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from haidang.base.postgres import remains
from haidang.base.postgres.binaries import binaries
from haidang.base.postgres.error import PostgresError
from haidang.base.postgres.lock import DataFolderBusyError, DataFolderLock
from haidang.base.postgres.place import ROLE, Place, configuration, known_place, open_place, own_folder
from haidang.base.processes import end, spawn
from haidang.base.settings import Settings

Report = Callable[[str, str], None]
"""Told what is being done, in Vietnamese and in English."""

_POLL_S = 0.03
_FAST_STOP_S = 60
RECOVERY_BYTES = 48 << 20
"""Free space without which a database that ended is not started again: three segments of its log."""
_ROOM_POLL_S = 0.25


def silent(vi: str, en: str) -> None:
    """Report nothing."""


class Server:
    """The embedded server of one data folder. Whoever starts it holds the folder's lock.

    The child ends with the thread that started it, so :meth:`start` is called from one that lives as long as
    the server shall.
    """

    def __init__(
        self, settings: Settings, *, report: Report = silent, overrides: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings
        self.place: Place = open_place(settings)
        self._report = report
        self._overrides = dict(overrides or {})
        self._child: subprocess.Popen[bytes] | None = None
        self._spawned_at = 0.0

    @property
    def url(self) -> str:
        """Address of the house's database."""
        return self.place.url()

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start the server and return when it takes connections; raise :class:`PostgresError` otherwise.

        ``cancelled`` is asked while waiting: true stops the start (the operator pressed Ctrl-C).
        """
        programmes = binaries(self.place.account, self.place.root)
        if remains.clear(self.place.data, self.place.sockets):
            self._report(
                "Đã dọn phần còn lại của lần chạy trước.", "Cleared what an earlier run left behind."
            )
        if not self.place.data.exists():
            self._report("Đang tạo cơ sở dữ liệu…", "Creating the database…")
            self._make_cluster(programmes)
        self._write_configuration()
        with self._log_path.open("wb") as log:
            self._child = self._spawn(
                [str(programmes / "postgres"), "-D", str(self.place.data)], log.fileno()
            )
        self._await_ready(cancelled)

    def restart(self, code: int, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start again a server that ended with ``code`` although nobody had asked it to."""
        self._report(
            f"Cơ sở dữ liệu dừng bất thường (mã {code}), đang khởi động lại…",
            f"The database ended unexpectedly (code {code}); starting it again…",
        )
        while True:
            self._await_room(cancelled)
            try:
                self.start(cancelled=cancelled)
            except PostgresError:
                if self._free_bytes() < RECOVERY_BYTES and not cancelled():
                    continue  # it filled up once more meanwhile
                raise
            return

    def stop(self) -> None:
        """Stop fast (sessions are ended, nothing is lost); at once where that takes over a minute."""
        if self._child and not end(
            self._child, (signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)
        ):
            self._report(
                "Cơ sở dữ liệu dừng chậm, đã buộc dừng.", "The database was slow to stop and was forced."
            )
        self._child = None

    def died(self) -> int | None:
        """Return the exit code of a server that has ended by itself, or None while it runs."""
        return self._child.poll() if self._child else None

    def _await_room(self, cancelled: Callable[[], bool]) -> None:
        """Wait until the disk has room for a recovery: a start without would only end in the next crash."""
        told = False
        while self._free_bytes() < RECOVERY_BYTES and not cancelled():
            if not told:
                told = True
                self._report(
                    f"Ổ đĩa đầy; chờ có {RECOVERY_BYTES >> 20} MB trống để khởi động cơ sở dữ liệu…",
                    f"The disk is full; waiting for {RECOVERY_BYTES >> 20} MB to start the database…",
                )
            time.sleep(_ROOM_POLL_S)

    def _free_bytes(self) -> int:
        folders = (self.place.data, self.place.data / "pg_wal")
        return min(shutil.disk_usage(folder).free for folder in folders)

    @property
    def _log_path(self) -> Path:
        return self.place.root / "postgres-start.log"

    def _make_cluster(self, programmes: Path) -> None:
        """Run initdb in a scratch folder and rename it, so that a torn one is never taken for a database."""
        scratch = self.place.root / "postgres.new"
        subprocess.run(["/bin/rm", "-rf", str(scratch)], check=True)
        own_folder(scratch, self.place.account)
        secret = self.place.sockets / "password"
        secret.write_text(self.place.password_file.read_text())
        os.chown(secret, self.place.account.uid, self.place.account.gid)
        command = [str(programmes / "initdb"), "-D", str(scratch), "-U", ROLE, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        try:
            with self._log_path.open("wb") as log:
                code = self._spawn(command, log.fileno()).wait()
        finally:
            secret.unlink()
        if code:
            raise self._failed(code)
        with (scratch / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'haidang.conf'\n# Lines of the site's own, below, come last and win.\n")
        scratch.rename(self.place.data)

    def _write_configuration(self) -> None:
        values = configuration(self.settings, self.place) | self._overrides
        lines = ["# Written at every start; change settings of Hải Đăng, or add lines to postgresql.conf.\n"]
        lines += [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()]
        path = self.place.data / "haidang.conf"
        path.write_text("".join(lines), encoding="utf-8")
        os.chown(path, self.place.account.uid, self.place.account.gid)

    def _spawn(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        self._spawned_at = time.time()
        return spawn(
            command,
            environ={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            last_signal=signal.SIGINT,  # PostgreSQL's fast stop
            stdout=output,
            stderr=output,
            user=self.place.account.spawn_as(),
        )

    def _await_ready(self, cancelled: Callable[[], bool]) -> None:
        """Wait until the pid file, which the server itself writes, says ready; tell of a recovery."""
        assert self._child  # noqa: S101 - start() has just set it
        started = time.monotonic()
        told_s = 2.0
        while (state := _state(self.place.data)) != (self._child.pid, "ready"):
            waited_s = time.monotonic() - started
            code = self._child.poll()
            if code is not None:
                raise self._failed(code)
            if cancelled() or waited_s > self.settings.postgres_start_minutes * 60:
                self.stop()
                raise PostgresError(
                    f"Cơ sở dữ liệu chưa sẵn sàng sau {waited_s:.0f} giây.",
                    f"The database was not ready after {waited_s:.0f} seconds.",
                )
            if state and waited_s > told_s:
                told_s *= 2
                self._report(
                    f"Cơ sở dữ liệu đang phục hồi… ({waited_s:.0f} giây)",
                    f"The database is recovering… ({waited_s:.0f} seconds)",
                )
            time.sleep(_POLL_S)

    def _failed(self, code: int) -> PostgresError:
        lines = self._log_path.read_text(errors="replace").splitlines()
        # Once it has read its configuration the server logs into a folder of its own.
        logs = sorted((self.place.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        if logs and logs[-1].stat().st_mtime >= self._spawned_at:
            lines += logs[-1].read_text(errors="replace").splitlines()
        tail = "\n".join(lines[-12:])
        return PostgresError(
            f"Cơ sở dữ liệu không khởi động được (mã {code}).",
            f"The database did not start (code {code}). Its last words:\n{tail}",
        )


@contextmanager
def running(settings: Settings, *, report: Report = silent) -> Iterator[str]:
    """Lend the address of the database: attach to the live server, or start one and stop it at the end."""
    if settings.database_url:
        yield settings.database_url
        return
    limit = time.monotonic() + settings.postgres_start_minutes * 60
    while True:
        server = None
        try:
            place = open_place(settings)
            lock = DataFolderLock(place.root).acquire()
        except DataFolderBusyError:
            if _serves(settings.data_dir):
                yield known_place(settings.data_dir).url()
                return
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
            continue
        try:
            server = Server(settings, report=report)
            server.start()
            yield server.url
        finally:
            if server:
                server.stop()
            lock.release()
        return


def _serves(root: Path) -> bool:
    state = _state(root / "postgres")
    return state is not None and state[1] == "ready" and remains.postmaster_of(root / "postgres") == state[0]


def _state(data: Path) -> tuple[int, str] | None:
    """Return the pid and the state that the server's own pid file tells, or None where it has none yet."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip()
    except (OSError, IndexError, ValueError):
        return None
