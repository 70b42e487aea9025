"""What the interface's tests share: a source of which some rows are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.acceptance.conftest import Centre

FEED = "mua-thu-nghiem"
GOOD = "R1;Trạm Cẩm Phả;107.30;21.01;12,5\nR2;Trạm Hạ Long;107.08;20.95;0\n"
NO_NUMBER = "R3;Trạm Vân Đồn;107.42;21.07;mười hai\n"
NO_PLACE = "R4;Trạm Cô Tô;;;3,5\n"

DECLARATION = """
feed: {name}
title: {{vi: Trạm mưa thử nghiệm, en: Rain gauges on trial}}
kind: file
owner: root
sector: environment
source: {{path: {path}, format: csv, delimiter: ";"}}
mapping:
  type: WeatherObserved
  id: "mua:{{id}}"
  location: {{lon: lon, lat: lat, required: true}}
  fields:
    name: {{from: name, required: true, static: true}}
    precipitation: {{from: mm, type: number, numbers: "1.234,5", unit: mm, required: true}}
"""


class RainFeed:
    """A file source of this test run: write its file, run it as an operator would."""

    def __init__(self, server: Centre, folder: Path) -> None:
        self._server = server
        self._data = folder / "mua.csv"
        self._file = folder / "mua.yaml"
        self._file.write_text(DECLARATION.format(name=FEED, path=self._data), encoding="utf-8")

    def run(self, rows: str) -> None:
        """Put these rows into the file and run the source on the command line."""
        self._data.write_text("id;name;lon;lat;mm\n" + rows, encoding="utf-8")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
        done = subprocess.run(
            [sys.executable, "-m", "haidang", "feed", "run", str(self._file)],
            env=environ | {"HAIDANG_DATA_DIR": str(self._server.data_dir)},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert "mua-thu-nghiem" in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.fixture(scope="session")
def rain(server: Centre, tmp_path_factory: pytest.TempPathFactory) -> RainFeed:
    """The rain gauges, run once: two rows taken, two refused."""
    feed = RainFeed(server, tmp_path_factory.mktemp("mua"))
    feed.run(GOOD + NO_NUMBER + NO_PLACE)
    return feed
