"""The lines of a year's plan: taking a sheet's tree in, placing projects, and the tree with its sums."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.programme.model.money import Dong
from haidang.programme.model.plans import PlanKind, Year
from haidang.programme.model.register import Node, NodeKind, Place, ProjectPhase
from haidang.programme.model.tree import Branch, Reconciliation, branches, reconciled
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, known_orgs, record, wrong
from haidang.programme.store import nodes, plans, register, rows

MANY_MAX = 5_000
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Short = Annotated[str, msgspec.Meta(max_length=500)]


class NewNode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line to be taken in. ``key`` is the caller's own word for it, by which others name their parent."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name: Name
    kind: NodeKind = "group"
    parent: str | None = None
    """Key of the line above, among those taken in together; or ``parent_id`` of one that stands."""
    parent_id: int | None = None
    number: Short = ""
    owner_org: int | None = None
    phase: ProjectPhase | None = None
    stated_dong: Dong | None = None
    stated_total_dong: Dong | None = None
    stated_on: date | None = None
    source_ref: Short = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A project under its line, with its amount."""

    project_id: int
    number: str
    amount_dong: int | None
    """None: no plan amount is known for it."""


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A year's plan as lines with sums."""

    branches: list[Branch]
    projects: dict[int, list[Line]]
    """Line → the projects right below it."""
    report: Reconciliation
    valid_on: date
    known_at: datetime


async def add(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    news: Sequence[NewNode],
    *,
    year: int,
) -> dict[str, int]:
    """Take lines of a year in, by one statement, in their order; return key → number."""
    program = await programs.kept(connection, principal, program_id)
    if len(news) > MANY_MAX:
        raise wrong("nodes", f"tối đa {MANY_MAX}", f"{MANY_MAX} at most")
    await known_orgs(connection, "owner_org", (new.owner_org for new in news))
    standing = await nodes.of_year(connection, program_id, year)
    ids = await rows.fresh_ids(connection, "plan_node", len(news))
    by_key: dict[str, int] = {}
    made: list[Node] = []
    now = desk.now()
    position = max((node.position for node in standing), default=0)
    known = {node.id for node in standing}
    for number, new in zip(ids, news, strict=True):
        if new.key in by_key:
            raise wrong("key", "trùng", "stands twice", new.key)
        if new.parent is not None and new.parent not in by_key:
            raise wrong("parent", "dòng cha phải đứng trước", "a parent stands before it", new.parent)
        if new.parent_id is not None and (new.parent is not None or new.parent_id not in known):
            raise wrong("parent_id", "không phải dòng của năm đó", "is no line of that year")
        by_key[new.key] = number
        position += 1
        facts = msgspec.structs.asdict(new)
        facts["parent_id"] = by_key[new.parent] if new.parent is not None else new.parent_id
        del facts["key"], facts["parent"]
        facts |= {"name": " ".join(new.name.split()), "position": position}
        made.append(
            Node(
                id=number, program_id=program_id, plan_year=year, created_by=principal.id, recorded_at=now,
                **facts,
            )
        )  # fmt: skip
    await rows.add(connection, "plan_node", made)
    if made:
        await record(
            connection, desk, principal.id, action="node.create", subject=f"program:{program_id}",
            about=program, body={"year": year, "count": len(made), "first": made[0].id, "last": made[-1].id},
        )  # fmt: skip
    return by_key


async def state(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    node_id: int,
    *,
    stated_dong: int | None,
    stated_on: date | None,
    version: int,
) -> Node:
    """Note the total that a source prints for a line, and of which decision date it is."""
    before = await rows.get(connection, "plan_node", Node, node_id, lock=True)
    if before is None:
        raise missing("Không có dòng này.", "There is no such line.")
    program = await programs.kept(connection, principal, before.program_id)
    unchanged(before, version)
    after = msgspec.structs.replace(
        before, stated_dong=stated_dong, stated_on=stated_on, version=before.version + 1
    )
    await rows.put(connection, "plan_node", after)
    await record(
        connection, desk, principal.id, action="node.state", subject=f"node:{node_id}", about=program,
        body={"stated_dong": [before.stated_dong, stated_dong], "stated_on": stated_on},
    )  # fmt: skip
    return after


async def place(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    wanted: Sequence[Place],
) -> None:
    """Put projects under lines of their year, by one statement."""
    program = await programs.kept(connection, principal, program_id)
    asked = {each.node_id for each in wanted}
    found = {
        node.id: node
        for node in await rows.where(
            connection, "plan_node", Node, program_id=program_id, id=sorted(asked), limit=MANY_MAX
        )
    }
    projects = await register.of_program(connection, program_id, {each.project_id for each in wanted})
    for each in wanted:
        if each.node_id not in found or found[each.node_id].plan_year != each.plan_year:
            raise wrong("node_id", "không phải dòng của năm đó", "is no line of that year", str(each.node_id))
        if each.project_id not in projects:
            raise wrong("project_id", "không thuộc chương trình", "is not of it", str(each.project_id))
    if not wanted:
        return
    await nodes.place(connection, wanted)
    await record(
        connection, desk, principal.id, action="project.place", subject=f"program:{program_id}",
        about=program,
        body={"count": len(wanted), "places": [[each.project_id, each.node_id] for each in wanted[:1_000]]},
    )  # fmt: skip


async def tree(
    connection: Connection,
    program_id: int,
    year: Year,
    *,
    valid_on: date,
    known_at: datetime,
    plan_kind: PlanKind = "annual",
    only: Collection[int] | None = None,
) -> Tree:
    """Return a year's lines with their sums by the plan that held on a day, and how they add up.

    A printed total is of the plan at its ``stated_on``; held against another day it differs by what was
    revised since, so the report of an import asks for that day. ``only``: over these projects, without
    amounts that stand on lines.
    """
    lines = await nodes.of_year(connection, program_id, year)
    found = await plans.as_of(
        connection,
        program_id,
        valid_on=valid_on,
        known_at=known_at,
        year=year,
        kind=plan_kind,
        projects=only,
    )
    own: dict[int, int] = {}
    of_project: dict[int, int] = {}
    for plan in found:
        if plan.node_id is not None:
            own[plan.node_id] = own.get(plan.node_id, 0) + plan.amount_dong
        elif plan.project_id is not None:
            of_project[plan.project_id] = of_project.get(plan.project_id, 0) + plan.amount_dong
    below: dict[int, list[Line]] = {}
    for each in await nodes.places(connection, program_id, year):
        if only is not None and each.project_id not in only:
            continue
        line = Line(
            project_id=each.project_id, number=each.number, amount_dong=of_project.get(each.project_id)
        )
        below.setdefault(each.node_id, []).append(line)
    amounts = {
        node: [line.amount_dong or 0 for line in projects_below] for node, projects_below in below.items()
    }
    summed = branches(lines, own, amounts)
    flat = sum(own.values()) + sum(of_project.values())
    return Tree(
        branches=summed, projects=below, report=reconciled(summed, flat_dong=flat), valid_on=valid_on,
        known_at=known_at,
    )  # fmt: skip


def report_of(found: Tree) -> dict[str, Any]:
    """Return the reconciliation as the API says it."""
    report = found.report
    return {
        "total_dong": report.total_dong, "placed_dong": report.placed_dong,
        "unplaced_dong": report.unplaced_dong, "stated": report.stated,
        "unreconciled": [
            {"node_id": each.node.id, "number": each.node.number, "name": each.node.name,
             "stated_dong": each.node.stated_dong, "total_dong": each.total_dong,
             "difference_dong": each.difference_dong, "source_ref": each.node.source_ref}
            for each in report.unreconciled
        ],
    }  # fmt: skip
