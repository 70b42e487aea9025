"""What stands beside a made-up project, told month by month: contracts, milestones, papers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from haidang.demo.programme import tenders
from haidang.demo.programme.calendar import Month, day_in, month_of, plan_year, working
from haidang.demo.programme.course import Telling
from haidang.demo.programme.made import Made, Ref, Told
from haidang.demo.programme.schemes import ADVISER, INSTEAD, SIMULATED, Scheme
from haidang.demo.programme.works import BILLION, MILLION, Work

ADVICE, MAIN = 0.04, 0.86
"""Parts of the total investment that go into advice and into the work itself."""
RAISED = 1.15
"""By how much the total of the project that is re-appraised grows."""
OUT_AFTER, IN_AFTER = 7, 4
"""Months before today at which a contractor was sent away, and another one signed."""


def made(scheme: Scheme, today: Any) -> Made:
    """Return a project as it stands today; the same for the same day."""
    this = month_of(today)
    decided, total = this - scheme.age, scheme.billion * BILLION
    raised = round(total * RAISED / BILLION) * BILLION if scheme.story == "reappraised" else None
    works, contractors = _works(scheme, decided, this, total, (raised or total) - total)
    chance = Random(f"{scheme.word}:{plan_year(this)}")
    telling = Telling(
        works, total=raised or total, decided=decided, today=today, central=scheme.central, chance=chance,
        allocated_late=scheme.allocated_late, supplements=scheme.supplements,
        keeps_plan=scheme.story in {"late", "replaced"},
    )  # fmt: skip
    return Made(
        scheme=scheme, decided=decided, total=total, raised=raised, works=works, contractors=contractors,
        course=telling.tell(),
    )  # fmt: skip


def _works(
    scheme: Scheme, decided: Month, this: Month, total: int, more: int
) -> tuple[tuple[Work, ...], tuple[int, ...]]:
    """Return the contracts of a project with the numbers of their contractors."""
    chance = Random(f"works:{scheme.word}")
    works = [
        Work(value=_even(total * ADVICE), begin=decided + 2, months=max(2, scheme.tender - 3), pace=1.0,
             advance=0.0, least=0.3)
    ]  # fmt: skip
    contractors = [ADVISER if scheme.contractor != ADVISER - 6 else 12]
    whole = total * MAIN
    for part in range(scheme.parts):
        value = whole * (0.6 if part == 0 else 0.4) if scheme.parts == 2 else whole
        value *= chance.uniform(0.96, 1.0)
        extra = more if part == scheme.parts - 1 else 0
        works.append(
            Work(value=_even(value) + extra, begin=decided + scheme.tender + 2 * part, months=scheme.months,
                 pace=scheme.pace, advance=0.25 if scheme.kind != "it_lease" else 0.0,
                 stops=this - OUT_AFTER if scheme.story == "replaced" else None)
        )  # fmt: skip
        contractors.append((scheme.contractor + part * 5) % 12)
    if scheme.story == "replaced":
        main = works[1]
        left = main.value * (1 - main.built(this))
        works.append(Work(value=_even(left * 0.98), begin=this - IN_AFTER, months=11, pace=0.95, advance=0.2))
        contractors.append(INSTEAD)
    return tuple(works), tuple(contractors)


def _even(value: float) -> int:
    return round(value / MILLION) * MILLION


def told(project: Made, today: Any) -> list[Told]:
    """Return all records beside a project that have been told by today, by month."""
    found = [
        *_contracts(project, today), *_milestones(project, today), *_progress(project),
        *_papers(project, today),
    ]  # fmt: skip
    this = month_of(today)
    return sorted((each for each in found if each.month <= this), key=lambda each: each.month)


def _contracts(project: Made, today: Any) -> Iterator[Told]:
    this = month_of(today)
    for number, work in enumerate(project.works):
        yield from tenders.told(project, number, today)
        if work.begin > this:
            continue
        signed = working(day_in(work.begin, 4))
        advance = sum(
            each.dong for each in project.course.paid if each.work == number and each.kind == "advance"
        )
        value = work.value
        if project.raised is not None and number == len(project.works) - 1:
            value -= project.raised - project.total
        yield Told(
            work.begin, "contract",
            {"contractor_id": Ref(f"contractor:{project.contractors[number]}"), "value_dong": value,
             "contract_no": project.number(number), "package_id": Ref(f"package:{number}"),
             "subject": tenders.subject(project, number), "signed_on": signed, "effective_on": signed,
             "expires_on": day_in(work.planned_end, 28), "guarantee_dong": advance,
             "guarantee_expires_on": day_in(extended(project, number) + 2, 5) if advance else None},
            f"contract:{number}",
        )  # fmt: skip
        yield from _extension(project, number, this)
    counts: dict[int, int] = {}
    for each in project.course.accepted:
        counts[each.work] = counts.get(each.work, 0) + 1
        yield Told(
            month_of(each.on), "acceptance",
            {"contract_id": Ref(f"contract:{each.work}"), "volume_dong": each.dong, "accepted_on": each.on,
             "minutes": f"Biên bản nghiệm thu số {counts[each.work]:02} {SIMULATED}"},
        )  # fmt: skip


def extended(project: Made, number: int) -> Month:
    """Return the month in which a contract ends after its one extension."""
    work = project.works[number]
    return min(work.real_end, work.planned_end + (3 if project.scheme.story == "late" else 6))


def _extension(project: Made, number: int, this: Month) -> Iterator[Told]:
    """A contract that is not done by its end is extended; the odd one is forgotten, as it happens."""
    work = project.works[number]
    if project.scheme.word in {"signals", "ticket"}:
        return
    end, new = work.planned_end, extended(project, number)
    if new <= end or end > this or work.stops is not None:
        return
    yield Told(
        end, "contract_change",
        {"contract_id": Ref(f"contract:{number}"), "kind": "duration", "old_on": day_in(end, 28),
         "new_on": day_in(new, 28), "signed_on": day_in(end, 20),
         "reason": "Bàn giao mặt bằng và nhập thiết bị chậm so với kế hoạch " + SIMULATED,
         "document": f"Phụ lục 01 của {project.number(number)} {SIMULATED}"},
    )  # fmt: skip


_MILESTONES = (
    ("start", "Quyết định đầu tư", None, 5), ("design", "Phê duyệt thiết kế, dự toán", None, 10),
    ("procurement", "Phê duyệt kết quả lựa chọn nhà thầu", None, 10), ("contract", "Ký hợp đồng", None, 5),
    ("delivery", "Thiết bị, vật tư về đến công trình", 0.45, 20),
    ("installation", "Hoàn thành lắp đặt, cài đặt", 0.8, 25),
    ("acceptance", "Nghiệm thu hoàn thành", 1.0, 15), ("handover", "Bàn giao đưa vào sử dụng", 1.0, 5),
    ("settlement", "Quyết toán dự án hoàn thành", 1.0, 5),
)  # fmt: skip
_AFTER = {"handover": 1, "settlement": 7}


def _milestones(project: Made, today: Any) -> Iterator[Told]:
    """Milestones with the day first planned, the day now expected, and the day they were met."""
    scheme, main = project.scheme, project.works[-1 if project.scheme.story == "replaced" else 1]
    first = project.works[1]
    chance = Random(f"milestones:{scheme.word}")
    early = {"start": 0.0, "design": 0.45, "procurement": 0.85, "contract": 1.0}
    for kind, name, part, weight in _MILESTONES:
        if part is None:
            at = project.decided + round(scheme.tender * early[kind])
            baseline = day_in(at, 10)
            real = baseline + timedelta(days=0 if kind == "start" else chance.randrange(-5, 22))
        else:
            after = _AFTER.get(kind, 0)
            baseline = day_in(first.begin + round(scheme.months * part) + after, 25)
            length = main.real_end - main.begin
            real = day_in(main.begin + round(length * part) + after, 20 + chance.randrange(8))
        facts: dict[str, Any] = {"kind": kind, "name": name, "baseline_on": baseline, "weight": weight}
        if real <= today:
            facts["actual_on"] = real
        else:
            # What was to be met and is not: nobody expects the past.
            facts["forecast_on"] = max(real, baseline, today + timedelta(days=20))
        yield Told(project.decided + 1, "milestone", facts)


def _progress(project: Made) -> Iterator[Told]:
    chance, last = Random(f"progress:{project.scheme.word}"), 0.0
    for month, share in project.course.built:
        now = max(last, min(100.0, share + chance.uniform(-1.5, 2.5))) if share < 100 else 100.0
        if last == 100.0:
            return
        last = now
        # Physical progress of January belongs to the plan year that begins with it.
        yield Told(
            month, "progress",
            {"plan_year": month // 12, "period": month % 12 + 1,
             "physical_pct": round(Decimal(now), 1), "text": f"Số liệu {SIMULATED}"},
        )  # fmt: skip


def _papers(project: Made, today: Any) -> Iterator[Told]:
    """Promises, dossiers, supervision, hand-over, settlement."""
    scheme, this = project.scheme, month_of(today)
    for each in project.course.promised:
        yield Told(
            month_of(each.told), "commitment",
            {"plan_year": each.year, "period": each.period, "amount_dong": each.dong},
        )  # fmt: skip
    main = project.works[-1]
    if scheme.level and main.begin <= this:
        approved = main.real_end - 2 <= this
        yield Told(
            max(main.begin, main.real_end - 2 if approved else main.begin), "security_dossier",
            {"system_name": scheme.name, "level": scheme.level,
             "state": "approved" if approved else "drafting",
             "document": f"Quyết định phê duyệt hồ sơ cấp độ {scheme.level} {SIMULATED}" if approved else "",
             "approved_on": day_in(main.real_end - 2, 12) if approved else None,
             "next_assessment_on": day_in(main.real_end + 22, 12) if approved else None},
        )  # fmt: skip
    for half in range(project.decided // 6 + 1, this // 6 + 1):
        month = half * 6
        if month <= main.real_end + 2 and month <= this and day_in(month, 10) <= today:
            yield Told(month, "supervision_report", _supervision(scheme, month))
    if main.real_end + 1 <= this and main.stops is None and day_in(main.real_end + 1, 20) <= today:
        yield Told(
            main.real_end + 1, "handover",
            {"handed_over_on": day_in(main.real_end + 1, 20), "receiver": "Đơn vị vận hành của chủ đầu tư",
             "minutes": f"Biên bản bàn giao {SIMULATED}", "scope": "Toàn bộ hạng mục của dự án"},
        )  # fmt: skip
    if main.real_end + 7 <= this:
        spent = sum(-each.dong if each.kind == "recovery" else each.dong for each in project.course.paid)
        yield Told(
            main.real_end + 7, "settlement",
            {"document": f"Tờ trình quyết toán {scheme.word} {SIMULATED}",
             "submitted_on": day_in(main.real_end + 6, 5), "submitted_dong": spent,
             "approved_on": day_in(main.real_end + 7, 1), "approved_dong": spent,
             "approval": f"Quyết định phê duyệt quyết toán {SIMULATED}"},
        )  # fmt: skip


def _supervision(scheme: Scheme, month: Month) -> dict[str, Any]:
    year, first = (month - 1) // 12, month % 12 == 6
    return {
        "kind": "supervision", "by_whom": "Chủ đầu tư",
        "period_text": f"6 tháng đầu năm {year}" if first else f"Năm {year}",
        "document": f"Báo cáo giám sát {scheme.word} {month} {SIMULATED}", "reported_on": day_in(month, 10),
        "findings": "Thực hiện theo quyết định đầu tư; một số mốc chậm so với kế hoạch "
        + SIMULATED if scheme.pace < 0.85 else "Thực hiện theo quyết định đầu tư " + SIMULATED,
    }  # fmt: skip
