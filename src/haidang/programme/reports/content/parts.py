"""The parts of a report's content, and the grids that several reports have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from haidang.programme.model.money import Ratio
from haidang.programme.reports.model import Amount, Figures, Line, summed

Cell = str | int | Decimal | date | None
SIMULATED = "Dữ liệu mô phỏng"


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A table: cells as values, so that a workbook has numbers and a paper their words."""

    name: str
    """Of the sheet."""
    head: tuple[str, ...]
    kinds: str
    """A letter a column: t text, d đồng, n number, p per cent, y day."""
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    """The last row is the sum."""
    none: str
    """What is said where it has no rows."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading, what is said below it, and its grids."""

    heading: str
    points: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    grids: tuple[Grid, ...] = ()


def share_of(paid: int | None, plan: int | None, found: Figures) -> Decimal | None:
    """Return what is paid of a plan in per cent; None where either is not known or nothing was planned."""
    if paid is None or plan is None:
        return None
    ratio = Ratio(
        numerator_dong=paid, denominator_dong=plan, denominator_kind="annual", plan_as_of=found.plan_as_of,
        cutoff=found.plan_as_of,
    )  # fmt: skip
    return None if ratio.value is None else ratio.value * 100


_MONEY_HEAD = (
    "Kế hoạch giao đầu năm", "Kế hoạch sau điều chỉnh", "Vốn kéo dài", "Giải ngân kế hoạch năm",
    "Giải ngân vốn kéo dài", "Giải ngân trong kỳ", "Giải ngân so với kế hoạch sau điều chỉnh (%)",
)  # fmt: skip
_MONEY_WIDTHS = (1.9, 1.9, 1.7, 1.9, 1.7, 1.8, 1.7)


def _money(rows: Sequence[Line | Amount], found: Figures) -> tuple[Cell, ...]:
    """Return sums of plans and payments; a share only where every row that has a plan says what is paid."""
    sums = [
        summed(getattr(row, name) for row in rows)
        for name in (
            "initial_dong", "current_dong", "carry_over_dong", "paid_dong", "paid_carry_over_dong",
            "paid_in_period_dong",
        )
    ]  # fmt: skip
    return (*sums, share_of(sums[3], sums[1], found))


def by_owner(found: Figures) -> Grid:
    """Return projects and money by owner; lines without a project stand apart: the total is the plan."""
    owners: dict[str, list[Line]] = {}
    for line in found.lines:
        owners.setdefault(line.owner, []).append(line)
    rows: list[tuple[Cell, ...]] = [
        (owner, len(lines), *_money(lines, found), sum(line.paid_dong is None for line in lines))
        for owner, lines in owners.items()
    ]
    rest: list[Line | Amount] = [] if found.elsewhere is None else [found.elsewhere]
    if rest:
        rows.append(("Phần không theo dự án", None, *_money(rest, found), None))
    rows.append(
        (
            "Tổng cộng", len(found.lines), *_money([*found.lines, *rest], found),
            sum(line.paid_dong is None for line in found.lines),
        )
    )  # fmt: skip
    return Grid(
        name="Chủ đầu tư", head=("Chủ đầu tư", "Số dự án", *_MONEY_HEAD, "Dự án chưa có chứng từ giải ngân"),
        kinds="tnddddddpn", widths=(3.4, 1.1, *_MONEY_WIDTHS, 1.5), rows=tuple(rows), total=True,
        none="Chưa có dự án nào.",
    )  # fmt: skip


def by_source(found: Figures) -> Grid:
    """Return plans and payments by source of funds."""
    rows: list[tuple[Cell, ...]] = [(each.source, *_money([each], found)) for each in found.sources]
    if rows:
        rows.append(("Tổng cộng", *_money(found.sources, found)))
    return Grid(
        name="Nguồn vốn", head=("Nguồn vốn", *_MONEY_HEAD), kinds="tddddddp", widths=(3.4, *_MONEY_WIDTHS),
        rows=tuple(rows), total=True, none="Sổ chưa có kế hoạch vốn, giải ngân nào của năm.",
    )  # fmt: skip


def projects(found: Figures, lines: Iterable[Line], name: str, none: str) -> Grid:
    """Return projects with what is planned, paid, accepted and late."""
    rows = tuple(
        (
            line.name, line.owner, line.total_dong, line.current_dong, line.paid_dong,
            share_of(line.paid_dong, line.current_dong, found), line.accepted_dong, line.physical_pct,
            line.milestones_late if line.milestones else None,
            line.contracts_over if line.contracts else None,
        )
        for line in lines
    )  # fmt: skip
    return Grid(
        name=name,
        head=(
            "Dự án", "Chủ đầu tư", "Tổng mức đầu tư", "Kế hoạch năm", "Giải ngân kế hoạch năm",
            "So với kế hoạch năm (%)", "Nghiệm thu", "Tiến độ hiện trường (%)", "Mốc chậm",
            "Hợp đồng quá hạn",
        ),
        kinds="ttdddpdpnn", widths=(4, 2.6, 1.9, 1.8, 1.8, 1.4, 1.8, 1.4, 1, 1.1), rows=rows, none=none,
    )  # fmt: skip


def milestones(found: Figures, *, with_project: bool) -> Grid:
    """Return milestones, those that are latest first."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.name, each.baseline_on, each.forecast_on,
            each.actual_on, max(0, each.days_late),
        )
        for each in found.milestones
    )  # fmt: skip
    return Grid(
        name="Mốc tiến độ",
        head=(*(("Dự án",) if with_project else ()), "Mốc tiến độ", "Theo kế hoạch", "Dự kiến", "Thực tế",
              "Số ngày chậm"),
        kinds="t" * with_project + "tyyyn",
        widths=(*((4,) if with_project else ()), 4, 2.2, 2.2, 2.2, 1.6), rows=rows,
        none="Không có mốc chậm." if with_project else "Sổ chưa có mốc tiến độ nào.",
    )  # fmt: skip


def adjustments(found: Figures, *, with_project: bool) -> Grid:
    """Return what was adjusted in the period, by which document."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.what, each.before, each.after,
            each.document, each.on, each.reason,
        )
        for each in found.adjustments
    )  # fmt: skip
    return Grid(
        name="Điều chỉnh",
        head=(*(("Dự án",) if with_project else ()), "Nội dung", "Trước", "Sau", "Văn bản", "Ngày", "Lý do"),
        kinds="t" * with_project + "ttttyt",
        widths=(*((3.4,) if with_project else ()), 3, 2, 2, 2.2, 1.9, 2.6), rows=rows,
        none="Trong kỳ sổ không ghi nhận điều chỉnh nào.",
    )  # fmt: skip


def tenders(found: Figures, *, with_project: bool) -> Grid:
    """Return packages, how far their tenders are and what came of them."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.name, each.method, each.estimate_dong,
            each.opened_on, each.bidders, each.winner or None, each.contract_dong,
        )
        for each in found.tenders
    )  # fmt: skip
    return Grid(
        name="Đấu thầu",
        head=(*(("Dự án",) if with_project else ()), "Gói thầu", "Hình thức", "Giá gói thầu", "Mở thầu",
              "Số nhà thầu dự", "Nhà thầu được chọn", "Giá trị hợp đồng"),
        kinds="t" * with_project + "ttdyntd",
        widths=(*((3.2,) if with_project else ()), 3, 2, 1.9, 1.9, 1.2, 2.8, 1.9), rows=rows,
        none="Trong kỳ không có gói thầu nào được mở." if with_project else "Sổ chưa có gói thầu nào.",
    )  # fmt: skip


def contracts(found: Figures, *, with_project: bool) -> Grid:
    """Return contracts with what was accepted and paid of them; of a programme those past their end."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.number, each.contractor, each.value_dong,
            each.expires_on, each.accepted_dong, each.paid_dong, each.days_over,
        )
        for each in found.contracts
    )  # fmt: skip
    return Grid(
        name="Hợp đồng",
        head=(*(("Dự án",) if with_project else ()), "Hợp đồng", "Nhà thầu", "Giá trị", "Hết hạn",
              "Nghiệm thu", "Giải ngân", "Số ngày quá hạn"),
        kinds="t" * with_project + "ttdyddn",
        widths=(*((3.2,) if with_project else ()), 2.4, 3, 1.9, 1.9, 1.9, 1.9, 1.3), rows=rows,
        none="Không có hợp đồng quá hạn." if with_project else "Sổ chưa có hợp đồng nào.",
    )  # fmt: skip


def findings(found: Figures, *, with_project: bool) -> Grid:
    """Return supervision, evaluation, inspection and audit of the period, and what of before is open."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.kind, each.document, each.on, each.by or None,
            each.text or None, each.resolved_on,
        )
        for each in found.findings
    )  # fmt: skip
    return Grid(
        name="Giám sát, kiểm tra",
        head=(*(("Dự án",) if with_project else ()), "Loại", "Văn bản", "Ngày", "Cơ quan",
              "Kết quả, kiến nghị", "Đã khắc phục"),
        kinds="t" * with_project + "ttytty",
        widths=(*((3.2,) if with_project else ()), 2, 2.2, 1.9, 2.4, 4, 1.9), rows=rows,
        none="Trong kỳ sổ không ghi nhận cuộc giám sát, đánh giá, kiểm tra, kiểm toán nào.",
    )  # fmt: skip


def bottlenecks(found: Figures, *, with_project: bool) -> Grid:
    """Return what stands in the way, and who has the task."""
    rows = tuple(
        (
            *((each.project,) if with_project else ()), each.cause, each.text, each.unit, each.due,
            "Quá hạn" if each.overdue else "Còn hạn" if each.due else None,
        )
        for each in found.bottlenecks
    )  # fmt: skip
    return Grid(
        name="Vướng mắc",
        head=(*(("Dự án",) if with_project else ()), "Nguyên nhân", "Vướng mắc", "Đơn vị xử lý", "Hạn",
              "Tình trạng"),
        kinds="t" * with_project + "tttyt",
        widths=(*((3.2,) if with_project else ()), 2.2, 5, 2.8, 1.9, 1.6), rows=rows,
        none="Sổ không ghi nhận vướng mắc nào đang mở.",
    )  # fmt: skip


def missing(found: Figures) -> Grid:
    """Return what the register does not hold, and whom to ask."""
    rows = tuple((each.what, each.projects, each.ask) for each in found.missing)
    return Grid(
        name="Số liệu còn thiếu", head=("Số liệu còn thiếu", "Số dự án", "Đơn vị cần hỏi"), kinds="tnt",
        widths=(8, 1.6, 6), rows=rows, none="Sổ có đủ các số liệu mà báo cáo cần.",
    )  # fmt: skip
