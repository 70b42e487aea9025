"""The command, as a person types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import haidang
from tests.integration.feeds.conftest import World
from tests.shared_data import shared

SECTORS = Path(haidang.__file__).parent / "sectors"


def haidang_feed(world: World, *words: str, language: str = "vi_VN.UTF-8", code: int = 0) -> str:
    environ = os.environ | {
        "HAIDANG_DATABASE_URL": world.db.url,
        "HAIDANG_DATA_DIR": str(world.settings.data_dir),
        "LANG": language,
        "LC_ALL": language,
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "haidang", "feed", *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


async def test_check_run_and_list(world: World) -> None:
    await world.city.close()  # the command takes the writer's place
    path = str(SECTORS / "transport" / "feeds" / "hcmc-cameras-2017.yaml")
    data = str(shared("hcmc_traffic_cameras_2017.csv"))
    checked = haidang_feed(world, "check", path, "--source", data, "--rows", "1")
    assert "urn:ngsi-ld:Camera:hcmc:583f969161cfea0012cf68f7" in checked
    assert "Chưa ghi gì" in checked
    assert await world.rows("SELECT count(*) FROM feed") == [(0,)]
    ran = haidang_feed(world, "run", path, "--source", data)
    (counts,) = [line for line in ran.splitlines() if line.startswith("hcmc")]
    assert counts.split()[1:] == ["282", "282", "0", "0", "0", "282"]
    listed = haidang_feed(world, "list", language="en_US.UTF-8")
    assert "received" in listed
    assert "Traffic cameras" in listed


async def test_faults_are_told_in_both_languages(world: World, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("feed: x\ncolour: red\n", encoding="utf-8")
    told = haidang_feed(world, "check", str(bad), code=1)
    assert "colour" in told
    assert "dòng 2" in told
    path = str(SECTORS / "transport" / "feeds" / "hcmc-cameras-2017.yaml")
    assert "none.csv" in haidang_feed(world, "check", path, "--source", str(tmp_path / "none.csv"), code=1)
