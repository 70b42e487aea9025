"""The closed lists of the grammar, and the wording of what is wrong in a file."""

from __future__ import annotations

import re

from haidang.base.problems import Fault

ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
TEXT_MAX = 500
STEPS_MAX = 60
SAMPLES_MAX = 100

PROCEDURE_KEYS = ("procedure", "version", "vi", "en", "applies_when", "steps", "samples")
STEP_KEYS = (
    "id", "vi", "en", "role", "needs", "when", "within", "on_late", "evidence", "approve", "action",
)  # fmt: skip
RUNG_KEYS = ("escalate_to", "after")
SAMPLE_KEYS = (
    "says", "facts", "applies", "done", "skipped", "answered", "open", "asked", "unneeded", "waiting",
)  # fmt: skip
ACTION_KEYS: dict[str, tuple[str, ...]] = {
    "cap_draft": (
        "at", "category", "urgency", "severity", "certainty", "response", "expires_in", "vi", "en",
    ),
    "notify_unit": ("at", "roles", "vi", "en"),
    "actuate": ("at", "entity", "linked", "nearest", "within_m", "attribute", "value"),
    "open_subtask": ("at", "role", "vi", "en", "within"),
}  # fmt: skip
NOTICE_KEYS = ("event", "headline", "description", "instruction")
CAP_WORDS: dict[str, tuple[str, ...]] = {
    "category": (
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
        "Other",
    ),
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
    "response": (
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
    ),
}  # fmt: skip
PLACEHOLDERS = ("title", "place", "area", "code")

INCIDENT_FACTS = ("kind", "severity", "state", "sector", "area", "is_exercise", "minutes_open")
ALERT_FACTS = ("rule", "priority", "value", "active", "count")
ALERTS_FACTS = ("count", "active")
ENTITY_SPACES = ("entity", "max", "min")
FACTS_SPACE = "facts"
"""What an operator has recorded of the incident when it was classified."""


def known_fact(name: str) -> bool:
    """Say whether a condition may name this."""
    space, _, rest = name.partition(".")
    lists = {"incident": INCIDENT_FACTS, "alert": ALERT_FACTS, "alerts": ALERTS_FACTS}
    if space in lists:
        return rest in lists[space]
    return space in (*ENTITY_SPACES, FACTS_SPACE) and ATTRIBUTE.fullmatch(rest) is not None


class Faults:
    """Gathers what is wrong in a file, each with its place: ``transport/jam.yaml · close-road · within``."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, step: str, field: str, vi: str, en: str, value: object = None) -> None:
        """Note a fault; ``step`` and ``field`` may be empty."""
        where = " · ".join(part for part in (self.file, step, field) if part)
        self.found.append(Fault(where, vi, en, None if value is None else str(value)[:200]))
