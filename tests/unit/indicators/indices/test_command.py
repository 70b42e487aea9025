"""``haidang indices`` as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from haidang.base.errors import OperatorError
from haidang.cli import group
from tests.unit.indicators.indices.examples import MEAN, TABLE


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "indices").mkdir()
    (tmp_path / "indices" / "TRY-1.yaml").write_text(MEAN, encoding="utf-8")
    monkeypatch.setenv("HAIDANG_DATA_DIR", str(tmp_path))
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_a_clean_table_ends_well(site: Path) -> None:
    result = CliRunner().invoke(group, ["indices", "compute", "TRY-1", str(site / "table.csv")])
    assert result.exit_code == 0, result.output
    assert "Alpha" in result.output and "4/4" in result.output


def test_a_fault_or_a_difference_does_not(site: Path) -> None:
    bad = site / "bad.csv"
    for text, word in (
        (TABLE.replace("Beta,5", "Beta,x"), "no-number"),
        (TABLE.replace(",66", ",99.00"), ""),
    ):
        bad.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(group, ["indices", "compute", "TRY-1", str(bad), "--json"])
        assert result.exit_code == 1
        faults = [each["code"] for each in json.loads(result.output)["faults"]]
        assert faults == ([word] if word else [])


def test_what_cannot_be_read_is_told_in_both_languages(site: Path) -> None:
    for arguments in (
        ["NO-SUCH", str(site / "table.csv")],
        ["PCI-2013", str(site / "indices" / "TRY-1.yaml")],
    ):
        result = CliRunner().invoke(group, ["indices", "compute", *arguments])
        assert isinstance(result.exception, OperatorError)
        assert result.exception.vi and result.exception.en


def test_methods_are_listed_with_a_site_s_own(site: Path) -> None:
    result = CliRunner().invoke(group, ["indices", "methods", "--json"])
    found = {each["method"]: each for each in json.loads(result.output)}
    assert "TRY-1" in found
    assert found["PAR-2020"]["template"] is True
    assert "PCI-2013 " in CliRunner().invoke(group, ["indices", "methods"]).output
