"""Where and when the programme is made, and what of it there is so far; decisions, each on its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import msgspec

from haidang.base.clock import LOCAL, FixedClock
from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.demo.programme.made import Ref
from haidang.demo.programme.schemes import SIMULATED
from haidang.organisation.permissions import system
from haidang.programme.model.cases import Case
from haidang.programme.model.register import DecisionKind
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.service.programs import NewDecision

OWNER = system("demo-unit")
FINANCE = system("demo")


class Making(msgspec.Struct):
    """Where and when the programme is made, and what of it there is so far."""

    settings: Settings
    orgs: Mapping[str, int]
    now: datetime
    today: date
    code: str
    program: int = 0
    ids: dict[str, int] = {}
    """Key → number: ``project:ioc``, ``ioc/contract:1``, ``contractor:3``, ``source:central``."""
    cases: dict[str, Case] = {}

    def at(self, day: date) -> Desk:
        """Return the desk of a day, at nine in the morning; of today at once."""
        then = datetime.combine(day, time(9), LOCAL)
        return desk_of(self.settings, FixedClock(min(then, self.now)))

    def resolved(self, word: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return facts with the numbers of what they name."""
        return {
            field: self.number(word, value) if isinstance(value, Ref) else value
            for field, value in facts.items()
        }

    def number(self, word: str, ref: Ref) -> int:
        """Return the number of what was told before."""
        return self.ids[ref.key if ref.key.startswith("contractor:") else f"{word}/{ref.key}"]


async def decide(
    connection: Connection, making: Making, kind: DecisionKind, number: str, *, day: date, subject: str,
    project: int | None = None,
) -> int:  # fmt: skip
    new = NewDecision(
        kind=kind, doc_number=number, signed_on=day, project_id=project, subject=f"{subject} {SIMULATED}",
        issuer="HĐND tỉnh Hải Đăng (mô phỏng)" if "HĐND" in number else "UBND tỉnh Hải Đăng (mô phỏng)",
        signatory="Chủ tịch (mô phỏng)",
    )  # fmt: skip
    [made_] = await programs.decide(connection, making.at(day), FINANCE, making.program, [new])
    return made_.id
