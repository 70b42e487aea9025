"""What the wall makes of rows: medians of what is fresh, health without guesses, only fields by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from haidang.boards.wall import camera_health, figure, is_fresh, shown_alert, shown_incident
from haidang.city.packs import AttributePack, TypePack

NOW = datetime(2026, 11, 22, 7, 5, tzinfo=UTC)
AIR = TypePack(
    type="AirQualityObserved", vi="Không khí", en="Air", headline="pm25", expected_period_s=3600,
    attributes={"pm25": AttributePack("Bụi mịn", "PM2.5", "GQ", None, 1, (0, 50))},
)  # fmt: skip


def row(value: Any, age_s: float = 60, simulated: bool = False) -> list[Any]:
    at = (NOW.timestamp() - age_s) * 1000
    return ["id", "T", "name", 107.0, 21.0, at, value, 1, "22", "environment", "s", simulated]


def test_a_figure_is_the_median_of_what_is_fresh_and_says_how_many_spoke() -> None:
    found = figure(AIR, [row(10), row(40), row(90), row(500, age_s=7200)], NOW)
    assert found is not None
    assert (found.value, found.have, found.expected, found.outside) == (40, 3, 4, 1)
    assert found.unit == "µg/m³"
    assert not found.simulated


def test_where_nothing_is_fresh_there_is_no_figure_and_no_zero() -> None:
    found = figure(AIR, [row(10, age_s=7200)], NOW)
    assert found is not None
    assert (found.value, found.have, found.expected) == (None, 0, 1)


def test_a_type_without_a_number_has_no_figure() -> None:
    assert figure(AIR, [row("ok")], NOW) is None
    assert figure(TypePack(type="X", vi="X", en="X"), [row(1)], NOW) is None


def test_a_late_camera_is_not_checked_which_is_not_lost() -> None:
    cameras = [row("online"), row("ok", 170), row("offline"), row("offline", 400), row("online", 400)]
    assert camera_health(cameras, 60, NOW) == {"live": 2, "lost": 1, "unchecked": 2, "total": 5}
    assert is_fresh(row(1, age_s=10**9), None, NOW)


def test_only_the_named_fields_come_to_the_wall() -> None:
    line: dict[str, Any] = {
        "id": 7, "code": "2026-7", "kind_vi": "Cháy, nổ", "kind_en": "Fire", "severity": 1,
        "state": "reported", "title": "Cháy nhà ông Ba 0912345678", "text": "x", "place": "12 Trần Phú",
        "area": {"name": "Hòn Gai"}, "reported_at": "t", "acknowledged_at": None, "is_exercise": False,
        "location": [107, 21],
        "commander": {"name": "Trần Văn B"}, "roles": [{"name": "Lê C"}], "opened_by": "account:1",
    }  # fmt: skip
    assert set(shown_incident(line)) == {
        "id", "code", "kind_vi", "kind_en", "severity", "state", "area", "reported_at", "is_exercise",
        "location", "acknowledged",
    }  # fmt: skip
    assert "0912345678" not in str(shown_incident(line)) and "Trần" not in str(shown_incident(line))
    told = {
        "id": 1, "priority": 1, "state": "new", "title_vi": "Anh Nam báo cháy", "title_en": "x", "area": None,
        "first_at": "t", "location": None, "is_exercise": False, "by_hand": True, "acked_by": "Lê C",
    }  # fmt: skip
    assert shown_alert(told)["title_vi"] is None
    assert shown_alert(told | {"by_hand": False})["title_vi"] == "Anh Nam báo cháy"
    assert "acked_by" not in shown_alert(told)
