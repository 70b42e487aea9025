"""Issuing a report: its number, and its figures kept so that it can be produced again as it was."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.directives.papers import store
from haidang.directives.papers.gathering import gathered
from haidang.directives.papers.model import Figures, Kind
from haidang.directives.papers.report import subtitle
from haidang.directives.service.desk import LOG
from haidang.documents import numbering
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.due import local_day
from haidang.tasks.service.desk import Desk

TYPE = "BC"


class NewReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which report is issued."""

    kind: Kind
    date: date | None = None
    """Any day of the period; absent: today."""
    unit: int | None = None
    """Only of this unit and those under it."""


def frozen(figures: msgspec.Struct) -> tuple[str, str]:
    """Return figures as the text that is kept, and its SHA-256."""
    text = msgspec.json.encode(figures, order="deterministic").decode()
    return text, hashlib.sha256(text.encode()).hexdigest()


def issuer_of(principal: Principal) -> int:
    """Return the office for which the asker issues papers; ``Problem`` where it has no office, or may not."""
    if principal.org_id is None:
        fault = Fault("issuer", "người lập phải thuộc một đơn vị", "whoever issues it must belong to a unit")
        raise Problem(INVALID, faults=(fault,))
    principal.require("directive.report", org_id=principal.org_id, area_code=None, sector=None)
    return principal.org_id


async def issue(
    connection: Connection, desk: Desk, principal: Principal, new: NewReport, *, province: str | None
) -> dict[str, Any]:
    """Freeze the figures of a period as they are now, under a number of the register; return the row."""
    issuer, now = issuer_of(principal), desk.now()
    figures = await gathered(
        connection, desk, principal, new.kind, on=new.date, unit=new.unit, province=province
    )
    text, sha256 = frozen(figures)
    number = await numbering.take(
        connection, issuer_org=issuer, type_code=TYPE, year=local_day(now).year, subject=subtitle(figures),
        actor=principal.id, at=now,
    )  # fmt: skip
    facts = {
        "kind": new.kind, "period_from": figures.period_from, "period_to": figures.period_to,
        "issuer_org": issuer, "unit_org": new.unit, "number": number.symbol, "cut_off": now, "figures": text,
        "sha256": sha256, "made_by": principal.id,
    }  # fmt: skip
    report_id = await store.add_report(connection, facts)
    await chain.append(
        connection, desk.clock, log=LOG, actor=principal.id, action="report.issue",
        subject=f"directive_report:{report_id}", org_id=issuer,
        body={"number": number.symbol, "sha256": sha256, "kind": new.kind, "from": figures.period_from},
    )  # fmt: skip
    found = await store.report(connection, principal, report_id)
    return shown(found) if found else {"id": report_id}


async def issued(
    connection: Connection, principal: Principal, report_id: int
) -> tuple[dict[str, Any], Figures]:
    """Return an issued report and its figures; ``Problem`` (404) where there is none for this asker."""
    found = await store.report(connection, principal, report_id)
    if found is None:
        raise missing("Không có báo cáo này.", "There is no such report.")
    return shown(found), msgspec.json.decode(found["figures"], type=Figures)


async def listed(
    connection: Connection, principal: Principal, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return issued reports of the asker's offices, newest first."""
    rows = await store.reports(connection, principal, before=before, limit=limit + 1)
    more = str(rows[limit - 1]["id"]) if len(rows) > limit else None
    return {"items": [shown(row) for row in rows[:limit]], "next": more}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as an answer carries it."""
    unit = None if row["unit_org"] is None else {"id": row["unit_org"], "name": row["unit"]}
    kept = ("id", "kind", "period_from", "period_to", "number", "cut_off", "sha256")
    return {name: row[name] for name in kept} | {
        "issuer": {"id": row["issuer_org"], "name": row["issuer"]}, "unit": unit,
        "made_by": row["made_by_name"] or row["made_by"],
    }  # fmt: skip
