"""Foreign clients against a real ``haidang up`` in the conformance profile (city-core 1.6).

The two clients cannot live in one environment with each other or with us (they pin httpx and h11 apart), so
each runs in a Python of its own, which ``NGSILDCLIENT_PYTHON`` and ``FILIP_PYTHON`` name;
CONTRIBUTING.md says how to make them.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

START_LIMIT_S = 120
CLIENT_LIMIT_S = 120
CLIENTS = {"ngsildclient": "NGSILDCLIENT_PYTHON", "filip": "FILIP_PYTHON"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Start a centre in the conformance profile and return its port."""
    if not any(os.environ.get(name) for name in CLIENTS.values()):
        pytest.skip(f"no client: set one of {', '.join(CLIENTS.values())}")
    folder = Path(tempfile.mkdtemp(prefix="haidang-clients-"))
    folder.chmod(0o755)  # where root runs the tests, PostgreSQL belongs to somebody else
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
    settings = {"DATA_DIR": folder / "data", "PORT": number, "CONFORMANCE": 1}
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "haidang", "up"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environ | {f"HAIDANG_{name}": str(value) for name, value in settings.items()},
        )
    try:
        limit = time.monotonic() + START_LIMIT_S
        while not _ready(number):
            if process.poll() is not None or time.monotonic() > limit:
                pytest.fail(f"haidang up did not start:\n{(folder / 'output.log').read_text()}")
            time.sleep(0.2)  # another process starts; there is nothing to wait on
        yield number
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", CLIENTS)
def test_1_6_a_foreign_client_works_unmodified(port: int, name: str) -> None:
    python = os.environ.get(CLIENTS[name])
    if not python:
        pytest.skip(f"{CLIENTS[name]} names no Python with {name}")
    script = Path(__file__).with_name(f"with_{name}.py")
    done = subprocess.run(
        [python, "-W", "ignore", str(script), str(port)],
        capture_output=True,
        text=True,
        timeout=CLIENT_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    assert f"{name}: all of it works" in done.stdout


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.HTTPError:
        return False
