"""The published samples, beside a checkout only: the engine reproduces them."""

from __future__ import annotations

import json

from click.testing import CliRunner

from haidang.cli import group
from tests.shared_data import shared


def answered(method: str, name: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(
        group, ["indices", "compute", method, str(shared(f"indices/{name}")), "--json"]
    )
    return result.exit_code, json.loads(result.output)


def test_pci_2019_comes_out_as_it_was_published() -> None:
    code, answer = answered("PCI-2013", "pci_2019_partial.csv")
    rows = answer["rows"]
    assert isinstance(rows, list)
    assert (code, len(rows)) == (0, 22)
    assert max(abs(row["difference"]) for row in rows) <= 0.03
    names = {row["unit"]: row["name"] for row in rows}
    assert (names["BRVT"], names["TT-Hue"]) == ("Bà Rịa - Vũng Tàu", "Thừa Thiên Huế")


def test_the_dimensions_of_papi_2018_come_out_and_two_provinces_are_not_rated() -> None:
    code, answer = answered("PAPI-2018", "papi_2018.csv")
    rows = answer["rows"]
    assert isinstance(rows, list)
    assert (code, len(rows)) == (0, 63)
    unrated = {row["unit"]: row["missing"] for row in rows if row["computed"] is None}
    assert unrated == {"Quang Ninh": ["2", "4"], "Dong Thap": ["2", "4"]}
    parts = [part for row in rows for part in row["components"] if part["difference"] is not None]
    assert len(parts) == 61 * 8 + 2 * 6
    assert max(abs(part["difference"]) for part in parts) <= 0.0001
    for row in rows:
        if row["computed"] is not None:
            dimensions = [part["published"] for part in row["components"] if len(part["code"]) == 1]
            assert abs(row["computed"] - sum(dimensions)) <= 0.0001
            assert row["quarter"] is not None
