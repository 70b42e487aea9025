"""Packages and their bids: most as they should be, and of each red flag one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from haidang.base.clock import LOCAL
from haidang.demo.programme.calendar import day_in, month_of, working
from haidang.demo.programme.made import Made, Ref, Told
from haidang.demo.programme.schemes import CONTRACTORS, SIMULATED, Tender
from haidang.demo.programme.works import MILLION

_OUT = f"Không đáp ứng yêu cầu về năng lực kinh nghiệm {SIMULATED}"


def subject(project: Made, work: int) -> str:
    """Return what a contract is about."""
    name = project.scheme.name.removesuffix(SIMULATED).strip()
    if work == 0:
        return f"Tư vấn lập dự án, thiết kế, giám sát: {name} {SIMULATED}"
    if project.scheme.story == "replaced" and work == len(project.works) - 1:
        return f"Thi công phần việc còn lại: {name} {SIMULATED}"
    if project.scheme.parts > 1:
        return f"{('Hạ tầng, thiết bị', 'Phần mềm, tích hợp')[work - 1]}: {name} {SIMULATED}"
    return f"Thi công, cung cấp, cài đặt: {name} {SIMULATED}"


def told(project: Made, work: int, today: Any) -> Iterator[Told]:
    """Return the package of a contract and the bids for it, as far as the tender has come by today."""
    signing, value = project.works[work].begin, project.works[work].value
    manner = _manner(project, work)
    chance = Random(f"tender:{project.scheme.word}:{work}")
    published = working(day_in(signing - 2, 3 + chance.randrange(5)))
    if published > today:
        return
    days = {"short": 9, "direct": 6}.get(manner, 21 + chance.randrange(6))
    closes = datetime.combine(
        working(published + timedelta(days=days)), datetime.min.time().replace(hour=9), LOCAL
    )
    key = f"package:{work}"
    if project.raised is not None and work == len(project.works) - 1:
        value -= project.raised - project.total
    facts: dict[str, Any] = {
        "name": subject(project, work), "published_on": published, "closes_at": closes,
        "method": "direct" if manner == "direct" else "quotation" if work == 0 else "open",
        "estimate_dong": round(value * chance.uniform(1.01, 1.06) / MILLION) * MILLION,
    }  # fmt: skip
    opened = closes.date() <= today
    if opened:
        facts["opened_on"] = closes.date()
    yield Told(month_of(published), "package", facts, key)
    if not opened:
        return
    for bidder, amount, late, out, won in _bids(project, work, value, manner, chance):
        yield Told(
            max(month_of(published), month_of(closes.date())), "bid",
            {"package_id": Ref(key), "bidder_id": Ref(f"contractor:{bidder}"), "amount_dong": amount,
             "submitted_at": closes + timedelta(minutes=37 if late else -chance.randrange(30, 900)),
             "disqualified_reason": _OUT if out else "", "winner": won and signing <= month_of(today)},
        )  # fmt: skip


def _manner(project: Made, work: int) -> Tender:
    if project.scheme.story == "replaced" and work == len(project.works) - 1:
        return "direct"
    return "fair" if work == 0 else project.scheme.bids


Bid = tuple[int, int, bool, bool, bool]
"""Bidder, amount, came late, was disqualified, won."""


def _bids(project: Made, work: int, value: int, manner: Tender, chance: Random) -> Iterator[Bid]:
    """Yield the bids for a package; the winner's is the value of its contract."""
    winner = project.contractors[work]
    yield winner, value, manner == "late", False, True
    if manner in {"single", "direct"}:
        return
    others = [number for number in range(len(CONTRACTORS)) if number != winner]
    chance.shuffle(others)
    same = 0
    count = 2 if work == 0 else 2 + chance.randrange(3)
    for place, other in enumerate(others[:count]):
        above = 1 + chance.uniform(0.015, 0.05) * (place + 1)
        out = manner == "all_out" or (manner == "fair" and place == 2 and chance.random() < 0.4)
        if place == 0 and manner == "close":
            above = 1.0004
        if manner == "discount":
            above += 0.42
        if place == 0 and manner == "lowest_out":
            above, out = 0.93, True
        amount = round(value * above / MILLION) * MILLION
        if place == 1 and manner == "identical":
            amount = same
        same = amount
        yield other, amount, False, out, False
