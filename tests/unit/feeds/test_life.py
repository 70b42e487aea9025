"""How alive a feed is, and how a run counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from haidang.feeds.model.life import Facts, Tally, state

NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


STATES: list[tuple[dict[str, Any], str]] = [
    ({"last_accepted_at": ago(minutes=59)}, "live"),
    ({"last_accepted_at": ago(minutes=64)}, "live"),  # an hour, and the poll's five minutes
    ({"last_accepted_at": ago(minutes=66)}, "late"),
    ({"last_accepted_at": ago(hours=3)}, "late"),
    ({"last_accepted_at": ago(hours=3, minutes=6)}, "dead"),
    ({"last_accepted_at": None}, "never"),
    ({"last_accepted_at": None, "last_heard_at": ago(minutes=1)}, "never"),
    ({"last_accepted_at": ago(days=9), "last_heard_at": ago(minutes=1)}, "dead"),
    ({"last_accepted_at": ago(days=9), "last_heard_at": ago(minutes=1), "observes": False}, "live"),
    ({"last_accepted_at": ago(days=900), "period_s": None}, "received"),
    ({"last_accepted_at": ago(minutes=1), "problem": True}, "error"),
    ({"last_accepted_at": ago(minutes=1), "problem": True, "paused": True}, "paused"),
]


@pytest.mark.parametrize(("facts", "expected"), STATES)
def test_states(facts: dict[str, Any], expected: str) -> None:
    usual: dict[str, Any] = {
        "paused": False,
        "problem": False,
        "period_s": 3600,
        "poll_s": 300,
        "observes": True,
        "last_heard_at": None,
    }
    assert state(Facts(**usual | facts), NOW) == expected


def test_tallies_add_up() -> None:
    run = Tally()
    run.add(Tally(read=3, accepted=2, refused=1, lag_s=5.0))
    run.add(Tally(read=2, unchanged=2))
    assert run == Tally(read=5, accepted=2, unchanged=2, refused=1, lag_s=5.0)
    assert run.outcome == "partial"
    assert Tally(read=1, accepted=1).outcome == "ok"
    assert Tally(read=1, accepted=1, faulty=1).outcome == "partial"
