"""The monthly report of a programme."""

from __future__ import annotations

from collections.abc import Iterator

from haidang.programme.model.money import DENOMINATORS
from haidang.programme.reports.content import parts
from haidang.programme.reports.content.parts import Section
from haidang.programme.reports.model import Figures, summed
from haidang.programme.reports.words import MISSING, day, decimal, million, money, number, rate


def sections(found: Figures) -> Iterator[Section]:
    """Yield the sections of the report."""
    yield Section(
        heading="Kế hoạch vốn và giải ngân", points=tuple(plan_points(found)),
        grids=(parts.by_owner(found), parts.by_source(found)),
    )  # fmt: skip
    yield Section(
        heading="Tiến độ thực hiện", points=tuple(progress_points(found)),
        grids=(parts.milestones(found, with_project=True), parts.contracts(found, with_project=True)),
    )  # fmt: skip
    yield Section(heading="Điều chỉnh trong kỳ", grids=(parts.adjustments(found, with_project=True),))
    yield Section(heading="Lựa chọn nhà thầu trong kỳ", grids=(parts.tenders(found, with_project=True),))
    yield Section(
        heading="Khó khăn, vướng mắc", texts=said(found.notes.difficulties),
        grids=(parts.bottlenecks(found, with_project=True),),
    )  # fmt: skip
    yield Section(heading=f"Dự báo giải ngân đến ngày 31/01/{found.plan_year + 1}", points=ahead(found))
    yield Section(heading="Số liệu còn thiếu và đơn vị cần hỏi", grids=(parts.missing(found),))
    yield Section(heading="Đề xuất, kiến nghị", points=tuple(proposals(found)))


def said(text: str | None) -> tuple[str, ...]:
    """Return the issuer's own words as paragraphs."""
    return () if text is None else tuple(part for part in text.split("\n") if part.strip())


def plan_points(found: Figures) -> Iterator[str]:
    """Yield what is planned by every denominator, what was paid, and every rate by what it is a rate of."""
    for kind, (vi, _) in DENOMINATORS.items():
        if kind.endswith("_with_carry_over"):
            continue
        amount = found.plan_dong.get(kind)
        text = f"Năm {found.plan_year}, {vi}: {money(amount)}"
        if kind == "council_initial" and found.plan_initial_on is not None and amount is not None:
            text += f" (quyết định đầu tiên có hiệu lực từ ngày {day(found.plan_initial_on)})"
        yield text + "."
    told = [line for line in found.lines if line.paid_dong is not None]
    if not told:
        yield f"Giải ngân đến ngày {day(found.plan_as_of)}: {MISSING}, sổ chưa có chứng từ nào của Kho bạc."
        return
    own = summed(line.paid_dong for line in told)
    carried = summed(line.paid_carry_over_dong for line in told)
    within = summed(line.paid_in_period_dong for line in told)
    unknown = len(found.lines) - len(told)
    more = f" ({number(unknown)}/{number(len(found.lines))} dự án chưa có chứng từ)" if unknown else ""
    yield (
        f"Giải ngân lũy kế đến ngày {day(found.plan_as_of)} theo chứng từ Kho bạc: kế hoạch năm "
        f"{money(own)}, "
        f"vốn kéo dài {money(carried)}; riêng trong kỳ {money(within)}{more}."
    )
    for ratio in found.ratios:
        yield f"Tỷ lệ giải ngân: {rate(ratio)}."


def progress_points(found: Figures) -> Iterator[str]:
    """Yield how many milestones are met and late, and what has no milestones at all."""
    with_any = [line for line in found.lines if line.milestones]
    yield (
        f"Mốc tiến độ: {number(sum(line.milestones for line in with_any))} mốc của "
        f"{number(len(with_any))} dự án; "
        f"đã đạt {number(sum(line.milestones_met for line in with_any))} (trong kỳ "
        f"{number(sum(line.milestones_met_in_period for line in with_any))}), quá hạn chưa đạt "
        f"{number(sum(line.milestones_late for line in with_any))}."
    )
    without = len(found.lines) - len(with_any)
    if without:
        yield f"Chưa có mốc tiến độ trong sổ: {number(without)} dự án."
    over = sum(line.contracts_over for line in found.lines)
    signed = sum(line.contracts for line in found.lines)
    yield f"Hợp đồng: {number(signed)}, trong đó {number(over)} quá thời hạn (kể cả gia hạn) chưa kết thúc."


def ahead(found: Figures) -> tuple[str, ...]:
    """Return what the year will have paid, with the method and its past error."""
    it = found.foresight
    if it is None:
        return ("Chưa dự báo: năm kế hoạch đã hết, chưa hết kỳ đầu, hoặc chưa đủ dữ liệu các năm trước.",)
    error = MISSING if it.error_points is None else f"{decimal(it.error_points)} điểm % kế hoạch"
    return (
        (
            f"Tính đến ngày {day(it.as_of)}, mức giữa (P50): {million(it.p50_dong)} triệu đồng; khoảng "
            "P10–P90: "
            f"{million(it.p10_dong)}–{million(it.p90_dong)} triệu đồng."
        ),
        f"Phương pháp: {it.method}; sai số trung bình của phương pháp ở cùng kỳ các năm trước: {error}.",
    )


def proposals(found: Figures) -> Iterator[str]:
    """Yield what is asked for: what the figures ask by themselves, then the issuer's own words."""
    late = sorted({line.owner for line in found.lines if line.delayed})
    if late:
        yield (
            "Các chủ đầu tư có mốc hoặc hợp đồng quá hạn báo cáo nguyên nhân, thời hạn hoàn thành: "
            f"{_named(late)}."
        )
    overdue = sorted({each.unit for each in found.bottlenecks if each.overdue})
    if overdue:
        yield f"Các đơn vị có nhiệm vụ gỡ vướng mắc quá hạn báo cáo kết quả: {_named(overdue)}."
    asked = sorted({each.ask for each in found.missing})
    if asked:
        yield f"Các đơn vị bổ sung số liệu còn thiếu: {_named(asked)}."
    yield from found.notes.proposals
    if not (late or overdue or asked or found.notes.proposals):
        yield "Không."


NAMED_MAX = 12


def _named(units: list[str]) -> str:
    more = len(units) - NAMED_MAX
    return "; ".join(units[:NAMED_MAX]) + (f" và {number(more)} đơn vị khác" if more > 0 else "")
