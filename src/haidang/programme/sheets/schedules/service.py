"""A schedule against a project's milestones: added, changed, unchanged, in conflict; written when approved.

A baseline is what was first planned: the register keeps it, so a file that says another is a conflict, and
only what is expected and what has happened may follow the file.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.organisation.permissions import Principal
from haidang.programme.model.records import Milestone
from haidang.programme.service import records
from haidang.programme.service.desk import Desk, editable, wrong
from haidang.programme.sheets.schedules.reading import KINDS, Schedule, Step
from haidang.programme.store import rows

APPLY_MAX = 500


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a step would do."""

    uid: str
    name: str
    kind: Literal["added", "changed", "unchanged", "conflict", "refused"]
    milestone_kind: str = "other"
    id: int | None = None
    version: int | None = None
    before: dict[str, date | None] = {}
    after: dict[str, date | None] = {}
    reasons: tuple[dict[str, str], ...] = ()


class Approved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step that a person takes: a new milestone, or new days of a known one."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    milestone_kind: str = "other"
    id: int | None = None
    version: int | None = None
    baseline_on: date | None = None
    """Of a new one; a known one keeps its own."""
    forecast_on: date | None = None
    actual_on: date | None = None


def kind_of(name: str) -> str:
    """Return what kind of milestone a name speaks of."""
    said = fold(name)
    return next((word for word, fits in KINDS if fits(said)), "other")


async def compared(
    connection: Connection, principal: Principal, project_id: int, schedule: Schedule
) -> list[Line]:
    """Return what the milestones of a schedule would do to a project's; writes nothing."""
    await editable(connection, principal, project_id)
    standing = {fold(each.name): each for each in await _milestones(connection, project_id)}
    steps = [step for step in schedule.steps if step.milestone]
    names = Counter(fold(step.name) for step in steps)
    return [_compared(step, standing.get(fold(step.name)), names[fold(step.name)]) for step in steps]


async def _milestones(connection: Connection, project_id: int) -> list[Milestone]:
    return await rows.where(connection, "milestone", Milestone, project_id=project_id)


def _compared(step: Step, found: Milestone | None, times: int) -> Line:
    reasons = [{"field": field, "vi": vi, "en": en} for field, vi, en in step.faults]
    if times > 1:
        reasons.append({"field": "Name", "vi": "tên lặp lại", "en": "the name stands more than once"})
    if not step.name or step.baseline_on is None:
        reasons.append({"field": "Finish", "vi": "thiếu tên hoặc ngày", "en": "its name or day is missing"})
    common: dict[str, Any] = {"uid": step.uid, "name": step.name, "milestone_kind": kind_of(step.name)}
    if reasons:
        return Line(kind="refused", **common, reasons=tuple(reasons))
    after = {"baseline_on": step.baseline_on, "forecast_on": step.forecast_on, "actual_on": step.actual_on}
    if found is None:
        return Line(kind="added", **common, after=after)
    before = {name: getattr(found, name) for name in after}
    # A file that no longer says when something happened does not make it unhappened.
    differing = [name for name in after if after[name] != before[name] and after[name] is not None]
    common |= {"id": found.id, "version": found.version}
    common["before"] = {name: before[name] for name in differing}
    common["after"] = {name: after[name] for name in differing}
    if "baseline_on" in differing:
        why = {"field": "baseline_on", "vi": "mốc gốc giữ nguyên như lúc lập", "en": "the baseline stays"}
        return Line(kind="conflict", **common, reasons=(why,))
    return Line(kind="changed" if differing else "unchanged", **common)


async def apply(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    approved: tuple[Approved, ...],
) -> dict[str, int]:
    """Write the approved steps, known ones against the version that was seen; all of them, or none."""
    fresh = [each for each in approved if each.id is None]
    news = [
        (
            "milestone",
            {"kind": each.milestone_kind, "name": each.name, "baseline_on": each.baseline_on,
             "forecast_on": each.forecast_on, "actual_on": each.actual_on},
        )
        for each in fresh
    ]  # fmt: skip
    if news:
        await records.add_many(connection, desk, principal, project_id, news)
    own = {each.id for each in await _milestones(connection, project_id)}
    changed = 0
    for each in approved:
        if each.id is not None:
            if each.id not in own:
                raise wrong("id", "không thuộc dự án này", "is not of this project", str(each.id))
            said = {"forecast_on": each.forecast_on, "actual_on": each.actual_on}
            facts = {name: day for name, day in said.items() if day is not None}
            await records.amend(
                connection, desk, principal, each.id, facts, name="milestone", version=each.version or 0
            )
            changed += 1
    return {"added": len(fresh), "changed": changed}
