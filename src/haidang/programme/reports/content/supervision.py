"""The owner's report on one project: plan, progress, capital, disbursement, adjustments, tender, quality.

The content is that of chapter VI of Decree 29/2021/NĐ-CP; which form a site prescribes is its own to decide.
"""

from __future__ import annotations

from collections.abc import Iterator

from haidang.programme.model.register import PHASES
from haidang.programme.reports.content import parts
from haidang.programme.reports.content.monthly import plan_points, proposals, said
from haidang.programme.reports.content.parts import Section
from haidang.programme.reports.model import Figures, Line
from haidang.programme.reports.words import MISSING, day, decimal, money, number

GROUPS = {"national": "Quan trọng quốc gia", "A": "Nhóm A", "B": "Nhóm B", "C": "Nhóm C"}


def sections(found: Figures) -> Iterator[Section]:
    """Yield the sections of the report."""
    [line] = found.lines
    yield Section(heading="Thông tin về dự án", facts=tuple(_about(found, line)))
    yield Section(heading="Thực hiện kế hoạch", points=tuple(_plan(line)))
    yield Section(
        heading="Tiến độ thực hiện", points=tuple(_progress(line)), texts=said(found.notes.progress),
        grids=(parts.milestones(found, with_project=False),),
    )  # fmt: skip
    yield Section(
        heading="Huy động, bố trí vốn",
        points=(f"Tổng mức đầu tư: {money(line.total_dong)}.",), grids=(parts.by_source(found),),
    )  # fmt: skip
    yield Section(heading="Giải ngân", points=tuple(plan_points(found)))
    yield Section(heading="Điều chỉnh dự án", grids=(parts.adjustments(found, with_project=False),))
    yield Section(
        heading="Lựa chọn nhà thầu và hợp đồng",
        grids=(parts.tenders(found, with_project=False), parts.contracts(found, with_project=False)),
    )  # fmt: skip
    yield Section(
        heading="Quản lý chất lượng, giám sát, kiểm tra", texts=_quality(found),
        grids=(parts.findings(found, with_project=False),),
    )  # fmt: skip
    yield Section(
        heading="Khó khăn, vướng mắc", texts=said(found.notes.difficulties),
        grids=(parts.bottlenecks(found, with_project=False),),
    )  # fmt: skip
    yield Section(heading="Số liệu còn thiếu và đơn vị cần hỏi", grids=(parts.missing(found),))
    yield Section(heading="Đề xuất, kiến nghị", points=tuple(proposals(found)))


def _about(found: Figures, line: Line) -> Iterator[tuple[str, str]]:
    yield "Tên dự án", line.name
    yield "Mã số trong sổ", line.public_id
    yield "Chương trình", found.program
    yield "Chủ đầu tư", line.owner
    yield "Cơ quan quyết định đầu tư", line.deciding or MISSING
    yield "Nhóm dự án", GROUPS[line.group] if line.group else MISSING
    yield "Giai đoạn", PHASES[line.phase][0] if line.phase else MISSING
    start, finish = (MISSING if each is None else day(each) for each in (line.start_on, line.finish_on))
    yield "Khởi công – hoàn thành", f"{start} – {finish}"


def _plan(line: Line) -> Iterator[str]:
    if line.milestones:
        yield (
            f"Theo kế hoạch có {number(line.milestones)} mốc; đã đạt {number(line.milestones_met)}, "
            "trong kỳ đạt "
            f"{number(line.milestones_met_in_period)}, quá hạn chưa đạt {number(line.milestones_late)}."
        )
    else:
        yield f"Mốc kế hoạch: {MISSING}."
    yield f"Gói thầu: {number(line.packages) if line.packages else MISSING}; trong kỳ mở thầu " + (
        f"{number(line.packages_opened)}." if line.packages else f"{MISSING}."
    )


def _progress(line: Line) -> Iterator[str]:
    if line.physical_pct is None:
        yield f"Tiến độ hiện trường: {MISSING}."
    else:
        yield f"Tiến độ hiện trường: {decimal(line.physical_pct)}% (báo cáo kỳ {line.physical_of})."
    yield f"Giá trị khối lượng đã nghiệm thu: {money(line.accepted_dong)}."


def _quality(found: Figures) -> tuple[str, ...]:
    own = said(found.notes.quality)
    return own or (f"Chất lượng công việc, sản phẩm: {MISSING} (xem mục Số liệu còn thiếu).",)
