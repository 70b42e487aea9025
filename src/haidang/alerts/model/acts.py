"""What may be done with an alert: one table of acts, read by the service, the docs and the screen.

Bodies are tagged structs: ``{"act": "shelve", "minutes": 30, "reason": …}``. ``docs/alerts.md`` lists the
same table; a test holds the two together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from haidang.alerts.model.alert import OPEN, QUEUED, Alert, State

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
SHELF_HOURS_MAX = 12
"""The longest shift that is worked: whoever comes after it looks for themselves."""
MAINTENANCE_DAYS_MAX = 30


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Acknowledge(_Act, frozen=True, kw_only=True, tag="acknowledge"):
    """Somebody has seen it and takes care."""


class Shelve(_Act, frozen=True, kw_only=True, tag="shelve"):
    """Out of the queue for a while, at most one shift; it is counted there and listed at the handover."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60)] | None = None
    until: Instant | None = None
    reason: Reason


class Unshelve(_Act, frozen=True, kw_only=True, tag="unshelve"):
    """Back into the queue before its time."""


class Suppress(_Act, frozen=True, kw_only=True, tag="suppress"):
    """Work is done on the entity: what it raises until then is expected."""

    until: Instant
    reason: Reason
    whole: bool = True
    """Every rule of the entity, not just this one."""


class Unsuppress(_Act, frozen=True, kw_only=True, tag="unsuppress"):
    """It counts again, whatever explains it; a maintenance goes on for all else."""


class Close(_Act, frozen=True, kw_only=True, tag="close"):
    """Filed by hand, with the reason."""

    reason: Reason


class Escalate(_Act, frozen=True, kw_only=True, tag="escalate"):
    """More urgent than its rule says: the next priority up."""

    reason: Reason


class Note(_Act, frozen=True, kw_only=True, tag="note"):
    """A word for the log."""

    text: Text


class GiveTask(_Act, frozen=True, kw_only=True, tag="give_task"):
    """The unit that owns the entity, or another, gets a task with a clock."""

    text: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    owner_org: int | None = None
    """Absent: the unit that owns the entity."""
    minutes: Annotated[int, msgspec.Meta(ge=1, le=30 * 24 * 60)] | None = None
    """Absent: the rule's time to respond."""


Act = Acknowledge | Shelve | Unshelve | Suppress | Unsuppress | Close | Escalate | Note | GiveTask


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, from which states, and where it can lead."""

    permission: str
    states: frozenset[State]
    to: frozenset[State] | None
    """None: the state stays."""
    bulk: bool = False
    """May be done for many at once."""


def _in(*states: State) -> frozenset[State]:
    return frozenset(states)


RULES: dict[str, Rule] = {
    "acknowledge": Rule("alert.act", _in("new", "cleared"), _in("acked", "closed"), bulk=True),
    "shelve": Rule("alert.act", _in(*QUEUED), _in("shelved"), bulk=True),
    "unshelve": Rule("alert.act", _in("shelved"), _in("new", "cleared", "closed"), bulk=True),
    "suppress": Rule("alert.rule", _in(*QUEUED, "shelved"), _in("suppressed"), bulk=True),
    "unsuppress": Rule("alert.act", _in("suppressed"), _in("new", "closed"), bulk=True),
    "close": Rule("alert.act", _in(*OPEN), _in("closed"), bulk=True),
    "escalate": Rule("alert.act", _in("new", "acked"), None),
    "note": Rule("alert.act", _in(*OPEN), None),
    "give_task": Rule("alert.act", _in(*QUEUED), None),
}

Hindrance = Literal["permission", "state", "top", "present", "has_task", "no_entity"]


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def hinders(name: str, alert: Alert, held: frozenset[str]) -> Hindrance | None:  # noqa: PLR0911
    """Return what stands against an act of somebody who holds these permissions over the alert, or None.

    An alert of a rule whose condition is present is closed only by whoever answers for the rules: it would
    come again, or worse, it would not.
    """
    rule = RULES[name]
    if alert.state not in rule.states:
        return "state"
    if rule.permission not in held:
        return "permission"
    match name:
        case "close" if alert.active and not alert.by_hand and "alert.rule" not in held:
            return "present"
        case "suppress" if alert.entity_id is None:
            return "no_entity"
        case "escalate" if alert.priority == 1:
            return "top"
        case "give_task" if alert.task_id is not None:
            return "has_task"
    return None


def offered(alert: Alert, held: frozenset[str]) -> list[str]:
    """Return the acts that are open now, in the table's order; the service asks the same."""
    return [name for name in RULES if hinders(name, alert, held) is None]


PERMISSIONS = frozenset(rule.permission for rule in RULES.values())
"""The permissions that acts ask for."""
