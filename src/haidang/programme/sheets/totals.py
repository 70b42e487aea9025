"""Whether the groups of a sheet add up: stated amount against the amounts below, for each column of money.

A group without lines below it carries an amount of its own (an allocation by norm). Where a group does not
add up, the cells one of which must be wrong are named: where the group above is off by the same amount in the
other direction it is the group's own cell; else one of the cells below, those first that are empty, could not
be read, or would fit after a slip of the hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from haidang.programme.sheets.description import Column
from haidang.programme.sheets.findings import Unreconciled
from haidang.programme.sheets.lines import Line, Reader
from haidang.programme.sheets.tree import Tree

SUSPECTS_MAX = 40


def value_of(line: Line, column: str) -> int | None:
    """Return a line's amount in a column: its own, or where it has none that of the lines below it."""
    if column in line.money:
        return line.money[column]
    below = [value for child in line.children if (value := value_of(child, column)) is not None]
    return sum(below) if below else None


def summed(columns: Sequence[Column], tree: Tree) -> dict[str, bool]:
    """Return the columns of money whose totals a sheet states; True where its groups do, not only its end."""
    parents = [line for line in tree.headings if line.children]
    found = {}
    for column in columns:
        stated = sum(column.name in line.money or column.name in line.unread for line in parents)
        totals = sum(column.name in line.money for line, _ in tree.totals)
        if column.kind == "money" and column.sums and (totals or stated):
            found[column.name] = stated * 2 > len(parents)
    return found


def agreeing(columns: Sequence[Column], tree: Tree) -> int:
    """Return how many sums of a tree hold, those of the total rows included."""
    names = summed(columns, tree)
    return sum(difference == 0 for _, _, _, difference in _checks(tree, names))


def _checks(tree: Tree, columns: dict[str, bool]) -> Iterator[tuple[Line, str, int, int | None]]:
    """Yield each group with lines below, a column, what these amount to, and how far the group is off."""
    groups = [(line, line.children) for line in tree.headings if line.children]
    groups += [(line, _parts_of_total(line, above, tree, columns)) for line, above in tree.totals]
    # A tree grows from the outside in, so that a wrong group is found after the one above it.
    for line, parts in groups:
        for column, by_groups in columns.items():
            values = [value_of(part, column) for part in parts]
            known = [value for value in values if value is not None]
            if column in line.money:
                yield line, column, sum(known), line.money[column] - sum(known)
            elif known and (by_groups or column in line.unread):
                yield line, column, sum(known), None


def _parts_of_total(line: Line, above: list[Line], tree: Tree, columns: dict[str, bool]) -> list[Line]:
    """Return the lines that a total row adds up: everything, or those of an open group that it fits."""
    for group in above:
        fits = all(
            line.money[column] == sum(value_of(part, column) or 0 for part in group.children)
            for column in columns
            if column in line.money
        )
        if fits and group.children:
            return group.children
    return tree.roots


def unreconciled(reader: Reader, columns: Sequence[Column], tree: Tree) -> list[Unreconciled]:
    """Return every group that does not add up, column by column."""
    found = list(_checks(tree, summed(columns, tree)))
    off = {(line.row, column): difference for line, column, _, difference in found if difference != 0}
    names = []
    for line, column, parts, difference in found:
        if difference == 0:
            continue
        cell = reader.at(line.row, column)
        vi, en = _told(line, column, parts, difference)
        names.append(
            Unreconciled(
                cell=cell, row=line.row, column=column, name=line.name, vi=vi, en=en,
                stated_dong=line.money.get(column), parts_dong=parts, difference_dong=difference,
                suspects=tuple(_suspects(reader, line, column, off=off, tree=tree))[:SUSPECTS_MAX],
            )
        )  # fmt: skip
    return names


def _told(line: Line, column: str, parts: int, difference: int | None) -> tuple[str, str]:
    if difference is None:
        what = ("không đọc được", "cannot be read") if column in line.unread else ("bỏ trống", "is empty")
        return (
            f"số tổng {what[0]}, các phần cộng lại {parts:,} đồng".replace(",", "."),
            f"the stated total {what[1]}, its parts make {parts:,} đồng",
        )
    return (
        f"lệch {difference:,} đồng so với các phần cộng lại".replace(",", "."),
        f"differs by {difference:,} đồng from the sum of its parts",
    )


def _suspects(
    reader: Reader,
    line: Line,
    column: str,
    *,
    off: dict[tuple[int, str], int | None],
    tree: Tree,
) -> Iterator[str]:
    difference = off[line.row, column]
    own = reader.at(line.row, column)
    if difference is None:
        yield own
        return
    above = line.parent.row if line.parent is not None else _grand(tree)
    upward = off.get((above, column)) if above is not None else None
    if upward is not None and upward == -difference:
        yield own  # wrong against its parts and, by the same amount, against the group above
        return
    parts = line.children or tree.roots
    below = {part.row: off.get((part.row, column)) for part in parts}
    contrary = [part for part in parts if below[part.row] == -difference]
    rows = contrary or sorted(parts, key=lambda part: _unlikeliness(part, column, difference))
    for part in rows:
        yield reader.at(part.row, column)
        if column in part.unread:  # its own amount is unknown, so what stands below it counts here
            yield from (reader.at(child.row, column) for child in part.children)
    if not contrary:
        yield own


def _grand(tree: Tree) -> int | None:
    return tree.totals[0][0].row if tree.totals else None


def _unlikeliness(part: Line, column: str, difference: int) -> int:
    if column in part.unread:
        return 0
    if column not in part.money:
        return 1
    value = part.money[column]
    return 2 if slip(value, value + difference) else 3


def slip(written: int, meant: int) -> bool:
    """Say whether a slip makes one number another: a digit lost or changed, two swapped, a wrong unit."""
    if meant < 0 or written < 0:
        return abs(meant) == abs(written)
    short, long = sorted((str(written), str(meant)), key=len)
    if len(short) == len(long):
        differing = [(a, b) for a, b in zip(short, long, strict=True) if a != b]
        return len(differing) == 1 or (len(differing) == 2 and differing[0] == differing[1][::-1])
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    return short.rstrip("0") == long.rstrip("0")
