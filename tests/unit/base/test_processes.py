"""Children end with their parent, and are not started again for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from haidang.base.processes import Patience, end, spawn


def test_patience_has_an_end() -> None:
    patience = Patience(times=3, window_s=600)
    assert [patience.allows() for _ in range(5)] == [True, True, True, False, False]


def test_patience_comes_back_with_time() -> None:
    patience = Patience(times=2, window_s=0)
    assert all(patience.allows() for _ in range(10))


def test_a_child_that_ignores_the_first_signal_gets_the_next() -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('set', flush=True); time.sleep(60)"
    child = spawn(
        [sys.executable, "-c", code], environ=os.environ, last_signal=signal.SIGKILL, stdout=subprocess.PIPE
    )
    assert child.stdout
    child.stdout.readline()
    assert not end(child, (signal.SIGTERM, 0.1), (signal.SIGKILL, 10))
    assert child.returncode == -signal.SIGKILL
    child.stdout.close()


def test_a_child_ends_with_its_parent() -> None:
    code = (
        "import os, signal, sys, time\n"
        "from haidang.base.processes import spawn\n"
        "print(spawn(['sleep', '60'], environ=os.environ, last_signal=signal.SIGKILL).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout
    grandchild = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    limit = time.monotonic() + 10
    while _runs(grandchild):
        assert time.monotonic() < limit
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
