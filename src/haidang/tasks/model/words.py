"""A task's clock in words, Vietnamese and English: when it is due, and how it stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from haidang.base.clock import LOCAL
from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import Due, last_day, local_day
from haidang.tasks.model.policy import Policy
from haidang.tasks.model.task import DONE, Task, days_late, timeliness


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str


_ROMAN = ("I", "II", "III", "IV")
_EVERY = {
    "week": Words("hằng tuần", "every week"),
    "month": Words("hằng tháng", "every month"),
    "quarter": Words("hằng quý", "every quarter"),
    "half_year": Words("6 tháng một lần", "every half-year"),
    "year": Words("hằng năm", "every year"),
}


_WEEKDAYS = (
    Words("thứ Hai", "Monday"), Words("thứ Ba", "Tuesday"), Words("thứ Tư", "Wednesday"),
    Words("thứ Năm", "Thursday"), Words("thứ Sáu", "Friday"), Words("thứ Bảy", "Saturday"),
    Words("Chủ nhật", "Sunday"),
)  # fmt: skip


def period_words(day: date, every: str) -> Words:
    """Return the period that holds a day as documents write it: ``tháng 11/2026``, ``quý IV/2026``."""
    year, quarter = day.year, (day.month + 2) // 3
    match every:
        case "week":
            year, week, _ = day.isocalendar()
            return Words(f"tuần {week}/{year}", f"week {week}/{year}")
        case "month":
            return Words(f"tháng {day.month}/{year}", f"{day.month}/{year}")
        case "quarter":
            return Words(f"quý {_ROMAN[quarter - 1]}/{year}", f"Q{quarter}/{year}")
        case "half_year":
            half = Words("đầu", "first") if day.month <= 6 else Words("cuối", "second")
            return Words(f"6 tháng {half.vi} năm {year}", f"{half.en} half of {year}")
        case _:
            return Words(f"năm {year}", f"{year}")


def _day_of_period(due: Due) -> Words:
    if due.day is None:
        return Words("", "")
    if due.every == "week":
        name = _WEEKDAYS[due.day - 1]
        return Words(f", vào {name.vi}", f", on {name.en}")
    last = Words("", "") if due.every == "month" else Words(" tháng cuối kỳ", " of its last month")
    return Words(f", ngày {due.day}{last.vi}", f", on day {due.day}{last.en}")


def moment(at: datetime) -> Words:
    """Return an instant as documents write it."""
    text = f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"
    return Words(text, text)


def _day(end: datetime) -> str:
    return f"{last_day(end):%d/%m/%Y}"


def due_words(due: Due, end: datetime | None, review: datetime | None) -> Words:  # noqa: PLR0911, PLR0912
    """Return a due with the precision it was given in."""
    day = _day(end) if end else ""
    look = f"{last_day(review):%d/%m/%Y}" if review else ""
    count, on = due.count or 0, due.on
    match due.precision:
        case "moment" if end:
            return Words(f"trước {moment(end).vi}", f"before {moment(end).en}")
        case "month" if on:
            return Words(f"trong tháng {on.month}/{on.year}", f"within {on.month}/{on.year}")
        case "quarter" if on:
            number = (on.month + 2) // 3
            return Words(f"trong quý {_ROMAN[number - 1]}/{on.year}", f"within Q{number}/{on.year}")
        case "year" if on:
            return Words(f"trong năm {on.year}", f"within {on.year}")
        case "working_days":
            return Words(f"{count} ngày làm việc (hết ngày {day})", f"{count} working days (until {day})")
        case "working_minutes" if end:
            length = _length(count)
            return Words(
                f"{length.vi} làm việc (trước {moment(end).vi})",
                f"{length.en} of working time (before {moment(end).en})",
            )
        case "minutes" if end:
            length = _length(count)
            return Words(f"{length.vi} (trước {moment(end).vi})", f"{length.en} (before {moment(end).en})")
        case "recurring" if due.every:
            on_day = _day_of_period(due)
            return Words(f"định kỳ {_EVERY[due.every].vi}{on_day.vi}", f"{_EVERY[due.every].en}{on_day.en}")
        case "event":
            after = Words(
                f"{count} ngày làm việc sau khi: {due.event}", f"{count} working days after: {due.event}"
            )
            if end:
                return Words(f"{after.vi} (hết ngày {day})", f"{after.en} (until {day})")
            return Words(f"{after.vi} (chưa xảy ra)", f"{after.en} (has not come yet)")
        case "urgent":
            return Words(f"khẩn trương, xem lại ngày {look}", f"urgent, to be looked at on {look}")
        case "open":
            return Words(f"thường xuyên, xem lại ngày {look}", f"ongoing, to be looked at on {look}")
        case "none":
            return Words("không có hạn", "no due date")
    return Words(f"hết ngày {day}", f"until {day}")


def left_words(task: Task, now: datetime, calendar: Calendar, policy: Policy) -> Words:  # noqa: PLR0911
    """Return how the clock stands: what is left, how late, or why it does not run."""
    value = timeliness(task, task.due_end, now, calendar)
    if task.state == "draft":
        return Words("dự thảo, chưa giao", "a draft, not given yet")
    if task.state == "cancelled":
        return Words("đã hủy", "cancelled")
    if task.paused_at is not None:
        reason = policy.pauses.get(task.pause_reason or "")
        since = moment(task.paused_at)
        return Words(
            f"dừng đồng hồ từ {since.vi}: {reason.vi if reason else task.pause_reason}",
            f"clock stopped since {since.en}: {reason.en if reason else task.pause_reason}",
        )
    if task.state in DONE:
        return _done(task, value, now)
    if value == "awaiting_verdict" and task.reported_at:
        at = moment(task.reported_at)
        return Words(f"đã báo cáo {at.vi}, chờ công nhận", f"reported {at.en}, awaiting the verdict")
    if value == "overdue":
        return _late(task, now)
    if task.due_end is None:
        if task.review_at is None:
            return Words("chưa có hạn", "no due date yet")
        look = f"{last_day(task.review_at):%d/%m/%Y}"
        return Words(f"chưa có hạn, xem lại {look}", f"no due date yet, to be looked at on {look}")
    return _remaining(now, task.due_end, calendar)


def _done(task: Task, value: str | None, now: datetime) -> Words:
    if value == "done_late":
        days = days_late(task, task.due_end, now)
        return Words(f"xong, trễ {days} ngày", f"done, {days} {_plural('day', days)} late")
    if task.due_end is None:
        return Words("xong", "done")
    return Words("xong đúng hạn", "done on time")


def _late(task: Task, now: datetime) -> Words:
    limit = task.due_end or task.review_at
    assert limit is not None  # noqa: S101 - overdue has one
    if task.due_end is None:
        days = days_late(task, None, now)
        return Words(f"quá ngày xem lại {days} ngày", f"{days} {_plural('day', days)} past its review")
    if local_day(now) == last_day(limit) or (local_day(now) == local_day(limit) and not _midnight(limit)):
        length = _length(int((now - limit).total_seconds() // 60))
        return Words(f"trễ {length.vi}", f"{length.en} late")
    days = days_late(task, limit, now)
    return Words(f"trễ {days} ngày", f"{days} {_plural('day', days)} late")


def _remaining(now: datetime, end: datetime, calendar: Calendar) -> Words:
    today, day = local_day(now), last_day(end)
    if today == day:
        if _midnight(end):
            return Words("hạn hôm nay", "due today")
        length = _length(int((end - now).total_seconds() // 60))
        return Words(f"còn {length.vi}", f"{length.en} left")
    days = calendar.working_days_between(today, day)
    if days == 0:
        rest = (day - today).days
        return Words(
            f"còn {rest} ngày, {'đều ' * (rest > 1)}là ngày nghỉ",
            f"{rest} {_plural('day', rest)} left, off work",
        )
    return Words(f"còn {days} ngày làm việc", f"{days} working {_plural('day', days)} left")


def _midnight(end: datetime) -> bool:
    local = end.astimezone(LOCAL)
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def _length(minutes: int) -> Words:
    hours, rest = divmod(max(0, minutes), 60)
    vi = [f"{hours} giờ"] * bool(hours) + [f"{rest} phút"] * bool(rest or not hours)
    en = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours)
    return Words(" ".join(vi), " ".join(en))


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
