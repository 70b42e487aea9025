"""Reading a plan sheet: from the bytes of a workbook to projects, groups, plans and findings.

Pure: no database, no clock. The same bytes give the same reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from haidang.documents.cells import Page, read_pages
from haidang.documents.numbers import Style
from haidang.documents.sheet import address
from haidang.programme.sheets.description import Description, PlanKind, shipped
from haidang.programme.sheets.doubts import likely, row_sums, told_numbers, told_tiers
from haidang.programme.sheets.findings import Finding, Unreconciled, at
from haidang.programme.sheets.headings import Layout, Surroundings, faults_of, lay, look_around
from haidang.programme.sheets.legacy import Encoding, converted
from haidang.programme.sheets.lines import Line, Reader
from haidang.programme.sheets.totals import agreeing, unreconciled
from haidang.programme.sheets.tree import Tree, grow, guess_tiers

SAMPLE = 4_000
"""Cells by which the encoding of a page is judged."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a sheet where it does not say it itself."""

    descriptions: tuple[Description, ...] = ()
    """Those to choose from; none: the shipped ones."""
    page: str | None = None
    numbers: Style | None = None
    unit: int | None = None
    year: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of a plan."""

    column: str
    cell: str
    plan_kind: PlanKind
    fund_source: str
    year: int
    year_last: int
    amount_dong: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A heading or a total row."""

    row: int
    kind: str
    """What the tier or the text says: tier, owner, capital, phase, norm, group, or total"""
    phase: str | None
    number: str
    name: str
    parent: int | None
    """Row of the heading above."""
    stated: dict[str, int]
    """Amounts that stand in its row, whole đồng by column."""
    leaf: bool
    """No line below it: its amounts are its own."""
    plans: tuple[Plan, ...] = ()
    """Plans of a leaf."""


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project of the sheet."""

    row: int
    number: str
    name: str
    group: int | None
    """Row of the heading above."""
    owner: str | None
    phase: str | None
    places: tuple[str, ...]
    start_year: int | None
    finish_year: int | None
    total_investment_dong: int | None
    plans: tuple[Plan, ...]
    texts: dict[str, str]
    refused: bool
    """A cell of its row is refused: the row is shown and not imported."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A plan sheet as it was read."""

    description: str | None
    description_version: int | None
    page: str
    title: str
    unit_dong: int | None
    unit_cell: str
    columns: dict[str, str]
    """Column → its letter in the sheet."""
    groups: tuple[Group, ...]
    projects: tuple[Project, ...]
    plan_columns: tuple[str, ...]
    plan_total_dong: int
    """All plan amounts that could be read: of projects and of groups without lines below."""
    unreconciled: tuple[Unreconciled, ...]
    refused: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    conversions: tuple[tuple[str, str, str, str], ...]

    @property
    def plans(self) -> list[Plan]:
        """All plan amounts: of projects and of groups without lines below."""
        return [plan for project in self.projects for plan in project.plans] + [
            plan for group in self.groups for plan in group.plans
        ]

    @property
    def main_plans(self) -> list[Plan]:
        """Those of the kind that the sheet is first of all."""
        plans = self.plans
        return [plan for plan in plans if plan.plan_kind == plans[0].plan_kind]

    @property
    def year(self) -> int | None:
        """The year whose tree of lines the sheet is: that of its first plan."""
        return next((plan.year for plan in self.plans), None)

    @property
    def unreconciled_groups(self) -> int:
        """How many groups do not add up in some column."""
        return len({each.row for each in self.unreconciled})


def read(content: bytes, asked: Asked = Asked()) -> Sheet:  # noqa: B008 - a frozen struct
    """Return the reading of a workbook; ``Problem`` (workbook-unreadable) only where it cannot be opened."""
    pages = read_pages(content)
    descriptions = asked.descriptions or shipped()
    wanted = [page for page in pages if asked.page in (None, page.name) and page.rows]
    laid = [(page, layout) for page in wanted if (layout := lay(page, descriptions)) is not None]
    laid.sort(key=lambda each: each[1].score, reverse=True)
    if not laid:
        return _unknown(wanted)
    page, layout = laid[0]
    notes = [_other(other) for other, found in laid[1:] if not found.missing]
    faults = faults_of(page, layout)
    around = look_around(page, layout, unit=asked.unit, year=asked.year)
    if layout.missing:
        return _sheet(layout, around, Reading(page.name, (*faults, *around.faults), tuple(notes)))
    reader = Reader(page, layout, around, style=asked.numbers, encoding=_encoding(page, layout))
    lines = reader.lines()
    columns = layout.description.columns
    tiers = guess_tiers(lines, layout.description, lambda tree: agreeing(columns, tree))
    tree = grow(lines, layout.description, tiers)
    if asked.unit is None and around.unit is not None and not likely(layout, tree):
        vi = "số tiền quá nhỏ hoặc quá lớn so với đơn vị tính; hãy xác nhận đơn vị"
        en = "amounts are too small or too large for the unit; confirm the unit"
        faults.append(
            at(around.unit_cell or "A1", "unit-unlikely", vi, en, value=str(around.unit), effect="sheet")
        )
    told_tiers(reader, lines, tree, tiers)
    row_sums(reader, lines)
    told_numbers(reader, tree)
    if page.hidden_rows:
        vi, en = (
            f"{page.hidden_rows} dòng ẩn cũng được đọc",
            f"{page.hidden_rows} hidden rows are read as well",
        )
        notes.append(at("A1", "rows-hidden", vi, en, effect="cell"))
    refused = (*faults, *around.faults, *reader.refused)
    found = Reading(
        page.name, refused, (*notes, *reader.notes), tuple(reader.conversions), tree,
        tuple(unreconciled(reader, columns, tree)),
    )  # fmt: skip
    return _sheet(layout, around, found)


def _unknown(pages: Sequence[Page]) -> Sheet:
    vi = "không nhận ra tiêu đề bảng nào; hãy chọn mô tả bảng"
    en = "no headings of any described sheet are found; choose a description"
    fault = at("A1", "sheet-unknown", vi, en, value=pages[0].name if pages else "", effect="sheet")
    return Sheet(
        description=None, description_version=None, page=pages[0].name if pages else "", title="",
        unit_dong=None, unit_cell="", columns={}, groups=(), projects=(), plan_columns=(), plan_total_dong=0,
        unreconciled=(), refused=(fault,), notes=(), conversions=(),
    )  # fmt: skip


def _other(page: Page) -> Finding:
    vi, en = (
        "trang tính này cũng đọc được nhưng chưa nhập",
        "this sheet could be read too and is not imported",
    )
    return at("A1", "page-left", vi, en, value=page.name, effect="sheet")


def _encoding(page: Page, layout: Layout) -> Encoding | None:
    """Return the old encoding of most texts of a page that are in one."""
    cells = [cell for row in page.rows.values() for cell in row.values() if cell.kind == "text"][:SAMPLE]
    found = Counter(made[1] for cell in cells if (made := converted(cell.text, cell.font)) is not None)
    return found.most_common(1)[0][0] if found else None


class Reading(msgspec.Struct, frozen=True):
    """What came out of the lines of a page."""

    page: str
    refused: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    conversions: tuple[tuple[str, str, str, str], ...] = ()
    tree: Tree = Tree([], [], [], [], [], [])
    unreconciled: tuple[Unreconciled, ...] = ()


def _sheet(layout: Layout, around: Surroundings, reading: Reading) -> Sheet:
    tree = reading.tree
    counted = _counted(layout)
    leaves = [line for line in tree.headings if not line.children]
    total = sum(line.money.get(name, 0) for line in (*tree.projects, *leaves) for name in counted)
    groups = [_group(layout, around, line) for line in tree.headings]
    groups += [
        Group(
            row=line.row, kind="total", phase=None, number="", name=line.name, parent=None,
            stated=line.money, leaf=False,
        )
        for line, _ in tree.totals
    ]  # fmt: skip
    return Sheet(
        description=layout.description.sheet,
        description_version=layout.description.version,
        page=reading.page,
        title=around.title,
        unit_dong=around.unit,
        unit_cell=around.unit_cell,
        columns={name: address(1, number - 1)[:-1] for name, number in layout.places.items()},
        groups=tuple(sorted(groups, key=lambda each: each.row)),
        projects=tuple(_project(layout, around, line) for line in tree.projects),
        plan_columns=tuple(counted),
        plan_total_dong=total,
        unreconciled=reading.unreconciled,
        refused=reading.refused,
        notes=reading.notes,
        conversions=reading.conversions,
    )


def _counted(layout: Layout) -> list[str]:
    """Return the columns that make a sheet's total: whole ones of the kind that it is first of all."""
    placed = [each for each in layout.description.plans if each.name in layout.places and not each.part]
    return [each.name for each in placed if each.plan_kind == placed[0].plan_kind]


def _plans(layout: Layout, around: Surroundings, line: Line) -> tuple[Plan, ...]:
    found = []
    for column in layout.description.plans:
        amount, said = line.money.get(column.name), around.years.get(column.name)
        if any(part in line.money for part in column.of):
            continue  # it is divided by source in columns of their own
        if amount is not None and said is not None and column.plan_kind is not None:
            found.append(
                Plan(
                    column=column.name, cell=address(line.row, layout.places[column.name] - 1),
                    plan_kind=column.plan_kind, fund_source=column.fund_source, year=said.first,
                    year_last=said.last, amount_dong=amount,
                )
            )  # fmt: skip
    return tuple(found)


def _group(layout: Layout, around: Surroundings, line: Line) -> Group:
    tier = layout.description.tiers[int(line.tier)].kind
    if tier == "owner" and "owner" in layout.places:
        tier = "group"  # owners stand in a column of their own
    kinds = {words.means for words in layout.description.kinds}
    kind = line.meaning if line.meaning in kinds else tier
    leaf = not line.children
    return Group(
        row=line.row, kind=kind or tier, phase=line.meaning if line.meaning not in kinds else None,
        number=line.number, name=line.name, parent=line.parent.row if line.parent is not None else None,
        stated=line.money, leaf=leaf, plans=_plans(layout, around, line) if leaf else (),
    )  # fmt: skip


def _project(layout: Layout, around: Surroundings, line: Line) -> Project:
    above = []
    parent = line.parent
    while parent is not None:
        above.append(parent)
        parent = parent.parent
    kinds = {words.means for words in layout.description.kinds}
    tiers = layout.description.tiers
    owners = [each.name for each in above if each.tier >= 0 and tiers[int(each.tier)].kind == "owner"]
    phases = [each.meaning for each in above if each.meaning is not None and each.meaning not in kinds]
    return Project(
        row=line.row, number=line.number, name=line.name,
        group=line.parent.row if line.parent is not None else None,
        owner=line.texts.get("owner") or (owners[0] if owners else None),
        phase=phases[0] if phases else None, places=line.places,
        start_year=line.years[0] if line.years else None, finish_year=line.years[1] if line.years else None,
        total_investment_dong=line.money.get("total_investment"), plans=_plans(layout, around, line),
        texts={name: text for name, text in line.texts.items() if text}, refused=line.refused,
    )  # fmt: skip
