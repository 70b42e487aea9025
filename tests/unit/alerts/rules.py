"""Rules and changes for tests, written as packs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from haidang.alerts.rules.model import Rule, Usual
from haidang.alerts.rules.reading import read_rule
from haidang.alerts.rules.sampled import samples_of
from haidang.alerts.rules.samples import Outcome, run

NOON = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)


def body(when: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule as a pack writes it."""
    words = {"vi": "Lời", "en": "Words"}
    return {
        "rule": "rule",
        "version": 1,
        "vi": "Quy tắc",
        "en": "Rule",
        "type": "Gauge",
        "when": when,
        "consequence_class": "major",
        "respond_within": "15 minutes",
        "cause": words,
        "consequence": words,
        "action": words,
    } | more


def rule(when: dict[str, Any], **more: Any) -> Rule:
    """Return a sound rule."""
    found, faults = read_rule(body(when, **more))
    assert found is not None, faults
    assert not faults, faults
    return found


def at(minute: float) -> str:
    """Return the instant so many minutes after noon UTC+7."""
    return (NOON + timedelta(minutes=minute)).isoformat()


def gauge(minute: float, level: Any, id_: str = "a", **more: Any) -> dict[str, Any]:
    """Return one change of a gauge."""
    return {"at": at(minute), "id": id_, "level": level} | more


def play(
    of: Rule | dict[str, Any], changes: list[dict[str, Any]], *, clock: float | None = None, **more: Any
) -> Outcome:
    """Let changes come and return what came of it."""
    said = {"fires": True, "changes": changes} | more
    if clock is not None:
        said["clock"] = at(clock)
    samples, faults = samples_of([said], "Gauge")
    assert not faults, faults
    return run(of if isinstance(of, Rule) else rule(of), samples[0])


def story(found: Outcome) -> list[tuple[str, str, float]]:
    """Return (what, who, minutes after noon) of what happened."""
    zero = NOON.timestamp()
    return [(one.kind, one.entity.id, round((one.at / 1e6 - zero) / 60, 3)) for one in found.happened]


__all__ = ["Usual", "at", "body", "gauge", "play", "rule", "story"]
