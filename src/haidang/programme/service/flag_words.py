"""The flags in words: of which group, what was found, since when, and whose it is to follow up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from haidang.programme.analysis.conditions import RULES, Facts, Thresholds

Group = Literal["money", "advance", "time", "substance", "procurement"]
GROUPS: dict[Group, tuple[str, str]] = {
    "money": ("Giải ngân", "Disbursement"),
    "advance": ("Tạm ứng", "Advances"),
    "time": ("Tiến độ", "Time"),
    "substance": ("Nội dung đầu tư", "Substance"),
    "procurement": ("Đấu thầu", "Procurement"),
}


class Words(NamedTuple):
    """How a flag is told; ``{value}`` and ``{limit}`` are what it saw and what it was held against."""

    group: Group
    found_vi: str
    found_en: str
    since: Callable[[Facts, Thresholds], date | None] | None = None
    follow_up: Literal["owner", "program"] = "owner"


def _period_end(facts: Facts, period: int) -> date | None:
    """Return the first day after a period of the plan year of which these facts are."""
    begin = facts.on.year * 12 + facts.on.month - 1 - facts.period
    number = begin + period
    return date(number // 12, number % 12 + 1, 1)


def _months_on(day: date | None, months: int) -> date | None:
    if day is None:
        return None
    number = day.year * 12 + day.month - 1 + months
    last = date(number // 12 + (number % 12 == 11), (number + 1) % 12 + 1, 1) - timedelta(days=1)
    return date(number // 12, number % 12 + 1, min(day.day, last.day))


def _after(day: date | None, days: int) -> date | None:
    return None if day is None else day + timedelta(days=days)


TOLD: Mapping[str, Words] = {
    "nothing_paid": Words(
        "money",
        "đã hết {value} kỳ, chưa giải ngân đồng nào (ngưỡng: kỳ {limit})",
        "{value} periods are over and nothing is paid (threshold: period {limit})",
        lambda facts, t: _period_end(facts, t.first_payment_period),
    ),
    "third_quarter": Words(
        "money",
        "đã giải ngân {value:%} kế hoạch và vốn kéo dài, ngưỡng {limit:%} khi hết quý III",
        "{value:%} of plan and carried-over capital is paid, the threshold is {limit:%} at the end of Q3",
        lambda facts, _: _period_end(facts, 9),
    ),
    "below_province": Words(
        "money",
        "đã giải ngân {value:%} kế hoạch và vốn kéo dài, mức chung {limit:%}",
        "{value:%} of plan and carried-over capital is paid, the mean is {limit:%}",
    ),
    "foreseen_low": Words(
        "money",
        "dự báo (P50) đạt {value:%} kế hoạch và vốn kéo dài đến 31/01, mục tiêu {limit:%}",
        "foreseen (P50) {value:%} of plan and carried-over capital by 31 January, the goal is {limit:%}",
    ),
    "late_allocation": Words(
        "money",
        "phân bổ sau {value} ngày, hoặc chưa phân bổ; ngưỡng {limit} ngày",
        "allocated after {value} days, or not yet; the threshold is {limit} days",
        lambda facts, t: _after(facts.planned_on, t.late_allocation_days + 1),
        "program",
    ),
    "late_supplement": Words(
        "money",
        "bổ sung kế hoạch ngày {value}, sau tháng {limit}",
        "the plan was supplemented on {value}, after month {limit}",
        lambda facts, t: min(
            (d for d in facts.supplements if d.month > t.late_supplement_month), default=None
        ),
        "program",
    ),
    "guarantee_ends": Words(
        "advance",
        "bảo lãnh còn {value} ngày, ngưỡng {limit} ngày",
        "the guarantee ends in {value} days, the threshold is {limit}",
        lambda facts, t: _after(facts.guarantee_expires_on, 1 - t.guarantee_days),
    ),
    "old_advance": Words(
        "advance",
        "tạm ứng {value} tháng chưa thu hồi hết, ngưỡng {limit} tháng",
        "an advance is outstanding for {value} months, the threshold is {limit}",
        lambda facts, t: _months_on(facts.advance_on, t.advance_months),
    ),
    "advance_without_volume": Words(
        "advance",
        "{value} tháng sau tạm ứng chưa có khối lượng nghiệm thu mới, ngưỡng {limit} tháng",
        "no volume was accepted for {value} months after the advance, the threshold is {limit}",
        lambda facts, t: _months_on(
            max((d for d in (facts.advance_on, facts.volume_on) if d), default=None),
            t.advance_without_volume_months,
        ),
    ),
    "finish_late": Words(
        "time",
        "dự kiến hoàn thành {value}, thời hạn quyết định {limit}",
        "foreseen to finish on {value}, decided for {limit}",
    ),
    "contract_over": Words(
        "time",
        "hợp đồng quá hạn {value} ngày (hết hạn {limit}), chưa có phụ lục gia hạn",
        "a contract is {value} days past its end ({limit}) without an extension",
        lambda facts, _: _after(facts.contract_expires, 1),
    ),
    "milestone_slip": Words(
        "time",
        "mốc trượt {value} ngày, ngưỡng {limit} ngày",
        "a milestone slips by {value} days, the threshold is {limit}",
    ),
    "physical_and_paid_apart": Words(
        "time",
        "khối lượng và giải ngân lệch {value} điểm, ngưỡng {limit} điểm",
        "work and payments are {value} points apart, the threshold is {limit}",
    ),
    "total_raised": Words(
        "substance",
        "tổng mức tăng {value:%} so với ban đầu, ngưỡng {limit:%}",
        "the total rose by {value:%}, the threshold is {limit:%}",
    ),
    "equipment_changed": Words(
        "substance",
        "{value} lần thay đổi thiết bị, ngưỡng {limit}",
        "equipment changed {value} times, the threshold is {limit}",
    ),
    "appraisal_waits": Words(
        "substance",
        "thẩm định giá chờ {value} ngày làm việc, ngưỡng {limit}",
        "a price appraisal waits for {value} working days, the threshold is {limit}",
    ),
    "bottleneck_unowned": Words(
        "substance",
        "{value} vướng mắc chưa có người, chưa có hạn",
        "{value} bottlenecks have neither person nor due date",
    ),
}
PROCUREMENT: Mapping[str, tuple[str, str, str, str]] = {
    "R003": (
        "Thời gian mời thầu ngắn",
        "Short tender period",
        "{value} ngày từ mời thầu đến đóng thầu, ít nhất {limit}",
        "{value} days from publication to closing, at least {limit}",
    ),
    "R018": ("Chỉ một nhà thầu tham dự", "A single tenderer", "một nhà thầu dự thầu", "one tenderer alone"),
    "R024": (
        "Giá dự thầu sát giá trúng thầu",
        "Price close to the winner's",
        "chênh {value:%}, ngưỡng {limit:%}",
        "{value:%} apart, the threshold is {limit:%}",
    ),
    "R025": (
        "Dự thầu nhiều, trúng thầu ít",
        "Many unsuccessful bids",
        "trúng {value:%} số lần dự thầu, ngưỡng {limit:%}",
        "won {value:%} of its bids, the threshold is {limit:%}",
    ),
    "R028": (
        "Giá dự thầu trùng nhau",
        "Identical prices",
        "nhiều nhà thầu chào cùng một giá",
        "several tenderers offered one price",
    ),
    "R030": (
        "Hồ sơ nộp trễ mà trúng thầu",
        "A late bid won",
        "nộp sau giờ đóng thầu {value} phút",
        "submitted {value} minutes after the closing",
    ),
    "R035": (
        "Các nhà thầu khác đều bị loại",
        "All others disqualified",
        "{value} nhà thầu khác bị loại",
        "{value} others disqualified",
    ),
    "R036": (
        "Giá thấp nhất bị loại",
        "The lowest bid disqualified",
        "giá thấp nhất bị loại",
        "the lowest bid was disqualified",
    ),
    "R038": (
        "Loại hồ sơ nhiều bất thường",
        "Excessive disqualification",
        "{value:%} hồ sơ bị loại, ngưỡng {limit:%}",
        "{value:%} of the bids disqualified, the threshold is {limit:%}",
    ),
    "R048": (
        "Nhà thầu trúng nhiều loại việc khác nhau",
        "A heterogeneous supplier",
        "{value} loại, ngưỡng {limit}",
        "{value} kinds, the threshold is {limit}",
    ),
    "R058": (
        "Giảm giá sâu bất thường",
        "A heavy discount",
        "thấp hơn giá kế tiếp {value:%}, ngưỡng {limit:%}",
        "{value:%} below the next, the threshold is {limit:%}",
    ),
}


def titles(code: str) -> tuple[str, str]:
    """Return what a flag is called in both languages."""
    if code in RULES:
        return RULES[code].vi, RULES[code].en
    return PROCUREMENT[code][0], PROCUREMENT[code][1]


def group_of(code: str) -> Group:
    """Return the group of a flag."""
    return TOLD[code].group if code in TOLD else "procurement"


def found_words(code: str, value: Any, limit: Any) -> tuple[str, str]:
    """Return what a flag saw, in both languages."""
    vi, en = (TOLD[code].found_vi, TOLD[code].found_en) if code in TOLD else PROCUREMENT[code][2:]
    return _filled(vi, value, limit, vi=True), _filled(en, value, limit, vi=False)


def _filled(text: str, value: Any, limit: Any, *, vi: bool) -> str:
    for name, given in (("value", value), ("limit", limit)):
        text = text.replace("{" + name + ":%}", _percent(given, vi=vi)).replace(
            "{" + name + "}", _plain(given, vi=vi)
        )
    return text


def _percent(value: Any, *, vi: bool) -> str:
    if not isinstance(value, int | float):
        return "—"
    shown = f"{100 * value:.1f}".removesuffix(".0")
    return (shown.replace(".", ",") if vi else shown) + " %"


def _plain(value: Any, *, vi: bool) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        shown = f"{value:.2f}".rstrip("0").rstrip(".")
        return shown.replace(".", ",") if vi else shown
    if isinstance(value, str) and len(value) == 10 and value[4] == "-":
        return f"{value[8:]}/{value[5:7]}/{value[:4]}"
    return str(value)
