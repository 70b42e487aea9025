"""A leader's page of a morning as a paper: one page, what is red first. Pure.

The figures are those of the board (``boards/directives``): the paper can say nothing else than the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.directives.papers.words import NONE, RESTRICTED, day, decimal, end, moment, number
from haidang.documents.report import Points, Report, Signatures, Signer, Table
from haidang.organisation.service.letterhead import Letterhead

ROWS_MAX = 4
"""Rows of each list, where there is room."""
LINES_MAX, LINES_LONG = 14, 12
"""Lines of all rows together, and where all that stands above them is long: one page must hold the page of a
morning, whatever the names."""
LETTERS_SHORT = 330
"""Letters of title and first points up to which they are not long."""
TITLE_LINE, UNIT_LINE = 38, 21
"""Letters of a line of a cell, about."""
TITLE_MAX, UNIT_MAX = 2 * TITLE_LINE, 2 * UNIT_LINE - 4
NAMED_MAX = 1
NAME_MAX = 36
"""Incidents and alerts that are named, and how many letters of each."""
CHANGES = (
    ("given", "giao mới"), ("reported", "báo cáo kết quả"), ("accepted", "được công nhận"),
    ("returned", "bị trả lại"), ("extension_granted", "được gia hạn"), ("overdue", "thành quá hạn"),
)  # fmt: skip


def paper(found: Mapping[str, Any], head: Letterhead) -> Report:
    """Return the page; ``found`` is the board's answer."""
    at: datetime = found["as_of"]
    leader = f" của {found['leader']}" if found["leader"] else ""
    week, waiting = found["this_week"], found["waiting"]["verdicts"]
    points = _points(found)
    above = len(head.name) + len(leader) + sum(map(len, points))
    lists = _fitted(LINES_MAX if above <= LETTERS_SHORT else LINES_LONG, (
        _List("Quá hạn", found["late"], found["total"]["overdue"], _days),
        _List("Đến hạn trong tuần", week["rows"], week["count"], _end),
        _List("Chờ công nhận", waiting["rows"], waiting["count"], _reported),
    ))  # fmt: skip
    to = found["leader"] or (f"Lãnh đạo {head.parent}" if head.parent else f"Lãnh đạo {head.name}")
    return Report(
        title="Báo cáo",
        subtitle=f"Tình hình thực hiện ý kiến chỉ đạo{leader} sáng ngày {day(found['date'])}",
        agency=head.name, parent=head.parent, symbol=f"BC-{head.short}".removesuffix("-"), place=head.place,
        day=at.astimezone(LOCAL).date(), made_at=at,
        marks=("Dữ liệu mô phỏng",) if found["simulated"] else (),
        source=f"Nguồn: nhiệm vụ, sự cố, cảnh báo trên hệ thống, lúc {moment(at)}; theo hạn giao ban đầu.",
        blocks=(
            Points(items=points), _table(lists), Points(items=_urgent(found)),
            Signatures(
                signers=(Signer(title="Người lập", signed="Lập từ hệ thống"),), recipients=(to, "Lưu: VT")
            ),
        ),
    )  # fmt: skip


_Row = Mapping[str, Any]


class _List(msgspec.Struct, frozen=True):
    """Rows under a heading, how many there are in all, and what their last cell says."""

    name: str
    rows: Sequence[_Row]
    count: int
    last: Callable[[_Row], str]


def _fitted(left: int, lists: Sequence[_List]) -> list[_List]:
    """Return lists with as many rows as fit, one of each in turn, what is late first."""
    kept: list[list[_Row]] = [[] for _ in lists]
    for at in range(ROWS_MAX):
        for each, rows in zip(lists, kept, strict=True):
            if at < len(each.rows) and (lines := _lines(each.rows[at])) <= left and len(rows) == at:
                rows.append(each.rows[at])
                left -= lines
    return [msgspec.structs.replace(each, rows=rows) for each, rows in zip(lists, kept, strict=True)]


def _lines(row: _Row) -> int:
    """Return about how many lines a row takes."""
    title, unit = _cut(_title(row), TITLE_MAX), _cut(row["unit"]["name"], UNIT_MAX)
    return max(-(-len(title) // TITLE_LINE), -(-len(unit) // UNIT_LINE))


def _points(found: Mapping[str, Any]) -> tuple[str, ...]:
    total, counts = found["total"], found["changes"]["counts"]
    rate = total["on_time_rate"]
    share = (
        f"{decimal(rate.percent)}% ({number(rate.numerator)}/{number(rate.denominator)} {rate.of_vi})"
        if rate else "chưa tính được"
    )  # fmt: skip
    happened = "; ".join(f"{words} {number(counts[name])}" for name, words in CHANGES if counts.get(name))
    since = found["changes"]["since"].astimezone(LOCAL)
    return (
        (f"Đã giao {number(total['given'])} nhiệm vụ: hoàn thành {number(total['done'])}, đang thực hiện "
        f"{number(total['open'])}, quá hạn {number(total['overdue'])}; tỷ lệ đúng hạn {share}."),
        f"Từ {since:%H} giờ {since:%M} ngày {day(since.date())}: {happened or 'không có thay đổi'}.",
        f"Chờ quyết định gia hạn: {number(found['waiting']['extensions']['count'])} nhiệm vụ.",
    )  # fmt: skip


def _table(lists: Sequence[_List]) -> Table:
    """Return the lists as one table, each under how many there are; what is left out is said."""
    rows: list[tuple[str, str, str]] = []
    spans: list[int] = []
    for each in lists:
        more = f", nêu {number(len(each.rows))}" if each.count > len(each.rows) else ""
        spans.append(len(rows))
        rows.append((f"{each.name}: {number(each.count)} nhiệm vụ{more}", "", ""))
        rows += [
            (_cut(_title(row), TITLE_MAX), _cut(row["unit"]["name"], UNIT_MAX), each.last(row))
            for row in each.rows
        ]
    return Table(
        head=("Nhiệm vụ", "Đơn vị chủ trì", "Mốc"), rows=tuple(rows), widths=(8.4, 4.6, 2.6), align="llc",
        spans=tuple(spans),
    )  # fmt: skip


def _title(row: _Row) -> str:
    """Return the task; None stands for a directive whose wording the asker may not see."""
    if row["directive"] is None and row["by_document"]:
        return f"{RESTRICTED}: {row['by_document']}"
    return str(row["title"])


def _cut(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1].rstrip(" ,;.") + "…"


def _days(row: _Row) -> str:
    return f"trễ {number(row['late']['days'])} ngày"


def _end(row: _Row) -> str:
    return end(row["due"]["end"]) if row["due"]["end"] else NONE


def _reported(row: _Row) -> str:
    return day(row["reported_at"].astimezone(LOCAL).date()) if row["reported_at"] else NONE


def _urgent(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return open incidents and alerts of priority 1; what may not be seen is said not to be shown."""
    lines = []
    for name, key, title in (
        ("Sự cố đang mở", "incidents", "title"),
        ("Cảnh báo mức 1", "alerts", "title_vi"),
    ):
        part = found[key]
        if part is None:
            lines.append(f"{name}: không thuộc phạm vi được xem.")
            continue
        plus = " trở lên" if part["more"] else ""
        named = "; ".join(_cut(str(row[title]), NAME_MAX) for row in part["rows"][:NAMED_MAX])
        lines.append(f"{name}: {number(part['count'])}{plus}" + (f" ({named})." if named else "."))
    return tuple(lines)
