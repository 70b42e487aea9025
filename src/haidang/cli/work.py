"""How a command works on the house's database: made ready, in one transaction, refusals told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from haidang.base.clock import SystemClock
from haidang.base.database import Connection, Database
from haidang.base.errors import OperatorError
from haidang.base.opening import opened
from haidang.base.problems import Problem
from haidang.base.settings import Settings, load_settings

_T = TypeVar("_T")


def run(work: Callable[[Connection, Settings], Awaitable[_T]]) -> _T:
    """Do ``work`` in one transaction of the house's database, made ready; a refusal ends the command."""

    async def inside() -> _T:
        settings = load_settings()
        async with opened(settings) as db:
            await _ready(db, settings)
            async with db.transaction() as connection:
                return await work(connection, settings)

    try:
        return asyncio.run(inside())
    except Problem as problem:
        raise operator_error(problem) from problem


def operator_error(problem: Problem) -> OperatorError:
    """Tell a refusal as the command line does: title, detail, and every fault by its field."""

    def told(title: str, detail: str, faults: list[str]) -> str:
        return "\n  ".join([f"{title}. {detail}".strip(), *faults])

    def named(field: str, why: str, value: Any) -> str:
        return f"{field}: {why}" + (f" ({value})" if value else "")

    return OperatorError(
        told(problem.kind.vi, problem.vi, [named(f.field, f.vi, f.value) for f in problem.faults]),
        told(problem.kind.en, problem.en, [named(f.field, f.en, f.value) for f in problem.faults]),
    )


async def _ready(db: Database, settings: Settings) -> None:
    from haidang.organisation import prepare  # noqa: PLC0415 - lazy commands

    await prepare(db, settings, SystemClock())
