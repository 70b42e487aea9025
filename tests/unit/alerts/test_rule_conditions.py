"""Every kind of condition: when it fires, when it clears, what does not move it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.alerts.rules import gauge, play, rule, story

HIGH = {"threshold": {"attr": "level", "above": 5.6, "clears_below": 5.4}}


def test_threshold_has_a_band_in_which_nothing_comes_or_goes() -> None:
    levels = [5.5, 5.6, 5.61, 5.5, 5.4, 5.39, 5.5, 5.7]
    assert story(play(HIGH, [gauge(minute, level) for minute, level in enumerate(levels)])) == [
        ("raise", "a", 2),
        ("clear", "a", 5),
        ("raise", "a", 7),
    ]


def test_threshold_below_with_a_band() -> None:
    low = {"threshold": {"attr": "level", "below": 10, "clears_above": 12}}
    levels = [11, 9, 11, 12, 12.5]
    assert story(play(low, [gauge(minute, level) for minute, level in enumerate(levels)])) == [
        ("raise", "a", 1),
        ("clear", "a", 4),
    ]


def test_threshold_of_another_attribute() -> None:
    own = {"threshold": {"attr": "level", "above": "dangerLevel", "margin": 0.2}}
    assert not play(own, [gauge(0, 99.0)]).happened  # without a limit nothing is known
    changes = [
        gauge(0, 3.0, dangerLevel=4.0),
        gauge(1, 4.1),
        gauge(2, 3.9),
        gauge(3, 3.7),
        gauge(4, 4.5),
        gauge(5, 4.5, dangerLevel=5.0),
    ]
    found = play(own, changes)
    assert story(found) == [("raise", "a", 1), ("clear", "a", 3), ("raise", "a", 4), ("clear", "a", 5)]
    assert found.happened[0].limit == 4.0


def test_threshold_takes_only_numbers() -> None:
    assert not play(HIGH, [gauge(0, "9"), gauge(1, True), gauge(2, {"a": 9})]).happened


def test_for_waits_and_the_clock_ends_the_wait() -> None:
    slow = {"threshold": {"attr": "level", "above": 5, "for": "2 minutes"}}
    assert not play(slow, [gauge(0, 6), gauge(1.9, 4)], clock=9).happened
    assert story(play(slow, [gauge(0, 6)], clock=9)) == [("raise", "a", 2)]
    assert story(play(slow, [gauge(0, 6), gauge(1, 7), gauge(5, 4)])) == [
        ("raise", "a", 2),
        ("clear", "a", 5),
    ]
    assert not play(slow, [gauge(0, 6), gauge(1, 4), gauge(1.5, 6), gauge(2.5, 4)], clock=9).happened


def test_clears_after_keeps_an_alert_that_comes_back() -> None:
    calm = {"threshold": {"attr": "level", "above": 5, "clears_after": "3 minutes"}}
    changes = [gauge(0, 6), gauge(1, 4), gauge(2, 6), gauge(3, 4)]
    assert story(play(calm, changes, clock=5)) == [("raise", "a", 0)]
    assert story(play(calm, changes, clock=6)) == [("raise", "a", 0), ("clear", "a", 6)]


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ([gauge(0, 1.0), gauge(30, 1.4), gauge(59, 2.1)], True),
        ([gauge(0, 1.0), gauge(30, 1.4), gauge(61, 2.1)], False),  # the first is out of the window
        ([gauge(0, 3.0), gauge(30, 1.0)], False),  # it falls
        ([gauge(0, 1.5), gauge(30, 1.9), gauge(20, 0.1, heard=gauge(30, 0)["at"])], False),  # late
        ([gauge(0, 1.5), gauge(10, 1.0), gauge(10, 1.6), gauge(30, 2.4)], False),  # corrected
    ],
)
def test_rate_compares_with_the_lowest_of_the_window(changes: list[dict[str, Any]], *, fires: bool) -> None:
    rises = {"rate": {"attr": "level", "rises": 1, "within": "1 hour"}}
    assert bool(play(rises, changes).raised) is fires


def test_rate_falls_and_clears_under() -> None:
    falls = {"rate": {"attr": "level", "falls": 2, "within": "10 minutes", "clears_under": 1}}
    changes = [gauge(0, 9), gauge(5, 6), gauge(9, 6.5), gauge(12, 6.4), gauge(20, 6.4)]
    found = play(falls, changes)
    assert story(found) == [("raise", "a", 5), ("clear", "a", 12)]
    assert found.happened[0].value == 3


def test_stuck_wants_time_and_observations() -> None:
    stuck = {"stuck": {"attr": "level", "for": "30 minutes", "tolerance": 0.01}}
    assert not play(stuck, [gauge(0, 1.0), gauge(40, 1.0)]).happened  # twice is no proof
    assert not play(stuck, [gauge(0, 1.0), gauge(20, 1.005)], clock=90).happened  # silence is not being stuck
    changes = [gauge(0, 1.0), gauge(15, 1.005), gauge(30, 0.995), gauge(45, 1.0), gauge(50, 1.2)]
    assert story(play(stuck, changes)) == [("raise", "a", 30), ("clear", "a", 50)]


def test_missing_is_found_by_the_clock_and_ends_with_an_observation() -> None:
    missing = {"missing": {"for": "10 minutes"}}
    assert story(play(missing, [gauge(0, 1), gauge(9, 1)], clock=18)) == []
    assert story(play(missing, [gauge(0, 1), gauge(9, 1)], clock=19)) == [("raise", "a", 19)]
    assert story(play(missing, [gauge(0, 1), gauge(15, 1)])) == [("raise", "a", 10), ("clear", "a", 15)]


def test_missing_by_periods_and_of_one_attribute() -> None:
    # The period of a type without a pack is an hour here.
    periods = {"missing": {"periods": 3}}
    assert story(play(periods, [gauge(0, 1)], clock=181)) == [("raise", "a", 180)]
    one = {"missing": {"for": "10 minutes", "attr": "level"}}
    other = [gauge(0, 1)] + [{"at": gauge(minute, 0)["at"], "id": "a", "battery": 12} for minute in (5, 10)]
    assert story(play(one, other, clock=11)) == [("raise", "a", 10)]


def test_missing_is_not_ended_by_what_is_old_itself() -> None:
    missing = {"missing": {"for": "10 minutes"}}
    old = gauge(2, 1, heard=gauge(30, 0)["at"])
    assert story(play(missing, [gauge(0, 1), old])) == [("raise", "a", 10)]


def test_baseline_judges_by_the_usual_of_the_hour() -> None:
    unusual = {"baseline": {"attr": "level", "deviates": 3, "min_weeks": 3}}
    usual = {"mean": 100, "deviation": 10, "weeks": 4}
    levels = [120, 131, 125, 123, 69]
    found = play(unusual, [gauge(minute, level) for minute, level in enumerate(levels)], usual=usual)
    assert story(found) == [("raise", "a", 1), ("clear", "a", 3), ("raise", "a", 4)]
    assert found.happened[0].limit == 100
    assert not play(unusual, [gauge(0, 999)], usual=usual | {"weeks": 2}).happened  # too little is known
    assert not play(unusual, [gauge(0, 999)]).happened
    above = {"baseline": {"attr": "level", "deviates": 3, "direction": "above", "least": 40}}
    assert not play(above, [gauge(0, 60), gauge(1, 135)], usual=usual).happened
    assert play(above, [gauge(0, 141)], usual=usual).raised


def test_geofence_by_circle_polygon_and_area() -> None:
    def bus(minute: float, lon: float, lat: float, **more: Any) -> dict[str, Any]:
        return {"at": gauge(minute, 0)["at"], "id": "bus", "location": [lon, lat]} | more

    circle = {"geofence": {"outside": {"circle": {"lon": 107.0, "lat": 20.9, "radius_m": 1000}}}}
    moves = [bus(0, 107.0, 20.9), bus(1, 107.02, 20.9), bus(2, 107.005, 20.9)]
    assert story(play(circle, moves)) == [("raise", "bus", 1), ("clear", "bus", 2)]
    square = [[107, 20], [108, 20], [108, 21], [107, 21]]
    polygon = {"geofence": {"inside": {"polygon": square}}}
    assert story(play(polygon, [bus(0, 106.9, 20.5), bus(1, 107.5, 20.5), bus(2, 107.5, 21.5)])) == [
        ("raise", "bus", 1),
        ("clear", "bus", 2),
    ]
    area = {"geofence": {"outside": {"area": ["06643"]}}}
    assert not play(area, [bus(0, 107.0, 20.9)]).happened  # nobody knows the area
    assert story(play(area, [bus(0, 107.0, 20.9, area="06643"), bus(1, 107.1, 20.9, area="06700")])) == [
        ("raise", "bus", 1)
    ]


def test_count_in_an_area_and_a_window() -> None:
    jam = {
        "count": {"of": {"threshold": {"attr": "level", "below": 10}}, "at_least": 3, "within": "10 minutes"}
    }
    there = [gauge(minute, 5, f"j{minute}", area="x") for minute in (0, 4, 9)]
    found = play(jam, there)
    assert story(found) == [("raise", "j9", 9)]
    assert (found.happened[0].value, found.happened[0].limit) == (3, 3)
    elsewhere = [*there[:2], gauge(9, 5, "j9", area="y")]
    assert not play(jam, elsewhere).happened
    assert not play(jam, [gauge(0, 5, "j0", area="x"), *there[1:2], gauge(11, 5, "z", area="x")]).happened
    assert not play(jam, [gauge(minute, 5, "same", area="x") for minute in range(9)]).happened
    # It clears when fewer than three were seen within the last ten minutes.
    assert story(play(jam, there, clock=10.1)) == [("raise", "j9", 9), ("clear", "j9", 10)]


def test_count_near_each_other_and_everywhere() -> None:
    def lamp(minute: float, name: str, lon: float) -> dict[str, Any]:
        return gauge(minute, 0, name, location=[lon, 20.9])

    of = {"threshold": {"attr": "level", "below": 1}}
    near = {"count": {"of": of, "at_least": 2, "within": "1 hour", "in": {"radius_m": 500}}}
    assert play(near, [lamp(0, "a", 107.0), lamp(1, "b", 107.004)]).raised == 1  # 415 m
    assert play(near, [lamp(0, "a", 107.0), lamp(1, "b", 107.006)]).raised == 0
    assert play(near, [lamp(0, "a", 107.0), lamp(1, "b", 107.004), lamp(2, "c", 107.003)]).raised == 1
    everywhere = {"count": {"of": of, "at_least": 2, "within": "1 hour", "in": "everywhere"}}
    assert play(everywhere, [lamp(0, "a", 107.0), lamp(1, "b", 109.0)]).raised == 1


def test_count_of_what_is_missing_holds_while_it_is_missing() -> None:
    lost = {"count": {"of": {"missing": {"for": "10 minutes"}}, "at_least": 2, "within": "5 minutes"}}
    silent = [gauge(0, 1, "a", area="x"), gauge(0, 1, "b", area="x")]
    assert story(play(lost, silent, clock=60)) == [("raise", "b", 10)]
    back = [*silent, gauge(20, 1, "a", area="x")]
    assert story(play(lost, back, clock=24)) == [("raise", "b", 10)]
    assert story(play(lost, back, clock=26)) == [("raise", "b", 10), ("clear", "b", 25)]


def test_together_of_one_entity() -> None:
    both = {
        "together": {
            "all": [{"threshold": {"attr": "level", "above": 5}}, {"expression": "rain >= 20"}],
            "within": "15 minutes",
        }
    }
    wet = [{"at": gauge(0, 0)["at"], "id": "a", "rain": 30}]
    assert story(play(both, [*wet, gauge(10, 6)])) == [("raise", "a", 10)]
    assert not play(both, [*wet, gauge(16, 6)]).happened
    assert not play(both, [*wet, gauge(10, 6, "b")]).happened
    assert story(play(both, [*wet, gauge(10, 6)], clock=16)) == [("raise", "a", 10), ("clear", "a", 15)]


def test_together_in_one_area_tells_of_the_rules_own_type() -> None:
    flood = {
        "together": {
            "all": [
                {"threshold": {"attr": "level", "above": 5}},
                {"type": "Station", "threshold": {"attr": "rain", "above": 20}},
            ],
            "within": "1 hour",
            "same": "area",
        }
    }
    rain = {"at": gauge(5, 0)["at"], "id": "s", "type": "Station", "rain": 30, "area": "x"}
    assert story(play(flood, [gauge(0, 6, area="x"), rain])) == [("raise", "a", 5)]
    assert not play(flood, [gauge(0, 6, area="y"), rain]).happened


def test_expression_over_attributes_and_what_is_not_known() -> None:
    lost = {"expression": 'status == "offline" and battery < 11.5'}
    said = [{"at": gauge(0, 0)["at"], "id": "a", "status": "offline"}]
    assert not play(lost, said).happened  # the battery is not known
    low = {"at": gauge(1, 0)["at"], "id": "a", "battery": 11}
    back = {"at": gauge(2, 0)["at"], "id": "a", "status": "online"}
    found = play(lost, [*said, low, back])
    assert story(found) == [("raise", "a", 1), ("clear", "a", 2)]
    band = {"expression": {"that": "level > 5", "clears": "level < 4", "for": "1 minute"}}
    assert story(play(band, [gauge(0, 6), gauge(2, 4.5), gauge(3, 3)])) == [
        ("raise", "a", 1),
        ("clear", "a", 3),
    ]


def test_what_is_late_changes_nothing_and_what_is_repeated_counts_once() -> None:
    late = gauge(1, 9, heard=gauge(5, 0)["at"])
    assert not play(HIGH, [gauge(4, 5), late]).happened
    assert story(play(HIGH, [gauge(0, 6), gauge(0, 6), gauge(0, 6)])) == [("raise", "a", 0)]
    assert story(play(HIGH, [gauge(0, 6), gauge(0, 5)])) == [
        ("raise", "a", 0),
        ("clear", "a", 0),
    ]  # corrected


def test_the_future_counts_as_now() -> None:
    ahead = gauge(600, 6, heard=gauge(0, 0)["at"])
    found = play(HIGH, [ahead, gauge(1, 5)])
    assert story(found) == [("raise", "a", 0), ("clear", "a", 1)]


def test_an_attribute_or_an_entity_that_is_no_more_clears() -> None:
    assert story(play(HIGH, [gauge(0, 6), gauge(1, None)])) == [("raise", "a", 0), ("clear", "a", 1)]
    gone = {"at": gauge(2, 0)["at"], "id": "a", "deleted": True}
    found = play(HIGH, [gauge(0, 6), gone])
    assert story(found) == [("raise", "a", 0), ("clear", "a", 2)]
    assert found.active == 0


def test_only_selects_entities() -> None:
    changes = [gauge(0, 6, "a", area="x"), gauge(1, 6, "b", area="y")]
    assert story(play(rule(HIGH, only={"areas": ["y"]}), changes)) == [("raise", "b", 1)]
    assert story(play(rule(HIGH, only={"entities": ["a"]}), changes)) == [("raise", "a", 0)]
    assert not play(rule(HIGH, only={"sources": ["feed:other"]}), changes).happened
