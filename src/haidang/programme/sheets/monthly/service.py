"""Monthly forms out and in: exported with the versions they show, compared, written row by row when approved.

Progress becomes a record of the month, an estimate a payment that finance confirms later, a commitment a
promise that supersedes the one before. What has changed here since the form went out is a conflict: both
values are shown, and nothing is gone over.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import CONFLICT, Problem
from haidang.documents.sheet import Row, written
from haidang.organisation.permissions import Principal
from haidang.programme.model.payments import NewEstimate, Reestimate
from haidang.programme.service import payments, programs, records
from haidang.programme.service.desk import Desk, wrong
from haidang.programme.sheets.monthly import store
from haidang.programme.sheets.monthly.forms import FORMS, ROWS_MAX, Back, Filled, FormName, Scope, millions

APPLY_MAX = 1_000


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of a form stands for, as it is now."""

    key: str
    version: int
    """Grows or changes whenever what stands here does."""
    project_id: int
    source_id: int | None = None
    record_id: int | None = None
    record_version: int = 0
    value: int | Decimal | None = None
    text: str = ""
    cells: dict[str, Any] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of a filled form would do."""

    row: int
    cell: str
    key: str
    kind: Literal["changed", "unchanged", "conflict", "refused"]
    name: str = ""
    version: int = 0
    """Of what stands here now; to be sent back with the approval."""
    file_version: int = 0
    before: int | Decimal | None = None
    after: int | Decimal | None = None
    text_before: str = ""
    text_after: str = ""
    faults: tuple[Any, ...] = ()


class Approved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that a person has approved, beside the value that stood here."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}(:[0-9]{1,10})?$")]
    version: int
    value: Decimal | None = None
    """Đồng, or per cent."""
    text: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


async def export(
    connection: Connection, desk: Desk, principal: Principal, form: FormName, scope: Scope
) -> bytes:
    """Return a form for the projects whose register the asker keeps."""
    await programs.visible(connection, principal, scope.program)
    held = await standing(connection, desk, principal, form, scope)
    rows = [
        Row(each.key, each.version, each.cells | {"value": _shown(form, each.value), "text": each.text})
        for each in held.values()
    ]
    return await asyncio.to_thread(written, FORMS[form], rows, made_at=desk.now(), scope=scope.text())


def _shown(form: FormName, value: int | Decimal | None) -> float | None:
    if value is None:
        return None
    return float(value) if form == "progress" else float(Decimal(value) / 10**6)


async def standing(
    connection: Connection, desk: Desk, principal: Principal, form: FormName, scope: Scope
) -> dict[str, Held]:
    """Return the rows of a form as they are now, by key."""
    found = await store.projects(connection, principal, scope.program, limit=ROWS_MAX + 1)
    if len(found) > ROWS_MAX:
        raise wrong("program", f"quá {ROWS_MAX} dòng", f"more than {ROWS_MAX} rows")
    plans = await store.plans(connection, scope.program, scope.year, desk.today())
    read = {"progress": _progress, "disbursement": _disbursement, "commitment": _commitment}[form]
    return {each.key: each for each in await read(connection, found, plans, scope)}


def _who(project: store.Listed) -> dict[str, Any]:
    return {"code": project.public_id, "name": project.name, "owner": project.owner}


def _plan_of(plans: dict[tuple[int, int], int]) -> dict[int, str]:
    """Return each project's plan of all sources, as it is shown."""
    found: dict[int, int] = {}
    for (project, _), amount in plans.items():
        found[project] = found.get(project, 0) + amount
    return {project: millions(amount) for project, amount in found.items()}


async def _progress(
    connection: Connection, projects: list[store.Listed], plans: dict[tuple[int, int], int], scope: Scope
) -> list[Held]:
    now, before = await store.progress(connection, scope.program, scope.year, scope.period)
    planned, made = _plan_of(plans), []
    for each in projects:
        number, version, value, text = now.get(each.id, (None, 0, None, ""))
        last = before.get(each.id)
        before_pct = "" if last is None else f"{last:.2f}".replace(".", ",")
        cells = _who(each) | {"plan": planned.get(each.id, ""), "before": before_pct}
        made.append(
            Held(
                key=str(each.id), version=version, project_id=each.id, record_id=number,
                record_version=version, value=value, text=text, cells=cells,
            )
        )  # fmt: skip
    return made


async def _disbursement(
    connection: Connection, projects: list[store.Listed], plans: dict[tuple[int, int], int], scope: Scope
) -> list[Held]:
    estimates = await store.estimates(connection, scope.program, scope.year, scope.period)
    paid = await store.paid(connection, scope.program, scope.year)
    sources = await store.source_names(connection)
    by_id = {each.id: each for each in projects}
    made = []
    for (project, source), amount in sorted(plans.items()):
        if project not in by_id:
            continue
        said = {
            "source": sources[source], "plan": millions(amount),
            "before": millions(paid.get((project, source), 0)),
        }  # fmt: skip
        number, version, value, text = estimates.get((project, source), (None, 0, None, ""))
        made.append(
            Held(
                key=f"{project}:{source}", version=0 if number is None else number * 1_000 + version,
                project_id=project, source_id=source, record_id=number, record_version=version, value=value,
                text=text, cells=_who(by_id[project]) | said,
            )
        )  # fmt: skip
    return made


async def _commitment(
    connection: Connection, projects: list[store.Listed], plans: dict[tuple[int, int], int], scope: Scope
) -> list[Held]:
    promised = await store.commitments(connection, scope.program, scope.year, scope.period)
    planned, made = _plan_of(plans), []
    for each in projects:
        number, value = promised.get(each.id, (0, None))
        cells = _who(each) | {"plan": planned.get(each.id, "")}
        made.append(Held(key=str(each.id), version=number, project_id=each.id, value=value, cells=cells))
    return made


async def compared(connection: Connection, desk: Desk, principal: Principal, filled: Filled) -> list[Line]:
    """Return what a filled form would do, row by row; writes nothing."""
    await programs.visible(connection, principal, filled.scope.program)
    held = await standing(connection, desk, principal, filled.form, filled.scope)
    return [_compared(back, held.get(back.key)) for back in filled.rows]


def _compared(back: Back, held: Held | None) -> Line:
    faults = tuple(map(msgspec.to_builtins, back.faults))
    if held is None:
        vi, en = "không có dòng này trong phạm vi của bạn", "there is no such row within your scope"
        faults = (
            *faults,
            {"cell": f"A{back.row}", "code": "row-unknown", "vi": vi, "en": en, "value": back.key},
        )
    if faults or held is None:
        return Line(row=back.row, cell=back.cell, key=back.key, kind="refused", faults=faults)
    same_value = back.value is None or back.value == held.value
    same_text = not back.text or back.text.split() == held.text.split()
    common: dict[str, Any] = {
        "row": back.row, "cell": back.cell, "key": back.key, "name": str(held.cells["name"]),
        "version": held.version, "file_version": back.version, "before": held.value,
        "after": held.value if back.value is None else back.value, "text_before": held.text,
        "text_after": back.text or held.text,
    }  # fmt: skip
    if same_value and same_text:
        return Line(kind="unchanged", **common)
    if back.value is None and held.value is None:
        vi, en = "có nội dung nhưng thiếu số", "it has a text but no figure"
        why = {"cell": back.cell, "code": "value-missing", "vi": vi, "en": en, "value": ""}
        return Line(kind="refused", **common, faults=(why,))
    return Line(kind="changed" if back.version == held.version else "conflict", **common)


async def apply(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    approved: tuple[Approved, ...],
    *,
    form: FormName,
    scope: Scope,
) -> list[dict[str, Any]]:
    """Write the approved rows, each against the version that was seen; one that has changed again is told."""
    if len(approved) > APPLY_MAX:
        raise wrong("rows", f"tối đa {APPLY_MAX} dòng", f"at most {APPLY_MAX} rows")
    await programs.visible(connection, principal, scope.program)
    await store.turn(connection, scope.program)
    held = await standing(connection, desk, principal, form, scope)
    done = []
    for each in sorted(approved, key=lambda row: row.key):
        try:
            async with connection.transaction():
                await _write(connection, desk, principal, each, held.get(each.key), form, scope)
            done.append({"key": each.key, "done": True})
        except Problem as problem:
            done.append({"key": each.key, "done": False, "problem": problem.document()})
    return done


async def _write(  # noqa: PLR0917 - a row with what it is about
    connection: Connection,
    desk: Desk,
    principal: Principal,
    each: Approved,
    held: Held | None,
    form: FormName,
    scope: Scope,
) -> None:
    if held is None:
        raise wrong(
            "key", "không có dòng này trong phạm vi của bạn", "no such row within your scope", each.key
        )
    if held.version != each.version:
        raise Problem(CONFLICT, yours=each.version, current=held.version, value=str(held.value))
    if each.value is None:
        raise wrong("value", "cần có số", "a figure is needed", each.key)
    if form == "progress":
        facts = {"physical_pct": each.value, "text": each.text}
        if held.record_id is None:
            whole = facts | {"plan_year": scope.year, "period": scope.period}
            await records.add_many(connection, desk, principal, held.project_id, [("progress", whole)])
        else:
            await records.amend(
                connection,
                desk,
                principal,
                held.record_id,
                facts,
                name="progress",
                version=held.record_version,
            )
        return
    if each.value != each.value.to_integral_value():
        raise wrong("value", "cần số đồng nguyên", "whole đồng are needed", str(each.value))
    amount = int(each.value)
    if form == "commitment":
        facts = {"plan_year": scope.year, "period": scope.period, "amount_dong": amount}
        await records.add_many(connection, desk, principal, held.project_id, [("commitment", facts)])
    elif held.record_id is None:
        new = msgspec.convert(
            {"fund_source_id": held.source_id, "plan_year": scope.year, "period": scope.period,
             "kind": "volume", "estimate_dong": amount, "note": each.text},
            NewEstimate,
        )  # fmt: skip
        await payments.estimate(connection, desk, principal, held.project_id, new)
    else:
        act = Reestimate(estimate_dong=amount, note=each.text)
        await payments.perform(connection, desk, principal, held.record_id, act, version=held.record_version)
