"""Forms as workbooks: out with keys and revisions, compared when they come back, taken when approved."""

from __future__ import annotations

import asyncio
import hashlib
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.documents.sealed import SealedRow
from haidang.documents.sheet import Row, written
from haidang.documents.turns import Turns, reading_busy
from haidang.indicators.model.register import amiss, plain
from haidang.indicators.model.submission import Submit
from haidang.indicators.model.value import REASON_WORDS, Flag, Missing, Standing
from haidang.indicators.service import submissions
from haidang.indicators.service.desk import Desk, wrong
from haidang.indicators.service.submissions import ROWS_MAX, Entry, Line
from haidang.indicators.sheet import FORM, YES, Fault, Filled, filled, said, scope_of
from haidang.organisation.permissions import Principal

QUEUE_MAX, WAIT_S = 8, 60
_TURNS = Turns("indicator-sheets", 1)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of a filled form would do."""

    row: int
    cell: str
    key: str
    kind: Literal["changed", "unchanged", "conflict", "refused"]
    code: str = ""
    name: str = ""
    revision: int = 0
    """Of what stands here now; to be sent back with the approval."""
    file_revision: int = 0
    before: str | None = None
    after: str | None = None
    missing: Missing | None = None
    is_estimate: bool = False
    faults: tuple[Fault, ...] = ()


class Approved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that a person has approved, beside what stood here."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}:[0-9]{1,10}$")]
    revision: int
    value: Decimal | None = None
    missing: Missing | None = None
    is_estimate: bool = False


async def export(
    connection: Connection, desk: Desk, principal: Principal, submission_id: int
) -> tuple[bytes, str]:
    """Return the workbook of a form of a unit and a period, and a name for it."""
    row = await submissions.visible(connection, principal, submission_id)
    found = await submissions.opened(connection, row)
    principal.require("indicator.submit", org_id=row.org_id, sector=found.form.sector)
    rows = [
        Row(line.key, line.standing.revision if line.standing else 0, _cells(line)) for line in found.lines
    ]
    hint = f"{found.form.vi}, {found.period.vi()}. {FORM.hint}"
    form = msgspec.structs.replace(FORM, hint=hint)
    content = await asyncio.to_thread(written, form, rows, made_at=desk.now(), scope=scope_of(row.id))
    return content, f"{row.form_code}-{found.period.text()}"


def _cells(line: Line) -> dict[str, Any]:
    now = line.standing
    return {
        "code": line.indicator.code, "name": line.indicator.vi, "place": line.place.name,
        "unit": line.indicator.unit, "before": _said(line.before),
        "value": None if now is None or now.value is None else float(now.value),
        "missing": REASON_WORDS[now.reason][0] if now is not None and now.reason else "",
        "estimate": YES if now is not None and now.flags & Flag.ESTIMATE else "",
    }  # fmt: skip


def _said(standing: Standing | None) -> str:
    if standing is None or standing.value is None:
        return ""
    return plain(standing.value).replace(".", ",")


async def reading(content: bytes) -> Filled:
    """Read a workbook when its turn comes, in a thread of its own; the queue has an end."""
    return await _TURNS.take(
        lambda: filled(content), queue_max=QUEUE_MAX, wait_seconds=WAIT_S, busy=reading_busy
    )


async def compared(
    connection: Connection, principal: Principal, file: Filled, content: bytes
) -> dict[str, Any]:
    """Return what a filled form would change, row by row; writes nothing."""
    row = await submissions.visible(connection, principal, file.submission)
    found = await submissions.opened(connection, row)
    principal.require("indicator.submit", org_id=row.org_id, sector=found.form.sector)
    lines = {line.key: line for line in found.lines}
    judged = [_judged(each, lines.get(each.key)) for each in file.rows]
    kinds = ("changed", "unchanged", "conflict", "refused")
    absent = len(lines.keys() - {each.key for each in file.rows})
    return {
        "submission": row.id, "version": row.version, "state": row.state, "form": row.form_code,
        "period": found.period.text(), "sha256": hashlib.sha256(content).hexdigest(),
        "counts": {kind: sum(each.kind == kind for each in judged) for kind in kinds} | {"absent": absent},
        "rows": msgspec.to_builtins(judged),
    }  # fmt: skip


def _judged(row: SealedRow, line: Line | None) -> Judged:
    at: dict[str, Any] = {"row": row.row, "cell": row.at["value"], "key": row.key}
    if line is None:
        vi, en = "không có dòng này trong biểu của đơn vị", "there is no such row in the unit's form"
        return Judged(kind="refused", **at, faults=(Fault(f"A{row.row}", "row-unknown", vi, en, row.key),))
    told, now = said(row, line.indicator), line.standing
    faults = list(told.faults)
    if told.value is not None and (unfit := amiss(line.indicator, told.value)):
        faults.append(Fault(row.at["value"], unfit.code, unfit.vi, unfit.en, plain(told.value)))
    revision = now.revision if now else 0
    at |= {
        "code": line.indicator.code, "name": line.indicator.vi, "revision": revision,
        "file_revision": row.version,
        "before": None if now is None or now.value is None else plain(now.value),
        "after": None if told.value is None else plain(told.value), "missing": told.missing,
        "is_estimate": told.is_estimate,
    }  # fmt: skip
    if faults:
        return Judged(kind="refused", **at, faults=tuple(faults))
    stands = now is not None and (now.value, now.reason, bool(now.flags & Flag.ESTIMATE)) == (
        told.value, told.missing, told.is_estimate
    )  # fmt: skip
    if told.nothing or stands:
        return Judged(kind="unchanged", **at)
    return Judged(kind="changed" if row.version == revision else "conflict", **at)


async def apply(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    submission_id: int,
    *,
    rows: tuple[Approved, ...],
    sha256: str,
    submit_version: int | None,
) -> dict[str, Any]:
    """Take the approved rows of a workbook, all or none, and hand the form in where that is asked for."""
    if len(rows) > ROWS_MAX:
        raise wrong("rows", f"tối đa {ROWS_MAX}", f"at most {ROWS_MAX}")
    entries = []
    for each in rows:
        indicator, _, place = each.key.partition(":")
        entries.append(
            Entry(
                indicator=int(indicator), place=int(place), revision=each.revision, value=each.value,
                missing=each.missing, is_estimate=each.is_estimate,
            )
        )  # fmt: skip
    done = {"changed": 0}
    if entries:
        done = await submissions.enter(
            connection, desk, principal, submission_id, entries, source="submitted",
            source_ref=f"xlsx:{sha256[:16]}", file_sha256=sha256, logged=submit_version is None,
        )  # fmt: skip
    if submit_version is None:
        row = await submissions.visible(connection, principal, submission_id)
    else:
        row = await submissions.perform(
            connection, desk, principal, submission_id, Submit(), version=submit_version
        )
    [shown] = await submissions.listed(connection, desk, [row])
    return {"changed": done["changed"], "submission": shown}
