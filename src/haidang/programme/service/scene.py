"""What every figure of a programme begins with: who asks for which year, and which projects are in sight."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.money import DENOMINATORS, DenominatorKind, Ratio
from haidang.programme.model.register import Program
from haidang.programme.service import money, programs
from haidang.programme.service.desk import Desk
from haidang.programme.service.foreseeing import period_of
from haidang.programme.service.money import Cut
from haidang.programme.service.remembered import remembered
from haidang.programme.store import figures, register
from haidang.programme.store.figures import Brief
from haidang.programme.store.stamp import Stamp
from haidang.programme.store.stamp import stamp as stamped

OF: DenominatorKind = "annual_with_carry_over"
"""What a project's year is a share of where nothing else is said: all that can be paid in it."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A programme's year as one asker may see it."""

    program: Program
    year: int
    today: date
    known_at: datetime
    whole: bool
    """Every project is in sight, and lines without a project with them."""
    projects: dict[int, Brief]
    stamp: Stamp

    @property
    def period(self) -> int:
        """Return how many periods of the year are over."""
        return period_of(self.year, self.today)

    @property
    def only(self) -> list[int] | None:
        """Return the numbers that sums are limited to; None where the whole is in sight."""
        return None if self.whole else sorted(self.projects)

    def key(self, what: str) -> tuple[Any, ...]:
        """Return what a figure of this programme's year is kept under."""
        return (what, self.program.id, self.year, self.today)

    def cut(self, cutoff: date | None = None) -> Cut:
        """Return the year with payments until a day."""
        return Cut(
            plan_year=self.year, plan_as_of=self.today, cutoff=cutoff or self.today, known_at=self.known_at
        )

    def ratio(self, paid: int, plan: int) -> dict[str, Any]:
        """Return what was paid of all that can be paid in the year, as a ratio says it."""
        return money.ratio_shown(
            Ratio(
                numerator_dong=paid, denominator_dong=plan, denominator_kind=OF, plan_as_of=self.today,
                cutoff=self.today,
            )
        )  # fmt: skip

    def head(self) -> dict[str, Any]:
        """Return what every answer about the year says first."""
        return {
            "program": {"id": self.program.id, "code": self.program.code, "name": self.program.name},
            "year": self.year, "period": self.period, "as_of": self.today, "known_at": self.known_at,
            "whole": self.whole, "simulated": self.program.simulated, "denominator": denominator(OF),
        }  # fmt: skip


def denominator(kind: DenominatorKind) -> dict[str, str]:
    """Return a denominator's code and words."""
    vi, en = DENOMINATORS[kind]
    return {"kind": kind, "vi": vi, "en": en}


async def scene(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int
) -> Scene:
    """Return a programme's year; ``Problem`` (404) where nothing of it is in the asker's sight."""
    program = await programs.visible(connection, principal, program_id)
    at = await stamped(connection)

    async def read() -> dict[int, Brief]:
        return await figures.briefs(connection, principal, program=program_id)

    found = await remembered(at, ("briefs", program_id, tuple(principal.scopes)), read)
    whole = principal.may("programme.read", org_id=program.owner_org)
    return Scene(
        program=program, year=year, today=desk.today(), known_at=desk.now(), projects=found,
        stamp=at, whole=whole and len(found) == await register.count(connection, program_id),
    )  # fmt: skip
