"""``haidang up`` after kills, in wrong places, and its clean end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_LIMIT_S = 60


class Up:
    """A real ``haidang up`` and what it has said so far."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.port = port
        self.lines: list[str] = []
        environ = os.environ | {
            "HAIDANG_POSTGRES_SHARED_BUFFERS_MB": "32",
            "HAIDANG_POSTGRES_MAX_WAL_MB": "256",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "haidang", "up", "--data-dir", str(data_dir), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(self.process.stdout)

    @property
    def said(self) -> str:
        """All output so far."""
        return "".join(self.lines)

    def ready(self) -> Up:
        """Wait until it says that it is ready."""
        until(lambda: "Ready: " in self.said or self.process.poll() is not None, self)
        assert "Ready: " in self.said, self.said
        return self

    def ends(self) -> int:
        """Wait for its end and return the exit code."""
        code = self.process.wait(_LIMIT_S)
        self._reader.join()
        return code

    def children(self) -> dict[str, int]:
        """Return the pid of each direct child by what it is: postgres or serve."""
        found: dict[str, int] = {}
        for pid, parent, command in processes():
            if parent == self.process.pid:
                found["postgres" if "postgres" in command[0] else command[-1]] = pid
        return found

    def answers(self, path: str = "/health/ready") -> bool:
        """Return whether the server says that all is well."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def processes() -> Iterator[tuple[int, int, list[str]]]:
    """Yield pid, parent and command of every living process."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (entry / "cmdline").read_bytes().decode(errors="replace").strip("\0").split("\0")
        except OSError:
            continue
        if state not in "ZX" and command[0]:
            yield int(entry.name), int(parent), command


def until(condition: Callable[[], bool], up: Up) -> None:
    """Wait for an event of a process that is not ours."""
    limit = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < limit, up.said
        time.sleep(0.05)


def left(data_dir: Path) -> list[list[str]]:
    """Return the commands of all processes that have to do with a data folder."""
    return [
        command
        for pid, _, command in processes()
        if str(data_dir) in " ".join(command) or _stands_in(pid, data_dir)
    ]


def _stands_in(pid: int, data_dir: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(data_dir)
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def up(data_dir: Path) -> Iterator[Up]:
    """A centre that is up; whatever the tests leave of it is killed. The last test ends it for good."""
    started = Up(data_dir, free_port())
    try:
        yield started.ready()
    finally:
        started.process.kill()
        started.ends()
        until(lambda: not left(data_dir), started)


def test_a_killed_database_is_started_again_and_the_server_goes_on(up: Up) -> None:
    before = up.children()
    os.kill(before["postgres"], signal.SIGKILL)
    until(lambda: up.children().get("postgres", before["postgres"]) != before["postgres"], up)
    until(up.answers, up)
    assert up.children()["serve"] == before["serve"], "the web server has lived through it"


def test_a_killed_web_server_is_started_again(up: Up) -> None:
    before = up.children()
    os.kill(before["serve"], signal.SIGKILL)
    until(lambda: up.children().get("serve", before["serve"]) != before["serve"], up)
    until(up.answers, up)
    assert up.children()["postgres"] == before["postgres"]


def test_a_second_start_on_the_same_folder_is_refused_with_the_pid_of_the_first(
    up: Up, data_dir: Path
) -> None:
    second = Up(data_dir, free_port())
    assert second.ends() == 1
    assert f"pid {up.process.pid}" in second.said
    assert "Lỗi: Thư mục dữ liệu" in second.said
    assert up.answers("/health/live")


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            refused = Up(folder, taken.getsockname()[1])
            assert refused.ends() == 1
        assert "--port 8081" in refused.said
        assert "Không mở được cổng" in refused.said
        assert not (folder / "postgres").exists()
    finally:
        shutil.rmtree(folder)


def test_a_wrong_setting_ends_the_start_with_its_name(data_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "haidang", "up", "--data-dir", str(data_dir)],
        env=os.environ | {"HAIDANG_LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )
    assert done.returncode == 1
    assert "log_level" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_run_is_recovered_and_ctrl_c_then_stops_everything(up: Up, data_dir: Path) -> None:
    up.process.kill()
    again = Up(data_dir, up.port)  # at once: the same folder, the same port
    try:
        again.ready()
        assert re.search(r"http://127\.0\.0\.1:\d+/first-administrator\?token=\S{20,}", again.said)
        assert set(again.children()) == {"postgres", "serve"}
        again.process.send_signal(signal.SIGINT)
        assert again.ends() == 0
        assert left(data_dir) == []
        assert "Đã dừng." in again.said
        assert "Traceback" not in again.said
    finally:
        again.process.kill()
        again.ends()
