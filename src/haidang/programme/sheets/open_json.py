"""OC4IDS project packages (0.9) as sheets: the same difference, the same approval.

An amount is read as the file writes it, in whole đồng; a currency other than VND, a plan of a kind that the
register does not tell apart, and a day that is none are refused by their JSON pointer. Contracting processes
are not read: contracts come into the register with their documents.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from haidang.base.problems import Problem
from haidang.documents.numbers import Amiss, clean
from haidang.documents.workbook import UNREADABLE
from haidang.programme.sheets.description import PlanKind
from haidang.programme.sheets.findings import Finding, at
from haidang.programme.sheets.reading import Plan, Project, Sheet
from haidang.programme.sheets.values import money

PROJECTS_MAX = 5_000
NAME = "oc4ids"
_SOURCE = "VN-NV-"
"""Prefix of our own fund sources; a party of others is money of all sources."""


def is_json(content: bytes) -> bool:
    """Say whether a file is JSON rather than a workbook."""
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def read(content: bytes) -> Sheet:
    """Return the projects of a package; ``Problem`` (workbook-unreadable) where it is none."""
    try:
        package = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as cause:
        raise _refused("Không phải JSON.", f"It is no JSON: {str(cause)[:200]}.") from cause
    found = package.get("projects") if isinstance(package, dict) else None
    if not isinstance(found, list) or len(found) > PROJECTS_MAX:
        vi, en = "Không phải gói dự án OC4IDS.", "It is no OC4IDS project package."
        raise _refused(vi, f"{en} At most {PROJECTS_MAX} projects are taken.")
    refused: list[Finding] = []
    projects = [_Reader(each, row, refused).project() for row, each in enumerate(found, start=1)]
    total = sum(plan.amount_dong for project in projects for plan in project.plans)
    return Sheet(
        description=NAME, description_version=1, page="", title=clean(str(package.get("uri", "")))[:500],
        unit_dong=1, unit_cell="", columns={}, groups=(), projects=tuple(projects), plan_columns=("budget",),
        plan_total_dong=total, unreconciled=(), refused=tuple(refused), notes=(), conversions=(),
    )  # fmt: skip


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def _refused(vi: str, en: str) -> Problem:
    return Problem(UNREADABLE, vi, en)


class _Reader:
    """Reads one project; what it cannot take stands in ``refused`` by its pointer."""

    def __init__(self, facts: Any, row: int, refused: list[Finding]) -> None:
        self.facts = facts if isinstance(facts, dict) else {}
        self.row, self.refused, self.bad = row, refused, False

    def _amiss(self, path: str, code: str, vi: str, en: str, value: Any = "") -> None:
        cell = f"/projects/{self.row - 1}/{path}"
        said = str(value).encode("utf-8", "replace").decode()
        self.refused.append(at(cell, code, vi, en, value=said, row=self.row))
        self.bad = True

    def project(self) -> Project:
        """Return the project, refused where anything of it is."""
        name = self._text(self.facts.get("title"), "title")
        if not name and not self.bad:
            self._amiss("title", "name-missing", "thiếu tên", "the name is missing")
        authority, period = self._part("publicAuthority"), self._part("period")
        code = self._text(self.facts.get("id"), "id")[:500]
        budget = self._part("budget")
        total = self._amount(budget.get("amount"), "budget/amount") if "amount" in budget else None
        plans = tuple(self._plans(budget))
        return Project(
            row=self.row, number=str(self.row), name=name[:1_000], group=None,
            owner=self._text(authority.get("name"), "publicAuthority/name")[:500] or None, phase=None,
            places=tuple(self._places()),
            start_year=self._year(period.get("startDate"), "period/startDate"),
            finish_year=self._year(period.get("endDate"), "period/endDate"),
            total_investment_dong=total, plans=plans, texts={"code": code} if code else {}, refused=self.bad,
        )  # fmt: skip

    def _text(self, found: Any, path: str) -> str:
        text = clean(str(found or ""))
        if not text.isprintable():
            self._amiss(path, "text-damaged", "chữ bị hỏng mã", "letters are lost in this text")
            return ""
        return text

    def _part(self, name: str) -> dict[str, Any]:
        found = self.facts.get(name)
        if found is not None and not isinstance(found, dict):
            self._amiss(name, "not-an-object", "không phải đối tượng", "is no object")
        return found if isinstance(found, dict) else {}

    def _list(self, found: Any, path: str) -> list[dict[str, Any]]:
        if found is not None and not (isinstance(found, list) and all(isinstance(e, dict) for e in found)):
            self._amiss(path, "not-a-list", "không phải danh sách", "is no list of objects")
            return []
        return found or []

    def _places(self) -> list[str]:
        found = self._list(self.facts.get("locations"), "locations")
        said = (self._text(each.get("description"), "locations")[:200] for each in found[:50])
        return [place for place in said if place]

    def _amount(self, found: Any, path: str) -> int | None:
        value = found.get("amount") if isinstance(found, dict) else None
        if not isinstance(found, dict) or isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._amiss(path, "not-a-number", "không phải là số tiền", "is no amount", value or "")
            return None
        if found.get("currency") != "VND":
            self._amiss(path, "currency", "không phải VND", "is not in VND", found.get("currency"))
            return None
        told = money(Decimal(value), 1)
        if isinstance(told, Amiss) or told.remainder:
            why = (
                told if isinstance(told, Amiss) else Amiss("remainder", "lẻ hơn một đồng", "parts of a đồng")
            )
            self._amiss(path, why.code, why.vi, why.en, value)
            return None
        return told.dong

    def _year(self, found: Any, path: str) -> int | None:
        if found in (None, ""):
            return None
        try:
            return date.fromisoformat(str(found)[:10]).year
        except ValueError:
            self._amiss(path, "not-a-day", "không phải ngày", "is no day", found)
            return None

    def _plans(self, budget: dict[str, Any]) -> list[Plan]:
        made = []
        kinds: dict[str, PlanKind] = {kind: kind for kind in get_args(PlanKind)}
        for at_kind, group in enumerate(
            self._list(budget.get("budgetBreakdowns"), "budget/budgetBreakdowns")
        ):
            path = f"budget/budgetBreakdowns/{at_kind}"
            said = str(group.get("id"))
            kind = kinds.get(said)
            if kind is None:
                self._amiss(
                    f"{path}/id", "plan-kind", "không rõ loại kế hoạch", "no kind of plan of ours", said
                )
                continue
            for number, entry in enumerate(self._list(group.get("budgetBreakdown"), path)):
                plan = self._plan(entry, kind, f"{path}/budgetBreakdown/{number}")
                if plan is not None:
                    made.append(plan)
        return made

    def _plan(self, entry: dict[str, Any], kind: PlanKind, path: str) -> Plan | None:
        amount = self._amount(entry.get("amount"), f"{path}/amount")
        period = entry.get("period") if isinstance(entry.get("period"), dict) else {}
        first = self._year(period.get("startDate"), f"{path}/period") if isinstance(period, dict) else None
        last = self._year(period.get("endDate"), f"{path}/period") if isinstance(period, dict) else None
        if first is None:
            self._amiss(f"{path}/period", "year-missing", "không rõ năm kế hoạch", "the year is not said")
        if amount is None or first is None:
            return None
        party = entry.get("sourceParty")
        said = str(party.get("id", "")) if isinstance(party, dict) else ""
        source = said.removeprefix(_SOURCE) if said.startswith(_SOURCE) else "all"
        return Plan(
            column="budget", cell=f"/projects/{self.row - 1}/{path}", plan_kind=kind, fund_source=source,
            year=first, year_last=last or first if kind == "medium" else first, amount_dong=amount,
        )  # fmt: skip
