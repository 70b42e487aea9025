"""Writing the approved rows of a diff: lines, projects, places, totals, amounts, in that order.

Each step is one call of the register's service for all rows; money moves only through ``plans.revise``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.plans import Revision
from haidang.programme.model.register import Place, Program
from haidang.programme.service import nodes, plans, programs, projects
from haidang.programme.service.desk import Desk, wrong
from haidang.programme.service.nodes import NewNode
from haidang.programme.service.programs import NewDecision
from haidang.programme.service.projects import NewProject, NewTotal, ProjectPatch
from haidang.programme.sheets import reading
from haidang.programme.sheets.diff import Diff, Known, Row, facts_of, matched_nodes, plan_key, stated_of
from haidang.programme.sheets.reading import Group, Sheet

if TYPE_CHECKING:
    from haidang.programme.sheets.importing import Approval
    from haidang.programme.sheets.store import Import

AMOUNT_FACTS = frozenset(("total_investment_dong",))


class Taken(msgspec.Struct, frozen=True):
    """The rows that a person takes."""

    rows: dict[int, Row]
    """By the row's number; one in conflict with the project that the person chose."""

    @classmethod
    def of(cls, diff: Diff, rows: tuple[int, ...] | None, conflicts: dict[int, int | None]) -> Taken:
        """Return what is taken; ``Problem`` for a row that cannot be."""
        by_row = {row.row: row for row in diff.rows}
        wanted = rows if rows is not None else [r.row for r in diff.rows if r.kind in ("added", "changed")]
        taken: dict[int, Row] = {}
        for number in wanted:
            row = by_row.get(number)
            if row is None or row.kind not in ("added", "changed", "unchanged"):
                raise wrong("rows", "không phải dòng thêm hay sửa", "is no added or changed row", str(number))
            taken[number] = row
        for number, project_id in conflicts.items():
            row = by_row.get(number)
            if row is None or row.kind != "conflict":
                raise wrong("conflicts", "không phải dòng xung đột", "is no row in conflict", str(number))
            taken[number] = row if project_id is None else _chosen(row, project_id)
        return cls(taken)


def _chosen(row: Row, project_id: int) -> Row:
    """Return a row in conflict as the project that a person says it is; ``Problem`` for one it cannot be."""
    if project_id == row.id:
        return row
    found = next((each for each in row.candidates if each.id == project_id), None)
    if found is None:
        raise wrong("conflicts", "không phải dự án nêu ra", "is no project that was named", str(project_id))
    return msgspec.structs.replace(row, id=found.id, version=found.version)


class _Writing(msgspec.Struct):
    """What the steps of one approval share."""

    connection: Connection
    desk: Desk
    principal: Principal
    program: Program
    source: Import
    sheet: Sheet
    known: Known
    taken: Taken
    decision: int

    @property
    def valid_from(self) -> date:
        return self.source.valid_from

    def ref(self, row: int) -> str:
        return f"{self.source.name[:200]} · dòng {row} · sha256 {self.source.sha256[:12]}"


async def write(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    *,
    program: Program,
    source: Import,
    approval: Approval,
    sheet: Sheet,
    known: Known,
    taken: Taken,
) -> tuple[dict[str, Any], int]:
    """Write the taken rows; return what was written, and the decision that they stand on."""
    new = NewDecision(
        kind=approval.decision.kind, doc_number=approval.decision.doc_number,
        signed_on=approval.decision.signed_on, issuer=approval.decision.issuer,
        subject=approval.decision.subject, file_sha256=source.sha256,
    )  # fmt: skip
    [decision] = await programs.decide(connection, desk, principal, program.id, [new])
    work = _Writing(
        connection, desk, principal, program, source, sheet, known, taken, decision.id
    )  # fmt: skip
    lines, lines_added = await _lines(work)
    ids, added, changed = await _projects(work)
    placed = await _places(work, lines, ids)
    set_totals = await _totals(work, ids)
    revised = await _amounts(work, lines, ids)
    result: dict[str, Any] = {
        "decision_id": decision.id, "projects_added": added, "projects_changed": changed,
        "lines_added": lines_added, "projects_placed": placed, "totals_set": set_totals,
        "plans": msgspec.to_builtins(revised),
    }  # fmt: skip
    year = sheet.year
    if year is not None:
        tree = await nodes.tree(
            connection, program.id, year, valid_on=source.valid_from, known_at=desk.now(),
            plan_kind=_kind(sheet),
        )  # fmt: skip
        result["reconciliation"] = nodes.report_of(tree)
    return result, decision.id


def _kind(sheet: Sheet) -> Any:
    return next(plan.plan_kind for plan in sheet.plans)


async def _lines(work: _Writing) -> tuple[dict[int, int], int]:
    """Take in the headings that the taken rows stand under; return row → line."""
    groups = {each.row: each for each in work.sheet.groups if each.kind != "total"}
    needed: set[int] = set()
    wanted = [each.group for each in work.sheet.projects if each.row in work.taken.rows]
    wanted += [row for row in groups if row in work.taken.rows]
    while wanted:
        at = wanted.pop()
        if at is not None and at not in needed:
            needed.add(at)
            wanted.append(groups[at].parent)
    standing = {row: node.id for row, node in matched_nodes(work.sheet.groups, work.known.nodes).items()}
    year = work.sheet.year or 0
    news = [_new_line(work, groups[row], standing) for row in sorted(needed) if row not in standing]
    made = (
        await nodes.add(work.connection, work.desk, work.principal, work.program.id, news, year=year)
        if news
        else {}
    )
    for row, node in list(standing.items()):
        said = work.taken.rows.get(row)
        if said is not None and {"stated_dong", "stated_total_dong"} & set(said.after) and said.version:
            await nodes.state(
                work.connection, work.desk, work.principal, node, version=said.version,
                stated_dong=stated_of(groups[row], work.sheet).get("stated_dong"), stated_on=work.valid_from,
            )  # fmt: skip
    return standing | {int(key): number for key, number in made.items()}, len(made)


def _new_line(work: _Writing, group: Group, standing: dict[int, int]) -> NewNode:
    parent = group.parent
    stands = parent is not None and parent in standing
    said = stated_of(group, work.sheet) if group.row in work.taken.rows else {}
    return NewNode(
        key=str(group.row), name=group.name or group.number, kind=group.kind,  # type: ignore[arg-type]
        parent=str(parent) if parent is not None and not stands else None,
        parent_id=standing[parent] if parent is not None and stands else None,
        number=group.number, phase=group.phase,  # type: ignore[arg-type]
        owner_org=work.known.owners.get(group.name) if group.kind == "owner" else None,
        stated_dong=said.get("stated_dong"), stated_total_dong=said.get("stated_total_dong"),
        stated_on=work.valid_from, source_ref=work.ref(group.row),
    )  # fmt: skip


async def _projects(work: _Writing) -> tuple[dict[int, int], int, int]:
    """Take in new projects and change known ones; return row → project."""
    ids: dict[int, int] = {}
    fresh: list[tuple[int, NewProject]] = []
    changed = 0
    for each in work.sheet.projects:
        row = work.taken.rows.get(each.row)
        if row is None:
            continue
        if row.id is None:
            fresh.append((each.row, _new_project(work, each)))
            continue
        ids[each.row] = row.id
        patch: dict[str, Any] = {name: row.after[name] for name in facts_of(each) if name in row.after}
        if patch:
            owner = work.known.owners.get(each.owner or "")
            if "owner_name" in patch and owner is not None:
                patch["owner_org"] = owner
            await projects.change(
                work.connection, work.desk, work.principal, row.id,
                ProjectPatch(**patch),
                version=row.version or 0,
            )  # fmt: skip
            changed += 1
    made = await projects.create_many(work.connection, work.desk, work.principal, [new for _, new in fresh])
    ids |= {row: project.id for (row, _), project in zip(fresh, made, strict=True)}
    return ids, len(made), changed


def _new_project(work: _Writing, each: reading.Project) -> NewProject:
    facts = facts_of(each)
    years = [str(year) for year in (each.start_year, each.finish_year) if year is not None]
    owner = work.known.owners.get(each.owner or "")
    return NewProject(
        program_id=work.program.id, owner_org=work.program.owner_org if owner is None else owner,
        time_text="-".join(years), source_ref=work.ref(each.row), **facts,
    )  # fmt: skip


async def _places(work: _Writing, lines: dict[int, int], ids: dict[int, int]) -> int:
    wanted = [
        Place(
            project_id=ids[each.row], plan_year=each.plans[0].year, node_id=lines[each.group],
            position=each.row, number=each.number,
        )
        for each in work.sheet.projects
        if each.row in ids and each.group in lines and each.plans
    ]  # fmt: skip
    await nodes.place(work.connection, work.desk, work.principal, work.program.id, wanted)
    return len(wanted)


async def _totals(work: _Writing, ids: dict[int, int]) -> int:
    news = [
        NewTotal(
            project_id=ids[each.row], amount_dong=each.total_investment_dong, decision_id=work.decision,
            valid_from=work.valid_from, reason=f"Theo bảng kế hoạch: {work.ref(each.row)}",
        )
        for each in work.sheet.projects
        if each.row in ids
        and each.total_investment_dong is not None
        and AMOUNT_FACTS & set(work.taken.rows[each.row].after)
    ]  # fmt: skip
    return len(await projects.set_totals(work.connection, work.desk, work.principal, news))


async def _amounts(work: _Writing, lines: dict[int, int], ids: dict[int, int]) -> plans.Revised:
    found = [(each.row, plan) for each in work.sheet.projects for plan in each.plans]
    found += [(each.row, plan) for each in work.sheet.groups for plan in each.plans]
    revisions = [
        Revision(
            project_id=ids.get(row), node_id=None if row in ids else lines[row],
            fund_source_id=work.known.sources[plan.fund_source], plan_kind=plan.plan_kind,
            plan_year=plan.year, plan_year_to=plan.year_last, amount_dong=plan.amount_dong,
            decision_id=work.decision, valid_from=work.valid_from,
        )
        for row, plan in found
        if row in work.taken.rows and plan_key(plan) in work.taken.rows[row].after
    ]  # fmt: skip
    return await plans.revise(work.connection, work.desk, work.principal, work.program.id, revisions)
