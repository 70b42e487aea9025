"""The writer's figures of a minute: what there is, and what is absent."""

from __future__ import annotations

import pytest

from haidang.boards.operations import rates
from haidang.city.writer.loop import RECENT_COMMITS, Commit


def test_a_minute_without_a_group_has_no_size_and_no_time() -> None:
    assert rates([], 60) == {
        "groups_s": 0.0,
        "entities_s": 0.0,
        "group_entities": None,
        "commit_s_p50": None,
        "commit_s_p99": None,
    }


def test_size_rate_and_time_of_a_minutes_groups() -> None:
    groups = [Commit(at_s=n, entities=10 * n, rows=n, took_s=n / 100) for n in range(1, 7)]
    assert rates(groups, 60) == {
        "groups_s": pytest.approx(0.1),
        "entities_s": pytest.approx(3.5),
        "group_entities": 35.0,
        "commit_s_p50": 0.04,
        "commit_s_p99": 0.06,
    }


def test_where_the_minutes_beginning_is_forgotten_the_rate_is_that_of_what_is_remembered() -> None:
    groups = [Commit(at_s=n / 100, entities=2, rows=2, took_s=0.001) for n in range(RECENT_COMMITS)]
    assert rates(groups, 60)["groups_s"] == pytest.approx(100, rel=0.01)
