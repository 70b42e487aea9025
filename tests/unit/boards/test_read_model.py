"""Pure parts of the board: where a shape's middle is, what a value looks like in a row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.boards.model import FIELDS, Facts, Types, middle, row
from haidang.city.packs import BUILTIN, load_packs
from haidang.city.terms import VOCABULARY, Terms


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        ({"type": "Point", "coordinates": [107.0, 20.9]}, (107.0, 20.9)),
        ({"type": "Point", "coordinates": [107.0, 20.9, 5.0]}, (107.0, 20.9)),
        ({"type": "LineString", "coordinates": [[106.0, 20.0], [108.0, 22.0]]}, (107.0, 21.0)),
        ({"type": "Polygon", "coordinates": [[[106, 20], [108, 20], [108, 21], [106, 20]]]}, (107.0, 20.5)),
        ({"type": "Point", "coordinates": []}, None),
        ({"type": "Point"}, None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_middle(geometry: Any, expected: tuple[float, float] | None) -> None:
    assert middle(geometry) == expected


@given(
    st.recursive(
        st.none() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=4), max_leaves=20
    )
)
def test_middle_never_raises(coordinates: Any) -> None:
    found = middle({"type": "Polygon", "coordinates": coordinates})
    assert found is None or len(found) == 2


@pytest.mark.parametrize(
    ("headline", "short_us", "value", "observed_ms"),
    [
        (12.5, 3_000_000, 12.5, 3_000),
        ([12, "GQ"], 3_000_000, 12, 3_000),
        ({"v": 7, "o": 2_000_000}, None, 7, 2_000),
        ({"m": [{"v": 1, "o": 1_000_000}, {"v": 2, "d": "urn:x:a"}]}, None, 1, 1_000),
        (True, 3_000_000, "true", 3_000),
        ("on", None, "on", 9_000),
        ({"v": {"a": 1}}, None, None, 9_000),
        (None, None, None, 9_000),
    ],
)
def test_row(headline: Any, short_us: int | None, value: Any, observed_ms: int) -> None:
    terms = Terms()
    terms.type_iris[1] = VOCABULARY + "AirQualityObserved"
    types = Types(terms, load_packs([BUILTIN]))
    facts = Facts(
        5,
        "urn:ngsi-ld:X:5",
        1,
        "",
        107.0,
        20.9,
        headline,
        short_us,
        9_000_000,
        3,
        "06478",
        None,
        "key:1",
        False,
    )
    found = dict(zip(FIELDS, row(facts, types), strict=True))
    assert (found["value"], found["observed_at"]) == (value, observed_ms)
    assert (found["type"], found["name"], found["owner_org"]) == ("AirQualityObserved", "5", 3)


def test_headline_is_found_once_somebody_wrote_it() -> None:
    terms = Terms()
    terms.type_iris[1] = VOCABULARY + "AirQualityObserved"
    types = Types(terms, load_packs([BUILTIN]))
    assert types.of(1)[1] is None
    terms.attr_iris[9] = VOCABULARY + "pm25"
    terms.attr_ids[VOCABULARY + "pm25"] = 9
    assert types.of(1)[1] == 9
