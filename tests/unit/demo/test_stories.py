"""Stories: what they do to whom is data, and the same for whoever tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from haidang.city.packs import BUILTIN, load_packs
from haidang.demo.fleet import fleet
from haidang.demo.province import AGENCIES, COMMUNES
from haidang.demo.rhythm import reading
from haidang.demo.staff import DUTIES, FORCES, JOBS, POSTS
from haidang.demo.stories import BLACKOUT, FLOOD, STORIES
from haidang.demo.story import Story, Told, entities, retold, share, touched
from haidang.demo.vn_aqi import index, nowcast

NOON = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)
SEED = 2026


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_finds_devices_or_makes_events_and_ends_as_it_began(story: Story) -> None:
    found = touched(story, fleet(1.0))
    assert found or story.happenings
    assert {turn for turns in found.values() for turn in turns} == set(story.turns), "every turn finds some"
    for turn in story.turns:
        assert share(turn.shape, 0) == 0
        assert share(turn.shape, story.minutes) == 0
    assert all(0 < each.from_min < each.to_min < story.minutes for each in story.happenings)
    known = {agency.word for agency in AGENCIES}
    assert {each.agency for each in story.happenings} <= known
    assert story.place.area in {commune.code for commune in COMMUNES}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_what_a_story_changes_is_known_to_the_packs(story: Story) -> None:
    types = load_packs([BUILTIN]).types
    for turn in story.turns:
        assert turn.attribute is None or turn.attribute in types[turn.type].attributes
    for each in story.happenings:
        assert each.type in types, "an event that no pack describes would show without a name"


def test_water_stands_above_level_three_for_minutes_and_nobody_else_feels_it() -> None:
    devices = fleet(1.0)
    found = touched(FLOOD, devices)
    gauge = next(device for device in devices if device.kind.type == "FloodMonitoring")
    danger = gauge.facts["dangerLevel"]
    above = 0
    for minute in range(21):
        at = NOON + timedelta(minutes=minute)
        measured = retold(gauge, found[gauge.id], minute, reading(gauge, at, SEED, calm=True))
        assert measured
        above += measured["currentLevel"][0] > danger
    assert above >= 7
    assert len(found) < 20


def test_a_silent_station_says_nothing() -> None:
    devices = fleet(1.0)
    found = touched(BLACKOUT, devices)
    device = next(each for each in devices if each.id in found)
    assert retold(device, found[device.id], 20, {"temperature": (20.0, "CEL")}) is None
    assert retold(device, found[device.id], 0, {"temperature": (20.0, "CEL")}) is not None


def test_speed_shortens_a_story_and_its_events_bear_the_time_they_happened() -> None:
    told = Told(STORIES["fire"], NOON, 10)
    assert told.ends_at == NOON + timedelta(minutes=2)
    assert not list(entities(told, NOON))
    ((_, begun),) = entities(told, NOON + timedelta(seconds=30))
    ((_, ended),) = entities(told, NOON + timedelta(seconds=115))
    assert begun["status"] == {"value": "active", "observedAt": "2026-03-16T05:00:03Z"}
    assert ended["status"] == {"value": "ended", "observedAt": "2026-03-16T05:01:42Z"}
    assert begun["id"] == ended["id"]


def test_posts_forces_and_jobs_name_agencies_that_exist() -> None:
    known = {agency.word for agency in AGENCIES} | {"committee"}
    assert {post.agency for post in POSTS} | {post.over for post in POSTS if post.over} <= known
    assert {job.agency for job in JOBS} | {job.giver for job in JOBS} <= known
    assert {org for fillers in DUTIES.values() for org, _ in fillers} <= known
    assert {force.agency for force in FORCES} <= known
    assert all("(mô phỏng)" in each.title for each in (*POSTS, *JOBS))
    assert all("(mô phỏng)" in force.name for force in FORCES)


@pytest.mark.parametrize(
    ("pm25", "expected"),
    [(0, 0), (25, 50), (37.5, 75), (50, 100), (80, 150), (150, 200), (250, 300), (900, 500)],
)
def test_vn_aqi_of_a_steady_day_follows_the_table_of_the_decision(pm25: float, expected: int) -> None:
    assert index({"pm25": [pm25] * 12}) == expected


def test_nowcast_weighs_the_last_hours_and_wants_two_of_three() -> None:
    assert nowcast([10.0] * 12) == pytest.approx(10)
    rising = nowcast([100.0, 50.0] + [10.0] * 10)
    assert rising is not None
    assert 60 < rising < 75, "weight 1/2: the last hour counts for half"
    assert nowcast([None, None, 10.0] + [10.0] * 9) is None
    assert nowcast([None, 20.0, 20.0] + [None] * 9) == pytest.approx(20)
