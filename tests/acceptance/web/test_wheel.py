"""The wheel: complete by itself, and it serves the pages on a machine without Node or a checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.acceptance.conftest import Centre, free_port

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "haidang"


@pytest.fixture(scope="module")
def wheel(built: None) -> Iterator[Path]:
    """The wheel of these sources, by way of the source archive as `python -m build` makes it."""
    # Not pytest's own folder: as root, the database runs as another user, who must get through.
    folder = Path(tempfile.mkdtemp(prefix="hd-wheel-", dir="/tmp"))
    folder.chmod(0o711)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        yield next(folder.glob("*.whl"))
    finally:
        shutil.rmtree(folder)


def test_it_holds_all_that_the_package_needs_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("haidang/")}
    there = {
        f"haidang/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == there
    assert "haidang/web/dist/index.html" in held
    notices = [name for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name]
    assert {Path(name).name for name in notices} == {"LICENSE", "NOTICE"}


def test_installed_it_serves_the_pages_without_node(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = wheel.parent / "site"
    zipfile.ZipFile(wheel).extractall(site)  # all that installing a wheel of plain Python amounts to
    monkeypatch.chdir(wheel.parent)
    monkeypatch.setenv("PYTHONPATH", str(site))  # before the sources that this environment points to
    monkeypatch.setenv("PATH", os.devnull)
    told = [sys.executable, "-c", "import haidang; print(haidang.__file__)"]
    where = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(where).is_relative_to(site)

    centre = Centre(wheel.parent / "data", free_port())
    try:
        centre.start()
        page = httpx.get(f"{centre.url}/")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        script = re.search(r'src="(/assets/[^"]+\.js)"', page.text)
        assert script, page.text
        assert httpx.get(f"{centre.url}{script[1]}").status_code == 200
    finally:
        assert centre.stop() == 0
