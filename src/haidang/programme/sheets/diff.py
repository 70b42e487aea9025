"""What a sheet would change in the register, row by row; pure.

A row is added, changed, unchanged, in conflict, or refused. It is in conflict where a later decision is known
than the sheet's, where the register has the project under another owner, or where a name stands for several:
both sides are shown and a person chooses. What the sheet does not name stays: a missing row is no deletion.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from haidang.base.text import fold
from haidang.programme.model.plans import Line, Plan
from haidang.programme.model.register import Node, Place, Project
from haidang.programme.sheets import reading
from haidang.programme.sheets.findings import Finding
from haidang.programme.sheets.reading import Group, Sheet

Kind = Literal["added", "changed", "unchanged", "conflict", "refused"]
KINDS: tuple[Kind, ...] = ("added", "changed", "unchanged", "conflict", "refused")


class Reason(msgspec.Struct, frozen=True):
    """Why a row is refused or in conflict."""

    cell: str
    code: str
    vi: str
    en: str
    value: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """A project of the register that a row may be, where its name stands for several."""

    id: int
    version: int
    public_id: str
    name: str
    owner: str
    place: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of the sheet would do."""

    row: int
    what: Literal["project", "group"]
    kind: Kind
    number: str
    name: str
    owner: str | None
    id: int | None = None
    """The project or line of the register that it is."""
    version: int | None = None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    """Only what differs; amounts as ``plan:annual:all:2020`` in đồng."""
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    """Which projects it may be; a person names one of them, or none: then it is a new one."""


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole sheet would do."""

    rows: tuple[Row, ...]
    missing: tuple[tuple[int, str], ...]
    """Projects of that year's plan which the sheet does not name; they stay."""
    hash: str
    """Of all rows: whoever approves says which diff was seen."""

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind."""
        return {kind: sum(row.kind == kind for row in self.rows) for kind in KINDS}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the register holds, as far as a sheet can touch it."""

    projects: Sequence[Project]
    totals: Mapping[int, int]
    plans: Mapping[Line, Sequence[Plan]]
    """Rows that are known now, of the years of the sheet."""
    nodes: Sequence[Node]
    places: Sequence[Place]
    sources: Mapping[str, int]
    owners: Mapping[str, int | None]
    """Name of an owner in the sheet → unit."""


def compared(sheet: Sheet, known: Known, valid_from: date) -> Diff:
    """Return what a sheet whose amounts hold from a day would change."""
    comparing = _Comparing(sheet, known, valid_from)
    rows = tuple(sorted([*comparing.groups(), *comparing.projects()], key=lambda row: row.row))
    named = {row.id for row in rows if row.what == "project"}
    placed = {place.project_id for place in known.places}
    missing = [(each.id, each.name) for each in known.projects if each.id in placed and each.id not in named]
    digest = hashlib.sha256(msgspec.json.encode([rows, str(valid_from)])).hexdigest()
    return Diff(rows=rows, missing=tuple(missing), hash=digest)


def plan_key(plan: reading.Plan) -> str:
    """Return how a plan is called in a diff."""
    years = str(plan.year) if plan.year == plan.year_last else f"{plan.year}-{plan.year_last}"
    return f"plan:{plan.plan_kind}:{plan.fund_source}:{years}"


def line_of(plan: reading.Plan, sources: Mapping[str, int], *, project: int | None, node: int | None) -> Line:
    """Return the line of the ledger that a plan of a sheet is about."""
    return Line(project, node, sources[plan.fund_source], plan.plan_kind, plan.year, plan.year_last)


def facts_of(project: reading.Project) -> dict[str, Any]:
    """Return what a sheet says of a project, under the names of the register; nothing it does not say."""
    said: dict[str, Any] = {
        "name": project.name,
        "owner_name": project.owner,
        "project_phase": project.phase,
        "place": " - ".join(project.places),
        "start_on": date(project.start_year, 1, 1) if project.start_year else None,
        "finish_on": date(project.finish_year, 12, 31) if project.finish_year else None,
        "national_code": project.texts.get("code"),
        "capacity": project.texts.get("capacity"),
    }
    return {name: value for name, value in said.items() if value}


class _Comparing:
    def __init__(self, sheet: Sheet, known: Known, valid_from: date) -> None:
        self.sheet, self.known, self.valid_from = sheet, known, valid_from
        self.refused: dict[int | None, list[Finding]] = defaultdict(list)
        for each in sheet.refused:
            if each.effect != "cell":
                self.refused[None if each.effect == "sheet" else each.row].append(each)
        self.matches = _matched(sheet.projects, known.projects)
        self.nodes = matched_nodes(sheet.groups, known.nodes)
        self.headings = {each.row: each for each in sheet.groups}
        self.places = {each.project_id: each for each in known.places}

    def projects(self) -> Iterable[Row]:
        """Yield what each project of the sheet would do."""
        for each in self.sheet.projects:
            yield self._project(each)

    def groups(self) -> Iterable[Row]:
        """Yield what each heading would do; total rows are checked and not imported."""
        for each in self.sheet.groups:
            if each.kind != "total":
                yield self._group(each)

    def _project(self, each: reading.Project) -> Row:
        common: dict[str, Any] = {
            "row": each.row, "what": "project", "number": each.number, "name": each.name, "owner": each.owner,
        }  # fmt: skip
        if reasons := (*self._refusals(each.row), *self._homeless(each)):
            return Row(**common, kind="refused", reasons=reasons)
        found = self.matches[each.row]
        after = facts_of(each) | {plan_key(plan): plan.amount_dong for plan in each.plans}
        if each.total_investment_dong is not None:
            after["total_investment_dong"] = each.total_investment_dong
        if len(found) > 1:
            ids = ", ".join(project.public_id for project in found)
            why = Reason(self._cell(each.row), "project-ambiguous", f"trùng tên: {ids}", f"same name: {ids}")
            several = tuple(
                Candidate(of.id, of.version, of.public_id, of.name, of.owner_name, of.place) for of in found
            )
            return Row(**common, kind="conflict", reasons=(why,), after=after, candidates=several)
        if not found:
            return Row(**common, kind="added", after=after)
        project = found[0]
        before, later = self._held(project, each)
        differing = {name for name, value in after.items() if before.get(name) != value}
        reasons = tuple(later)
        if "owner_name" in differing and fold(before["owner_name"]) != fold(str(after["owner_name"])):
            vi, en = "sổ ghi chủ đầu tư khác", "the register has another owner"
            why = Reason(self._cell(each.row), "owner-differs", vi, en, before["owner_name"])
            reasons = (*reasons, why)
        kind: Kind = "conflict" if reasons and differing else "changed" if differing else "unchanged"
        if kind == "unchanged" and not self._stands(each, project):
            kind = "changed"
        return Row(
            **common, kind=kind, id=project.id, version=project.version, reasons=reasons,
            before={name: before.get(name) for name in sorted(differing)},
            after={name: after[name] for name in sorted(differing)},
        )  # fmt: skip

    def _refusals(self, row: int) -> tuple[Reason, ...]:
        found = [*self.refused[None], *self.refused[row]]
        return tuple(Reason(each.cell, each.code, each.vi, each.en, each.value) for each in found)

    def _homeless(self, each: reading.Project) -> Iterable[Reason]:
        """Yield why a project cannot be told whose it is: a heading above it has lost its name."""
        at = each.group
        while at is not None:
            group = self.headings.get(at)
            if group is None:
                return  # below a heading that could not be told: refused already
            if not group.name:
                vi, en = "đầu mục phía trên mất tên", "a heading above it has lost its name"
                yield Reason(self._cell(at), "heading-unnamed", vi, en)
            at = group.parent
        if not each.owner and any(other.owner for other in self.sheet.projects):
            yield Reason(
                self._cell(each.row), "owner-missing", "không rõ chủ đầu tư", "its owner is not said"
            )

    def _cell(self, row: int) -> str:
        return f"{self.sheet.columns.get('name', 'A')}{row}"

    def _held(self, project: Project, each: reading.Project) -> tuple[dict[str, Any], list[Reason]]:
        """Return what the register says of a project, and which amounts of it a later decision has set."""
        before: dict[str, Any] = {
            name: getattr(project, name)
            for name in (
                "name", "owner_name", "project_phase", "place", "start_on", "finish_on", "national_code",
                "capacity",
            )
        }  # fmt: skip
        before["total_investment_dong"] = self.known.totals.get(project.id)
        later = []
        for plan in each.plans:
            amount, why = self._amount(plan, line_of(plan, self.known.sources, project=project.id, node=None))
            before[plan_key(plan)] = amount
            if why is not None and amount != plan.amount_dong:
                later.append(why)
        return before, later

    def _amount(self, plan: reading.Plan, line: Line) -> tuple[int | None, Reason | None]:
        """Return what the register has from the sheet's day on, and why it must not be gone over."""
        rows = self.known.plans.get(line, ())
        held = next((row for row in rows if row.holds_on(self.valid_from)), None)
        later = max((row for row in rows if row.valid_from > self.valid_from), default=None, key=_since)
        if later is not None:
            vi = f"đã có quyết định sau, hiệu lực {later.valid_from:%d/%m/%Y}: {later.amount_dong:,} đồng"
            en = f"a later decision holds from {later.valid_from}: {later.amount_dong:,} đồng"
            return (held.amount_dong if held else None), Reason(
                plan.cell, "later-decision", vi.replace(",", "."), en
            )
        return (held.amount_dong if held else None), None

    def _stands(self, each: reading.Project, project: Project) -> bool:
        """Say whether the project stands under the sheet's heading in that year already."""
        if each.group is None:
            return True
        node = self.nodes.get(each.group)
        place = self.places.get(project.id)
        return place is not None and node is not None and place.node_id == node.id

    def _group(self, each: Group) -> Row:
        common: dict[str, Any] = {
            "row": each.row, "what": "group", "number": each.number, "name": each.name, "owner": None,
        }  # fmt: skip
        if reasons := self._refusals(each.row):
            return Row(**common, kind="refused", reasons=reasons)
        after: dict[str, Any] = {plan_key(plan): plan.amount_dong for plan in each.plans}
        after |= stated_of(each, self.sheet)
        node = self.nodes.get(each.row)
        if node is None:
            return Row(**common, kind="added", after=after)
        before: dict[str, Any] = {"stated_dong": node.stated_dong}
        after.pop("stated_total_dong", None)  # kept as it was first printed
        later = []
        for plan in each.plans:
            line = line_of(plan, self.known.sources, project=None, node=node.id)
            before[plan_key(plan)], why = self._amount(plan, line)
            if why is not None and before[plan_key(plan)] != plan.amount_dong:
                later.append(why)
        differing = sorted(name for name, value in after.items() if before.get(name) != value)
        kind: Kind = "conflict" if later else "changed" if differing else "unchanged"
        return Row(
            **common, kind=kind, id=node.id, version=node.version, reasons=tuple(later),
            before={name: before.get(name) for name in differing},
            after={name: after[name] for name in differing},
        )  # fmt: skip


def stated_of(group: Group, sheet: Sheet) -> dict[str, int]:
    """Return the totals that a heading states, under the names of the register."""
    plans = [group.stated[name] for name in sheet.plan_columns if name in group.stated]
    found = {"stated_dong": sum(plans)} if plans else {}
    if "total_investment" in group.stated:
        found["stated_total_dong"] = group.stated["total_investment"]
    return found


def _since(plan: Plan) -> date:
    return plan.valid_from


def _matched(wanted: Sequence[reading.Project], projects: Sequence[Project]) -> dict[int, list[Project]]:
    """Return, for each row, the projects of the register that it may be: none, one, or several."""
    by_code: dict[str, list[Project]] = defaultdict(list)
    by_name: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        by_code[project.national_code].append(project)
        by_name[fold(project.name)].append(project)
    same: dict[tuple[str, str], list[reading.Project]] = defaultdict(list)
    for each in wanted:
        same[fold(each.name), fold(each.owner or "")].append(each)
    found: dict[int, list[Project]] = {}
    for (name, owner), rows in same.items():
        named = by_name.get(name, [])
        owned = [project for project in named if fold(project.owner_name) == owner]
        candidates = owned or named
        for at, each in enumerate(sorted(rows, key=lambda row: row.row)):
            code = each.texts.get("code", "")
            if code and len(by_code.get(code, [])) == 1:
                found[each.row] = by_code[code]
            elif len(candidates) == len(rows) and (owned or len(rows) == 1):
                # As often in the sheet as in the register: first with first, second with second.
                found[each.row] = [candidates[at]]
            else:
                found[each.row] = candidates
    return found


def matched_nodes(groups: Sequence[Group], nodes: Sequence[Node]) -> dict[int, Node]:
    """Return which line of the register each heading is: by its names from the top down, in their order."""
    standing: dict[tuple[int | None, str], list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda each: each.position):
        standing[node.parent_id, fold(node.name)].append(node)
    found: dict[int, Node] = {}
    for each in groups:
        parent = found.get(each.parent) if each.parent is not None else None
        if each.kind == "total" or (each.parent is not None and parent is None):
            continue
        waiting = standing.get((parent.id if parent is not None else None, fold(each.name)), [])
        if waiting:
            found[each.row] = waiting.pop(0)
    return found
