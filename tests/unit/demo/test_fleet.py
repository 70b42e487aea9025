"""The invented province: the same every time, inside its place, alive by day and quiet by night."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.clock import LOCAL
from haidang.city.packs import BUILTIN, load_packs
from haidang.demo.fleet import KINDS, fleet
from haidang.demo.noise import chance, drift
from haidang.demo.province import AGENCIES, BOUNDS
from haidang.demo.rhythm import demand, position, reading
from haidang.demo.service import _due, entity_of, report_of
from haidang.demo.trouble import silent

SEED = 2026
DAYS = (datetime(2024, 1, 1), datetime(2034, 1, 1))  # noqa: DTZ001 - hypothesis wants them naive
NOON = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)
DEVICES = fleet(1.0, SEED)


def test_the_same_seed_makes_the_same_city() -> None:
    assert fleet(1.0, SEED) == fleet(1.0, SEED)
    assert fleet(0.25, SEED)[0] == fleet(1.0, SEED)[0], "a larger province holds the smaller one"
    assert fleet(1.0, 1)[0] != fleet(1.0, SEED)[0]


def test_its_size_follows_the_scale() -> None:
    assert Counter(device.kind.type for device in fleet(1.0)) == {kind.type: kind.count for kind in KINDS}
    assert len(fleet(20.0)) == 20 * sum(kind.count for kind in KINDS)
    assert {device.kind.type for device in fleet(0.01)} == {kind.type for kind in KINDS}


def test_ids_are_unique_and_every_device_has_a_place_and_an_owner() -> None:
    devices = fleet(3.0)
    assert len({device.id for device in devices}) == len(devices)
    assert {device.kind.agency for device in devices} <= {agency.word for agency in AGENCIES}
    for device in devices:
        west, south, east, north = BOUNDS
        assert west < device.lon < east
        assert south < device.lat < north


def test_every_measured_attribute_is_known_to_its_sector_pack() -> None:
    packs = load_packs([BUILTIN])
    for device in fleet(1.0):
        known = packs.types[device.kind.type].attributes
        for hour in range(24):
            measured = reading(device, NOON + timedelta(hours=hour), SEED) or {}
            assert set(measured) <= set(known), device.kind.type
            for name, (_, unit) in measured.items():
                assert unit == known[name].unit, f"{device.kind.type}.{name}"


def test_streets_are_fuller_in_the_morning_than_at_night() -> None:
    day = datetime(2026, 3, 16, tzinfo=LOCAL)
    rush, night = (demand(day + timedelta(hours=hour)) for hour in (7.2, 3))
    assert rush > 3 * night
    assert demand(day + timedelta(hours=7.2)) > demand(day + timedelta(days=-1, hours=7.2)), (
        "Sunday is quieter"
    )


def test_lamps_burn_by_night() -> None:
    lamps = [device for device in fleet(1.0) if device.kind.type == "Streetlight"]

    def burning(hour: int) -> float:
        at = datetime(2026, 3, 16, hour, tzinfo=LOCAL)
        states = [found["powerState"][0] for lamp in lamps if (found := reading(lamp, at, SEED))]
        return states.count("on") / len(states)

    assert burning(21) > 0.9
    assert burning(12) < 0.05


def test_some_devices_are_silent_and_silence_is_no_value() -> None:
    devices = fleet(10.0)
    quiet = [device for device in devices if silent(device, NOON, SEED)]
    assert 0.005 < len(quiet) / len(devices) < 0.03
    assert all(report_of(device, NOON, SEED) is None for device in quiet)


def test_buses_move_and_nothing_else_does() -> None:
    for device in fleet(1.0):
        here, there = (position(device, NOON + timedelta(minutes=m), SEED) for m in (0, 1))
        if device.kind.type == "Vehicle":
            assert here != there
            assert "location" not in entity_of(device), "its place is observed, not a fact"
        else:
            assert here is None


@pytest.mark.parametrize("seconds", [0, 1, 59, 3599, 86_399])
def test_a_device_is_due_once_a_period(seconds: int) -> None:
    now = NOON + timedelta(seconds=seconds)
    for device in fleet(0.05):
        due = _due(device, now)
        assert timedelta(0) <= now - due < timedelta(seconds=device.kind.period_s)
        assert _due(device, due) == due


@given(st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=5))
def test_chance_is_a_function_into_the_unit_interval(keys: list[int]) -> None:
    assert 0 <= chance(*keys) < 1
    assert chance(*keys) == chance(*keys)


@given(st.datetimes(DAYS[0], DAYS[1]))
def test_drift_has_no_jumps(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    step = drift(at + timedelta(seconds=1), 3600, SEED, 1) - drift(at, 3600, SEED, 1)
    assert abs(step) < 1.5 / 3600 + 1e-9


@given(st.datetimes(DAYS[0], DAYS[1]), st.integers(0, 448))
def test_readings_keep_within_the_possible(at: datetime, index: int) -> None:
    device = DEVICES[index]
    found = reading(device, at.replace(tzinfo=UTC), SEED) or {}
    values = {name: value for name, (value, _) in found.items()}
    for share in ("occupancy", "motorcycleShare", "illuminanceLevel"):
        assert 0 <= values.get(share, 0) <= 1
    assert 0 <= values.get("relativeHumidity", 50) <= 100
    assert 0 <= values.get("windDirection", 0) < 360
    assert values.get("averageVehicleSpeed", 4) >= 4
    assert values.get("availableSpotNumber", 0) >= 0
    assert -2 < values.get("currentLevel", 0) < 6
