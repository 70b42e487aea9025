"""Each rule of CAP that a schema cannot say, with a message that breaks it and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from haidang.alerts.cap.model.checks import RULES, Around, check, faults
from haidang.alerts.cap.model.message import Circle, Message, Pair, Point
from haidang.alerts.cap.model.words import RISK_SEVERITY
from tests.unit.alerts.cap.examples import (
    EARLIER,
    NOW,
    RING,
    SENT,
    area,
    info,
    message,
    replace,
    with_area,
    with_info,
)

UPDATE: dict[str, Any] = {"msg_type": "Update", "references": (EARLIER,)}
ABROAD = tuple(Point(point.lat - 30, point.lon) for point in RING)

BREAKS: list[tuple[str, Message]] = [
    ("identifier", message(identifier="hd 2026,1")),
    ("sender", message(sender="a<b@c")),
    ("references-needed", message(msg_type="Update")),
    ("references-needed", message(msg_type="Cancel")),
    ("references-needed", message(msg_type="Ack")),
    ("references-none", message(references=(EARLIER,))),
    ("references-known", message(**UPDATE | {"references": (replace(EARLIER, identifier="other"),)})),
    ("references-earlier", replace(message(**UPDATE), sent=EARLIER.sent)),
    ("error-note", message(**UPDATE | {"msg_type": "Error"})),
    ("restriction", message(scope="Restricted")),
    ("restriction-only", message(restriction="Công an tỉnh")),
    ("addresses", message(scope="Private")),
    ("exercise-note", message(status="Exercise", scope="Restricted", restriction="Diễn tập")),
    ("exercise-flag", message(status="Exercise", scope="Restricted", restriction="x", note="x")),
    ("never-public", message(status="Test")),
    ("never-public", message(status="Draft")),
    ("info", message(infos=())),
    ("language", with_info(language="en-US")),
    ("language-once", message(infos=(info(), info()))),
    ("texts", with_info(event="")),
    ("texts", with_info(headline="")),
    ("texts", with_info(description="")),
    ("category", with_info(categories=())),
    ("expires", with_info(expires=None)),
    ("times", with_info(onset=SENT + timedelta(hours=7))),
    ("times", with_info(effective=SENT + timedelta(hours=1))),
    ("times", with_info(onset=SENT + timedelta(hours=6))),
    ("not-past", with_info(expires=SENT)),
    ("area", with_info(areas=())),
    ("area-description", with_area(description="")),
    ("area-place", with_area(polygons=(), circles=(), geocodes=())),
    ("polygon-closed", with_area(polygons=((*RING[:3], Point(21.31, 106.1)),))),
    ("polygon-points", with_area(polygons=((RING[0], RING[1], RING[0]),))),
    ("polygon-shape", with_area(polygons=((RING[0], RING[1], RING[0], RING[0]),))),
    ("in-vietnam", with_area(polygons=(ABROAD,))),
    ("in-vietnam", with_area(circles=(Circle(Point(51.5, 0), 1),))),
    ("swapped", with_area(polygons=(tuple(Point(point.lon, point.lat) for point in RING),))),
    ("circle", with_area(circles=(Circle(Point(21.3, 106.1), -1),))),
    ("geocode", with_area(geocodes=(Pair("VN-AREA", "24"),))),
    ("risk", with_info(severity="Minor")),
    ("web", with_info(web="javascript:alert(1)")),
]  # fmt: skip


def broken(given: Message, **around: Any) -> list[str]:
    # What is said of an exercise in the messages above is right of an exercise, but for "exercise-flag".
    facts = {"now": NOW, "is_exercise": False, "known": frozenset({EARLIER})} | around
    return [each.rule for each in check(given, Around(**facts))]


def test_a_right_message_breaks_none() -> None:
    assert broken(message()) == []
    assert broken(message(**UPDATE)) == []
    assert broken(message(infos=(info(), info(language="en-US")))) == []
    assert broken(message(**UPDATE | {"msg_type": "Cancel", "infos": ()})) == []


@pytest.mark.parametrize(("rule", "given"), BREAKS)
def test_what_breaks_a_rule_is_named_by_it_alone(rule: str, given: Message) -> None:
    exercise = given.status == "Exercise" and rule != "exercise-flag"
    assert broken(given, is_exercise=exercise) == [rule]


def test_an_actual_message_of_an_exercise_is_refused_too() -> None:
    assert broken(message(), is_exercise=True) == ["exercise-flag"]


def test_what_lies_abroad_is_right_where_somebody_has_looked() -> None:
    assert broken(with_area(polygons=(ABROAD,)), abroad_confirmed=True) == []


def test_every_rule_has_its_case_and_its_words_in_both_languages() -> None:
    # "form" and "size" are of the document: tests/integration/alerts/cap/test_warnings.py
    assert {rule for rule, _ in BREAKS} == set(RULES) - {"form", "size"}
    for rule, given in BREAKS:
        for fault in faults(check(given, Around(now=NOW, is_exercise=False))):
            assert fault.vi, rule
            assert fault.en, rule
            assert fault.field, rule


@pytest.mark.parametrize(("level", "severity"), sorted(RISK_SEVERITY.items()))
def test_severity_follows_the_level_of_disaster_risk(level: int, severity: str) -> None:
    parameters = (Pair("VN-DISASTER-RISK", str(level)),)
    assert broken(with_info(severity=severity, parameters=parameters)) == []
    other = "Unknown" if severity != "Unknown" else "Minor"
    assert broken(with_info(severity=other, parameters=parameters)) == ["risk"]


def test_faults_name_the_place_as_the_form_does() -> None:
    given = with_info(areas=(area(), area(description="", polygons=(RING[:3],))))
    assert [each.field for each in check(given, Around(now=NOW, is_exercise=False))] == [
        "areas.1.description", "areas.1.polygons.0"
    ]  # fmt: skip
