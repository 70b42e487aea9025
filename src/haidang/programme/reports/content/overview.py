"""The deciding authority's overview of the projects of a programme (Decree 29/2021/NĐ-CP, chapter VI)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from haidang.programme.model.register import PHASES
from haidang.programme.reports.content import parts
from haidang.programme.reports.content.monthly import plan_points, progress_points, proposals, said
from haidang.programme.reports.content.parts import Cell, Grid, Section
from haidang.programme.reports.content.supervision import GROUPS
from haidang.programme.reports.model import Figures, Line
from haidang.programme.reports.words import number

LONG_MONTHS = 12
"""A project that takes longer is inspected at least once."""


def sections(found: Figures) -> Iterator[Section]:
    """Yield the sections of the report."""
    yield Section(heading="Tổng quan dự án", points=tuple(_general(found)), grids=(_by_group(found),))
    yield Section(
        heading="Kế hoạch vốn và giải ngân", points=tuple(plan_points(found)),
        grids=(parts.by_owner(found), parts.by_source(found)),
    )  # fmt: skip
    yield Section(
        heading="Tiến độ thực hiện", points=tuple(progress_points(found)), texts=said(found.notes.progress),
        grids=(
            parts.projects(
                found, [line for line in found.lines if line.delayed], "Dự án chậm tiến độ",
                "Không có dự án có mốc hoặc hợp đồng quá hạn trong sổ.",
            ),
        ),
    )  # fmt: skip
    yield Section(heading="Điều chỉnh dự án", grids=(parts.adjustments(found, with_project=True),))
    yield Section(heading="Lựa chọn nhà thầu", grids=(parts.tenders(found, with_project=True),))
    yield Section(
        heading="Chất lượng, giám sát, kiểm tra", points=tuple(_inspected(found)),
        texts=said(found.notes.quality), grids=(parts.findings(found, with_project=True),),
    )  # fmt: skip
    yield Section(
        heading="Chấp hành chế độ báo cáo của chủ đầu tư", points=tuple(_reporting(found)),
        grids=(_reports(found),),
    )  # fmt: skip
    yield Section(
        heading="Khó khăn, vướng mắc", texts=said(found.notes.difficulties),
        grids=(parts.bottlenecks(found, with_project=True),),
    )  # fmt: skip
    yield Section(heading="Số liệu còn thiếu và đơn vị cần hỏi", grids=(parts.missing(found),))
    yield Section(heading="Đề xuất, kiến nghị", points=tuple(proposals(found)))


def _general(found: Figures) -> Iterator[str]:
    whose = f" do {found.deciding} quyết định đầu tư" if found.deciding else ""
    yield f"Số dự án{whose}: {number(len(found.lines))}."
    phases = Counter(line.phase for line in found.lines)
    said_ = "; ".join(
        f"{PHASES[phase][0] if phase else 'Chưa ghi giai đoạn'}: {number(count)}"
        for phase, count in phases.items()
    )
    if said_:
        yield f"Theo giai đoạn: {said_}."
    yield (
        f"Dự án có mốc hoặc hợp đồng quá hạn: {number(sum(line.delayed for line in found.lines))}; có "
        "điều chỉnh "
        f"trong kỳ: {number(len({each.project for each in found.adjustments}))}; có vướng mắc đang mở: "
        f"{number(sum(line.bottlenecks > 0 for line in found.lines))}."
    )


def _by_group(found: Figures) -> Grid:
    rows: list[tuple[Cell, ...]] = []
    for group in (*GROUPS, None):
        lines = [line for line in found.lines if line.group == group]
        if lines:
            rows.append((GROUPS[group] if group else "Chưa ghi nhóm", len(lines), *_counted(lines)))
    if rows:
        rows.append(("Tổng cộng", len(found.lines), *_counted(list(found.lines))))
    return Grid(
        name="Nhóm dự án",
        head=("Nhóm dự án", "Số dự án", "Chậm tiến độ", "Có vướng mắc", "Đã kiểm tra", "Có báo cáo trong kỳ"),
        kinds="tnnnnn", widths=(5, 2, 2, 2, 2, 2.6), rows=tuple(rows), total=True, none="Chưa có dự án nào.",
    )  # fmt: skip


def _counted(lines: list[Line]) -> tuple[Cell, ...]:
    return (
        sum(line.delayed for line in lines), sum(line.bottlenecks > 0 for line in lines),
        sum(line.inspected for line in lines), sum(line.reported != "" for line in lines),
    )  # fmt: skip


def long_running(line: Line) -> bool:
    """Say whether a project takes longer than twelve months; False where its days are not known."""
    if line.start_on is None or line.finish_on is None:
        return False
    months = (line.finish_on.year - line.start_on.year) * 12 + line.finish_on.month - line.start_on.month
    return months > LONG_MONTHS or (months == LONG_MONTHS and line.finish_on.day > line.start_on.day)


def _inspected(found: Figures) -> Iterator[str]:
    long = [line for line in found.lines if long_running(line)]
    without = [line for line in long if not line.inspected]
    yield (
        f"Dự án có thời gian thực hiện trên {LONG_MONTHS} tháng: {number(len(long))}, trong đó sổ chưa "
        "ghi nhận cuộc "
        f"kiểm tra nào: {number(len(without))}."
    )
    unknown = sum(None in (line.start_on, line.finish_on) for line in found.lines)
    if unknown:
        yield f"Chưa xác định được thời gian thực hiện: {number(unknown)} dự án."


def _reporting(found: Figures) -> Iterator[str]:
    sent = sum(line.reported != "" for line in found.lines)
    yield (
        f"Dự án có báo cáo giám sát của chủ đầu tư trong kỳ: {number(sent)}/{number(len(found.lines))} dự án."
    )


def _reports(found: Figures) -> Grid:
    rows = tuple((line.name, line.owner, line.reported or None) for line in found.lines)
    return Grid(
        name="Báo cáo của chủ đầu tư", head=("Dự án", "Chủ đầu tư", "Số báo cáo"), kinds="ttt",
        widths=(8, 5, 3), rows=rows, none="Chưa có dự án nào.",
    )  # fmt: skip
