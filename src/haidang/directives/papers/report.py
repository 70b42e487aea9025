"""The weekly and the monthly report as a paper. Pure: the same figures make the same paper.

The order is that of the offices' own reports: what was given and what became of it, then by unit, field,
leader and source, what is late, how people are reminded, and what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from haidang.base.clock import LOCAL
from haidang.directives.model.counts import BAND_NAMES, Counts, summed
from haidang.directives.papers.model import LISTED_MAX, Figures, Late, Row
from haidang.directives.papers.signing import head_of
from haidang.directives.papers.words import (
    NONE,
    RESTRICTED,
    day,
    decimal,
    end,
    moment,
    number,
    percent,
)
from haidang.documents.report import (
    Body,
    Heading,
    Paragraph,
    Points,
    Report,
    Signatures,
    Table,
)

PERIODS = {"weekly": "tuần", "monthly": "tháng"}
BANDS = {
    "1-30": "đến 30 ngày", "31-60": "từ 31 đến 60 ngày", "61-120": "từ 61 đến 120 ngày",
    ">120": "trên 120 ngày",
}  # fmt: skip
HEAD = (
    "Tổng số", "Đúng hạn", "Trễ hạn", "Còn hạn", "Chờ công nhận", "Quá hạn", "Chưa có hạn", "Dừng hoặc hủy",
    "Tỷ lệ đúng hạn",
)  # fmt: skip
ASKED_MAX = 12
"""Units named in what is asked for; the table has all of them."""


def paper(found: Figures, *, number: str = "", symbol: str = "") -> Report:
    """Return the report; ``number`` and ``symbol`` of the register where it was issued."""
    at = found.cut_off.astimezone(LOCAL)
    blocks: list[Body] = [
        *_opening(found), *_general(found), *_tables(found), *_late(found), *_discipline(found),
        *_asked(found), _signatures(found),
    ]  # fmt: skip
    return Report(
        title="Báo cáo", subtitle=subtitle(found), agency=found.agency.name, parent=found.agency.parent,
        number=number, symbol=symbol or f"BC-{found.agency.short}".removesuffix("-"),
        place=found.agency.place, day=at.date(), made_at=found.cut_off,
        marks=("Dữ liệu mô phỏng",) if found.simulated else (),
        source=f"Số liệu của hệ thống, chốt lúc {moment(found.cut_off)}.", blocks=tuple(blocks),
    )  # fmt: skip


def subtitle(found: Figures) -> str:
    """Return what the report is about."""
    first, last = found.period_from, found.period_to
    if found.kind == "weekly":
        when = f"tuần {first.isocalendar().week} năm {first.isocalendar().year}"
        when += f" (từ ngày {day(first)} đến ngày {day(last)})"
    else:
        when = (
            f"tháng {first.month:02} năm {first.year}"
            if first.month <= 2
            else f"tháng {first.month} năm {first.year}"
        )
    whose = f" của {found.unit}" if found.unit else ""
    return f"Kết quả thực hiện ý kiến chỉ đạo, nhiệm vụ được giao{whose} {when}"


def _opening(found: Figures) -> tuple[Body, ...]:
    who = f" của {found.unit}" if found.unit else ""
    span = f"từ ngày {day(found.period_from)} đến ngày {day(found.period_to)}"
    text = (
        f"{found.agency.name} báo cáo kết quả thực hiện ý kiến chỉ đạo, nhiệm vụ được giao{who} trong "
        f"{PERIODS[found.kind]} ({span}; số liệu chốt lúc {moment(found.cut_off)}) như sau:"
    )
    return (Paragraph(text=text),)


def _general(found: Figures) -> tuple[Body, ...]:
    it, year = found.original, found.year
    points = (
        (
            f"Tổng số nhiệm vụ theo dõi trong kỳ: {number(it.given)}, gồm {number(found.carried)} nhiệm vụ "
            f"kỳ trước chuyển sang và {number(found.new)} nhiệm vụ giao mới."
        ),
        (
            f"Đã hoàn thành: {number(it.done)} (đúng hạn {number(it.done_on_time)}, trễ hạn "
            f"{number(it.done_late)})."
        ),
        (
            f"Đang thực hiện: {number(it.open)}, trong đó còn hạn {number(it.in_time + it.due_soon)} "
            f"(sắp đến hạn {number(it.due_soon)}), chờ công nhận {number(it.awaiting_verdict)}, quá hạn "
            f"{number(it.overdue)}{_bands(it)}, chưa có hạn {number(it.no_due)}."
        ),
        f"Tạm dừng: {number(it.suspended)}; hủy: {number(it.cancelled)}.",
        f"Tỷ lệ hoàn thành đúng hạn (theo hạn giao ban đầu): {percent(it.on_time_rate)}.",
        f"Tỷ lệ đã hoàn thành: {percent(it.done_share)}.",
        (
            f"Lũy kế từ ngày 01/01/{found.period_to.year}: giao {number(year.given)}, hoàn thành "
            f"{number(year.done)}, quá hạn {number(year.overdue)}; đúng hạn {percent(year.on_time_rate)}."
        ),
    )
    note = (
        "Hạn giao ban đầu là hạn khi giao, không tính các lần gia hạn; hạn hiện tại là hạn sau khi gia hạn."
    )
    return (
        Heading(text="I. Tình hình chung"), Points(items=points), _readings(found),
        Paragraph(text=note, look="note"),
    )  # fmt: skip


def _bands(it: Counts) -> str:
    parts = [f"{BANDS[name]}: {number(it.bands[name])}" for name in BAND_NAMES if it.bands.get(name)]
    return f" ({'; '.join(parts)})" if parts else ""


def _readings(found: Figures) -> Table:
    """The two readings side by side, row by row down to the total."""
    rows = tuple(
        (text, number(sum(getattr(found.original, name) for name in names)),
         number(sum(getattr(found.current, name) for name in names)))
        for text, *names in _PLACES
    )  # fmt: skip
    return Table(
        head=("Tình trạng", "Theo hạn giao ban đầu", "Theo hạn hiện tại"), rows=tuple(rows), widths=(7, 3, 3),
        align="lcc", strong=(0,),
    )  # fmt: skip


_PLACES = (
    ("Tổng số", "given"),
    ("Hoàn thành đúng hạn", "done_on_time"),
    ("Hoàn thành trễ hạn", "done_late"),
    ("Còn hạn", "in_time"),
    ("Sắp đến hạn (trong 05 ngày làm việc)", "due_soon"),
    ("Đã báo cáo đúng hạn, chờ công nhận", "awaiting_verdict"),
    ("Quá hạn", "overdue"),
    ("Chưa có hạn", "no_due"),
    ("Tạm dừng", "suspended"),
    ("Hủy", "cancelled"),
)


def _tables(found: Figures) -> tuple[Body, ...]:
    parts: list[Body] = [Heading(text="II. Kết quả theo đơn vị chủ trì"), by("Đơn vị", found.units)]
    parts += [Heading(text="III. Kết quả theo lĩnh vực, lãnh đạo giao và nguồn giao")]
    for title, head, rows in (
        ("1. Theo lĩnh vực", "Lĩnh vực", found.fields),
        ("2. Theo lãnh đạo giao", "Lãnh đạo giao", found.leaders),
        ("3. Theo văn bản giao", "Văn bản", found.documents),
        ("4. Theo cuộc họp", "Cuộc họp", found.meetings),
    ):
        parts += [Heading(text=title, level=2), by(head, rows)]
    return tuple(parts)


def by(name: str, rows: Sequence[Row]) -> Body:
    """Return a table of counts with its total; what it adds up to is the headline."""
    if not rows:
        return Paragraph(text="Không có nhiệm vụ nào.")
    lines = [(_called(row), *_cells(row.counts)) for row in rows]
    lines.append(("Tổng cộng", *_cells(summed([row.counts for row in rows]))))
    return Table(
        head=(name, *HEAD), rows=tuple(lines), widths=(3.5, *([1.32] * 8), 1.65), align="l" + "c" * len(HEAD),
        strong=(len(lines) - 1,),
    )  # fmt: skip


def _called(row: Row) -> str:
    return f"{number(row.rest)} dòng khác" if row.rest else row.title


def _cells(it: Counts) -> tuple[str, ...]:
    numbers = (
        it.given, it.done_on_time, it.done_late, it.in_time + it.due_soon, it.awaiting_verdict, it.overdue,
        it.no_due, it.suspended + it.cancelled,
    )  # fmt: skip
    rate = it.on_time_rate
    return (*(str(each) for each in numbers), f"{decimal(rate.percent)}%" if rate else NONE)


def _late(found: Figures) -> tuple[Body, ...]:
    heading = Heading(text="IV. Nhiệm vụ quá hạn")
    if not found.late:
        return (heading, Paragraph(text="Không có nhiệm vụ quá hạn."))
    listed = found.late[:LISTED_MAX]
    more = found.original.overdue - len(listed)
    parts: list[Body] = [heading, late_table(listed)]
    if more > 0:
        text = (
            f"Danh sách nêu {number(len(listed))} nhiệm vụ quá hạn lâu nhất; còn {number(more)} nhiệm vụ "
            "quá hạn khác, xem bảng tính kèm theo báo cáo."
        )
        parts.append(Paragraph(text=text, look="note"))
    return tuple(parts)


def late_table(late: Sequence[Late], *, with_unit: bool = True, due: str = "Hạn ban đầu") -> Table:
    """Return overdue tasks as a table; those that are very late stand out."""
    rows = tuple(
        (
            str(at), said(each), *((each.unit,) if with_unit else ()), end(each.end),
            number(each.days) + (f"\n(gia hạn đến {end(each.extended_to)})" if each.extended_to else ""),
        )
        for at, each in enumerate(late, start=1)
    )  # fmt: skip
    unit = ("Đơn vị chủ trì",) if with_unit else ()
    return Table(
        head=("TT", "Nhiệm vụ, văn bản giao", *unit, due, "Số ngày quá hạn"), rows=rows,
        widths=(0.9, 7, *((3.6,) if with_unit else ()), 2.3, 2.3), align="cl" + "l" * with_unit + "cc",
        strong=tuple(at for at, each in enumerate(late) if each.days > 120),
    )  # fmt: skip


def said(each: Late) -> str:
    """Return a task with the document it was given by; the wording of what is restricted is left out."""
    return (each.title or RESTRICTED) + (f"\n({each.document})" if each.document else "")


def _discipline(found: Figures) -> tuple[Body, ...]:
    it, happened = found.original, found.events
    took = "chưa có nhiệm vụ hoàn thành" if it.median_days is None else f"{decimal(it.median_days)} ngày"
    answered = (
        f"{decimal(happened.answer_days)} ngày, tính trên {number(happened.answered)} báo cáo được trả lời "
        "trong kỳ" if happened.answered else "trong kỳ chưa có báo cáo nào được trả lời"
    )  # fmt: skip
    points = (
        f"Thời gian thực hiện của nhiệm vụ đã hoàn thành (trung vị): {took}.",
        (
            f"Trong kỳ có {number(happened.reports)} lượt báo cáo kết quả, {number(happened.returns)} lượt "
            f"bị trả lại, {number(happened.extensions)} lượt gia hạn."
        ),
        f"Tỷ lệ nhiệm vụ từng bị trả lại: {percent(it.returned_rate)}.",
        f"Thời gian trả lời báo cáo của đơn vị giao (trung vị): {answered}.",
    )
    parts: list[Body] = [Heading(text="V. Kỷ luật báo cáo, đôn đốc"), Points(items=points)]
    if not found.letters:
        return (
            *parts,
            Paragraph(text=f"Chưa ban hành công văn đôn đốc nào trong năm {found.period_to.year}."),
        )
    rows = [(each.unit, number(each.in_period), number(each.in_year)) for each in found.letters]
    total = (sum(each.in_period for each in found.letters), sum(each.in_year for each in found.letters))
    rows.append(("Tổng cộng", number(total[0]), number(total[1])))
    head = ("Công văn đôn đốc gửi", "Trong kỳ", f"Từ đầu năm {found.period_to.year}")
    table = Table(head=head, rows=tuple(rows), widths=(7, 3, 3), align="lcc", strong=(len(rows) - 1,))
    return (*parts, table)


def _asked(found: Figures) -> tuple[Body, ...]:
    late = [row for row in found.units if row.counts.overdue and not row.rest]
    points: list[str] = []
    if late:
        named = ", ".join(f"{row.title} ({number(row.counts.overdue)})" for row in late[:ASKED_MAX])
        more = (
            f" và {number(len(late) - ASKED_MAX)} đơn vị khác nêu tại Mục II" if len(late) > ASKED_MAX else ""
        )
        points.append(
            f"Các đơn vị có nhiệm vụ quá hạn: {named}{more} khẩn trương hoàn thành, báo cáo kết quả, "
            "nêu rõ nguyên nhân chậm và thời hạn hoàn thành."
        )
    if found.original.awaiting_verdict:
        points.append(
            "Các đơn vị giao việc, theo dõi xem xét, công nhận hoặc trả lại "
            f"{number(found.original.awaiting_verdict)} báo cáo đang chờ."
        )
    if found.original.no_due:
        points.append(
            f"Xem xét ấn định thời hạn đối với {number(found.original.no_due)} nhiệm vụ chưa có hạn."
        )
    text = points or ["Các đơn vị tiếp tục thực hiện nhiệm vụ được giao đúng thời hạn."]
    return (Heading(text="VI. Kiến nghị"), Points(items=tuple(text)))


def _signatures(found: Figures) -> Body:
    above = (f"{found.agency.parent} (để báo cáo)",) if found.agency.parent else ()
    return Signatures(
        signers=(head_of(found.agency),),
        recipients=(*above, "Các đơn vị có nhiệm vụ", "Lưu: VT"),
    )
