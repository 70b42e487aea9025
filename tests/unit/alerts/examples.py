"""An alert to change in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from haidang.alerts.model.alert import Alert, born
from haidang.alerts.model.signal import Rationale, Signal

NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def rationale(**facts: Any) -> Rationale:
    given: dict[str, Any] = {
        "rule": "water-3", "version": 1, "title_vi": "Mực nước cao", "title_en": "High water", "priority": 2,
        "respond_within_s": 900, "cause_vi": "Mưa", "cause_en": "Rain", "consequence_vi": "Ngập",
        "consequence_en": "Flood", "action_vi": "Cấm đường", "action_en": "Close the road",
    }  # fmt: skip
    return Rationale(**given | facts)


def signal(kind: str = "raise", **facts: Any) -> Signal:
    given: dict[str, Any] = {
        "kind": kind, "rule": "water-3", "entity": "gauge:1", "entity_type": "FloodMonitoring", "at": NOW,
        "owner_org": 1, "value": 5.7, "limit": 5.6,
    }  # fmt: skip
    return Signal(**given | facts)


def alert(**facts: Any) -> Alert:
    return born(1, signal(**facts), rationale(), NOW)
