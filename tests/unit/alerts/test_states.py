"""The state table: whatever happens in whatever order, the axes, the state and the acts hold together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.alerts.model.acts import PERMISSIONS, RULES, hinders, offered
from haidang.alerts.model.alert import (
    STATES,
    Alert,
    State,
    again,
    changed,
    over,
    replace,
    suppressed,
    unshelved,
    unsuppressed,
)
from tests.unit.alerts.examples import MINUTE, NOW, alert, signal

ALL = frozenset({"alert.read", *PERMISSIONS})
OPERATOR = frozenset({"alert.read", "alert.act"})


def acknowledged(each: Alert) -> Alert:
    after = replace(each, acked_at=NOW, acked_by="account:1")
    return after if each.active else replace(after, closed_at=NOW, closed_by="account:1")


def shelved(each: Alert) -> Alert:
    return replace(each, shelved_until=NOW + MINUTE, shelved_by="account:1", shelved_reason="bảo trì")


Way = Callable[[Alert], Alert]
BY_ITSELF: dict[str, Way] = {
    "raise": lambda each: again(each, signal(), NOW),
    "clear": lambda each: over(each, NOW, NOW),
    "unshelve": lambda each: unshelved(each, NOW),
    "unsuppress": lambda each: unsuppressed(each, NOW),
}
BY_PEOPLE: dict[str, Way] = {
    "acknowledge": acknowledged,
    "shelve": shelved,
    "suppress": lambda each: suppressed(each, "maintenance", "sửa", by="account:1"),
    "close": lambda each: replace(each, closed_at=NOW, closed_by="account:1"),
}

WAYS: dict[tuple[str, State], set[State]] = {
    ("raise", "new"): {"new"}, ("raise", "acked"): {"acked"}, ("raise", "cleared"): {"new"},
    ("raise", "shelved"): {"shelved"}, ("raise", "suppressed"): {"suppressed"},
    ("clear", "new"): {"cleared"}, ("clear", "acked"): {"closed"}, ("clear", "cleared"): {"cleared"},
    ("clear", "shelved"): {"shelved"}, ("clear", "suppressed"): {"suppressed"},
    ("unshelve", "shelved"): {"new", "cleared", "closed"}, ("unsuppress", "suppressed"): {"new", "closed"},
}  # fmt: skip
"""How an alert changes by itself; how people change it stands in ``acts.RULES``."""


@given(st.lists(st.sampled_from(sorted({*BY_ITSELF, *BY_PEOPLE})), max_size=40))
def test_every_way_that_an_alert_goes_stands_in_the_table(steps: list[str]) -> None:
    each = alert()
    for step in steps:
        if each.state == "closed":
            assert offered(each, ALL) == []
            break
        if step in RULES and hinders(step, each, ALL) is not None:
            continue
        if step in RULES:
            after = {**BY_ITSELF, **BY_PEOPLE}[step](each)
            assert after.state in (RULES[step].to or {each.state}), (step, each.state)
        else:
            after = BY_ITSELF[step](each)
            assert after.state in WAYS[step, each.state], (step, each.state)
        check(each, after)
        each = after


def check(before: Alert, after: Alert) -> None:
    """What holds between any two moments of an alert."""
    assert after.count >= before.count
    assert after.first_at == before.first_at
    assert (after.acked_at is None) == (after.acked_by is None)
    # Nobody has to look at what is over and seen; somebody has to at everything else that is not set aside.
    if after.state == "cleared":
        assert not after.active and after.acked_at is None
    if after.state == "new":
        assert after.active and after.acked_at is None
    if after.state == "acked":
        assert after.active and after.acked_at is not None
    if after.state != before.state:
        assert changed(before, after)


def test_a_mere_repeat_is_no_change_that_people_must_see() -> None:
    each = alert()
    assert not changed(each, again(each, signal(value=6.1), NOW))
    gone = over(each, NOW, NOW)
    assert changed(gone, again(gone, signal(), NOW))


def test_a_condition_that_returns_starts_the_time_to_respond_anew() -> None:
    gone = over(alert(), NOW, NOW)
    back = again(gone, signal(at=NOW + 5 * MINUTE), NOW + 5 * MINUTE)
    assert (back.state, back.count) == ("new", 2)
    assert back.respond_by == NOW + 20 * MINUTE
    assert back.cleared_at is None


def test_the_shelf_gives_back_as_new_whatever_was_seen_before() -> None:
    seen = acknowledged(alert())
    assert unshelved(shelved(seen), NOW).state == "new"
    assert unshelved(over(shelved(seen), NOW, NOW), NOW).state == "closed"
    assert unshelved(over(shelved(alert()), NOW, NOW), NOW).state == "cleared"


@pytest.mark.parametrize(
    ("name", "facts", "held", "hindrance"),
    [
        ("acknowledge", {}, OPERATOR, None),
        ("acknowledge", {}, frozenset({"alert.read"}), "permission"),
        ("acknowledge", {"acked_at": NOW, "acked_by": "account:1"}, OPERATOR, "state"),
        ("close", {}, OPERATOR, "present"),
        ("close", {}, ALL, None),
        ("close", {"by_hand": True}, OPERATOR, None),
        ("close", {"active": False}, OPERATOR, None),
        ("suppress", {}, OPERATOR, "permission"),
        ("suppress", {"entity_id": None}, ALL, "no_entity"),
        ("escalate", {"priority": 1}, OPERATOR, "top"),
        ("give_task", {"task_id": 5}, OPERATOR, "has_task"),
        ("note", {"closed_at": NOW}, OPERATOR, "state"),
    ],
)
def test_what_stands_against_an_act(
    name: str, facts: dict[str, Any], held: frozenset[str], hindrance: str | None
) -> None:
    assert hinders(name, replace(alert(), **facts), held) == hindrance


def test_every_state_is_reached_and_only_closed_is_an_end() -> None:
    reached = {to for ways in WAYS.values() for to in ways}
    reached |= {to for rule in RULES.values() for to in rule.to or ()}
    assert reached == set(STATES)
    left = {state for rule in RULES.values() for state in rule.states}
    assert left == set(STATES) - {"closed"}


def test_an_alert_knows_when_it_must_be_answered() -> None:
    assert alert().respond_by - NOW == timedelta(minutes=15)
