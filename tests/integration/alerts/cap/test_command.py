"""``haidang warnings import``, as a person types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.integration.alerts.cap.conftest import World
from tests.unit.alerts.cap.examples import CAP_11


def haidang_warnings(world: World, *words: str, code: int = 0) -> str:
    environ = os.environ | {
        "HAIDANG_DATABASE_URL": world.db.url,
        "HAIDANG_DATA_DIR": str(world.settings.data_dir),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "haidang", "warnings", *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


async def test_a_file_is_taken_and_a_hostile_one_refused_in_both_languages(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "quake.xml"
    path.write_text(CAP_11.replace("2026-11-2", "2046-11-2"), encoding="utf-8")
    first = haidang_warnings(world, "import", str(path))
    assert "raised\tCAP 1.1\tTRI13970876.1\tEQ 3.4" in first
    assert "* sent: 2046-11-22T06:56:00Z → 2046-11-22T06:56:00-00:00" in first
    path.write_text("<!DOCTYPE a><alert/>", encoding="utf-8")
    refused = haidang_warnings(world, "import", str(path), code=1)
    assert "Chứa khai báo DTD" in refused
    assert "declares a document type" in refused
    found = await world.run("SELECT outcome, source FROM cap_received WHERE sender LIKE 'trinet%%'")
    assert found == [("raised", "quake.xml")]
