"""What a unit hands in: the figures it owes for a period, entered as drafts, submitted, judged, locked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.indicators.model.period import Period
from haidang.indicators.model.register import Form, Indicator, plain
from haidang.indicators.model.submission import (
    RULES,
    STATE_WORDS,
    VALUE_STATE,
    Act,
    Return,
    Submission,
    Submit,
    Unlock,
    act_name,
    timeliness,
)
from haidang.indicators.model.value import (
    BY_PEOPLE,
    REASON_WORDS,
    SOURCE_WORDS,
    Flag,
    Missing,
    NewValue,
    Source,
    Standing,
    flags_of,
)
from haidang.indicators.service import tasking, values
from haidang.indicators.service.desk import INCOMPLETE, NOT_NOW, Desk, record, starting, wrong
from haidang.indicators.store import places, register, submissions
from haidang.indicators.store import values as store
from haidang.indicators.store.places import Owed, Place
from haidang.indicators.store.values import Batch, Key
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged

ROWS_MAX = 5_000
replace = msgspec.structs.replace


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure that a unit enters: a number, or why there is none."""

    indicator: int
    place: int
    revision: int = 0
    """The revision that was seen; 0: there was none."""
    value: Decimal | None = None
    missing: Missing | None = None
    is_estimate: bool = False
    unit: str | None = None
    """The unit of measurement that the number is in; refused where it is not the indicator's."""


class Line(msgspec.Struct, frozen=True):
    """A figure that is owed, and how it stands."""

    owed: Owed
    indicator: Indicator
    place: Place
    standing: Standing | None
    before: Standing | None
    """Of the period before; None where there was nothing."""

    @property
    def key(self) -> str:
        """Its name within a form."""
        return f"{self.owed.indicator_id}:{self.owed.place_id}"


class Opened(msgspec.Struct, frozen=True):
    """A form of a unit and a period with its figures."""

    row: Submission
    form: Form
    period: Period
    lines: tuple[Line, ...]


async def visible(
    connection: Connection, principal: Principal, submission_id: int, *, lock: bool = False
) -> Submission:
    """Return what a unit hands in; ``Problem`` (404) where the asker sees none."""
    row = await submissions.get(connection, submission_id, lock=lock)
    if row is None or not await submissions.visible(connection, principal, submission_id):
        raise missing("Không có biểu số liệu này.", "There is no such form of a unit.")
    return row


async def opened(connection: Connection, row: Submission) -> Opened:
    """Return a form with every figure that is owed, those of the period before beside them."""
    form = await register.form(connection, row.form_code)
    assert form is not None  # noqa: S101 - a foreign key
    owed = await places.owed(connection, row.form_code, row.org_id, row.start)
    if len(owed) > ROWS_MAX:
        raise wrong("form", f"quá {ROWS_MAX} dòng", f"more than {ROWS_MAX} rows")
    period = starting(form.period_kind, row.start)
    last = period.previous().start
    now = await store.standing(connection, [(each.indicator_id, each.place_id, row.start) for each in owed])
    before = await store.standing(connection, [(each.indicator_id, each.place_id, last) for each in owed])
    indicators = await register.by_ids(connection, {each.indicator_id for each in owed})
    about = await places.by_ids(connection, {each.place_id for each in owed})
    lines = tuple(
        Line(
            each, indicators[each.indicator_id], about[each.place_id],
            now.get((each.indicator_id, each.place_id, row.start)),
            _seen(before.get((each.indicator_id, each.place_id, last))),
        )
        for each in owed
    )  # fmt: skip
    return Opened(row, form, period, lines)


def _seen(standing: Standing | None) -> Standing | None:
    return standing if standing is not None and standing.state > 0 else None


async def shown(connection: Connection, desk: Desk, principal: Principal, row: Submission) -> dict[str, Any]:
    """Return a form as the screen has it; drafts only for whoever enters them."""
    found = await opened(connection, row)
    mine = principal.may("indicator.submit", org_id=row.org_id, sector=found.form.sector)
    head = (await listed(connection, desk, [row]))[0]
    may = [name for name, rule in RULES.items()
           if row.state in rule.states
           and principal.may(rule.permission, org_id=row.org_id, sector=found.form.sector)]  # fmt: skip
    return head | {
        "may": may, "may_enter": mine and row.state not in {"approved", "locked"},
        "due_rule": {"vi": found.form.due.vi(), "en": found.form.due.en()},
        "lines": [_line(each, mine=mine) for each in found.lines],
        "reasons": [
            {"code": each, "vi": REASON_WORDS[each][0], "en": REASON_WORDS[each][1]} for each in BY_PEOPLE
        ],
    }  # fmt: skip


def _line(line: Line, *, mine: bool) -> dict[str, Any]:
    standing = line.standing if mine else _seen(line.standing)
    return {
        "indicator": {"id": line.indicator.id, "code": line.indicator.code, "vi": line.indicator.vi,
                      "en": line.indicator.en, "unit": line.indicator.unit,
                      "decimals": line.indicator.decimals, "definition_vi": line.indicator.definition_vi},
        "place": {"id": line.place.id, "name": line.place.name, "area_code": line.place.area_code},
        "now": value_of(standing), "before": value_of(line.before),
    }  # fmt: skip


def value_of(standing: Standing | None) -> dict[str, Any] | None:
    """Return a value as the application API has it; None where there is none, which is not zero."""
    if standing is None:
        return None
    reason = standing.reason
    return {
        "value": None if standing.value is None else plain(standing.value), "missing": reason,
        "missing_vi": REASON_WORDS[reason][0] if reason else None,
        "missing_en": REASON_WORDS[reason][1] if reason else None,
        "source": standing.source_kind, "source_vi": SOURCE_WORDS[standing.source_kind][0],
        "source_en": SOURCE_WORDS[standing.source_kind][1], "method": standing.method,
        "flags": flags_of(standing.flags), "revision": standing.revision,
        "state": ("draft", "submitted", "approved", "locked")[standing.state], "batch": standing.batch,
    }  # fmt: skip


async def listed(connection: Connection, desk: Desk, rows: Sequence[Submission]) -> list[dict[str, Any]]:
    """Return forms as lists carry them."""
    forms = {each.code: each for each in await register.forms(connection, active=False)}
    orgs = await submissions.names(connection, {row.org_id for row in rows})
    now = desk.now()
    found = []
    for row in rows:
        form = forms[row.form_code]
        period = starting(form.period_kind, row.start)
        found.append(
            {
                "id": row.id, "version": row.version, "form": row.form_code, "form_vi": form.vi,
                "form_en": form.en, "org": {"id": row.org_id, "name": orgs[row.org_id]},
                "period": period.text(), "period_vi": period.vi(), "period_en": period.en(),
                "due_at": row.due_at, "state": row.state, "state_vi": STATE_WORDS[row.state][0],
                "state_en": STATE_WORDS[row.state][1], "timeliness": timeliness(row, now),
                "submitted_at": row.submitted_at, "approved_at": row.approved_at, "locked_at": row.locked_at,
                "reason": row.reason, "task_id": row.task_id, "expected": row.expected,
                "lacking": None if row.lacking is None else len(row.lacking), "simulated": row.simulated,
            }
        )  # fmt: skip
    return found


async def enter(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    submission_id: int,
    entries: Sequence[Entry],
    *,
    source: Source = "typed",
    source_ref: str = "",
    file_sha256: str | None = None,
    logged: bool = True,
) -> dict[str, Any]:
    """Keep figures as the unit enters them, all or none; drafts until the form is handed in.

    ``logged`` is False where the same transaction hands them in: that entry of the log stands for both, and a
    task is never locked while a log is held.
    """
    row = await visible(connection, principal, submission_id)
    await submissions.turn(connection, row.form_code, row.org_id)
    row = await visible(connection, principal, submission_id, lock=True)
    found = await opened(connection, row)
    principal.require("indicator.submit", org_id=row.org_id, sector=found.form.sector)
    if row.state in {"approved", "locked"}:
        raise Problem(
            NOT_NOW, "Biểu đã duyệt hoặc khóa; hãy dùng đính chính.",
            "The form is approved or locked; use a correction.", state=row.state,
        )  # fmt: skip
    new = await _accepted(connection, desk, found, entries)
    batch = Batch(
        at=desk.now(), author=principal.id, act="record", source_kind=source, file_sha256=file_sha256,
        source_ref=source_ref or f"form:{row.form_code}", org_id=row.org_id, simulated=row.simulated,
    )  # fmt: skip
    changed = await values.put_drafts(connection, desk, batch, new, state=VALUE_STATE[row.state])
    if changed:
        await _follow(connection, desk, principal, row, changed=changed, logged=logged)
        if row.state == "submitted" and logged:
            # Whoever approves approves what they have seen: these figures make the form another one.
            row = replace(row, version=row.version + 1)
            await submissions.put(connection, row)
    return {"changed": len(changed), "version": row.version}


async def _follow(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    row: Submission,
    *,
    changed: Sequence[Key],
    logged: bool,
) -> None:
    """Write what was entered into the log; what others see already is told, so that it is counted again."""
    standing = await store.standing(connection, changed)
    batch = next(iter(standing.values())).batch
    if row.state == "submitted":
        await values.heard(connection, desk, changed)
        await values.tell(
            connection, batch, "submitted", changed, org_id=row.org_id, late=desk.now() >= row.due_at
        )
    if logged:
        await record(
            connection, desk, principal.id, action="enter", subject=f"submission:{row.id}", org_id=row.org_id,
            body={"batch": batch, "figures": len(changed)},
        )  # fmt: skip


async def _accepted(
    connection: Connection, desk: Desk, found: Opened, entries: Sequence[Entry]
) -> list[NewValue]:
    lines = {(each.owed.indicator_id, each.owed.place_id): each for each in found.lines}
    faults, new = [], []
    seen: set[tuple[int, int]] = set()
    late = int(Flag.LATE) if desk.now() >= found.row.due_at else 0
    for each in entries:
        at = (each.indicator, each.place)
        line = lines.get(at)
        named = line.indicator.code if line else str(each.indicator)
        if line is None or at in seen:
            faults.append(
                Fault(named, "không thuộc biểu này, hoặc lặp lại", "is not of this form, or stands twice")
            )
            continue
        seen.add(at)
        values.in_unit(line.indicator, each.unit)
        revision = line.standing.revision if line.standing else 0
        if revision != each.revision:
            faults.append(
                Fault(
                    named, "đã có người sửa, hãy tải lại", "somebody else has changed it, load it again",
                    None if line.standing is None else plain(line.standing.value),
                )
            )  # fmt: skip
        if each.missing is not None and each.missing not in BY_PEOPLE:
            faults.append(Fault(named, "lý do này do hệ thống ghi", "that reason is the system's own"))
        flags = (int(Flag.ESTIMATE) if each.is_estimate else 0) | late
        flags |= int(Flag.SIMULATED) if found.row.simulated else 0
        new.append(
            NewValue(
                indicator_id=each.indicator, place_id=each.place, start=found.row.start, value=each.value,
                missing=each.missing, flags=flags,
            )
        )  # fmt: skip
    if faults:
        raise Problem(INVALID, faults=tuple(faults[:200]))
    return await values.checked(connection, {each.indicator.id: each.indicator for each in found.lines}, new)


async def perform(
    connection: Connection, desk: Desk, principal: Principal, submission_id: int, act: Act, *, version: int
) -> Submission:
    """Do an act on a form and return it; its figures take its state."""
    row = await visible(connection, principal, submission_id)
    await submissions.turn(connection, row.form_code, row.org_id)
    row = await visible(connection, principal, submission_id, lock=True)
    found = await opened(connection, row)
    name = act_name(act)
    rule = RULES[name]
    principal.require(rule.permission, org_id=row.org_id, sector=found.form.sector)
    unchanged(row, version)
    if row.state not in rule.states:
        raise Problem(
            NOT_NOW, f"Biểu đang ở trạng thái “{STATE_WORDS[row.state][0]}”.",
            f"The form is {STATE_WORDS[row.state][1]}.", state=row.state,
        )  # fmt: skip
    if isinstance(act, Submit):
        _complete(found)
    after = replace(_after(row, act, principal, desk), version=row.version + 1, state=rule.to)
    await _move(connection, desk, principal, found, after=after, act=act)
    await tasking.follow(connection, desk, principal, after, act)
    await submissions.put(connection, after)
    reason = act.reason if isinstance(act, Return | Unlock) else ""
    body = {"from": row.state, "to": after.state, "reason": reason, "figures": len(found.lines)}
    await record(
        connection, desk, principal.id, action=name, subject=f"submission:{row.id}", org_id=row.org_id,
        sector=found.form.sector, body=body, told={"state": after.state, "form": row.form_code},
    )  # fmt: skip
    return after


def _complete(found: Opened) -> None:
    lacking = [line for line in found.lines if line.standing is None]
    if lacking:
        faults = tuple(
            Fault(f"{line.indicator.code}@{line.place.id}", f"thiếu: {line.indicator.vi}",
            f"lacks: {line.indicator.en}")
            for line in lacking[:200]
        )  # fmt: skip
        raise Problem(
            INCOMPLETE, f"Còn thiếu {len(lacking)} số liệu; điền số hoặc chọn lý do.",
            f"{len(lacking)} figures are missing; fill them in or give the reason.", faults=faults,
        )  # fmt: skip


def _after(row: Submission, act: Act, principal: Principal, desk: Desk) -> Submission:
    now = desk.now()
    match act_name(act):
        case "submit":
            return replace(row, submitted_at=row.submitted_at or now, submitted_by=principal.id, reason="")
        case "approve":
            return replace(row, approved_at=now, approved_by=principal.id)
        case "lock":
            return replace(row, locked_at=now, locked_by=principal.id)
        case _:
            reason = act.reason if isinstance(act, Return | Unlock) else ""
            return replace(
                row, approved_at=None, approved_by=None, locked_at=None, locked_by=None, reason=reason
            )


async def _move(
    connection: Connection, desk: Desk, principal: Principal, found: Opened, *, after: Submission, act: Act
) -> None:
    keys = [
        (line.owed.indicator_id, line.owed.place_id, after.start) for line in found.lines if line.standing
    ]
    if not keys:
        return
    document = act.document if isinstance(act, Unlock) else ""
    reason = act.reason if isinstance(act, Return | Unlock) else ""
    number = await store.add_batch(
        connection,
        Batch(
            at=desk.now(), author=principal.id, act=act_name(act), source_kind="submitted", reason=reason,
            document=document, source_ref=f"submission:{after.id}", org_id=after.org_id,
            simulated=after.simulated,
        ),
    )  # fmt: skip
    await store.move(connection, keys, to=VALUE_STATE[after.state], judged=number)
    if VALUE_STATE[after.state] == 0 or isinstance(act, Submit):
        # What is handed in is seen from now on, what was returned is not: dependents are counted again.
        await values.heard(connection, desk, keys)
        await values.tell(
            connection, number, "submitted", keys, org_id=after.org_id, late=desk.now() >= after.due_at
        )
