"""What the figures of a pack say in whole sentences: for the report's opening and the conclusion. Pure."""

from __future__ import annotations

from haidang.programme.meetings.pack import GOAL_SHARE, Money, Pack, Previous
from haidang.programme.meetings.words import big, day, decimal, of, percent, points
from haidang.programme.model.money import Ratio

GOAL = f"{decimal(GOAL_SHARE * 100, 0)}%"


def stands(pack: Pack) -> str:
    """Return how far the year is: paid, of what, by which days."""
    money = pack.total
    ratio = money.ratio()
    carried = (
        f" (trong đó vốn kéo dài {big(money.paid_carry_over_dong)})" if money.paid_carry_over_dong else ""
    )
    if ratio is None or ratio.value is None:
        return (
            f"Đến ngày {day(pack.cutoff)}, giải ngân kế hoạch vốn năm {pack.plan_year} của {pack.program} là "
            f"{big(money.paid_dong)}{carried}; chưa có quyết định giao kế hoạch nên chưa tính tỷ lệ."
        )
    return (
        f"Đến ngày {day(pack.cutoff)}, giải ngân kế hoạch vốn năm {pack.plan_year} của {pack.program} là "
        f"{big(money.paid_dong)}{carried}, đạt {percent(ratio)} {of(ratio)}, kế hoạch tính đến ngày "
        f"{day(ratio.plan_as_of)}."
    )


def since(pack: Pack) -> str:
    """Return what has changed since the last meeting; empty where there was none."""
    before, last = pack.total.before, pack.previous
    if before is None or last is None:
        return ""
    by = points(before.share, pack.total.ratio())
    more = pack.total.paid_dong - before.paid_dong
    moved = f"tăng thêm {big(more)}" if more > 0 else f"giảm {big(-more)} (có khoản được hủy xác nhận)"
    if more == 0:
        return f"{_last(last)}, giải ngân không thay đổi{_plan_moved(pack.total, before.plan_dong)}."
    share = f", tương ứng {by} điểm phần trăm" if by != "–" else ""
    return f"{_last(last)}, giải ngân {moved}{share}{_plan_moved(pack.total, before.plan_dong)}."


def _last(last: Previous) -> str:
    return f"So với cuộc họp ngày {day(last.held_on)} (số liệu đến ngày {day(last.cutoff)})"


def _plan_moved(now: Money, before: int | None) -> str:
    if now.plan_dong is None or before is None or now.plan_dong == before:
        return ""
    by = now.plan_dong - before
    return f"; kế hoạch {'tăng' if by > 0 else 'giảm'} {big(abs(by))}"


def foreseen(pack: Pack) -> str:
    """Return what the year is foreseen to come to, with the method's own past error; or why nothing is."""
    found = pack.outlook
    if found.method is None or found.p50_dong is None:
        why = found.reason.vi if found.reason else "chưa có phương pháp nào đủ dữ liệu"
        return f"Chưa dự báo được số giải ngân cả năm: {why}."
    error = (
        f"; sai số bình quân trước đây của phương pháp này là {decimal(found.error_points, 1)} điểm phần trăm"
        if found.error_points is not None
        else ""
    )
    return (
        f"Dự báo đến ngày 31/01/{pack.plan_year + 1} giải ngân {_share(pack, found.p50_dong)} kế hoạch sau "
        f"điều chỉnh và vốn kéo dài (khoảng P10–P90: {_share(pack, found.p10_dong)} đến "
        f"{_share(pack, found.p90_dong)}), phương pháp: "
        f"{found.method.vi[:1].lower() + found.method.vi[1:]}{error}. Mục tiêu là {GOAL}."
    )


def _share(pack: Pack, dong: int | None) -> str:
    plan = pack.outlook.plan_dong
    if dong is None or not plan:
        return big(dong)
    return f"{decimal(100 * dong / plan, 1)}%"


def lowest(pack: Pack) -> str:
    """Return the owners that have paid least of their plan."""
    named = [each for each in pack.owners if each.id is not None and _value(each.money.ratio()) is not None]
    below = [each for each in named if (_value(each.money.ratio()) or 0) < (_value(pack.total.ratio()) or 0)]
    if not below:
        return ""
    listed = "; ".join(f"{each.name} ({percent(each.money.ratio())})" for each in below[:5])
    more = f" và {len(below) - 5} chủ đầu tư khác" if len(below) > 5 else ""
    return f"Chủ đầu tư có tỷ lệ thấp hơn mức chung: {listed}{more}."


def _value(ratio: Ratio | None) -> float | None:
    return None if ratio is None or ratio.value is None else float(ratio.value)


def assessment(pack: Pack) -> tuple[str, ...]:
    """Return what a conclusion says of the situation, from the pack that the meeting was told."""
    return tuple(text for text in (" ".join(filter(None, (stands(pack), since(pack)))), lowest(pack)) if text)
