"""The tree of a year's plan, pure: total = own + children, held against what the source printed.

Real plan sheets carry amounts on lines without projects, and print totals on lines that group. What does not
add up is told with its difference; nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from haidang.programme.model.register import Node


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A line with what was computed for it."""

    node: Node
    depth: int
    own_dong: int
    """Amounts that stand on the line itself."""
    projects_dong: int
    """Amounts of the projects right below it."""
    total_dong: int
    """Own, projects and every line below."""
    projects: int
    """Projects below, at any depth."""

    @property
    def difference_dong(self) -> int | None:
        """Printed less computed; None where the source prints nothing."""
        return None if self.node.stated_dong is None else self.node.stated_dong - self.total_dong


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """How a year's tree adds up."""

    total_dong: int
    placed_dong: int
    """Sum over the tops of the tree."""
    unplaced_dong: int
    """Amounts of projects that stand under no line in that year."""
    stated: int
    """Lines with a printed total."""
    unreconciled: tuple[Branch, ...]


def branches(
    nodes: Sequence[Node], own: Mapping[int, int], projects: Mapping[int, Sequence[int]]
) -> list[Branch]:
    """Return the lines in their order with their sums.

    ``own`` has the amounts on lines, ``projects`` those of the projects right below each line, both in đồng.
    A line whose parent is not among ``nodes`` counts as a top.
    """
    known = {node.id for node in nodes}
    children: dict[int | None, list[Node]] = {}
    for node in sorted(nodes, key=lambda each: (each.position, each.id)):
        above = node.parent_id if node.parent_id in known else None
        children.setdefault(above, []).append(node)
    ordered: list[tuple[Node, int]] = []
    waiting = [(node, 0) for node in reversed(children.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        ordered.append((node, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(node.id, []))]
    totals: dict[int, int] = {}
    counts: dict[int, int] = {}
    for node, _ in reversed(ordered):
        below = children.get(node.id, [])
        amounts = projects.get(node.id, ())
        totals[node.id] = own.get(node.id, 0) + sum(amounts) + sum(totals[child.id] for child in below)
        counts[node.id] = len(amounts) + sum(counts[child.id] for child in below)
    return [
        Branch(
            node=node, depth=depth, own_dong=own.get(node.id, 0), projects=counts[node.id],
            projects_dong=sum(projects.get(node.id, ())), total_dong=totals[node.id],
        )
        for node, depth in ordered
    ]  # fmt: skip


def reconciled(found: Sequence[Branch], *, flat_dong: int) -> Reconciliation:
    """Hold the tree against its printed totals and against the flat sum of all amounts."""
    placed = sum(branch.total_dong for branch in found if branch.depth == 0)
    return Reconciliation(
        total_dong=flat_dong,
        placed_dong=placed,
        unplaced_dong=flat_dong - placed,
        stated=sum(branch.node.stated_dong is not None for branch in found),
        unreconciled=tuple(branch for branch in found if branch.difference_dong),
    )
