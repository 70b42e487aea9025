"""What a whole sheet says against single cells: rows whose parts do not make their sum, numbers that skip.

Some of it refuses a row, some is only worth a look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from haidang.programme.sheets.findings import Finding, at
from haidang.programme.sheets.headings import Layout
from haidang.programme.sheets.lines import Line, Reader
from haidang.programme.sheets.tree import Tree

LIKELY_DONG = (10**6, 10**13)
"""Between one million and ten thousand tỷ đồng lies what a project gets in a year."""


def likely(layout: Layout, tree: Tree) -> bool:
    """Say whether the middle project of a sheet costs as much as projects do."""
    names = [each.name for each in layout.description.plans]
    amounts = sorted(line.money[name] for line in tree.projects for name in names if line.money.get(name))
    return not amounts or LIKELY_DONG[0] <= amounts[len(amounts) // 2] <= LIKELY_DONG[1]


def told_tiers(reader: Reader, lines: Sequence[Line], tree: Tree, tiers: dict[int, int]) -> None:
    """Name the headings whose tier was found out, or not, and what cannot be imported for it."""
    for line in lines:
        if line.row in tiers:
            kind = reader.layout.description.tiers[tiers[line.row]].kind
            vi, en = (
                f"số thứ tự không đọc được, hiểu là đầu mục “{kind}”",
                f"its number cannot be read: a {kind}",
            )
            reader.refused.append(_number(reader, line, "heading-guessed", vi, en, effect="cell"))
    for lost in tree.lost:
        vi, en = "không rõ là đầu mục hay dự án", "it cannot be told whether this is a heading or a project"
        reader.refused.append(_number(reader, lost, "row-unclear", vi, en))
        lost.refused = True
        _refuse_below(reader, lost, lost)


def _refuse_below(reader: Reader, line: Line, lost: Line) -> None:
    for child in line.children:
        cell = reader.at(lost.row, "number")
        vi, en = (
            f"đứng dưới dòng {lost.row} chưa rõ ({cell})",
            f"stands under row {lost.row}, which is unclear",
        )
        reader.refused.append(_number(reader, child, "heading-lost", vi, en))
        child.refused = True
        _refuse_below(reader, child, lost)


def _number(reader: Reader, line: Line, code: str, vi: str, en: str, *, effect: str = "row") -> Finding:
    name = next(each.name for each in reader.layout.description.columns if each.kind == "number")
    return at(
        reader.at(line.row, name), code, vi, en, value=line.number or line.name,
        effect="cell" if effect == "cell" else "row", row=line.row,
    )  # fmt: skip


def row_sums(reader: Reader, lines: Sequence[Line]) -> None:
    """Refuse rows whose total is not the sum of its columns."""
    for column in reader.layout.description.columns:
        parts = [part for part in column.of if part in reader.layout.places]
        if not parts or column.name not in reader.layout.places:
            continue
        for line in lines:
            known = [line.money[part] for part in parts if part in line.money]
            unread = line.unread & {column.name, *parts}
            if column.name not in line.money or not known or unread or line.role in ("detail", "remark"):
                continue
            rest = line.money[column.name] - sum(known)
            if rest:
                vi = f"lệch {rest:,} đồng so với các cột cộng lại".replace(",", ".")
                en = f"differs by {rest:,} đồng from the sum of its columns"
                cell = reader.at(line.row, column.name)
                reader.refused.append(at(cell, "row-sum", vi, en, row=line.row))
                line.refused = True


def told_numbers(reader: Reader, tree: Tree) -> None:
    """Note numbers that repeat or skip, and headings of phases that name none."""
    for line, wanted in tree.jumps:
        vi, en = (
            f"số thứ tự lặp hoặc nhảy (lẽ ra {wanted})",
            f"the number repeats or skips ({wanted} is next)",
        )
        reader.notes.append(_number(reader, line, "number-jumps", vi, en, effect="cell"))
    for line in tree.headings:
        kind = reader.layout.description.tiers[int(line.tier)].kind
        if kind == "phase" and line.meaning is None and line.name:
            vi, en = "không rõ đầu mục này là giai đoạn nào", "it is not said which phase this heading is"
            cell = reader.at(line.row, "name")
            reader.notes.append(
                at(cell, "phase-unknown", vi, en, value=line.name, effect="cell", row=line.row)
            )
    seen = Counter(place for line in tree.projects for place in line.places)
    for line in tree.projects:
        for place in line.places:
            if seen[place] == 1 and len(seen) < len(tree.projects) / 3:
                vi, en = f"địa điểm “{place}” chỉ gặp một lần", f"the place “{place}” stands only once"
                cell = reader.at(line.row, "places")
                reader.notes.append(at(cell, "place-once", vi, en, value=place, effect="cell", row=line.row))
        total = line.money.get("total_investment")
        plans = [
            line.money[c.name] for c in reader.layout.description.plans if c.name in line.money and not c.part
        ]
        if total is not None and any(amount > total for amount in plans):
            vi, en = "kế hoạch vốn lớn hơn tổng mức đầu tư", "the plan is more than the total investment"
            cell = reader.at(line.row, reader.layout.description.plans[0].name)
            reader.notes.append(at(cell, "plan-above-total", vi, en, effect="cell", row=line.row))
