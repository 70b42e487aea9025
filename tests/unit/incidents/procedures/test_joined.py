"""The server has what procedures need: followers of tasks, the job of their clock, their routes."""

from __future__ import annotations

from haidang.incidents.procedures.api import ROUTES
from haidang.incidents.procedures.service.stepping import SOURCE
from haidang.tasks.policies import load_policies
from haidang.tasks.service import sources
from haidang.web import app, server


def test_the_server_follows_tasks_and_runs_the_clock() -> None:
    assert set(sources._followers) == set(sources._holds) == sources.FOLLOWED == {SOURCE}
    assert "procedures" in server.JOBS
    assert set(ROUTES) <= set(app.HANDLERS)


def test_a_step_is_of_the_duty_rooms_work() -> None:
    assert load_policies().of_source(SOURCE) == "duty"
