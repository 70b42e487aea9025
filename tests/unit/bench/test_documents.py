"""The measure of documents draws what it says, and says where a goal is missed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from haidang.bench import cli
from haidang.bench import documents as bench
from haidang.documents.report import prepared


def test_every_document_that_is_measured_fits_the_limits() -> None:
    names = [name for name, report, _ in bench.documents() if prepared(report)]
    assert names == ["letter", "report, 30 entries", "report, 300 entries", "list, 5000 rows"]


def test_the_table_names_pages_and_a_missed_goal_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    [letter, *_] = bench.documents()
    monkeypatch.setattr(bench, "documents", lambda: (letter,))
    done = CliRunner().invoke(cli.bench, ["documents", "--rounds", "1"])
    line = next(line for line in done.stdout.splitlines() if line.startswith("letter "))
    assert line.split()[1] == "1"
    monkeypatch.setattr(bench, "documents", lambda: ((*letter[:2], 0.0),))
    assert CliRunner().invoke(cli.bench, ["documents", "--rounds", "1"]).exit_code == 1
