"""Time limits in a clause: the words, their precision, and the last day where one can be told.

A limit is a date behind a word that limits ("trước", "chậm nhất", "trong", "hoàn thành … ngày"); the date of
a quoted document, of a period ("giai đoạn 2018-2025") or of something that happened is none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from haidang.directives.extraction.model import Every, Precision

_DAY = (
    r"(?:ngày\s*(?:mùng\s+|mồng\s+)?)?(?P<d>\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(?P<m>\d{1,2})"
    r"(?:\s*(?:[/.-]|,?\s*năm\s+)\s*(?P<y>\d{4}|\d{2}(?!\d)))?(?![\d/%])"
)
_HOUR = r"(?:\d{1,2}\s*(?:giờ|h|g)\s*(?:\d{2})?\s*(?:phút)?\s*,?\s*(?:sáng|chiều|trưa|tối)?\s*)?"
_LIMIT = (
    r"(?:trước|chậm nhất|muộn nhất|trễ nhất|không quá|hạn chót|hạn cuối cùng|hạn cuối|thời hạn|hạn|đến hết|"
    r"đến trước|hết|xong|trong|đến|vào)"
)
_BRIDGE = r"(?:\s*:)?(?:\s+(?:là|đến|vào|trong|trước|hết|thời điểm|thời gian|sau|tới|cuối))*\s*"
_YEAR = r"(?:\s*(?:/|,?\s*năm\s+|-)\s*(?P<y>\d{4}))?"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_ON_DAY = re.compile(rf"(?<!\w)(?P<limit>{_LIMIT}){_BRIDGE}{_HOUR}{_DAY}")
_MONTH = re.compile(
    rf"(?<!\w)(?P<limit>{_LIMIT}){_BRIDGE}(?P<part>đầu|giữa|cuối|hết|nửa đầu|"
    rf"nửa cuối)?\s*tháng\s+(?P<m>\d{{1,2}}){_YEAR}(?:\s+(?:này|tới))?(?![\d])"
)
_QUARTER = re.compile(
    rf"(?<!\w)(?P<limit>{_LIMIT}|đầu|cuối){_BRIDGE}(?P<part>đầu|giữa|cuối|hết)?\s*quý\s+(?P<q>iv|i{{1,3}}|[1-4]){_YEAR}(?!\w)"
)
_IN_YEAR = re.compile(
    r"(?<!\w)(?P<limit>trước|trong|hết|cuối|chậm nhất)(?:\s+(?:là|trong|hết|cuối|"
    r"đến))*\s+năm\s+(?P<y>20\d{2})(?![\d-])"
)
_COUNTED = re.compile(
    r"(?<!\w)(?P<limit>trong|sau|không quá|chậm nhất|tối đa|muộn nhất)(?:\s+(?:vòng|thời hạn|thời gian|"
    r"là|không quá|tối đa|sau))*\s+"
    r"(?P<n>\d{1,3})\s*(?P<unit>ngày làm việc|ngày|tuần|tháng|giờ)(?!\s*(?:đầu|cuối|qua|năm|\d|tới đây))"
    r"(?:,?\s*(?:kể từ|tính từ|từ|sau)\s+(?:khi\s+|ngày\s+)?[^,;.:]{0,60})?"
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:ngay\s+)?(?:trong|trước|hết)\s+(?:ngày\s+)?(?P<what>hôm nay|ngày mai|mai|tuần này|"
    r"tuần tới|tuần sau|tháng này|tháng tới|tháng sau|quý này|năm nay)(?!\w)"
)
_EVERY = re.compile(
    r"(?<!\w)(?:(?:định kỳ|thường kỳ)\s*(?:,|là|vào)?\s*)?(?:(?:trước|"
    r"vào)\s+(?:ngày\s+)?\d{1,2}\s+)?(?:hàng|hằng|mỗi)\s+(?P<e>tuần|tháng|quý|năm)(?!\s+(?:việt|vạn))"
    r"|(?<!\w)định kỳ\s*(?:,|là)?\s*(?P<e2>6 tháng|sáu tháng|tuần|tháng|quý|năm)(?:\s*/?\s*(?:một|1)?\s*lần)?"
    r"(?:\s*(?:,|và)\s*(?:hàng|hằng)\s+(?:tuần|tháng|quý|năm))?"
    r"|(?<!\w)(?P<e3>6 tháng|sáu tháng)(?:\s*/?\s*(?:một|1)\s*lần)"
)
_EVENT = re.compile(
    r"(?<!\w)(?P<words>(?:ngay sau khi|sau khi|ngay khi|trước khi)\s+(?P<event>[^,;.:]{4,90})|"
    r"trước\s+(?P<feast>tết(?:\s+nguyên đán)?[^,;.:]{0,30}|mùa mưa(?:\s+(?:bão|lũ))?[^,;.:]{0,20}|"
    r"kỳ họp[^,;.:]{0,50}|khai giảng[^,;.:]{0,30}|năm học mới[^,;.:]{0,20}))"
)
_URGENT = re.compile(
    r"(?<!\w)(?:khẩn trương|sớm|ngay(?! (?:từ|cả|tại|trong|sau|khi|trên|ngắn))|gấp|kịp thời|"
    r"trong thời gian sớm nhất|hỏa tốc)(?!\w)"
)
_OPEN = re.compile(r"(?<!\w)thường xuyên(?!\w)")

_QUOTED = re.compile(
    r"(?:số\s+\S+|ban hành|ký|được ký|kể từ|tính từ|từ|có hiệu lực|phát sinh|xảy ra|tồn tại|đã (?:cấp|"
    r"được|có|xây|ký)[^,;.]{0,20}|"
    r"vi phạm|thành lập|khởi công từ|sử dụng đất|giai đoạn|tính)\s*(?:ra\s*)?$"
)
"""Words before a limit that make the date one of the past or of a document."""
_TERMED = re.compile(r"(?:có thời hạn|có hạn|đến hạn|thời hạn hoàn thành|dự kiến)\s*(?:\S+\s+){0,3}$")
_DONE = re.compile(
    r"(?:hoàn thành|hoàn tất|xong|báo cáo|gửi|trình|nộp|thời hạn|thời gian|hạn|kết quả|chấm dứt|xử lý|"
    r"bàn giao|khánh thành|thực hiện|tiến độ)[^;.]{0,90}$"
)
_SOFT = frozenset({"đến", "vào", "hết"})
"""Limits that are one only when something is finished by then."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit in the working copy."""

    start: int
    end: int
    precision: Precision
    date: dt.date | None = None
    count: int | None = None
    every: Every | None = None
    event: str | None = None
    inferred: bool = False
    rule: str = ""
    faults: tuple[str, ...] = ()


def limits(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    """Return the limits of a clause in the order they stand; of two that overlap, the longer one."""
    found = [
        *_days(low, start, end, issued_on),
        *_months(low, start, end, issued_on),
        *_quarters(low, start, end, issued_on),
        *_years(low, start, end),
        *_counted(low, start, end, issued_on),
        *_relative(low, start, end, issued_on),
        *_recurring(low, start, end),
    ]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Limit] = []
    for one in found:
        if kept and one.start < kept[-1].end:
            if one.end - one.start > kept[-1].end - kept[-1].start:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def events(low: str, start: int, end: int) -> list[Limit]:
    """Return what a clause waits for ("sau khi Thủ tướng phê duyệt")."""
    return [
        Limit(
            found.start(), found.start() + len(found[0].rstrip()), "event",
            event=(found["event"] or found["feast"]).strip(), rule="due.event",
        )
        for found in _EVENT.finditer(low, start, end)
    ]  # fmt: skip


def urgency(low: str, start: int, end: int) -> Limit | None:
    """Return the first word of haste, or "thường xuyên": no day, but somebody must look again."""
    if found := _URGENT.search(low, start, end):
        return Limit(found.start(), found.end(), "urgent", rule="due.urgent")
    if found := _OPEN.search(low, start, end):
        return Limit(found.start(), found.end(), "open", rule="due.open")
    return None


def _is_limit(low: str, start: int, found: re.Match[str]) -> bool:
    """Say whether a date with a limiting word before it limits the work."""
    before = low[max(start, found.start() - 100) : found.start()]
    if _QUOTED.search(before) or _TERMED.search(before):
        return False
    return found["limit"] not in _SOFT or _DONE.search(before) is not None


def _widened(low: str, start: int, at: int) -> int:
    """Return where a limit begins when "chậm nhất", "hoàn thành" or an hour stands right before it."""
    for lead in ("chậm nhất ", "muộn nhất ", "chậm nhất là ", "thời hạn "):
        if at - len(lead) >= start and low.startswith(lead, at - len(lead)):
            return at - len(lead)
    return at


def _days(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    found = []
    for match in _ON_DAY.finditer(low, start, end):
        if match["limit"] == "trong" and "ngày" not in match[0]:
            continue
        if not _is_limit(low, start, match):
            continue
        day, month = int(match["d"]), int(match["m"])
        if not 1 <= month <= 12 or not 1 <= day <= 31:
            continue
        date, inferred, faults = _date(day, month, match["y"], issued_on)
        found.append(
            Limit(
                _widened(low, start, match.start()),
                match.end(),
                "day",
                date=date,
                inferred=inferred,
                rule="due.day",
                faults=faults,
            )
        )
    return found


def _date(
    day: int, month: int, year: str | None, issued_on: dt.date | None
) -> tuple[dt.date | None, bool, tuple[str, ...]]:
    """Return the day, whether its year was read into it, and what is wrong with it."""
    if year is not None:
        full = int(year) + (2000 if len(year) == 2 else 0)
        date = _valid(full, month, day)
        return (date, False, ()) if date else (None, False, ("impossible-date",))
    if issued_on is None:
        return None, True, ("year-unknown",)
    for full in (issued_on.year, issued_on.year + 1):
        date = _valid(full, month, day)
        if date and date >= issued_on:
            return date, True, ()
    return None, True, ("impossible-date",)


def _valid(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _last(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _months(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    found = []
    for match in _MONTH.finditer(low, start, end):
        month = int(match["m"])
        if not 1 <= month <= 12 or not _is_limit(low, start, match):
            continue
        year = int(match["y"]) if match["y"] else None
        date: dt.date | None = None
        if year is not None or issued_on is not None:
            assert year is not None or issued_on is not None  # noqa: S101 - for the type checker
            full = year if year is not None else _next_year(issued_on, month)
            before = match["limit"] == "trước" and match["part"] is None
            date = dt.date(full, month, 1) - dt.timedelta(days=1) if before else _last(full, month)
        found.append(
            Limit(
                match.start(), match.end(), "month", date=date, inferred=year is None, rule="due.month",
                faults=() if date else ("year-unknown",),
            )
        )  # fmt: skip
    return found


def _next_year(issued_on: dt.date | None, month: int) -> int:
    assert issued_on is not None  # noqa: S101 - asked only with a date
    return issued_on.year if month >= issued_on.month else issued_on.year + 1


def _quarters(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    found = []
    for match in _QUARTER.finditer(low, start, end):
        if not _is_limit(low, start, match):
            continue
        quarter = _ROMAN[match["q"]]
        date: dt.date | None = None
        if match["y"] or issued_on is not None:
            full = int(match["y"]) if match["y"] else _next_year(issued_on, quarter * 3)
            date = _last(full, quarter * 3)
            if match["limit"] == "trước" and match["part"] is None:
                date = dt.date(full, quarter * 3 - 2, 1) - dt.timedelta(days=1)
        found.append(
            Limit(
                match.start(), match.end(), "quarter", date=date, inferred=not match["y"], rule="due.quarter",
                faults=() if date else ("year-unknown",),
            )
        )  # fmt: skip
    return found


def _years(low: str, start: int, end: int) -> list[Limit]:
    found = []
    for match in _IN_YEAR.finditer(low, start, end):
        if not _is_limit(low, start, match):
            continue
        year = int(match["y"]) - (match["limit"] == "trước" and "cuối" not in match[0])
        found.append(Limit(match.start(), match.end(), "year", date=dt.date(year, 12, 31), rule="due.year"))
    return found


def _counted(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    found = []
    for match in _COUNTED.finditer(low, start, end):
        count, unit = int(match["n"]), match["unit"]
        if not 1 <= count <= 366 or (match["limit"] == "sau" and "kể từ" not in match[0]):
            continue
        stop = match.start() + len(match[0].rstrip())
        date: dt.date | None = None
        precision: Precision = "working_days" if unit == "ngày làm việc" else "day"
        since_event = re.search(r"(?:kể từ|tính từ|từ|sau)\s+khi|nhận được", match[0]) is not None
        if precision == "day" and issued_on is not None and not since_event:
            date = _after(issued_on, count, unit)
        if precision == "day" and since_event:
            precision = "event"
        found.append(
            Limit(
                match.start(), stop, precision, date=date, count=count if precision != "day" else None,
                event=low[match.end("unit") : stop].strip(" ,") or None if precision == "event" else None,
                inferred=date is not None, rule="due.counted",
            )
        )  # fmt: skip
    return found


def _after(day: dt.date, count: int, unit: str) -> dt.date:
    if unit == "giờ":
        return day + dt.timedelta(days=-(-count // 24))
    if unit == "tháng":
        month = day.month - 1 + count
        year, month = day.year + month // 12, month % 12 + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return day + dt.timedelta(days=count * (7 if unit == "tuần" else 1))


def _relative(low: str, start: int, end: int, issued_on: dt.date | None) -> list[Limit]:
    found = []
    for match in _RELATIVE.finditer(low, start, end):
        what = match["what"]
        precision: Precision = (
            "month"
            if what.startswith("tháng")
            else "quarter"
            if what.startswith("quý")
            else "year"
            if what == "năm nay"
            else "day"
        )
        date = _relative_day(what, issued_on) if issued_on else None
        found.append(
            Limit(match.start(), match.end(), precision, date=date, inferred=True, rule="due.relative")
        )
    return found


def _relative_day(what: str, issued_on: dt.date) -> dt.date:
    friday = issued_on + dt.timedelta(days=4 - issued_on.weekday())
    following = (issued_on.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if what in {"tuần này", "tuần tới", "tuần sau"}:
        return max(friday, issued_on) if what == "tuần này" else friday + dt.timedelta(days=7)
    if what in {"ngày mai", "mai"}:
        return issued_on + dt.timedelta(days=1)
    if what == "tháng này":
        return _last(issued_on.year, issued_on.month)
    if what in {"tháng tới", "tháng sau"}:
        return _last(following.year, following.month)
    if what == "quý này":
        return _last(issued_on.year, (issued_on.month + 2) // 3 * 3)
    return dt.date(issued_on.year, 12, 31) if what == "năm nay" else issued_on


def _recurring(low: str, start: int, end: int) -> list[Limit]:
    found = []
    for match in _EVERY.finditer(low, start, end):
        unit = match["e"] or match["e2"] or match["e3"]
        every: Every = "half_year" if unit in {"6 tháng", "sáu tháng"} else _EVERIES[unit]
        bare = match["e"] and not match[0].startswith(("định kỳ", "thường kỳ", "trước", "vào"))
        if (
            bare
            and not _DONE.search(low, max(start, match.start() - 60), match.start())
            and not re.match(
                r"\s*,?\s*(?:tổng hợp\s*,?\s*)?(?:báo cáo|gửi|tổng hợp|đánh giá|rà soát|kiểm tra)",
                low[match.end() : match.end() + 40],
            )
        ):
            continue
        found.append(Limit(match.start(), match.end(), "recurring", every=every, rule="due.recurring"))
    return found


_EVERIES: dict[str, Every] = {"tuần": "week", "tháng": "month", "quý": "quarter", "năm": "year"}
