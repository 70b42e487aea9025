"""What a message of others means: a table of reasons, and priorities that grow with severity and urgency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from haidang.alerts.cap.model.judging import (
    PRIORITIES,
    Ground,
    Line,
    ends_at,
    judge,
    middle,
    priority,
    shown,
)
from haidang.alerts.cap.model.message import Message
from haidang.alerts.cap.model.words import Severity, Urgency
from tests.unit.alerts.cap.examples import EARLIER, NOW, SENT, info, message, with_info

LINE = Line(7, "x:y", True, SENT - timedelta(hours=1), 1)
ENDED = Line(7, "x:y", False, SENT - timedelta(hours=1), 1)
LATER = Line(7, "x:y", True, SENT + timedelta(minutes=1), 1)
UPDATE = message(msg_type="Update", references=(EARLIER,))
CANCEL = message(msg_type="Cancel", references=(EARLIER,))
OVER = with_info(expires=SENT - timedelta(hours=1))


@pytest.mark.parametrize(
    ("outcome", "given", "ground"),
    [
        ("raised", message(), {}),
        ("noted", message(sender="us@here"), {}),
        ("noted", message(status="Exercise"), {}),
        ("noted", message(status="Test"), {}),
        ("noted", message(status="System"), {}),
        ("noted", message(msg_type="Ack"), {}),
        ("noted", message(msg_type="Error"), {"line": LINE}),
        ("noted", OVER, {}),
        ("noted", message(infos=()), {}),
        ("noted", message(), {"here": False}),
        ("noted", message(), {"ended_before": True}),
        ("noted", CANCEL, {}),
        ("noted", CANCEL, {"line": ENDED}),
        ("noted", CANCEL, {"line": LATER}),
        ("ended", CANCEL, {"line": LINE}),
        ("updated", UPDATE, {"line": LINE}),
        ("noted", UPDATE, {"line": LATER}),
        ("raised", UPDATE, {"line": ENDED}),
        ("raised", UPDATE, {}),
        ("ended", UPDATE, {"line": LINE, "here": False}),
        ("ended", OVER, {"line": LINE}),
    ],
)
def test_what_becomes_of_a_message(outcome: str, given: Message, ground: dict[str, Any]) -> None:
    found = judge(given, Ground(**{"now": NOW, "own_sender": "us@here", "line": None} | ground))
    assert found.outcome == outcome
    assert (outcome == "noted") == bool(found.vi and found.en)


def test_priorities_never_fall_with_severity_or_urgency() -> None:
    severities = ("Minor", "Moderate", "Severe", "Extreme")
    urgencies = ("Past", "Future", "Expected", "Immediate")
    assert set(PRIORITIES) == set(get_args(Severity))
    for severity in PRIORITIES:
        assert set(PRIORITIES[severity]) == set(get_args(Urgency))
    for column in urgencies:
        along = [PRIORITIES[severity][column] for severity in severities]  # type: ignore[index]
        assert along == sorted(along, reverse=True)
    for row in severities:
        along = [PRIORITIES[row][urgency] for urgency in urgencies]  # type: ignore[index]
        assert along == sorted(along, reverse=True)


def test_the_most_urgent_text_counts_and_each_reads_the_language_at_hand() -> None:
    given = message(
        infos=(
            info(language="fr-FR", severity="Minor"),
            info(language="en-US", severity="Moderate", headline="moderate"),
            info(language="en-US", severity="Extreme", headline="extreme"),
        )
    )
    assert priority(given) == 1
    assert [each.headline for each in shown(given)] == ["extreme", "extreme"]
    assert shown(message())[0].language == "vi-VN"


def test_a_message_without_an_end_holds_for_a_day() -> None:
    assert ends_at(with_info(expires=None)) == SENT + timedelta(hours=24)
    assert ends_at(message()) == SENT + timedelta(hours=6)


def test_the_middle_is_of_the_first_shape_that_fits() -> None:
    found = middle(message(), lambda point: point.lat > 21)
    assert found is not None
    assert (round(found.lat, 3), round(found.lon, 3)) == (21.333, 106.233)
    assert middle(message(), lambda _: False) is None
