"""Decision tables: first match wins, unknown matches nothing, a faulty file is named; what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from haidang.alerts.model.alert import COMMON, Alert
from haidang.alerts.model.signal import Rationale
from haidang.base.problems import Problem
from haidang.incidents.model import statistics
from haidang.incidents.model.acts import RULES, Part, after, hinders, offered
from haidang.incidents.model.incident import CLOCKS, ENDED, OPEN, Incident, met
from haidang.incidents.model.joining import belongs, is_outage, key_of, opens
from haidang.incidents.model.statistics import Day
from haidang.incidents.model.tables import Bounds, Facts, Kind, matches
from haidang.incidents.tables import FOLDER, load_tables

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
replace = msgspec.structs.replace


def incident(**facts: object) -> Incident:
    given = {
        "id": 1, "version": 1, "code": "2026-1", "kind": "flood", "severity": 2, "title": "Ngập",
        "owner_org": 1, "orgs": (1,), "source": "hand", "opened_by": "account:1", "state": "reported",
        "reported_at": AT,
        "changed_at": AT,
    }  # fmt: skip
    return Incident(**(given | facts))  # type: ignore[arg-type]


def alert(**facts: object) -> Alert:
    why = Rationale(
        rule="r", version=1, title_vi="v", title_en="e", priority=1, respond_within_s=60, cause_vi="",
        cause_en="", consequence_vi="", consequence_en="", action_vi="", action_en="", incident_kind="fire",
        incident_open="auto",
    )  # fmt: skip
    given = {
        "id": 1, "rule": "r", "subject": "s", "rationale": why, "title_vi": "v", "title_en": "e",
        "priority": 1, "first_at": AT, "last_at": AT, "raised_at": AT, "respond_by": AT, "changed_at": AT,
        "entity_id": "e:1",
    }  # fmt: skip
    return Alert(**(given | facts))  # type: ignore[arg-type]


def test_the_tables_that_ship_hold_their_examples_and_cover_every_row() -> None:
    tables = load_tables()
    for table in (tables.severity, tables.reaction):
        shown = {each.row for each in table.examples}
        assert {row.row for row in table.rows} == shown, "each row has an example"


def test_conditions_match_values_lists_and_bounds_and_nothing_unknown() -> None:
    when = {"kind": ["fire", "flood"], "depth_cm": Bounds(at_least=30, at_most=100), "spreading": True}
    facts = {"kind": "flood", "depth_cm": 30, "spreading": True}
    assert matches(when, facts)
    assert matches(when, facts | {"depth_cm": 100})
    for wrong in (
        {"depth_cm": 100.1},
        {"kind": "jam"},
        {"spreading": False},
        {"depth_cm": None},
        {"depth_cm": True},
    ):
        assert not matches(when, facts | wrong), wrong
    assert matches({}, {})


def test_every_kind_and_severity_has_times_to_react() -> None:
    tables = load_tables()
    for kind in tables.kinds:
        targets = []
        for severity in (1, 2, 3, 4):
            row = tables.reaction_of({"kind": kind, "severity": severity})
            assert row.acknowledge is not None
            assert row.close is not None
            stages = [minutes for name in CLOCKS if (minutes := getattr(row, name)) is not None]
            assert stages == sorted(stages), f"{row.row}: what comes later is due later"
            targets.append(row.acknowledge)
        assert targets == sorted(targets), f"{kind}: the graver, the sooner"


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("severity.yaml", "depth_cm: { at_least: 30 }", "depth_cm: { at_least: 90 }", "water"),
        ("severity.yaml", "severity: 1, vi: Có người mắc kẹt", "severity: 5, vi: Có người mắc kẹt", "5|<= 4"),
        ("severity.yaml", "at_least: 3 }", "at_lest: 3 }", "at_lest"),
        ("reaction.yaml", "{ row: severity-4, when: {}", "{ row: severity-4, when: { severity: 4 }", "when"),
        ("reaction.yaml", "row: severity-3, when", "row: severity-2, when", "severity-2|twice"),
    ],
)  # fmt: skip
def test_a_sites_faulty_table_is_refused_by_name(
    tmp_path: Path, name: str, old: str, new: str, why: str
) -> None:
    folder = tmp_path / "incidents"
    folder.mkdir()
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert old in text
    if "at_least: 90" in new:
        text = text.replace("depth_cm: 99.9", "depth_cm: 40")
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Problem, match=rf"{name}.*({why})"):
        load_tables(tmp_path)


def test_a_sites_own_file_replaces_ours(tmp_path: Path) -> None:
    folder = tmp_path / "incidents"
    folder.mkdir()
    (folder / "kinds.yaml").write_text("table: kinds\nkinds: [{kind: flood, vi: Lụt, en: Flood}]\n")
    assert list(load_tables(tmp_path).kinds) == ["flood"]
    assert load_tables(tmp_path).kind("gone").vi == "gone"


def test_the_table_of_acts_leads_somewhere_from_everywhere() -> None:
    reached = {to for rule in RULES.values() for to in rule.moves.values()}
    assert reached == {*OPEN, *ENDED}
    for state in OPEN:
        leads = {after(name, state, sent=False) for name, rule in RULES.items() if state in rule.moves}
        assert leads - {state}, f"{state} is a dead end"
    assert after("classify", "verified", sent=True) == "assigned"
    assert after("classify", "contained", sent=True) == "contained"


def test_parts_and_states_hinder_and_what_is_offered_is_what_is_not_hindered() -> None:
    everybody: frozenset[Part] = frozenset({"worker", "commander", "unit"})
    new = incident()
    assert hinders("close", new, everybody) == "state"
    assert hinders("merge", new, frozenset({"worker"})) == "part"
    assert hinders("on_scene", new, everybody) == "nobody_sent"
    assert hinders("acknowledge", incident(acknowledged_at=AT), everybody) == "acknowledged"
    assert offered(new, frozenset({"unit"})) == ["note"]
    assert offered(incident(state="closed"), everybody) == ["link", "note"]


def test_a_clock_is_met_by_what_comes_instead_and_not_by_being_rejected() -> None:
    late = AT + timedelta(minutes=5)
    closed = incident(state="closed", closed_at=late, contained_at=AT, acknowledged_at=AT)
    assert [met(closed, name) for name in CLOCKS] == [AT, AT, AT, AT, late]
    rejected = incident(state="rejected", closed_at=late)
    assert [met(rejected, name) for name in CLOCKS] == [None] * 5


def test_alerts_join_by_commune_place_or_entity() -> None:
    tables = load_tables()
    flood, crash, fire = (tables.kind(name) for name in ("flood", "traffic_accident", "cyber"))
    here = alert(area_code="22", lon=106.1, lat=20.6)
    assert key_of(flood, here) == "flood:real:area:22"
    assert key_of(flood, replace(here, area_code=None)) == "flood:real:entity:e:1"
    assert key_of(crash, replace(here, simulated=True)) == "traffic_accident:simulated:place"
    assert key_of(fire, replace(here, is_exercise=True)) == "cyber:exercise:entity:e:1"
    near, far = incident(lon=106.101, lat=20.6), incident(lon=106.11, lat=20.6)
    assert belongs(crash, here, near)
    assert not belongs(crash, here, far)
    assert not belongs(crash, here, incident()), "what has no place is near nothing"
    assert belongs(Kind(kind="x", vi="x", en="x"), here, incident())


def test_what_opens_by_itself() -> None:
    assert opens(alert())
    assert opens(alert(acked_at=AT))
    for not_so in ({"active": False}, {"incident_id": 7}, {"suppressed": "parent"}, {"closed_at": AT}):
        assert not opens(alert(**not_so)), not_so
    suggested = msgspec.structs.replace(alert().rationale, incident_open="suggest")
    assert not opens(alert(rationale=suggested))
    assert opens(alert(rationale=suggested, rule=COMMON)), "what stands for a whole source always does"


@pytest.mark.parametrize(
    ("silent", "of", "one"), [(7, 10, True), (6, 10, False), (4, 4, False), (5, 5, True), (5, 0, False)]
)
def test_seventy_percent_and_five_are_an_outage(silent: int, of: int, one: bool) -> None:
    assert is_outage(silent, of) is one


def test_statistics_name_what_a_share_is_of() -> None:
    day = Day(
        day=date(2026, 3, 16), owner_org=1, kind="flood", severity=2, area_code=None, sector=None, reported=4,
        still_open=1, closed=1, rejected=2, merged=0,
        clocks={"dispatch": {"due": 3, "met": 1, "seconds": [600, 60]}},
    )  # fmt: skip
    more = replace(day, kind="fire", clocks={"dispatch": {"due": 1, "met": 1, "seconds": [120]}})
    found = statistics.together([day, more])
    assert found["false_share"] == {"of": 6, "count": 4, "share": 0.666667}
    dispatch = next(each for each in found["clocks"] if each["name"] == "dispatch")
    assert dispatch == {
        "name": "dispatch", "due": 4, "in_time": 2, "share": 0.5, "n": 3, "median_s": 120, "p90_s": 600
    }  # fmt: skip
    nothing = statistics.together([])
    assert nothing["false_share"]["share"] is None, "of nothing there is no share"
    assert [value for value, _ in statistics.by([day, more], "kind")] == ["fire", "flood"]


@pytest.mark.parametrize(
    "said",
    [
        '{"people_affected": -5}', '{"casualties": 1000000000000000000000000000000}', '{"depth_cm": 1e308}',
        '{"share_down": 1.5}', '{"priority": 9}', '{"trapped": -1}', '{"communes": -1}', '{"suggested": 0}',
    ],
)  # fmt: skip
def test_facts_are_numbers_that_can_be(said: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(said, type=Facts)
