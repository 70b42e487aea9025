"""How steps stand: what is settled opens what needed it; what is not known is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from haidang.incidents.procedures import conditions
from haidang.incidents.procedures.model.plan import State, is_finished, is_settled, plan
from tests.unit.incidents.procedures.examples import example

P = example()


def stand(
    states: Mapping[str, State], facts: Mapping[str, Any], answers: Mapping[str, bool] | None = None
) -> list[State]:
    found = plan(P, states, answers or {}, lambda text: conditions.truth(text, facts))
    return [found[step.id] for step in P.steps]


WET = {"entity.waterLevel": 6, "incident.severity": 2}
DRY = {"entity.waterLevel": 5, "incident.severity": 2}
BLIND = {"incident.severity": 2}


def test_only_what_needs_nothing_opens_first() -> None:
    assert stand({}, WET) == ["open", "waiting", "waiting", "waiting"]


@pytest.mark.parametrize("settled", ["done", "skipped"])
def test_what_is_settled_opens_what_needed_it(settled: State) -> None:
    assert stand({"verify": settled}, WET) == [settled, "open", "open", "waiting"]


def test_a_condition_that_does_not_hold_passes_the_step_over_and_lets_the_next_begin() -> None:
    assert stand({"verify": "done"}, DRY) == ["done", "unneeded", "open", "open"]


def test_missing_is_not_false_the_operator_is_asked() -> None:
    assert stand({"verify": "done"}, BLIND) == ["done", "asked", "open", "waiting"]
    assert stand({"verify": "done"}, BLIND, {"close-road": True})[1] == "open"
    assert stand({"verify": "done"}, BLIND, {"close-road": False})[1:] == ["unneeded", "open", "open"]


def test_half_a_condition_that_is_known_may_be_enough() -> None:
    assert stand({"verify": "done"}, {"incident.severity": 1})[1] == "open", "unknown or true is true"


def test_an_operators_word_holds_whatever_becomes_known_later() -> None:
    assert stand({"verify": "done", "close-road": "unneeded"}, WET, {"close-road": False})[1] == "unneeded"


def test_water_that_rises_later_opens_what_was_not_needed() -> None:
    before: dict[str, State] = {
        "verify": "done",
        "close-road": "unneeded",
        "warn-public": "done",
        "tell": "done",
    }
    assert stand(before, WET) == ["done", "open", "done", "done"]


@pytest.mark.parametrize("state", ["open", "approving", "done", "skipped"])
def test_what_has_begun_or_ended_stays_whatever_the_facts_say(state: State) -> None:
    assert stand({"verify": "done", "close-road": state}, DRY)[1] == state


def test_approving_holds_the_next_steps_back() -> None:
    assert stand({"verify": "approving"}, WET) == ["approving", "waiting", "waiting", "waiting"]


def test_a_need_that_opens_again_holds_back_what_has_not_begun() -> None:
    before: dict[str, State] = {"verify": "open", "close-road": "unneeded", "warn-public": "open"}
    assert stand(before, WET) == ["open", "waiting", "open", "waiting"]


def test_finished_is_when_nothing_is_left_even_to_watch() -> None:
    assert is_finished({"a": "done", "b": "skipped"})
    assert not is_finished({"a": "done", "b": "unneeded"}), "the water may still rise"
    assert is_settled({"a": "done", "b": "unneeded"})
    assert not is_settled({"a": "done", "b": "asked"})


def test_steps_may_stand_in_any_order_in_the_file() -> None:
    turned = type(P)(**{name: getattr(P, name) for name in P.__struct_fields__} | {"steps": P.steps[::-1]})
    found = plan(turned, {"verify": "done"}, {}, lambda text: conditions.truth(text, DRY))
    assert found == {"tell": "open", "warn-public": "open", "close-road": "unneeded", "verify": "done"}
