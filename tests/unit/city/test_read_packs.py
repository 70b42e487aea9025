"""Sector packs: the shipped ones are whole, a province overrides by name, a faulty file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.city.packs import BUILTIN, SYMBOLS, AttributePack, load_packs, symbol


def test_the_shipped_packs_are_whole() -> None:
    packs = load_packs([BUILTIN])
    assert set(packs.types) >= {
        "Camera", "TrafficFlowObserved", "AirQualityObserved", "FloodMonitoring", "WeatherObserved",
        "OffStreetParking", "Streetlight",
    }  # fmt: skip
    for pack in packs.types.values():
        assert pack.sector in packs.sectors
        assert pack.headline in pack.attributes
        for attribute in pack.attributes.values():
            assert attribute.unit is None or attribute.unit in SYMBOLS
            assert attribute.vi
            assert attribute.en


def test_a_province_overrides_by_name(tmp_path: Path) -> None:
    types = tmp_path / "air" / "types"
    types.mkdir(parents=True)
    (types.parent / "sector.yaml").write_text("{name: air, vi: Không khí, en: Air}", "utf-8")
    (types / "a.yaml").write_text(
        "{type: AirQualityObserved, vi: Trạm, en: Station, expected_period_s: 60}", "utf-8"
    )
    packs = load_packs([BUILTIN, tmp_path])
    assert packs.type("AirQualityObserved").expected_period_s == 60
    assert packs.type("AirQualityObserved").sector == "air"
    assert packs.type("Camera").sector == "transport"
    assert packs.type("Unheard").vi == "Unheard"


@pytest.mark.parametrize(
    "text",
    [
        "{type: X, vi: X}",
        "{type: X, vi: X, en: X, headline: missing}",
        "{type: X, vi: X, en: X, expected_period_s: 0}",
        "{type: X, vi: X, en: X, colour: red}",
        "[",
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str) -> None:
    types = tmp_path / "x" / "types"
    types.mkdir(parents=True)
    (types.parent / "sector.yaml").write_text("{name: x, vi: X, en: X}", "utf-8")
    (types / "broken.yaml").write_text(text, "utf-8")
    with pytest.raises(Problem) as caught:
        load_packs([tmp_path])
    assert "x/broken.yaml" in caught.value.en


def test_symbols() -> None:
    counted = AttributePack("Lưu lượng", "Intensity", unit="H10", symbol="xe/giờ")
    assert symbol(counted, None) == "xe/giờ"
    assert symbol(counted, "KMH") == "km/h"
    assert symbol(AttributePack("x", "x"), "XYZ") == "XYZ"
    assert symbol(AttributePack("x", "x"), None) is None
    assert symbol(AttributePack("x", "x", unit="C62"), None) is None
