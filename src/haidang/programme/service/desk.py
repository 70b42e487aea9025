"""What every use case of programmes stands on: clock and tasks; sight, refusals, the log of what was done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from psycopg.errors import IntegrityError

from haidang.base import eventlog
from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.analysis.thresholds import Thresholds, thresholds
from haidang.programme.model.register import Program, Project
from haidang.programme.store import rows
from haidang.tasks.service import desk as tasks_desk

LOG = "programme"
"""The chained log of the room."""
TOPIC = "programme"
UNBALANCED = kind(
    "money-does-not-balance",
    409,
    "Số tiền không khớp ràng buộc của sổ cái",
    "The amounts break a rule of the ledger",
)


class Desk(msgspec.Struct, frozen=True):
    """The clock of a site, and its desk of tasks."""

    clock: Clock
    tasks: tasks_desk.Desk
    data_dir: Path | None = None
    """Where the site's own thresholds lie."""

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the day in Vietnam."""
        return self.now().astimezone(LOCAL).date()

    def thresholds(self) -> Thresholds:
        """Return the thresholds of the red flags: the product's, and what the site has set over them."""
        return _thresholds(self.data_dir)


@cache
def _thresholds(data_dir: Path | None) -> Thresholds:
    return thresholds(data_dir)


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its files are read once in a process."""
    return Desk(clock, tasks_desk.desk_of(settings, clock), settings.data_dir)


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def holds(principal: Principal, permission: str, project: Project, *orgs: int) -> bool:
    """Say whether the asker holds a permission over a project: over its owner, or one of some units."""
    return any(
        principal.may(permission, org_id=org, area_code=project.area_code, sector=project.sector)
        for org in orgs or (project.owner_org,)
    )


def require(principal: Principal, permission: str, project: Project) -> None:
    """Raise ``Problem`` (403) where a permission over a project's owner is missing."""
    principal.require(
        permission, org_id=project.owner_org, area_code=project.area_code, sector=project.sector
    )


async def visible(
    connection: Connection, principal: Principal, project_id: int, *, lock: bool = False
) -> Project:
    """Return a project that the asker may see; ``Problem`` (404) where there is none for this asker."""
    project = await rows.get(connection, "project", Project, project_id, lock=lock)
    if project is None or not holds(principal, "programme.read", project, *project.orgs):
        raise missing("Không có dự án này.", "There is no such project.")
    return project


async def editable(
    connection: Connection, principal: Principal, project_id: int, *, lock: bool = False
) -> Project:
    """Return a project whose register the asker keeps."""
    project = await visible(connection, principal, project_id, lock=lock)
    require(principal, "programme.edit", project)
    return project


async def known_orgs(connection: Connection, field: str, orgs: Iterable[int | None]) -> None:
    """Raise ``Problem`` that names units that do not exist."""
    asked = {org for org in orgs if org is not None}
    unknown = asked - await rows.existing(connection, "org", asked)
    if unknown:
        listed = ", ".join(str(org) for org in sorted(unknown)[:20])
        raise wrong(field, "không có đơn vị này", "there is no such unit", listed)


_CONSTRAINTS: dict[str, tuple[str, str]] = {
    "project_total_parts": (
        "Cộng các nguồn không bằng tổng mức đầu tư.",
        "The parts by source do not add up to the total investment.",
    ),
    "capital_plan_apart": (
        "Hai số kế hoạch cùng hiệu lực cho một dòng.",
        "Two plan amounts would hold for one line at one time.",
    ),
    "capital_plan_covers": (
        "Phân bổ chi tiết vượt kế hoạch của dự án, nguồn và năm đó.",
        "More is allocated than the plan of that project, source and year gives.",
    ),
    "capital_plan_paid": (
        "Kế hoạch thấp hơn số vốn đã giải ngân của dự án, nguồn và năm đó.",
        "The plan would be below what was disbursed of that project, source and year.",
    ),
    "plan_node_fits": (
        "Dòng cha phải thuộc cùng chương trình và năm.",
        "The parent line must be of the same programme and year.",
    ),
    "payment_within_plan": (
        "Giải ngân lũy kế vượt vốn được cấp; cần ghi rõ lý do ngoại lệ.",
        "Payments would exceed what is allocated with carry-over; an exception needs its reason.",
    ),
    "advance_outstanding": (
        "Thu hồi nhiều hơn số tạm ứng còn lại.",
        "More would be recovered than the outstanding advance.",
    ),
    "payment_treasury": (
        "Giải ngân xác nhận cần số chứng từ Kho bạc và ngày.",
        "A confirmed payment needs the Treasury's reference and a day.",
    ),
    "payment_period": (
        "Ngày thanh toán không thuộc kỳ của năm kế hoạch (kỳ 13 là tháng 1 năm sau, đến 31/1).",
        "The day is not within that period of the plan year (period 13 ends on 31 January).",
    ),
}
"""What the ledger's rules say when they refuse; whatever else the schema refuses is a fault of ours."""


def unbalanced(cause: IntegrityError) -> Problem | None:
    """Return the refusal that a constraint of the ledger stands for; None where it is none of them."""
    name = cause.diag.constraint_name or ""
    if name not in _CONSTRAINTS:
        return None
    vi, en = _CONSTRAINTS[name]
    figures = [int(number) for number in re.findall(r"\d{4,}", cause.diag.message_primary or "")]
    return Problem(UNBALANCED, vi, en, rule=name, figures_dong=figures)


@contextmanager
def balanced() -> Iterator[None]:
    """Turn what the ledger refuses within into a ``Problem`` that people can read."""
    try:
        yield
    except IntegrityError as cause:
        problem = unbalanced(cause)
        if problem is None:
            raise
        raise problem from cause


async def record(
    connection: Connection,
    desk: Desk,
    actor: str,
    *,
    action: str,
    subject: str,
    about: Project | Program,
    body: dict[str, Any],
    told: bool = True,
) -> None:
    """Write an act into the event log and, last of all, into the chained log of programmes.

    ``told`` is False for what few may know of: every reader of a project hears its events.
    """
    if told:
        await _tell(connection, action, subject, about)
    await chain.append(
        connection, desk.clock, log=LOG, actor=actor, action=f"programme.{action}", subject=subject,
        org_id=about.owner_org, body=body,
    )  # fmt: skip


async def _tell(connection: Connection, action: str, subject: str, about: Project | Program) -> None:
    if isinstance(about, Project):
        orgs, area, sector = list(about.orgs), about.area_code, about.sector
    else:
        orgs, area, sector = [about.owner_org], None, None
    body = {"subject": subject, "orgs": orgs, "version": about.version}
    await eventlog.append(
        connection, topic=TOPIC, kind=action, ref=subject, body=body, owner_org=about.owner_org,
        area_code=area, sector=sector,
    )  # fmt: skip
