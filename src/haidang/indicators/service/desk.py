"""What every use case of indicators stands on: clock, calendar, tasks; sight, refusals, the log."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base import eventlog
from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.indicators.model.discipline import Discipline
from haidang.indicators.model.period import YEAR_FIRST, YEAR_LAST, Kind, Period, containing, parse
from haidang.indicators.model.register import Indicator
from haidang.indicators.store import register
from haidang.organisation import chain
from haidang.organisation.calendar import Calendar
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.service import desk as tasks_desk

LOG = "indicators"
"""The chained log of the room."""
TOPIC = "indicators"
FOLDER = Path(__file__).parent.parent / "data"
BAD_DISCIPLINE = kind(
    "bad-discipline", 500, "Quy định nhắc nhở không hợp lệ", "The marks of the register are not valid"
)
HELD = kind(
    "indicator-held",
    409,
    "Không ghi được số liệu này lúc này",
    "This figure cannot be recorded as things stand",
)
NOT_NOW = kind(
    "indicator-act-refused",
    409,
    "Không thực hiện được với biểu số liệu lúc này",
    "This cannot be done with the form now",
)
INCOMPLETE = kind(
    "indicator-form-incomplete",
    409,
    "Biểu còn thiếu số liệu hoặc lý do",
    "The form lacks figures, or the reasons why they are missing",
)
UNIT_MISMATCH = kind(
    "indicator-unit-mismatch", 422, "Sai đơn vị tính", "The figure is in another unit of measurement"
)


class Desk(msgspec.Struct, frozen=True):
    """The clock of a site, its calendar, its desk of tasks, and its marks."""

    clock: Clock
    tasks: tasks_desk.Desk
    discipline: Discipline

    @property
    def calendar(self) -> Calendar:
        """The working days."""
        return self.tasks.calendar

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the day in Vietnam."""
        return self.now().astimezone(LOCAL).date()


@lru_cache(maxsize=8)
def _discipline(data_dir: Path) -> Discipline:
    own = data_dir / "indicators" / "discipline.yaml"
    path = own if own.exists() else FOLDER / "discipline.yaml"
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Discipline)
    except (OSError, yaml.YAMLError, ValueError) as cause:
        raise Problem(
            BAD_DISCIPLINE,
            f"Tệp {path.name} không hợp lệ: {cause}",
            f"The file {path.name} is not valid: {cause}",
        ) from cause


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its files are read once in a process."""
    return Desk(clock, tasks_desk.desk_of(settings, clock), _discipline(settings.data_dir))


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def period_of(text: str, kind_: Kind | None = None, field: str = "period") -> Period:
    """Return the period that a text names; ``Problem`` where it names none, or one of another kind."""
    try:
        found = parse(text)
    except ValueError as cause:
        raise wrong(field, "không phải kỳ báo cáo", "names no period", text[:40]) from cause
    if kind_ is not None and found.kind != kind_:
        raise wrong(field, f"cần kỳ loại {kind_}", f"a period of kind {kind_} is needed", text)
    return found


def year_of(year: int) -> int:
    """Return a year; ``Problem`` where none of ours is meant."""
    if not YEAR_FIRST <= year < YEAR_LAST:
        raise wrong(
            "year", f"từ {YEAR_FIRST} đến {YEAR_LAST - 1}", f"{YEAR_FIRST} to {YEAR_LAST - 1}", str(year)
        )
    return year


def starting(kind_: Kind, start: date) -> Period:
    """Return the period of a kind from its first day, as rows have it."""
    return containing(kind_, start)


async def registered(
    connection: Connection, principal: Principal, indicator_id: int, *, lock: bool = False
) -> Indicator:
    """Return an indicator whose entry the asker may see; ``Problem`` (404) where there is none."""
    found = await register.get(connection, indicator_id, lock=lock)
    if found is None or indicator_id not in await register.seen(connection, principal, [indicator_id]):
        raise missing("Không có chỉ tiêu này.", "There is no such indicator.")
    return found


async def record(
    connection: Connection,
    desk: Desk,
    actor: str,
    *,
    action: str,
    subject: str,
    org_id: int | None,
    body: dict[str, Any],
    sector: str | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    """Write an act into the event log and, last of all, into the chained log of the room.

    ``told`` is what the event says; screens need less than the log.
    """
    await eventlog.append(
        connection, topic=TOPIC, kind=action, ref=subject, body={"subject": subject} | (told or {}),
        owner_org=org_id, sector=sector,
    )  # fmt: skip
    await chain.append(
        connection, desk.clock, log=LOG, actor=actor, action=f"indicator.{action}", subject=subject,
        org_id=org_id, body=body,
    )  # fmt: skip
